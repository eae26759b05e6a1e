"""Answers' Markdown as HTML, with every [n] mark a link to the passage it stands for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from bot import Citation
from page.passages import passage_address

_MARK = re.compile(r"\[(\d+)\]")


def render_text(text: str, citations: Sequence[Citation]) -> Markup:
    """Markdown with its [n] marks as links to the passages; HTML in it stays text."""
    marks = {citation.n: citation for citation in citations}
    return Markup(_markdown().render(text, {"marks": marks}))  # html is off: safe


def citation_address(citation: Citation) -> str:
    """Where the page shows a citation in its article."""
    return passage_address(citation.article_id, citation.start, citation.end, citation.quote)


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
    # Pictures would be fetched from elsewhere; definitions would turn marks into other links.
    parser.disable(["image", "reference"])
    parser.core.ruler.push("citation_marks", _link_marks)
    return parser


def _link_marks(state: StateCore) -> None:
    marks: dict[int, Citation] = state.env.get("marks", {})
    for token in state.tokens:
        depth = 0
        children: list[Token] = []
        for child in token.children or []:
            depth += child.nesting if child.type.startswith("link_") else 0
            if child.type == "link_open":
                child.attrSet("rel", "noopener noreferrer")
                child.attrSet("target", "_blank")
            children.extend(_split(child, marks) if child.type == "text" and not depth else [child])
        if token.children is not None:
            token.children = children


def _split(token: Token, marks: dict[int, Citation]) -> list[Token]:
    pieces: list[Token] = []
    at = 0
    for found in _MARK.finditer(token.content):
        citation = marks.get(int(found[1]))
        if citation is not None:
            pieces += [_text(token.content[at : found.start()]), *_mark(citation)]
            at = found.end()
    return [*pieces, _text(token.content[at:])]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _mark(citation: Citation) -> list[Token]:
    attrs: dict[str, str | int | float] = {
        "class": "cite",
        "href": citation_address(citation),
        "data-passage": "",
        "data-title": f"《{citation.title}》{citation.section}",
        "data-quote": citation.quote,
        "aria-label": f"[{citation.n}] 《{citation.title}》{citation.section}",
    }
    opening = Token("link_open", "a", 1, attrs=attrs)
    return [opening, _text(f"[{citation.n}]"), Token("link_close", "a", -1)]
