"""Planted faults in drafts: how many are caught, by a fit that has not seen them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.logistic import Model
from bot.phrasing.checking import Checker
from bot.phrasing.drafts import read_sentence
from bot.phrasing.support import FEATURES, load_support
from bot.pipeline import MerchantBot
from evals.article_files import ArticleFiles
from evals.drafts import (
    LABELS,
    LEAST_CAUGHT,
    MOST_DROPPED,
    REQUIRED,
    Judged,
    caught,
    fit_support,
    judge_drafts,
    read_drafts,
    shares,
    with_support,
)
from evals.errors import CaseError
from tests.conftest import CORPUS


@pytest.fixture(scope="module")
def judged(bot: MerchantBot) -> list[Judged]:
    """Every labelled sentence as the packaged fit judges it."""
    distinctions = bot.conversation.distinctions
    checker = Checker(load_support(), bot.platforms, distinctions, bot.retriever.embed)
    return judge_drafts(read_drafts(), checker, lambda *_: None)


def test_the_drafts_cite_what_the_articles_say() -> None:
    articles = ArticleFiles(CORPUS)
    for draft in read_drafts():
        for one in draft.sources.citations:
            text = articles.text(one.article_id)
            assert text is not None and text[one.start : one.end] == one.quote


def test_there_are_drafts_and_faults_enough_in_both_splits() -> None:
    drafts = read_drafts()
    assert len(drafts) >= 100
    assert len({draft.id for draft in drafts}) == len(drafts)
    assert len({draft.question for draft in drafts}) == len(drafts)
    for split in ("fit", "test"):
        found = Counter(
            one.label for draft in drafts if draft.split == split for one in draft.sentences
        )
        assert found["good"] >= 100
        assert all(found[label] >= 15 for label in REQUIRED)
        assert set(found) == set(LABELS)


def test_good_sentences_are_put_into_other_words() -> None:
    """Copies of the quotes would be easy to tell from faults."""
    copied = []
    for draft in read_drafts():
        quotes = "\n".join(citation.quote for citation in draft.sources.citations)
        good = [read_sentence(o.text).words for o in draft.sentences if o.label == "good"]
        copied += [words.rstrip("。") in quotes for words in good]
    assert sum(copied) < 0.15 * len(copied)


def test_the_packaged_fit_reaches_its_targets_on_drafts_it_has_not_seen(
    judged: list[Judged],
) -> None:
    found, dropped = shares(caught(judged, "test"))
    assert found >= LEAST_CAUGHT
    assert dropped <= MOST_DROPPED


def test_the_packaged_fit_is_the_one_the_script_makes(judged: list[Judged]) -> None:
    fitted, packaged = fit_support(judged), load_support()
    assert fitted.weights.keys() == packaged.weights.keys() == set(FEATURES)
    # Vectors differ a little between the engines that make them.
    for name, weight in fitted.weights.items():
        assert weight == pytest.approx(packaged.weights[name], rel=0.3), name
    assert fitted.threshold == pytest.approx(packaged.threshold, abs=0.05)


def test_another_fit_judges_the_same_sentences_anew(judged: list[Judged]) -> None:
    nothing = Model(dict.fromkeys(FEATURES, 0.0), -5.0, 0.5)
    rows = {row.label: row for row in caught(with_support(judged, nothing), "test")}
    assert all(row.caught == row.count > 0 for row in rows.values())
    everything = Model(dict.fromkeys(FEATURES, 0.0), 5.0, 0.5)
    rows = {row.label: row for row in caught(with_support(judged, everything), "test")}
    assert rows["missing_citation"].caught == rows["missing_citation"].count
    assert rows["unsupported"].caught < rows["unsupported"].count


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("{}", "第 1 行 id"),
        ("no json", "第 1 行"),
        (json.dumps({"id": "a", "label": "x"}), "第 1 行"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str, named: str) -> None:
    path = tmp_path / "drafts.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(CaseError, match=named):
        read_drafts(path)
    with pytest.raises(CaseError, match="读不了"):
        read_drafts(tmp_path / "none.jsonl")
