"""A day told by the one of an order that is known: 比那单晚三天发的, 跟B单同一天."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.understanding.dates import Lean, resolve
from bot.understanding.messages import Message
from bot.understanding.numerals import small_number
from bot.understanding.orders import DAYS, order_named
from bot.understanding.values import Value

Known = Mapping[str, tuple[Value, ...]]


def with_day_written_out(
    message: Message, known: Known, key: Sequence[str], order: int | None
) -> Message:
    """The message with the day as a date; as it is where it tells none, or another one too.

    ``known`` are the inputs of the case, ``key`` those that make it one; ``order`` is the order
    spoken of, where the message names none.
    """
    found = message.words.concepts["day_beside"].search(message.text)
    days = _known_days(known, key)
    if found is None or not days or message.days:
        return message
    than = replace(message, text=f"{found['than'] or found['as'] or ''}那单")
    named = order_named(known, than)
    at = named[0] if named else order
    day = days[at] if at is not None and at < len(days) else days[-1]
    moved = small_number(found["days"]) if found["days"] else 0
    day += dt.timedelta(days=-moved if found["way"] == "早" else moved)
    text = f"{message.text[: found.start()]}{day.isoformat()}{message.text[found.end() :]}"
    return replace(message, text=text)


def with_day_counted(message: Message) -> Message:
    """The message with a day counted from one that it tells itself (9月29号发货，发货后第五天他点了
    收货) as a date; as it is where it counts none, or not from one day."""
    found = message.words.concepts["day_after_event"].search(message.text)
    if found is None:
        return message
    if found["next"]:
        # 10月6号下的单，次日平台确认发货: counted from the day told last.
        told = tuple(day for day in message.days if day.end <= found.start())[-1:]
        lean, count = Lean.NEAR, 1
    else:
        told = message.dates_of("shipped" if found["shipped"] else "success")
        lean, count = Lean.PAST, small_number(found["days"] or found["of_success"])
    day = resolve(told[0], message.today, lean).day if len(told) == 1 else None
    if day is None:
        return message
    day += dt.timedelta(days=count)
    text = f"{message.text[: found.start()]}{day.isoformat()}{message.text[found.end() :]}"
    return replace(message, text=text)


def _known_days(known: Known, key: Sequence[str]) -> list[dt.date]:
    """The days of the orders, as far as all of them are known."""
    told = [value.value for name in key if name in DAYS for value in known.get(name, ())]
    return [dt.date.fromisoformat(value) for value in told] if all(told) else []
