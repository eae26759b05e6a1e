"""The conversation comes back from the browser as it was, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot import Answer
from page.conversation import Exchange
from page.keepsake import keep, recall
from tests.app.fakes import calculation, citation


def test_a_conversation_comes_back_as_it_was() -> None:
    answer = Answer(
        "calculated", "0.70元[1]", citations=(citation(),), calculations=(calculation(),),
        suggestions=("甲",), timings_ms={"total": 3.1}, trace={"readings": ["x"]},
    )  # fmt: skip
    said = (Exchange("多少？", answer, "id-1"), Exchange("坏", None, problem="出错了"))
    assert recall(json.loads(json.dumps(keep(said)))) == said


def test_only_the_last_exchanges_are_kept() -> None:
    said = tuple(Exchange(f"第{n}问", None) for n in range(50))
    assert [exchange.question for exchange in recall(keep(said))] == [
        f"第{n}问" for n in range(30, 50)
    ]


@pytest.mark.parametrize("kept", [None, [], "x", [1], [{"question": 3}], {"a": 1}])
def test_what_is_no_conversation_is_forgotten(kept: Any) -> None:
    assert recall(kept) == ()
