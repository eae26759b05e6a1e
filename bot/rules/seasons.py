"""The peak season of cross-border selling (跨境电商)."""

from __future__ import annotations

import datetime as dt

from dateutil.relativedelta import relativedelta, weekday

from bot.answers import Calculation
from bot.errors import InputError
from bot.rules.ruleset import Holidays, Rules

_EARLY = "peak_season.early_months"
_WEEKDAYS = "一二三四五六日"


def peak_season(rules: Rules, *, today: dt.date, year: int) -> Calculation:
    """The year's shopping days, and when its season began early.

    Raise OutsideRulesError for a year the article does not speak of.
    """
    del today
    limits = rules.limits
    if not limits.first_day.year <= year <= limits.last_day.year:
        raise InputError(
            "year",
            f"年份 {year} 不能用：应在 {limits.first_day.year} 至 {limits.last_day.year} 之间。",
        )
    friday = black_friday(rules.holidays, year)
    monday = cyber_monday(rules.holidays, year)
    months = rules.whole(_EARLY, on=friday)
    early_start = friday - relativedelta(months=months)
    thanksgiving = _thanksgiving(rules.holidays, year)
    return Calculation(
        tool="peak_season",
        inputs={"year": year},
        result={
            "black_friday": friday.isoformat(),
            "cyber_monday": monday.isoformat(),
            "early_start": early_start.isoformat(),
        },
        steps=(
            f"{year}年的感恩节是 {thanksgiving}，黑色星期五是次日 {friday}。",
            f"网络星期一是其后的星期一 {monday}。",
            f"旺季早{months}个月开始：{friday} 往前{months}个月 = {early_start}。",
        ),
        assumptions=(
            rules.reading("peak_season.year", year=year),
            rules.reading("peak_season.month_before"),
            rules.reading(
                "peak_season.calendar",
                month=rules.holidays.month,
                occurrence=rules.holidays.occurrence,
                weekday=_WEEKDAYS[rules.holidays.weekday - 1],
            ),
        ),
        rules=(rules.use(_EARLY, on=friday), rules.statement("peak_season.of_2021")),
    )


def black_friday(holidays: Holidays, year: int) -> dt.date:
    """The day after Thanksgiving."""
    return _thanksgiving(holidays, year) + dt.timedelta(days=holidays.black_friday_days_after)


def cyber_monday(holidays: Holidays, year: int) -> dt.date:
    """The first Monday after Black Friday."""
    monday = weekday(holidays.cyber_monday_weekday - 1)
    return black_friday(holidays, year) + relativedelta(weekday=monday(1))


def _thanksgiving(holidays: Holidays, year: int) -> dt.date:
    thursday = weekday(holidays.weekday - 1)
    return dt.date(year, holidays.month, 1) + relativedelta(weekday=thursday(holidays.occurrence))
