"""What a channel is: how a platform's calls become messages, and answers become its pushes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from bot.errors import ForbiddenCallError, MalformedCallError


@dataclass(frozen=True)
class Call:
    """One HTTP call of a platform; header names are in lower case, ``at`` is Unix time."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: float
    # Whether the caller still waits for what it is told.
    connected: Callable[[], Awaitable[bool]]


@dataclass(frozen=True)
class Reply:
    """What a call is answered with; an empty 200 is an acknowledgement everywhere."""

    body: str = ""
    media_type: str = "text/plain"
    status: int = 200


@dataclass(frozen=True)
class Incoming:
    """A member's message, as every channel tells it.

    ``text`` has no mention of the bot left; ``quoted`` is what the member replied to;
    ``readable`` is False for pictures and voice; ``address`` is what the channel needs to
    push the answer; ``at`` is Unix time.
    """

    bot_id: str
    message_id: str
    chat: str
    user: str
    text: str
    at: float
    quoted: str = ""
    readable: bool = True
    address: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as the inbox keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class Poll:
    """A platform asks how far the answer to an earlier message is."""

    bot_id: str
    message_id: str


@dataclass(frozen=True)
class Style:
    """How answers are written for a platform: ``part_bytes`` of UTF-8 fit one message."""

    markdown: bool
    part_bytes: int


class Job:
    """An accepted message on its way to its answer; lives on one event loop."""

    def __init__(self, incoming: Incoming) -> None:
        self.incoming = incoming
        # The member was told to ask for the answer once more.
        self.promised = False
        # What the platform was shown, for it may ask again.
        self.shown = ""
        self._answered = asyncio.Event()
        self._delivered = asyncio.Event()
        self._parts: list[str] = []

    def answer(self, parts: Sequence[str]) -> None:
        """The answer is there; nothing to say is delivered already."""
        self._parts = list(parts)
        self._answered.set()
        if not parts:
            self._delivered.set()

    async def parts(self, *, wait_s: float) -> list[str]:
        """What is still to be delivered; empty when it is not there within ``wait_s``."""
        try:
            await asyncio.wait_for(self._answered.wait(), wait_s)
        except TimeoutError:
            return []
        return list(self._parts)

    def take(self) -> str:
        """The next part, delivered herewith."""
        part = self._parts.pop(0)
        if not self._parts:
            self._delivered.set()
        return part

    @property
    def answered(self) -> bool:
        """Whether the answer is there."""
        return self._answered.is_set()

    @property
    def delivered(self) -> bool:
        """Whether all of the answer has been taken."""
        return self._delivered.is_set()

    async def fetched(self, *, wait_s: float) -> bool:
        """Whether all was taken within ``wait_s``."""
        try:
            await asyncio.wait_for(self._delivered.wait(), wait_s)
        except TimeoutError:
            return False
        return True

    def remaining(self) -> list[str]:
        """Take all that is left."""
        left, self._parts = self._parts, []
        self._delivered.set()
        return left


Accept = Callable[[Incoming], Awaitable[object]]


class Channel(Protocol):
    """One bot on one platform.

    ``hold_s``: how long an answer waits for the platform to fetch it before it is pushed;
    0 where answers are always pushed. ``hands_over``: a member's next message may fetch it.
    """

    @property
    def name(self) -> str:
        """Its name in the inbox, the answers and the log."""

    @property
    def route(self) -> tuple[str, tuple[str, ...]] | None:
        """Path and HTTP methods; None when the channel calls the platform, not the reverse."""

    @property
    def style(self) -> Style:
        """How answers are written for it."""

    @property
    def hold_s(self) -> float:
        """How long an answer waits to be fetched."""

    @property
    def hands_over(self) -> bool:
        """Whether a member's next message fetches an answer that waits."""

    async def receive(self, call: Call) -> Reply | Incoming | Poll:
        """Verify and read a call.

        Raises ForbiddenCallError, MalformedCallError or PushError (what is needed to read
        the call could not be had; the platform is to call again).
        """

    async def reply(self, call: Call, asked: Incoming | Poll, job: Job | None) -> Reply:
        """What the call is told; ``job`` is None when the message needs no answer any more."""

    async def push(self, incoming: Incoming, parts: Sequence[str]) -> None:
        """Send an answer; raises PushError."""

    async def run(self, accept: Accept) -> None:
        """What the channel does beside being called, for as long as the service runs."""


def check_fresh(stamp: str, *, now: float, window_s: float) -> None:
    """Raise ForbiddenCallError unless ``stamp``, Unix seconds, is within the window of now."""
    # int() takes signs, spaces and underscores too, and other scripts' digits.
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise ForbiddenCallError("没有时间戳")
    if abs(now - int(stamp)) > window_s:
        raise ForbiddenCallError("时间戳过期")


def age_s(incoming: Incoming) -> float:
    """How long ago the message came in."""
    return max(0.0, time.time() - incoming.at)


def json_object(text: str | bytes) -> dict[str, Any]:
    """The JSON object a platform sent; raises MalformedCallError."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise MalformedCallError("不是 JSON") from exc
    if not isinstance(read, dict):
        raise MalformedCallError("不是 JSON 对象")
    return read


def text_at(data: Mapping[str, Any], *path: str) -> str:
    """The string at a path of keys; empty when there is none."""
    found: Any = data
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def needed_text(data: Mapping[str, Any], *path: str) -> str:
    """The string at a path of keys; raises MalformedCallError when there is none."""
    if found := text_at(data, *path):
        return found
    raise MalformedCallError(f"缺少 {'.'.join(path)}")
