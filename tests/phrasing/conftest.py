"""A bot over the real corpus, with a chat model that is a test's to script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from bot.assembly import open_bot
from bot.phrasing.model import OnCall, nobody
from bot.pipeline import MerchantBot
from ingest.embedders import SentenceTransformerEmbedder
from ingest.settings import Settings
from tests.phrasing.service import KEY, MODEL, ChatService, chat_service

Open = Callable[..., MerchantBot]


@pytest.fixture
def service() -> Iterator[ChatService]:
    """A running service."""
    with chat_service() as running:
        yield running


@pytest.fixture
def open_chatty(
    corpus_settings: Settings, embedder: SentenceTransformerEmbedder, service: ChatService
) -> Open:
    """Opens a bot that uses the service, with settings of the test's choice."""

    def opened(on_chat_call: OnCall = nobody, **settings: Any) -> MerchantBot:
        chat = {
            "chat_model": MODEL,
            "chat_base_url": service.url,
            "chat_api_key": SecretStr(KEY),
            "chat_timeout_s": 20.0,
            **settings,
        }
        chosen = corpus_settings.model_copy(update=chat)
        return open_bot(chosen, embedder=embedder, on_chat_call=on_chat_call)

    return opened


@pytest.fixture
def chatty(open_chatty: Open) -> MerchantBot:
    """A bot that uses the service."""
    return open_chatty()
