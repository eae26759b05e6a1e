"""What ``/api`` takes and gives; the OpenAPI document is made of it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    WithJsonSchema,
)

from bot.answers import Turn

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAME = 200
_MESSAGES = 100


def _day(value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("应为存在的日期，如 2021-10-20")


Day = Annotated[
    dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]


class Given(BaseModel):
    """Base of what is taken: nothing unknown, nothing guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TurnIn(Given):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: StrictStr

    def as_turn(self) -> Turn:
        """As the bot takes it."""
        return Turn(self.role, self.content)


class AskIn(Given):
    """A question. Either ``session`` or ``history``, or neither."""

    question: StrictStr = Field(description="要问的问题", examples=["小红书多久结算一次货款？"])
    session: StrictStr | None = Field(
        None,
        min_length=1,
        max_length=_NAME,
        description="对话的名字，自己起；同名的提问算一场对话，由服务记住",
        examples=["shop-42"],
    )
    history: list[TurnIn] = Field(
        default_factory=list,
        max_length=_MESSAGES,
        description="之前的对话，由调用方自己记住时用",
        examples=[[]],
    )
    today: Day | None = Field(
        None, description="按哪一天回答，默认是上海时间的今天", examples=["2021-10-20"]
    )
    user: StrictStr | None = Field(
        None,
        min_length=1,
        max_length=_NAME,
        description="提问的人，只用来限制每个人的次数",
        examples=["u-1001"],
    )


class CitationOut(BaseModel):
    """``quote`` is ``article.text[start:end]``, character for character."""

    n: int
    article_id: str
    title: str
    section: str
    quote: str
    start: int
    end: int
    published: str | None
    source_url: str | None


class RuleOut(BaseModel):
    """A number a calculation relied on."""

    id: str
    value: str
    unit: str
    article_id: str
    quote: str


class CalculationOut(BaseModel):
    """What a rule tool was given and what it found."""

    tool: str
    inputs: dict[str, Any]
    result: dict[str, Any]
    steps: list[str]
    assumptions: list[str]
    rules: list[RuleOut]


class AnswerOut(BaseModel):
    """An answer; ``id`` is what feedback refers to."""

    id: str = Field(examples=["kq0m7n1x8Jq3b2dWb8aFTg"])
    status: Literal["answered", "calculated", "clarify", "not_found", "rejected"]
    text: str = Field(description="Markdown，[n] 指向 citations 里的第 n 条")
    citations: list[CitationOut]
    calculations: list[CalculationOut]
    confidence: float
    suggestions: list[str] = Field(description="反问时的选项，或还可以问的话")
    timings_ms: dict[str, float]
    trace: dict[str, Any] = Field(description="回答的由来，内容会变")


class ToolOut(BaseModel):
    """A rule tool; ``inputs`` is the JSON schema of what it takes."""

    name: str
    title: str
    description: str
    inputs: dict[str, Any]


class ToolsOut(BaseModel):
    """All rule tools."""

    tools: list[ToolOut]


class ArticleOut(BaseModel):
    """An article without its text."""

    id: str
    title: str
    platform: str
    published: str | None
    effective_from: dt.date | None
    effective_to: dt.date | None
    source_url: str | None


class ArticlesOut(BaseModel):
    """All indexed articles."""

    articles: list[ArticleOut]


class ChunkOut(BaseModel):
    """A passage: ``text`` is the slice ``start:end`` of the article's text."""

    id: str
    section: str
    start: int
    end: int
    text: str


class FullArticleOut(ArticleOut):
    """An article with its text and the passages it was cut into."""

    text: str
    chunks: list[ChunkOut]


class FeedbackIn(Given):
    """What somebody thinks of an answer."""

    id: StrictStr = Field(
        max_length=_NAME, description="提问时返回的 id", examples=["kq0m7n1x8Jq3b2dWb8aFTg"]
    )
    helpful: StrictBool = Field(description="有没有帮助", examples=[False])
    reason: StrictStr = Field("", max_length=2000, description="为什么", examples=["没说几号"])


class DoneOut(BaseModel):
    """It was done."""

    status: Literal["ok"] = "ok"


class UnansweredOut(BaseModel):
    """A question that was refused or answered badly."""

    id: int
    question: str
    reason: Literal["not_found", "unhelpful"]
    times: int
    first_at: dt.datetime
    last_at: dt.datetime
    answer_id: str
    note: str
    resolved_at: dt.datetime | None


class UnansweredListOut(BaseModel):
    """The most often asked first."""

    questions: list[UnansweredOut]


class ResolveIn(Given):
    """What was done about a question."""

    note: StrictStr = Field("", max_length=2000, examples=["已补问法"])


class ErrorDetail(BaseModel):
    """``code`` is for programs, ``message`` for people."""

    code: str = Field(examples=["invalid_request"])
    message: str = Field(examples=['请求的内容"question"：缺少这一项。'])


class ErrorOut(BaseModel):
    """Every error of ``/api``."""

    error: ErrorDetail


class OpenAiErrorDetail(BaseModel):
    """As OpenAI words it."""

    message: str
    type: str
    param: str | None
    code: str | None = Field(examples=["invalid_api_key"])


class OpenAiErrorOut(BaseModel):
    """Every error of ``/v1``."""

    error: OpenAiErrorDetail
