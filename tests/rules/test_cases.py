"""Every case of the table holds."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from bot.tools import TOOLS
from tests.rules.case_table import cases, problems
from tests.rules.corpus import rules


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["name"]))
def test_case_holds(case: dict[str, Any]) -> None:
    assert list(problems(case, rules())) == []


def test_the_table_is_large_enough_and_covers_every_tool() -> None:
    assert len(cases()) >= 250
    assert {case["tool"] for case in cases() if "result" in case} == set(TOOLS)
    assert {case["tool"] for case in cases() if "error" in case} == set(TOOLS)


def test_every_name_is_used_once() -> None:
    assert [name for name, times in Counter(c["name"] for c in cases()).items() if times > 1] == []
