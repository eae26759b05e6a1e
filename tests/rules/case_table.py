"""The case table: read from ``cases/*.yaml``, and what holds of a calculation."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.answers import Calculation
from bot.errors import InputError
from bot.rules import Rules
from bot.tools import run_tool

CASES = Path(__file__).with_name("cases")
TODAY = dt.date(2021, 11, 5)
_KEYS = {"name", "tool", "inputs", "result", "says", "silent", "rules", "error", "field", "today"}


@functools.cache
def cases() -> tuple[dict[str, Any], ...]:
    """All cases; one with an unknown key is a mistake in the table."""
    found = [
        case
        for path in sorted(CASES.glob("*.yaml"))
        for case in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    ]
    for case in found:
        assert set(case) <= _KEYS, case
        assert ("result" in case) != ("error" in case), case
    return tuple(found)


def problems(case: Mapping[str, Any], rules: Rules) -> Iterator[str]:
    """In words, whatever of a case does not hold; nothing when all of it does."""
    today = dt.date.fromisoformat(case["today"]) if "today" in case else TODAY
    try:
        found = run_tool(case["tool"], case["inputs"], today=today, rules=rules)
    except InputError as exc:
        if "error" not in case:
            yield f"raised {exc}"
        elif exc.name != case["field"] or case["error"] not in exc.problem:
            yield f"raised for {exc.name}: {exc.problem}"
        return
    if "error" in case:
        yield f"gave {found.result}"
    else:
        yield from _differences(case, found)


def _differences(case: Mapping[str, Any], found: Calculation) -> Iterator[str]:
    # Equal in type too: 1 is not True, "0.70" not 0.7.
    if repr(found.result) != repr(dict(case["result"])):
        yield f"result {found.result}"
    told = (*found.steps, *found.assumptions)
    for words in case.get("says", ()):
        if not any(words in line for line in told):
            yield f"does not say {words!r}: {told}"
    for words in case.get("silent", ()):
        if any(words in line for line in told):
            yield f"says {words!r}: {told}"
    used = [rule.id for rule in found.rules]
    if "rules" in case and used != case["rules"]:
        yield f"rests on {used}"
