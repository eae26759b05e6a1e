"""``/api/articles``: what the answers rest on."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from bot.server.access import Access
from bot.server.problems import Problem, ProblemError
from bot.server.readiness import ready_bot
from bot.server.schemas import ArticleOut, ArticlesOut, ChunkOut, ErrorOut, FullArticleOut
from bot.service import Service
from ingest.articles import Article
from ingest.chunks import ChunkSettings, cut

_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorOut, "description": "没有这篇文章"}
}


def add_article_routes(router: APIRouter, service: Service, access: Access) -> None:
    """Add them."""
    known = [Depends(access.caller)]

    @router.get(
        "/api/articles",
        response_model=ArticlesOut,
        summary="列出知识库里的文章",
        tags=["文章"],
        dependencies=known,
    )
    def articles() -> ArticlesOut:
        rows = ready_bot(service).retriever.index.iter_rows(texts=False)
        listed = [ArticleOut(**_fields(row.article)) for row in rows]
        return ArticlesOut(articles=sorted(listed, key=lambda article: article.id))

    @router.get(
        "/api/articles/{article_id:path}",
        response_model=FullArticleOut,
        summary="一篇文章的正文和段落",
        tags=["文章"],
        dependencies=known,
        responses=_UNKNOWN,
    )
    def article(article_id: str) -> FullArticleOut:
        found = ready_bot(service).retriever.article(article_id)
        if found is None:
            raise ProblemError(Problem(404, "unknown_article", "知识库里没有这篇文章。"))
        chunks = [
            ChunkOut(id=one.id, section=one.section, start=one.start, end=one.end, text=one.text)
            for one in cut(found, ChunkSettings())
        ]
        return FullArticleOut(**_fields(found), text=found.text, chunks=chunks)


def _fields(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "title": article.title,
        "platform": article.platform,
        "published": article.published,
        "effective_from": article.effective_from,
        "effective_to": article.effective_to,
        "source_url": article.source.url,
    }
