"""All routes of the page, once for each language it speaks."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from bot.keys import read_password
from bot.service import Service
from ingest.settings import Settings
from ingest.sync import Progress, SyncReport, sync
from page.admin import Admins, add_admin_routes
from page.articles import add_article_routes
from page.calculators import add_calculator_routes
from page.drafts import Drafts
from page.feedback import add_feedback_routes
from page.hit_test import add_hit_test_routes
from page.library import add_library_routes
from page.maintenance import Workbench, add_maintenance_routes
from page.quality import add_quality_routes
from page.syncing import Syncing
from page.unanswered import add_unanswered_routes
from page.words import LANGUAGES, load_words

_ASSETS = Path(__file__).with_name("assets")


def add_page_routes(server: FastAPI, service: Service, settings: Settings) -> None:
    """Add what the page fetches to a server."""

    def work(progress: Progress) -> SyncReport:
        return sync(settings, service.bot.retriever.embedder, progress=progress)

    bench = Workbench(
        corpus_dir=settings.corpus_dir,
        cases_dir=settings.cases_dir,
        admins=Admins(read_password(settings)),
        drafts=Drafts(),
        syncing=Syncing(work),
    )
    for language in LANGUAGES:
        words = load_words(language)
        router = APIRouter(prefix=words.prefix, include_in_schema=False)
        add_article_routes(router, service, words)
        add_feedback_routes(router, service, words)
        add_calculator_routes(router, service, words)
        add_library_routes(router, service, words)
        add_hit_test_routes(router, service, words)
        add_quality_routes(router, words)
        add_admin_routes(router, bench.admins, words)
        add_maintenance_routes(router, service, bench, words)
        add_unanswered_routes(router, service, bench, words)
        server.include_router(router)
        assets = StaticFiles(directory=_ASSETS)
        server.mount(f"{words.prefix}/page-assets", assets, name=f"page-assets-{language}")
