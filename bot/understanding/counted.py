"""A conversation about as many orders as a message says: fewer of them known are no answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.understanding.messages import Message
from bot.understanding.numerals import small_number
from bot.understanding.orders import labels
from bot.understanding.phrases import question
from bot.understanding.requests import ToolRequest

# The inputs that each order has, by the tool; what is asked for where orders are not known.
_OF_EACH = {
    "payment_channel_fee": "paid",
    "auto_confirm_receipt": "ship_confirmed",
    "settlement_month": "confirmed_receipt",
    "dispute_window": "transaction_success",
    "self_service_eligibility": "last_closed",
}
_PAIR = "俩"
# - A: from Suzhou: an entry of a list.
_ENTRY = re.compile(r"(?m)^\s*(?:[-·•*]|\d{1,2}[).、])")


def with_all_asked_for(
    requests: Sequence[ToolRequest], message: Message, *, told_before: bool
) -> list[ToolRequest]:
    """四单现在总共多少费: a result for fewer orders than are spoken of would be a wrong one, so
    that those which are not known are asked for."""
    said = orders_said(message) if told_before else _orders_asked_of(message)
    if said is None:
        return list(requests)
    return [_asking(request, said, requests) for request in requests]


def _orders_asked_of(message: Message) -> int | None:
    """两个件，…，分别给我报一下: how many a message that tells of them itself asks about."""
    found = message.words.concepts["orders_counted"].search(message.text)
    fewer = message.has("left_out_order") or message.has("takes_out")
    if fewer or not message.has("asked_of_each"):
        return None
    if found:
        return _number(found["count"])
    return max(len(_ENTRY.findall(message.text)), len(labels(message.text))) or None


def _number(written: str) -> int:
    return 2 if written == _PAIR else small_number(written)


def orders_said(message: Message) -> int | None:
    """How many of the orders told of before a message speaks of; None where it does not say."""
    found = message.words.concepts["orders_spoken_of"].search(message.text)
    if found is None:
        return None
    written = next(filter(None, found.groupdict().values()))
    return _number(written)


def _asking(request: ToolRequest, said: int, requests: Sequence[ToolRequest]) -> ToolRequest:
    name = _OF_EACH.get(request.tool)
    if name is None or request.missing or request.invalid:
        return request
    paid = request.inputs.get("paid")
    same = [other for other in requests if other.tool == request.tool]
    known = max(len(same), len(paid) if isinstance(paid, list) else 0)
    if known >= said:
        return request
    details = {"said": str(said), "known": str(known)}
    return replace(request, missing=(question(name, f"{name}_of_all", **details),))
