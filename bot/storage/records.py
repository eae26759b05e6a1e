"""What goes into the store and comes out of it: frozen data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class GivenAnswer:
    """An answer as it was given.

    ``session`` is None outside a conversation that the service remembers; ``searched`` is the
    question as the conversation made it; ``reason`` says why nothing was answered; ``at`` has
    a time zone.
    """

    id: str
    at: dt.datetime
    channel: str
    question: str
    text: str
    status: str
    confidence: float
    took_ms: float
    session: str | None = None
    searched: str = ""
    reason: str = ""
    articles: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnansweredQuestion:
    """A question that was refused or answered badly, counted over everybody who asked it.

    ``reason`` is ``not_found`` or ``unhelpful``; ``note`` is what the last merchant or
    maintainer wrote about it; ``answer_id`` is the last answer it was given.
    """

    id: int
    question: str
    reason: str
    times: int
    first_at: dt.datetime
    last_at: dt.datetime
    answer_id: str
    note: str = ""
    resolved_at: dt.datetime | None = None


@dataclass(frozen=True)
class InboxMessage:
    """A channel's message that was taken and not yet dealt with; ``tries`` counts restarts."""

    channel: str
    bot_id: str
    message_id: str
    payload: dict[str, Any]
    tries: int
    at: dt.datetime
