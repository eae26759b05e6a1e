"""The inputs of each tool as a message holds them.

A slot is a tuple of values: several where the merchant names several cases (two shipping days,
境内和境外). ``filling`` says that the message goes on with a case, so that a bare date, amount
or word is the input that is being talked about.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.understanding.dates import Lean, resolve
from bot.understanding.disputes import (
    denied_facts,
    denies_goods,
    denies_special_case,
    goods,
    said_facts,
    special_case,
)
from bot.understanding.event_days import (
    as_of_day,
    day_values,
    event_days,
    loose_days,
    shipping_days,
)
from bot.understanding.messages import Message, clause_around, pieces_of
from bot.understanding.negation import affirmed, affirmed_last, both_ways, is_negated
from bot.understanding.origins import only_rules_out, origins, unclear_origin
from bot.understanding.payments import fee_amount, paid_amounts
from bot.understanding.phrases import phrase
from bot.understanding.shopping_years import names_shopping_day, year_asked, years_listed
from bot.understanding.stores import categories, category, is_unsupported, seller_type
from bot.understanding.times import TimeMention, counted_from, in_half_of_day, in_half_told
from bot.understanding.values import AS_OF, Slots, Value, month_results


def slots_of(tool: str, message: Message, *, filling: bool) -> Slots:
    """The tool's inputs in a message; what is not said is left out."""
    found = _BUILDERS[tool](message, filling)
    return {name: values for name, values in found.items() if values}


# -- settlement ---------------------------------------------------------------------------


def _auto_confirm(message: Message, filling: bool) -> Slots:
    shipped, origin = shipping_days(message, filling), _origin(message)
    if 0 < len(shipped) < len(origin) and message.loose_days:
        # A day was told for each origin, and not all of them were read.
        shipped = (Value(ask=""),)
    return {
        "ship_confirmed": shipped,
        "origin": origin,
        "extended": _extended(message),
        "refund_requested": _refunded(message),
    }


def _latest_ship(message: Message, filling: bool) -> Slots:
    roles = ("auto_confirm", "settled", "received", "completed")
    others = tuple(
        date
        for date in message.dates
        # 那不就得上个月发了: the month it has to be shipped in is what is asked for.
        if not (date.is_now or message.words.has("ships_then", message.text[date.end :]))
    )
    named = message.dates_of(*roles) or others
    lean = Lean.PAST if message.has("shipped_already") else Lean.FUTURE
    return {
        "target": day_values(message, named[:1], lean, months=True),
        "origin": _origin(message),
        "extended": _extended(message),
    }


def _settlement(message: Message, filling: bool) -> Slots:
    loose = loose_days(message, filling, "shipped", "ordered", "signed", "completed")
    # The buyer's confirmation has happened; the automatic one is known before it does.
    lean = Lean.NEAR if message.dates_of("auto_confirm") else Lean.PAST
    days = event_days(message, ("received", "auto_confirm"), lean, loose=loose)
    days = _after_shipping(message, days)
    return {"confirmed_receipt": days, "order_completed": _completed(message)}


def _after_shipping(message: Message, days: tuple[Value, ...]) -> tuple[Value, ...]:
    """11月1日发货，双11确认收货: a receipt before its shipping is read in the wrong year."""
    told = message.dates_of("shipped")
    shipped = [day.value for day in shipping_days(message, False) if day.value] if told else []
    if len(shipped) != 1 or not any(day.value and day.value < shipped[0] for day in days):
        return days
    return (Value(ask=""),)


def _origin(message: Message) -> tuple[Value, ...]:
    named = origins(message)
    if message.has("origin_either") or message.has("origin_unsaid"):
        return (Value(ask=""),)
    if message.has("bonded") and only_rules_out(message):
        return (Value(ask="origin_bonded"),)
    if named:
        return tuple(Value(origin) for origin in named)
    unclear = unclear_origin(message)
    return (Value(ask=unclear),) if unclear else ()


def _completed(message: Message) -> tuple[Value, ...]:
    if message.has("completed_unknown"):
        return (Value(ask=""),)
    if message.has("completed_no"):
        return (Value(False),)
    return (Value(True),) if message.has("completed_yes") else ()


def _extended(message: Message) -> tuple[Value, ...]:
    if message.has("extension_of_other"):
        return (Value(False),)
    said = affirmed_last(message, "extension")
    if message.has("extension_affirmed"):
        # 谁说她没点延长？点得比谁都快.
        return (Value(True),)
    if message.has("extension") and message.has("extension_denied"):
        # 嘴上说要点延长，压根没点: what was done counts.
        return (Value(False),)
    if message.has("extension_unknown") or message.has("extension_asked"):
        return ()
    if both_ways(message, "extension") or message.has("extension_beside"):
        return (Value(False), Value(True))
    if message.has("extension") and message.has("extension_supposed"):
        # 还没点延长，万一后面点了: what is supposed is asked about.
        return (Value(True),)
    if not said:
        return () if said is None else (Value(False),)
    twice = message.has("extension_twice")
    return (Value(True, (phrase("extension_once"),) if twice else ()),)


