"""The index brought into line with the articles behind the page's back, with its progress."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from ingest.errors import IngestError
from ingest.sync import Progress, SyncReport

_LOG = logging.getLogger(__name__)
Work = Callable[[Progress], SyncReport]


@dataclass(frozen=True)
class Progressing:
    """How far a sync is; ``report`` when it is through, ``problem`` when it broke off."""

    running: bool = False
    done: int = 0
    total: int = 0
    report: SyncReport | None = None
    problem: str = ""


class Syncing:
    """One sync at a time; one that is asked for meanwhile follows it."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._again = False
        self._state = Progressing()

    @property
    def state(self) -> Progressing:
        """How far it is now."""
        return self._state

    def start(self) -> None:
        """Begin; what changed since the running one began is taken in by another."""
        with self._lock:
            if self._state.running:
                self._again = True
                return
            self._state = Progressing(running=True)
        threading.Thread(target=self._run, name="page-sync", daemon=True).start()

    def _run(self) -> None:
        while True:
            ended = self._once()
            with self._lock:
                if not self._again:
                    self._state = ended
                    return
                self._again = False

    def _once(self) -> Progressing:
        try:
            return Progressing(report=self._work(self._tell))
        except IngestError as exc:
            return Progressing(problem=str(exc))
        except Exception as exc:
            _LOG.exception("sync failed")
            return Progressing(problem=type(exc).__name__)

    def _tell(self, done: int, total: int) -> None:
        self._state = Progressing(running=True, done=done, total=total)
