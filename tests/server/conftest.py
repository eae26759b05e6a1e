"""The application over the real bot, in this process and on a port of its own."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.answers import Answer, Turn
from bot.pipeline import MerchantBot
from bot.server import make_api
from bot.service import Service, ServiceOptions
from bot.storage import open_store
from tests.conftest import CORPUS
from tests.fakes import AnswersAtOnce, local_settings

MakeClient = Callable[..., TestClient]
Serve = Callable[..., str]


class ScriptedBot(AnswersAtOnce):
    """Answers what a test wants; raises it when it is an error."""

    def __init__(self, answer: Answer | Exception | None = None) -> None:
        self.answer = answer or Answer("answered", "结算周期是一个自然月。", confidence=0.9)
        self.asked: list[tuple[str, list[Turn]]] = []
        self.go_on = threading.Event()
        self.go_on.set()

    def ask(
        self, text: str, *, history: Sequence[Turn] = (), today: dt.date | None = None
    ) -> Answer:
        """The answer, once it may come."""
        self.asked.append((text, list(history)))
        assert self.go_on.wait(20)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def make_app(bot: MerchantBot, tmp_path: Path) -> Callable[..., FastAPI]:
    """Makes applications; ``scripted`` stands in for the real bot."""

    def make(*, scripted: ScriptedBot | None = None, **settings: Any) -> FastAPI:
        given = local_settings(CORPUS, tmp_path, **settings)
        answering = bot if scripted is None else cast(MerchantBot, scripted)
        options = ServiceOptions(threads=given.answer_threads)
        service = Service(lambda: answering, open_store(given), options=options)
        return make_api(service, given)

    return make


@pytest.fixture
def make_client(make_app: Callable[..., FastAPI]) -> Iterator[MakeClient]:
    """Makes clients of started applications."""
    clients: list[TestClient] = []

    def make(**options: Any) -> TestClient:
        client = TestClient(make_app(**options), raise_server_exceptions=False)
        client.__enter__()
        clients.append(client)
        while client.get("/readyz").status_code != 200:
            time.sleep(0.01)
        return client

    yield make
    for client in clients:
        client.__exit__()


@pytest.fixture
def serve(make_app: Callable[..., FastAPI]) -> Iterator[Serve]:
    """Serves applications on loopback; gives their addresses."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(**options: Any) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            make_app(**options), log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        running.append((server, thread))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(20)
