"""Two values told for what an order has one of: which of them holds is asked, not chosen."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.understanding.amount_roles import amount_roles
from bot.understanding.dates import DateMention, Lean, resolve
from bot.understanding.event_days import written
from bot.understanding.messages import Message, clause_around
from bot.understanding.orders import DAYS, labels
from bot.understanding.origins import ORIGINS
from bot.understanding.phrases import question
from bot.understanding.requests import Missing, ToolRequest
from bot.understanding.slots import slots_of

# What one order has one of.
_ONE_OF = (*DAYS, "origin", "target")
_AMOUNTS = ("paid", "fee")
_PAID = ("paid", "fee", None)
_SEVERAL = 2
_SENTENCE = re.compile("[^。;?!]+[。;?!]*")


def with_contested_asked(requests: Sequence[ToolRequest], message: Message) -> list[ToolRequest]:
    """助理记的是6月10日，记录里是6月18日; 店员记的是3月31号，我记的是4月1号，谁对还没查: where a
    message tells two values of one input of one order, or says itself that it is not known which
    of two holds, the input is asked for."""
    kept: list[ToolRequest] = []
    asked_of: set[str] = set()
    for request in requests:
        same = [other for other in requests if other.tool == request.tool]
        asked = (
            tuple(_undecided(request, message))
            or tuple(_claimed(request, message))
            or tuple(_told_twice(same, message))
        )
        if not asked:
            kept.append(request)
        elif request.tool not in asked_of:
            asked_of.add(request.tool)
            kept.append(replace(request, missing=asked))
    return kept


# -- two results for one order ------------------------------------------------------------------


def _told_twice(requests: Sequence[ToolRequest], message: Message) -> Iterator[Missing]:
    if len(requests) < _SEVERAL or any(each.missing or each.invalid for each in requests):
        return
    if message.has("several_orders") or len(labels(message.text)) > 1:
        return
    slots = slots_of(requests[0].tool, message, filling=True)
    for name in _ONE_OF:
        values = tuple(dict.fromkeys(request.inputs.get(name) for request in requests))
        told = {value.value for value in slots.get(name, ())}
        if len(values) >= _SEVERAL and told.issuperset(values):
            yield _question(name, [str(value) for value in values])


# -- what is said not to be known -----------------------------------------------------------------


def _undecided(request: ToolRequest, message: Message) -> Iterator[Missing]:
    """The inputs of which the message tells two values, and then that it is not known which."""
    said = message.words.spans("undecided", message.text)
    if not said or request.missing or request.invalid:
        return
    start, end = _told_within(message.text, said[-1][0]), said[-1][0]
    told = [day for day in message.told_dates if not (day.is_now or day.month_only)]
    inside = [day for day in told if start <= day.start < end]
    values = list(dict.fromkeys(_iso(day, message) for day in inside))
    # What is said of the same event afterwards, or said again, is what holds.
    roles_of = dict(zip(message.dates, message.roles, strict=True))
    known = {roles_of.get(day) for day in inside}
    settled = {roles_of.get(day) for day in told if day.start > end} & known
    settled_again = len(inside) > len(values)
    for name in DAYS:
        if (
            request.inputs.get(name) in values
            and len(values) == _SEVERAL
            and not (settled or settled_again)
        ):
            yield _question(name, values)
    roles = dict(zip(message.amounts, amount_roles(message), strict=True))
    amounts = [amount for amount in message.told_amounts if roles.get(amount) in _PAID]
    contested = [amount.value for amount in amounts if start <= amount.start < end]
    later = any(amount.start > end for amount in amounts) or len(set(contested)) < len(contested)
    for name in _AMOUNTS:
        if name in request.inputs and len(contested) >= _SEVERAL and not later:
            yield question(name)
    origins = [o for o in ORIGINS if message.words.has(f"{o}_word", message.text[start:end])]
    if "origin" in request.inputs and len(origins) == len(ORIGINS):
        yield question("origin")


def _iso(day: DateMention, message: Message) -> str:
    return resolve(day, message.today, Lean.NEAR).iso or ""


def _told_within(text: str, at: int) -> int:
    """Where the sentence before that of a place begins: what is not known may stand in either."""
    starts = [found.start() for found in _SENTENCE.finditer(text) if found.start() <= at]
    return starts[-_SEVERAL] if len(starts) >= _SEVERAL else 0


# -- what only somebody says -------------------------------------------------------------------


def _claimed(request: ToolRequest, message: Message) -> Iterator[Missing]:
    """会计说是8月31号，后台的表上9月4号: a day that only somebody says, beside one of which nothing
    else is told."""
    if request.missing or request.invalid or message.has("several_orders"):
        return
    told = zip(message.dates, message.roles, strict=True)
    days = [(day, role) for day, role in told if not (day.is_now or day.month_only)]
    used = {str(value) for value in request.inputs.values()} | {str(request.as_of)}
    loose = [_iso(day, message) for day, role in days if role is None]
    loose = [iso for iso in loose if iso and iso not in used]
    for name in DAYS:
        value = request.inputs.get(name)
        said = [
            clause_around(message.text, day.start, day.end)
            for day, _ in days
            if _iso(day, message) == value
        ]
        if loose and said and all(message.words.has("somebody_says", each) for each in said):
            yield _question(name, [str(value), loose[0]])


# -- how it is asked for ------------------------------------------------------------------------


def _question(name: str, values: Sequence[str]) -> Missing:
    usual = question(name)
    if name == "origin":
        return usual
    one, other, *_ = map(_in_words, values)
    return question(
        name,
        "contested",
        one=one,
        other=other,
        usual=usual.question,
        usual_english=usual.english,
    )


def _in_words(value: str) -> str:
    """2025-09-03 or 2025-09 as merchants write it."""
    if len(value) == len("2025-09"):
        year, month = value.split("-")
        return f"{year}年{int(month)}月"
    return written(dt.date.fromisoformat(value))
