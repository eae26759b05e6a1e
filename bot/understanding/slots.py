"""The inputs of each tool as a message holds them.

A slot is a tuple of values: several where the merchant names several cases (two shipping days,
境内和境外). ``filling`` says that the message goes on with a case, so that a bare date, amount
or word is the input that is being talked about.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from bot.understanding.amount_roles import with_role
from bot.understanding.amounts import AmountMention, plain
from bot.understanding.dates import DateMention, Lean, resolve
from bot.understanding.disputes import denied_facts, goods, said_facts, special_case
from bot.understanding.elapsed import elapsed_since
from bot.understanding.messages import Message
from bot.understanding.negation import affirmed
from bot.understanding.numerals import number
from bot.understanding.origins import origins, unclear_origin
from bot.understanding.phrases import phrase
from bot.understanding.stores import category, seller_type


@dataclass(frozen=True)
class Value:
    """One value of an input; ``ask`` names the question to put instead of using it."""

    value: Any = None
    readings: tuple[str, ...] = ()
    problem: str | None = None
    ask: str | None = None
    details: tuple[tuple[str, str], ...] = ()


Slots = dict[str, tuple[Value, ...]]

AS_OF = "as_of"


def slots_of(tool: str, message: Message, *, filling: bool) -> Slots:
    """The tool's inputs in a message; what is not said is left out."""
    found = _BUILDERS[tool](message, filling)
    return {name: values for name, values in found.items() if values}


# -- dates --------------------------------------------------------------------------------


def _dates(
    message: Message, mentions: tuple[DateMention, ...], lean: Lean, *, months: bool = False
) -> tuple[Value, ...]:
    """Values of dates; a month where a day is needed has to be asked for (left out)."""
    values = []
    for mention in mentions:
        if not months and (mention.month_only or _is_any_month_end(mention, lean)):
            if not mention.problem:
                continue
        resolved = resolve(mention, message.today, _lean(message, mention, lean))
        readings = (resolved.reading,) if resolved.reading else ()
        values.append(Value(resolved.iso, readings, resolved.problem))
    return tuple(values)


def _is_any_month_end(mention: DateMention, lean: Lean) -> bool:
    """A bare 月底 of what has happened is the end of no month in particular."""
    return mention.last_day and mention.month is None and lean is Lean.PAST


def _lean(message: Message, mention: DateMention, default: Lean) -> Lean:
    """What is planned may lie ahead; what is told in the past tense lies behind."""
    if default is not Lean.NEAR:
        return default
    if message.words.has("plan", message.text[: mention.start]):
        return Lean.NEAR if mention.day else Lean.FUTURE
    after = message.text[mention.end : mention.end + 8].split(",")[0]
    return Lean.PAST if message.words.has("past", after) else Lean.NEAR


def _event_days(
    message: Message, roles: tuple[str, ...], lean: Lean, *, loose: tuple[DateMention, ...]
) -> tuple[Value, ...]:
    """Days of the events; else counted back from 关了60天了; else the ``loose`` ones."""
    named = message.dates_of(*roles)
    values = _dates(message, named, lean)
    if values:
        return values
    elapsed = elapsed_since(message, roles)
    if elapsed is not None:
        day, text = elapsed
        return (Value(day.isoformat(), (phrase("elapsed", text=text, day=_written(day)),)),)
    return _dates(message, loose, lean)


def _loose(message: Message, filling: bool, *others: str) -> tuple[DateMention, ...]:
    """Days no event was found for: in an answer any (今天 too), else unless others are told of."""
    if filling:
        return message.loose_days or message.days
    return () if message.dates_of(*others) else message.loose_days


