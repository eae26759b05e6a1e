"""Whether an input can be: bounds every tool shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from bot.errors import InputError
from bot.rules.numerals import plain
from bot.rules.ruleset import Rules

CENT = Decimal("0.01")


def check_day(rules: Rules, name: str, day: dt.date) -> None:
    """Raise InputError when a day lies outside the bounds that keep mistypings out."""
    first, last = rules.limits.first_day, rules.limits.last_day
    if not first <= day <= last:
        raise InputError(name, f"日期 {day} 不能用：应在 {first} 至 {last} 之间。")


def check_result(rules: Rules, name: str, day: dt.date) -> None:
    """Raise InputError when the day computed from an input lies outside the same bounds."""
    first, last = rules.limits.first_day, rules.limits.last_day
    if not first <= day <= last:
        raise InputError(name, f"算出来的日期 {day} 不能用：应在 {first} 至 {last} 之间。")


def check_amount(rules: Rules, name: str, amount: Decimal) -> None:
    """Raise InputError when an amount is no sum of money: negative, endless, split cents."""
    if not amount.is_finite():
        raise InputError(name, f"金额 {amount} 不能用：应是一个确定的数。")
    if amount.is_signed():
        raise InputError(name, f"金额 {amount} 不能用：不能是负数。")
    if amount > rules.limits.largest_amount:
        most = plain(rules.limits.largest_amount)
        raise InputError(name, f"金额 {amount} 不能用：最多 {most} 元。")
    if amount != amount.quantize(CENT):
        raise InputError(name, f"金额 {amount} 不能用：最多两位小数（到分）。")


def check_entries(rules: Rules, name: str, entries: Sequence[object]) -> None:
    """Raise InputError when a list is empty or endless."""
    most = rules.limits.most_entries
    if not entries:
        raise InputError(name, "至少要给一项。")
    if len(entries) > most:
        raise InputError(name, f"给了 {len(entries)} 项，最多 {most} 项。")
