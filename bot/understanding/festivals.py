"""Festivals whose day moves from year to year (中秋, 春节, 母亲节 …), looked up in jionlp.

jionlp is used for nothing else. Tried on merchants' wordings it reads no bare amount (1288,
￥99.9, 三千五百块), neither 11.11, 月底, 噚日 nor "Nov 1", takes 周五 for the coming one, turns
国庆节后第三天 into a day of November, and cannot tell an amount from a date or an order number;
a small grammar of our own (dates.py, amounts.py) does, and says which reading it took. The
lunar calendar it knows well; it is imported on the first such festival only (half a second to
a second, and it prints advertisements).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import time
from functools import cache
from typing import Any


@cache
def festival_day(name: str, year: int) -> dt.date | None:
    """The day of a moving festival; None where the library does not know it."""
    base = time.mktime((year, 6, 1, 0, 0, 0, 0, 0, -1))
    try:
        found = _library().parse_time(f"{year}年{name}", time_base=base)
        return dt.date.fromisoformat(found["time"][0][:10])
    except (ValueError, KeyError, IndexError, TypeError):
        return None


@cache
def _library() -> Any:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        import jionlp
    return jionlp
