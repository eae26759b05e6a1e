"""A passage taken apart into what can be quoted on its own: sentences and list items."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.answers import Passage
from ingest.markdown import read_blocks
from ingest.sentences import sentence_spans

# What an item of a list begins with.
MARKER = re.compile(r"^(?:[-*+]|\d+[.)、])\s*")
_LEAD_IN_ENDS = ("：", ":")


@dataclass(frozen=True)
class Unit:
    """A quotable span of an article; ``start``/``end`` are offsets into its text.

    ``listing`` is the span of the whole list with its lead-in that the unit is part of.
    """

    passage: Passage
    start: int
    end: int
    text: str
    kind: str
    listing: tuple[int, int] | None = None


def units_of(passage: Passage) -> list[Unit]:
    """The passage's units in order: ``sentence``, ``lead_in`` or ``item``."""
    units: list[Unit] = []
    for block in read_blocks(passage.text):
        if block.kind == "list" and block.items:
            span = (block.start, block.end)
            if units and units[-1].kind == "lead_in":
                lead_in = units.pop()
                span = (lead_in.start - passage.start, block.end)
                units.append(_unit(passage, *_inside(lead_in, passage), "lead_in", span))
            units.extend(_unit(passage, *item, "item", span) for item in block.items)
            continue
        spans = list(sentence_spans(passage.text, block.start, block.end))
        for span in spans:
            last = span is spans[-1] and passage.text[: span[1]].endswith(_LEAD_IN_ENDS)
            units.append(_unit(passage, *span, "lead_in" if last else "sentence", None))
    return units


def _inside(unit: Unit, passage: Passage) -> tuple[int, int]:
    return unit.start - passage.start, unit.end - passage.start


def _unit(
    passage: Passage, start: int, end: int, kind: str, listing: tuple[int, int] | None
) -> Unit:
    at = passage.start
    whole = (listing[0] + at, listing[1] + at) if listing else None
    return Unit(passage, at + start, at + end, passage.text[start:end], kind, whole)
