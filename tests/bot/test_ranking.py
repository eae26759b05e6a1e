"""Ranking sentences: what is kept so that a question need not wait."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.ranking import UnitRanker
from bot.retrieval import HybridRetriever
from bot.wording import load_wording
from ingest.chunks import ChunkSettings
from ingest.embedders import Vectors
from ingest.index import open_index
from ingest.sync import manifest_of, sync
from tests.bot.test_retrieval import PLATFORMS
from tests.fakes import CharacterEmbedder, local_settings, write_article


class Noting(CharacterEmbedder):
    """Notes which sentences it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.passages: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return CharacterEmbedder.embed_passages(self, texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.passages += texts
        return super().embed_passages(texts)


@pytest.fixture
def noting() -> Noting:
    return Noting()


@pytest.fixture
def retriever(tmp_path: Path, noting: Noting) -> HybridRetriever:
    corpus = tmp_path / "corpus"
    write_article(corpus, "settle", "## 周期\n\n结算周期是一个自然月。按确认收货时间算。")
    write_article(corpus, "fee", "## 费率\n\n支付渠道费是0.7%。")
    settings = local_settings(corpus, tmp_path / "data")
    sync(settings, noting)
    index = open_index(settings, manifest_of(noting, ChunkSettings()))
    index.attach()
    return HybridRetriever(index, noting, PLATFORMS)


def test_once_prepared_a_question_embeds_no_sentence(
    retriever: HybridRetriever, noting: Noting
) -> None:
    ranker = UnitRanker(retriever, load_wording())
    ranker.prepare()
    noting.passages.clear()
    assert ranker.rank(retriever.search("结算周期多长"))[0].unit.text == "结算周期是一个自然月。"
    assert noting.passages == []


def test_a_corpus_too_large_to_keep_is_left_to_the_questions(
    retriever: HybridRetriever, noting: Noting
) -> None:
    noting.passages.clear()
    UnitRanker(retriever, load_wording(), kept=10).prepare()
    assert noting.passages == []
