"""Where an order is shipped from: 境内 or 境外, by the words for places and warehouses."""

from __future__ import annotations

from itertools import pairwise

from bot.understanding.messages import Message, piece_around
from bot.understanding.vocabulary import Span

ORIGINS = ("domestic", "overseas")
_OPPOSITE = {"domestic": "overseas", "overseas": "domestic"}
_WINDOW = 8


def origins(message: Message) -> tuple[str, ...]:
    """The origins named, in order, each once."""
    if message.has("each_origin"):
        return ORIGINS
    said, places = (
        [
            (span, origin)
            for origin in ORIGINS
            for span in message.words.spans(f"{origin}_{kind}", message.text)
            if _is_origin(message, span)
        ]
        for kind in ("word", "place")
    )
    # 海外直邮 is said once, and so is outside mainland China.
    said = [
        (span, origin)
        for span, origin in said
        if not any(other[1] == span[0] and of == origin for other, of in said)
        and not any(_is_inside(span, other) for other, _ in said)
    ]
    if any(not _calls(message, span) for span, _ in said):
        # 成都那单，境外的: the place is what the order goes by.
        places = [(span, origin) for span, origin in places if not _calls(message, span)]
    told = [
        (span, origin)
        for span, origin in places
        if _ships(message, span) or (origin == "domestic" and _has_goods(message, span))
    ]
    found = [(span, _turned(message, span, origin)) for span, origin in (*said, *told)]
    named = sorted((span[0], origin) for span, origin in _held(message, found))
    # 不知道是国内还是国外: one of them, and not said which.
    if any(
        message.words.has("alternative", message.text[one[0] + 2 : other[0]])
        for one, other in pairwise(named)
    ):
        return ()
    return tuple(dict.fromkeys(origin for _, origin in named))


def _held(message: Message, found: list[tuple[Span, str]]) -> list[tuple[Span, str]]:
    """发货地填成了日本，其实是从杭州发的: of the origins of one order those it is said to be
    shipped from; all of them where no sentence rules one out."""
    if len({origin for _, origin in found}) == 1 or _days_told(message) > 1:
        return found
    words = message.words
    said = [(each, piece_around(message.text, *each[0])) for each in found]
    if any(words.has("origin_supposed", piece) for _, piece in said):
        return found
    # 说是境外直邮，她弄混了，这一单是广州仓发的: what is said before it is taken back.
    mended = max((end for _, end in words.spans("mistaken", message.text)), default=0)
    said = [(each, piece) for each, piece in said if each[0][0] >= mended] or said
    so = [each for each, piece in said if words.has("origin_so", piece)]
    if len({origin for _, origin in so}) == 1:
        return so
    return [each for each, piece in said if not words.has("origin_not_so", piece)] or found


def _days_told(message: Message) -> int:
    """Of the orders: only how many days something was shipped on, where that is told."""
    days = message.dates_of("shipped") or message.days
    return len({day.text for day in days if not day.is_now})


def unclear_origin(message: Message) -> str | None:
    """The question to ask where what is said leaves the origin open."""
    if message.has("bonded"):
        return "origin_bonded"
    words = message.words
    places = [
        span
        for concept in ("overseas_word", "overseas_place")
        for span in words.spans(concept, message.text)
    ]
    if any(_is_destination(message, span) for span in places):
        return "origin_destination"
    return None


def only_rules_out(message: Message) -> bool:
    """不是海外直邮，从保税仓出的: where it is not shipped from is all that is said."""
    words = message.words
    spans = [span for each in ORIGINS for span in words.spans(f"{each}_word", message.text)]
    begun = [span for span in spans if not any(other[1] == span[0] for other in spans)]
    ruled_out = [span for span in begun if _turned(message, span, "overseas") == "domestic"]
    return bool(begun) and len(ruled_out) == len(begun)


def _is_destination(message: Message, span: Span) -> bool:
    before = message.text[max(0, span[0] - _WINDOW) : span[0]]
    return message.words.has("destination_before", before)


def _is_origin(message: Message, span: Span) -> bool:
    """Not the destination, not a person, not the make of the goods, not both at once."""
    after = message.text[span[1] : span[1] + _WINDOW]
    both = any(
        start <= span[0] < end for start, end in message.words.spans("both_origins", message.text)
    )
    foreign = message.words.has("not_origin_after", after)
    return not both and not foreign and not _is_destination(message, span)


def _is_inside(span: Span, other: Span) -> bool:
    return span != other and other[0] <= span[0] and span[1] <= other[1]


def _calls(message: Message, span: Span) -> bool:
    """Whether an order is called by it: 成都那单, 直邮那票."""
    return message.words.has("one_called", message.text[span[1] :])


def _ships(message: Message, span: Span) -> bool:
    """A place by itself is an origin only where something is sent from it, or all that is said."""
    before = message.text[max(0, span[0] - _WINDOW) : span[0]]
    # 法国那边11月1号发的: the day between a place and its verb says nothing of either.
    words, after = message.words, message.text[span[1] :]
    sends = words.has("place_ships", after) or words.has("place_from", before)
    sends = sends or words.has("place_ships_dated", message.without_dates(span[1]))
    alone = len(message.text) <= (span[1] - span[0]) + 4
    # 发货10/30，江苏: a place that is a clause of its own.
    clause = message.words.has("place_alone_before", message.text[: span[0]])
    clause = clause and message.words.has("place_alone_after", after)
    # 成都一单、首尔一单.
    return sends or alone or clause or words.has("place_one_order", after)


def _has_goods(message: Message, span: Span) -> bool:
    """温州的货想5月结算: goods of a place in China lie there, those of 日本 need not."""
    return message.words.has("place_of_goods", message.text[span[1] :])


def _turned(message: Message, span: Span, origin: str) -> str:
    before = message.text[max(0, span[0] - _WINDOW) : span[0]]
    return _OPPOSITE[origin] if message.words.has("negated_before", before) else origin
