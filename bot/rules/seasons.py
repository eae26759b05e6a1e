"""The peak season of cross-border selling (跨境电商)."""

from __future__ import annotations

import calendar
import datetime as dt

from dateutil.relativedelta import relativedelta

from bot.answers import Calculation, RuleUse
from bot.errors import InputError, OutsideRulesError
from bot.rules.months import ONE_DAY
from bot.rules.ruleset import Holidays, Rules

_EARLY = "peak_season.early_months"
_WEEKDAYS = "一二三四五六日"


def peak_season(rules: Rules, *, today: dt.date, year: int) -> Calculation:
    """The year's shopping days, and when its season began early.

    The shopping days are the calendar's; ``early_start`` is the article's, and None for a
    year it does not speak of.
    """
    del today
    limits = rules.limits
    if not limits.first_day.year <= year <= limits.last_day.year:
        raise InputError(
            "year",
            f"年份 {year} 不能用：应在 {limits.first_day.year} 至 {limits.last_day.year} 之间。",
        )
    thanksgiving = _thanksgiving(rules.holidays, year)
    friday = _black_friday(rules.holidays, year)
    monday = _cyber_monday(rules.holidays, year)
    early_start, steps, assumptions, uses = _early_start(rules, friday)
    return Calculation(
        tool="peak_season",
        inputs={"year": year},
        result={
            "black_friday": friday.isoformat(),
            "cyber_monday": monday.isoformat(),
            "early_start": early_start,
        },
        steps=(
            f"{year}年的感恩节是 {thanksgiving}，黑色星期五是次日 {friday}。",
            f"网络星期一是其后的星期一 {monday}。",
            *steps,
            f"{year}年的黑色星期五是 {friday}，网络星期一是 {monday}"
            + (f"，旺季提早到 {early_start} 开始。" if early_start else "。"),
        ),
        assumptions=(
            *assumptions,
            rules.reading(
                "peak_season.calendar",
                month=rules.holidays.month,
                occurrence=rules.holidays.occurrence,
                weekday=_WEEKDAYS[rules.holidays.weekday - 1],
            ),
        ),
        rules=(*uses, rules.statement("peak_season.of_2021")),
    )


def _early_start(
    rules: Rules, friday: dt.date
) -> tuple[str | None, list[str], list[str], list[RuleUse]]:
    """The day, its working, how it was read, and the rule; no day outside the data."""
    try:
        months = rules.whole(_EARLY, on=friday)
    except OutsideRulesError:
        known = rules.known_days(_EARLY)
        return None, [], [rules.reading("peak_season.no_data", known=known, year=friday.year)], []
    early_start = friday - relativedelta(months=months)
    return (
        early_start.isoformat(),
        [f"旺季早{months}个月开始：{friday} 往前{months}个月 = {early_start}。"],
        [
            rules.reading("peak_season.year", year=friday.year),
            rules.reading("peak_season.month_before"),
        ],
        [rules.use(_EARLY, on=friday)],
    )


def _black_friday(holidays: Holidays, year: int) -> dt.date:
    return _thanksgiving(holidays, year) + dt.timedelta(days=holidays.black_friday_days_after)


def _cyber_monday(holidays: Holidays, year: int) -> dt.date:
    day = _black_friday(holidays, year)
    while day.isoweekday() != holidays.cyber_monday_weekday:
        day += ONE_DAY
    return day


def _thanksgiving(holidays: Holidays, year: int) -> dt.date:
    days = calendar.Calendar().itermonthdates(year, holidays.month)
    fitting = [
        day for day in days if day.month == holidays.month and day.isoweekday() == holidays.weekday
    ]
    return fitting[holidays.occurrence - 1]
