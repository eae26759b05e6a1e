"""Whether what is said is said not to be so."""

from __future__ import annotations

from bot.understanding.messages import Message

_WINDOW = 12


def is_negated(message: Message, start: int) -> bool:
    """Whether a negation stands right before a place of the text."""
    before = message.text[max(0, start - _WINDOW) : start]
    return message.words.has("negation_before", before)


def affirmed(message: Message, concept: str) -> bool | None:
    """Whether a concept is said to be so; None where nothing is said of it."""
    spans = message.words.spans(concept, message.text)
    if not spans:
        return None
    return any(not is_negated(message, start) for start, _ in spans)
