"""Questions asked at once are embedded together, and those asked lately not again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ingest.query_vectors import QueryVectors, Vectors


class Recorder:
    """One number a text; notes every call, and can be held up."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.started = threading.Event()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(list(texts))
        self.started.set()
        assert self.go_on.wait(10)
        if "坏" in texts:
            raise ValueError("坏")
        return np.array([[float(text)] for text in texts], dtype=np.float32)


def test_each_text_gets_its_own_vector_also_when_it_comes_twice() -> None:
    queries = QueryVectors(Recorder())
    assert queries.vectors(["2", "1", "2"]).tolist() == [[2], [1], [2]]


def test_a_question_asked_lately_is_not_embedded_again() -> None:
    encode = Recorder()
    queries = QueryVectors(encode, kept=2)
    for text in ("1", "2", "1", "3", "1"):
        queries.vectors([text])
    assert encode.calls == [["1"], ["2"], ["3"]]
    queries.vectors(["2"])
    assert encode.calls[-1] == ["2"], "the one not asked for longest is forgotten"


def test_those_who_wait_are_served_together() -> None:
    encode = Recorder()
    queries = QueryVectors(encode)
    encode.go_on.clear()
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(queries.vectors, ["0"])
        assert encode.started.wait(10)
        rest = [pool.submit(queries.vectors, [str(number % 4 + 1)]) for number in range(8)]
        while len(queries._waiting) < 5:
            pass
        encode.go_on.set()
        assert first.result(10).tolist() == [[0]]
        assert [one.result(10).tolist() for one in rest] == [[[n % 4 + 1]] for n in range(8)]
    assert [sorted(call) for call in encode.calls] == [["0"], ["1", "2", "3", "4"]]


def test_a_failure_reaches_who_asked_and_nobody_after() -> None:
    queries = QueryVectors(Recorder())
    with pytest.raises(ValueError, match="坏"):
        queries.vectors(["坏"])
    assert queries.vectors(["7"]).tolist() == [[7]]
