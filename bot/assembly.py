"""Where the parts are put together, and nowhere else."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.calculating import Calculator, indexed_rules
from bot.confidence import load_calibration
from bot.conversation import Conversation
from bot.distinctions import load_distinctions
from bot.errors import RuleDataError
from bot.lexical_store import lexical_dir
from bot.phrasing import open_chat
from bot.phrasing.model import OnCall, nobody
from bot.pipeline import MerchantBot
from bot.platforms import Platforms, load_platforms
from bot.ranking import UnitRanker
from bot.retrieval import HybridRetriever
from bot.rewording import homophones_of, load_thesaurus
from bot.rules.ruleset import Rules
from bot.uncovered import load_uncovered
from bot.wording import load_wording
from ingest.chunks import ChunkSettings
from ingest.embedders import Embedder, make_embedder
from ingest.index import open_index
from ingest.settings import Settings, load_settings
from ingest.sync import manifest_of

if TYPE_CHECKING:
    from bot.service import Service

_WARM_UP = "多久结算一次"


def open_bot(
    settings: Settings | None = None,
    *,
    embedder: Embedder | None = None,
    use_questions: bool = True,
    progress: Callable[[str], None] = lambda _: None,
    on_chat_call: OnCall = nobody,
) -> MerchantBot:
    """A bot over the index of the settings.

    Without ``use_questions`` it answers as if no article said how merchants ask for it.
    ``on_chat_call`` is told of every call to a chat model, for whoever counts tokens.

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
        index,
        embedder,
        platforms,
        distinctions=distinctions,
        use_questions=use_questions,
        lexical_dir=lexical_dir(settings, index.manifest, use_questions=use_questions),
    )
    wording = load_wording()
    calculator = _calculator(retriever, platforms)
    bot = MerchantBot(
        retriever=retriever,
        ranker=UnitRanker(retriever, wording),
        calculator=calculator,
        conversation=Conversation(wording, platforms, distinctions),
        platforms=platforms,
        thesaurus=load_thesaurus(settings.corpus_dir),
        wording=wording,
        calibration=load_calibration(),
        uncovered=load_uncovered(settings.corpus_dir, embedder, settings.data_dir / "uncovered"),
    )
    return with_chat(bot, settings, on_call=on_chat_call)


def with_chat(bot: MerchantBot, settings: Settings, *, on_call: OnCall = nobody) -> MerchantBot:
    """The bot with the chat model of the settings; as it is where they name none.

    Raises SettingsError saying what is missing or cannot be used.
    """
    chat = open_chat(
        settings,
        platforms=bot.platforms,
        distinctions=bot.conversation.distinctions,
        rules=bot.calculator.rules,
        embed=bot.retriever.embed,
        article=bot.retriever.article,
        on_call=on_call,
    )
    conversation = replace(bot.conversation, rewriter=chat.rewriter)
    return replace(bot, phraser=chat.phraser, conversation=conversation)


def without_chat(bot: MerchantBot) -> MerchantBot:
    """The bot as it answers without a chat model."""
    return replace(bot, phraser=None, conversation=replace(bot.conversation, rewriter=None))


def open_service(
    settings: Settings | None = None,
    *,
    make_bot: Callable[[], MerchantBot] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Service:
    """The service over the bot and the database of the settings; nothing is loaded yet.

    ``make_bot`` stands in for ``open_bot`` and a first question. Raises SettingsError or
    StoreError.
    """
    # Whoever only asks a bot pays for no database.
    from bot.service import Service, ServiceOptions
    from bot.storage import open_store

    settings = settings or load_settings()

    def warm_bot() -> MerchantBot:
        bot = open_bot(settings, progress=progress, on_chat_call=service.chat_called)
        bot.examine(_WARM_UP)
        # Beside the first questions: none of them needs all of it.
        threading.Thread(target=_prepare, args=(bot,), name="prepare", daemon=True).start()
        return bot

    options = ServiceOptions(
        threads=settings.answer_threads, idle=dt.timedelta(minutes=settings.session_minutes)
    )
    service = Service(make_bot or warm_bot, open_store(settings), options=options)
    return service


def _prepare(bot: MerchantBot) -> None:
    """Make what every question needs sooner or later: the units' vectors, the homophones."""
    bot.ranker.prepare()
    homophones_of(bot.retriever.lexical())


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
