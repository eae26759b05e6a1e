"""An article as shown to a reader: every character as it stands, the quoted ones marked."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote as quoted
from urllib.parse import urlencode

from ingest.markdown import read_blocks

_HEADING_SIGN = re.compile(r"#+[ \t]*")


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is quoted as a whole or not at all."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Part:
    """A ``heading``, ``paragraph``, ``list`` or ``other``; only a list has several rows."""

    kind: str
    rows: tuple[tuple[Piece, ...], ...]


def passage_address(article_id: str, start: int, end: int, quote: str) -> str:
    """Where a quote is shown in its article, relative to the page."""
    span = urlencode({"start": start, "end": end, "v": quote_digest(quote)})
    return f"articles/{quoted(article_id)}?{span}"


def quote_digest(quote: str) -> str:
    """Few characters that change when the quote does: an old link never marks another text."""
    return hashlib.sha256(quote.encode()).hexdigest()[:12]


def parts_of(text: str, start: int = 0, end: int = 0) -> list[Part]:
    """The article's blocks in order, with ``text[start:end]`` marked."""
    parts = []
    for block in read_blocks(text):
        spans = block.items or ((block.start, block.end),)
        if block.kind == "heading" and (sign := _HEADING_SIGN.match(text, block.start)):
            spans = ((sign.end(), block.end),)
        rows = tuple(_pieces(text, span, (start, end)) for span in spans)
        parts.append(Part(block.kind, rows))
    return parts


def _pieces(text: str, span: tuple[int, int], mark: tuple[int, int]) -> tuple[Piece, ...]:
    start, end = span
    first = min(max(mark[0], start), end)
    last = max(min(mark[1], end), first)
    cuts = ((start, first, False), (first, last, True), (last, end, False))
    return tuple(Piece(text[at:to], marked) for at, to, marked in cuts if at < to)
