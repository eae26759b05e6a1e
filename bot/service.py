"""The one way in for every face: page, HTTP, OpenAI-compatible endpoint, channels."""

from __future__ import annotations

import asyncio
import contextvars
import datetime as dt
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, cast

from bot.answers import Answer, Turn
from bot.errors import BusyError, ClosedError, UnknownAnswerError
from bot.phrasing import Call, OnCall
from bot.pipeline import MerchantBot
from bot.storage import GivenAnswer, Store, UnansweredQuestion

# Is told each sentence of an answer that is ready before the rest of it.
OnSentence = Callable[[str], None]

_BUSY = "现在提问的人太多，请过一会儿再问。"
_CLOSED = "服务正在停止，请稍后再问。"


@dataclass(frozen=True)
class Asked:
    """An answer with the id that feedback refers to it by."""

    id: str
    answer: Answer


def ignore(_: str) -> None:
    """Listens to no sentence."""


class Observer(Protocol):
    """Is told of every answer; counts and logs are made of it."""

    def __call__(self, given: GivenAnswer) -> None:
        """``given`` has just been stored."""


@dataclass(frozen=True)
class ServiceOptions:
    """How many questions are answered at once and may wait; when a conversation is over."""

    threads: int = 2
    waiting: int = 500
    idle: dt.timedelta = dt.timedelta(hours=1)


