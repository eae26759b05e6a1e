"""What understanding hands on: a tool, its inputs, and what is missing or cannot be."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Missing:
    """An input to ask for, in Chinese and in ``english``. Each option, typed back as the next
    turn, fills it."""

    name: str
    question: str
    options: tuple[str, ...] = ()
    english: str = ""


@dataclass(frozen=True)
class Invalid:
    """An input that cannot be, and why (Chinese, fit for a user)."""

    name: str
    message: str


@dataclass(frozen=True)
class ToolRequest:
    """A calculation a merchant asks for.

    ``inputs`` is ready for JSON and holds no ``today``. ``as_of`` is the day to judge the case
    on where the merchant names another than today ("买家 11 月 10 号才维权"): hand it to the
    tool as its ``today``. ``strays`` when the message tells nothing of what was asked for, and
    much else: it may be about something else.
    """

    tool: str
    inputs: dict[str, Any]
    missing: tuple[Missing, ...] = ()
    invalid: tuple[Invalid, ...] = ()
    readings: tuple[str, ...] = ()
    as_of: dt.date | None = None
    strays: bool = False
