"""``make bench``: how long a sync without changes, a first answer and a warm answer take."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "evals" / "cases"
# Plain questions of the development split: what a merchant waits for most often.
_KINDS = ("fact", "list", "english", "traditional")


def questions() -> list[str]:
    """The questions asked, in a fixed order."""
    lines = [
        json.loads(line)
        for kind in _KINDS
        for line in (CASES / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return [case["question"] for case in lines if case["split"] == "dev"]


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def command_seconds(*arguments: str, repeats: int = 3) -> float:
    """The median time of one of our command lines, from start to end."""

    def run() -> None:
        subprocess.run(
            [sys.executable, "-m", *arguments], cwd=ROOT, check=True, capture_output=True
        )

    return percentile([seconds(run) for _ in range(repeats)], 50)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that ``percent`` per cent of the values do not exceed; values must not be empty."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def measure() -> dict[str, float]:
    """All figures by name, with their unit at the end of the name."""
    figures = {
        "sync_unchanged_s": command_seconds("ingest", "sync"),
        "cold_ask_s": command_seconds("bot", "ask", questions()[0]),
    }
    from bot import open_bot

    bot = open_bot()
    figures["load_model_s"] = seconds(partial(bot.ask, questions()[0]))
    # The vectors of sentences are made when a passage is first found and kept: a second round
    # is what a service that has run for a while takes.
    first = [seconds(partial(bot.ask, text)) for text in questions()]
    again = [seconds(partial(bot.ask, text)) for text in questions()]
    for name, times in (("first", first), ("again", again)):
        for percent in (50, 95, 99):
            figures[f"ask_{name}_p{percent}_ms"] = percentile(times, percent) * 1000
    figures["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {name: round(value, 2) for name, value in figures.items()}


def main() -> None:
    """Print the figures, and write them where asked to."""
    parser = argparse.ArgumentParser(description="量启动、回答和入库检查的时间。")
    parser.add_argument("--json", type=Path, help="把结果也写进这个文件。")
    target: Path | None = parser.parse_args().json
    figures = measure()
    for name, value in figures.items():
        print(f"{name:<26} {value:>10}")
    if target:
        target.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
