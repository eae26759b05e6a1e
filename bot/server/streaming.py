"""Server-sent events: an answer piece by piece, with signs of life until it is there."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any, TypeVar

from fastapi.responses import StreamingResponse

T = TypeVar("T")
# Proxies and clients give up on a silent connection.
PING_SECONDS = 10.0
_PIECE = re.compile(r".{1,24}?(?:[。！？；，、：\n]|$)|.{1,24}", re.DOTALL)
_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
PING = ": ping\n\n"
# One event, as the OpenAPI document describes it.
EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
    "required": ["data"],
}


class Waiting:
    """Iterate over it until the work is done; then ``result`` is there.

    The work may call ``tell``, from any thread, with what is ready before the rest.
    """

    def __init__(
        self,
        work: Callable[[Callable[[str], None]], Coroutine[Any, Any, T]],
        *,
        every: float = PING_SECONDS,
    ) -> None:
        self._told: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.ensure_future(work(self.tell))
        self._task.add_done_callback(lambda _: self._told.put_nowait(None))
        self._every = every

    def tell(self, text: str) -> None:
        """Hand on a piece of the answer."""
        self._loop.call_soon_threadsafe(self._told.put_nowait, text)

    async def __aiter__(self) -> AsyncIterator[str | None]:
        """Pieces as they are told, None as a sign of life; leaving early ends the work."""
        try:
            while True:
                try:
                    piece = await asyncio.wait_for(self._told.get(), self._every)
                except TimeoutError:
                    yield None
                    continue
                if piece is None:
                    return
                yield piece
        finally:
            self._task.cancel()

    def result(self) -> Any:
        """What the work gave; raises what it raised."""
        return self._task.result()


def event_stream(events: AsyncIterator[str]) -> StreamingResponse:
    """A response of events."""
    return StreamingResponse(
        events, media_type="text/event-stream; charset=utf-8", headers=_HEADERS
    )


def event(data: Any, *, name: str | None = None) -> str:
    """One event; ``data`` as JSON unless it is text already."""
    written = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"event: {name}\ndata: {written}\n\n" if name else f"data: {written}\n\n"


def pieces(text: str) -> Iterator[str]:
    """The text in short pieces; joined they are the text."""
    for found in _PIECE.finditer(text):
        if found.group():
            yield found.group()
