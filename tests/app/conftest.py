"""The page in a browser: the real one in a process of its own, and one with a scripted bot."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page

from ingest.settings import Settings
from page import Assistant, add_page_routes, build_page, mount_page
from scripts.serving import open_browser, served_page

OpenPage = Callable[[str], Page]
ServeAssistant = Callable[[Assistant], str]


def page_server(assistant: Assistant) -> FastAPI:
    """The page alone."""
    server = FastAPI()
    add_page_routes(server, assistant)
    return mount_page(server, build_page(assistant))


@pytest.fixture(scope="session")
def address(corpus_settings: Settings) -> Iterator[str]:
    """The real page over the real corpus, served by ``app.py``."""
    settings = {
        "ZHANGGUI_DATA_DIR": str(corpus_settings.data_dir),
        "ZHANGGUI_CORPUS_DIR": str(corpus_settings.corpus_dir),
    }
    with served_page(settings) as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each opens pages of its own."""
    with open_browser() as opened:
        yield opened


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages; afterwards none may have complained or reached for another host."""
    problems: list[str] = []
    with _context(browser, problems) as open_one:
        yield open_one
    assert problems == []


@contextmanager
def _context(browser: Browser, problems: list[str]) -> Iterator[OpenPage]:
    context = browser.new_context(
        viewport={"width": 1200, "height": 800}, locale="zh-CN", reduced_motion="reduce"
    )
    context.set_default_timeout(20_000)

    def open_one(address: str) -> Page:
        page = context.new_page()
        page.on(
            "console",
            lambda message: problems.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((address, "data:", "blob:"))
                else problems.append(request.url)
            ),
        )
        page.goto(address)
        page.get_by_label("您的问题").wait_for()
        return page

    try:
        yield open_one
    finally:
        context.close()


@pytest.fixture
def serve() -> Iterator[ServeAssistant]:
    """Serves a page around an assistant from this process."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(assistant: Assistant) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            page_server(assistant), log_level="critical", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        running.append((server, thread))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{listening.getsockname()[1]}/"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(10)
