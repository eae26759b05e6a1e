"""From a merchant's words to a tool and its inputs, with no chat model."""

from __future__ import annotations

from bot.understanding.leftovers import Offer, offered, questions_left
from bot.understanding.phrases import asked_again
from bot.understanding.reader import left_open, understand
from bot.understanding.requests import Invalid, Missing, ToolRequest

__all__ = [
    "Invalid",
    "Missing",
    "Offer",
    "ToolRequest",
    "asked_again",
    "left_open",
    "offered",
    "questions_left",
    "understand",
]
