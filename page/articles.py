"""Articles as pages of their own, or beside the conversation, with a quote marked."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from bot.service import Service
from page.parts import HEADERS
from page.rendering import render_article, render_message
from page.words import Words


def add_article_routes(router: APIRouter, service: Service, words: Words) -> None:
    """``articles/{id}``; ``v`` says what the quote was, so that no other text is marked."""

    @router.get("/articles/{article_id:path}")
    def article(
        article_id: str, start: int = 0, end: int = 0, v: str = "", part: bool = False
    ) -> HTMLResponse:
        quote = (max(start, 0), max(end, 0), v)
        status, content = _article(service, article_id, quote, words, whole_page=not part)
        return HTMLResponse(content, status_code=status, headers=HEADERS)


def _article(
    service: Service,
    article_id: str,
    quote: tuple[int, int, str],
    words: Words,
    *,
    whole_page: bool,
) -> tuple[int, str]:
    if not service.ready:
        return 503, render_message(words("loading"), words, whole_page=whole_page)
    found = service.bot.retriever.article(article_id)
    if found is None:
        return 404, render_message(words("gone"), words, whole_page=whole_page)
    start, end, digest = quote
    return 200, render_article(
        found, words, start=start, end=end, digest=digest, whole_page=whole_page
    )