def _refunded(message: Message) -> tuple[Value, ...]:
    said = affirmed(message, "refund")
    unfiled = message.words.spans("refund_not_filed", message.text)
    said_of = message.words.spans("refund", message.text)
    filed = [*message.words.spans("refund_filed", message.text), (-1, -1)]
    if unfiled and all(
        end <= unfiled[-1][1] or is_negated(message, start) for start, end in said_of
    ):
        # 嚷嚷要退，压根没提交退款申请: it is the application that counts.
        said = False
    elif filed[-1] > max(unfiled, default=(-1, -1)) and not is_negated(message, filed[-1][0]):
        # 说不退了，今天还是提交了退款申请.
        said = True
    return () if said is None else (Value(said),)


# -- fees ---------------------------------------------------------------------------------


def _channel_fee(message: Message, filling: bool) -> Slots:
    return {"paid": paid_amounts(message)}


def _from_fee(message: Message, filling: bool) -> Slots:
    return {"fee": fee_amount(message, filling)}


# -- disputes -----------------------------------------------------------------------------


def _dispute_window(message: Message, filling: bool) -> Slots:
    found: Slots = {"goods": _goods(message), "special_case": _special(message)}
    unlimited = any(case.value for case in found["special_case"])
    if unlimited and not found["goods"]:
        # No limit runs, so the kind of goods decides nothing; the tool wants one named.
        found["goods"] = (Value("ordinary", (phrase("ordinary_goods"),), assumed=True),)
    if not found["goods"] and denies_goods(message):
        found["goods"] = (Value(ask=""),)
    # 12号再来申请: of a dispute that is being talked about.
    claims = ("claimed", "applied") if filling else ("claimed",)
    found[AS_OF] = as_of_day(message, *claims)
    days = event_days(message, ("success",), Lean.PAST, loose=())
    if not days:
        received = event_days(message, ("received", "completed"), Lean.PAST, loose=())
        reading = (phrase("received_as_success"),)
        days = tuple(Value(v.value, (*v.readings, *reading), v.problem) for v in received)
    days = days or _day_of_receipt(message)
    other = message.dates_of("shipped", "ordered", "signed")
    if not days and other:
        days = (Value(ask="transaction_success_not_order"),)
    if not days:
        days = day_values(message, loose_days(message, filling, *claims), Lean.PAST)
    if unlimited and not any(day.value for day in days):
        days = _some_day(message) or days
    found["transaction_success"] = days
    if any(d.value and a.value and a.value < d.value for d in days for a in found[AS_OF]):
        # 6月3号交易成功，6月19号来投诉: no claim of the year before.
        claimed = message.dates_of("claimed")
        found[AS_OF] = day_values(message, claimed[:1], Lean.FUTURE)
    return found


def _day_of_receipt(message: Message) -> tuple[Value, ...]:
    """13号自动确认了，当天交易成功: the day of the one is the day of the other."""
    received = message.dates_of("auto_confirm", "received", "completed")
    said = message.has("success_at_receipt") and len(received) == 1
    return day_values(message, received, Lean.PAST) if said else ()


def _some_day(message: Message) -> tuple[Value, ...]:
    """去年5月交易成功, where no limit runs: any day of the month does."""
    told = [date for date in message.dates_of("success") if date.month_only and not date.problem]
    resolved = resolve(told[0], message.today, Lean.PAST) if told else None
    if resolved is None or resolved.day is None:
        return ()
    day = resolved.day.isoformat()
    return (Value(day, (phrase("any_day", month=told[0].text, day=day),)),)


def _values(values: tuple[str, ...]) -> tuple[Value, ...]:
    """Several values that hold at once are one value, a list."""
    if not values:
        return ()
    return (Value(values[0] if len(values) == 1 else list(values)),)


def _goods(message: Message) -> tuple[Value, ...]:
    """The kinds of goods of an order; a value for each of two (一样是抱枕；另一样是口红)."""
    if told := message.words.spans("one_and_other", message.text):
        cut = told[-1][0]
        halves = (message.text[:cut], message.text[cut:])
        each = [_goods_of_one(replace(message, text=half)) for half in halves]
        if all(each):
            return tuple(value for values in each for value in values)
    return _goods_of_one(message)


def _goods_of_one(message: Message) -> tuple[Value, ...]:
    kinds = goods(message)
    if message.has("goods_unknown") and "counterfeit" not in kinds:
        return (Value(ask=""),)
    taken = "durable_defect" in kinds and not message.has("goods_durable")
    readings = (phrase("durable_goods"),) if taken else ()
    return tuple(replace(value, readings=readings, clause=message.text) for value in _values(kinds))


def _special(message: Message) -> tuple[Value, ...]:
    case = special_case(message)
    # 口红这个没有判决书: what is said not to be so is known, too.
    return (Value(case),) if case or denies_special_case(message) else ()


