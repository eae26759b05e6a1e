"""Calendar months, as settlement and windows count them."""

from __future__ import annotations

import calendar
import datetime as dt

ONE_DAY = dt.timedelta(days=1)


def month_of(day: dt.date) -> str:
    """The month of a day, ``YYYY-MM``."""
    return day.isoformat()[: len("YYYY-MM")]


def last_day(year: int, month: int) -> dt.date:
    """The last day of a month."""
    _, days = calendar.monthrange(year, month)
    return dt.date(year, month, days)


def near_month_end(day: dt.date) -> bool:
    """Whether a day is at most one day from the last day of a month."""
    return any(
        (neighbour + ONE_DAY).month != neighbour.month
        for neighbour in (day - ONE_DAY, day, day + ONE_DAY)
    )
