"""No number leaves without a source."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bot.answers import Answer, Calculation, Citation, Question
from bot.guard import withhold_unsupported

QUESTION = Question("渠道费几个点", dt.date(2026, 11, 23))
CITED = Citation(1, "a/b", "账务", "费率", "渠道费的费率是0.7%。", 0, 11)


def answer(text: str, **fields: Any) -> Answer:
    return Answer("answered", text, citations=(CITED,), **fields)


def test_a_number_of_a_quote_passes() -> None:
    given = answer("渠道费的费率是0.7%。[1]")
    assert withhold_unsupported(given, QUESTION) == given


def test_a_line_with_a_number_from_nowhere_is_withheld_and_counted() -> None:
    kept = withhold_unsupported(answer("渠道费的费率是0.7%。[1]\n\n满3年再减0.2%。"), QUESTION)
    assert "0.7%" in kept.text
    assert "0.2" not in kept.text
    assert kept.trace["withheld"] == 1


def test_a_number_in_chinese_numerals_needs_a_source_too() -> None:
    kept = withhold_unsupported(answer("渠道费的费率是0.7%。[1]\n\n九十天内可以维权。"), QUESTION)
    assert "九十" not in kept.text
    quoted = Citation(1, "a/b", "维权", "时间", "90天内可以维权。", 0, 9)
    given = Answer("answered", "九十天内可以维权。[1]", citations=(quoted,))
    assert withhold_unsupported(given, QUESTION) == given


def test_a_part_of_a_quoted_number_is_not_that_number() -> None:
    assert "7.0" not in withhold_unsupported(answer("费率是7.0%。"), QUESTION).text


def test_the_numbering_of_a_list_needs_no_source() -> None:
    given = answer("1. 渠道费的费率是0.7%。\n2. 没有别的。")
    assert withhold_unsupported(given, QUESTION) == given


def test_a_number_of_a_calculation_passes() -> None:
    worked = Calculation("fee", {"paid": "100"}, {"fee": "0.70"}, ("100 × 0.7% = 0.70元",), (), ())
    given = answer("- 100 × 0.7% = 0.70元", calculations=(worked,))
    assert withhold_unsupported(given, QUESTION) == given


def test_the_age_of_an_article_passes() -> None:
    dated = Citation(1, "a/b", "旺季", "时间", "31%的消费者", 0, 7, published="2021")
    given = Answer("answered", "31%的消费者[1]\n（发布于2021年，距今约5年）", citations=(dated,))
    assert withhold_unsupported(given, QUESTION) == given


def test_a_typed_number_is_repeated_only_as_the_merchant_s_words() -> None:
    typed = Question("渠道费是5%吗", dt.date(2026, 11, 23))
    echoed = answer("您说的“渠道费是5%吗”：渠道费的费率是0.7%。[1]")
    assert withhold_unsupported(echoed, typed) == echoed
    stated = answer("渠道费的费率是0.7%。[1]\n\n渠道费是5%。")
    assert "5%" not in withhold_unsupported(stated, typed).text
    refused = Answer("not_found", "文章没有写5%。")
    assert withhold_unsupported(refused, typed) == refused
