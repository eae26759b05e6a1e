"""A case told over several messages: what is known of it, and how a message goes on with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dateutil.relativedelta import relativedelta

from bot.platforms import Platforms
from bot.understanding.amount_roles import with_role
from bot.understanding.amounts import plain
from bot.understanding.counted import orders_said
from bot.understanding.dates import Lean
from bot.understanding.days_beside import with_day_counted, with_day_written_out
from bot.understanding.disputes import denied_facts, denies_goods
from bot.understanding.disputes import goods as kinds_told
from bot.understanding.event_days import day_values, written
from bot.understanding.intents import asked_tools, is_left_open, opens_case
from bot.understanding.messages import Message, pieces_of, read_message
from bot.understanding.orders import (
    DAYS,
    days_called,
    is_another_label,
    is_of_another,
    labels,
    of_one,
    of_order,
    order_named,
    orders_told,
    payments_named,
    place_named,
    side_by_side,
    with_one_more,
    with_order,
    without_names,
    without_order,
)
from bot.understanding.origins import ORIGINS
from bot.understanding.payments_told import (
    adds_payments,
    beside,
    fees_together,
    paid_after,
    paid_anew,
    paid_at,
)
from bot.understanding.phrases import phrase
from bot.understanding.residue import residue
from bot.understanding.slots import slots_of
from bot.understanding.told_apart import only_asked, told_apart
from bot.understanding.values import AS_OF, Slots, Value, merged_months
from bot.understanding.vocabulary import ToolWords, load_vocabulary

_YES_NO = {
    "order_completed": "completed_yes",
    "extended": "extension",
    "refund_requested": "refund",
}
_TIMES = (*DAYS, "target")
_ABOUT_MONEY = ("payment_channel_fee", "payment_from_fee")
_SHARED = ("origin",)
# What is told of one order and says nothing of the next.
_OF_ONE_ORDER = ("special_case",)
# Inputs of which several hold at once.
_ADDING_UP = ("goods", "facts")
# What a message is about whatever else it holds: 他维权到哪天 is no more of a receipt.
_SUBJECTS = ("fee", "dispute", "self_service", "reapplies", "black_friday", "all_day", "percent")
_SEVERAL = 2
_MOST_BEFORE = 4
LITTLE_LEFT = 3
_RESIDUE_WHEN_ASKED = 6
_RESIDUE_MORE = 5
_RESIDUE_OF_STATEMENT = 12


@dataclass(frozen=True)
class ToolCase:
    """One calculation being talked about; ``open`` when it is a case, not the rule as such."""

    tool: str
    slots: Mapping[str, tuple[Value, ...]]
    open: bool
    # The order spoken of, of several, counted from 0; all of them where None.
    order: int | None = None
    # The orders told of before this one, each in a message of its own; the oldest first.
    before: tuple[Mapping[str, tuple[Value, ...]], ...] = ()
    # Whether each of several payments was asked about by itself, and no sum of them.
    apart: bool = False

    @property
    def words(self) -> ToolWords:
        """How the tool is asked for and gone on with."""
        return load_vocabulary().tools[self.tool]

    @property
    def missing(self) -> tuple[str, ...]:
        """The inputs to ask for: not said, or said in a way that does not do."""
        return tuple(name for name in self.words.required if not is_known(self.slots.get(name)))


Case = tuple[ToolCase, ...]


def is_known(values: tuple[Value, ...] | None) -> bool:
    return bool(values) and all(each.ask is None and not each.problem for each in values or ())


def is_more_of(part: ToolCase, before: Case, message: Message) -> bool:
    """Whether a message tells more of a case (买家退款了，还算吗) rather than of another one."""
    known = next((b.slots for b in before if b.tool == part.tool), None)
    if known is None or message.has("another_case"):
        return False
    return all(part.slots.get(name) == known.get(name) for name in part.words.key)


def is_ruled_out(tool: str, message: Message) -> bool:
    """Whether something told, not only asked about, leaves a case open: 退款又撤销了."""
    told = message.has("past") and not asked_tools(message)
    # 退货了退不退这个费 asks of the fee in general, beside what it is of an order.
    return told and not message.has("this_fee") and is_left_open(tool, message)


def advance(case: Case, message: Message, asked: Message | None, platforms: Platforms) -> Case:
    """What is being talked about after a message; ``asked`` is the assistant's turn before it."""
    message = with_day_counted(message)
    for part in case:
        if part.open:
            message = with_day_written_out(message, part.slots, part.words.key, part.order)
    case = tuple(_with_those_before(part, message) for part in case)
    tools = tuple(t for t in asked_tools(message) if _on_platform(t, message, platforms))
    if is_foreign(message, platforms):
        return ()
    if each := tuple(filter(None, (_told_of_each(part, message) for part in case))):
        return each
    started = tuple(_started(tool, message, case, asked) for tool in tools)
    if any(part.open for part in started):
        return started
    left_open = any(is_left_open(part.tool, message) for part in case)
    # 苏州那单你说的是24号自动确认吧, after something else: of the case before.
    of_before = bool(tools) and (message.has("recalls_answer") or message.has("goes_back"))
    if not case or left_open or of_before or any(part.tool in tools for part in case):
        return started
    named = platforms.named(message.text)
    if named and not any(part.words.platform in named for part in case):
        return started
    added = {part.tool: _additions(part, message, asked) for part in case}
    of_orders = all(_is_of_order(part) for part in started)
    if tools and of_orders and message.has("continues") and not any(added.values()):
        # 那维权能到哪天: of the same order, so that what it takes is asked for.
        return tuple(replace(part, open=any(p.open for p in case)) for part in started)
    turned = tuple(filter(None, (_turned(part, message, asked) for part in case)))
    return turned or _continued(case, added, message, asked) or started