class Service:
    """Asks the bot and keeps what was asked. Safe to share between threads.

    ``open_bot`` returns a bot that is warm. It runs in a thread of its own once ``start`` was
    called, so that a face is there before the model is; asking waits for it, and raises what
    opening it raised. ``on_failure`` is called in that thread when it raises.
    """

    def __init__(
        self,
        open_bot: Callable[[], MerchantBot],
        store: Store,
        *,
        options: ServiceOptions | None = None,
        on_failure: Callable[[], None] = lambda: None,
        observers: Sequence[Observer] = (),
    ) -> None:
        self.store = store
        self.options = options or ServiceOptions()
        self.failure: Exception | None = None
        self.on_failure = on_failure
        self.observers: list[Observer] = list(observers)
        # Told of every call to a chat model, where the bot has one.
        self.chat_observers: list[OnCall] = []
        self._open_bot = open_bot
        self._bot: MerchantBot | None = None
        self._opened = threading.Event()
        self._starting = threading.Lock()
        self._started = False
        # Reading a question is work for the processor: more threads than it has cores would
        # only make every answer as late as the last.
        self._pool = ThreadPoolExecutor(self.options.threads, thread_name_prefix="answer")
        self._taken = threading.BoundedSemaphore(self.options.threads + self.options.waiting)
        self._closed = False

    # -- the bot ---------------------------------------------------------------------

    def start(self) -> None:
        """Begin to open the bot; further calls do nothing."""
        with self._starting:
            if self._started:
                return
            self._started = True
        threading.Thread(target=self._load, name="open-bot", daemon=True).start()

    @property
    def ready(self) -> bool:
        """Whether a question is answered without waiting for the model."""
        return self._bot is not None and not self._closed

    @property
    def bot(self) -> MerchantBot:
        """The bot, once it is there; raises what opening it raised."""
        self.start()
        self._opened.wait()
        if self._bot is None:
            raise self.failure or RuntimeError("the bot was never opened")
        return self._bot

    def _load(self) -> None:
        try:
            self._bot = self._open_bot()
        except Exception as exc:  # the thread's edge: whoever asks gets it
            self.failure = exc
            self.on_failure()
        finally:
            self._opened.set()

    def chat_called(self, call: Call) -> None:
        """Pass a call on to whoever counts."""
        for observe in self.chat_observers:
            observe(call)

    # -- asking ----------------------------------------------------------------------

    def ask(
        self,
        text: str,
        *,
        session: str | None = None,
        history: Sequence[Turn] = (),
        today: dt.date | None = None,
        channel: str = "api",
        shown: OnSentence = ignore,
    ) -> Asked:
        """Answer a question and keep the answer.

        ``shown`` is called, in another thread, with each sentence that is ready before the rest;
        the answer's text begins with just those.

        With ``session`` the conversation is kept here, and ``history`` (what a message quotes)
        comes after it; without it the caller brings the whole history. Raises BusyError,
        ClosedError, StoreError, and what opening the bot raised.
        """
        return self._submit(text, session, history, today, channel, shown).result()

    async def aask(
        self,
        text: str,
        *,
        session: str | None = None,
        history: Sequence[Turn] = (),
        today: dt.date | None = None,
        channel: str = "api",
        shown: OnSentence = ignore,
    ) -> Asked:
        """The same off the event loop; a question whose asker is gone before its turn is left."""
        return await asyncio.wrap_future(
            self._submit(text, session, history, today, channel, shown)
        )

    def _submit(
        self,
        text: str,
        session: str | None,
        history: Sequence[Turn],
        today: dt.date | None,
        channel: str,
        shown: OnSentence,
    ) -> Future[Asked]:
        if self._closed:
            raise ClosedError(_CLOSED)
        if not self._taken.acquire(blocking=False):
            raise BusyError(_BUSY)
        try:
            # The asker's log context (the request's id) goes along.
            run = contextvars.copy_context().run
            future = self._pool.submit(
                run, self._answer, text, session, history, today, channel, shown
            )
        except RuntimeError as exc:  # closed since we looked
            self._taken.release()
            raise ClosedError(_CLOSED) from exc
        future.add_done_callback(lambda _: self._taken.release())
        return future

    def _answer(
        self,
        text: str,
        session: str | None,
        history: Sequence[Turn],
        today: dt.date | None,
        channel: str,
        shown: OnSentence,
    ) -> Asked:
        bot = self.bot
        started = time.perf_counter()
        if session is not None:
            history = (*self.store.history(session, idle=self.options.idle), *history)
        answer = _listened(bot.stream(text, history=history, today=today), shown)
        given = GivenAnswer(
            id=secrets.token_urlsafe(16),
            at=dt.datetime.now(dt.UTC),
            channel=channel,
            question=text,
            text=answer.text,
            status=answer.status,
            confidence=answer.confidence,
            took_ms=round((time.perf_counter() - started) * 1000, 1),
            session=session,
            searched=str(answer.trace.get("question", "")),
            reason=str(answer.trace.get("reason", "")),
            articles=tuple(dict.fromkeys(cited.article_id for cited in answer.citations)),
        )
        self.store.add_answer(given)
        for observe in self.observers:
            observe(given)
        return Asked(given.id, answer)

    def forget(self, session: str) -> None:
        """Begin the conversation anew."""
        self.store.forget(session)

    # -- what people think of it -----------------------------------------------------

    def feedback(self, answer_id: str, *, helpful: bool, reason: str = "") -> None:
        """Keep what somebody thinks of an answer; raises UnknownAnswerError."""
        self.store.add_feedback(answer_id, helpful=helpful, reason=reason)

    def unanswered(
        self, *, resolved: bool = False, limit: int = 100, offset: int = 0
    ) -> list[UnansweredQuestion]:
        """Questions refused or answered badly, the most often asked first."""
        return self.store.unanswered(resolved=resolved, limit=limit, offset=offset)

    def resolve_unanswered(self, number: int, *, note: str = "") -> None:
        """Take a question off the list until it is asked in vain again.

        Raises UnknownAnswerError when it is on no list.
        """
        if not self.store.resolve_unanswered(number, note=note):
            raise UnknownAnswerError(f"没有编号为 {number} 的未答问题。请先取一次列表。")

    # -- the end ---------------------------------------------------------------------

    def close(self) -> None:
        """Take no more questions, finish those taken, and let the database go."""
        self._closed = True
        # Whoever waits for a bot that never comes would keep the process for ever.
        if not self._started:
            self.failure = ClosedError(_CLOSED)
            self._opened.set()
        self._pool.shutdown(wait=True)
        self.store.close()


def _listened(parts: Iterator[str | Answer], shown: OnSentence) -> Answer:
    """The answer at the end of a stream, its sentences told on the way."""
    answer: str | Answer = ""
    for answer in parts:
        if isinstance(answer, str):
            shown(answer)
    return cast(Answer, answer)
