"""Where the parts are put together, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

from bot.calculating import Calculator, indexed_rules
from bot.confidence import load_calibration
from bot.conversation import Conversation
from bot.distinctions import load_distinctions
from bot.errors import RuleDataError
from bot.phrasing import open_phraser
from bot.pipeline import MerchantBot
from bot.platforms import Platforms, load_platforms
from bot.ranking import UnitRanker
from bot.retrieval import HybridRetriever
from bot.rewording import load_thesaurus
from bot.rules.ruleset import Rules
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
    use_questions: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> MerchantBot:
    """A bot over the index of the settings.

    Without ``use_questions`` it answers as if no article said how merchants ask for it.

    Raises SettingsError, IndexMissingError, IndexMismatchError, IndexStoreError or
    ModelError, each saying what to do.
    """
    settings = settings or load_settings()
    embedder = embedder or make_embedder(settings, progress)
    index = open_index(settings, manifest_of(embedder, ChunkSettings()))
    index.attach()
    platforms = load_platforms(settings.corpus_dir)
    distinctions = load_distinctions(settings.corpus_dir)
    retriever = HybridRetriever(
        index, embedder, platforms, distinctions=distinctions, use_questions=use_questions
    )
    wording = load_wording()
    calculator = _calculator(retriever, platforms)
    return MerchantBot(
        retriever=retriever,
        ranker=UnitRanker(retriever, wording),
        calculator=calculator,
        conversation=Conversation(wording, platforms, distinctions),
        platforms=platforms,
        distinctions=distinctions,
        thesaurus=load_thesaurus(settings.corpus_dir),
        wording=wording,
        calibration=load_calibration(),
        phraser=open_phraser(
            settings,
            platforms=platforms,
            distinctions=distinctions,
            rules=calculator.rules,
            embed=retriever.embed,
            article=retriever.article,
        ),
    )


def open_rules(settings: Settings | None = None) -> Rules:
    """The rules alone, held against the indexed articles; no model is loaded.

    Raises RuleDataError when an article is missing or no longer says what a rule quotes.
    """
    settings = settings or load_settings()
    index = open_index(settings, manifest_of(make_embedder(settings), ChunkSettings()))
    index.attach()
    return indexed_rules(index.article)


def _calculator(retriever: HybridRetriever, platforms: Platforms) -> Calculator:
    """The rule tools, when the indexed articles hold every rule; else off, with the reason."""
    try:
        return Calculator(indexed_rules(retriever.article), platforms)
    except RuleDataError as exc:
        return Calculator(None, platforms, str(exc))
