"""The page's own routes: its files, and articles with a quote marked."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from page.assistant import Assistant
from page.rendering import render_article, render_notice

_ASSETS = Path(__file__).with_name("assets")
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
}


def add_page_routes(server: FastAPI, assistant: Assistant) -> None:
    """Add ``/page-assets`` and ``/articles/…`` to a server."""
    server.mount("/page-assets", StaticFiles(directory=_ASSETS), name="page-assets")

    @server.get("/articles/{article_id:path}", include_in_schema=False)
    def article(
        article_id: str, start: int = 0, end: int = 0, v: str = "", part: bool = False
    ) -> HTMLResponse:
        status, content = _article(assistant, article_id, (start, end, v), whole_page=not part)
        return HTMLResponse(content, status_code=status, headers=_HEADERS)


def _article(
    assistant: Assistant, article_id: str, quote: tuple[int, int, str], *, whole_page: bool
) -> tuple[int, str]:
    if not assistant.ready:
        return 503, render_notice("正在加载模型，请稍后再打开。", whole_page=whole_page)
    found = assistant.article(article_id)
    if found is None:
        return 404, render_notice("这篇文章已经不在知识库里。", whole_page=whole_page)
    start, end, digest = quote
    return 200, render_article(
        found, start=max(start, 0), end=max(end, 0), digest=digest, whole_page=whole_page
    )
