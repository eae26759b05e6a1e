"""Asks every case and judges what comes back."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot import Answer, Turn
from evals.article_files import ArticleFiles
from evals.cases import Case
from evals.judging import Verdict, judge


class Askable(Protocol):
    """What can be evaluated: the bot in this process, a service, or a script in a test."""

    def ask(
        self, text: str, *, history: Sequence[Turn] = (), today: dt.date | None = None
    ) -> Answer:
        """Answer one question."""


# The articles found for a case, best first; whether they are cited or not.
Ranking = Callable[[Case], Sequence[str]]


@dataclass(frozen=True)
class Result:
    """One case asked and judged; ``found`` is None where the ranking cannot be seen."""

    case: Case
    answer: Answer
    verdict: Verdict
    milliseconds: float
    found: tuple[str, ...] | None


def run_cases(
    cases: Iterable[Case],
    bot: Askable,
    articles: ArticleFiles,
    *,
    ranking: Ranking | None = None,
    progress: Callable[[], object] = lambda: None,
) -> list[Result]:
    """Ask all cases in order. The time of an answer is what whoever asks waits for."""
    results = []
    for case in cases:
        started = time.perf_counter()
        answer = bot.ask(case.question, history=case.turns, today=case.today)
        waited = (time.perf_counter() - started) * 1000
        found = tuple(dict.fromkeys(ranking(case))) if ranking else None
        results.append(Result(case, answer, judge(case, answer, articles), waited, found))
        progress()
    return results