def _is_of_order(part: ToolCase) -> bool:
    """Whether it is an order that is computed for."""
    return any(name in (*DAYS, "paid", "fee", "target") for name in part.words.key)


def _with_those_before(part: ToolCase, message: Message) -> ToolCase:
    """第一单点了延长, 两单分别几号, 那杭州那单呢: orders told of one after the other, spoken of by
    their place, by their names or all at once."""
    if not part.before or orders_told(part.slots) != 1:
        return part
    told = [*part.before, part.slots]
    place = place_named(message.text, len(told))
    said = orders_said(message) or (len(told) if place and place <= len(told) else 0)
    if of_all := _of_as_many(part, said):
        return of_all
    days = [value for each in told for name in part.words.key for value in each[name][:1]]
    called = days_called(days, message)
    if not called or called == (len(told) - 1,):
        return part
    others = tuple(each for nth, each in enumerate(told) if nth not in called)
    named = [told[nth] for nth in called]
    return replace(
        part, slots=side_by_side(named, {}) if len(named) > 1 else named[0], before=others
    )


def _of_as_many(part: ToolCase, said: int) -> ToolCase | None:
    """The last of the orders told one after the other, as many as are said; None where fewer are
    told."""
    told = [*part.before, part.slots]
    if not 1 < said <= len(told):
        return None
    return replace(part, slots=side_by_side(told[-said:], {}), before=())


def _orders_before(
    part: ToolCase, slots: Slots, message: Message
) -> tuple[Mapping[str, tuple[Value, ...]], ...]:
    """The orders told of before one that a message tells of: that of the case too, unless it is
    the same, told anew."""
    key = part.words.key
    another = set(key) <= set(DAYS) and all(is_known(slots.get(name)) for name in key)
    another = another and any(slots[name] != part.slots.get(name) for name in key)
    whole = part.open and not part.missing and orders_told(part.slots) == 1
    if not (another and whole) or message.has("changes"):
        return part.before
    return (*part.before, part.slots)[-_MOST_BEFORE:]


