"""Amounts as inputs: what the customer paid, or the fee that was taken."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from bot.understanding.amount_roles import amount_roles, with_role
from bot.understanding.amounts import AmountMention, plain
from bot.understanding.messages import Message, pieces_of
from bot.understanding.numerals import number
from bot.understanding.orders import label
from bot.understanding.phrases import phrase
from bot.understanding.values import Value

_LEFT_OUT = (("rate_ignored", "rate"), ("charge_left_out", "commission"))
_NEXT_TO = 8
_NEXT_AFTER = 4
_A_NAME = re.compile(r"(?:元|块)?\s*[\u4e00-\u9fff]{2,5}")
_OF = re.compile(r"(?:元|块钱?)?的\s*[\u4e00-\u9fff]{2,6}")
_CLAUSES = re.compile("[,。;、]")
# 45.5元一条, 89一双.
_OF_UNIT = re.compile(r"(?:元|块钱?)?\s*[一1](?P<unit>[条双套瓶盒个只台箱本把份包顶支块袋])")
_EACH_UNIT = re.compile(r"每(?P<unit>[条双套瓶盒个只台箱本把份包顶支块袋])(?:是|卖|就|才|要)*\s*$")
_ORDERS = re.compile(r"(.+?)\s*(?:个?单子?|个?订单|件|笔|orders?)")


def paid_amounts(message: Message) -> tuple[Value, ...]:
    """All payments as one value, or the question that has to be put first."""
    return tuple(
        _with_what_is_left_out(message, _in_yuan(message, value)) for value in _paid(message)
    )


def _in_yuan(message: Message, value: Value) -> Value:
    """导出的表单位是分，实付25680: amounts told in hundredths of a yuan."""
    if not isinstance(value.value, list) or not message.has("in_cents"):
        return value
    amounts = [plain(Decimal(each) / 100) for each in value.value]
    reading = phrase("cents", amounts="、".join(amounts))
    return replace(value, value=amounts, readings=(*value.readings, reading))


def _with_what_is_left_out(message: Message, value: Value) -> Value:
    """A rate or another charge somebody brings along changes nothing; the merchant is told so."""
    if value.value is None:
        return value
    notes = [
        phrase(name, said=message.text[slice(*spans[0])])
        for name, concept in _LEFT_OUT
        if (spans := message.words.spans(concept, message.text))
    ]
    return replace(value, readings=(*value.readings, *notes))


def _paid(message: Message) -> tuple[Value, ...]:
    if not message.amounts:
        return ()
    if message.has("foreign_money"):
        return (Value(ask="paid_in_yuan"),)
    if message.has("other_period"):
        return (Value(ask=""),)
    if message.has("paid_unknown") and not with_role(message, "paid"):
        # 标价299，实付多少我还没查到.
        return (Value(ask=""),)
    payments = _without_summed(message, _without_left_out(message, _payments(message)))
    if not payments:
        if after := _after_discount(message):
            return (after,)
        discounted = with_role(message, "list_price", "discount") or message.has("discounted")
        return (Value(ask="paid_after_discount"),) if discounted else ()
    payments = _as_many_as_said(message, payments)
    if any(amount.vague for amount in payments) or not _are_payments(message, payments):
        return (Value(ask=""),)
    if _are_too_few(message, payments):
        return (Value(ask=""),)
    negative = [amount for amount in payments if amount.value < 0]
    if negative:
        return (Value(problem=_negative(negative[0])),)
    if len(payments) == 1 and payments[0].times == 1:
        return _single_payment(message, payments[0])
    readings = tuple(
        phrase("repeated", text=a.text, total=plain(a.value * a.times))
        for a in payments
        if a.times > 1
    )
    told = [(value, _told_with(message, a)) for a in payments for value in a.values]
    clauses = _by_letters(message, len(told)) or tuple(clause for _, clause in told)
    return (Value([value for value, _ in told], readings, clauses=clauses),)


def _by_letters(message: Message, count: int) -> tuple[str, ...]:
    """甲乙丙三单实付128、256、99: what each payment goes by; empty where that is not told."""
    found = message.words.concepts["letters_listed"].search(message.text)
    letters = found["letters"].replace("、", "") if found else ""
    return tuple(f"{letter}单" for letter in letters) if len(letters) == count else ()


def _as_many_as_said(
    message: Message, payments: tuple[AmountMention, ...]
) -> tuple[AmountMention, ...]:
    """三单付了45块5，一百零八，还有个大的2万3: with the amounts that nothing else is said of where
    they make up the number of orders."""
    count = None if _leaves_out(message) else order_count(message)
    bare = tuple(a for a in message.amounts if a in payments or a in with_role(message, None))
    many = sum(a.times for a in bare)
    return bare if count and len(payments) > 1 and many == int(count["orders"]) else payments


def _are_too_few(message: Message, payments: Sequence[AmountMention]) -> bool:
    """三单，一单210，一单66，一共多少: what was paid for one of them is not said."""
    count = None if _leaves_out(message) else order_count(message)
    many = sum(amount.times for amount in (*payments, *with_role(message, "unpaid")))
    return count is not None and 1 < many < int(count["orders"]) and message.has("total")


def _after_discount(message: Message) -> Value | None:
    """标价219，用券减了20: what is left of one price; None where that cannot be told."""
    prices, discounts = with_role(message, "list_price", "price"), with_role(message, "discount")
    told = (*prices, *discounts)
    if len(prices) != 1 or not discounts or message.has("discounted"):
        return None
    left = prices[0].value - sum(each.value for each in discounts)
    if left < 0 or any(each.vague or each.times > 1 for each in told):
        return None
    off = "、".join(each.text for each in discounts)
    reading = phrase("off_the_price", price=prices[0].text, off=off, paid=plain(left))
    return Value([plain(left)], (reading,))


def _told_with(message: Message, amount: AmountMention) -> str:
    """The words an amount is told in: those before it, else those after it (465的绿裙子)."""
    ends = [other.end for other in message.amounts if other.end <= amount.start]
    begins = [other.start for other in message.amounts if other.start >= amount.end]
    before = message.text[max(ends, default=0) : amount.start]
    after = message.text[amount.end : min(begins, default=len(message.text))]
    said = _CLAUSES.split(before)[-1]
    of = _OF.match(_CLAUSES.split(after)[0])
    return said if any(map(str.isalpha, said)) or of is None else of.group()


def _without_left_out(
    message: Message, payments: tuple[AmountMention, ...]
) -> tuple[AmountMention, ...]:
    """保税仓那单500，不要算保税仓那单: the payments but the one that is not to count."""
    if len(payments) < 2:
        return payments
    found = message.words.concepts["left_out_order"].search(message.text)
    out = _taken_out(message)
    kept = (
        each
        for each in payments
        if each.value not in out and not (found and found["order"] in _said_before(message, each))
    )
    return tuple(kept) or payments


def _leaves_out(message: Message) -> bool:
    """Whether fewer orders count than are told of."""
    return message.has("left_out_order") or bool(_taken_out(message))


def _taken_out(message: Message) -> frozenset[Decimal]:
    """三单168 245 96，245那单别管它: amounts told once more, of orders that do not count."""
    values = [amount.value for amount in message.amounts]
    return frozenset(
        amount.value
        for amount in message.amounts
        if values.count(amount.value) > 1
        and message.words.has("one_called", message.text[amount.end :])
        and message.words.has("takes_out", pieces_of(message.text[amount.end :])[0])
    )


def _are_payments(message: Message, payments: Sequence[AmountMention]) -> bool:
    """Whether amounts stand in a list, or each has a word saying what it is; else one is asked."""
    if len(payments) < 2 or message.has("total") or message.has("all_paid"):
        return True
    roles = dict(zip(message.amounts, amount_roles(message), strict=True))
    return all(
        roles[other] is not None
        or message.words.has("next_amount", _undated(message, one.end, other.start))
        or message.words.has("one_more", message.text[one.end : other.start])
        or _is_another_name(message, one, other)
        for one, other in pairwise(payments)
    )


def _undated(message: Message, start: int, end: int) -> str:
    """The text between, days and months left out: 周一268 周二732."""
    spans = [(date.start, date.end) for date in message.all_dates]
    return "".join(
        message.text[at] for at in range(start, end) if not any(b <= at < e for b, e in spans)
    )


def _payments(message: Message) -> tuple[AmountMention, ...]:
    """What was paid: amounts said to be, else prices with the freight put on top."""
    if with_role(message, "paid"):
        return _paid_and_listed(message)
    if with_role(message, "discount", "list_price") or message.has("discounted"):
        return ()
    freight = with_role(message, "freight")
    words, text = message.words, message.text
    included = any(words.has("freight_included", text[: amount.start]) for amount in freight)
    roles: tuple[str | None, ...] = ("price", None) if included else ("price", "freight", None)
    payments = with_role(message, *roles)
    return () if payments and payments == freight else payments


def _paid_and_listed(message: Message) -> tuple[AmountMention, ...]:
    """Amounts said to be paid, with those listed after one (1288和199) or of another order."""
    words, text = message.words, message.text
    chosen: list[AmountMention] = []
    for amount, role in zip(message.amounts, amount_roles(message), strict=True):
        listed = bool(chosen) and words.has("conjunction", text[chosen[-1].end : amount.start])
        another = words.has("another_order", text[max(0, amount.start - 8) : amount.start])
        # 还有李哥 买的碗86.4
        apart = bool(chosen) and words.has("one_more", text[chosen[-1].end : amount.start])
        another = another or apart
        added = bool(chosen) and role == "freight" and is_added(message, amount)
        listed = listed or (bool(chosen) and _is_another_name(message, chosen[-1], amount))
        if role == "paid" or added or (role is None and (listed or another)):
            chosen.append(amount)
    return _without_summed(message, _without_prices(message, tuple(chosen)))


def _without_prices(
    message: Message, payments: tuple[AmountMention, ...]
) -> tuple[AmountMention, ...]:
    """活动价980，用了50的券，实付930: the price of what something else was really paid for."""
    said = {amount: _said_before(message, amount) for amount in payments}
    if not any(message.words.has("really_paid_before", before) for before in said.values()):
        return payments
    return tuple(a for a in payments if not message.words.has("price_to_pay_before", said[a]))


def _is_another_name(message: Message, one: AmountMention, other: AmountMention) -> bool:
    """A单328 B单156, 绿裙子那单付了465 白衬衫199，费各多少: told of another order by its letter, or
    of another thing that is asked about too."""
    between = message.text[one.end : other.start]
    asked_of_all = message.has("all_orders") or message.has("total")
    return bool(label(between)) or (asked_of_all and _A_NAME.fullmatch(between) is not None)


def _without_summed(
    message: Message, payments: tuple[AmountMention, ...]
) -> tuple[AmountMention, ...]:
    """一单88一单199，总共287: what is said to be the sum of the others stands for them all."""
    for amount in payments:
        summed = any(_sum_up(told, amount) for told in (message.amounts, payments))
        if summed and message.words.has("total", _said_before(message, amount)):
            return (amount,)
    return payments


def _sum_up(amounts: Sequence[AmountMention], total: AmountMention) -> bool:
    earlier = [other for other in amounts if other.end <= total.start]
    return len(earlier) > 1 and sum(e.value * e.times for e in earlier) == total.value


def is_added(message: Message, freight: AmountMention) -> bool:
    """付了300，加运费12: paid on top."""
    return message.words.has("freight_added", message.text[: freight.start])


def _single_payment(message: Message, payment: AmountMention) -> tuple[Value, ...]:
    """One amount for several orders is of each of them or of all: only the text can say."""
    count = order_count(message) or _units_count(message, payment)
    alone = count is None or bool(with_role(message, "unpaid"))
    if count is None or alone or _is_of_another_order(message, payment):
        # 小周买了个挂画，标价159，实付139: all that is said before it is of this one.
        told_with = message.text[: payment.start] or _told_with(message, payment)
        return (Value([plain(payment.value)], clauses=(told_with,)),)
    basis = _basis(message, payment, count)
    told = {"value": plain(payment.value), "text": payment.text, **count}
    if basis is None:
        return (Value(ask="paid_each_or_total", details=tuple(told.items())),)
    return (on_basis(basis, told),)


def _units_count(message: Message, payment: AmountMention) -> dict[str, str] | None:
    """拍了4条，45.5元一条: how many there are of what the amount is the price of one of."""
    found = _OF_UNIT.match(message.text[payment.end :])
    found = found or _EACH_UNIT.search(message.text[: payment.start])
    if found is None:
        return None
    counts = [message.text[start:end].strip() for start, end in message.counts]
    written = [each for each in counts if each.endswith(found["unit"])]
    values = [number(each.removesuffix(found["unit"])) for each in written]
    told = [(v, each) for v, each in zip(values, written, strict=True) if v is not None and v > 1]
    return {"orders": str(int(told[0][0])), "count": told[0][1]} if len(told) == 1 else None


def _is_of_another_order(message: Message, payment: AmountMention) -> bool:
    """是两单，另外还有一单付了500: the amount is of that order, not of the two."""
    before = message.text[max(0, payment.start - _NEXT_TO) : payment.start]
    return message.words.has("another_order", before) and message.words.has("append", before)


def _basis(message: Message, payment: AmountMention, told: Mapping[str, str]) -> str | None:
    """What stands next to the amount decides: 每单99，渠道费共多少 is 99 each."""
    words, count, written = message.words, int(told["orders"]), told["count"]
    others = [amount for amount in message.amounts if amount is not payment]
    before = _said_before(message, payment)
    after = message.text[payment.end :]
    alike = words.has("all_alike", after)
    if alike or _last(message, "each", before) > _last(message, "total", before):
        return "each"
    together = message.has("bought_together")
    if (
        together
        or words.has("total", before)
        or any(a.value * count == payment.value for a in others)
    ):
        return "total"
    unit_price = words.has("unit_price_after", after) or _OF_UNIT.match(after) is not None
    unit_price = unit_price or _EACH_UNIT.search(before) is not None
    unit_price = unit_price or words.has("each", after[:_NEXT_AFTER])
    if unit_price:
        return "each"
    if words.has("total_after", after):
        return "total"
    if any(words.has("each", _said_before(message, other)) for other in others):
        return "total"  # 每件99，付了250: the unit price is another amount.
    if message.has("each") and not message.has("total") and not others:
        return "each"
    # 买了3件，顾客实付597: things of one order are paid for together.
    of_one = written.endswith("件") and payment in with_role(message, "paid")
    return "total" if of_one else None


def _last(message: Message, concept: str, text: str) -> int:
    """Where a concept is said last in a text; -1 where it is not."""
    return max((end for _, end in message.words.spans(concept, text)), default=-1)


def _said_before(message: Message, amount: AmountMention) -> str:
    """What stands right before an amount, after the one before it."""
    earlier = [other.end for other in message.amounts if other.end <= amount.start]
    return message.text[max([0, amount.start - _NEXT_TO, *earlier]) : amount.start]


def on_basis(basis: str, told: Mapping[str, str]) -> Value:
    """The payments of what is told: an amount (value, text) and its orders (count, orders)."""
    value, count = Decimal(told["value"]), int(told["orders"])
    if basis == "total":
        return Value([plain(value)])
    total = plain(value * count)
    reading = phrase("each_of", text=told["text"], count=told["count"], total=total)
    values = list(AmountMention(0, 0, "", value, count).values)
    return Value(values, (reading,), details=tuple(told.items()))


def order_count(message: Message) -> dict[str, str] | None:
    """How many orders a message speaks of (3单) and in which words, apart from 每单 and 一单."""
    for start, end in message.counts:
        written = message.text[start:end].strip()
        counted = _ORDERS.fullmatch(written)
        value = number(counted[1]) if counted else None
        stock = message.words.has("in_stock_before", message.text[:start])
        if value is not None and value > 1 and not stock:
            return {"orders": str(int(value)), "count": written}
    return None


def _negative(amount: AmountMention) -> str:
    return f"金额“{amount.text}”是负数，金额要大于或等于 0"


def fee_amount(message: Message, filling: bool) -> tuple[Value, ...]:
    """The fee that was taken; in an answer a bare amount is it."""
    roles: tuple[str | None, ...] = ("fee", None) if filling or message.has("fee") else ("fee",)
    named = with_role(message, "fee") or with_role(message, *roles)
    if not named:
        return ()
    another = None if message.has("all_orders") else _another_fee(message, named[0])
    listed = () if another else _with_those_listed(message, named)
    together = listed if message.has("total") else ()
    each = listed if message.has("all_orders") else ()
    amounts = together or each or (another or named[0],)
    if any(amount.vague for amount in amounts):
        return (Value(ask=""),)
    if negative := next((amount for amount in amounts if amount.value < 0), None):
        return (Value(problem=_negative(negative)),)
    if each and not together:
        return tuple(Value(plain(amount.value)) for amount in each)
    return (fee_of_all([plain(amount.value) for amount in amounts]),)


def _with_those_listed(
    message: Message, named: tuple[AmountMention, ...]
) -> tuple[AmountMention, ...]:
    """渠道费21块和3块5: the fees, with the amounts listed after one."""
    chosen = list(named)
    for amount in with_role(message, None):
        before = [each for each in chosen if each.end <= amount.start]
        between = message.text[before[-1].end : amount.start] if before else None
        if between is not None and message.words.has("conjunction", between):
            chosen.append(amount)
    return tuple(sorted(chosen, key=lambda each: each.start))


def fee_of_all(fees: Sequence[str]) -> Value:
    """One fee for several that are asked about together."""
    total = plain(sum(map(Decimal, fees), start=Decimal()))
    reading = phrase("fees_summed", fees=" + ".join(fees), total=total)
    return Value(total, (reading,) if len(fees) > 1 else ())


def _another_fee(message: Message, first: AmountMention) -> AmountMention | None:
    """旁边还有一笔是5.6元: the fee that is asked about beside the one told before."""
    later = (each for each in with_role(message, None) if each.start > first.end)
    named = [e for e in later if message.words.has("another_order", _said_before(message, e))]
    return named[-1] if named else None