def _written(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _as_of(message: Message, *roles: str) -> tuple[Value, ...]:
    """The day to judge on where it is another than the day of asking."""
    days = _dates(message, message.dates_of(*roles), Lean.NEAR)
    return tuple(day for day in days if day.value != message.today.isoformat())[:1]


# -- settlement ---------------------------------------------------------------------------


def _auto_confirm(message: Message, filling: bool) -> Slots:
    loose = _loose(message, filling, "received", "success", "closed")
    return {
        "ship_confirmed": _event_days(message, ("shipped",), Lean.NEAR, loose=loose),
        "origin": _origin(message),
        "extended": _extended(message),
        "refund_requested": _refunded(message),
    }


def _latest_ship(message: Message, filling: bool) -> Slots:
    roles = ("auto_confirm", "settled", "received", "completed")
    named = message.dates_of(*roles) or tuple(d for d in message.dates if not d.is_now)
    return {
        "target": _dates(message, named[:1], Lean.FUTURE, months=True),
        "origin": _origin(message),
        "extended": _extended(message),
    }


def _settlement(message: Message, filling: bool) -> Slots:
    loose = _loose(message, filling, "shipped", "ordered", "signed", "completed")
    days = _event_days(message, ("received", "auto_confirm"), Lean.PAST, loose=loose)
    return {"confirmed_receipt": days, "order_completed": _completed(message)}


def _origin(message: Message) -> tuple[Value, ...]:
    named = origins(message)
    if named:
        return tuple(Value(origin) for origin in named)
    unclear = unclear_origin(message)
    return (Value(ask=unclear),) if unclear else ()


def _completed(message: Message) -> tuple[Value, ...]:
    if message.has("completed_no"):
        return (Value(False),)
    return (Value(True),) if message.has("completed_yes") else ()


def _extended(message: Message) -> tuple[Value, ...]:
    said = affirmed(message, "extension")
    if not said:
        return () if said is None else (Value(False),)
    twice = message.has("extension_twice")
    return (Value(True, (phrase("extension_once"),) if twice else ()),)


def _refunded(message: Message) -> tuple[Value, ...]:
    said = affirmed(message, "refund")
    return () if said is None else (Value(said),)


# -- fees ---------------------------------------------------------------------------------


def _channel_fee(message: Message, filling: bool) -> Slots:
    found: Slots = {"paid": tuple(_with_rate_ignored(message, v) for v in _paid(message))}
    if filling and found["paid"] and message.has("append"):
        found["append"] = (Value(True),)
    return found


def _with_rate_ignored(message: Message, value: Value) -> Value:
    """A rate somebody brings along changes nothing; the merchant is told so."""
    spans = message.words.spans("rate", message.text)
    if not spans or value.value is None:
        return value
    rate = message.text[slice(*spans[0])]
    return replace(value, readings=(*value.readings, phrase("rate_ignored", rate=rate)))


def _paid(message: Message) -> tuple[Value, ...]:
    """All payments as one value, or the question that has to be put first."""
    if not message.amounts:
        return ()
    if message.has("foreign_money"):
        return (Value(ask="paid_in_yuan"),)
    payments = _payments(message)
    if not payments:
        discounted = with_role(message, "list_price", "discount")
        return (Value(ask="paid_after_discount"),) if discounted else ()
    negative = [amount for amount in payments if amount.value < 0]
    if negative:
        return (Value(problem=_negative(negative[0])),)
    if len(payments) == 1 and payments[0].times == 1:
        return _single_payment(message, payments[0])
    readings = tuple(
        phrase("repeated", text=a.text, times=str(a.times), value=plain(a.value))
        for a in payments
        if a.times > 1
    )
    return (Value([value for a in payments for value in a.values], readings),)


def _payments(message: Message) -> tuple[AmountMention, ...]:
    """What was paid: amounts said to be, else prices with the freight put on top."""
    if with_role(message, "paid"):
        return with_role(message, "paid", None)
    if with_role(message, "discount"):
        return ()
    if with_role(message, "list_price"):
        return ()
    freight = with_role(message, "freight")
    included = message.has("freight_included") or any(
        message.words.has("freight_included", message.text[: a.start]) for a in freight
    )
    roles: tuple[str | None, ...] = ("price", None) if included else ("price", "freight", None)
    payments = with_role(message, *roles)
    return () if payments and payments == freight else payments


def _single_payment(message: Message, payment: AmountMention) -> tuple[Value, ...]:
    """One amount for several orders is of each of them or of all: only the text can say."""
    count = order_count(message)
    if count is None or count < 2:
        return (Value([plain(payment.value)]),)
    if message.has("total"):
        return (Value([plain(payment.value)]),)
    if not message.has("each"):
        return (Value(ask="paid_each_or_total"),)
    repeated = AmountMention(payment.start, payment.end, payment.text, payment.value, count)
    text = f"{count}单，每单{plain(payment.value)}"
    reading = phrase("repeated", text=text, times=str(count), value=plain(payment.value))
    return (Value(list(repeated.values), (reading,)),)


def order_count(message: Message) -> int | None:
    """How many orders a message speaks of (3单), apart from 每单 and 一单."""
    for start, end in message.counts:
        text = message.text[start:end].strip()
        if text.endswith(("单", "件", "笔", "orders", "order")):
            value = number(text.rstrip("单件笔orders ").strip())
            if value is not None and value > 1:
                return int(value)
    return None


def _negative(amount: AmountMention) -> str:
    return f"金额“{amount.text}”是负数，金额要大于或等于 0"


def _from_fee(message: Message, filling: bool) -> Slots:
    roles: tuple[str | None, ...] = ("fee", None) if filling or message.has("fee") else ("fee",)
    named = with_role(message, "fee") or with_role(message, *roles)
    if not named:
        return {}
    amount = named[0]
    if amount.value < Decimal(0):
        return {"fee": (Value(problem=_negative(amount)),)}
    return {"fee": (Value(plain(amount.value)),)}


# -- disputes -----------------------------------------------------------------------------


def _dispute_window(message: Message, filling: bool) -> Slots:
    found: Slots = {"goods": _values(goods(message)), "special_case": _special(message)}
    if found["special_case"] and not found["goods"] and not filling:
        # No limit runs, so the kind of goods decides nothing; the tool wants one named.
        found["goods"] = (Value("ordinary", (phrase("ordinary_goods"),)),)
    found[AS_OF] = _as_of(message, "claimed")
    days = _event_days(message, ("success",), Lean.PAST, loose=())
    if not days:
        received = _event_days(message, ("received", "completed"), Lean.PAST, loose=())
        reading = (phrase("received_as_success"),)
        days = tuple(Value(v.value, (*v.readings, *reading), v.problem) for v in received)
    other = message.dates_of("shipped", "ordered", "signed")
    if not days and other:
        days = (Value(ask="transaction_success_not_order"),)
    if not days:
        days = _dates(message, _loose(message, filling, "claimed"), Lean.PAST)
    found["transaction_success"] = days
    return found


def _values(values: tuple[str, ...]) -> tuple[Value, ...]:
    """Several values that hold at once are one value, a list."""
    if not values:
        return ()
    return (Value(values[0] if len(values) == 1 else list(values)),)


def _special(message: Message) -> tuple[Value, ...]:
    case = special_case(message)
    return (Value(case),) if case else ()


def _acceptance(message: Message, filling: bool) -> Slots:
    facts = said_facts(message)
    if facts or denied_facts(message) or (filling and message.has("none_of_them")):
        return {"facts": (Value(list(facts)),)}
    return {}


# -- customer service ---------------------------------------------------------------------


def _eligibility(message: Message, filling: bool) -> Slots:
    loose = _loose(message, filling, "applied")
    return {
        "last_closed": _event_days(message, ("closed",), Lean.PAST, loose=loose),
        AS_OF: _as_of(message, "applied"),
    }


def _hours(message: Message, filling: bool) -> Slots:
    bad = [time for time in message.times if time.problem]
    if _is_span_of_hours(message):
        return {}
    if bad:
        return {"times": (Value(problem=bad[0].problem),)}
    clocks = list(dict.fromkeys(time.clock for time in message.times))
    readings = tuple(time.reading for time in message.times if time.reading)
    return {"times": (Value(clocks, readings),)} if clocks else {}


def _is_span_of_hours(message: Message) -> bool:
    """晚上11点以后, 8点到23点: hours before, after or between, not moments."""
    words, text = message.words, message.text
    if any(words.has("around_time", text[time.end :]) for time in message.times):
        return True
    pairs = zip(message.times, message.times[1:], strict=False)
    return any(words.has("time_range", text[a.end : b.start]) for a, b in pairs)


def _review(message: Message, filling: bool) -> Slots:
    told = message.month_results
    if told is None:
        return {}
    if told.gap:
        return {"months": (Value(ask="months_gap", details=(("month", told.gap),)),)}
    return {"months": (Value(list(told.results)),)}


# -- stores, seasons ----------------------------------------------------------------------


def _store(message: Message, filling: bool) -> Slots:
    found: Slots = {}
    seller, sold = seller_type(message), category(message)
    if seller:
        found["seller_type"] = (Value(seller),)
    if sold:
        found["category"] = (Value(sold),)
    return found


def _season(message: Message, filling: bool) -> Slots:
    year, said = _year(message)
    if year is None and not filling and not _names_a_day(message):
        return {}
    if year is None:
        year = message.today.year
    readings = () if said else (phrase("this_year", year=str(year)),)
    return {"year": (Value(year, readings),)}


def _names_a_day(message: Message) -> bool:
    return message.has("black_friday") or message.has("cyber_monday")


def _year(message: Message) -> tuple[int | None, bool]:
    for word, shift in message.words.relative_years.items():
        if word in message.text:
            return message.today.year + shift, True
    written = re.search(r"(?<!\d)(?:(20\d{2})|(\d{2})年)(?!\d)", message.text)
    if written:
        return int(written[1]) if written[1] else 2000 + int(written[2]), True
    return None, False


_BUILDERS: Mapping[str, Callable[[Message, bool], Slots]] = {
    "auto_confirm_receipt": _auto_confirm,
    "latest_ship_date": _latest_ship,
    "settlement_month": _settlement,
    "payment_channel_fee": _channel_fee,
    "payment_from_fee": _from_fee,
    "dispute_window": _dispute_window,
    "dispute_acceptance": _acceptance,
    "self_service_eligibility": _eligibility,
    "service_hours": _hours,
    "service_review": _review,
    "mini_store_requirements": _store,
    "peak_season": _season,
}
TOOLS = tuple(_BUILDERS)