def _told_of_each(part: ToolCase, message: Message) -> ToolCase | None:
    """11号那单点了延长，1号那单没动: what is told of several of the orders known, each by its
    name; None where fewer are named, or nothing is told of them."""
    if not part.open or orders_told(part.slots) < _SEVERAL:
        return None
    days = [value.value for name in DAYS for value in part.slots.get(name, ()) if value.value]
    anchor = dt.date.fromisoformat(max(days)) if days else None
    read = (read_message(piece, message.today) for piece in pieces_of(message.text))
    pieces = [replace(piece, anchor=anchor) for piece in read]
    named = [(piece, order_named(part.slots, piece)) for piece in pieces]
    orders = [(piece, *order) for piece, order in named if order]
    if len({at for _, at, _ in orders}) < _SEVERAL:
        return None
    slots = dict(part.slots)
    for piece, at, by in orders:
        told = of_one(slots_of(part.tool, piece, filling=True))
        slots = with_order(slots, {n: v for n, v in told.items() if n != by}, at)
    return replace(part, slots=slots, order=None) if slots != part.slots else None


def _anchored(message: Message, part: ToolCase) -> Message:
    """The message as one about the case: its month, its evening, its money."""
    if message.has("append"):
        # 又来一单，17号发的: of no month in particular.
        return replace(message, about_money=part.tool in _ABOUT_MONEY)
    known = of_order(part.slots, part.order)
    days = {v.value for name in DAYS for v in known.get(name, ()) if v.value}
    days |= {f"{value.value}-01-01" for value in known.get("year", ()) if value.value}
    times = [value.value for value in known.get("times", ()) if value.value]
    return replace(
        message,
        anchor=dt.date.fromisoformat(*days) if len(days) == 1 else None,
        about_money=part.tool in _ABOUT_MONEY,
        time_before=times[-1][-1] if times else None,
    )


# -- a message with a topic of its own ----------------------------------------------------


def _started(tool: str, message: Message, case: Case, asked: Message | None) -> ToolCase:
    before = next((part for part in case if part.tool == tool), None)
    slots = slots_of(tool, message, filling=False)
    apart = told_apart(tool, message, slots)
    slots = apart or _without_another(tool, slots, message)
    opened = _is_case(tool, slots, message)
    # 又来两单，一单6号发的，另一单10号: orders of their own, each told whole.
    if before is None or (apart and opened):
        order = _only_asked(slots, message)
        known = {**_shared(tool, case), **slots}
        return ToolCase(tool, known, opened, order, apart=_asks_of_each(message, False))
    if not (_answers(before, slots, asked) or _goes_on(before, message, slots)):
        # A question for the rule as such leaves what is known of the case as it is.
        earlier = _orders_before(before, slots, message) if opened else before.before
        known = slots if opened else {**before.slots, **slots}
        started = ToolCase(tool, known, opened, before=earlier)
        # 李先生也是同一天，他俩各自还能不能维权: of the one told before, too.
        return _of_as_many(started, orders_said(message) or 0) or started
    slots = slots_of(tool, _anchored(message, before), filling=False)
    slots |= _money_anew(before, slots, message)
    after = _with(before, slots, message)
    if orders_said(message) == orders_told(after.slots):
        # B店是2月20号关的，两个店分别是哪天: both, though one of them is named.
        after = replace(after, order=None)
    return replace(after, open=opened or after.open)


def _without_another(tool: str, slots: Slots, message: Message) -> Slots:
    """陈姐那单实付88，老刘那单渠道费多少: what is told of another order than the one asked about is
    not told of that one."""
    asked = only_asked(message)
    if asked is None or orders_told(slots) != 1:
        return slots
    told = [
        (name, labels(clause))
        for name in message.words.tools[tool].key
        for value in slots.get(name, ())
        for clause in (value.clause, *value.clauses)
    ]
    others = {name for name, named in told if named and asked[1] not in named}
    return slots | {name: (Value(ask=""),) for name in others}


