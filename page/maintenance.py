"""Articles added, looked over before they are stored, and deleted, by the maintainers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from bot.service import Service
from ingest.articles import article_id, article_paths
from ingest.errors import CorpusError
from page.admin import Admins
from page.drafts import Drafts, Upload, draft, each_once, write
from page.parts import loading, part
from page.syncing import Syncing
from page.templating import notice, render
from page.words import Words

_FOLDER = re.compile(r"[\w][\w\-]{0,40}")
# What an article is about that is about no platform in particular.
_NO_PLATFORM = "通用"
_LARGEST = 20 * 1024 * 1024


@dataclass(frozen=True)
class Workbench:
    """What maintaining needs: where articles and eval cases are, who may, what is under way."""

    corpus_dir: Path
    cases_dir: Path
    admins: Admins
    drafts: Drafts
    syncing: Syncing


def add_maintenance_routes(
    router: APIRouter, service: Service, bench: Workbench, words: Words
) -> None:
    """``maintenance`` and what it leads to; all of it asks for a login."""

    def guarded(request: Request, work: Callable[[], str]) -> HTMLResponse:
        return part(bench.admins.guard(request, "maintenance", work, words), words)

    @router.get("/maintenance")
    def maintenance(request: Request) -> HTMLResponse:
        return guarded(request, lambda: render_workbench(service, words))

    @router.get("/maintenance/articles")
    def articles(request: Request) -> HTMLResponse:
        known = bench.admins.knows(request)
        return part(lambda: render_deletable(service, words) if known else "", words)

    @router.post("/maintenance/preview")
    async def preview(request: Request) -> HTMLResponse:
        if not bench.admins.knows(request):
            # Nor is a file read that somebody else sends.
            return guarded(request, str)
        form = await request.form(max_part_size=_LARGEST)
        uploads = [
            Upload(sent.filename or "", await sent.read(_LARGEST + 1))
            for sent in form.getlist("files")
            if not isinstance(sent, str) and sent.filename
        ]
        title, text = str(form.get("title", "")).strip(), str(form.get("text", "")).strip()
        if text:
            name = re.sub(r"[/\\\0]", " ", title)[:80] or words("pasted")
            uploads.append(Upload(f"{name}.md", f"# {title or name}\n\n{text}\n".encode()))
        platform, folder = str(form.get("platform", "")), str(form.get("folder", ""))
        return guarded(request, lambda: previewed(uploads, platform.strip(), folder.strip()))

    def previewed(uploads: list[Upload], platform: str, folder: str) -> str:
        if not uploads:
            return notice(words("nothing_handed_in"), words)
        if not _FOLDER.fullmatch(folder):
            return notice(words("bad_folder", folder=folder), words)
        handed = each_once(
            [
                draft(upload, bench.corpus_dir, platform=platform or _NO_PLATFORM, folder=folder)
                for upload in uploads
                if len(upload.content) <= _LARGEST
            ]
        )
        large = [upload.name for upload in uploads if len(upload.content) > _LARGEST]
        token = bench.drafts.keep(handed) if any(one.drafts for one in handed) else ""
        return render("preview.html", words, handed=handed, large=large, token=token)

    @router.post("/maintenance/store")
    def store(request: Request, token: str = Form("")) -> HTMLResponse:
        def work() -> str:
            handed = bench.drafts.take(token)
            if handed is None:
                return notice(words("draft_gone"), words)
            write(handed, bench.corpus_dir)
            bench.syncing.start()
            return render_sync(bench.syncing, words)

        return guarded(request, work)

    @router.post("/maintenance/sync")
    def sync(request: Request) -> HTMLResponse:
        def work() -> str:
            bench.syncing.start()
            return render_sync(bench.syncing, words)

        return guarded(request, work)

    @router.get("/maintenance/sync")
    def progress(request: Request) -> HTMLResponse:
        return guarded(request, lambda: render_sync(bench.syncing, words))

    @router.post("/maintenance/delete")
    def delete(request: Request, article: str = Form(""), sure: str = Form("")) -> HTMLResponse:
        def work() -> str:
            path = file_of(article, bench.corpus_dir)
            if not sure:
                return render("delete.html", words, article=article)
            path.unlink(missing_ok=True)
            bench.syncing.start()
            return render_sync(bench.syncing, words)

        return guarded(request, work)


def file_of(identifier: str, corpus_dir: Path) -> Path:
    """The file of an article; raise CorpusError when the folder holds no such."""
    for path in article_paths(corpus_dir):
        if article_id(path, corpus_dir) == identifier:
            return path
    raise CorpusError(f"文章目录里没有 {identifier}，可能已经删除。请刷新后再试。")


def render_workbench(service: Service, words: Words) -> str:
    """The forms to hand in and to delete."""
    if not service.ready:
        return loading(words, "maintenance")
    platforms = dict.fromkeys(platform for platform, _, _ in _articles(service))
    return render("maintenance.html", words, platforms=platforms, no_platform=_NO_PLATFORM)


def render_deletable(service: Service, words: Words) -> str:
    """The articles there are now, to choose one from."""
    return render("deletable.html", words, articles=_articles(service))


def _articles(service: Service) -> list[tuple[str, str, str]]:
    """Platform, title and id of each, in that order."""
    rows = service.bot.retriever.index.iter_rows(texts=False)
    kept = (row.article for row in rows if row.article.content_hash)
    return sorted((article.platform, article.title, article.id) for article in kept)


def render_sync(syncing: Syncing, words: Words) -> str:
    """How far the sync is; while it runs, the browser asks again."""
    return render("sync.html", words, state=syncing.state)
