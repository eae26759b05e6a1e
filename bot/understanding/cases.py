"""A case told over several messages: what is known of it, and how a message goes on with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.platforms import Platforms
from bot.understanding.intents import asked_tools, is_left_open, opens_case
from bot.understanding.messages import Message, blank
from bot.understanding.slots import Slots, Value, slots_of

_YES_NO = {
    "order_completed": "completed_yes",
    "extended": "extension",
    "refund_requested": "refund",
}
_RESIDUE = 3
_RESIDUE_WHEN_ASKED = 6


@dataclass(frozen=True)
class ToolCase:
    """One calculation being talked about; ``open`` when it is a case, not the rule as such."""

    tool: str
    slots: Mapping[str, tuple[Value, ...]]
    open: bool


Case = tuple[ToolCase, ...]


def advance(case: Case, message: Message, asked: Message | None, platforms: Platforms) -> Case:
    """What is being talked about after a message; ``asked`` is the assistant's turn before it."""
    tools = tuple(t for t in asked_tools(message) if _on_platform(t, message, platforms))
    if _is_foreign(message, platforms):
        return ()
    if tools:
        return tuple(_started(tool, message, case) for tool in tools)
    if not case or any(is_left_open(part.tool, message) for part in case):
        return ()
    return _continued(case, message, asked)


# -- a message with a topic of its own ----------------------------------------------------


def _started(tool: str, message: Message, case: Case) -> ToolCase:
    before = next((part for part in case if part.tool == tool), None)
    slots = slots_of(tool, message, filling=False)
    opened = _is_case(tool, slots, message)
    if before is None or not _goes_on(tool, message, slots):
        return ToolCase(tool, slots, opened)
    merged = {**before.slots, **slots}
    return ToolCase(tool, merged, opened or before.open or _is_case(tool, merged, message))


def _goes_on(tool: str, message: Message, slots: Slots) -> bool:
    """A topic named again goes on with the case unless it is told anew or asks for the rule."""
    if message.has("continues"):
        return True
    key = message.words.tools[tool].key
    told_anew = any(name in slots for name in key)
    return not told_anew and not message.has("asks_span") and message.has("asks_day")


def _is_case(tool: str, slots: Slots, message: Message) -> bool:
    key = message.words.tools[tool].key
    if all(name in slots for name in key):
        return True
    return opens_case(tool, message)


# -- a message that only adds to what was talked about ------------------------------------


def _continued(case: Case, message: Message, asked: Message | None) -> Case:
    answered = {part.tool: _additions(part, message, asked) for part in case}
    told = any(answered.values()) or any(message.has(ask) for p in case for ask in _ASKS[p.tool])
    if not told or not _is_addition(case, message, asked):
        return ()
    return tuple(_with(part, answered[part.tool], message) for part in case)


def _additions(part: ToolCase, message: Message, asked: Message | None) -> Slots:
    slots = slots_of(part.tool, message, filling=True)
    if not slots and asked is not None:
        slots = _yes_or_no(part, message, asked)
    return slots


def _yes_or_no(part: ToolCase, message: Message, asked: Message) -> Slots:
    """A bare yes or no answers the question that the assistant put last."""
    no, yes = message.has("bare_no"), message.has("bare_yes")
    if not (no or yes):
        return {}
    for name, concept in _YES_NO.items():
        if asked.has(concept) and name in _INPUTS.get(part.tool, ()):
            return {name: (Value(not no),)}
    return {}


_INPUTS = {
    "auto_confirm_receipt": ("extended", "refund_requested"),
    "latest_ship_date": ("extended",),
    "settlement_month": ("order_completed",),
}


def _with(part: ToolCase, slots: Slots, message: Message) -> ToolCase:
    added = dict(slots)
    if added.pop("append", None) and "paid" in part.slots:
        added["paid"] = (_appended(part.slots["paid"][0], added["paid"][0]),)
    merged = {**part.slots, **added}
    return replace(
        part, slots=merged, open=part.open or _is_case(part.tool, merged, message)
    )


def _appended(before: Value, added: Value) -> Value:
    if not (isinstance(before.value, list) and isinstance(added.value, list)):
        return added
    return Value([*before.value, *added.value], (*before.readings, *added.readings))


