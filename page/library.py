"""The knowledge base to read: its articles by platform, their passages, a search."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from bot import MerchantBot
from bot.answers import Passage
from bot.pipeline import today_in_shanghai
from bot.service import Service
from ingest.articles import Article
from ingest.chunks import Chunk, ChunkSettings, cut
from ingest.index import ArticleRow
from page.parts import loading, part
from page.passages import passage_address
from page.rendering import web_address
from page.templating import notice, render
from page.words import Words

_FOUND = 12
_LONGEST_QUERY = 200


@dataclass(frozen=True)
class Entry:
    """An article on its shelf."""

    id: str
    title: str
    age: str
    passages: int


@dataclass(frozen=True)
class Finding:
    """A passage that a search found, and where it is shown in its article."""

    passage: Passage
    address: str


def add_library_routes(router: APIRouter, service: Service, words: Words) -> None:
    """``library``: the shelves; ``library/search``; ``library/read/{id}``: an article cut up."""

    @router.get("/library")
    def shelves() -> HTMLResponse:
        def work() -> str:
            if not service.ready:
                return loading(words, "library")
            return render_shelves(service.bot.retriever.index.iter_rows(texts=False), words)

        return part(work, words)

    @router.get("/library/search")
    def search(q: str = "") -> HTMLResponse:
        def work() -> str:
            if not service.ready:
                return notice(words("loading"), words, kind="plain")
            return render_findings(service.bot, q.strip()[:_LONGEST_QUERY], words)

        return part(work, words)

    @router.get("/library/read/{article_id:path}")
    def read(article_id: str) -> HTMLResponse:
        def work() -> str:
            if not service.ready:
                return loading(words, f"library/read/{article_id}")
            article = service.bot.retriever.article(article_id)
            return render_reading(article, words) if article else notice(words("gone"), words)

        return part(work, words)


def render_shelves(rows: Iterable[ArticleRow], words: Words) -> str:
    """The articles by platform."""
    shelves: dict[str, list[Entry]] = {}
    valid = [row for row in rows if row.article.content_hash]
    for row in sorted(valid, key=lambda row: (row.article.platform, row.article.title)):
        article = row.article
        entry = Entry(article.id, article.title, age(article.published, words), row.chunk_count)
        shelves.setdefault(article.platform, []).append(entry)
    passages = sum(row.chunk_count for row in valid)
    return render("shelves.html", words, shelves=shelves, articles=len(valid), passages=passages)


def render_findings(bot: MerchantBot, query: str, words: Words) -> str:
    """What a search finds, best first."""
    passages = bot.retriever.search(query, _FOUND).passages if query else ()
    found = [Finding(p, passage_address(p.article_id, p.start, p.end, p.text)) for p in passages]
    return render("findings.html", words, query=query, found=found)


def render_reading(article: Article, words: Words) -> str:
    """An article as it was cut: every passage under its heading, with its place."""
    return render(
        "reading.html",
        words,
        article=article,
        age=age(article.published, words),
        web=web_address(article.source.url),
        sections=sections(cut(article, ChunkSettings())),
        asked=article.questions,
    )


def sections(chunks: Iterable[Chunk]) -> Mapping[tuple[str, str], list[tuple[int, Chunk]]]:
    """Numbered passages by section path and heading, in their order."""
    parted: dict[tuple[str, str], list[tuple[int, Chunk]]] = {}
    for number, chunk in enumerate(chunks, start=1):
        parted.setdefault((chunk.section, chunk.heading), []).append((number, chunk))
    return parted


def age(published: str | None, words: Words, *, today: dt.date | None = None) -> str:
    """When an article was published and how long ago that is, as far as it is known."""
    if published is None:
        return words("no_date")
    years = (today or today_in_shanghai()).year - int(published[:4])
    said = words("published", when=published)
    return f"{said} · {words('years_old', years=years)}" if years else said
