"""The days of a calculation in their order, for the picture above its result."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import Calculation
from page.labels import input_titles, result_title
from page.words import Words

_MONTH = re.compile(r"\d{4}-\d{2}")
_FEWEST = 2


@dataclass(frozen=True)
class Moment:
    """A day or month with what happens then; ``days`` passed since the moment before.

    ``given`` says that it was filled in, not worked out; ``days`` is None from or to a month.
    """

    when: str
    titles: tuple[str, ...]
    given: bool
    days: int | None = None


def timeline(calculations: Sequence[Calculation], words: Words) -> tuple[Moment, ...]:
    """All days and months of the calculations, each once; empty when there is no course."""
    titles: dict[str, dict[str, bool]] = {}
    for calculation in calculations:
        for when, title, given in _moments(calculation, words):
            titles.setdefault(when, {}).setdefault(title, given)
    if len(titles) < _FEWEST:
        return ()
    ordered = sorted(titles, key=lambda when: _place(when, titles))
    before = [None, *ordered]
    return tuple(
        Moment(when, tuple(titles[when]), any(titles[when].values()), _days(earlier, when))
        for earlier, when in zip(before, ordered, strict=False)
    )


def _moments(calculation: Calculation, words: Words) -> Iterator[tuple[str, str, bool]]:
    named = input_titles(calculation.tool)
    for when, name in _dated(calculation.inputs):
        yield when, words.term(named.get(name, name)), True
    for when, name in _dated(calculation.result):
        yield when, result_title(name, words), False


def _dated(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, str) and (_MONTH.fullmatch(value) or _day(value)):
            yield value, name


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _place(when: str, others: Iterable[str]) -> tuple[dt.date, bool]:
    """Where a moment stands: a month after its first day that is one too, else at its end."""
    if day := _day(when):
        return day, False
    year, month = map(int, when.split("-"))
    end = dt.date(year, month, calendar.monthrange(year, month)[1])
    within = [day for other in others if (day := _day(other)) and other.startswith(when)]
    return min(within, default=end), True


def _days(earlier: str | None, when: str) -> int | None:
    first, second = _day(earlier or ""), _day(when)
    return (second - first).days if first and second else None