def _only_asked(slots: Slots, message: Message) -> int | None:
    """只问1205那单, 第二单渠道费多少: the one asked about of the orders that a message tells of."""
    asked = only_asked(message)
    if asked and asked[0] < orders_told(slots):
        return asked[0]
    pieces = pieces_of(message.text)
    asking = [piece for piece in pieces if message.words.has("only_this", piece)]
    if not asking and len(labels(message.text)) > 1 and not message.has("total"):
        asking = [
            piece
            for piece in pieces
            if message.words.has("fee", piece) and message.words.has("asks_amount", piece)
        ]
    if not asking:
        # 一单从墨尔本寄，一单从成都寄，国外那单哪天自动收.
        asking = [piece for piece in pieces if message.words.has("asks_something", piece)]
        if len(asking) == 1 and not message.words.has("one_of_them", asking[0]):
            return None
    if len(asking) != 1:
        return None
    named = order_named(slots, replace(message, text=asking[0]))
    return named[0] if named else None


def _shared(tool: str, case: Case) -> Slots:
    """What another calculation of the case was told and this one needs too: the origin."""
    needed = load_vocabulary().tools[tool].required
    told = {
        name: part.slots[name]
        for part in case
        for name in _SHARED
        if part.open and name in needed and len(part.slots.get(name, ())) == 1
    }
    return {name: values for name, values in told.items() if values[0].value is not None}


def _answers(before: ToolCase, slots: Slots, asked: Message | None) -> bool:
    """Whether a message gives what the assistant asked for, though it repeats the topic."""
    if asked is None or not asked.has("question_asked"):
        return False
    return any(name in slots and name not in before.slots for name in before.words.required)


def _goes_on(before: ToolCase, message: Message, slots: Slots) -> bool:
    """A topic named again goes on with the case unless it is told anew or asks for the rule."""
    named = order_named(before.slots, message)
    taken_out = message.has("takes_out") or message.has("leaves_out")
    if taken_out and (
        named or any(payments_named(v, message) for v in before.slots.get("paid", ()))
    ):
        return True
    if "paid" in slots and "paid" in before.slots:
        adds = adds_payments(before.slots["paid"][0], message)
        if adds or (named and named[1] == "paid"):
            return True
    if is_another_label(before.slots, message):
        return True
    if message.has("goes_back") or (named and message.has("mistaken")):
        return True
    months = _are_months_more(before, slots)
    told_anew = any(name in slots for name in before.words.key) and not months
    if message.has("asks_span") and not (told_anew or message.has("compares")):
        return False
    if months:
        return True
    # 买家申请退款了，还会自动收货吗: something new is told of the case.
    if slots and not told_anew and message.has("told_of_buyer"):
        return True
    if slots and not told_anew and message.has("past"):
        # 状态跳成已完成了，算哪个月的.
        return True
    if message.has("continues") or (message.has("changes") and slots):
        return True
    of_rule = message.has("asks_rate") or message.has("asks_why")
    if slots and not of_rule and before.open and not _is_of_order(before):
        # 个人能卖不, after 公司 and what is to be sold.
        return is_addition((before,), message, None)
    if told_anew or of_rule:
        return False
    # 我该被扣多少渠道费: the result is asked for once more, not the rule.
    return any(message.has(asks) for asks in ("asks_day", *before.words.asks_again))


def _are_months_more(before: ToolCase, slots: Slots) -> bool:
    """9月达标了: months named beside those told before."""
    told, known = slots.get("months", ()), before.slots.get("months", ())
    if any(len(value.by_month) == 1 for value in told):
        return True
    return any(value.by_month for value in told) and any(value.by_month for value in known)


def _is_case(tool: str, slots: Slots, message: Message) -> bool:
    key = message.words.tools[tool].key
    if all(name in slots for name in key):
        return True
    return opens_case(tool, message)


# -- a message that only adds to what was talked about ------------------------------------


