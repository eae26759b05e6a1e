"""A case told in several messages is the case told in one, in whatever order it comes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence

import pytest

from bot.answers import Turn
from bot.understanding import ToolRequest, understand
from bot.understanding.claims import without_claims
from bot.understanding.messages import read_message
from bot.understanding.orders import labels
from bot.understanding.questions import asks
from evals.cases import Case, load_cases

_NOTED = Turn("assistant", "这些记下了。想算哪一项？")
_CLAUSE = re.compile(r"(?:[，。；;\n]|,(?!\d{3}))+\s*")
_Told = Callable[[Sequence[str], str], tuple[list[Turn], str]]
# A share, because some messages mean less apart ("其中运费20", "这三个时间").
_SHARE = 0.97
# A conversation is read back for twelve turns: as many pieces, each with its reply.
_MOST_PIECES = 6


def _told_then_asked(told: Sequence[str], asked: str) -> tuple[list[Turn], str]:
    return [Turn("user", "，".join(told)), _NOTED], asked


def _piece_by_piece(told: Sequence[str], asked: str) -> tuple[list[Turn], str]:
    return [turn for piece in told for turn in (Turn("user", piece), _NOTED)], asked


def _asked_then_told(told: Sequence[str], asked: str) -> tuple[list[Turn], str]:
    return [Turn("user", asked), Turn("assistant", "请问具体情况？")], "，".join(told)


def _cases() -> Iterator[tuple[Case, list[str], str]]:
    """Development cases of one message that asks one thing and tells another, in two parts: each
    of one order, since a piece about one of several has to say which, and none that sets right
    within itself what somebody had wrong."""
    for case in load_cases(split="dev", kinds=("calculation",)):
        clauses = [part for part in _CLAUSE.split(case.question) if part.strip()]
        asking = [part for part in clauses if asks(part)]
        english = re.search("[a-zA-Z]{4}", case.question)
        if case.history or english or len(clauses) < 2 or len(asking) != 1:
            continue
        told = [part for part in clauses if part not in asking]
        of_one = "calculated" in case.expect.status and len(case.expect.calculations) < 2
        of_one = of_one and not _tells_of_several(case)
        if of_one and not without_claims(case.question) and len(told) <= _MOST_PIECES:
            yield case, told, asking[0]


def _tells_of_several(case: Case) -> bool:
    """国外那单哪天自动收, of two that are told of: one is asked about."""
    message = read_message(case.question, case.today)
    return message.has("several_told") or len(labels(message.text)) > 1


def _meant(text: str, history: Sequence[Turn], today: dt.date) -> list[ToolRequest]:
    return [
        ToolRequest(r.tool, _in_order(r.inputs), r.missing, r.invalid)
        for r in understand(text, history, today)
    ]


def _in_order(inputs: dict[str, object]) -> dict[str, object]:
    return {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in inputs.items()
    }


@pytest.mark.parametrize("way", [_told_then_asked, _piece_by_piece, _asked_then_told])
def test_a_case_told_in_pieces_is_the_case_told_at_once(way: _Told) -> None:
    apart, differing = 0, []
    for case, told, asked in _cases():
        at_once = _meant(case.question, [], case.today)
        if not at_once or any(request.missing for request in at_once):
            continue
        history, text = way(told, asked)
        apart += 1
        if _meant(text, history, case.today) != at_once:
            differing.append(case.id)
    assert apart > 500
    assert len(differing) <= (1 - _SHARE) * apart, differing
