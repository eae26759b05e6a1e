"""The bot as the page sees it: opened behind the page's back, then asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from bot import Answer, Turn
from ingest.articles import Article


class Articles(Protocol):
    """Where the articles are looked up."""

    def article(self, article_id: str) -> Article | None:
        """An indexed article, None when it is not there."""


class Bot(Protocol):
    """The part of MerchantBot that the page uses."""

    @property
    def retriever(self) -> Articles:
        """Where the articles come from."""

    def ask(self, text: str, *, history: Sequence[Turn] = ()) -> Answer:
        """Answer one question."""


class Assistant:
    """A bot that may still be loading; asking it waits until it is there.

    ``open_bot`` returns a bot that is warm, and runs in a thread of its own, so that the page
    is there before the model is. ``on_failure`` is called in that thread when it raises.
    """

    def __init__(
        self, open_bot: Callable[[], Bot], *, on_failure: Callable[[], None] = lambda: None
    ) -> None:
        self._open_bot = open_bot
        self._on_failure = on_failure
        self._done = threading.Event()
        self._bot: Bot | None = None
        self.failure: Exception | None = None

    @property
    def ready(self) -> bool:
        """Whether a question is answered without waiting for the model."""
        return self._bot is not None

    def start(self) -> None:
        """Begin to open the bot."""
        threading.Thread(target=self._load, name="open-bot", daemon=True).start()

    def ask(self, text: str, history: Sequence[Turn] = ()) -> Answer:
        """The bot's answer; raises what opening the bot raised."""
        return self._opened().ask(text, history=history)

    def article(self, article_id: str) -> Article | None:
        """An indexed article, None when it is not there."""
        return self._opened().retriever.article(article_id)

    def _load(self) -> None:
        try:
            self._bot = self._open_bot()
        except Exception as exc:  # the thread's edge: whoever asks gets it
            self.failure = exc
            self._on_failure()
        finally:
            self._done.set()

    def _opened(self) -> Bot:
        self._done.wait()
        if self._bot is None:
            raise self.failure or RuntimeError("the bot was never opened")
        return self._bot
