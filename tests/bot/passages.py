"""Passages and ranked units made by hand."""

from __future__ import annotations

from bot.answers import Passage
from bot.ranking import Ranked
from bot.text import terms
from bot.units import Unit


def passage(text: str, *, start: int = 0, name: str = "a", published: str | None = None) -> Passage:
    """A passage of an article of that name, beginning at ``start``."""
    return Passage(
        id=f"{name}#{start}",
        article_id=name,
        title=f"《{name}》",
        platform="小红书",
        section="节",
        heading="节",
        text=text,
        start=start,
        end=start + len(text),
        score=0.9,
        dense=0.9,
        asked=0.0,
        lexical=0.5,
        published=published,
    )


def ranked(unit: Unit, score: float, *, open_point: bool = False, one_side: bool = False) -> Ranked:
    """A unit with that score."""
    held = frozenset(terms(unit.text))
    return Ranked(unit, score, score, 0.5, held, open_point, one_side=one_side)
