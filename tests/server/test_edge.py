"""Around every request: sizes, times, headers, logs, counts."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import structlog

from bot.errors import StoreError
from bot.server.logs import configure_logging
from tests.server.conftest import MakeClient, ScriptedBot, Serve

ASK = {"question": "问"}


def test_a_request_that_is_too_large_is_refused_before_it_is_read(make_client: MakeClient) -> None:
    scripted = ScriptedBot()
    client = make_client(scripted=scripted)
    large = {"question": "长" * 100_000}
    for path, code in (("/api/ask", "too_large"), ("/v1/chat/completions", "too_large")):
        response = client.post(path, json=large)
        assert (response.status_code, response.json()["error"]["code"]) == (413, code)

    def unannounced() -> Iterator[bytes]:
        yield b'{"question": "'
        for _ in range(300):
            yield b"x" * 1024
        yield b'"}'

    response = client.post(
        "/api/ask", content=unannounced(), headers={"Content-Type": "application/json"}
    )
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")
    assert scripted.asked == []


def test_a_body_that_trickles_in_is_given_up(serve: Serve) -> None:
    address = urlsplit(serve(scripted=ScriptedBot(), request_seconds=1))
    with socket.create_connection((address.hostname or "", address.port or 0), 20) as raw:
        raw.sendall(
            b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        started = time.monotonic()
        assert raw.recv(100).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - started < 10


def test_every_response_has_an_id_and_headers_that_protect(make_client: MakeClient) -> None:
    client = make_client(scripted=ScriptedBot())
    for response in (client.get("/api/tools"), client.get("/api/nope"), client.get("/healthz")):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["x-request-id"]
    data = client.get("/api/tools").headers
    assert data["content-security-policy"].startswith("default-src 'none'")
    assert data["cache-control"] == "no-store"
    named = client.get("/api/tools", headers={"X-Request-ID": "abc-1"})
    assert named.headers["x-request-id"] == "abc-1"
    forged = client.get("/api/tools", headers={"X-Request-ID": "a b\tc"})
    assert forged.headers["x-request-id"] != "a b\tc"


def test_no_other_site_may_call_unless_it_is_named(make_client: MakeClient) -> None:
    asks = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    closed = make_client(scripted=ScriptedBot()).options("/api/ask", headers=asks)
    assert "access-control-allow-origin" not in closed.headers
    client = make_client(
        scripted=ScriptedBot(), cors_origins="https://shop.example, https://b.example"
    )
    opened = client.options("/api/ask", headers=asks)
    assert opened.headers["access-control-allow-origin"] == "https://shop.example"
    other = client.options("/api/ask", headers={**asks, "Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


def test_requests_and_answers_are_counted(make_client: MakeClient) -> None:
    client = make_client(scripted=ScriptedBot())
    client.post("/api/ask", json=ASK)
    client.get("/api/那样的/东西")
    text = client.get("/metrics").text
    counted = 'zhanggui_requests_total{method="POST",route="/api/ask",status="200"} 1.0'
    assert counted in text
    assert 'zhanggui_answers_total{channel="api",status="answered"} 1.0' in text
    assert "zhanggui_ready 1.0" in text
    assert "那样的" not in text


def test_ready_means_that_the_bot_and_the_database_are_there(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(scripted=ScriptedBot())
    assert client.get("/readyz").json() == {"status": "ready"}

    def gone(_: Any) -> None:
        raise StoreError("weg")

    monkeypatch.setattr("bot.storage.store.Store.ping", gone)
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "storage_unavailable"})
    assert client.get("/healthz").status_code == 200


Logged = Callable[[], str]


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Logged]:
    """What is written to the error output."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield lambda: capsys.readouterr().err
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


TYPED = "这句话不该出现在日志里"
SECRET = "geheim-geheim"


def _everything_that_is_logged(make_client: MakeClient) -> None:
    headers = {"Authorization": f"Bearer {SECRET}"}
    client = make_client(api_keys=f"sdk:{SECRET}", admin_password=SECRET)
    client.post("/api/ask", json={"question": TYPED, "user": TYPED}, headers=headers)
    client.post("/api/ask", json={"question": TYPED, TYPED: 1}, headers=headers)
    client.post(f"/api/tools/{TYPED}", json={"paid": TYPED}, headers=headers)
    client.get(f"/api/articles/{TYPED}?x={SECRET}", headers=headers)
    client.post("/api/feedback", json={"id": "x", "helpful": True, "reason": TYPED})
    client.get("/api/unanswered", auth=("x", SECRET + "x"))
    failing = make_client(scripted=ScriptedBot(ZeroDivisionError(TYPED)))
    failing.post("/api/ask", json={"question": TYPED})


def test_the_log_is_json_with_request_ids_and_holds_nothing_typed_and_no_secret(
    make_client: MakeClient, logged: Logged
) -> None:
    configure_logging(messages=False)
    _everything_that_is_logged(make_client)
    written = logged()
    lines = [json.loads(line) for line in written.splitlines()]
    assert TYPED not in written
    assert SECRET not in written
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) == 7
    assert all(line["request_id"] and line["timestamp"] for line in requests)
    assert requests[0]["caller"] == "sdk"
    (answered,) = [line for line in lines if line["event"] == "answered"]
    assert answered["request_id"] == requests[0]["request_id"]
    (failed,) = [line for line in lines if line.get("error") == "ZeroDivisionError"]
    assert any("conftest.py" in place for place in failed["where"])


def test_the_log_holds_what_was_typed_when_it_is_asked_for_but_no_secret(
    make_client: MakeClient, logged: Logged
) -> None:
    configure_logging(messages=True)
    _everything_that_is_logged(make_client)
    written = logged()
    lines = [json.loads(line) for line in written.splitlines()]
    (answered,) = [line for line in lines if line["event"] == "answered"]
    assert answered["question"] == TYPED
    assert SECRET not in written


def test_the_document_of_the_interface_needs_no_other_host(make_client: MakeClient) -> None:
    client = make_client(scripted=ScriptedBot())
    page = client.get("/docs").text
    assert "https://" not in page
    assert client.get("/static-offline-docs/swagger-ui-bundle.js").status_code == 200
