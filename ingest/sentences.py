"""Where sentences begin and end, as spans of the text they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.markdown import trim

# An end mark, the quotes or brackets that close after it; or a line's end. A full stop of
# the Latin script ends a sentence only before a blank, so 0.7 and a.com stay whole.
_END = re.compile(r"[。！？!?…]+[”’」』）)\"]*|\.(?=\s)|\r\n?|\n")
_CLAUSE_END = re.compile(r"[；;]|[，,](?!\d)")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of ``text[start:end]``, blank space left out."""
    yield from _cut(text, start, len(text) if end is None else end, _END)


def clause_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the clauses of one sentence; they cover all its non-blank characters."""
    yield from _cut(text, start, end, _CLAUSE_END)


def _cut(text: str, start: int, end: int, ending: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    at = start
    for found in ending.finditer(text, start, end):
        span = trim(text, at, found.end())
        if span[0] < span[1]:
            yield span
        at = found.end()
    span = trim(text, at, end)
    if span[0] < span[1]:
        yield span
