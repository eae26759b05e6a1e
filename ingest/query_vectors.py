"""Vectors of questions: those asked at the same time made together, those asked lately kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class QueryVectors:
    """Calls ``encode`` for what is new, for all waiting threads at once."""

    def __init__(self, encode: Callable[[Sequence[str]], Vectors], *, kept: int = 4096) -> None:
        self._encode = encode
        self._kept = kept
        self._lock = threading.Lock()
        self._encoding = threading.Lock()
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._waiting: dict[str, Future[Vectors]] = {}

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, dimension); raises what ``encode`` raises."""
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
            for text in found:
                self._known.move_to_end(text)
            missing = {
                text: self._waiting.setdefault(text, Future())
                for text in texts
                if text not in found
            }
        while not all(future.done() for future in missing.values()):
            # Whoever gets here first does the work of all who wait meanwhile.
            with self._encoding:
                if not all(future.done() for future in missing.values()):
                    self._encode_waiting()
        found |= {text: future.result() for text, future in missing.items()}
        return np.stack([found[text] for text in texts])

    def _encode_waiting(self) -> None:
        with self._lock:
            batch = dict(self._waiting)
        try:
            made = self._encode(list(batch))
        except BaseException as exc:
            self._settle(batch)
            for future in batch.values():
                future.set_exception(exc)
            return
        with self._lock:
            self._known.update(zip(batch, made, strict=True))
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        self._settle(batch)
        for future, vector in zip(batch.values(), made, strict=True):
            future.set_result(vector)

    def _settle(self, batch: dict[str, Future[Vectors]]) -> None:
        with self._lock:
            for text in batch:
                del self._waiting[text]
