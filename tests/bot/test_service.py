"""The one way in: answers are kept, conversations remembered, threads bounded."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from bot.answers import Answer, Turn
from bot.errors import BotError, BusyError, ClosedError, UnknownAnswerError
from bot.pipeline import MerchantBot
from bot.service import Service, ServiceOptions
from bot.storage import open_store
from tests.conftest import CORPUS
from tests.fakes import AnswersAtOnce, local_settings


class SlowBot(AnswersAtOnce):
    """Answers when it is let; counts how many it answers at once."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.go_on.set()
        self.asked: list[tuple[str, list[Turn]]] = []
        self.at_once = self.most_at_once = 0
        self._lock = threading.Lock()

    def ask(self, text: str, *, history: Sequence[Turn] = (), today: Any = None) -> Answer:
        """Answer, late."""
        with self._lock:
            self.asked.append((text, list(history)))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        assert self.go_on.wait(20)
        with self._lock:
            self.at_once -= 1
        if text == "佣金":
            return Answer("not_found", "知识库里没有", trace={"question": "小红书的佣金"})
        return Answer("answered", f"答{text}", confidence=0.9)


Make = Callable[..., Service]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Makes services over one database."""
    services: list[Service] = []

    def make_one(bot: SlowBot | Callable[[], SlowBot], **options: Any) -> Service:
        open_bot = bot if callable(bot) else lambda: bot
        service = Service(
            cast(Callable[[], MerchantBot], open_bot),
            open_store(local_settings(CORPUS, tmp_path)),
            options=ServiceOptions(**options),
        )
        services.append(service)
        return service

    yield make_one
    for service in services:
        service.close()


def test_every_answer_is_kept_under_the_id_that_came_with_it(make: Make) -> None:
    service = make(SlowBot())
    asked = service.ask("结算", channel="page")
    kept = service.store.answer(asked.id)
    assert kept is not None
    assert (kept.question, kept.text, kept.channel) == ("结算", "答结算", "page")
    service.feedback(asked.id, helpful=True)
    assert service.store.feedback_counts()[True] == 1


def test_with_a_session_the_service_remembers_the_conversation(make: Make) -> None:
    bot = SlowBot()
    service = make(bot)
    service.ask("结算", session="甲")
    service.ask("那境外的呢", session="甲", history=[Turn("user", "引用的话")])
    service.ask("别人的", session="乙")
    assert bot.asked[1:] == [
        (
            "那境外的呢",
            [Turn("user", "结算"), Turn("assistant", "答结算"), Turn("user", "引用的话")],
        ),
        ("别人的", []),
    ]
    service.forget("甲")
    service.ask("新的", session="甲")
    assert bot.asked[-1] == ("新的", [])


def test_a_conversation_outlives_the_process(make: Make) -> None:
    make(SlowBot()).ask("结算", session="甲")
    bot = SlowBot()
    make(bot).ask("那境外的呢", session="甲")
    assert [turn.content for turn in bot.asked[0][1]] == ["结算", "答结算"]


def test_without_a_session_the_caller_brings_the_history(make: Make) -> None:
    bot = SlowBot()
    make(bot).ask("那境外的呢", history=[Turn("user", "结算")])
    assert bot.asked == [("那境外的呢", [Turn("user", "结算")])]


def test_what_was_refused_or_unhelpful_is_on_the_list_until_it_is_resolved(make: Make) -> None:
    service = make(SlowBot())
    service.ask("佣金")
    service.feedback(service.ask("结算").id, helpful=False, reason="没说几号")
    listed = service.unanswered()
    assert {(one.question, one.note) for one in listed} == {
        ("小红书的佣金", ""),
        ("结算", "没说几号"),
    }
    service.resolve_unanswered(listed[0].id)
    assert len(service.unanswered()) == 1
    with pytest.raises(UnknownAnswerError, match="999"):
        service.resolve_unanswered(999)


def test_no_more_are_answered_at_once_than_there_are_threads_and_none_is_lost(make: Make) -> None:
    bot = SlowBot()
    service = make(bot, threads=2)

    async def ask_many() -> list[str]:
        bot.go_on.clear()
        asking = [asyncio.create_task(service.aask(str(n))) for n in range(20)]
        await asyncio.sleep(0.2)
        bot.go_on.set()
        return [asked.answer.text for asked in await asyncio.gather(*asking)]

    assert asyncio.run(ask_many()) == [f"答{n}" for n in range(20)]
    assert bot.most_at_once == 2


def test_a_question_whose_asker_is_gone_is_not_answered(make: Make) -> None:
    bot = SlowBot()
    service = make(bot, threads=1)

    async def ask_and_leave() -> None:
        bot.go_on.clear()
        first = asyncio.create_task(service.aask("一"))
        second = asyncio.create_task(service.aask("二"))
        await asyncio.sleep(0.1)
        second.cancel()
        await asyncio.sleep(0)
        bot.go_on.set()
        await first

    asyncio.run(ask_and_leave())
    service.ask("三")
    assert [text for text, _ in bot.asked] == ["一", "三"]


def test_when_too_many_wait_the_next_is_told_so_at_once(make: Make) -> None:
    bot = SlowBot()
    service = make(bot, threads=1, waiting=1)
    bot.go_on.clear()
    taken = [threading.Thread(target=service.ask, args=(str(n),)) for n in range(2)]
    for thread in taken:
        thread.start()
    deadline = time.monotonic() + 10
    while service._taken._value and time.monotonic() < deadline:
        time.sleep(0.01)
    with pytest.raises(BusyError, match="过一会儿"):
        service.ask("第三个")
    bot.go_on.set()
    for thread in taken:
        thread.join()
    assert service.ask("又可以了").answer.text == "答又可以了"


def test_stopping_finishes_what_was_taken_and_takes_no_more(make: Make) -> None:
    bot = SlowBot()
    service = make(bot, threads=1)
    bot.go_on.clear()
    answers: list[str] = []
    asking = threading.Thread(target=lambda: answers.append(service.ask("一").answer.text))
    asking.start()
    while not bot.asked:
        time.sleep(0.01)
    closing = threading.Thread(target=service.close)
    closing.start()
    while service.ready:
        time.sleep(0.01)
    with pytest.raises(ClosedError, match="正在停止"):
        service.ask("二")
    bot.go_on.set()
    closing.join(20)
    asking.join(20)
    assert answers == ["答一"]


def test_a_question_waits_until_the_bot_is_there(make: Make) -> None:
    allowed = threading.Event()

    def open_bot() -> SlowBot:
        assert allowed.wait(20)
        return SlowBot()

    service = make(open_bot)
    service.start()
    assert not service.ready
    threading.Timer(0.05, allowed.set).start()
    assert service.ask("结算").answer.text == "答结算"
    assert service.ready


def test_why_the_bot_could_not_be_opened_reaches_whoever_asks(make: Make) -> None:
    def open_bot() -> SlowBot:
        raise BotError("没有索引")

    service = make(open_bot)
    told = threading.Event()
    service.on_failure = told.set
    with pytest.raises(BotError, match="没有索引"):
        service.ask("结算")
    assert told.wait(5)
    assert isinstance(service.failure, BotError)
    assert not service.ready


def test_observers_are_told_of_every_answer(make: Make) -> None:
    service = make(SlowBot())
    seen: list[str] = []
    service.observers.append(lambda given: seen.append(given.status))
    service.ask("结算")
    service.ask("佣金")
    assert seen == ["answered", "not_found"]
