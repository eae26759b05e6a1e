"""A real PostgreSQL and a real Redis, started for the tests and stopped after them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from scripts.serving import free_port

_START_SECONDS = 60


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yields the address of an empty cluster that listens on loopback."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        raise FileNotFoundError("找不到 PostgreSQL，请先运行 scripts/databases.sh。")
    # Not in a test's folder: that one is closed to the user that PostgreSQL runs as.
    data, port = Path(mkdtemp(prefix="postgres-")), free_port()
    # It refuses to run as root: then it runs as the user its package made.
    as_user: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    command = [*as_user, str(programs[-1] / "initdb"), "--pgdata", str(data), "--username=tester"]
    _run([*command, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
    options = ["-h", "127.0.0.1", "-p", str(port), "-k", "", "-F"]
    process = subprocess.Popen(
        [*as_user, str(programs[-1] / "postgres"), "-D", str(data), *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ready = [str(programs[-1] / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        _wait(ready, process)
        yield f"postgresql://tester@127.0.0.1:{port}/postgres"
    finally:
        # Told to terminate it would wait for every client to leave of itself.
        process.send_signal(signal.SIGINT)
        _stop(process)
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def running_redis() -> Iterator[str]:
    """Yields the address of an empty Redis that keeps nothing."""
    program, port = shutil.which("redis-server"), free_port()
    if program is None:
        raise FileNotFoundError("找不到 redis-server，请先运行 scripts/databases.sh。")
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(["redis-cli", "-p", str(port), "ping"], process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        _stop(process)


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr


def _wait(ready: Sequence[str], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"{process.args!r} ended at once"
        if subprocess.run(ready, capture_output=True, cwd="/", check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise TimeoutError(f"{process.args!r} did not come up")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
