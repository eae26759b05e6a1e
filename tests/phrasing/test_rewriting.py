"""A follow-up rewritten by a chat model: never losing or adding what decides the answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from bot import Turn
from bot.phrasing import Call
from bot.pipeline import MerchantBot
from tests.phrasing.conftest import Open
from tests.phrasing.service import ChatService, Says
from tests.phrasing.test_phrasing import TODAY

HISTORY = [Turn("user", "小红书境内订单几天自动确认收货"), Turn("assistant", "12天。")]


@pytest.fixture
def rewriting(open_chatty: Open) -> MerchantBot:
    """A bot that lets the model rewrite follow-ups."""
    return open_chatty(chat_rewrite=True)


def rewritten(bot: MerchantBot, message: str, history: list[Turn] = HISTORY) -> str | None:
    """What the model's reading comes to."""
    assert bot.conversation.rewriter is not None
    return bot.conversation.rewriter.rewrite(message, history)


def test_it_is_off_unless_asked_for(chatty: MerchantBot, service: ChatService) -> None:
    assert chatty.conversation.rewriter is None
    chatty.conversation.readings("那境外的呢", HISTORY)
    assert service.requests == []


def test_a_reading_that_keeps_everything_is_the_first(
    rewriting: MerchantBot, service: ChatService
) -> None:
    whole = "小红书境外的订单几天自动确认收货"
    service.says(Says(whole))
    by_rule = rewriting.conversation.readings("那境外的呢", HISTORY)
    alone = replace(rewriting.conversation, rewriter=None)
    assert by_rule == (whole, *alone.readings("那境外的呢", HISTORY))
    assert rewriting.ask("那境外的呢", history=HISTORY, today=TODAY).status == "answered"


def test_a_question_without_anything_before_it_is_not_rewritten(
    rewriting: MerchantBot, service: ChatService
) -> None:
    rewriting.conversation.readings("小红书境外订单几天自动确认收货", [])
    assert service.requests == []


@pytest.mark.parametrize(
    ("message", "written"),
    [
        ("那境外的呢", "境外的订单几天自动确认收货"),
        ("那境外的呢", "微信小商店境外的订单几天自动确认收货"),
        ("那境外的呢", "抖音和小红书境外的订单几天自动确认收货"),
        ("那境外的呢", "小红书境内的订单几天自动确认收货"),
        ("那境外的呢", "小红书境外的订单30天自动确认收货吗"),
        ("11月1号发的境外的呢", "小红书境外的订单几天自动确认收货"),
        ("11月1号发的境外的呢", "小红书11月2号发的境外的订单几天自动确认收货"),
        ("那境外的呢", "小红书境外\n的呢"),
        ("那境外的呢", "小红书境外的呢" * 40),
        ("那境外的运费谁出", "小红书境外开店要什么证件"),
        ("那境外的呢", ""),
    ],
)
def test_a_reading_that_loses_or_adds_something_is_not_used(
    rewriting: MerchantBot, service: ChatService, message: str, written: str
) -> None:
    service.says(Says(written))
    assert rewritten(rewriting, message) is None


def test_the_platform_spoken_of_last_is_the_one(
    rewriting: MerchantBot, service: ChatService
) -> None:
    history = [*HISTORY, Turn("user", "微信小商店个人怎么开"), Turn("assistant", "……")]
    service.says(Says("小红书企业怎么开店"))
    assert rewritten(rewriting, "那企业怎么开", history) is None
    service.says(Says("微信小商店企业怎么开"))
    assert rewritten(rewriting, "那企业怎么开", history) == "微信小商店企业怎么开"


@pytest.mark.parametrize("says", [Says(status=500), Says(hangs=True), Says("小红书", ends=None)])
def test_where_the_model_fails_the_rules_read_alone(
    open_chatty: Open, service: ChatService, says: Says
) -> None:
    bot = open_chatty(chat_rewrite=True, chat_retries=0, chat_timeout_s=4.0)
    plain = open_chatty()
    service.says(says)
    with at_most(2.0):
        readings = bot.conversation.readings("那境外的呢", HISTORY)
    assert readings == plain.conversation.readings("那境外的呢", HISTORY)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fails when the block takes longer."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def test_every_call_is_told_to_whoever_counts(open_chatty: Open, service: ChatService) -> None:
    calls: list[Call] = []
    bot = open_chatty(on_chat_call=calls.append, chat_rewrite=True, chat_retries=0)
    service.says(Says("小红书境外的订单几天自动确认收货"), Says(status=500))
    answer = bot.ask("那境外的呢", history=HISTORY, today=TODAY)
    assert answer.trace["rewriting"] == {
        "input_tokens": 1000,
        "output_tokens": 100,
        "cost": 0.0,
        "failures": [],
    }
    assert [call.failure for call in calls] == [None, "http_500"]
    assert calls[0].usage.input_tokens == 1000
    assert all(call.seconds > 0 for call in calls)
