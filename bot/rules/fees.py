"""The payment channel fee and its inverse (小红书)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, Inexact, localcontext

from bot.answers import Calculation
from bot.rules.checks import CENT, check_amount, check_entries
from bot.rules.numerals import percent, plain
from bot.rules.ruleset import Rules

_RATE = "settlement.payment_channel_rate"
_MOST_SUMMANDS = 2  # equal ones that are written out


def payment_channel_fee(rules: Rules, *, today: dt.date, paid: Sequence[Decimal]) -> Calculation:
    """The fee on what customers actually paid, in yuan; several amounts are summed first."""
    check_entries(rules, "paid", paid)
    for amount in paid:
        check_amount(rules, "paid", amount)
    rate = rules.value(_RATE, on=today)
    total = sum(paid, start=Decimal())
    exact = total * rate
    fee = cents(exact)
    net = total - fee
    assumptions = [rules.reading("fees.base")]
    steps = []
    if len(paid) > 1:
        steps.append(f"实付合计：{' + '.join(_summands(paid))} = {total:.2f}元。")
        each = sum((cents(amount * rate) for amount in paid), start=Decimal())
        assumptions.append(rules.reading("fees.summed", each=each))
    steps.append(f"{total:.2f}元 × {percent(rate)} = {plain(exact)}元，费用 {fee}元。")
    steps.append(f"扣除后：{total:.2f}元 - {fee}元 = {net:.2f}元。")
    if len(paid) > 1:
        steps.append(f"逐笔：{'，'.join(_single_fees(paid, rate))}。")
    steps.append(f"支付渠道费 {fee}元，扣除后剩 {net:.2f}元。")
    if exact != fee:
        assumptions.append(rules.reading("fees.rounding", exact=plain(exact), rounded=fee))
    return Calculation(
        tool="payment_channel_fee",
        inputs={"paid": [plain(amount) for amount in paid]},
        result={
            "fee": str(fee),
            "fee_exact": plain(exact),
            "paid": f"{total:.2f}",
            "net": f"{net:.2f}",
        },
        steps=tuple(steps),
        assumptions=tuple(assumptions),
        rules=(rules.use(_RATE, on=today),),
    )


def payment_from_fee(rules: Rules, *, today: dt.date, fee: Decimal) -> Calculation:
    """What the customer paid, in yuan, when the fee was ``fee``."""
    check_amount(rules, "fee", fee)
    rate = rules.value(_RATE, on=today)
    with localcontext() as context:
        context.clear_flags()
        exact = fee / rate
        endless = bool(context.flags[Inexact])
    paid = cents(exact)
    quotient = f"除不尽，取到分是 {paid}元" if endless else f"= {plain(exact)}元"
    steps = [
        f"{fee:.2f}元 ÷ {percent(rate)} {quotient}。",
        f"验算：{paid}元 × {percent(rate)} = {plain(paid * rate)}元，取 {cents(paid * rate)}元。",
        f"支付渠道费 {fee:.2f}元，对应的实付约 {paid}元。",
    ]
    low, high = _same_fee(fee, rate)
    assumptions = [
        rules.reading("fees.base"),
        rules.reading("fees.inverse_range", low=f"{low:.2f}", high=f"{high:.2f}", fee=f"{fee:.2f}"),
    ]
    return Calculation(
        tool="payment_from_fee",
        inputs={"fee": plain(fee)},
        result={"paid": str(paid), "paid_exact": plain(exact)},
        steps=tuple(steps),
        assumptions=tuple(assumptions),
        rules=(rules.use(_RATE, on=today),),
    )


def cents(amount: Decimal) -> Decimal:
    """An amount rounded half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def _summands(paid: Sequence[Decimal]) -> Iterator[str]:
    """Each amount, many equal ones in a row as one product."""
    for amount, equal in itertools.groupby(paid):
        count = len(list(equal))
        if count > _MOST_SUMMANDS:
            yield f"{amount:.2f} × {count}"
        else:
            yield from [f"{amount:.2f}"] * count


def _single_fees(paid: Sequence[Decimal], rate: Decimal) -> Iterator[str]:
    """What each different amount costs by itself."""
    for amount in dict.fromkeys(paid):
        yield f"{amount:.2f}元收 {cents(amount * rate)}元"


def _same_fee(fee: Decimal, rate: Decimal) -> tuple[Decimal, Decimal]:
    """The least and the greatest payment whose fee rounds to ``fee``."""
    half = CENT / 2
    low = max(Decimal(), ((fee - half) / rate).quantize(CENT, rounding=ROUND_CEILING))
    high = ((fee + half) / rate).quantize(CENT, rounding=ROUND_CEILING) - CENT
    return low, high