def _continued(
    case: Case, added: Mapping[str, Slots], message: Message, asked: Message | None
) -> Case:
    asks_again = any(message.has(ask) for part in case for ask in part.words.asks_again)
    told = (
        any(added.values())
        or (asks_again and not message.has("asks_elsewhere"))
        or any(order_named(part.slots, message) for part in case)
        or (any(part.order is not None for part in case) and message.has("all_orders"))
    )
    if not told or not is_addition(case, message, asked):
        return ()
    return tuple(_with(part, added[part.tool], message) for part in case)


def _turned(part: ToolCase, message: Message, asked: Message | None) -> ToolCase | None:
    """买家12月5号自己点了: what was to happen by itself has happened, and is told of."""
    tool = next((t for role, t in part.words.becomes.items() if _days_of(message, role)), None)
    if tool is None or not part.open or part.missing:
        return None
    if "will_do" in part.words.asks_again and message.has("will_do"):
        # 那我18号发行不行: the latest day, once more, tells.
        return None
    slots = slots_of(tool, _anchored(message, part), filling=True)
    if known := [value.value for name in DAYS for value in part.slots.get(name, ())]:
        bare = all(date.month is None for date in message.days)
        step = relativedelta(months=1) if bare else relativedelta(years=1)
        slots = {
            n: tuple(_not_before(max(known), v, step) for v in told) for n, told in slots.items()
        }
    turned = ToolCase(tool, {**_shared(tool, (part,)), **slots}, open=True)
    return turned if is_addition((part, turned), message, asked) else None


def _days_of(message: Message, role: str) -> bool:
    return any(not date.month_only for date in message.dates_of(role))


def _not_before(known: str, value: Value, step: relativedelta) -> Value:
    """A day told without its year or month, of what followed a day that is known."""
    if not isinstance(value.value, str) or value.value >= known:
        return value
    day = dt.date.fromisoformat(value.value) + step
    reading = phrase("taken_as_day", day=written(day))
    return replace(value, value=day.isoformat(), readings=(reading,))


def _additions(part: ToolCase, message: Message, asked: Message | None) -> Slots:
    message = _as_asked(message, part, asked)
    slots = slots_of(part.tool, _anchored(message, part), filling=True)
    if asked is None or not asked.has("contested_asked"):
        slots = _judged_later(part, slots, message)
    slots = _judged_after(part, slots, message)
    if _only_says_when(message) or _claims_result(message):
        slots = {n: v for n, v in slots.items() if n not in DAYS or not is_known(part.slots.get(n))}
    if part.missing == ("origin",) and asked is not None and message.has("cannot_say"):
        slots.setdefault(
            "origin", tuple(Value(each, (phrase("either_origin"),)) for each in ORIGINS)
        )
    slots |= _money_anew(part, slots, message)
    if not slots and asked is not None:
        slots = _yes_or_no(part, message, asked)
    return slots


def _as_asked(message: Message, part: ToolCase, asked: Message | None) -> Message:
    """6月10号确认的: confirmed as the assistant asked, which was of the shipment."""
    if asked is None or "ship_confirmed" not in part.missing or not asked.has("platform_ships"):
        return message
    start, end = asked.words.spans("platform_ships", asked.text)[0]
    confirm = message.words.concepts["bare_confirm"]
    return replace(message, text=confirm.sub(asked.text[start:end], message.text))


def _only_says_when(message: Message) -> bool:
    """今天下雨快递都不来: today is the day of telling, unless it is said to be another's."""
    if not message.days or any(message.roles):
        return False
    goes_on = message.has("continues") or message.has("changes")
    return all(day.is_now for day in message.days) and not goes_on


def _claims_result(message: Message) -> bool:
    """不对吧，同行说是14号，再算算: what somebody else made of it, and no day told anew."""
    told = [day for day, role in zip(message.dates, message.roles, strict=True) if role is None]
    if len(told) != len(message.dates) or not message.has("doubts_result"):
        return False
    words, text = message.words, message.text
    return bool(told) and all(words.has("claimed_day_before", text[: d.start]) for d in told)


