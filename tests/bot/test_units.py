"""Passages taken apart into what can be quoted."""

from __future__ import annotations

from bot.answers import Passage
from bot.units import Unit, units_of
from tests.bot.passages import passage


def kinds(found: Passage) -> list[tuple[str, str]]:
    return [(unit.kind, unit.text) for unit in units_of(found)]


def listing(found: Passage, unit: Unit) -> str:
    assert unit.listing is not None
    start, end = unit.listing
    return found.text[start - found.start : end - found.start]


def test_sentences_are_quotable_one_by_one() -> None:
    assert kinds(passage("甲。乙！\n\n丙。")) == [
        ("sentence", "甲。"),
        ("sentence", "乙！"),
        ("sentence", "丙。"),
    ]


def test_a_list_is_its_lead_in_and_its_items() -> None:
    found = passage("先说一句。分为2种：\n\n- 一\n- 二", start=100)
    assert kinds(found) == [
        ("sentence", "先说一句。"),
        ("lead_in", "分为2种："),
        ("item", "- 一"),
        ("item", "- 二"),
    ]
    whole = "分为2种：\n\n- 一\n- 二"
    assert [listing(found, unit) for unit in units_of(found)[1:]] == [whole] * 3


def test_a_list_without_a_lead_in_stands_for_itself() -> None:
    found = passage("说完了。\n\n1. 一\n2. 二", start=7)
    assert [listing(found, unit) for unit in units_of(found)[1:]] == ["1. 一\n2. 二"] * 2


def test_every_unit_is_a_slice_of_its_article() -> None:
    found = passage("甲。分为：\n\n- 一\n\n  续\n- 二\n\n末句。", start=31)
    for unit in units_of(found):
        assert found.text[unit.start - found.start : unit.end - found.start] == unit.text
