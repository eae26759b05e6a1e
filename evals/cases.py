"""The evaluation cases: questions with what a right answer must hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot import Turn
from evals.errors import CaseError

CASES_DIR = Path(__file__).with_name("cases")
SPLITS = ("dev", "test", "all")
# A case without a day of its own is always asked on the same one: reports stay comparable.
DEFAULT_TODAY = dt.date(2021, 11, 5)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HistoryTurn(_Strict):
    """One earlier message."""

    role: Literal["user", "assistant"]
    content: str


class ExpectedCalculation(_Strict):
    """A tool and the values its result must hold; other keys are not looked at."""

    tool: str
    result: dict[str, Any]


class Expectation(_Strict):
    """What a right answer holds; a key that is left out is not looked at.

    ``articles`` are acceptable ones, the best first. Of every group of ``facts`` one alternative
    must stand in a quote. ``asks`` are the names of the inputs a ``clarify`` must ask for.
    """

    status: tuple[Literal["answered", "calculated", "clarify", "not_found", "rejected"], ...] = (
        Field(min_length=1)
    )
    articles: tuple[str, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    not_facts: tuple[str, ...] = ()
    clarify_options: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    calculations: tuple[ExpectedCalculation, ...] = ()
    no_citations: bool = False
    no_calculation: bool = False


class Case(_Strict):
    """One question; never tune anything to those of the split ``test``."""

    id: str = Field(min_length=1)
    kind: str = Field(min_length=1)
    split: Literal["dev", "test"]
    question: str
    history: tuple[HistoryTurn, ...] = ()
    today: dt.date = DEFAULT_TODAY
    expect: Expectation

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The history as the bot takes it."""
        return tuple(Turn(turn.role, turn.content) for turn in self.history)

    @property
    def must_answer(self) -> bool:
        """Whether a refusal would be wrong."""
        allowed = set(self.expect.status)
        return bool(allowed & {"answered", "calculated"}) and not allowed & {
            "not_found",
            "rejected",
        }

    @property
    def must_refuse(self) -> bool:
        """Whether anything but a refusal would be wrong."""
        return set(self.expect.status) <= {"not_found", "rejected"}


def load_cases(
    folder: Path = CASES_DIR, *, split: str = "all", kinds: Collection[str] = ()
) -> list[Case]:
    """The cases of all files of a folder, in the order of files and lines.

    Raises CaseError naming file and line, or the kind or split that is not there.
    """
    if split not in SPLITS:
        raise CaseError(f"没有 {split!r} 这一部分，可用的是：{'、'.join(SPLITS)}。")
    cases = [case for path in _paths(folder) for case in _read(path)]
    _check_unique(cases)
    known = dict.fromkeys(case.kind for case in cases)
    if unknown := sorted(set(kinds) - set(known)):
        raise CaseError(f"没有 {unknown[0]!r} 这一类用例，可用的是：{'、'.join(known)}。")
    chosen = [
        case for case in cases if split in ("all", case.split) and (not kinds or case.kind in kinds)
    ]
    if not chosen:
        raise CaseError(f"目录 {folder} 里没有符合条件的用例。")
    return chosen


def _paths(folder: Path) -> list[Path]:
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise CaseError(f"目录 {folder} 里没有 .jsonl 用例文件。")
    return paths


def _read(path: Path) -> Iterator[Case]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise CaseError(f"用例文件 {path} 读不了：{exc}。") from exc
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield Case.model_validate_json(line)
        except ValidationError as exc:
            first = exc.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "JSON"
            raise CaseError(f"{path} 第 {number} 行：{where}：{first['msg']}。") from exc


def _check_unique(cases: list[Case]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise CaseError(f"用例编号 {case.id} 出现了两次，编号必须唯一。")
        seen.add(case.id)
