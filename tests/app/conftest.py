"""The page in a browser: the real one in a process of its own, and one with a scripted bot."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from bot.service import Service
from ingest.settings import Settings
from page import add_page
from scripts.serving import open_browser, served_page
from tests.app.complaints import Complaints
from tests.fakes import local_settings

OpenPage = Callable[[str], Page]
ServeService = Callable[[Service], str]


def page_server(service: Service, settings: Settings) -> FastAPI:
    """The page alone."""
    service.start()
    return add_page(FastAPI(), service, settings)


@pytest.fixture(scope="session")
def address(corpus_settings: Settings) -> Iterator[str]:
    """The real page over the real corpus, served by ``app.py``."""
    settings = {
        "ZHANGGUI_DATA_DIR": str(corpus_settings.data_dir),
        "ZHANGGUI_CORPUS_DIR": str(corpus_settings.corpus_dir),
    }
    with served_page(settings) as served:
        yield served


# Not for the session: playwright keeps an event loop running, in which no other test could run.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each opens pages of its own."""
    with open_browser() as opened:
        yield opened


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages; afterwards none may have complained or reached for another host."""
    with _pages(browser, viewport={"width": 1200, "height": 800}) as open_one:
        yield open_one


@pytest.fixture
def open_phone(browser: Browser) -> Iterator[OpenPage]:
    """The same on a phone, which has fingers and no mouse."""
    with _pages(
        browser, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ) as open_one:
        yield open_one


@contextmanager
def _pages(browser: Browser, **device: Any) -> Iterator[OpenPage]:
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce", **device)
    context.set_default_timeout(20_000)
    # The machine may be busy with other things as well.
    expect.set_options(timeout=20_000)
    complaints = Complaints()

    def open_one(address: str) -> Page:
        page = context.new_page()
        complaints.listen(page, address)
        page.goto(address)
        page.get_by_label("您的问题").first.wait_for()
        return page

    try:
        yield open_one
        heard = complaints.heard(context)
    finally:
        context.close()
    assert heard == []


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[ServeService]:
    """Serves a page around a service from this process."""
    running: list[tuple[uvicorn.Server, threading.Thread, Service]] = []
    settings = local_settings(tmp_path / "corpus", tmp_path)

    def start(service: Service) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            page_server(service, settings), log_level="critical", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        running.append((server, thread, service))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{listening.getsockname()[1]}/"

    yield start
    for server, thread, service in running:
        server.should_exit = True
        thread.join(10)
        service.close()
