"""What merchants type reaches the right tool with the right inputs, or none."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.answers import Turn
from bot.understanding import ToolRequest, understand

_CASES = Path(__file__).with_name("cases")
_TODAY = dt.date(2021, 11, 5)
_NOT_TOOLS = {"missing", "invalid", "reading", "as_of"}


@functools.cache
def _rows() -> list[Any]:
    rows = []
    for path in sorted(_CASES.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            turns = " / ".join(str(turn) for turn in row.get("turns", ()))
            rows.append(
                pytest.param(row, id=f"{path.stem}: {turns}{' → ' * bool(turns)}{row['ask']}")
            )
    return rows


def _history(turns: list[str]) -> list[Turn]:
    roles = ("user", "assistant")
    return [Turn(roles[index % 2], str(turn)) for index, turn in enumerate(turns)]


def _shown(request: ToolRequest, wanted: dict[str, Any]) -> dict[str, Any]:
    """A request cut down to what the row says about it."""
    (tool,) = set(wanted) - _NOT_TOOLS
    names = wanted[tool]
    shown: dict[str, Any] = {
        request.tool: {name: request.inputs.get(name, "absent") for name in names}
    }
    if request.missing or "missing" in wanted:
        shown["missing"] = [missing.name for missing in request.missing]
    if request.invalid or "invalid" in wanted:
        shown["invalid"] = [invalid.name for invalid in request.invalid]
    if request.as_of or "as_of" in wanted:
        shown["as_of"] = request.as_of
    if "reading" in wanted:
        found = any(str(wanted["reading"]) in reading for reading in request.readings)
        shown["reading"] = wanted["reading"] if found else request.readings
    return shown


@pytest.mark.parametrize("row", _rows())
def test_a_question_is_understood(row: dict[str, Any]) -> None:
    assert set(row) <= {"ask", "today", "turns", "want"}
    today = row.get("today", _TODAY)
    requests = understand(str(row["ask"]), _history(row.get("turns", [])), today)
    wanted = row["want"]
    assert [request.tool for request in requests] == [
        next(iter(set(line) - _NOT_TOOLS)) for line in wanted
    ]
    assert [_shown(*pair) for pair in zip(requests, wanted, strict=True)] == wanted
