"""A process that dies after acknowledging answers when it is back: once."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from scripts.serving import free_port
from tests.channels.platforms import Platform, served_platform, wait_until
from tests.channels.simulators import Sent, WechatReply, new_id
from tests.conftest import ROOT


@contextmanager
def process(
    kind: type[Any], platform: Platform, data_dir: Path, port: int, *, delay_s: float
) -> Iterator[subprocess.Popen[bytes]]:
    """The service in a process; killed at the end if it still runs."""
    settings = {"data_dir": str(data_dir), "platform_url": platform.url, **kind.settings}
    command = [sys.executable, "-m", "tests.channels.process", str(port), str(delay_s)]
    running = subprocess.Popen([*command, json.dumps(settings)], cwd=ROOT)
    try:
        wait_until(lambda: _listens(port), seconds=60)
        yield running
    finally:
        running.kill()
        running.wait()


def _listens(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/")
    except httpx.TransportError:
        return False
    return True


def test_a_message_acknowledged_before_a_kill_is_answered_once_after_it(
    stack: ExitStack, kind: type[Any], tmp_path: Path
) -> None:
    platform, port = stack.enter_context(served_platform()), free_port()
    simulator = kind(f"http://127.0.0.1:{port}", platform)
    sent = Sent("多久结算一次", new_id())
    with process(kind, platform, tmp_path, port, delay_s=60) as running:
        assert simulator.send(sent).status_code == 200
        running.send_signal(signal.SIGKILL)
        running.wait()
    promised = ["正在查询，稍后回复任意字查看"] if kind is WechatReply else []
    assert simulator.texts() == promised
    with process(kind, platform, tmp_path, port, delay_s=0):
        if promised:
            simulator.send(Sent("好", new_id()))
        expected = [*promised, "回答：多久结算一次"]
        wait_until(lambda: simulator.texts() == expected)
        # The platform did not hear the acknowledgement and delivers once more.
        assert simulator.send(sent).status_code == 200
        time.sleep(0.5)
        assert simulator.texts() == expected
    with process(kind, platform, tmp_path, port, delay_s=0):
        time.sleep(0.5)
        assert simulator.texts() == expected


def test_stopping_finishes_what_was_taken(
    stack: ExitStack, kind: type[Any], tmp_path: Path
) -> None:
    platform, port = stack.enter_context(served_platform()), free_port()
    simulator = kind(f"http://127.0.0.1:{port}", platform)
    with process(kind, platform, tmp_path, port, delay_s=1.5) as running:
        assert simulator.send(Sent("多久结算一次", new_id())).status_code == 200
        running.terminate()
        running.wait(20)
    if kind.answers_in_reply and kind is not WechatReply:
        # The platform fetches the answer from whoever is there.
        with process(kind, platform, tmp_path, port, delay_s=0):
            wait_until(lambda: len(simulator.texts()) == 1)
    assert simulator.texts() == ["回答：多久结算一次"]
