"""Several orders in one case: which of them a message speaks of, and what is told of that one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from bot.understanding.dates import Lean, resolve
from bot.understanding.messages import Message
from bot.understanding.numerals import number
from bot.understanding.origins import origins
from bot.understanding.values import Slots, Value
from bot.understanding.vocabulary import load_vocabulary

# Inputs that each order has a value of its own of; one value for all stands once.
PER_ORDER = (
    "ship_confirmed",
    "origin",
    "extended",
    "refund_requested",
    "confirmed_receipt",
    "order_completed",
    "transaction_success",
    "last_closed",
)
_DAYS = ("ship_confirmed", "confirmed_receipt", "transaction_success", "last_closed")
_T = TypeVar("_T")
# What is not told of an order is not so, rather than as with the order before.
_NOT_SO = ("extended", "refund_requested")


def orders_told(slots: Mapping[str, tuple[Value, ...]]) -> int:
    """How many orders are told of."""
    payments = [len(v.value) for v in slots.get("paid", ()) if isinstance(v.value, list)]
    return max([len(slots.get(name, ())) for name in PER_ORDER] + payments)


def of_order(slots: Mapping[str, tuple[Value, ...]], at: int | None) -> Slots:
    """What is known of one order; of all where ``at`` is None."""
    if at is None:
        return dict(slots)
    return _of(slots, lambda nth: nth == at)


def with_order(slots: Mapping[str, tuple[Value, ...]], added: Slots, at: int) -> Slots:
    """What is known, with what was added told of one of the orders only."""
    known, count = dict(slots), orders_told(slots)
    for name, values in added.items():
        if name not in PER_ORDER or count < 2:
            known[name] = values
            continue
        rows = list(_rows(known.get(name, ()), count))
        rows[at] = values[0]
        known[name] = tuple(rows)
    return known


def with_one_more(slots: Mapping[str, tuple[Value, ...]], added: Slots) -> Slots:
    """What is known, with one order more; what is not told of it is as with the last one."""
    count = orders_told(slots)
    known = dict(slots)
    for name in PER_ORDER:
        before = known.get(name, ())
        if name in added:
            known[name] = (*_rows(before or added[name], count), added[name][0])
        elif before and (len(before) > 1 or name in _NOT_SO):
            last = Value(False) if name in _NOT_SO else before[-1]
            known[name] = (*_rows(before, count), last)
    return known


def without_order(slots: Mapping[str, tuple[Value, ...]], at: int) -> Slots:
    """What is known, of all orders but one."""
    return _of(slots, lambda nth: nth != at)


def order_named(
    slots: Mapping[str, tuple[Value, ...]], message: Message
) -> tuple[int, str | None] | None:
    """Which of several orders a message names (第二单, 境外那单, 11月5号那单), counted from 0, and
    the input it is named by; None where it names none of them."""
    count = orders_told(slots)
    if count < 2:
        return None
    place = place_named(message.text, count)
    if place is not None:
        return (place - 1, None) if place <= count else None
    found = message.words.concepts["one_of_them"].search(message.text)
    return _described(slots, message) if found else _labelled(slots, label(message.text))


def label(text: str) -> str | None:
    """The letter that an order or a shop goes by (A店, 订单B, 乙那单); None where none is told."""
    found = load_vocabulary().concepts["order_label"].search(text)
    return next((name for name in found.groupdict().values() if name), None) if found else None


def is_another_label(slots: Mapping[str, tuple[Value, ...]], message: Message) -> bool:
    """B店是8月15号关的 after A店7月1号: told of one that was not spoken of before."""
    told = label(message.text)
    known = [label(value.clause) for name in _DAYS for value in slots.get(name, ())]
    return told is not None and told not in known and any(known)


def place_named(text: str, count: int) -> int | None:
    """The place in a list that a text names, counted from 1; ``count`` for the last one."""
    found = load_vocabulary().concepts["place_in_list"].search(text)
    if found is None:
        return None
    if found["last"] or found["last_en"]:
        return count
    if found["ordinal"]:
        return ("first", "second", "third").index(found["ordinal"]) + 1
    value = number(found["place"]) if found["place"] else 1
    return int(value) if value else None


def _described(
    slots: Mapping[str, tuple[Value, ...]], message: Message
) -> tuple[int, str | None] | None:
    """The order that has the day or the origin a message names, where only one has it."""
    said = origins(message)
    named = {"origin": [said[0]] if len(said) == 1 else []}
    days = [resolve(day, message.today, Lean.NEAR).iso for day in message.days]
    named |= {name: [day for day in days if day] for name in _DAYS}
    for name, values in named.items():
        told = [value.value for value in slots.get(name, ())]
        at = [place for place, value in enumerate(told) if value in values]
        if len(told) > 1 and len(at) == 1:
            return at[0], name
    return _labelled(slots, label(message.text)) or _told_of(slots, message)


def _labelled(
    slots: Mapping[str, tuple[Value, ...]], named: str | None
) -> tuple[int, str | None] | None:
    for name in _DAYS:
        labels = [label(value.clause) for value in slots.get(name, ())]
        if named and labels.count(named) == 1:
            return labels.index(named), None
    return None


def _told_of(
    slots: Mapping[str, tuple[Value, ...]], message: Message
) -> tuple[int, str | None] | None:
    """The order of which a place that the message names was told (发苏州那单), if of one only."""
    words = message.words
    places = {
        message.text[slice(*span)]
        for concept in ("overseas_place", "domestic_place")
        for span in words.spans(concept, message.text)
    }
    for name in _DAYS:
        clauses = [value.clause for value in slots.get(name, ())]
        at = [nth for nth, clause in enumerate(clauses) if any(p in clause for p in places)]
        if len(clauses) > 1 and len(at) == 1:
            return at[0], None
    return None


def _of(slots: Mapping[str, tuple[Value, ...]], wanted: Callable[[int], bool]) -> Slots:
    """What is known of the wanted orders, and what is told of all of them together."""
    known: Slots = {}
    for name, values in slots.items():
        payments = values[0].value if name == "paid" and values else None
        if isinstance(payments, list) and (kept := _wanted(payments, wanted)):
            known[name] = (replace(values[0], value=kept, readings=(), details=()),)
        elif name in PER_ORDER and len(values) > 1:
            known[name] = tuple(_wanted(values, wanted))
        else:
            known[name] = values
    return known


def _wanted(rows: Sequence[_T], wanted: Callable[[int], bool]) -> list[_T]:
    return [row for nth, row in enumerate(rows) if wanted(nth)]


def _rows(values: tuple[Value, ...], count: int) -> tuple[Value, ...]:
    """A value for each order: one that holds for all is told of each."""
    if len(values) == count:
        return values
    filler = values[0] if values else Value(False)
    return (filler,) * count
