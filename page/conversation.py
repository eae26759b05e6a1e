"""What was said on the page so far, and what comes next."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread

from bot import Answer, BotError, Turn
from bot.service import OnSentence, Service, ignore
from ingest.errors import IngestError
from page.words import Words

_LOG = logging.getLogger(__name__)
_REMEMBERED = 10


@dataclass(frozen=True)
class Exchange:
    """A question and what came back: an answer with its id, or what went wrong instead."""

    question: str
    answer: Answer | None
    id: str = ""
    problem: str = ""


Conversation = tuple[Exchange, ...]


@dataclass(frozen=True)
class Offers:
    """Texts to choose from instead of typing, and what to say above them."""

    lead: str = ""
    texts: tuple[str, ...] = ()


def replies(
    service: Service, question: str, before: Conversation, words: Words
) -> Iterator[str | Exchange]:
    """Ask; the answer's text so far each time a sentence of it is ready, then the exchange.

    Whoever stops listening stops nothing: the answer is kept like any other.
    """
    told: SimpleQueue[str | Exchange] = SimpleQueue()

    def ask() -> None:
        told.put(reply(service, question, before, words, shown=told.put))

    # With the request's log context, which does not go along by itself.
    Thread(target=copy_context().run, args=[ask], name="page-asks", daemon=True).start()
    text = ""
    while isinstance(part := told.get(), str):
        text += part
        yield text
    yield part


def reply(
    service: Service,
    question: str,
    before: Conversation,
    words: Words,
    *,
    shown: OnSentence = ignore,
) -> Exchange:
    """Ask, ``shown`` being told what is ready; whatever goes wrong becomes words here."""
    try:
        asked = service.ask(question, history=turns(before), channel="page", shown=shown)
        return Exchange(question, asked.answer, asked.id)
    except (BotError, IngestError) as exc:
        _LOG.warning("answering failed: %s", exc)
        return Exchange(question, None, problem=words("told", problem=exc))
    except Exception:
        _LOG.exception("answering failed")
        return Exchange(question, None, problem=words("answer_failed"))


def turns(conversation: Sequence[Exchange]) -> list[Turn]:
    """The conversation as the bot wants it: the last exchanges that were understood."""
    history = []
    for exchange in conversation[-_REMEMBERED:]:
        if exchange.answer is not None and exchange.answer.status != "rejected":
            history.append(Turn("user", exchange.question))
            history.append(Turn("assistant", exchange.answer.text))
    return history


def offers(conversation: Conversation, words: Words) -> Offers:
    """What to offer next: examples first, then what the last answer suggests."""
    if not conversation:
        return Offers(words("try_asking"), words.examples)
    answer = conversation[-1].answer
    if answer is None or not answer.suggestions:
        return Offers()
    lead = words("choose_one") if answer.status == "clarify" else words("ask_more")
    return Offers(lead, answer.suggestions)