def _money_anew(part: ToolCase, slots: Slots, message: Message) -> Slots:
    """What is paid, or the fee, once a message without an amount says more of what is known."""
    for name, told_anew in (("paid", paid_anew), ("fee", fees_together)):
        known = part.slots.get(name, ())
        if known and name not in slots and (anew := told_anew(known[0], message)):
            return {name: (anew,)}
    return {}


def _yes_or_no(part: ToolCase, message: Message, asked: Message) -> Slots:
    """A bare yes or no answers the question that the assistant put last."""
    no = message.has("bare_no") or message.has("leading_no")
    yes = message.has("bare_yes") or message.has("leading_yes")
    if not (no or yes):
        return {}
    for name, concept in _YES_NO.items():
        if asked.has(concept) and name in _INPUTS.get(part.tool, ()):
            return {name: (Value(not no),)}
    return {}


_INPUTS = {
    "auto_confirm_receipt": ("extended", "refund_requested"),
    "latest_ship_date": ("extended",),
    "settlement_month": ("order_completed",),
}


def _with(part: ToolCase, slots: Slots, message: Message) -> ToolCase:
    named = order_named(part.slots, message)
    order, apart = part.order, _asks_of_each(message, part.apart)
    if named and (message.has("leaves_out") or message.has("takes_out")):
        merged, order = without_order(part.slots, named[0]), None
    elif named and "paid" in slots and named[1] == "paid":
        merged, order = _with_payment(part.slots, named[0], message)
        order = named[0] if apart else order
    elif named and "paid" not in slots:
        order, by = named
        slots = {name: values for name, values in slots.items() if name != by}
        if "goods" in slots and not kinds_told(without_names(message)):
            # 牛仔裤那件最晚到哪天: what it goes by tells nothing new of it.
            del slots["goods"]
        merged = with_order(part.slots, slots, order)
        order = None if message.has("all_orders") else order
    elif _tells_one_more(part, slots, message):
        untold = not any(name in slots for name in part.words.key) and message.has("origin_unsaid")
        if untold or message.has("other_day") or is_another_label(part.slots, message):
            slots = {name: (Value(ask=""),) for name in part.words.key} | slots
        if message.has("origin_unsaid"):
            slots = {"origin": (Value(ask=""),)} | slots
        merged = with_one_more(part.slots, slots, alike=message.has("same_facts"))
        order = orders_told(merged) - 1
    elif order is not None and not (message.has("all_orders") or message.has("takes_out")):
        merged = with_order(part.slots, slots, order)
    else:
        merged, order = _merged(part, slots, message), None
        part = replace(part, before=_orders_before(part, merged, message))
    opened = part.open or _is_case(part.tool, merged, message)
    return replace(part, slots=merged, order=order, open=opened, apart=apart)


def _asks_of_each(message: Message, before: bool) -> bool:
    """渠道费各多少, 哪单扣得多, until a sum is asked for."""
    apart = message.has("each_apart") or message.has("compares")
    return apart or (before and not message.has("total"))


def _with_payment(
    known: Mapping[str, tuple[Value, ...]], at: int, message: Message
) -> tuple[Slots, int | None]:
    """成都那单是459: what was paid for one of the orders, told anew; and which is spoken of, none
    in particular where it was told anew."""
    paid = known["paid"][0]
    # 258.5那单用了20块券，实付238.5: what is said to be paid, else any amount.
    told = with_role(message, "paid") or message.amounts
    anew = [v for v in (plain(a.value) for a in told) if v != paid.value[at]]
    if len(anew) != 1:
        return dict(known), None if message.has("total") else at
    return {**known, "paid": (paid_at(paid, at, anew[0]),)}, None


