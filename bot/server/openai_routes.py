"""``/v1``: OpenAI's chat completions, for bots and programs that speak nothing else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Header
from fastapi.responses import Response

from bot.answers import Answer, Turn
from bot.keys import Caller
from bot.plain import plain_text
from bot.reading import MAX_CHARACTERS
from bot.server.access import Access, Called, too_often
from bot.server.openai_schemas import (
    MODEL,
    ChatIn,
    ChatOut,
    ChoiceOut,
    MessageIn,
    MessageOut,
    ModelOut,
    ModelsOut,
    UsageOut,
)
from bot.server.problems import Problem, ProblemError, problem_of
from bot.server.schemas import OpenAiErrorOut
from bot.server.streaming import EVENT_SCHEMA, PING, Waiting, event, event_stream, pieces
from bot.service import OnSentence, Service, ignore

_REMEMBERED = 20
_ERRORS: dict[int | str, dict[str, Any]] = {
    "default": {"model": OpenAiErrorOut, "description": "出错"}
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "model": ChatOut,
        "description": "回答；stream 为 true 时是 text/event-stream。",
        "content": {"text/event-stream": {"schema": EVENT_SCHEMA}},
    }
}


@dataclass(frozen=True)
class _Asked:
    """A request that can be asked: what was asked, and what is sent back whatever comes."""

    question: str
    history: tuple[Turn, ...]
    usage: bool
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    @property
    def characters(self) -> int:
        return len(self.question) + sum(len(turn.content) for turn in self.history)


def add_openai_routes(
    router: APIRouter, service: Service, access: Access, *, seconds: float
) -> None:
    """Add them; an answer that takes longer than ``seconds`` is given up."""
    known = [Depends(access.caller)]
    started = int(time.time())

    @router.get(
        "/v1/models",
        response_model=ModelsOut,
        summary="模型列表：只有一个",
        tags=["OpenAI 兼容"],
        responses=_ERRORS,
        dependencies=known,
    )
    def models() -> ModelsOut:
        return ModelsOut(data=[ModelOut(created=started)])

    @router.get(
        "/v1/models/{model}",
        response_model=ModelOut,
        summary="一个模型",
        tags=["OpenAI 兼容"],
        responses=_ERRORS,
        dependencies=known,
    )
    def one_model(model: str) -> ModelOut:
        _check_model(model)
        return ModelOut(created=started)

    @router.post(
        "/v1/chat/completions",
        response_model=None,
        summary="问一个问题（OpenAI 的写法）",
        tags=["OpenAI 兼容"],
        responses=_ERRORS | _STREAM,
        dependencies=known,
    )
    async def completions(
        given: ChatIn,
        caller: Called,
        x_openwebui_user_id: Annotated[str | None, Header()] = None,
    ) -> Any:
        asked = _read(given)
        user = given.user or x_openwebui_user_id
        notice = await asyncio.to_thread(_refusal, asked, caller, user, access)

        # Sentences that are ready early are not told here: what is sent at last is plain text
        # with its sources, and joined pieces have to be that.
        async def answer(_: OnSentence = ignore) -> Answer:
            if notice is not None:
                return notice
            async with asyncio.timeout(seconds):
                found = await service.aask(asked.question, history=asked.history, channel="openai")
            return found.answer

        if given.stream:
            return event_stream(_chunks(asked, Waiting(answer)))
        return _completion(asked, await answer())


def _read(given: ChatIn) -> _Asked:
    """The question in a request; ends it when there is none."""
    _check_model(given.model)
    if given.n not in (None, 1):
        raise _unusable("n", "只支持 n 为 1。")
    last = max((at for at, one in enumerate(given.messages) if one.role == "user"), default=None)
    if last is None:
        raise _unusable("messages", "messages 里没有 role 为 user 的消息。")
    question = given.messages[last].text()
    if not question.strip():
        raise _unusable("messages", "最后一条 user 消息里没有文字；目前只支持文字提问。")
    options = given.stream_options
    return _Asked(
        question,
        _history(given.messages[:last]),
        usage=bool(options and options.include_usage),
    )


def _history(messages: Sequence[MessageIn]) -> tuple[Turn, ...]:
    """What was said before; a client's system message changes nothing of what the bot is."""
    turns = [
        Turn(one.role, text)
        for one in messages
        if one.role in ("user", "assistant") and (text := one.text()).strip()
    ]
    return tuple(turns[-_REMEMBERED:])


def _check_model(name: str) -> None:
    if name != MODEL:
        raise ProblemError(
            Problem(404, "model_not_found", f"没有这个模型。可用的模型：{MODEL}。", "model")
        )


def _unusable(param: str, message: str) -> ProblemError:
    return ProblemError(Problem(400, "invalid_request", message, param))


def _refusal(asked: _Asked, caller: Caller, user: str | None, access: Access) -> Answer | None:
    """Why the question is not answered: raised, or for some callers said as an answer."""
    problem: ProblemError | None = None
    verdict = access.asks(caller, user)
    if not verdict.allowed:
        problem = too_often(verdict)
    elif (length := len(asked.question.strip())) > MAX_CHARACTERS:
        message = f"问题过长（{length} 字），请控制在 {MAX_CHARACTERS} 字以内。"
        problem = ProblemError(Problem(400, "message_too_long", message, "messages"))
    if problem is None:
        return None
    if not caller.errors_as_text:
        raise problem
    return Answer("rejected", problem.problem.message)


def _completion(asked: _Asked, answer: Answer) -> Response:
    content = plain_text(answer)
    whole = ChatOut(
        id=asked.id,
        created=asked.created,
        model=MODEL,
        choices=[ChoiceOut(message=MessageOut(content=content))],
        usage=_usage(asked, content),
        citations=_citations(answer),
    )
    return Response(whole.model_dump_json(), media_type="application/json")


async def _chunks(asked: _Asked, waiting: Waiting) -> AsyncIterator[str]:
    yield _chunk(asked, {"role": "assistant", "content": ""})
    async for _ in waiting:
        yield PING
    try:
        answer: Answer = waiting.result()
    except Exception as exc:  # the response has begun: told in its own words
        yield event(problem_of(exc).as_openai())
        return
    content = plain_text(answer)
    for piece in pieces(content):
        yield _chunk(asked, {"content": piece})
    yield _chunk(asked, {}, finish="stop", citations=_citations(answer))
    if asked.usage:
        usage = _usage(asked, content).model_dump()
        yield event({**_head(asked), "choices": [], "usage": usage})
    yield event("[DONE]")


def _chunk(asked: _Asked, delta: dict[str, str], *, finish: str | None = None, **more: Any) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return event({**_head(asked), "choices": [choice], **more})


def _head(asked: _Asked) -> dict[str, Any]:
    return {
        "id": asked.id,
        "object": "chat.completion.chunk",
        "created": asked.created,
        "model": MODEL,
    }


def _usage(asked: _Asked, content: str) -> UsageOut:
    prompt, completion = max(1, asked.characters), max(1, len(content))
    return UsageOut(
        prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
    )


def _citations(answer: Answer) -> list[dict[str, Any]]:
    """As in ``/api/ask``, with ``url`` beside: the name other programs look for."""
    return [{**one, "url": one["source_url"]} for one in answer.as_dict()["citations"]]
