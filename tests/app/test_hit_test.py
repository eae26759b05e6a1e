"""The hit test shows what the pipeline did, not something like it."""

from __future__ import annotations

import pytest

from bot import MerchantBot, Question, Turn
from bot.pipeline import today_in_shanghai
from page.hit_test import open_question, render_opened, why
from page.words import load_words

_ZH = load_words("zh")


def test_it_finds_what_the_chat_finds(bot: MerchantBot) -> None:
    opened = open_question(bot, "小红书支付渠道费收几个点？", [])
    seen = bot.examine_in_context(Question("小红书支付渠道费收几个点？", today_in_shanghai()))
    assert [p.id for p in opened.seen.found.passages] == [p.id for p in seen.found.passages]
    assert opened.answer.citations == bot.ask("小红书支付渠道费收几个点？").citations
    html = render_opened(opened, _ZH)
    for passage in seen.found.passages:
        for score in (passage.score, passage.dense, passage.lexical):
            assert f"{score:.3f}" in html


def test_it_shows_the_question_as_the_conversation_makes_it(bot: MerchantBot) -> None:
    before = [Turn("user", "小红书境内订单几天自动确认收货？")]
    opened = open_question(bot, "那境外的呢", before)
    assert opened.seen.question != "那境外的呢"
    assert opened.seen.question in render_opened(opened, _ZH)


def test_it_shows_the_tool_and_the_inputs_understood(bot: MerchantBot) -> None:
    html = render_opened(open_question(bot, "客户付了1288元，小红书收多少渠道费", []), _ZH)
    assert "支付渠道费" in html
    assert "实付金额=1288" in html
    assert "规则工具" in html


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("拼多多的保证金要交多少？", "没有收录的平台（拼多多）"),
        ("小红书支付渠道费收几个点？", "足以回答"),
        ("你好", "寒暄"),
        ("那个东西怎么弄", "没有说是哪件"),
        ("小商店客户怎么拉黑", "把握不够"),
        ("今天北京天气怎么样", "没有收录的话题（电商以外的事）"),
    ],
)
def test_it_says_why(bot: MerchantBot, question: str, reason: str) -> None:
    assert reason in why(open_question(bot, question, []), _ZH)


def test_a_script_in_a_question_stays_text(bot: MerchantBot) -> None:
    html = render_opened(open_question(bot, "<script>alert(1)</script>多久结算", []), _ZH)
    assert "<script>" not in html