def _tells_one_more(part: ToolCase, added: Slots, message: Message) -> bool:
    """11月22号又发了一单: an order beside the one that is known, with a day of its own."""
    keys = [name for name in part.words.key if name in (*DAYS, "fee")]
    known = bool(keys) and all(is_known(part.slots.get(name)) for name in keys)
    one_day = any(len(added.get(name, ())) == 1 for name in keys)
    if not any(name in added for name in keys) and is_another_label(part.slots, message):
        # 李哥那单哪天自动收: of which the day was not told.
        return known
    beside = message.has("append") or message.has("asks_beside")
    if one_day and (beside or is_another_label(part.slots, message)):
        return known
    # 另一单境外的呢: of the same day, as far as is told.
    told = "origin" in added or message.has("origin_unsaid")
    return known and told and message.has("another_one")


def _merged(part: ToolCase, added: Slots, message: Message) -> Slots:
    """What is known, with what was added; months told one by one and further orders add up."""
    told = {n: v for n, v in added.items() if n not in part.slots or not all(x.assumed for x in v)}
    anew = any(name in told for name in part.words.key)
    known = {n: v for n, v in part.slots.items() if not (anew and all(x.assumed for x in v))}
    if anew and all(name in told for name in part.words.required) and not message.has("changes"):
        # 普通的一支口红呢，7月10号成交: another order, without what the buyer had of that one.
        known = {n: v for n, v in known.items() if n not in _OF_ONE_ORDER}
    merged = {**known, **told}
    if message.has("another_shop") or (message.has("other_pay") and not message.amounts):
        # 我闺蜜的店呢: what is asked about has values of its own.
        merged = {n: v for n, v in merged.items() if n not in part.words.key or n in told}
    if message.has("other_day"):
        merged = {n: v for n, v in merged.items() if n not in _TIMES or v != part.slots.get(n)}
    if added.get("paid") and part.slots.get("paid"):
        merged["paid"] = (paid_after(part.slots["paid"][0], added["paid"][0], message),)
    if added.get("fee") and part.slots.get("fee") and not added["fee"][0].readings:
        merged["fee"] = (beside(part.slots["fee"][0], added["fee"][0], message),)
    for name in _ADDING_UP:
        both = told.get(name) and part.slots.get(name) and not _replaces(message)
        if both and not is_of_another(part.slots[name][0], message):
            merged[name] = (_with_those(part.slots[name][0], added[name][0]),)
    if added.get("facts") and (denied := denied_facts(message)):
        merged["facts"] = (_without_those(merged["facts"][0], denied),)
    if added.get("months") and part.slots.get("months"):
        merged["months"] = (merged_months(part.slots["months"][0], added["months"][0]),)
    return merged


def _replaces(message: Message) -> bool:
    """那三包的呢, 其实是普通商品: told instead of what is known, not beside it (他还说是三包)."""
    says_more = message.has("told_of_buyer") or message.has("of_both_kinds")
    another = message.has("another_party") or message.has("another_one")
    if another or (message.has("another_case") and not says_more):
        return True
    return message.has("changes") or denies_goods(message)


def _with_those(known: Value, added: Value) -> Value:
    """What is known and what was added, which hold together: 冰箱坏了 and 他说属于三包."""
    before, after = _listed(known.value), _listed(added.value)
    if not before or not after or "ordinary" in (*before, *after):
        return added
    together = list(dict.fromkeys([*before, *after]))
    readings = tuple(dict.fromkeys((*known.readings, *added.readings)))
    return replace(added, value=together, readings=readings)


def _without_those(known: Value, denied: Sequence[str]) -> Value:
    return replace(known, value=[fact for fact in _listed(known.value) if fact not in denied])


