"""The page served by a process of its own, and a browser to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 120
_STOP_SECONDS = 10
_FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    # What the browser itself draws (dates, files) is in the readers' language.
    "--lang=zh-CN",
]


def free_port() -> int:
    """A port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served_page(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run ``app.py`` with more environment; yields its address once it can answer."""
    with running_app(settings) as (_, address):
        yield address


@contextmanager
def running_app(
    settings: Mapping[str, str] | None = None, *arguments: str
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The same with arguments of its own; yields the process too, for a test to end it."""
    port = free_port()
    with TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(port), *arguments],
            cwd=ROOT,
            env={**os.environ, **(settings or {})},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        try:
            address = f"http://127.0.0.1:{port}/"
            try:
                _wait_until_ready(process, address)
            except Exception:
                log.seek(0)
                sys.stderr.buffer.write(log.read())
                raise
            yield process, address
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def open_browser() -> Iterator[Browser]:
    """The system's Chromium: playwright's own would have to be downloaded."""
    executable = shutil.which("chromium")
    if executable is None:
        raise FileNotFoundError("找不到 chromium，请先运行 scripts/browser.sh。")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=_FLAGS, env={**os.environ, "LANGUAGE": "zh_CN"}
        )
        try:
            yield browser
        finally:
            browser.close()


def _wait_until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"app.py ended with exit status {process.returncode}")
        try:
            with urllib.request.urlopen(address + "readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"app.py could not answer after {_START_SECONDS} s")
