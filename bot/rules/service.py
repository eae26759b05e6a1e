"""A merchant's own customer service: applying, assessed hours, monthly review (小红书)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.answers import Calculation
from bot.errors import InputError
from bot.rules.checks import check_day, check_entries, check_result
from bot.rules.months import ONE_DAY
from bot.rules.ruleset import Rules

_WINDOW = "service.closing_free_days"
_FROM, _TO = "service.assessed_from", "service.assessed_to"
_LIMIT = "service.failed_months"


def self_service_eligibility(rules: Rules, *, today: dt.date, last_closed: dt.date) -> Calculation:
    """Whether the last closing still stands in the way of applying on the day ``today``."""
    check_day(rules, "last_closed", last_closed)
    check_day(rules, "today", today)
    if last_closed > today:
        raise InputError(
            "last_closed", f"关闭日期 {last_closed} 晚于 {today} 这天，那时还没有关闭，算不了。"
        )
    days = rules.whole(_WINDOW, on=today)
    since = (today - last_closed).days
    window_end = last_closed + dt.timedelta(days=days)
    earliest = window_end + ONE_DAY
    check_result(rules, "last_closed", earliest)
    eligible = today >= earliest
    verdict = "可以申请" if eligible else "还不能申请"
    wait = "" if eligible else f"，还要等{(earliest - today).days}天"
    assumptions = [
        rules.reading("service.window_counted", days=days),
        rules.reading("service.closed_on"),
    ]
    if abs(today - window_end) <= ONE_DAY:
        other = "可以申请" if today >= window_end else "还不能申请"
        assumptions.append(
            rules.reading(
                "service.near_window",
                today=today,
                since=since,
                days=days,
                earlier=window_end,
                verdict=other,
            )
        )
    assumptions += [rules.reading("service.other_conditions"), rules.reading("service.chart")]
    return Calculation(
        tool="self_service_eligibility",
        inputs={"last_closed": last_closed.isoformat(), "today": today.isoformat()},
        result={
            "eligible": eligible,
            "days_since_close": since,
            "earliest_apply_date": earliest.isoformat(),
        },
        steps=(
            f"关闭日 {last_closed} 到 {today}，过了{since}天。",
            f"{last_closed} + {days}天 = {window_end}，到这天为止不能申请。",
            f"从 {earliest} 起可以申请，{today} 这天{verdict}{wait}。",
        ),
        assumptions=tuple(assumptions),
        rules=(
            rules.use(_WINDOW, on=today),
            rules.item("service.conditions", "agreement"),
            rules.item("service.conditions", "staff"),
            rules.statement("service.chart_missing"),
        ),
    )


def service_hours(rules: Rules, *, today: dt.date, times: Sequence[dt.time]) -> Calculation:
    """Whether each time of day lies in the hours the platform assesses, edges included."""
    check_entries(rules, "times", times)
    start, end = rules.whole(_FROM, on=today), rules.whole(_TO, on=today)
    first, last = dt.time(start), dt.time(end)
    inside = {_clock(time): first <= time <= last for time in times}
    edges = [clock for clock in inside if clock in (_clock(first), _clock(last))]
    assumptions = [rules.reading("service.edges", start=start, end=end)]
    if edges:
        assumptions.append(rules.reading("service.edge_hit", times="、".join(edges)))
    assumptions.append(rules.reading("service.no_compulsion"))
    return Calculation(
        tool="service_hours",
        inputs={"times": [_clock(time) for time in times]},
        result={"in_assessed_hours": inside if len(times) > 1 else inside[_clock(times[0])]},
        steps=(
            f"考核时段是每天{start}点到{end}点，即 {_clock(first)} 至 {_clock(last)}。",
            "，".join(
                f"{clock} {'在' if assessed else '不在'}考核时段内"
                for clock, assessed in inside.items()
            )
            + "。",
        ),
        assumptions=tuple(assumptions),
        rules=(
            rules.use(_FROM, on=today),
            rules.use(_TO, on=today),
            rules.statement("service.no_compulsory_hours"),
        ),
    )


def service_review(rules: Rules, *, today: dt.date, months: Sequence[bool]) -> Calculation:
    """Whether failed months in a row close the permission; ``months`` are passes, oldest first.

    ``closed_after_month`` counts the given months from 1.
    """
    check_entries(rules, "months", months)
    limit = rules.whole(_LIMIT, on=today)
    closed_after = None
    streak = 0
    steps = []
    for place, passed in enumerate(months, start=1):
        if passed:
            steps.append(f"第{place}个月达标{'，连续不达标的月数归零' if streak else ''}。")
            streak = 0
            continue
        streak += 1
        steps.append(f"第{place}个月不达标，连续不达标{streak}个月。")
        if streak == limit:
            closed_after = place
            steps.append(f"连续{limit}个月不达标，权限在第{place}个月之后被关闭。")
            break
    assumptions = [rules.reading("service.other_causes")]
    if closed_after is None:
        warning = "；下个月再不达标，权限就会被关闭" if streak == limit - 1 else ""
        steps.append(f"没有连续{limit}个月不达标，权限不会因此关闭{warning}。")
    elif closed_after < len(months):
        assumptions.append(rules.reading("service.after_closing", month=closed_after))
    return Calculation(
        tool="service_review",
        inputs={"months": ["pass" if passed else "fail" for passed in months]},
        result={
            "permission_closed": closed_after is not None,
            "closed_after_month": closed_after,
        },
        steps=tuple(steps),
        assumptions=tuple(assumptions),
        rules=(rules.use(_LIMIT, on=today), rules.statement("service.monthly_review")),
    )


def _clock(time: dt.time) -> str:
    return time.isoformat(timespec="minutes")
