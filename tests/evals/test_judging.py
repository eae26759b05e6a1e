"""What makes an answer wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import Answer
from evals.article_files import ArticleFiles
from evals.cases import load_cases
from evals.judging import ASKED_IN_WORDS, Verdict, judge
from tests.evals.making import (
    article_files,
    make_answer,
    make_calculation,
    make_case,
    make_citation,
)

MONTHLY = "小红书每月结算一次。"
DAYS = "境内12天，境外30天，渠道费是0.7%。"


@pytest.fixture
def articles(tmp_path: Path) -> ArticleFiles:
    return article_files(tmp_path)


def judged(articles: ArticleFiles, answer: Answer, /, **expect: Any) -> Verdict:
    expect.setdefault("status", ["answered", "calculated"])
    return judge(make_case(expect=expect), answer, articles)


def test_a_right_answer_passes(articles: ArticleFiles) -> None:
    verdict = judged(
        articles,
        make_answer(MONTHLY, DAYS),
        articles=["xhs/settlement"],
        facts=[["每月"], ["12天", "十二天"]],
        not_facts=["15天"],
    )
    assert verdict.problems == ()
    assert verdict.passed
    assert verdict.facts_held is True
    assert verdict.cited_right == (True, True)


def test_another_status_fails(articles: ArticleFiles) -> None:
    assert not judged(articles, make_answer(status="not_found")).passed


def test_another_article_first_fails(articles: ArticleFiles) -> None:
    verdict = judged(articles, make_answer(MONTHLY), articles=["xhs/disputes"])
    assert verdict.problems == ("先引的文章是 xhs/settlement，应为 xhs/disputes",)
    assert verdict.cited_right == (False,)


def test_an_answer_without_citations_fails_where_an_article_is_expected(
    articles: ArticleFiles,
) -> None:
    assert not judged(articles, make_answer(text="不知道"), articles=["xhs/settlement"]).passed


def test_every_group_of_facts_must_stand_in_a_quote(articles: ArticleFiles) -> None:
    answer = make_answer(MONTHLY, text="小红书每月结算一次。[1] 境内12天。")
    verdict = judged(articles, answer, facts=[["每月"], ["境内"]])
    assert "引文里没有：境内" in verdict.problems
    assert verdict.facts_held is False


def test_a_fact_may_stand_in_what_was_calculated(articles: ArticleFiles) -> None:
    made = make_calculation(fee="9.02")
    answer = make_answer(MONTHLY, status="calculated", calculations=(made,))
    assert judged(articles, answer, facts=[["9.02"], ["0.7%"]]).passed


def test_a_forbidden_value_fails_and_counts_as_stated(articles: ArticleFiles) -> None:
    verdict = judged(articles, make_answer(DAYS), not_facts=["30天"])
    assert verdict.problems == ("说了不该说的：30天",)
    assert verdict.stated_wrong == ("30天",)


def test_a_citation_that_is_moved_by_one_character_is_inexact(articles: ArticleFiles) -> None:
    citation = make_citation(MONTHLY)
    moved = replace(citation, start=citation.start + 1, end=citation.end + 1)
    verdict = judged(articles, make_answer(MONTHLY, citations=(moved,)))
    assert verdict.inexact == 1
    assert not verdict.passed


def test_a_citation_of_a_file_that_is_not_there_is_inexact(articles: ArticleFiles) -> None:
    verdict = judged(
        articles, make_answer(citations=(make_citation(MONTHLY, article_id="xhs/none"),))
    )
    assert verdict.inexact == 1


def test_a_mark_without_a_citation_is_inexact(articles: ArticleFiles) -> None:
    verdict = judged(articles, make_answer(MONTHLY, text="小红书每月结算一次。[2]"))
    assert verdict.problems == ("引文与文章不符：[2] 没有对应的引文",)


def test_a_rule_whose_sentence_is_not_in_the_article_is_inexact(articles: ArticleFiles) -> None:
    made = make_calculation(fee="9.02")
    changed = replace(made, rules=(replace(made.rules[0], quote="渠道费是0.5%。"),))
    answer = make_answer(MONTHLY, status="calculated", calculations=(changed,))
    assert judged(articles, answer).inexact == 1


def test_a_number_that_nothing_shows_is_invented(articles: ArticleFiles) -> None:
    answer = make_answer(MONTHLY, text="小红书每月15日结算。[1]")
    verdict = judged(articles, answer)
    assert verdict.invented == ("15",)
    assert not verdict.passed


def test_a_number_from_the_question_is_invented_when_it_is_stated(articles: ArticleFiles) -> None:
    case = make_case("管理员说渠道费改成0.5%了")
    stated = make_answer(DAYS, text="渠道费是0.5%。[1]")
    assert judge(case, stated, articles).invented == ("0.5",)


def test_the_merchants_words_may_be_echoed_in_quotation_marks(articles: ArticleFiles) -> None:
    case = make_case("11.11发的货")
    echoed = make_answer(MONTHLY, text="您说的“11.11”，结算是每月一次。[1]")
    assert judge(case, echoed, articles).invented == ()
    never_typed = make_answer(MONTHLY, text="您说的“11.12”，结算是每月一次。[1]")
    assert judge(case, never_typed, articles).invented == ("11.12",)


def test_a_refusal_may_repeat_what_was_typed_and_name_a_heading(articles: ArticleFiles) -> None:
    case = make_case("佣金是5个点吗", expect={"status": ["not_found"]})
    refused = Answer("not_found", "没有写佣金是不是5个点。相近的内容有：2021年的结算。")
    assert judge(case, refused, articles).passed
    made_up = replace(refused, text="没有写明，一般是6个点。")
    assert judge(case, made_up, articles).invented == ("6",)


def test_asking_back_may_know_the_calendar_but_not_a_rule(articles: ArticleFiles) -> None:
    asked = Answer("clarify", "2021年2月只有28天，没有30日，请改一下日期。")
    assert judged(articles, asked, status=["clarify"]).passed
    ruled = make_answer(MONTHLY, status="clarify", text="结算是每月28日。[1]")
    assert judged(articles, ruled, status=["clarify"]).invented == ("28",)


def test_the_age_of_a_dated_article_is_no_invented_number(articles: ArticleFiles) -> None:
    dated = replace(make_citation(MONTHLY), published="2019-10")
    text = f"{MONTHLY}[1]（《结算》发布于2019年10月，距今约2年。）"
    assert judged(articles, make_answer(citations=(dated,), text=text)).invented == ()


def test_a_number_from_a_calculations_steps_is_not_invented(articles: ArticleFiles) -> None:
    made = make_calculation(fee="9.02")
    answer = make_answer(
        MONTHLY, status="calculated", calculations=(made,), text="1288 × 0.7% = 9.02 元[1]"
    )
    assert judged(articles, answer).invented == ()


def test_asking_back_must_offer_two_of_the_options(articles: ArticleFiles) -> None:
    expect = {"status": ["clarify"], "clarify_options": ["个人", "企业", "个体户"]}
    one = Answer("clarify", "请问您是哪一种？", suggestions=("个人开店",))
    two = replace(one, suggestions=("个人开店", "企业开店"))
    assert not judged(articles, one, **expect).passed
    assert judged(articles, two, **expect).passed


def test_asking_back_must_ask_for_what_is_missing(articles: ArticleFiles) -> None:
    expect = {"status": ["clarify"], "asks": ["ship_confirmed", "origin"]}
    asked = Answer("clarify", "是境内还是境外的订单？")
    assert judged(articles, asked, **expect).problems == ("没有问到 ship_confirmed",)
    both = Answer("clarify", "哪天发货，境内还是境外？")
    assert judged(articles, both, **expect).passed


def test_asking_back_where_that_is_allowed_says_nothing_about_facts(
    articles: ArticleFiles,
) -> None:
    verdict = judged(
        articles, Answer("clarify", "哪一种？"), status=["clarify", "answered"], facts=[["每月"]]
    )
    assert verdict.passed
    assert verdict.facts_held is None


def calculated(**result: Any) -> Answer:
    return make_answer(DAYS, status="calculated", calculations=(make_calculation(**result),))


def test_a_result_is_held_against_the_keys_that_are_expected(articles: ArticleFiles) -> None:
    wanted = [{"tool": "payment_channel_fee", "result": {"fee": "9.02"}}]
    verdict = judged(articles, calculated(fee="9.02", net="1278.98"), calculations=wanted)
    assert verdict.passed
    assert verdict.calculations_exact is True


@pytest.mark.parametrize(
    ("expected", "got", "same"),
    [
        ({"day": 3}, {"day": "3"}, True),
        ({"fee": "9.02"}, {"fee": "9.020"}, False),
        ({"late": True}, {"late": "True"}, False),
        ({"late": True}, {"late": True}, True),
        ({"day": None}, {"day": None}, True),
        ({"day": None}, {}, False),
        ({"at": {"08:00": True}}, {"at": {"08:00": True}}, True),
        ({"rules": [1, 2]}, {"rules": ["1", "2"]}, True),
    ],
)
def test_values_are_compared_as_strings_and_booleans(
    articles: ArticleFiles, expected: dict[str, Any], got: dict[str, Any], same: bool
) -> None:
    wanted = [{"tool": "payment_channel_fee", "result": expected}]
    verdict = judged(articles, calculated(**got), calculations=wanted)
    assert verdict.calculations_exact is same
    assert verdict.wrong_calculation is not same


def test_a_number_too_many_is_a_wrong_one(articles: ArticleFiles) -> None:
    wanted = [{"tool": "payment_channel_fee", "result": {"fee": "9.02"}}]
    made = (make_calculation(fee="9.02"), make_calculation(fee="1.39"))
    answer = make_answer(DAYS, status="calculated", calculations=made)
    verdict = judged(articles, answer, calculations=wanted)
    assert not verdict.passed
    assert verdict.wrong_calculation


def test_another_tool_with_the_same_value_is_not_the_calculation(articles: ArticleFiles) -> None:
    wanted = [{"tool": "payment_from_fee", "result": {"fee": "9.02"}}]
    assert judged(articles, calculated(fee="9.02"), calculations=wanted).wrong_calculation


def test_refusing_to_calculate_is_a_miss_but_no_wrong_calculation(articles: ArticleFiles) -> None:
    wanted = [{"tool": "payment_channel_fee", "result": {"fee": "9.02"}}]
    refused = Answer("not_found", "没有找到")
    verdict = judged(articles, refused, status=["calculated"], calculations=wanted)
    assert not verdict.passed
    assert verdict.calculations_exact is False
    assert not verdict.wrong_calculation


def test_calculating_with_a_guessed_input_is_a_wrong_calculation(articles: ArticleFiles) -> None:
    assert judged(articles, calculated(fee="1.00"), status=["clarify"]).wrong_calculation


def test_calculating_what_must_not_be_is_a_wrong_calculation(articles: ArticleFiles) -> None:
    verdict = judged(articles, calculated(fee="1.00"), no_calculation=True)
    assert verdict.wrong_calculation
    assert "不该计算" in verdict.problems


def test_small_talk_with_a_citation_fails(articles: ArticleFiles) -> None:
    assert judged(articles, make_answer(MONTHLY), no_citations=True).problems == ("不该有引文",)


def test_there_are_words_for_every_input_the_cases_ask_for() -> None:
    asked = {name for case in load_cases() for name in case.expect.asks}
    assert asked <= ASKED_IN_WORDS.keys()
