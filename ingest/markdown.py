"""The block structure of a Markdown text, as character spans of that text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_LINE_END = re.compile(r"\r\n?|\n")
_PARSER = MarkdownIt("commonmark").enable("table")
_LISTS = {"bullet_list_open", "ordered_list_open"}

# Headings from the outermost to the innermost, each as level and title.
HeadingPath = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Block:
    """One top-level block: ``heading``, ``paragraph``, ``list`` or ``other``.

    ``start``/``end`` leave out surrounding blank space. ``items`` are the spans of a list's
    items; ``level`` and ``title`` belong to headings.
    """

    kind: str
    start: int
    end: int
    items: tuple[tuple[int, int], ...] = ()
    level: int = 0
    title: str = ""


# The same passages are taken apart for one question after another.
@lru_cache(maxsize=256)
def read_blocks(text: str) -> tuple[Block, ...]:
    """All top-level blocks in order; every non-blank character lies in exactly one."""
    starts = [0, *(found.end() for found in _LINE_END.finditer(text)), len(text)]
    blocks: list[Block] = []
    at = 0
    for block in _top_level(_PARSER.parse(text), text, starts):
        # What the parser swallows (link definitions) is still text of the article.
        blocks.extend(_gap(text, at, block.start))
        blocks.append(block)
        at = block.end
    blocks.extend(_gap(text, at, len(text)))
    return tuple(blocks)


def headings(text: str) -> list[str]:
    """Titles of the headings, in order."""
    return [block.title for block in read_blocks(text) if block.kind == "heading"]


def below(path: HeadingPath, heading: Block) -> HeadingPath:
    """The path of headings after one more heading."""
    return (*(entry for entry in path if entry[0] < heading.level), (heading.level, heading.title))


def path_text(path: HeadingPath) -> str:
    """A path of headings as it is shown."""
    return " › ".join(title for _, title in path)


def section_at(text: str, offset: int) -> str:
    """The path of headings that a place in the text stands under."""
    path: HeadingPath = ()
    for block in read_blocks(text):
        if block.start > offset:
            break
        if block.kind == "heading":
            path = below(path, block)
    return path_text(path)


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the blank space at its two ends."""
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    return start, start + len(inner.strip())


def _gap(text: str, start: int, end: int) -> Iterator[Block]:
    start, end = trim(text, start, end)
    if start < end:
        yield Block("paragraph", start, end)


def _top_level(tokens: list[Token], text: str, starts: list[int]) -> Iterator[Block]:
    for number, token in enumerate(tokens):
        if token.level != 0 or token.nesting < 0 or token.map is None:
            continue
        start, end = trim(text, starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)])
        if start >= end:
            continue
        if token.type == "heading_open":
            title = tokens[number + 1].content.strip()
            yield Block("heading", start, end, level=int(token.tag[1]), title=title)
        elif token.type in _LISTS:
            yield Block("list", start, end, items=tuple(_items(tokens, number, text, starts)))
        else:
            kind = "paragraph" if token.type == "paragraph_open" else "other"
            yield Block(kind, start, end)


def _items(
    tokens: list[Token], number: int, text: str, starts: list[int]
) -> Iterator[tuple[int, int]]:
    for token in tokens[number + 1 :]:
        if token.level == 0:
            return
        if token.type == "list_item_open" and token.level == 1 and token.map is not None:
            span = trim(text, starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)])
            if span[0] < span[1]:
                yield span
