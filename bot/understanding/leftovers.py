"""Questions of a message that no calculation answers: the articles have to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bot.platforms import Platforms
from bot.understanding.cases import is_foreign
from bot.understanding.intents import asked_tools, is_left_open
from bot.understanding.messages import Message, read_message
from bot.understanding.questions import clauses_of
from bot.understanding.requests import ToolRequest
from bot.understanding.residue import residue
from bot.understanding.slots import slots_of
from bot.understanding.talk import plainly_told
from bot.understanding.vocabulary import load_vocabulary

_LITTLE = 1
_MOST = 2
_AROUND = " 。？?！!；;，,、\n"


def questions_left(
    text: str, requests: Sequence[ToolRequest], today: dt.date, *, platforms: Platforms
) -> tuple[tuple[str, str], ...]:
    """The questions beside those computed: as typed, and with the platform they are asked of."""
    tools = tuple(dict.fromkeys(request.tool for request in requests))
    pieces = clauses_of(text)
    if not tools:
        return ()
    if len(pieces) == 1:
        # Why it is so is for the articles to say, beside the day.
        pieces = pieces if read_message(text, today).has("asks_why") else ()
    left = [p.strip(_AROUND) for p in pieces if not _is_computed(read_message(p, today), requests)]
    home = load_vocabulary().tools[tools[0]].platform
    return tuple((p, p if platforms.named(p) else f"{home}{p}") for p in left[:_MOST])


@dataclass(frozen=True)
class Offer:
    """What can be computed of what a message tells, as questions that ask for it.

    ``facts_only`` says that it tells nothing besides.
    """

    questions: tuple[str, ...]
    facts_only: bool


def offered(text: str, today: dt.date, *, platforms: Platforms) -> Offer | None:
    """What to offer for the facts that a message tells while it asks nothing; None where it
    tells none."""
    message = read_message(text, today)
    asks = message.has("asks_something") or message.has("yes_or_no")
    # A day by itself (明天去杭州) is the day of anything.
    if asks or is_foreign(message, platforms) or not (any(message.roles) or message.amounts):
        return None
    fitting = [
        words
        for name, words in message.words.tools.items()
        if words.offer and plainly_told(name, message).keys() & set(words.key)
    ]
    if not fitting:
        return None
    questions = tuple(words.offer for words in fitting)
    return Offer(questions, len(residue(message, fitting)) <= _LITTLE)


def _is_computed(message: Message, requests: Sequence[ToolRequest]) -> bool:
    tools = tuple(dict.fromkeys(request.tool for request in requests))
    if message.has("asks_why"):
        return False
    left_open = any(is_left_open(tool, message) for tool in tools if not asked_tools(message))
    if left_open or message.has("extension_asked"):
        return False
    if any(_tells(message, request) for request in requests):
        return True
    if message.has("asks_elsewhere") and not message.has("what_to_do"):
        return False
    if set(asked_tools(message)) & set(tools):
        return True
    words = [message.words.tools[tool] for tool in tools]
    return len(residue(message, words)) <= _LITTLE


def _tells(message: Message, request: ToolRequest) -> bool:
    """Whether an input of the calculation stands in the message."""
    told = slots_of(request.tool, message, filling=True)
    return any(
        value.value is not None and value.value == request.inputs.get(name)
        for name, values in told.items()
        for value in values
    )
