"""What the bot is told of the conversation, and what is offered next."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import Answer, BotError, MerchantBot, Turn
from bot.service import Service
from page.conversation import Exchange, offers, reply, turns
from page.words import LANGUAGES, load_words
from tests.app.fakes import FakeBot, loaded

_ZH = load_words("zh")


def _exchange(question: str, answer: Answer | None) -> Exchange:
    return Exchange(question, answer)


def _failing(problem: Exception, folder: Path) -> Service:
    return loaded(FakeBot(problem), folder)


def test_a_follow_up_reaches_the_bot_with_what_was_said_before(tmp_path: Path) -> None:
    bot = FakeBot()
    service = loaded(bot, tmp_path)
    first = reply(service, "费率？", (), _ZH)
    reply(service, "那海外的呢", (first,), _ZH)
    assert first.answer is not None
    assert bot.asked == [
        ("费率？", []),
        ("那海外的呢", [Turn("user", "费率？"), Turn("assistant", first.answer.text)]),
    ]


def test_what_was_not_understood_or_broke_is_not_told_to_the_bot() -> None:
    said = (
        _exchange("！！", Answer("rejected", "没有看到文字")),
        _exchange("坏了", None),
        _exchange("费率？", Answer("answered", "0.7%")),
    )
    assert turns(said) == [Turn("user", "费率？"), Turn("assistant", "0.7%")]


def test_only_the_last_exchanges_are_told_to_the_bot() -> None:
    said = [_exchange(f"第{n}问", Answer("answered", "答")) for n in range(30)]
    assert [turn.content for turn in turns(said)[::2]] == [f"第{n}问" for n in range(20, 30)]


def test_a_known_problem_is_told_in_its_own_words(tmp_path: Path) -> None:
    failed = reply(_failing(BotError("引文与原文不一致，已撤回。"), tmp_path), "问", (), _ZH)
    assert failed.answer is None
    assert failed.problem == "引文与原文不一致，已撤回。"


def test_an_unknown_problem_shows_no_inner_workings(tmp_path: Path) -> None:
    failed = reply(_failing(ZeroDivisionError("division by zero"), tmp_path), "问", (), _ZH)
    assert "这个问题没有答成" in failed.problem
    assert "division" not in failed.problem


def test_examples_are_offered_at_first_and_suggestions_after_an_answer() -> None:
    assert offers((), _ZH).texts == _ZH.examples
    after = offers((_exchange("问", Answer("answered", "答", suggestions=("甲", "乙"))),), _ZH)
    assert after.texts == ("甲", "乙")
    assert offers((_exchange("问", None),), _ZH).texts == ()


def test_what_is_missing_is_offered_as_a_choice() -> None:
    choice = offers(
        (_exchange("问", Answer("clarify", "哪里发货？", suggestions=("境内", "境外"))),), _ZH
    )
    assert choice.lead == "请选一项，或者直接输入"
    assert choice.texts == ("境内", "境外")


@pytest.mark.parametrize(
    "question", [text for language in LANGUAGES for text in load_words(language).examples]
)
def test_every_example_question_is_answered(bot: MerchantBot, question: str) -> None:
    answer = bot.ask(question)
    assert answer.status in ("answered", "calculated")
    assert answer.citations
