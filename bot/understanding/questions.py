"""A message with several questions, cut into one piece a question."""

from __future__ import annotations

import re
from functools import cache

from bot.text import fold, is_english, sentences
from bot.understanding.vocabulary import load_vocabulary


def questions_of(text: str) -> tuple[str, ...]:
    """Pieces that ask one thing each, with what is told before it; the text itself if one.

    What is told after the last question goes with that question.
    """
    return _pieces(sentences(text)) or (text,)


def clauses_of(text: str) -> tuple[str, ...]:
    """Pieces as ``questions_of``, cut after questions that only a comma ends, too."""
    if is_english(text):
        return questions_of(text)
    return _pieces(_clause().findall(text)) or (text,)


@cache
def _clause() -> re.Pattern[str]:
    return re.compile(r"[^。？?！!；;\n，,]+[。？?！!；;\n，,]*")


def _pieces(parts: list[str]) -> tuple[str, ...]:
    pieces: list[str] = []
    told = ""
    for part in parts:
        told += part
        if asks(part):
            pieces.append(told)
            told = ""
    if told and pieces:
        pieces[-1] += told
    return tuple(pieces)


def asks(part: str) -> bool:
    """Whether a sentence or clause asks something."""
    words, folded = load_vocabulary(), fold(part)
    return words.has("asks_something", folded) and not words.has("not_known", folded)
