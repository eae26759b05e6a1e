"""What the chat model took is counted where the operator looks."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient
from pydantic import SecretStr

from bot.assembly import open_service
from bot.server import make_api
from ingest.settings import Settings
from tests.phrasing.service import KEY, MODEL, ChatService, Says
from tests.phrasing.test_phrasing import FEE, GOOD_FEE


def test_calls_tokens_and_cost_are_in_the_metrics(
    corpus_settings: Settings, service: ChatService, tmp_path: Path
) -> None:
    chosen = {
        "chat_model": MODEL,
        "chat_base_url": service.url,
        "chat_api_key": SecretStr(KEY),
        "chat_retries": 0,
        "chat_input_price": 2.0,
        "database_url": SecretStr(f"sqlite:///{tmp_path / 'store.db'}"),
    }
    settings = corpus_settings.model_copy(update=chosen)
    service.says(Says(GOOD_FEE), Says(status=500))
    with TestClient(make_api(open_service(settings), settings)) as client:
        first, _ = (client.post("/api/ask", json={"question": FEE}) for _ in range(2))
        counted = client.get("/metrics").text
    assert first.json()["text"] == GOOD_FEE
    assert 'zhanggui_chat_calls_total{outcome="ok"} 1.0' in counted
    assert 'zhanggui_chat_calls_total{outcome="http_500"} 1.0' in counted
    assert 'zhanggui_chat_tokens_total{kind="input"} 1000.0' in counted
    assert 'zhanggui_chat_tokens_total{kind="output"} 100.0' in counted
    assert "zhanggui_chat_cost_total 0.002" in counted
    assert KEY not in counted
