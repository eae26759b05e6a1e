"""What a follow-up says besides inputs: little is left of one that goes on with a case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.understanding.messages import Message, blank
from bot.understanding.stores import goods_spans
from bot.understanding.vocabulary import Span, ToolWords

_PIECE = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+|[^\W\d_a-z]")


def residue(message: Message, tools: Sequence[ToolWords]) -> tuple[str, ...]:
    """What is left of a text without mentions, small words and the words of the tools.

    A character each where it is Chinese, a word or a number each elsewhere.
    """
    left = blank(message.text, list(_accounted_for(message, tools)))
    return tuple(_PIECE.findall(left))


def _accounted_for(message: Message, tools: Sequence[ToolWords]) -> Iterator[Span]:
    yield from ((date.start, date.end) for date in message.told_dates)
    yield from ((time.start, time.end) for time in message.times)
    yield from ((amount.start, amount.end) for amount in message.told_amounts)
    yield from ((event.start, event.end) for event in message.events)
    yield from message.counts
    if any("goods" in tool.goes_with for tool in tools):
        yield from goods_spans(message)
    for pattern in _patterns(message, tools):
        yield from (found.span() for found in pattern.finditer(message.text))


def _patterns(message: Message, tools: Sequence[ToolWords]) -> Iterator[re.Pattern[str]]:
    words = message.words
    yield words.concepts["small_words"]
    yield words.concepts["small_words_english"]
    yield words.concepts["place_in_list"]
    yield words.concepts["order_label"]
    for concept in dict.fromkeys(name for tool in tools for name in tool.goes_with):
        # The facts go with a tool as a whole.
        if concept == "facts":
            yield from words.facts.values()
        elif concept != "goods":
            yield words.concepts[concept]
