"""Where the parts are put together, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

from bot.confidence import load_calibration
from bot.pipeline import MerchantBot
from bot.platforms import load_platforms
from bot.ranking import UnitRanker
from bot.retrieval import HybridRetriever
from bot.wording import load_wording
from ingest.chunks import ChunkSettings
from ingest.embedders import Embedder, make_embedder
from ingest.index import open_index
from ingest.settings import Settings, load_settings
from ingest.sync import manifest_of


def open_bot(
    settings: Settings | None = None,
    *,
    embedder: Embedder | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> MerchantBot:
    """A bot over the index of the settings.

    Raises SettingsError, IndexMissingError, IndexMismatchError, IndexStoreError or
    ModelError, each saying what to do.
    """
    settings = settings or load_settings()
    embedder = embedder or make_embedder(settings, progress)
    index = open_index(settings, manifest_of(embedder, ChunkSettings()))
    index.attach()
    platforms = load_platforms(settings.corpus_dir)
    retriever = HybridRetriever(index, embedder, platforms)
    wording = load_wording()
    return MerchantBot(
        retriever=retriever,
        ranker=UnitRanker(retriever, wording),
        platforms=platforms,
        wording=wording,
        calibration=load_calibration(),
    )
