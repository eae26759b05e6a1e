"""From ranked sentences to a text whose every mark stands for an exact quote."""

from __future__ import annotations

import pytest

from bot.answers import Passage
from bot.composing import Span, Style, choose, compose, verify
from bot.errors import CitationError
from bot.units import units_of
from tests.bot.passages import passage, ranked

STYLE = Style(budget=60, margin=0.1, most=3, short_list=30, short_passage=9, short_listing=9)
LIST = "分为2种：\n\n- 第一种是这样\n- 第二种是那样"
LONG_LIST = LIST + "\n- 第三种又是另外的样子" * 2


def quotes(
    scored: list[tuple[Passage, dict[str, float]]], *, wants_list: bool = False, opens: str = "？？"
) -> list[str]:
    """What is quoted where the units that hold the key have that score."""
    entries = [
        ranked(unit, score, open_point=opens in unit.text)
        for found, scores in scored
        for unit in units_of(found)
        for key, score in scores.items()
        if key in unit.text
    ]
    entries.sort(key=lambda entry: -entry.score)
    return [span.quote for span in choose(entries, wants_list=wants_list, style=STYLE)]


def test_the_best_sentence_is_quoted_and_those_far_behind_are_not() -> None:
    found = passage("周期是自然月。天气很好。")
    assert quotes([(found, {"周期": 0.9, "天气": 0.5})]) == ["周期是自然月。"]


def test_a_short_passage_is_quoted_whole_with_its_best_sentence() -> None:
    found = passage("自然月。没写几号。")
    assert quotes([(found, {"自然月": 0.9, "没写": 0.5})]) == [found.text]


def test_nothing_ranked_gives_nothing() -> None:
    assert choose([], wants_list=True, style=STYLE) == []
    assert choose([], wants_list=False, style=STYLE) == []


def test_neighbouring_sentences_are_one_quote_in_the_article_s_order() -> None:
    found = passage("周期是自然月。费率另外规定。", start=40)
    assert quotes([(found, {"周期": 0.85, "费率": 0.9})]) == ["周期是自然月。费率另外规定。"]


def test_sentences_of_two_paragraphs_stay_two_quotes() -> None:
    found = passage("周期是自然月。\n\n费率另外规定。")
    assert quotes([(found, {"周期": 0.9, "费率": 0.85})]) == ["周期是自然月。", "费率另外规定。"]


def test_quotes_stay_within_the_budget() -> None:
    found = passage("甲" * 40 + "。\n\n" + "乙" * 40 + "。")
    assert quotes([(found, {"甲": 0.9, "乙": 0.89})]) == ["甲" * 40 + "。"]


def test_a_short_list_is_given_whole_when_one_of_its_items_is_best() -> None:
    assert quotes([(passage(LIST), {"第二种": 0.9})]) == [LIST]


def test_of_a_long_list_only_the_item_is_given_unless_the_list_is_asked_for() -> None:
    found = [(passage(LONG_LIST), {"第二种": 0.9})]
    assert quotes(found) == ["第二种是那样"]
    assert quotes(found, wants_list=True) == [LONG_LIST]


def test_a_lead_in_never_stands_without_its_list() -> None:
    assert quotes([(passage(LONG_LIST), {"分为2种": 0.9})]) == [LONG_LIST]


def test_no_character_is_quoted_twice() -> None:
    found = passage(LIST)
    assert quotes([(found, {"第一种": 0.9, "第二种": 0.88, "分为": 0.87})]) == [LIST]


def test_what_another_section_says_again_is_left_out() -> None:
    one = passage("支付渠道费是百分之零点七。")
    other = Passage(
        **{**vars(passage("支付渠道费就是百分之零点七。", name="b")), "section": "别节"}
    )
    assert quotes([(one, {"渠道": 0.9}), (other, {"渠道": 0.89})]) == [one.text]


def test_that_something_is_not_written_is_not_added_to_what_is() -> None:
    found = passage("周期是自然月。\n\n没有写明打款日。")
    scores = {"周期": 0.9, "打款日": 0.89}
    assert quotes([(found, scores)], opens="没有写明") == ["周期是自然月。"]


def test_every_quote_has_its_mark_and_every_mark_its_citation() -> None:
    one, other = passage("周期是自然月。", start=5), passage(LIST, name="b", published="2021")
    composed = compose([Span(one, 5, one.end), Span(other, 0, other.end, is_list=True)])
    assert composed.text == f"周期是自然月。[1]\n\n{LIST} [2]"
    first, second = composed.citations
    assert (first.n, first.article_id, first.quote, first.start) == (1, "a", "周期是自然月。", 5)
    assert (second.n, second.article_id, second.published) == (2, "b", "2021")


@pytest.mark.parametrize("text", [None, "", "周期是半个月。", " 周期是自然月。"])
def test_a_quote_that_is_not_in_its_article_is_never_shown(text: str | None) -> None:
    found = passage("周期是自然月。")
    composed = compose([Span(found, 0, found.end)])
    verify(composed.citations, lambda _: "周期是自然月。后来又写了一句。")
    with pytest.raises(CitationError, match="a 的原文不一致"):
        verify(composed.citations, lambda _: text)


def test_one_side_of_a_contradiction_brings_the_other_along() -> None:
    found = passage(
        "规则一处说，超期就不能维权，也不受理。规则另一处说，有凭证的不限期。以哪个为准没写。"
    )
    first, *_ = units_of(found)
    chosen = choose([ranked(first, 0.9, one_side=True)], wants_list=False, style=STYLE)
    assert [span.quote for span in chosen] == [found.text]
    assert choose([ranked(first, 0.9)], wants_list=False, style=STYLE)[0].quote == first.text
