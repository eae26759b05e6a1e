"""How well the product's parts do on texts that nobody of this project wrote.

Every paragraph becomes an article of a corpus folder of its own; the product's chunker,
embedder, Chroma, retriever, ranker and composer then work on it with their default settings.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import yaml

from bot import MerchantBot, open_bot
from bot.composing import Composed, choose, compose
from bot.examining import Examined
from bot.ranking import UnitRanker
from evals import metrics
from evals.errors import SquadError
from evals.matching import normal
from evals.removal import HidingRetriever
from evals.squad import Query, Squad
from ingest.chunks import ChunkSettings
from ingest.embedders import Embedder
from ingest.index import open_index
from ingest.settings import Settings
from ingest.sync import manifest_of, sync

RANKING = ("Success@1", "Success@5", "RR@10")
_DEPTH = 10
_MARK = re.compile(r"\s*\[\d+\]")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Measured:
    """What became of one question; ``ranked`` are paragraphs, best first."""

    query: Query
    ranked: tuple[str, ...]
    answer: str
    exact: bool
    confidence: float
    confidence_removed: float
    refused: bool
    refused_removed: bool

    @property
    def holds_gold(self) -> bool:
        """Whether the composed answer contains an answer that people marked."""
        return any(normal(gold) in normal(self.answer) for gold in self.query.golds)


@dataclass(frozen=True)
class External:
    """The figures of one run; shares are 0 to 1, lengths are characters."""

    paragraphs: int
    questions: int
    hit_1: float | None
    hit_5: float | None
    mrr_10: float | None
    gold_share: float | None
    median_answer_length: float
    auroc_removed: float | None
    refused: float | None
    refused_removed: float | None
    citations_exact: float | None
    seconds_indexing: float
    seconds_asking: float


def run_external(
    squad: Squad,
    settings: Settings,
    embedder: Embedder,
    *,
    limit: int | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> tuple[External, list[Measured]]:
    """Index all paragraphs in a temporary folder and ask at most ``limit`` questions.

    Raises SquadError when a paragraph cannot be indexed, or what indexing raises.
    """
    queries = squad.spread(limit)
    texts = {paragraph.id: paragraph.text for paragraph in squad.paragraphs}
    with TemporaryDirectory(prefix="zhanggui-external-") as folder:
        started = time.perf_counter()
        own = _index(squad, settings, embedder, Path(folder), progress)
        indexed = time.perf_counter()
        measured = _ask_all(queries, texts, own, embedder, progress)
        asked = time.perf_counter()
    return _summary(squad, measured, indexed - started, asked - indexed), measured


def _index(
    squad: Squad, settings: Settings, embedder: Embedder, folder: Path, progress: Progress
) -> Settings:
    own = settings.model_copy(
        update={
            "corpus_dir": folder / "corpus",
            "data_dir": folder / "data",
            # A server may hold a real index: this run must never write to it.
            "chroma_url": None,
        }
    )
    own.corpus_dir.mkdir()
    for paragraph in squad.paragraphs:
        fields = yaml.safe_dump(
            {"title": paragraph.title, "platform": "通用"}, allow_unicode=True, width=10_000
        )
        path = own.corpus_dir / f"{paragraph.id}.md"
        path.write_bytes(f"---\n{fields}---\n{paragraph.text}".encode())
    report = sync(own, embedder, progress=lambda done, total: progress("建立索引", done, total))
    if report.problems:
        raise SquadError(f"有段落不能入库：{report.problems[0]}")
    return own


def _ask_all(
    queries: Sequence[Query],
    texts: dict[str, str],
    own: Settings,
    embedder: Embedder,
    progress: Progress,
) -> list[Measured]:
    bot = open_bot(own, embedder=embedder)
    index = open_index(own, manifest_of(embedder, ChunkSettings()))
    index.attach()
    retriever = HidingRetriever(index, embedder, bot.platforms)
    bot = replace(bot, retriever=retriever, ranker=UnitRanker(retriever, bot.wording))
    measured = []
    for done, query in enumerate(queries, start=1):
        measured.append(_ask(query, bot, retriever, texts))
        progress("提问", done, len(queries))
    return measured


def _ask(
    query: Query,
    bot: MerchantBot,
    retriever: HidingRetriever,
    texts: dict[str, str],
) -> Measured:
    retriever.hidden = None
    everything = retriever.search(query.text, count=len(texts)).passages
    seen = bot.examine(query.text)
    wants_list = bot.wording.wants_list(query.text)
    composed = compose(choose(seen.ranked, wants_list=wants_list, style=bot.style))
    retriever.hidden = query.paragraph
    removed = bot.examine(query.text)
    return Measured(
        query=query,
        ranked=tuple(dict.fromkeys(passage.article_id for passage in everything))[:_DEPTH],
        answer=_MARK.sub("", composed.text).strip(),
        exact=_exact(composed, texts),
        confidence=_unrounded(bot, seen),
        confidence_removed=_unrounded(bot, removed),
        refused=not bot.is_sure(seen),
        refused_removed=not bot.is_sure(removed),
    )


def _unrounded(bot: MerchantBot, seen: Examined) -> float:
    """The confidence with all its digits: rounding would make ties of what is told apart."""
    return bot.calibration.probability(seen.features) if seen.features else 0.0


def _exact(composed: Composed, texts: dict[str, str]) -> bool:
    return all(
        citation.quote
        and texts[citation.article_id][citation.start : citation.end] == citation.quote
        for citation in composed.citations
    )


def _summary(
    squad: Squad, measured: Sequence[Measured], indexing: float, asking: float
) -> External:
    ranked = metrics.ranking(
        {one.query.id: one.ranked for one in measured},
        {one.query.id: {one.query.paragraph: 1} for one in measured},
        RANKING,
    )
    return External(
        paragraphs=len(squad.paragraphs),
        questions=len(measured),
        hit_1=ranked["Success@1"],
        hit_5=ranked["Success@5"],
        mrr_10=ranked["RR@10"],
        gold_share=metrics.share([one.holds_gold for one in measured]),
        median_answer_length=median(len(one.answer) for one in measured),
        auroc_removed=metrics.auroc(
            [one.confidence for one in measured], [one.confidence_removed for one in measured]
        ),
        refused=metrics.share([one.refused for one in measured]),
        refused_removed=metrics.share([one.refused_removed for one in measured]),
        citations_exact=metrics.share([one.exact for one in measured]),
        seconds_indexing=round(indexing, 1),
        seconds_asking=round(asking, 1),
    )
