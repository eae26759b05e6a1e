"""Answers and articles as HTML: pure functions; everything said or written comes out escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from bot import Answer, Calculation, Citation, RuleUse
from ingest.articles import Article
from page.labels import input_rows, result_rows, tool_title
from page.passages import parts_of, passage_address, quote_digest

if TYPE_CHECKING:
    from page.conversation import Exchange

_MARK = re.compile(r"\[(\d+)\]")
_BADGES = {
    "calculated": "按规则算出",
    "clarify": "还差一点信息",
    "not_found": "知识库里没有",
    "rejected": "没有读懂",
}
_MOVED = "这篇文章后来改过，引用的那句话已经不在原处，所以没有标出。"


@dataclass(frozen=True)
class RuleView:
    """A rule's sentence; ``address`` is None when the sentence is not in the index."""

    quote: str
    title: str
    address: str | None


def render_conversation(
    exchanges: Sequence[Exchange], *, asking: str = "", notice: str = ""
) -> str:
    """The whole conversation; ``asking`` is a question still being answered."""
    return _template("conversation.html").render(exchanges=exchanges, asking=asking, notice=notice)


def render_answer(answer: Answer, article: Callable[[str], Article | None]) -> str:
    """An answer with its marks, calculations and sources."""
    return _template("answer.html").render(
        status=answer.status,
        badge=_BADGES.get(answer.status, ""),
        text=render_text(answer.text, answer.citations),
        calculations=[_calculation_view(each, article) for each in answer.calculations],
        citations=answer.citations,
    )


def render_failure(message: str) -> str:
    """What is shown when there is no answer because something broke."""
    return _template("answer.html").render(
        status="failed",
        badge="出错了",
        text=render_text(message, ()),
        calculations=[],
        citations=(),
    )


def render_text(text: str, citations: Sequence[Citation]) -> Markup:
    """Markdown with its [n] marks as links to the passages; HTML in it stays text."""
    marks = {citation.n: citation for citation in citations}
    return Markup(_markdown().render(text, {"marks": marks}))  # html is off: safe


def render_article(
    article: Article, *, start: int = 0, end: int = 0, digest: str = "", whole_page: bool = True
) -> str:
    """An article with a quote marked, unless the text there is another one by now."""
    quote = article.text[start:end]
    unchanged = bool(quote) and quote_digest(quote) == digest
    if not unchanged:
        start = end = 0
    return _template("article_page.html" if whole_page else "article.html").render(
        article=article,
        source_url=web_address(article.source.url),
        parts=parts_of(article.text, start, end),
        notice=_MOVED if digest and not unchanged else "",
    )


def render_notice(message: str, *, whole_page: bool = True) -> str:
    """A sentence where an article would stand."""
    name = "article_page.html" if whole_page else "article.html"
    return _template(name).render(article=None, notice=message)


def render_part(name: str) -> str:
    """A fixed part of the page."""
    return _template(name).render()


def web_address(url: str | None) -> str | None:
    """An address a reader may follow, None for anything that is no web page."""
    return url if url and re.match(r"https?://", url) else None


def _calculation_view(
    calculation: Calculation, article: Callable[[str], Article | None]
) -> dict[str, Any]:
    return {
        "title": tool_title(calculation.tool),
        "inputs": input_rows(calculation.tool, calculation.inputs),
        "result": result_rows(calculation.result),
        "steps": calculation.steps,
        "assumptions": calculation.assumptions,
        "rules": list(dict.fromkeys(_rule_view(rule, article) for rule in calculation.rules)),
    }


def _rule_view(rule: RuleUse, article: Callable[[str], Article | None]) -> RuleView:
    found = article(rule.article_id)
    start = found.text.find(rule.quote) if found else -1
    if found is None or start < 0:
        return RuleView(rule.quote, rule.article_id, None)
    end = start + len(rule.quote)
    return RuleView(
        rule.quote, found.title, passage_address(rule.article_id, start, end, rule.quote)
    )


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["address"] = _citation_address
    environment.filters["web"] = web_address
    return environment


def _template(name: str) -> Template:
    return _templates().get_template(name)


def _citation_address(citation: Citation) -> str:
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
    label = f"引用{citation.n}：《{citation.title}》{citation.section}"
    attrs: dict[str, str | int | float] = {
        "class": "cite",
        "href": _citation_address(citation),
        "data-passage": "",
        "aria-label": label,
    }
    opening = Token("link_open", "a", 1, attrs=attrs)
    return [opening, _text(f"[{citation.n}]"), Token("link_close", "a", -1)]
