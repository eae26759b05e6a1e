"""Two values told for what an order has one of: which of them holds is asked, not chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from bot.understanding.event_days import written
from bot.understanding.messages import Message
from bot.understanding.orders import DAYS, labels
from bot.understanding.phrases import question
from bot.understanding.requests import Missing, ToolRequest
from bot.understanding.slots import slots_of

# What one order has one of.
_ONE_OF = (*DAYS, "origin", "target")
_SEVERAL = 2


def with_contested_asked(requests: Sequence[ToolRequest], message: Message) -> list[ToolRequest]:
    """助理记的是6月10日，记录里是6月18日: results for both would be one too many. Where a message
    tells two values of one input, and nothing in it speaks of several orders, the input is asked
    for."""
    if len(requests) < _SEVERAL or message.has("several_orders") or len(labels(message.text)) > 1:
        return list(requests)
    kept: list[ToolRequest] = []
    for request in requests:
        same = [other for other in requests if other.tool == request.tool]
        names = [name for name in _ONE_OF if _is_contested(name, same, message)]
        if not names:
            kept.append(request)
        elif request is same[0]:
            kept.append(replace(request, missing=tuple(_question(name, same) for name in names)))
    return kept


def _is_contested(name: str, requests: Sequence[ToolRequest], message: Message) -> bool:
    if any(request.missing or request.invalid for request in requests):
        return False
    values = dict.fromkeys(request.inputs.get(name) for request in requests)
    if len(values) < _SEVERAL:
        return False
    told = {v.value for v in slots_of(requests[0].tool, message, filling=True).get(name, ())}
    return told.issuperset(values)


def _question(name: str, requests: Sequence[ToolRequest]) -> Missing:
    if name == "origin":
        return question(name)
    one, other, *_ = dict.fromkeys(_in_words(request.inputs[name]) for request in requests)
    return question(name, "contested", one=one, other=other)


def _in_words(value: str) -> str:
    """2025-09-03 or 2025-09 as merchants write it."""
    if len(value) == len("2025-09"):
        year, month = value.split("-")
        return f"{year}年{int(month)}月"
    return written(dt.date.fromisoformat(value))
