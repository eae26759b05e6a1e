"""Answers and articles as HTML: pure functions; everything said or written comes out escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from bot import Calculation, Citation, RuleUse
from ingest.articles import Article
from page.conversation import Exchange
from page.labels import input_rows, result_rows, tool_title
from page.marks import citation_address, render_text
from page.passages import parts_of, quote_digest
from page.templating import notice, render
from page.timeline import timeline
from page.words import Words


@dataclass(frozen=True)
class RuleView:
    """A rule's sentence; ``address`` is None when the sentence is not in the index."""

    quote: str
    title: str
    address: str | None


@dataclass(frozen=True)
class SourceView:
    """A citation with where it is shown and where it comes from, if that is a web page."""

    citation: Citation
    address: str
    web: str | None


def render_conversation(
    exchanges: Sequence[Exchange],
    words: Words,
    *,
    asking: str = "",
    waiting: str = "",
    coming: str = "",
    fresh: bool = False,
) -> str:
    """The whole conversation; ``asking`` is a question still being answered.

    ``coming`` is what there is of its answer, ``waiting`` what is said until there is any. With
    ``fresh`` the last answer comes in line by line.
    """
    return render(
        "conversation.html",
        words,
        exchanges=[(exchange.question, render_reply(exchange, words)) for exchange in exchanges],
        asking=asking,
        waiting=waiting,
        coming=render_text(coming, ()) if coming else "",
        fresh=fresh,
    )


def render_reply(exchange: Exchange, words: Words) -> str:
    """What came back for a question: the answer with its sources, or what went wrong."""
    answer = exchange.answer
    if answer is None:
        return render(
            "answer.html", words, id="", status="failed", text=render_text(exchange.problem, ()),
            calculations="", sources=(), checked=False,
        )  # fmt: skip
    return render(
        "answer.html",
        words,
        id=exchange.id,
        status=answer.status,
        text=render_text(answer.text, answer.citations),
        calculations=render_calculations(answer.calculations, answer.citations, words),
        sources=[_source(citation) for citation in answer.citations],
        checked=answer.status in ("answered", "calculated", "not_found"),
    )


def render_calculations(
    calculations: Sequence[Calculation],
    citations: Sequence[Citation],
    words: Words,
    *,
    course: Sequence[Calculation] | None = None,
) -> Markup:
    """Result cards below the days in their order; ``course`` may hold more days than those."""
    return render(
        "calculations.html",
        words,
        moments=timeline(calculations if course is None else course, words),
        goes_on=course is not None and len(course) > len(calculations),
        calculations=[_calculation_view(each, citations, words) for each in calculations],
    )


def render_article(
    article: Article,
    words: Words,
    *,
    start: int = 0,
    end: int = 0,
    digest: str = "",
    whole_page: bool = True,
) -> str:
    """An article with a quote marked, unless the text there is another one by now."""
    quote = article.text[start:end]
    unchanged = bool(quote) and quote_digest(quote) == digest
    if not unchanged:
        start = end = 0
    body = render(
        "article.html",
        words,
        article=article,
        source_url=web_address(article.source.url),
        parts=parts_of(article.text, start, end),
        notice=words("quote_moved") if digest and not unchanged else "",
    )
    return _page(article.title, body, words) if whole_page else body


def render_message(message: str, words: Words, *, whole_page: bool = True) -> str:
    """A sentence where an article would stand."""
    said = notice(message, words)
    return _page(words("original"), said, words) if whole_page else said


def web_address(url: str | None) -> str | None:
    """An address a reader may follow, None for anything that is no web page."""
    return url if url and re.match(r"https?://", url) else None


def _page(title: str, body: str, words: Words) -> str:
    return render("article_page.html", words, title=title, body=body)


def _source(citation: Citation) -> SourceView:
    return SourceView(citation, citation_address(citation), web_address(citation.source_url))


def _calculation_view(
    calculation: Calculation, citations: Sequence[Citation], words: Words
) -> dict[str, Any]:
    return {
        "title": tool_title(calculation.tool, words),
        "inputs": input_rows(calculation.tool, calculation.inputs, words),
        "result": result_rows(calculation.result, words),
        "steps": calculation.steps,
        "assumptions": calculation.assumptions,
        "rules": list(dict.fromkeys(_rule_view(rule, citations) for rule in calculation.rules)),
    }


def _rule_view(rule: RuleUse, citations: Sequence[Citation]) -> RuleView:
    for citation in citations:
        if (citation.article_id, citation.quote) == (rule.article_id, rule.quote):
            return RuleView(rule.quote, citation.title, citation_address(citation))
    return RuleView(rule.quote, rule.article_id, None)
