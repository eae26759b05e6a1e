"""Days as inputs: of an event, counted back from today, or told without an event."""

from __future__ import annotations

import datetime as dt
import re

from bot.understanding.dates import DateMention, Lean, Resolved, resolve
from bot.understanding.elapsed import elapsed_since
from bot.understanding.messages import Message, clause_around, piece_around, pieces_of
from bot.understanding.orders import labels
from bot.understanding.phrases import phrase
from bot.understanding.values import Value

_NEXT_TO = 3
# Days of these are none of shipping, though nothing else is asked for: 12月2号客人点延长.
_NOT_SHIPPING = (
    *("received", "success", "closed", "ordered", "signed"),
    *("extended", "refunded", "settled", "claimed", "applied"),
)
_LONG_AGO_DAYS = 183
_SOON_DAYS = 31


def day_values(
    message: Message, mentions: tuple[DateMention, ...], lean: Lean, *, months: bool = False
) -> tuple[Value, ...]:
    """Values of dates; a month where a day is needed has to be asked for (left out)."""
    values = []
    told_to = 0
    for mention in mentions:
        begins, told_to = told_to, mention.end
        vague = mention.vague or mention.month_only or _is_any_month_end(mention, lean)
        if vague and not (months and not mention.vague) and not mention.problem:
            continue
        resolved = resolve(mention, message.today, _lean(message, mention, lean))
        clause = _told_in(message, begins, mention)
        readings = _readings(message, resolved, mention)
        values.append(Value(resolved.iso, readings, resolved.problem, clause=clause))
    return tuple(values)


def _told_in(message: Message, begins: int, mention: DateMention) -> str:
    """The words a day is told in: all that is told where it is the only day (甲单，境内，10月9号
    发的), else what stands before it."""
    if sum(not day.is_now for day in message.days) > 1:
        return message.text[begins : mention.start].split(",")[-1]
    asks = message.words.concepts["asks_something"]
    told = (p for p in pieces_of(message.text) if labels(p) or not asks.search(p))
    return ",".join(told)


def _readings(message: Message, resolved: Resolved, mention: DateMention) -> tuple[str, ...]:
    """How a date was read; a day ahead that nobody said was planned is named too."""
    if resolved.reading or resolved.day is None:
        return (resolved.reading,) if resolved.reading else ()
    told = mention.year is not None or mention.exact is not None or mention.month_only
    if told or resolved.day <= message.today or _is_planned(message, mention):
        return ()
    return (phrase("taken_as", text=mention.text, day=written(resolved.day)),)


def _is_any_month_end(mention: DateMention, lean: Lean) -> bool:
    """A bare 月底 of what has happened is the end of no month in particular."""
    return mention.last_day and mention.month is None and lean is Lean.PAST


def _lean(message: Message, mention: DateMention, default: Lean) -> Lean:
    """What is planned may lie ahead; what is told in the past tense lies behind."""
    supposed = message.has("another_case") and message.has("continues")
    told = message.words.has("told_after", message.text[mention.end :]) and not supposed
    if default is Lean.PAST and not told:
        # 11月28号点确认收货, 那3月1号点的呢 told on the 25th: rather in some days than a year ago.
        ahead = _is_soon(message, mention) and not _is_recent(message, mention)
        return Lean.NEAR if ahead else default
    if default is not Lean.NEAR:
        return default
    if message.words.has("past_before", message.text[: mention.start]):
        soon = _is_soon(message, mention) and not _is_recent(message, mention)
        return Lean.NEAR if soon else Lean.PAST
    if _is_planned(message, mention):
        supposed = message.words.has("supposes", _clause_before(message, mention))
        if supposed and mention.month and _is_recent(message, mention):
            # 假设10月20号发货, asked in November: the last one, not next year's.
            return Lean.NEAR
        # 打算30号发 lies ahead, 如果是11月1号发的呢 may lie behind.
        planned = message.words.has("plan", _clause_before(message, mention))
        told = message.words.has("told_after", message.text[mention.end :])
        told = told or _is_just_past(message, mention)
        return Lean.FUTURE if not mention.day or (planned and not told) else Lean.NEAR
    after = message.text[mention.end : mention.end + 8].split(",")[0]
    if message.words.has("past", after):
        return Lean.PAST
    soon = _is_soon(message, mention) and not _is_recent(message, mention)
    return Lean.PAST if "的" in after and not soon else Lean.NEAR


