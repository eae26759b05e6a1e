"""The whole page put onto a server."""

from __future__ import annotations

from fastapi import FastAPI

from bot.service import Service
from ingest.settings import Settings
from page.routes import add_page_routes
from page.view import build_page, mount_page
from page.words import LANGUAGES, load_words


def add_page(server: FastAPI, service: Service, settings: Settings) -> FastAPI:
    """Add the page in every language; it comes last, because it takes the paths left over."""
    add_page_routes(server, service, settings)
    for language in reversed(LANGUAGES):
        words = load_words(language)
        server = mount_page(server, build_page(service, words), words)
    return server
