"""From a merchant's words to a tool and its inputs, with no chat model."""

from __future__ import annotations

from bot.understanding.leftovers import questions_left
from bot.understanding.reader import understand
from bot.understanding.requests import Invalid, Missing, ToolRequest

__all__ = ["Invalid", "Missing", "ToolRequest", "questions_left", "understand"]
