"""What happens to a message, whatever channel it came by: taken, answered, delivered once."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from bot.answers import Answer, Turn
from bot.errors import (
    BusyError,
    ClosedError,
    ForbiddenCallError,
    MalformedCallError,
    PushError,
    StoreError,
)
from bot.language import speaks_english
from bot.limits import RateLimits
from bot.reading import NoQuestionError, read_question
from bot.replies import rejected
from bot.server.channels.adapter import Call, Channel, Incoming, Job, Poll, Reply, age_s
from bot.server.channels.outbound import Outbound
from bot.server.channels.plain_text import body_of, sources_of
from bot.server.channels.splitting import split_message
from bot.service import Service
from bot.storage import InboxMessage

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_NEW_CONVERSATION = "新对话"
_BEGUN_ANEW = "好的，已经开始新的对话。"
_TEXT_ONLY = "目前只支持文字提问。"
_FAILED = "现在回答不了，请稍后再试。"
_QUOTED_CHARACTERS = 200
# Acknowledging must not wait behind answering: the inbox has threads of its own.
_THREADS = 4
# A platform that did not hear us asks again within seconds.
_REMEMBER_S = 60.0
# Longer than an answer and the tries to push it take.
_GRACE_S = 20.0

Key = tuple[str, str, str]


@dataclass(frozen=True)
class _Admitted:
    """``fresh``: not seen before. ``notice``: what to say instead of an answer; "" is nothing."""

    fresh: bool
    notice: str | None = None


class Desk:
    """Takes messages of all channels; lives on one event loop, between start and stop.

    A message is in the inbox before it is acknowledged and until its answer is delivered, so
    that a process that dies in between answers it when it comes back.
    """

    def __init__(
        self,
        service: Service,
        limits: RateLimits,
        channels: Sequence[Channel],
        outbound: Outbound,
        *,
        per_member: bool = True,
    ) -> None:
        """With ``per_member`` each member of a group has a conversation of his own.

        ``outbound`` is what the channels send through; it is closed at the end.
        """
        self.channels = tuple(channels)
        self._service = service
        self._limits = limits
        self._outbound = outbound
        self._per_member = per_member
        self._jobs: dict[Key, Job] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._runs: set[asyncio.Task[None]] = set()
        self._work: set[asyncio.Task[None]] = set()
        self._held: dict[asyncio.Task[None], Job] = {}
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="inbox")

    # -- beginning and end -----------------------------------------------------------

    async def start(self) -> None:
        """Take up what an earlier process left, and let the channels run."""
        for channel in self.channels:
            unfinished = partial(self._service.store.unfinished_messages, channel.name)
            for message in await self._in_thread(unfinished):
                await self._resume(channel, message)
            self._spawn(self._run(channel), self._runs)

    async def _resume(self, channel: Channel, message: InboxMessage) -> None:
        incoming = Incoming(**message.payload)
        job = Job(incoming)
        # Whoever asked has hung up long ago, and may have been told to ask again.
        job.promised = True
        self._jobs[_key(channel, incoming)] = job
        self._spawn(self._deal(channel, job, None), self._work)

    async def stop(self, *, grace_s: float = _GRACE_S) -> None:
        """Finish what was taken within ``grace_s``; the rest stays in the inbox."""
        for run in self._runs:
            run.cancel()
        if self._work:
            _, late = await asyncio.wait(self._work, timeout=grace_s)
            for task in late:
                task.cancel()
        for task, job in self._held.items():
            # Nobody can fetch it any more; the next start has it again.
            if not job.delivered:
                task.cancel()
        await asyncio.gather(*self._runs, *self._work, *self._held, return_exceptions=True)
        self._threads.shutdown(wait=True)
        await self._outbound.close()

    def _spawn(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)

    async def _run(self, channel: Channel) -> None:
        try:
            await channel.run(lambda incoming: self.take(channel, incoming))
        except Exception:  # a task's edge: nobody else would hear of it
            _log.exception("%s: the channel stopped", channel.name)

    # -- a call ----------------------------------------------------------------------

    async def handle(self, channel: Channel, call: Call) -> Reply:
        """What a platform's call is answered with."""
        try:
            asked = await channel.receive(call)
            if isinstance(asked, Reply):
                return asked
            if isinstance(asked, Poll):
                job = self._jobs.get((channel.name, asked.bot_id, asked.message_id))
            else:
                job = await self.take(channel, asked)
            return await channel.reply(call, asked, job)
        except ForbiddenCallError as exc:
            _log.warning("%s: refused a call: %s", channel.name, exc)
            return Reply(status=403)
        except MalformedCallError as exc:
            _log.warning("%s: cannot read a call: %s", channel.name, exc)
            return Reply(status=400)
        except (PushError, StoreError) as exc:
            # Not acknowledged: the platform brings it again.
            _log.error("%s: cannot take a call now: %s", channel.name, exc)
            return Reply(status=503)

    async def take(self, channel: Channel, incoming: Incoming) -> Job | None:
        """Put a message into the inbox and begin to answer it, unless it was seen before.

        Returns the job that answers it; None when there is nothing (more) to answer. Raises
        StoreError when the inbox cannot be written: the message is not taken then.
        """
        key = _key(channel, incoming)
        if known := self._jobs.get(key):
            return known
        waiting = self._waiting(channel, incoming) if channel.hands_over else None
        job = self._jobs[key] = waiting or Job(incoming)
        try:
            admitted = await self._in_thread(lambda: self._admit(channel, incoming))
        except StoreError:
            self._jobs.pop(key, None)
            raise
        if waiting is not None:
            await self._in_thread(lambda: self._finish(key))
            self._forget_later(key)
            return waiting
        if not admitted.fresh or admitted.notice == "":
            job.answer([])
            self._jobs.pop(key, None)
            return None
        self._spawn(self._deal(channel, job, admitted.notice), self._work)
        return job

    def _waiting(self, channel: Channel, incoming: Incoming) -> Job | None:
        """The job whose answer this member was told to ask for."""
        session = self._session(channel, incoming)
        for (name, _, _), job in self._jobs.items():
            if name != channel.name or not job.promised or job.delivered:
                continue
            if self._session(channel, job.incoming) == session:
                return job
        return None

    def _admit(self, channel: Channel, incoming: Incoming) -> _Admitted:
        """Claim a message, and count it against its sender."""
        key = _key(channel, incoming)
        if not self._service.store.claim_message(*key, incoming.as_dict()):
            return _Admitted(fresh=False)
        who, where = (*key[:2], incoming.user), (*key[:2], incoming.chat)
        for verdict in (self._limits.hit("user", *who), self._limits.hit("chat", *where)):
            if not verdict.allowed:
                if not verdict.first_notice:
                    self._finish(key)
                return _Admitted(True, verdict.notice if verdict.first_notice else "")
        return _Admitted(True)

    # -- an answer -------------------------------------------------------------------

    async def _deal(self, channel: Channel, job: Job, notice: str | None) -> None:
        """Answer a message and deliver the answer."""
        session = self._session(channel, job.incoming)
        turn = self._turns.setdefault(session, asyncio.Lock())
        try:
            # One member's messages are answered, and arrive, in the order they came.
            async with turn:
                job.answer(await self._parts(channel, job.incoming, session, notice))
                if channel.hold_s > 0:
                    held = asyncio.create_task(self._hold(channel, job))
                    self._held[held] = job
                    held.add_done_callback(self._held.pop)
                else:
                    await self._push(channel, job)
        except ClosedError:
            _log.info("%s: a message waits for the next start", channel.name)
        except Exception:  # a task's edge: the message stays in the inbox
            _log.exception("%s: a message could not be dealt with", channel.name)

    async def _parts(
        self, channel: Channel, incoming: Incoming, session: str, notice: str | None
    ) -> list[str]:
        said = notice if notice is not None else await self._said(channel, incoming, session)
        if isinstance(said, str):
            return [said]
        markdown = channel.style.markdown
        return split_message(
            body_of(said, markdown=markdown),
            sources_of(said, markdown=markdown),
            part_bytes=channel.style.part_bytes,
        )

    async def _said(self, channel: Channel, incoming: Incoming, session: str) -> str | Answer:
        """The answer, or why there is none."""
        if not incoming.readable:
            return _TEXT_ONLY
        if incoming.text == _NEW_CONVERSATION:
            await self._in_thread(lambda: self._service.forget(session))
            return _BEGUN_ANEW
        try:
            # Too long or empty: said at once, without waiting for a turn.
            read_question(incoming.text)
        except NoQuestionError as exc:
            return rejected(exc).spoken(english=speaks_english(incoming.text)).text
        quoted = incoming.quoted[:_QUOTED_CHARACTERS]
        try:
            asked = await self._service.aask(
                incoming.text,
                session=session,
                history=(Turn("user", quoted),) if quoted else (),
                channel=channel.name,
            )
        except ClosedError:
            raise
        except BusyError as exc:
            return str(exc)
        except Exception:  # whatever it was, the member is not left without a word
            _log.exception("%s: a question could not be answered", channel.name)
            return _FAILED
        return asked.answer

    async def _push(self, channel: Channel, job: Job) -> None:
        """Send what has not been fetched; the message is done either way."""
        key = _key(channel, job.incoming)
        sent = False
        try:
            await channel.push(job.incoming, job.remaining())
            sent = True
        except PushError as exc:
            _log.error("%s: an answer could not be delivered: %s", channel.name, exc)
        await self._in_thread(lambda: self._finish(key, failed=not sent))
        self._forget_later(key)

    async def _hold(self, channel: Channel, job: Job) -> None:
        """Wait until the platform has fetched the answer; send it when it does not."""
        try:
            if not await job.fetched(wait_s=max(0.0, channel.hold_s - age_s(job.incoming))):
                await self._push(channel, job)
                return
            key = _key(channel, job.incoming)
            await self._in_thread(lambda: self._finish(key))
            self._forget_later(key)
        except StoreError as exc:
            _log.error("%s: cannot write the inbox: %s", channel.name, exc)

    def _finish(self, key: Key, *, failed: bool = False) -> None:
        self._service.store.finish_message(*key, failed=failed)

    def _forget_later(self, key: Key) -> None:
        asyncio.get_running_loop().call_later(_REMEMBER_S, self._jobs.pop, key, None)

    def _session(self, channel: Channel, incoming: Incoming) -> str:
        """Whose conversation a message belongs to; a digest, for it names people."""
        member = incoming.user if self._per_member or incoming.chat == incoming.user else ""
        named = "\0".join((channel.name, incoming.bot_id, incoming.chat, member))
        return f"{channel.name}:{hashlib.sha256(named.encode()).hexdigest()}"

    async def _in_thread(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _key(channel: Channel, incoming: Incoming) -> Key:
    return channel.name, incoming.bot_id, incoming.message_id
