"""What is paid, told over several messages: one order more or less, one told anew, all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bot.understanding.amount_roles import with_role
from bot.understanding.amounts import plain
from bot.understanding.messages import Message
from bot.understanding.orders import called_by, payments_named, place_named, told_as
from bot.understanding.payments import fee_of_all, is_added, on_basis, order_count
from bot.understanding.phrases import phrase
from bot.understanding.values import Value


def adds_payments(known: Value, message: Message) -> bool:
    """再加一单860, 第三单1280: whether the first amount is told as one more than those before."""
    first = next(iter(message.amounts), None)
    if first is None or first in with_role(message, "freight"):
        return False
    before, sums_up = message.text[: first.start], message.has("total")
    if sums_up and place_named(before, 0) == len(_listed(known)) + 1:
        return True
    if sums_up and message.words.has("another_order", before):
        return True
    by_itself = message.has("alone") or message.has("order_apart")
    return message.words.has("append", before) and (sums_up or not by_itself)


def paid_after(before: Value, added: Value, message: Message) -> Value:
    """What is paid once a message tells of one order more or less, of one of those before, of the
    price of each, or of other orders."""
    if adds_payments(before, message):
        return _with_more(before, added, message)
    if left := _without_those(before, message):
        return left
    for read in (_said_again, _one_told_anew, _at_another_price):
        if after := read(before, added, message):
            return after
    return beside(before, added, message)


def _without_those(known: Value, message: Message) -> Value | None:
    """75.5那单不算: the payments but those that are named; None where none is."""
    named = payments_named(known, message) if message.has("takes_out") else ()
    if not named:
        return None
    return _of_those(known, [nth for nth in range(len(known.value)) if nth not in named])


def _of_those(known: Value, at: Sequence[int]) -> Value | None:
    """The payments in some places of several; None where there are none."""
    if not at:
        return None
    told = _clauses(known)
    return Value([known.value[nth] for nth in at], clauses=tuple(told[nth] for nth in at))


def _said_again(before: Value, added: Value, message: Message) -> Value | None:
    """B的是340没错吧: one of the payments before, said again as it was told."""
    one = isinstance(added.value, list) and len(added.value) == 1 == len(message.told_amounts)
    if not isinstance(before.value, list) or not one:
        return None
    at = told_as(before.value, message.told_amounts[0])
    return before if at is not None and at in called_by(_clauses(before), message) else None


def _one_told_anew(before: Value, added: Value, message: Message) -> Value | None:
    """第二单其实付了550, 1260写错了，是1360: that one of the payments before; None where none is
    named by its place or by what it was."""
    first = next(iter(message.told_amounts), None)
    if first is None or not isinstance(before.value, list) or not isinstance(added.value, list):
        return None
    place = place_named(message.text[: first.start], len(before.value))
    if place is not None:
        at, now = place - 1, added.value
        if at == len(before.value) + len(before.others) and not message.has("changes"):
            # 第二单实付215呢 after 第一单实付645: the next one.
            return None
    else:
        told = told_as(before.value, first)
        corrects = len(message.told_amounts) == 2 and message.has("changes")
        if told is None or not corrects or len(before.value) == 1:
            return None
        at, now = told, added.value[-1:]
    if at >= len(before.value) or len(now) != 1:
        return Value(ask="")
    return paid_at(before, at, now[0])


def paid_at(before: Value, at: int, now: str) -> Value:
    """The payments, one of them told anew."""
    values = [*before.value[:at], now, *before.value[at + 1 :]]
    return replace(before, value=values, details=())


def _at_another_price(before: Value, added: Value, message: Message) -> Value | None:
    """每单89呢: for as many orders as before."""
    told = dict(before.details)
    is_price = message.has("each") and order_count(message) is None and "orders" in told
    if not is_price or not isinstance(added.value, list) or len(added.value) != 1:
        return None
    text = message.amounts[0].text
    return on_basis("each", {**told, "value": added.value[0], "text": text})


def beside(before: Value, added: Value, message: Message) -> Value:
    """188的呢: another one than before, which is kept in mind for what they come to together."""
    if message.has("changes") or not (before.value and added.value):
        return added
    return replace(added, others=(*before.others, *_told(before)))


def _listed(told: Value) -> list[str]:
    if isinstance(told.value, list):
        return told.value
    return [] if told.value is None else [told.value]


def _told(value: Value) -> list[tuple[str, str]]:
    """Each amount with the words it was told in."""
    return list(zip(_listed(value), _clauses(value), strict=True))


def _clauses(value: Value) -> tuple[str, ...]:
    """The words that each amount was told in; empty ones where they were told as one (3单各88)."""
    amounts = _listed(value)
    return value.clauses if len(value.clauses) == len(amounts) else ("",) * len(amounts)


def paid_anew(known: Value, message: Message) -> Value | None:
    """What is paid once a message without a payment of its own says more of what is known: whose
    it is, of how many, with freight on top, all together; None where it says nothing such."""
    readers = (
        *(_answered_basis, _of_other_count, _with_freight),
        *(_without_those, _several_of_them, _all_together, _the_one_before),
    )
    return next(filter(None, (read(known, message) for read in readers)), None)


def _all_together(known: Value, message: Message) -> Value | None:
    """两单加一起呢, 这俩单各多少来着: those asked about one after the other."""
    told = [*known.others, *_told(known)]
    count = order_count(message)
    as_many = count is None or int(count["orders"]) == len(told)
    asked = any(message.has(asks) for asks in ("total", "each_apart", "compares"))
    if not (known.others and asked and as_many):
        return None
    return Value([value for value, _ in told], clauses=tuple(clause for _, clause in told))


def _several_of_them(known: Value, message: Message) -> Value | None:
    """就周二周四那俩呢: some of the orders, the others kept in mind."""
    named = payments_named(known, message)
    if not 1 < len(named) < len(_listed(known)):
        return None
    rest = tuple(told for nth, told in enumerate(_told(known)) if nth not in named)
    chosen = _of_those(known, named)
    return replace(chosen, others=(*known.others, *rest)) if chosen else None


def _the_one_before(known: Value, message: Message) -> Value | None:
    """那小周这单到底多少: an order told of before the one that is talked about."""
    named = called_by([clause for _, clause in known.others], message)
    if len(named) != 1 or called_by(_clauses(known), message):
        return None
    value, clause = known.others[named[0]]
    rest = (told for nth, told in enumerate(known.others) if nth != named[0])
    return Value([value], clauses=(clause,), others=(*rest, *_told(known)))


def fees_together(known: Value, message: Message) -> Value | None:
    """两个月加起来呢: the fees asked about one after the other."""
    asked = known.others and message.has("total") and not message.amounts
    return fee_of_all([*(fee for fee, _ in known.others), known.value]) if asked else None


def _with_more(before: Value, added: Value, message: Message) -> Value:
    """The payments told before and those added; asked for where they are not as many as said."""
    # 四单一共 after three: of one of them only what the others did not come to is told.
    added = _as_one_of(added, len(_listed(before))) or added
    before = _as_one_of(before, len(_listed(added))) or before
    if not (isinstance(before.value, list) and isinstance(added.value, list)):
        return added
    again = [
        a.value
        for a in message.amounts
        if message.words.has("restated_after", message.text[a.end :])
    ]
    if again and len(added.value) > 1:
        kept = [nth for nth, each in enumerate(added.value) if Decimal(each) not in again]
        added = _of_those(added, kept) or added
    together = Value(
        [*before.value, *added.value],
        (*before.readings, *added.readings),
        clauses=(*_clauses(before), *_clauses(added)),
    )
    count = order_count(message)
    if message.has("these_alone") and count and int(count["orders"]) == len(added.value):
        return added
    # 三单加起来: with the two that are known it would be another sum.
    other = count is not None and int(count["orders"]) not in (
        len(together.value),
        len(added.value),
    )
    return Value(ask="") if other else together


def _as_one_of(pending: Value, others: int) -> Value | None:
    """今天两单，一单付了两千五 / 另一单付了八百八: what was paid for one of as many orders as are
    told now, and no sum of them."""
    told = dict(pending.details)
    if pending.ask != "paid_each_or_total" or int(told["orders"]) != 1 + others:
        return None
    return Value([told["value"]])


def _of_other_count(known: Value, message: Message) -> Value | None:
    """如果只卖到120单呢: the price of each order told before, for another number of them."""
    count, told = order_count(message), dict(known.details)
    if known.value is None or count is None or message.amounts:
        return None
    if not told and message.has("all_alike") and len(known.value) == 1:
        # 3单一样的呢: each as the one that is known.
        told = {"value": known.value[0], "text": f"{known.value[0]}元"}
    return on_basis("each", {**told, **count}) if "value" in told else None


def _with_freight(known: Value, message: Message) -> Value | None:
    """再加上运费12呢: on top of the one payment that is known."""
    freight = [each for each in with_role(message, "freight") if is_added(message, each)]
    if len(freight) != 1 or len(message.amounts) != 1 or len(known.value or ()) != 1:
        return None
    total = plain(Decimal(known.value[0]) + freight[0].value)
    reading = phrase("freight_on_top", freight=freight[0].text, total=total)
    return Value([total], (*known.readings, reading))


def _answered_basis(pending: Value, message: Message) -> Value | None:
    """The amount asked about before (每一单的还是一共的), now that it is said which."""
    told = dict(pending.details)
    each, total = message.has("each"), message.has("total")
    if pending.ask != "paid_each_or_total" or "value" not in told or each == total:
        return None
    return on_basis("each" if each else "total", told)
