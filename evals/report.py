"""A run as JSON, and what has changed since an older one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals.errors import ReportError
from evals.gates import Outcome
from evals.runner import Result
from evals.scores import LABELS, Figures, Scores, worst_first

VERSION = 1
# So many failed cases are named one by one.
WORST = 10


def as_json(
    results: Sequence[Result],
    scores: Scores,
    outcomes: Sequence[Outcome],
    *,
    target: str,
    split: str,
    made: dt.datetime,
) -> dict[str, Any]:
    """Everything about a run, as plain data that ``load`` and ``compare`` understand."""
    return {
        "version": VERSION,
        "made": made.isoformat(timespec="seconds"),
        "target": target,
        "split": split,
        "figures": {
            "overall": scores.overall,
            "kinds": scores.kinds,
            "test": scores.test,
            "test_kinds": scores.test_kinds,
        },
        "gates": [
            {"gate": one.label, **asdict(one.gate), "got": one.got, "missed": one.missed}
            for one in outcomes
        ],
        "worst": [result.case.id for result in worst_first(results)[:WORST]],
        "cases": [_case(result) for result in results],
    }


def _case(result: Result) -> dict[str, Any]:
    case = result.case
    return {
        "id": case.id,
        "kind": case.kind,
        "split": case.split,
        "question": case.question,
        "history": [turn.model_dump() for turn in case.history],
        "today": case.today.isoformat(),
        "expect": case.expect.model_dump(mode="json", exclude_defaults=True),
        "passed": result.verdict.passed,
        "problems": list(result.verdict.problems),
        "milliseconds": round(result.milliseconds, 1),
        "found": list(result.found) if result.found is not None else None,
        "answer": result.answer.as_dict(),
    }


def write(path: Path, text: str) -> None:
    """Write a report, making its folder; raise ReportError when that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise ReportError(f"报告 {path} 写不了：{exc.strerror}。") from exc


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON report."""
    write(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def load(path: Path) -> dict[str, Any]:
    """An older report; raise ReportError when it cannot be compared with."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ReportError(f"旧报告 {path} 读不了：{exc}。") from exc
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise ReportError(f"{path} 不是 python -m evals run --json 写的报告（第 {VERSION} 版）。")
    return content


@dataclass(frozen=True)
class Change:
    """A figure that is another one than before."""

    figure: str
    label: str
    was: float | None
    now: float | None


@dataclass(frozen=True)
class Changes:
    """What has changed: ids of cases, and figures over all cases that both runs have."""

    broken: tuple[str, ...]
    mended: tuple[str, ...]
    added: tuple[str, ...]
    gone: tuple[str, ...]
    figures: tuple[Change, ...]

    @property
    def none(self) -> bool:
        """Whether the cases came out as before."""
        return not (self.broken or self.mended or self.added or self.gone)


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Changes:
    """What has changed from an older report to a newer one."""
    before = {case["id"]: bool(case["passed"]) for case in old["cases"]}
    after = {case["id"]: bool(case["passed"]) for case in new["cases"]}
    both = [identifier for identifier in after if identifier in before]
    return Changes(
        broken=tuple(one for one in both if before[one] and not after[one]),
        mended=tuple(one for one in both if after[one] and not before[one]),
        added=tuple(one for one in after if one not in before),
        gone=tuple(one for one in before if one not in after),
        figures=tuple(_figures(old["figures"]["overall"], new["figures"]["overall"])),
    )


def _figures(old: Figures, new: Figures) -> list[Change]:
    return [
        Change(name, label, old.get(name), new.get(name))
        for name, label in LABELS.items()
        if old.get(name) != new.get(name)
    ]
