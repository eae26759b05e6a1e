"""Many at once on ``/api/ask``: how many are answered, how fast, and whether any is lost."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from evals.cases import load_cases
from evals.metrics import percentile
from scripts.serving import running_app

_PATIENCE = 60.0
# Plain questions: what a merchant waits for most often.
_KINDS = ("fact", "list", "english", "traditional")


@dataclass
class Load:
    """What came of it; times in seconds."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, float | dict[str, int]]:
        """The figures by name."""
        return {
            "answers": len(self.times),
            "errors": dict(self.errors),
            "answers_per_s": round(len(self.times) / self.seconds, 1),
            **{
                f"p{percent}_ms": round((percentile(self.times, percent) or 0.0) * 1000, 1)
                for percent in (50, 95, 99)
                if self.times
            },
        }


def _questions() -> list[str]:
    return [case.question for case in load_cases(split="dev", kinds=_KINDS)]


async def put_load(address: str, *, connections: int, seconds: float, key: str = "") -> Load:
    """Ask over this many connections, each its next question as soon as it has an answer."""
    load = Load()
    asked = itertools.cycle(_questions())
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with httpx.AsyncClient(
        base_url=address, headers=headers, limits=limits, timeout=_PATIENCE
    ) as client:
        started = time.perf_counter()

        async def ask() -> None:
            while time.perf_counter() - started < seconds:
                sent = time.perf_counter()
                try:
                    response = await client.post("api/ask", json={"question": next(asked)})
                    response.raise_for_status()
                except httpx.HTTPError as exc:
                    status = getattr(getattr(exc, "response", None), "status_code", "")
                    load.errors[f"{type(exc).__name__} {status}".strip()] += 1
                else:
                    load.times.append(time.perf_counter() - sent)

        await asyncio.gather(*(ask() for _ in range(connections)))
        load.seconds = time.perf_counter() - started
    return load


def main() -> None:
    """Print the figures, and write them where asked to."""
    parser = argparse.ArgumentParser(description="同时用许多连接提问，看答得多快、丢不丢。")
    parser.add_argument("--url", help="服务的地址；不写就自己起一个（不带网页）。")
    parser.add_argument("--key", default="", help="接口密钥。")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--json", type=Path, help="把结果也写进这个文件。")
    given = parser.parse_args()

    def run(address: str) -> Load:
        return asyncio.run(
            put_load(address, connections=given.connections, seconds=given.seconds, key=given.key)
        )

    if given.url:
        load = run(given.url.rstrip("/") + "/")
    else:
        with running_app(None, "--no-page") as (_, address):
            load = run(address)
    figures = load.figures()
    print(json.dumps(figures, ensure_ascii=False, indent=2))
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