def _acceptance(message: Message, filling: bool) -> Slots:
    facts = said_facts(message)
    none = message.has("no_special") or (filling and message.has("none_of_them"))
    if facts or denied_facts(message) or none:
        return {"facts": (Value(list(facts), clause=message.text),)}
    return {}


# -- customer service ---------------------------------------------------------------------


def _eligibility(message: Message, filling: bool) -> Slots:
    loose = loose_days(message, filling, "applied")
    closed = event_days(message, ("closed",), Lean.PAST, loose=loose)
    if len(closed) > 1 and message.has("once_more") and all(day.value for day in closed):
        closed = (max(closed, key=lambda day: str(day.value)),)
    told = [day.value for day in closed if day.value]
    # 4月20号重新开通后又被关，5月6号关的: what was applied for before is over.
    applied = tuple(
        day
        for day in as_of_day(message, "applied")
        if not any(day.value and day.value < each for each in told)
    )
    return {"last_closed": closed, AS_OF: applied}


def _hours(message: Message, filling: bool) -> Slots:
    times = _asked_times(message)
    if not times and filling and message.time_before:
        before = message.time_before
        told = counted_from(before, message.text) or in_half_of_day(before, message.text)
        return {"times": (Value([told]),)} if told else {}
    bad = [time for time in times if time.problem]
    if _is_span_of_hours(message, times):
        return {}
    if bad:
        return {"times": (Value(problem=bad[0].problem),)}
    # 凌晨一点多，比如1:15: the exact one is meant.
    exact = tuple(time for time in times if not time.vague)
    times = exact if message.has("for_example") and exact else times
    if any(time.vague for time in times):
        return {"times": (Value(ask=""),)}
    if len(times) == 1 and (told := in_half_told(times[0], pieces_of(message.text))):
        return {"times": (Value([told]),)}
    clocks = list(dict.fromkeys(time.clock for time in times))
    readings = tuple(time.reading for time in times if time.reading)
    return {"times": (Value(clocks, readings),)} if clocks else {}


def _asked_times(message: Message) -> tuple[TimeMention, ...]:
    """排班9点半开始，6点40有人问: when the shop's own day begins is not asked about."""
    text = message.text
    these = tuple(t for t in message.times if message.words.has("this_time_after", text[t.end :]))
    if these or message.has("these_times"):
        return these or message.times
    told = message.times
    if message.has("beijing_time"):
        told = tuple(t for t in told if not _is_local(message, t)) or told
    if message.has("asks_inquiry_time"):
        told = tuple(t for t in told if not _is_reply(message, t))
    others = tuple(
        time
        for time in told
        if not message.words.has("shift", clause_around(message.text, time.start, time.end))
    )
    return others or told


def _is_local(message: Message, time: TimeMention) -> bool:
    """当地晚上6点，那时北京时间是凌晨1点: told in the hours of another place."""
    clause = clause_around(message.text, time.start, time.end)
    return message.words.has("local_time", clause) and not message.words.has("beijing_time", clause)


def _is_reply(message: Message, time: TimeMention) -> bool:
    """7点59发来的，我8点02回的; 我的回复分别是8点10、8点30."""
    clause = clause_around(message.text, time.start, time.end)
    after = message.words.has("reply_after", message.text[time.end :])
    return after or message.words.has("reply_clause", clause)


def _is_span_of_hours(message: Message, times: Sequence[TimeMention]) -> bool:
    """晚上11点以后, 8点到23点: hours before, after or between, not moments."""
    words, text = message.words, message.text
    if any(words.has("around_time", text[time.end :]) for time in times):
        return True
    pairs = itertools.pairwise(times)
    return any(words.has("time_range", text[a.end : b.start]) for a, b in pairs)


def _review(message: Message, filling: bool) -> Slots:
    told = message.month_results
    if told is None:
        return {}
    if message.has("review_some") or message.has("review_doubt"):
        return {"months": (Value(ask=""),)}
    if "unknown" in told.results:
        return {"months": (Value(ask=""),)}
    found = month_results(dict(told.by_month)) if told.by_month else Value(list(told.results))
    return {"months": (found,)}


# -- stores, seasons ----------------------------------------------------------------------


def _store(message: Message, filling: bool) -> Slots:
    found: Slots = {}
    seller, sold = seller_type(message), category(message)
    if seller:
        found["seller_type"] = (Value(seller),)
    each = categories(message) if message.has("goods_apart") else ()
    if sold:
        found["category"] = tuple(map(Value, each)) if len(each) > 1 else (Value(sold),)
    if sold and not seller and not filling and is_unsupported(sold):
        found["seller_type"] = (Value("personal", (phrase("any_seller"),), assumed=True),)
    return found


def _season(message: Message, filling: bool) -> Slots:
    if years := years_listed(message):
        return {"year": tuple(Value(year) for year in years)}
    year, said = year_asked(message)
    if year is None and (
        filling or message.has("that_year") or not names_shopping_day(message, message.text)
    ):
        return {}
    if year is None:
        year = message.today.year
    readings = () if said else (phrase("this_year", year=str(year)),)
    return {"year": (Value(year, readings, assumed=not said),)}


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