def _is_addition(case: Case, message: Message, asked: Message | None) -> bool:
    """Whether little is left of a message besides inputs, their words and small talk."""
    questioned = asked is not None and asked.has("question_asked")
    limit = _RESIDUE_WHEN_ASKED if questioned else _RESIDUE
    return len(residue(case, message)) <= limit


def residue(case: Case, message: Message) -> str:
    """What is left of a text without mentions and the words of the case's tools."""
    spans = [
        *((date.start, date.end) for date in message.dates),
        *((time.start, time.end) for time in message.times),
        *((amount.start, amount.end) for amount in message.amounts),
        *((event.start, event.end) for event in message.events),
        *message.counts,
        *message.words.spans("small_words", message.text),
    ]
    for concept in dict.fromkeys(c for part in case for c in _ADDED_BY[part.tool]):
        spans.extend(message.words.spans(concept, message.text))
    if any(part.tool == "dispute_acceptance" for part in case):
        for pattern in message.words.facts.values():
            spans.extend(found.span() for found in pattern.finditer(message.text))
    if any(part.tool == "mini_store_requirements" for part in case):
        for pattern in message.words.categories.values():
            spans.extend(found.span() for found in pattern.finditer(message.text))
    left = blank(message.text, spans)
    return "".join(char for char in left if char.isalnum())


# Asked again without anything new: 那算几月的账, 到手多少.
_ASKS: Mapping[str, tuple[str, ...]] = {
    "auto_confirm_receipt": ("asks_day", "asks_settlement"),
    "latest_ship_date": ("latest",),
    "settlement_month": ("asks_settlement",),
    "payment_channel_fee": ("net", "fee_asked"),
    "payment_from_fee": ("asks_paid",),
    "dispute_window": ("dispute_time",),
    "dispute_acceptance": ("acceptance",),
    "self_service_eligibility": ("reapply",),
    "service_hours": ("hours_question",),
    "service_review": ("review_close",),
    "mini_store_requirements": (),
    "peak_season": ("season_asks",),
}

_ORIGIN = (
    "overseas_word", "overseas_place", "domestic_word", "domestic_place", "bonded", "cross_border"
)  # fmt: skip
_DAY = ("asks_day", "asks_settlement", "plan", "latest")
_FEES = ("fee", "fee_asked", "net", "asks_amount", "asks_paid", "append", "total", "each")
_GOODS = ("goods_ordinary", "goods_counterfeit", "goods_sanbao", "goods_durable",
          "goods_appliance", "goods_soft", "defect", "authority", "court", "proof", "promised",
          "dispute", "dispute_time", "late")  # fmt: skip
_ADDED_BY: Mapping[str, tuple[str, ...]] = {
    "auto_confirm_receipt": (*_ORIGIN, *_DAY, "extension", "refund", "negations"),
    "latest_ship_date": (*_ORIGIN, *_DAY, "extension", "negations"),
    "settlement_month": (*_DAY, "completed_yes", "completed_no", "negations"),
    "payment_channel_fee": _FEES,
    "payment_from_fee": _FEES,
    "dispute_window": (*_GOODS, *_DAY),
    "dispute_acceptance": ("acceptance", "negations", "none_of_them"),
    "self_service_eligibility": ("self_service", "reapply", "asks_day"),
    "service_hours": ("hours_context", "hours_question"),
    "service_review": ("review", "review_fail", "review_pass", "review_close"),
    "mini_store_requirements": (
        "seller_personal", "seller_enterprise", "seller_individual_business", "store_asks",
        "store_context",
    ),  # fmt: skip
    "peak_season": ("black_friday", "cyber_monday", "season_asks"),
}


# -- platforms ----------------------------------------------------------------------------


def _is_foreign(message: Message, platforms: Platforms) -> bool:
    """Whether a platform outside the corpus is meant, and none of ours beside it."""
    if platforms.named(message.text):
        return False
    return any(_is_named(name, message) for name in platforms.named_others(message.text))


def _is_named(name: str, message: Message) -> bool:
    """1688 is an amount as well as a platform."""
    if not name.isdigit():
        return True
    _, _, after = message.text.partition(name)
    return bool(message.words.platform_after_number.match(after))


def _on_platform(tool: str, message: Message, platforms: Platforms) -> bool:
    """Whether the tool's platform may be meant: it is named, or none of ours but 跨境 is."""
    home = message.words.tools[tool].platform
    named = platforms.named(message.text)
    loose = {message.words.tools["peak_season"].platform}
    return home in named or not (named - loose) or home in loose
