"""The gates, held against the corpus and its cases in every run of the tests."""

from __future__ import annotations

from bot.pipeline import MerchantBot
from evals.article_files import ArticleFiles
from evals.cases import load_cases
from evals.gates import SHORTFALLS, check
from evals.runner import run_cases
from evals.scores import score
from ingest.settings import Settings
from tests.conftest import CORPUS


def test_no_gate_is_missed_by_more_than_is_known(
    bot: MerchantBot, corpus_settings: Settings
) -> None:
    cases = load_cases(corpus_settings.cases_dir, split="test")
    outcomes = check(score(run_cases(cases, bot, ArticleFiles(CORPUS))))
    assert {one.label: one.got for one in outcomes if one.worse} == {}
    # A gate that is reached now is no shortfall any longer.
    reached = {(one.gate.figure, one.gate.kind) for one in outcomes if not one.missed}
    assert reached.isdisjoint(SHORTFALLS)
