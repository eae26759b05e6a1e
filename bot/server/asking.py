"""``/api/ask`` and ``/api/ask/stream``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from bot.keys import Caller
from bot.server.access import Access, Called, too_often
from bot.server.problems import problem_of
from bot.server.schemas import AnswerOut, AskIn, DoneOut
from bot.server.streaming import EVENT_SCHEMA, PING, Waiting, event, event_stream, pieces
from bot.service import Asked, OnSentence, Service, ignore

_STREAM_ABOUT = """先是若干个 delta（文字片段，连起来就是 text），最后是 answer（整个回答）；
中途出错则是一个 error。

```
event: delta
data: {"text": "小红书店铺销售款的结算周期是一个自然月。[1]"}

event: answer
data: {"id": "…", "status": "answered", "text": "…", "citations": []}
```
"""
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": _STREAM_ABOUT,
        "content": {"text/event-stream": {"schema": EVENT_SCHEMA}},
    }
}


def add_asking_routes(
    router: APIRouter, service: Service, access: Access, *, seconds: float
) -> None:
    """Add them; an answer that takes longer than ``seconds`` is given up."""
    known = [Depends(access.caller)]

    async def asked(given: AskIn, caller: Caller, shown: OnSentence = ignore) -> Asked:
        async with asyncio.timeout(seconds):
            return await service.aask(
                given.question,
                session=_session(caller, given.session),
                history=[turn.as_turn() for turn in given.history],
                today=given.today,
                shown=shown,
            )

    def admit(given: AskIn, caller: Caller) -> None:
        verdict = access.asks(caller, given.user)
        if not verdict.allowed:
            raise too_often(verdict)

    @router.post(
        "/api/ask",
        response_model=AnswerOut,
        summary="问一个问题",
        tags=["问答"],
        dependencies=known,
    )
    async def ask(given: AskIn, caller: Called) -> Any:
        await asyncio.to_thread(admit, given, caller)
        return as_data(await asked(given, caller))

    @router.post(
        "/api/ask/stream",
        summary="问一个问题，回答逐段返回（SSE）",
        tags=["问答"],
        response_class=StreamingResponse,
        responses=_STREAM,
        dependencies=known,
    )
    async def ask_stream(given: AskIn, caller: Called) -> StreamingResponse:
        await asyncio.to_thread(admit, given, caller)
        return event_stream(_events(Waiting(partial(asked, given, caller))))

    @router.delete(
        "/api/sessions/{session}",
        response_model=DoneOut,
        summary="忘掉一场对话，重新开始",
        tags=["问答"],
        dependencies=known,
    )
    def forget(session: str, caller: Called) -> DoneOut:
        service.forget(str(_session(caller, session)))
        return DoneOut()


def as_data(asked: Asked) -> dict[str, Any]:
    """The answer with its id, as ``AnswerOut`` describes it."""
    return {"id": asked.id, **asked.answer.as_dict()}


async def _events(waiting: Waiting) -> AsyncIterator[str]:
    told = ""
    async for piece in waiting:
        told += piece or ""
        yield PING if piece is None else event({"text": piece}, name="delta")
    try:
        answer = as_data(waiting.result())
    except Exception as exc:  # the response has begun: told in its own words
        yield event(problem_of(exc).as_dict(), name="error")
        return
    for piece in pieces(answer["text"].removeprefix(told)):
        yield event({"text": piece}, name="delta")
    yield event(AnswerOut(**answer).model_dump(mode="json"), name="answer")


def _session(caller: Caller, name: str | None) -> str | None:
    """Nobody reads a conversation held under another key."""
    return None if name is None else f"api:{caller.name}:{name}"
