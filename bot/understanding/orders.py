"""Several orders in one case: which of them a message speaks of, and what is told of that one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from bot.understanding.amounts import AmountMention
from bot.understanding.dates import Lean, resolve
from bot.understanding.messages import Message
from bot.understanding.numerals import number
from bot.understanding.origins import origins
from bot.understanding.values import AS_OF, Slots, Value
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
    "goods",
    "special_case",
    "fee",
    "facts",
    "months",
    "seller_type",
    "category",
    AS_OF,
)
DAYS = ("ship_confirmed", "confirmed_receipt", "transaction_success", "last_closed")
# Characters; an order's name is no shorter.
_SHORTEST_NAME = 2
_T = TypeVar("_T")
# What an order is that none of these is told of, rather than as the order before.
_UNTOLD = {"extended": False, "refund_requested": False, "special_case": None}
# What is told of one order only has to be asked for of the others.
_NOT_SAID = (Value(ask=""),)


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
        rows = list(_rows(known.get(name, ()) or _untold(name) or _NOT_SAID, count))
        rows[at] = values[0]
        known[name] = tuple(rows)
    return known


def with_one_more(
    slots: Mapping[str, tuple[Value, ...]], added: Slots, *, alike: bool = False
) -> Slots:
    """What is known, with one order more; what is not told of it is as with the last one, what
    the buyer did only where it is said to be ``alike``."""
    count = orders_told(slots)
    known = dict(slots)
    for name in PER_ORDER:
        before = known.get(name, ())
        untold = () if alike else _untold(name)
        if name in added:
            known[name] = (*_rows(before or untold or added[name], count), added[name][0])
        elif before and (len(before) > 1 or untold):
            known[name] = (*_rows(before, count), (untold or before)[-1])
    return known


def _untold(name: str) -> tuple[Value, ...]:
    return (Value(_UNTOLD[name]),) if name in _UNTOLD else ()


def of_one(told: Mapping[str, tuple[Value, ...]]) -> Slots:
    """What is told of one order alone: the inputs that each order has, told once."""
    return {n: values for n, values in told.items() if n in PER_ORDER and len(values) == 1}


def side_by_side(
    orders: Sequence[Mapping[str, tuple[Value, ...]]], shared: Mapping[str, tuple[Value, ...]]
) -> Slots:
    """The inputs of orders told one by one; what is not told of one is what is ``shared`` by all,
    else as with the one before."""
    known: Slots = {}
    for name in PER_ORDER:
        told = [each.get(name, ()) for each in orders]
        last = next(filter(None, told), ())
        if not last:
            continue
        row = []
        for values in told:
            last = values or _untold(name) or shared.get(name, ()) or last
            row.append(last[0])
        known[name] = tuple(row)
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
    if labelled := _labelled(slots, label(message.text)):
        # 第一单 told after 第二单: what it goes by counts, not its place.
        return labelled
    place = place_named(message.text, count)
    if place is not None:
        return (place - 1, None) if place <= count else None
    if is_another_label(slots, message):
        return None
    if len(paid := payments_named(next(iter(slots.get("paid", ())), Value()), message)) == 1:
        return paid[0], "paid"
    found = message.words.concepts["one_of_them"].search(message.text)
    return _called(slots, message) or (_described(slots, message) if found else None)


def _called(
    slots: Mapping[str, tuple[Value, ...]], message: Message
) -> tuple[int, str | None] | None:
    """The order whose day was told with a name that the message says (李哥点了延长)."""
    for name in DAYS:
        called = days_called(slots.get(name, ()), message)
        if len(called) == 1 and len(slots[name]) > 1:
            return called[0], None
    return None


def days_called(days: Sequence[Value], message: Message) -> tuple[int, ...]:
    """Which of the orders whose days were told a message calls by a name; a fact of one (境内,
    延长) is no name."""
    facts = message.words.concepts["fact_of_order"]
    return called_by([facts.sub(" ", value.clause) for value in days], message)


def label(text: str) -> str | None:
    """What an order or a shop goes by (A店, 订单B, 乙那单, 王姐那单); None where a text names none
    or several."""
    named = labels(text)
    return next(iter(named)) if len(named) == 1 else None


def labels(text: str, *, unchanged: bool = False) -> frozenset[str]:
    """All that orders go by in a text; those of which it says that nothing changed only where
    these are wanted too."""
    words = load_vocabulary()
    return frozenset(
        _label_of(found)
        for found in words.concepts["order_label"].finditer(text)
        if unchanged or not words.has("unchanged_after", text[found.end() :])
    )


def starts_of_labels(text: str) -> list[int]:
    """Where the names of orders begin in a text."""
    return [found.start() for found in load_vocabulary().concepts["order_label"].finditer(text)]


def leading_label(text: str) -> str | None:
    """What an order goes by that a text begins with; None where it does not."""
    found = load_vocabulary().concepts["order_label"].match(text)
    return _label_of(found) if found else None


def _label_of(found: re.Match[str]) -> str:
    return str(next(filter(None, found.groupdict().values())))


def without_names(message: Message) -> Message:
    """The message without what orders go by in it."""
    text = message.words.concepts["order_label"].sub("", message.text)
    return replace(message, text=text)


def is_another_label(slots: Mapping[str, tuple[Value, ...]], message: Message) -> bool:
    """B店是8月15号关的 after A店7月1号: told of one that was not spoken of before."""
    told = label(message.text)
    clauses = [value.clause for name in DAYS for value in slots.get(name, ())]
    known = [label(clause) for clause in clauses]
    if told is None or told in known or not any(known):
        return False
    # 袜子那单 of 第一单普通袜子: told of by another name.
    return len(told) < _SHORTEST_NAME or not any(told in clause for clause in clauses)


def is_of_another(known: Value, message: Message) -> bool:
    """张先生那单 after 王姐那单: whether a message speaks of another order than a value was told
    of."""
    told, before = label(message.text), label(known.clause)
    return bool(told and before and told != before)


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
    said = _origins_called(message) or origins(message)
    named = {"origin": [said[0]] if len(said) == 1 else []}
    days = [resolve(day, message.today, Lean.NEAR).iso for day in message.days]
    named |= {name: [day for day in days if day] for name in DAYS}
    for name, values in named.items():
        told = [value.value for value in slots.get(name, ())]
        at = [place for place, value in enumerate(told) if value in values]
        if len(told) > 1 and len(at) == 1:
            return at[0], name
    return _told_of(slots, message)


def _origins_called(message: Message) -> tuple[str, ...]:
    """成都那单: the origin of the order that is called by the place it is sent from."""
    return tuple(
        origin
        for origin in ("domestic", "overseas")
        for _, end in message.words.spans(f"{origin}_place", message.text)
        if message.words.has("one_called", message.text[end:])
    )


def _labelled(
    slots: Mapping[str, tuple[Value, ...]], named: str | None
) -> tuple[int, str | None] | None:
    for name in DAYS:
        labels = [label(value.clause) for value in slots.get(name, ())]
        if named and labels.count(named) == 1:
            return labels.index(named), None
    return None


def payments_named(paid: Value, message: Message) -> tuple[int, ...]:
    """The payments that a message speaks of by what they were told with (羽绒服, 成都那单, B单) or
    by their amount (75.5那单), where that fits one of several only."""
    if not isinstance(paid.value, list) or len(paid.value) < 2:
        return ()
    apart = len(paid.clauses) == len(paid.value)
    named = called_by(paid.clauses, message) if apart else ()
    if named:
        return named
    for concept, extreme in (("largest_payment", max), ("smallest_payment", min)):
        if message.has(concept):
            amounts = [Decimal(each) for each in paid.value]
            return (amounts.index(extreme(amounts)),)
    if not (message.has("one_of_them") or message.has("takes_out")):
        return ()
    by_amount = [told_as(paid.value, amount) for amount in message.told_amounts]
    return tuple(at for at in by_amount if at is not None)


def called_by(clauses: Sequence[str], message: Message) -> tuple[int, ...]:
    """Which of the orders told in the clauses a message calls by their names."""
    names = [names_told(clause) for clause in clauses]
    said = labels(message.text)
    own_part = (name for name in said if len(name) >= _SHORTEST_NAME)
    # 红色那单 of 红色包那单 and 蓝色包那单.
    parts = [name for name in own_part if sum(name in clause for clause in clauses) == 1]
    return tuple(
        nth
        for nth, own in enumerate(names)
        if any(part in clauses[nth] for part in parts)
        or any(
            (name in said if len(name) < _SHORTEST_NAME else name in message.text)
            and sum(name in other for other in names) == 1
            for name in own
        )
    )


def names_told(clause: str) -> frozenset[str]:
    """What an order may go by in the words it was told in: 羽绒服, 成都, its letter."""
    words = load_vocabulary().concepts["how_orders_are_told"].sub(" ", clause).split()
    # English words (three buyers on ...) are no names.
    names = (w for w in words if len(w) >= _SHORTEST_NAME and not (w.isascii() and w.isalpha()))
    return frozenset({*labels(clause), *names})


def told_as(payments: Sequence[str], amount: AmountMention) -> int | None:
    """Which of the payments is meant by an amount, whole (75.5) or without its cents (75)."""
    for same in (Decimal, lambda value: int(Decimal(value))):
        at = [nth for nth, value in enumerate(payments) if same(value) == amount.value]
        if len(at) == 1:
            return at[0]
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
    for name in DAYS:
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
            clauses = tuple(_wanted(values[0].clauses, wanted))
            known[name] = (
                replace(values[0], value=kept, readings=(), details=(), clauses=clauses),
            )
        elif name in PER_ORDER and len(values) > 1:
            known[name] = tuple(_wanted(values, wanted))
        else:
            known[name] = values
    return known


def _wanted(rows: Sequence[_T], wanted: Callable[[int], bool]) -> list[_T]:
    return [row for nth, row in enumerate(rows) if wanted(nth)]


def _rows(values: tuple[Value, ...], count: int) -> tuple[Value, ...]:
    """A value for each order: one that holds for all is told of each."""
    return values if len(values) == count else (values[0],) * count
