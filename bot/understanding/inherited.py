"""A bare day (30号) read in the month that is talked of, not in the one of asking."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from bot.understanding.dates import DateMention, Lean, resolve

_TOLD_MORE_CLOSELY = re.compile(
    r"(?:\(|(?:具体|准确|确切|精确)(?:点|地?说|来说|日期)*(?:是|在|就是)?)\s*$"
)
# The order in which things happen to an order: what comes later has no earlier day.
_COURSE = ("ordered", "shipped", "signed", "received", "success", "claimed")


def in_months_told(
    dates: tuple[DateMention, ...],
    roles: Sequence[str | None],
    told: Sequence[DateMention],
    anchor: dt.date | None,
    today: dt.date,
) -> tuple[DateMention, ...]:
    """The dates, each bare day given the month of the date before it (9月28号下单30号发货).

    ``told`` are all dates of the text, those taken back too; ``anchor`` is the day the
    conversation has been about, for a text whose first date is a bare day.
    """
    role_at = {date.start: role for date, role in zip(dates, roles, strict=True)}
    placed: dict[int, DateMention] = {}
    before: DateMention | None = None
    for date in told:
        if _is_bare(date) and before is not None:
            moved = _in_month_of(date, before, role_at, today)
        elif _is_bare(date) and anchor is not None:
            moved = _in_anchors_month(date, anchor, today)
        else:
            moved = date
        if moved.month is not None and moved.day is not None:
            before = moved
        placed[date.start] = moved
    return tuple(replace(placed[d.start], vague=d.vague) for d in dates)


def with_days_in_brackets(text: str, dates: Sequence[DateMention]) -> tuple[DateMention, ...]:
    """去年5月交易成功（5月20日）, 具体是5月20日: the day stands in its month's place."""
    exact: dict[int, DateMention] = {}
    for month, day in pairwise(dates):
        bracketed = bool(_TOLD_MORE_CLOSELY.search(text[: day.start]))
        if bracketed and month.month_only and day.month == month.month and day.day is not None:
            exact[month.start] = replace(day, year=day.year or month.year)
    days = {day.start for day in exact.values()}
    placed = (
        replace(exact[d.start], start=d.start, end=d.end) if d.start in exact else d for d in dates
    )
    return tuple(date for date in placed if date.start not in days)


def _is_bare(date: DateMention) -> bool:
    return date.day is not None and date.month is None and not date.last_day


def _in_month_of(
    date: DateMention, before: DateMention, role_at: dict[int, str | None], today: dt.date
) -> DateMention:
    assert before.month is not None and before.day is not None and date.day is not None
    order = _order(role_at.get(date.start)) - _order(role_at.get(before.start))
    step = 0
    if order > 0 and date.day < before.day:
        step = 1
    elif order < 0 and date.day > before.day:
        step = -1
    moved = _placed(date, before.year, before.month, step)
    known = order > 0 or order < 0
    return moved if known or not _lies_ahead(moved, before, today) else date


def _lies_ahead(date: DateMention, before: DateMention, today: dt.date) -> bool:
    """今天11月5号，我28号发的: behind was told of first, so what follows is not ahead."""
    days = [resolve(mention, today, Lean.NEAR).day for mention in (before, date)]
    return days[0] is not None and days[1] is not None and days[1] > today >= days[0]


def _order(role: str | None) -> float:
    return _COURSE.index(role) if role in _COURSE else float("nan")


def _in_anchors_month(date: DateMention, anchor: dt.date, today: dt.date) -> DateMention:
    """In the month of the day before, unless that lies ahead of a case that lies behind."""
    moved = _placed(date, anchor.year, anchor.month, 0)
    day = resolve(moved, today, Lean.NEAR).day
    ahead = day is not None and day > today >= anchor
    return date if ahead else moved


def _placed(date: DateMention, year: int | None, month: int, step: int) -> DateMention:
    index = month - 1 + step
    moved = year + index // 12 if year is not None else None
    return replace(date, year=moved, month=index % 12 + 1, ambiguous=True)
