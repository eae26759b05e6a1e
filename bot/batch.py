"""A file of questions to a file of answers, a line for a line."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.answers import Answer, Turn
from bot.errors import BatchError
from bot.pipeline import MerchantBot


@dataclass(frozen=True)
class BatchReport:
    """How many lines there were, and how many of them held no readable question."""

    lines: int
    unreadable: int


class _LineError(Exception):
    """Why a line is no question."""


def run_batch(
    bot: MerchantBot,
    source: Path,
    target: Path,
    *,
    progress: Callable[[], object] = lambda: None,
) -> BatchReport:
    """Answer every line; one that cannot be read is answered with status ``rejected``.

    Raises BatchError when a file cannot be read or written.
    """
    lines = unreadable = 0
    try:
        if target.exists() and source.exists() and target.samefile(source):
            raise BatchError(f"{target}：回答不能写进问题文件本身，请换一个文件名。")
        # Half a character in an id comes back as the escape it was written as.
        with (
            source.open("rb") as questions,
            target.open("w", encoding="utf-8", errors="backslashreplace") as answers,
        ):
            for raw in questions:
                lines += 1
                identifier, answer, readable = _line(bot, raw)
                unreadable += not readable
                row = {"id": identifier, **answer.as_dict()}
                answers.write(json.dumps(row, ensure_ascii=False) + "\n")
                answers.flush()
                progress()
    except OSError as exc:
        raise BatchError(f"{exc.filename or source}：读写不了：{exc.strerror}。") from exc
    return BatchReport(lines, unreadable)


def _line(bot: MerchantBot, raw: bytes) -> tuple[Any, Answer, bool]:
    identifier: Any = None
    try:
        entry = _parsed(raw)
        identifier = entry.get("id")
        text, history, today = _fields(entry)
    except _LineError as exc:
        return identifier, Answer("rejected", f"这一行读不懂：{exc}。"), False
    return identifier, bot.ask(text, history=history, today=today), True


def _parsed(raw: bytes) -> Mapping[str, Any]:
    try:
        # What Python reads beyond JSON (NaN, infinite numbers) could not be written back.
        entry = json.loads(raw.decode("utf-8-sig"), parse_constant=_finite, parse_float=_finite)
    except UnicodeDecodeError as exc:
        raise _LineError("不是 UTF-8") from exc
    except (ValueError, RecursionError) as exc:
        raise _LineError("不是 JSON") from exc
    if not isinstance(entry, dict):
        raise _LineError('应为 {"id": …, "question": …}')
    return entry


def _finite(number: str) -> float:
    if not math.isfinite(value := float(number)):
        raise ValueError(f"{number} is no JSON number")
    return value


def _fields(entry: Mapping[str, Any]) -> tuple[str, tuple[Turn, ...], dt.date | None]:
    text = entry.get("question")
    if not isinstance(text, str):
        raise _LineError("question 应为文字")
    history = entry.get("history") or []
    if not isinstance(history, list):
        raise _LineError("history 应为列表")
    turns = []
    for turn in history:
        if not (
            isinstance(turn, dict)
            and turn.get("role") in ("user", "assistant")
            and isinstance(turn.get("content"), str)
        ):
            raise _LineError('history 的每一项应为 {"role": "user" 或 "assistant", "content": …}')
        turns.append(Turn(turn["role"], turn["content"]))
    day = entry.get("today")
    try:
        today = dt.date.fromisoformat(day) if day is not None else None
    except (TypeError, ValueError) as exc:
        raise _LineError(f"today 的值 {day!r} 不是日期") from exc
    return text, tuple(turns), today
