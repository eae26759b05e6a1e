"""A service with one channel, between a simulated platform and a bot that notes questions."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from bot.answers import Answer, Citation, Turn
from bot.pipeline import MerchantBot
from bot.server import make_api
from bot.service import Service
from bot.storage import open_store
from ingest.settings import Settings
from tests.channels.platforms import Platform, served, served_platform, wait_until
from tests.channels.simulators import SIMULATORS, Simulator
from tests.fakes import AnswersAtOnce


@dataclass
class NotingBot(AnswersAtOnce):
    """Answers with the question itself, after ``delay_s``."""

    delay_s: float = 0.0
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(
        self, text: str, *, history: Sequence[Turn] = (), today: dt.date | None = None
    ) -> Answer:
        """Notes the question and what came before it."""
        with self.lock:
            self.asked.append((text, tuple(history)))
        time.sleep(self.delay_s)
        return self.answers.get(text) or Answer("answered", f"回答：{text}")


def cited(text: str, *, url: str | None = None) -> Answer:
    """An answer that cites an article once."""
    return Answer("answered", text, (Citation(1, "x/y", "标题", "节", "句", 0, 1, None, url),))


@dataclass
class Bench:
    """Everything a test of a channel looks at."""

    simulator: Simulator
    platform: Platform
    bot: NotingBot
    service: Service
    settings: Settings

    def simulator_shows(self, count: int, *, seconds: float = 15) -> None:
        """Wait until members have been shown so much."""
        wait_until(lambda: len(self.simulator.texts()) >= count, seconds=seconds)


def bench_of(
    stack: ExitStack, kind: type[Any], data_dir: Path, bot: NotingBot | None = None, **others: Any
) -> Bench:
    """A running bench; ``others`` are further settings."""
    platform = stack.enter_context(served_platform())
    settings = Settings(
        _env_file=None,
        data_dir=data_dir,
        platform_url=platform.url,
        **{"user_limit": "1000/minute", "chat_limit": "1000/minute"} | kind.settings | others,
    )
    bot = bot or NotingBot()
    service = Service(lambda: cast(MerchantBot, bot), open_store(settings))
    address = stack.enter_context(served(make_api(service, settings)))
    return Bench(kind(address, platform), platform, bot, service, settings)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What a test opens is closed when it ends."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(params=SIMULATORS, ids=lambda kind: str(kind.__name__))
def kind(request: pytest.FixtureRequest) -> type[Any]:
    """Each platform in turn."""
    return cast(type[Any], request.param)


@pytest.fixture
def bench(stack: ExitStack, kind: type[Any], tmp_path: Path) -> Bench:
    """A bench of each platform in turn."""
    return bench_of(stack, kind, tmp_path)
