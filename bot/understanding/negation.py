"""Whether what is said is said not to be so."""

from __future__ import annotations

from bot.understanding.messages import Message, clause_around

_WINDOW = 30


def is_negated(message: Message, start: int) -> bool:
    """Whether a negation stands right before a place of the text."""
    before = message.text[max(0, start - _WINDOW) : start]
    return message.words.has("negation_before", before)


def is_doubted(message: Message, start: int) -> bool:
    """Whether it is left open: 是不是三包, 可能是假货."""
    before = message.text[max(0, start - _WINDOW) : start]
    return message.words.has("doubt_before", before)


def affirmed(message: Message, concept: str) -> bool | None:
    """Whether a concept is said to be so; None where nothing is said of it."""
    said = _said(message, concept)
    return any(said) if said else None


def affirmed_last(message: Message, concept: str) -> bool | None:
    """As ``affirmed``, where the last word counts: 原来想延长，后来没延; not 延过，没再延."""
    said = _said(message, concept)
    if not said:
        return None
    start, _ = message.words.spans(concept, message.text)[-1]
    before = message.text[max(0, start - _WINDOW) : start]
    return any(said) if message.words.has("not_again", before) else said[-1]


def both_ways(message: Message, concept: str) -> bool:
    """Whether two cases are put: 如果不延长是几号，延长呢."""
    return len(set(_said(message, concept))) > 1 and message.has("two_cases")


def _said(message: Message, concept: str) -> list[bool]:
    """Of each mention of a concept, whether it is said to be so."""
    spans = message.words.spans(concept, message.text)
    asked = f"{concept}_asked"
    if asked in message.words.concepts:
        # 延长能延几次 asks about extensions and tells of none.
        about = message.words.spans(asked, message.text)
        spans = tuple(s for s in spans if not any(a <= s[0] and s[1] <= b for a, b in about))
    # 隔壁那单退款了，我这单没有退款: what is said of the merchant's own order counts.
    own = tuple(s for s in spans if message.words.has("own_order", clause_around(message.text, *s)))
    spans = own or spans
    after = [message.words.has("negation_after", message.text[end:]) for _, end in spans]
    pairs = zip(spans, after, strict=True)
    return [not denied and not is_negated(message, start) for (start, _), denied in pairs]
