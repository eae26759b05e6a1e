"""Values of inputs as a message holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Value:
    """One value of an input, or the ``ask`` to put because what is said does not do.

    ``ask`` names a question of the vocabulary; an empty one is the input's usual question.
    """

    value: Any = None
    readings: tuple[str, ...] = ()
    problem: str | None = None
    ask: str | None = None
    details: tuple[tuple[str, str], ...] = ()
    by_month: tuple[tuple[int, str], ...] = ()  # months since year 0, with what is said of each
    assumed: bool = field(default=False, compare=False)  # not said: what is told elsewhere counts
    # Amounts told before it, of orders or months of their own (596, then 188的呢), with the words
    # they were told in.
    others: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    clause: str = field(default="", compare=False)  # where it was told: 发苏州那单11月3号发
    # Where each of several payments was told: 成都那单495, 绵阳218.
    clauses: tuple[str, ...] = field(default=(), compare=False)


Slots = dict[str, tuple[Value, ...]]

AS_OF = "as_of"


def merged_months(before: Value, added: Value) -> Value:
    """Results of both, month by month; the later word on a month counts."""
    if not (before.by_month and added.by_month):
        return added
    last, first = before.by_month[-1][0], added.by_month[0][0]
    later = month_after(last, first) - first
    return month_results(
        dict(before.by_month) | {month + later: result for month, result in added.by_month}
    )


def month_after(before: int, month: int) -> int:
    """A month told after another, both since year 0: where it is the next one of the calendar,
    of that year. 12月, told in November after 11月, is this year's."""
    return before + 1 if (before + 1 - month) % 12 == 0 else month


def month_results(by_month: Mapping[int, str]) -> Value:
    """Results in order, or the question for the first month that was left out between them."""
    months = sorted(by_month)
    told = tuple((month, by_month[month]) for month in months)
    gap = next((m for m in range(months[0], months[-1]) if m not in by_month), None)
    if gap is not None:
        name = f"{(gap - 1) % 12 + 1}月"
        return Value(ask="months_gap", details=(("month", name),), by_month=told)
    return Value([result for _, result in told], by_month=told)
