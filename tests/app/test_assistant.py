"""The bot is opened behind the page's back."""

from __future__ import annotations

import threading

import pytest

from bot import BotError
from page import Assistant
from tests.app.fakes import FakeBot, loaded, loading


def test_a_question_waits_until_the_bot_is_there() -> None:
    bot = FakeBot()
    assistant, go_on = loading(bot)
    assert not assistant.ready
    threading.Timer(0.05, go_on).start()
    assert assistant.ask("费率？") is bot.answer
    assert assistant.ready


def test_why_the_bot_could_not_be_opened_reaches_whoever_asks() -> None:
    told = threading.Event()

    def open_bot() -> FakeBot:
        raise BotError("没有索引")

    assistant = Assistant(open_bot, on_failure=told.set)
    assistant.start()
    with pytest.raises(BotError, match="没有索引"):
        assistant.ask("费率？")
    assert told.wait(5)
    assert not assistant.ready


def test_articles_come_from_the_bot() -> None:
    assert loaded(FakeBot()).article("没有这篇") is None
