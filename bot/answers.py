"""What flows from a question to every face: frozen data."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["answered", "calculated", "clarify", "not_found", "rejected"]


@dataclass(frozen=True)
class Turn:
    """One earlier message of a conversation; ``role`` is ``user`` or ``assistant``."""

    role: str
    content: str


@dataclass(frozen=True)
class Question:
    """What a merchant asks; ``today`` is the day the question is asked on.

    ``others`` are platforms outside the corpus that were asked about too, as typed; ``typed`` is
    the message with what tells the program to do something, which ``text`` leaves out.
    """

    text: str
    today: dt.date
    history: tuple[Turn, ...] = ()
    others: tuple[str, ...] = ()
    typed: str = ""


@dataclass(frozen=True)
class Passage:
    """A passage found for a question, with its scores.

    ``text == article_text[start:end]``; ``dense`` and ``asked`` are cosine similarities of the
    question to the passage and to the nearest of its merchants' questions, ``lexical`` a share
    of the best lexical score (0 to 1), ``score`` what passages are ranked by; ``other_case``
    says that it speaks only of another case than the question (Europe, not America).
    """

    id: str
    article_id: str
    title: str
    platform: str
    section: str
    heading: str
    text: str
    start: int
    end: int
    score: float
    dense: float
    asked: float
    lexical: float
    published: str | None = None
    source_url: str | None = None
    questions: tuple[str, ...] = ()
    other_case: bool = False


@dataclass(frozen=True)
class Citation:
    """``quote`` is the slice ``start:end`` of the article's text; ``n`` is its mark."""

    n: int
    article_id: str
    title: str
    section: str
    quote: str
    start: int
    end: int
    published: str | None = None
    source_url: str | None = None


@dataclass(frozen=True)
class RuleUse:
    """A number a calculation relied on, with the sentence it stands in."""

    id: str
    value: str
    unit: str
    article_id: str
    quote: str


@dataclass(frozen=True)
class Calculation:
    """What a rule tool was given and what it found; dates are ISO, money has two places.

    The last of ``steps`` says the result, so that it can be read by itself.
    """

    tool: str
    inputs: dict[str, Any]
    result: dict[str, Any]
    steps: tuple[str, ...]
    assumptions: tuple[str, ...]
    rules: tuple[RuleUse, ...]

    @property
    def conclusion(self) -> str:
        """The result in words."""
        return self.steps[-1]

    @property
    def working(self) -> tuple[str, ...]:
        """The steps that lead to the conclusion."""
        return self.steps[:-1]


@dataclass(frozen=True)
class Answer:
    """The contract every face shares.

    ``trace`` says how the answer came about: the question as it was searched, the readings
    taken, why nothing was answered.
    """

    status: Status
    text: str
    citations: tuple[Citation, ...] = ()
    calculations: tuple[Calculation, ...] = ()
    confidence: float = 0.0
    suggestions: tuple[str, ...] = ()
    timings_ms: dict[str, float] = field(default_factory=dict)
    trace: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as ``--json`` prints it."""
        return asdict(self)
