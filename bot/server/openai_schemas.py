"""What ``/v1`` takes and gives, as far as it means something here; the rest is ignored."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MODEL = "merchant-kb"


class _Lenient(BaseModel):
    """Clients send settings of models: what is not used is not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class PartIn(_Lenient):
    """A piece of a message; only text is read."""

    type: str = "text"
    text: str | None = None


class MessageIn(_Lenient):
    """A message of the conversation."""

    role: str = Field(examples=["user"])
    content: str | list[PartIn] | None = Field(None, examples=["小红书多久结算一次货款？"])

    def text(self) -> str:
        """Its text; empty when it holds none."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        return "\n".join(part.text for part in self.content if part.text and part.type != "image")


class StreamOptionsIn(_Lenient):
    """How to stream."""

    include_usage: bool | None = None


class ChatIn(_Lenient):
    """A chat completion that is asked for."""

    model: str = Field(examples=[MODEL])
    messages: list[MessageIn] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptionsIn | None = None
    n: int | None = Field(None, examples=[1])
    user: str | None = Field(None, description="提问的人，只用来限制每个人的次数")


class ModelOut(BaseModel):
    """The one model."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "zhanggui"


class ModelsOut(BaseModel):
    """All models: one."""

    object: Literal["list"] = "list"
    data: list[ModelOut]


class MessageOut(BaseModel):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str


class ChoiceOut(BaseModel):
    """The one choice."""

    index: Literal[0] = 0
    message: MessageOut
    finish_reason: Literal["stop"] = "stop"


class UsageOut(BaseModel):
    """Characters, for want of tokens; never 0, or clients take the answer for an error."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatOut(BaseModel):
    """A chat completion; ``citations`` is ours."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[ChoiceOut]
    usage: UsageOut
    citations: list[dict[str, Any]]
