"""The chat model behind a time limit, retries and a circuit breaker."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bot.errors import ChatModelError

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk, BaseMessage
    from langchain_core.tools import StructuredTool
    from pybreaker import CircuitBreaker

_BUSY = {408, 409, 425, 429}
_SERVER_ERROR = 500
_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 2.0
_COMPLETE = ("stop", "tool_calls")
_END = object()


@dataclass(frozen=True)
class Usage:
    """Tokens that calls took, as the service counted them."""

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens
        )


@dataclass(frozen=True)
class Reply:
    """How a reply ended: its whole text, the tools it asks for, what it took."""

    text: str
    tool_calls: tuple[dict[str, Any], ...]
    usage: Usage


@dataclass(frozen=True)
class Prices:
    """What a million tokens cost, in whatever currency the service bills."""

    input: float = 0.0
    output: float = 0.0

    def of(self, usage: Usage) -> float:
        """The cost of a call."""
        return (usage.input_tokens * self.input + usage.output_tokens * self.output) / 1e6


@dataclass(frozen=True)
class Call:
    """One call to the service, for whoever counts: ``failure`` is a short code, None for none."""

    model: str
    seconds: float
    usage: Usage = Usage()
    cost: float = 0.0
    failure: str | None = None


OnCall = Callable[[Call], None]


_calls: ContextVar[list[Call] | None] = ContextVar("calls", default=None)


@contextmanager
def calls_made() -> Iterator[list[Call]]:
    """The calls made inside the block, in this thread."""
    made: list[Call] = []
    token = _calls.set(made)
    try:
        yield made
    finally:
        _calls.reset(token)


def nobody(_: Call) -> None:
    """Nobody counts."""


class Streams(Protocol):
    """The part of a LangChain chat model that is used."""

    def stream(self, messages: Any, /) -> Iterator[AIMessageChunk]:
        """The reply in pieces."""


class GuardedModel:
    """Streams a reply within a deadline, whatever the service does. Safe between threads."""

    def __init__(
        self,
        open_model: Callable[[Sequence[StructuredTool]], Streams],
        breaker: CircuitBreaker,
        *,
        name: str,
        retries: int,
        prices: Prices = Prices(),
        on_call: OnCall = nobody,
    ) -> None:
        self.name = name
        self._open_model = open_model
        self._breaker = breaker
        self._retries = retries
        self.prices = prices
        self._on_call = on_call

    def stream(
        self,
        messages: Sequence[BaseMessage],
        tools: Sequence[StructuredTool] = (),
        *,
        deadline: float,
    ) -> Iterator[str | Reply]:
        """Pieces of the reply's text, then the Reply; until ``deadline`` on time.monotonic.

        Raises ChatModelError where the service fails, is too slow, breaks off, or has failed so
        often that it is left alone for a while.
        """
        started = time.monotonic()
        try:
            for part in self._unless_paused(messages, tools, deadline):
                if isinstance(part, Reply):
                    self._tell(started, part.usage)
                yield part
        except ChatModelError as exc:
            self._tell(started, failure=exc.reason)
            raise

    def _tell(self, started: float, usage: Usage = Usage(), failure: str | None = None) -> None:
        took = time.monotonic() - started
        call = Call(self.name, took, usage, round(self.prices.of(usage), 6), failure)
        self._on_call(call)
        made = _calls.get()
        if made is not None:
            made.append(call)

    def _unless_paused(
        self, messages: Sequence[BaseMessage], tools: Sequence[StructuredTool], deadline: float
    ) -> Iterator[str | Reply]:
        from pybreaker import CircuitBreakerError

        try:
            with self._breaker.calling():
                yield from _read(self._in_time(messages, tools, deadline))
        except CircuitBreakerError as exc:
            raise ChatModelError("paused", "大模型连续出错，暂停使用一会儿。") from exc

    def _in_time(
        self, messages: Sequence[BaseMessage], tools: Sequence[StructuredTool], deadline: float
    ) -> Iterator[AIMessageChunk]:
        """A thread of its own reads from the service: whoever waits can stop waiting."""
        arrived: queue.Queue[Any] = queue.Queue()
        stopped = threading.Event()

        def read() -> None:
            try:
                for chunk in self._with_retries(messages, tools, deadline):
                    arrived.put(chunk)
                    if stopped.is_set():
                        return
                arrived.put(_END)
            except Exception as exc:  # the thread's edge: whoever waits gets it
                arrived.put(exc)

        threading.Thread(target=read, name="chat-model", daemon=True).start()
        try:
            while (item := _taken(arrived, deadline)) is not _END:
                yield item
        finally:
            stopped.set()

    def _with_retries(
        self, messages: Sequence[BaseMessage], tools: Sequence[StructuredTool], deadline: float
    ) -> Iterator[AIMessageChunk]:
        """Try again while nothing has come and there is time; then only read on."""
        from tenacity import (
            Retrying,
            retry_if_exception,
            stop_after_attempt,
            stop_after_delay,
            wait_exponential_jitter,
        )

        attempts = Retrying(
            stop=stop_after_attempt(1 + self._retries)
            | stop_after_delay(max(0.0, deadline - time.monotonic())),
            wait=wait_exponential_jitter(multiplier=_FIRST_WAIT_S, max=_LONGEST_WAIT_S),
            retry=retry_if_exception(_may_pass),
            reraise=True,
        )

        def begin() -> tuple[Any, Iterator[AIMessageChunk]]:
            pieces = iter(self._open_model(tools).stream(list(messages)))
            return next(pieces, None), pieces

        first, rest = attempts(begin)
        if first is not None:
            yield first
            yield from rest


def _read(chunks: Iterator[AIMessageChunk]) -> Iterator[str | Reply]:
    """Text as it comes, then how it ended.

    Raises ChatModelError when the service did not say that the reply is complete.
    """
    whole: Any = None
    ended, usage = "", Usage()
    for chunk in chunks:
        whole = chunk if whole is None else whole + chunk
        # Some services repeat these with every piece; the last ones count.
        ended = chunk.response_metadata.get("finish_reason") or ended
        if counted := chunk.usage_metadata:
            usage = Usage(counted["input_tokens"], counted["output_tokens"])
        if chunk.text:
            yield str(chunk.text)
    if ended not in _COMPLETE:
        raise ChatModelError("cut", "大模型的回答中途断了。")
    yield Reply(str(whole.text), tuple(dict(call) for call in whole.tool_calls), usage)


def _taken(arrived: queue.Queue[Any], deadline: float) -> Any:
    try:
        item = arrived.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise ChatModelError("timeout", "大模型没有在时限内答完。") from None
    if isinstance(item, Exception):
        raise _explained(item) from item
    return item


def _may_pass(exc: BaseException) -> bool:
    """Whether the same request may go through a moment later."""
    status = _status(exc)
    if status is not None:
        return status in _BUSY or status >= _SERVER_ERROR
    return _is_of_the_connection(exc)


def _explained(exc: Exception) -> ChatModelError:
    """The failure as a short code; what the service wrote is not passed on, nor is the key."""
    status = _status(exc)
    if status is not None:
        return ChatModelError(f"http_{status}", f"大模型服务的回应是 {status}。")
    if _is_of_the_connection(exc):
        return ChatModelError("connection", "连不上大模型服务，或连接中断。")
    return ChatModelError("unreadable", f"大模型服务的回应读不懂（{type(exc).__name__}）。")


def _status(exc: BaseException) -> int | None:
    status = getattr(exc, "status_code", None)
    return status if isinstance(status, int) else None


def _is_of_the_connection(exc: BaseException | None) -> bool:
    import httpx

    while exc is not None:
        if isinstance(exc, httpx.TransportError | OSError):
            return True
        exc = exc.__cause__
    return False
