"""The process as it is run: under load, stopped, killed, started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from ingest.settings import Settings
from scripts.load import put_load
from scripts.serving import free_port, running_app
from tests.conftest import ROOT


@pytest.fixture
def variables(own_corpus_settings: Settings) -> dict[str, str]:
    """The environment of a service with an index and a database of its own."""
    return {
        "ZHANGGUI_CORPUS_DIR": str(own_corpus_settings.corpus_dir),
        "ZHANGGUI_DATA_DIR": str(own_corpus_settings.data_dir),
    }


def test_without_the_page_the_interface_is_served_alone(variables: dict[str, str]) -> None:
    with running_app(variables, "--no-page") as (_, address), httpx.Client(timeout=60) as client:
        assert client.get(address + "healthz").json() == {"status": "ok"}
        answer = client.post(address + "api/ask", json={"question": "小红书多久结算一次货款？"})
        assert answer.json()["status"] == "answered"
        assert client.get(address).status_code == 404


def test_with_the_page_the_interface_is_served_beside_it(variables: dict[str, str]) -> None:
    with running_app(variables) as (_, address), httpx.Client(timeout=60) as client:
        assert "page-assets" in client.get(address).text
        assert client.get(address + "api/tools").status_code == 200
        assert client.get(address + "api/ask").status_code == 405
        assert client.get(address + "v1/nope").json()["error"]["code"] == "not_found"


def test_thirty_two_at_once_lose_nothing(variables: dict[str, str]) -> None:
    """The figure itself (60 s, p95 below 1 s) is ``python -m scripts.load``'s to measure."""
    with running_app(variables, "--no-page") as (_, address):
        load = asyncio.run(put_load(address, connections=32, seconds=5))
    assert not load.errors
    assert len(load.times) > 32


def _put_feedback(address: str, acknowledged: list[str], sessions: list[str]) -> None:
    """Ask and judge until nobody answers; what was acknowledged is written down."""
    with httpx.Client(timeout=20) as client:
        while True:
            try:
                session = f"s{threading.get_ident()}-{len(sessions)}"
                asked = client.post(
                    address + "api/ask",
                    json={"question": "境内的订单几天自动确认收货？", "session": session},
                )
                asked.raise_for_status()
                sessions.append(session)
                told = {"id": asked.json()["id"], "helpful": True}
                client.post(address + "api/feedback", json=told).raise_for_status()
                acknowledged.append(told["id"])
            except httpx.HTTPError:
                return


def test_killed_under_load_it_loses_no_feedback_and_no_session_it_acknowledged(
    variables: dict[str, str],
) -> None:
    acknowledged: list[str] = []
    sessions: list[str] = []
    with running_app(variables, "--no-page") as (process, address):
        asking = [
            threading.Thread(target=_put_feedback, args=(address, acknowledged, sessions))
            for _ in range(8)
        ]
        for thread in asking:
            thread.start()
        deadline = time.monotonic() + 60
        while len(acknowledged) < 40 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        for thread in asking:
            thread.join(30)
    assert len(acknowledged) >= 40
    database = sqlite3.connect(Path(variables["ZHANGGUI_DATA_DIR"]) / "service.sqlite")
    kept = {row[0] for row in database.execute("SELECT answer_id FROM feedback")}
    assert set(acknowledged) <= kept
    (sound,) = database.execute("PRAGMA integrity_check").fetchone()
    database.close()
    assert sound == "ok"
    with running_app(variables, "--no-page") as (_, address), httpx.Client(timeout=60) as client:
        for session in sessions[:2] + sessions[-2:]:
            follow_up = {"question": "那境外的呢", "session": session}
            answer = client.post(address + "api/ask", json=follow_up).json()
            assert "30天" in answer["text"], session


def test_told_to_stop_it_answers_what_it_took(variables: dict[str, str]) -> None:
    answers: list[int] = []
    failures: list[str] = []

    def ask(address: str) -> None:
        try:
            response = httpx.post(
                address + "api/ask", json={"question": "开店要什么材料"}, timeout=60
            )
            answers.append(response.status_code)
        except httpx.HTTPError as exc:
            failures.append(repr(exc))

    with running_app(variables, "--no-page") as (process, address):
        asking = [threading.Thread(target=ask, args=(address,)) for _ in range(24)]
        for thread in asking:
            thread.start()
        while not answers:
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        for thread in asking:
            thread.join(60)
        assert process.wait(30) in (0, -signal.SIGTERM)
    # Whoever had not got through the door was told so by the system, at once.
    assert set(answers) == {200}
    assert all("Connect" in failure for failure in failures), failures


def test_bad_settings_end_it_with_one_line_that_holds_no_secret(
    variables: dict[str, str],
) -> None:
    for name, value in (
        ("ZHANGGUI_API_KEYS", "geheim"),
        ("ZHANGGUI_DATABASE_URL", "mysql://u:geheim@h/d"),
        ("ZHANGGUI_REDIS_URL", "geheim"),
        ("ZHANGGUI_USER_LIMIT", "oft"),
    ):
        ended = subprocess.run(
            [sys.executable, "app.py", "--no-page", "--port", str(free_port())],
            cwd=ROOT,
            env={**os.environ, **variables, name: value},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ended.returncode == 1
        (line,) = [line for line in ended.stderr.splitlines() if line.startswith("错误：")]
        assert name in line
        assert "geheim" not in ended.stderr + ended.stdout
        assert "Traceback" not in ended.stderr