def _listed(value: Any) -> list[str]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _judged_later(part: ToolCase, slots: Slots, message: Message) -> Slots:
    """那明天呢, 那今天呢: no day on which it happened, but the day to judge the known case on."""
    left = dict(slots)
    if any(message.roles):
        return left
    for name in ("transaction_success", "last_closed"):
        if name not in slots or not part.slots.get(name):
            continue
        # 11月8号能申请吗 / 11月7号呢: another day to judge on, too.
        near = day_values(message, message.days, Lean.NEAR) if AS_OF in part.slots else slots[name]
        # 3月20号关的 / 那6月19号能不能: closed once, the day is another one to judge on.
        of_case = AS_OF in part.slots or (name == "last_closed" and not message.has("changes"))
        later = part.slots[name][0].value if of_case else message.today.isoformat()
        told_again = bool(near) and near[0].value == part.slots[name][0].value
        if near and near[0].value and later and near[0].value >= later and not told_again:
            left.pop(name)
            left[AS_OF] = near[:1]
    return left


def _judged_after(part: ToolCase, slots: Slots, message: Message) -> Slots:
    """那我15号去申请呢, of a closing in September: no day before it, but the 15th that is near."""
    days = [v.value for name in DAYS for v in part.slots.get(name, ()) if v.value]
    told = [v.value for v in slots.get(AS_OF, ()) if v.value]
    if not days or not told or told[0] >= max(days):
        return slots
    near = slots_of(part.tool, replace(message, anchor=None), filling=True)
    return {**slots, AS_OF: near.get(AS_OF, ())}


def is_addition(case: Case, message: Message, asked: Message | None) -> bool:
    """Whether little is left of a message besides inputs, their words and small talk.

    One that says itself that it goes on (那, 改成, 不对) may hold more that is not known, unless
    it asks something else (哪里, 怎么); so may one that only tells, or asks what the case asks.
    """
    own = {concept for part in case for concept in part.words.goes_with}
    if any(message.has(subject) for subject in _SUBJECTS if subject not in own):
        return False
    questioned = asked is not None and asked.has("question_asked")
    limit = _RESIDUE_WHEN_ASKED if questioned else LITTLE_LEFT
    goes_on = message.has("continues") or message.has("changes") or message.has("told_of_buyer")
    goes_on = goes_on or any(order_named(part.slots, message) for part in case)
    if goes_on and not message.has("asks_elsewhere"):
        limit += _RESIDUE_MORE
    told = _is_told(message) or message.has("computes_again")
    if told and {part.tool for part in case}.issuperset(asked_tools(message)):
        limit += _RESIDUE_OF_STATEMENT
    asks_again = any(message.has(asks) for part in case for asks in part.words.asks_again)
    asks_again = asks_again and message.has("asks_something") and not message.text.isascii()
    if asks_again and not message.has("asks_elsewhere"):
        # 我想起来当时答应过她售后一年，还受期限限制不: the question it is asked with.
        limit += _RESIDUE_OF_STATEMENT
    return len(residue(message, [part.words for part in case])) <= limit


def _is_told(message: Message) -> bool:
    """忘讲了，这东西属于三包范围的: no question, and not only the day of telling."""
    told_now = bool(message.days) and all(day.is_now for day in message.days)
    return not message.has("asks_something") and not told_now


# -- platforms ----------------------------------------------------------------------------


def is_foreign(message: Message, platforms: Platforms) -> bool:
    """Whether a platform outside the corpus is meant, and none of ours beside it."""
    meant = message.words.concepts["asked_about"].search(message.text)
    if meant and platforms.named_others(meant[0]) and not platforms.named(meant[0]):
        return True
    if platforms.named(message.text):
        return False
    return any(_is_named(name, message) for name in platforms.named_others(message.text))


def _is_named(name: str, message: Message) -> bool:
    """1688 is an amount as well as a platform: alone, and after a case it is one."""
    if not name.isdigit():
        return True
    return not message.words.bare_number.fullmatch(message.text)


def _on_platform(tool: str, message: Message, platforms: Platforms) -> bool:
    """Whether the tool's platform may be meant: it is named, or none of ours but 跨境 is."""
    home = message.words.tools[tool].platform
    named = platforms.named(message.text)
    loose = {message.words.tools["peak_season"].platform}
    return home in named or not (named - loose) or home in loose