def _is_recent(message: Message, mention: DateMention) -> bool:
    """12号发的 asked on the 5th was last month; 11月18号发的 asked in November is this year's."""
    past = resolve(mention, message.today, Lean.PAST).day
    return past is not None and (message.today - past).days <= _LONG_AGO_DAYS


def _is_just_past(message: Message, mention: DateMention) -> bool:
    """想对一下账，12月19号发的 asked on the 22nd: nobody plans for the same days of next year."""
    past = resolve(mention, message.today, Lean.PAST).day
    return past is not None and (message.today - past).days <= _SOON_DAYS and bool(mention.month)


def _is_soon(message: Message, mention: DateMention) -> bool:
    ahead = resolve(mention, message.today, Lean.FUTURE).day
    return ahead is not None and (ahead - message.today).days <= _SOON_DAYS


def _clause_before(message: Message, mention: DateMention) -> str:
    """The clause up to a date: 想盘一下账 before it says nothing of 12月20号发的."""
    return re.split("[,。;]", message.text[: mention.start])[-1]


def _is_planned(message: Message, mention: DateMention) -> bool:
    before, after = message.text[: mention.start], message.text[mention.end :]
    return message.words.has("plan", before) or message.words.has("plan_after", after)


def event_days(
    message: Message, roles: tuple[str, ...], lean: Lean, *, loose: tuple[DateMention, ...]
) -> tuple[Value, ...]:
    """Days of the events; else counted back from 关了60天了; else the ``loose`` ones."""
    if _is_not_known(message, roles):
        return (Value(ask=""),)
    named = _held(message, message.dates_of(*roles), roles)
    elapsed = elapsed_since(message, roles)
    if elapsed is not None and all(date.is_now for date in named):
        # 关掉到今天是第90天: today is what is counted to.
        named = ()
    values = day_values(message, named, lean)
    if any(date.vague for date in named or loose):
        return (Value(ask=""),)
    if values:
        return values
    if any(_happened_in(message, date, roles) for date in named):
        return (Value(ask=""),)
    if elapsed is not None:
        day, text = elapsed
        return (Value(day.isoformat(), (phrase("taken_as", text=text, day=written(day)),)),)
    return day_values(message, loose, lean)


def _held(
    message: Message, named: tuple[DateMention, ...], roles: tuple[str, ...]
) -> tuple[DateMention, ...]:
    """Of several days told of one event of one order those that are said to be so: not 客服说3号,
    后台写的是5号, nor 4号只是打了面单; all of them where nothing tells them apart."""
    if len(named) < 2 or message.has("several_told") or len(labels(message.text)) > 1:
        return named
    words, text = message.words, message.text
    gone = {
        _day(message, date)
        for date in message.days
        if words.has("other_event_after", text[date.end :]) and not _tells(message, date, roles)
    }
    named = tuple(date for date in named if _day(message, date) not in gone) or named
    if any(date.month and date.day for date in named):
        # 两年前成交的，是2022年4月12日: the day itself.
        named = tuple(d for d in named if not words.has("counted_ago", d.text))
    clauses = {date: piece_around(text, date.start, date.end) for date in named}
    so = tuple(date for date in named if words.has("day_so", clauses[date]))
    return so or tuple(d for d in named if not words.has("day_not_so", clauses[d])) or named


def _day(message: Message, date: DateMention) -> str | None:
    return resolve(date, message.today, Lean.PAST).iso


