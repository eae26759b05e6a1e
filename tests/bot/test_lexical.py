"""Ranking by shared words."""

from __future__ import annotations

import pytest

from bot.lexical import LexicalIndex

DOCUMENTS = [
    ("cycle", "小红书的结算周期是一个自然月"),
    ("fee", "小红书的支付渠道费是0.7%"),
    ("prime", "亚马逊Prime Day有4种玩法"),
]


def ids(index: LexicalIndex, question: str, count: int = 10) -> list[str]:
    return [hit.passage_id for hit in index.search(question, count)]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex(DOCUMENTS)


@pytest.mark.parametrize(
    ("question", "best"),
    [("结算周期", "cycle"), ("結算週期", "cycle"), ("0.7%", "fee"), ("PRIME day", "prime")],
)
def test_the_passage_sharing_most_words_comes_first(
    index: LexicalIndex, question: str, best: str
) -> None:
    hits = index.search(question, 10)
    assert hits[0].passage_id == best and hits[0].share == 1.0
    assert [hit.share for hit in hits] == sorted((hit.share for hit in hits), reverse=True)


def test_passages_sharing_nothing_are_left_out(index: LexicalIndex) -> None:
    assert ids(index, "结算周期") == ["cycle"]
    assert ids(index, "完全无关") == [] and ids(index, "") == []


def test_no_more_than_asked_for_come_back(index: LexicalIndex) -> None:
    assert len(ids(index, "小红书的", 1)) == 1
    assert set(ids(index, "小红书的", 99)) == {"cycle", "fee"}


def test_an_index_of_nothing_finds_nothing() -> None:
    for empty in (LexicalIndex([]), LexicalIndex([("a", "，。")])):
        assert empty.search("结算", 5) == [] and not empty.knows("结算")


def test_a_rare_word_tells_more_than_one_found_everywhere(index: LexicalIndex) -> None:
    assert index.weight("小红") < index.weight("周期") < index.weight("从未见过")
    assert index.weight("小红") > 0


def test_coverage_is_the_weighted_share_of_the_words_held(index: LexicalIndex) -> None:
    asked = ["结算", "周期"]
    assert index.coverage(asked, {"结算", "周期", "别的"}) == 1.0
    assert index.coverage(asked, set()) == 0.0
    assert 0 < index.coverage(asked, {"结算"}) < 1
    assert index.coverage([], {"结算"}) == 0.0
