"""Run a sync again and again, each time killed (SIGKILL) one write to the store later.

``python -m tests.ingest.killed_sync CORPUS DATA WORK [--rebuild]`` copies DATA to WORK/1,
WORK/2, … and stops at the first run that came to its end before its turn to be killed.
A process of its own: it forks, which a process with Chroma's threads must not.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import chromadb  # noqa: F401  imported before the forks, which then need not
from chromadb.api.client import Client
from chromadb.api.models.Collection import Collection

from ingest.sync import sync
from tests.fakes import CharacterEmbedder, local_settings

WRITES = (
    (Collection, "upsert"),
    (Collection, "delete"),
    (Client, "get_or_create_collection"),
    (Client, "delete_collection"),
)


def kill_before_write(number: int) -> None:
    """Make Chroma end this process, unasked, just before its write of that number."""
    left = number

    def counted(write: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
            return write(*args, **kwargs)

        return run

    for owner, name in WRITES:
        setattr(owner, name, counted(getattr(owner, name)))


def survives(corpus: Path, data: Path, number: int, *, rebuild: bool) -> bool:
    """Whether a sync that is to be killed at that write got to its end first."""
    child = os.fork()
    if child == 0:
        kill_before_write(number)
        sync(local_settings(corpus, data), CharacterEmbedder(), rebuild=rebuild)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return False
    if os.WEXITSTATUS(status):
        raise RuntimeError(f"the sync itself failed at write {number}")
    return True


def main(corpus: Path, data: Path, work: Path, *, rebuild: bool) -> None:
    """Kill at every write there is."""
    number = 1
    while True:
        copy = work / str(number)
        copy.mkdir(parents=True)
        if data.exists():
            shutil.copytree(data, copy, dirs_exist_ok=True)
        if survives(corpus, copy, number, rebuild=rebuild):
            return
        number += 1


if __name__ == "__main__":
    main(*(Path(part) for part in sys.argv[1:4]), rebuild="--rebuild" in sys.argv)