def _tells(message: Message, date: DateMention, roles: tuple[str, ...]) -> bool:
    """Whether one of the events is told in the clause after a date."""
    end = date.end + len(re.split("[,。;]", message.text[date.end :])[0])
    return any(e.name in roles and date.end <= e.start < end for e in message.events)


def _is_not_known(message: Message, roles: tuple[str, ...]) -> bool:
    """平台哪天确认发货的我还没查到: the day is said not to be known."""
    spans = message.words.spans("day_not_known", message.text)
    return any(
        event.name in roles and start <= event.start < end
        for start, end in spans
        for event in message.events
    )


def _happened_in(message: Message, date: DateMention, roles: tuple[str, ...]) -> bool:
    """10月份发的: the month is told, the day has to be asked for."""
    gaps = [event.start - date.end for event in message.events if event.name in roles]
    return date.month_only and any(0 <= gap <= _NEXT_TO for gap in gaps)


def loose_days(message: Message, filling: bool, *others: str) -> tuple[DateMention, ...]:
    """Days no event was found for: in an answer any (今天 too), else unless others are told of."""
    if filling:
        # 那今天还来得及吗 asks as of today; 今天 by itself is an answer.
        asks = message.has("question_asked") or message.has("asks_day")
        asks = asks and not message.loose_days
        told = message.dates_of(*others)
        days = tuple(d for d in message.days if d not in told and not (asks and d.is_now))
        return message.loose_days or days
    return () if message.dates_of(*others) else message.loose_days


def written(day: dt.date) -> str:
    """A day as merchants write it: 2021年11月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def as_of_day(message: Message, *roles: str) -> tuple[Value, ...]:
    """The day to judge on where it is another than the day of asking."""
    told = tuple(
        date
        for date in message.dates_of(*roles)
        # 5月10日想申请没申请: nothing was done on it.
        if not message.words.has("gave_up", clause_around(message.text, date.start, date.end))
    )
    dated = list(zip(message.dates, message.roles, strict=True))
    # 12月14日就发起了，我今天30号才看到: the day it was done on is told beside today's.
    done = any(role in roles and date.text[0].isdigit() for date, role in dated)
    if not done and any(d.exact == message.today and d.month and r in roles for d, r in dated):
        # 国庆还在处理售后，今天10月5号她来维权: today's date is told.
        return ()
    days = day_values(message, told, Lean.NEAR)
    return tuple(day for day in days if day.value != message.today.isoformat())[:1]


def _confirmed(message: Message) -> tuple[DateMention, ...]:
    """10月20揽收，10月22平台确认发货: the days the platform's confirmation stands next to."""
    shipped = message.dates_of("shipped")
    spans = message.words.spans("platform_ships", message.text)
    if not shipped or message.has("each") or message.has("another_one"):
        return ()
    found = [
        min(shipped, key=lambda date: min(abs(start - date.end), abs(date.start - end)))
        for start, end in spans
    ]
    return tuple(dict.fromkeys(found))


def _names_origin(message: Message) -> bool:
    """国内 10月28 自动收货?: so short that the day told is the one to count from."""
    named = message.has("domestic_word") or message.has("overseas_word")
    return named and not message.has("yes_or_no")


def shipping_days(message: Message, filling: bool) -> tuple[Value, ...]:
    loose = loose_days(message, filling, *_NOT_SHIPPING)
    if not loose and (message.has("asks_day") or _names_origin(message)):
        # 国内 11月1号 自动收货哪天: the day asked for is not the one that is told.
        loose = message.dates_of("auto_confirm")
    days = event_days(message, ("shipped",), Lean.NEAR, loose=loose)
    if len(days) > 1 and message.has("platform_ships"):
        days = day_values(message, _confirmed(message), Lean.NEAR) or days
    orders = [d for d in loose if message.words.has("order_of_day", message.text[d.end :])]
    if orders and not message.dates_of("shipped"):
        return (Value(ask="ship_confirmed"),)
    return days
