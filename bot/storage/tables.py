"""The tables, as SQLAlchemy sees them; ``migrations`` makes them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy import Column as Col
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[dt.datetime]):
    """A point in time. SQLite keeps no time zone: what it holds is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """UTC on its way in."""
        return None if value is None else value.astimezone(dt.UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """UTC on its way out."""
        if value is None:
            return None
        moment: dt.datetime = value
        if moment.tzinfo is None:
            return moment.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC)


metadata = MetaData()

answers = Table(
    "answers",
    metadata,
    Col("number", Integer, primary_key=True, autoincrement=True),
    Col("id", String(64), nullable=False, unique=True),
    Col("at", Moment, nullable=False, index=True),
    Col("channel", String(64), nullable=False),
    # A digest: whose conversation it was is nobody's business here.
    Col("session", String(64)),
    Col("question", Text, nullable=False),
    Col("searched", Text, nullable=False),
    Col("text", Text, nullable=False),
    Col("status", String(32), nullable=False),
    Col("reason", String(64), nullable=False),
    Col("confidence", Float, nullable=False),
    Col("took_ms", Float, nullable=False),
    Col("articles", JSON, nullable=False),
    Index("ix_answers_session", "session", "number"),
)

feedback = Table(
    "feedback",
    metadata,
    Col("answer_id", String(64), ForeignKey("answers.id", ondelete="CASCADE"), primary_key=True),
    Col("at", Moment, nullable=False),
    Col("helpful", Boolean, nullable=False),
    Col("reason", Text, nullable=False),
)

unanswered = Table(
    "unanswered",
    metadata,
    Col("id", Integer, primary_key=True, autoincrement=True),
    # PostgreSQL's indexes take no text as long as a question may be.
    Col("digest", String(64), nullable=False, unique=True),
    Col("question", Text, nullable=False),
    Col("reason", String(32), nullable=False),
    Col("times", Integer, nullable=False),
    Col("first_at", Moment, nullable=False),
    Col("last_at", Moment, nullable=False, index=True),
    Col("answer_id", String(64), nullable=False),
    Col("note", Text, nullable=False),
    Col("resolved_at", Moment),
)

messages = Table(
    "messages",
    metadata,
    Col("channel", String(64), primary_key=True),
    Col("bot_id", String(255), primary_key=True),
    Col("message_id", String(255), primary_key=True),
    Col("at", Moment, nullable=False),
    Col("state", String(16), nullable=False, index=True),
    Col("tries", Integer, nullable=False),
    Col("payload", JSON, nullable=False),
)
