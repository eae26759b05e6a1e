"""When an order is confirmed and settled (小红书)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from bot.answers import Calculation, RuleUse
from bot.errors import InputError
from bot.rules.checks import check_day, check_result
from bot.rules.months import ONE_DAY, last_day, month_of, near_month_end
from bot.rules.ruleset import Rules

Origin = Literal["domestic", "overseas"]
ORIGINS: dict[Origin, str] = {"domestic": "境内", "overseas": "境外"}
_TARGET_MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class _Wait:
    """Days from shipping to the automatic confirmation, and the rules they come from."""

    base: int
    extension: int
    uses: tuple[RuleUse, ...]

    @property
    def days(self) -> dt.timedelta:
        return dt.timedelta(days=self.base + self.extension)


def auto_confirm_receipt(
    rules: Rules,
    *,
    today: dt.date,
    ship_confirmed: dt.date,
    origin: Origin,
    extended: bool = False,
    refund_requested: bool = False,
) -> Calculation:
    """The day an order is confirmed automatically, and the month it is settled in."""
    check_day(rules, "ship_confirmed", ship_confirmed)
    inputs = {
        "ship_confirmed": ship_confirmed.isoformat(),
        "origin": origin,
        "extended": extended,
        "refund_requested": refund_requested,
    }
    wait = _wait(rules, origin, extended, ship_confirmed)
    if refund_requested:
        return _stopped_by_refund(rules, inputs, origin, wait)
    base_day = ship_confirmed + dt.timedelta(days=wait.base)
    confirmed = ship_confirmed + wait.days
    check_result(rules, "ship_confirmed", confirmed)
    steps = [f"{ORIGINS[origin]}发货：确认发货 {ship_confirmed} + {wait.base}天 = {base_day}。"]
    assumptions = [rules.reading("settlement.days_counted")]
    if extended:
        steps.append(f"消费者延长收货一次：{base_day} + {wait.extension}天 = {confirmed}。")
        assumptions.append(rules.reading("settlement.extension_once", days=wait.base))
        assumptions.append(rules.reading("settlement.extended_waits"))
    if ship_confirmed <= today < confirmed:
        steps.append(f"从 {today} 到 {confirmed}，还要等{(confirmed - today).days}天。")
    steps.append(
        f"{ORIGINS[origin]} {ship_confirmed} 发货{'、延长收货' if extended else ''}的，"
        f"自动确认收货日 {confirmed}，归入 {month_of(confirmed)} 的结算周期。"
    )
    if near_month_end(confirmed):
        assumptions.append(_near_month_end(rules, "settlement.near_month_end", confirmed))
    return Calculation(
        tool="auto_confirm_receipt",
        inputs=inputs,
        result={
            "auto_confirm_date": confirmed.isoformat(),
            "settlement_month": month_of(confirmed),
        },
        steps=tuple(steps),
        assumptions=tuple(assumptions),
        rules=(
            *wait.uses,
            rules.statement("settlement.by_confirmation"),
            rules.use("settlement.period", on=confirmed),
            *((rules.statement("settlement.completed"),) if extended else ()),
        ),
    )


def latest_ship_date(
    rules: Rules,
    *,
    today: dt.date,
    target: str,
    origin: Origin,
    extended: bool = False,
) -> Calculation:
    """The last day to ship for a confirmation day (``YYYY-MM-DD``) or settlement month."""
    del today
    goal = _goal(rules, target)
    wait = _wait(rules, origin, extended, goal)
    shipped = goal - wait.days
    check_result(rules, "target", shipped)
    steps = []
    assumptions = [rules.reading("settlement.days_counted")]
    if target != goal.isoformat():
        steps.append(f"要在 {target} 结算，最晚在这个月的最后一天 {goal} 自动确认收货。")
    total = f"{wait.base}天"
    if extended:
        total = f"（{wait.base} + {wait.extension}）天"
        assumptions.append(rules.reading("settlement.extension_once", days=wait.base))
        assumptions.append(rules.reading("settlement.extended_waits"))
    steps.append(f"{ORIGINS[origin]}发货，往前数：{goal} - {total} = {shipped}。")
    steps.append(
        f"{ORIGINS[origin]}发货，最晚在 {shipped} 确认发货；"
        f"晚一天发货，自动确认收货日就是 {goal + ONE_DAY}。"
    )
    if near_month_end(goal):
        assumptions.append(
            rules.reading(
                "settlement.shipping_near_month_end",
                day=goal,
                earlier=shipped - ONE_DAY,
                later=shipped + ONE_DAY,
            )
        )
    return Calculation(
        tool="latest_ship_date",
        inputs={"target": target, "origin": origin, "extended": extended},
        result={"latest_ship_date": shipped.isoformat()},
        steps=tuple(steps),
        assumptions=tuple(assumptions),
        rules=(
            *wait.uses,
            rules.statement("settlement.by_confirmation"),
            rules.use("settlement.period", on=goal),
            *((rules.statement("settlement.completed"),) if extended else ()),
        ),
    )


def settlement_month(
    rules: Rules, *, today: dt.date, confirmed_receipt: dt.date, order_completed: bool
) -> Calculation:
    """The month an order is settled in; none before the order is completed."""
    del today
    check_day(rules, "confirmed_receipt", confirmed_receipt)
    month = month_of(confirmed_receipt)
    steps = [f"确认收货日 {confirmed_receipt}，归入 {month} 的结算周期。"]
    if order_completed:
        steps.append(f"订单状态已是“已完成”，在 {month} 结算。")
    else:
        steps.append("订单状态还不是“已完成”，暂时不结算。")
    assumptions = [
        rules.reading("settlement.month_by_confirmation"),
        rules.reading("settlement.completed_all_orders"),
    ]
    if near_month_end(confirmed_receipt):
        assumptions.append(
            _near_month_end(rules, "settlement.confirmed_near_month_end", confirmed_receipt)
        )
    return Calculation(
        tool="settlement_month",
        inputs={
            "confirmed_receipt": confirmed_receipt.isoformat(),
            "order_completed": order_completed,
        },
        result={
            "confirm_date": confirmed_receipt.isoformat(),
            "settlement_month": month if order_completed else None,
        },
        steps=tuple(steps),
        assumptions=tuple(assumptions),
        rules=(
            rules.statement("settlement.by_confirmation"),
            rules.use("settlement.period", on=confirmed_receipt),
            rules.statement("settlement.completed"),
        ),
    )


def _wait(rules: Rules, origin: Origin, extended: bool, day: dt.date) -> _Wait:
    base_id = f"settlement.auto_confirm_days.{origin}"
    extension_id = "settlement.extension_days"
    if not extended:
        return _Wait(rules.whole(base_id, on=day), 0, (rules.use(base_id, on=day),))
    return _Wait(
        rules.whole(base_id, on=day),
        rules.whole(extension_id, on=day),
        (rules.use(base_id, on=day), rules.use(extension_id, on=day)),
    )


def _stopped_by_refund(
    rules: Rules, inputs: dict[str, object], origin: Origin, wait: _Wait
) -> Calculation:
    assumptions = [rules.reading("settlement.refund_open")]
    conditions = [rules.statement("settlement.refund_condition")]
    if origin == "overseas":
        assumptions.append(rules.reading("settlement.refund_overseas"))
        conditions.append(rules.statement("settlement.refund_condition_overseas"))
    return Calculation(
        tool="auto_confirm_receipt",
        inputs=inputs,
        result={"auto_confirm_date": None, "settlement_month": None},
        steps=(
            f"{ORIGINS[origin]}发货的订单，没有申请退款的，{wait.base}天后自动确认收货。",
            "这笔订单申请了退款，不会自动确认收货，算不出自动确认收货日和结算月。",
        ),
        assumptions=tuple(assumptions),
        rules=(*wait.uses, *conditions),
    )


def _near_month_end(rules: Rules, reading_id: str, day: dt.date) -> str:
    earlier, later = day - ONE_DAY, day + ONE_DAY
    if month_of(earlier) == month_of(later):
        turn = rules.reading("settlement.month_stays", month=month_of(day))
    else:
        turn = rules.reading("settlement.month_turns")
    return rules.reading(
        reading_id,
        day=day,
        turn=turn,
        earlier=earlier,
        earlier_month=month_of(earlier),
        later=later,
        later_month=month_of(later),
    )


def _goal(rules: Rules, target: str) -> dt.date:
    """The day itself, or the last day of the month."""
    month = _TARGET_MONTH.fullmatch(target)
    try:
        goal = last_day(int(month[1]), int(month[2])) if month else dt.date.fromisoformat(target)
    except ValueError as exc:
        raise InputError(
            "target",
            f"目标 {target!r} 不能用：应是存在的日期（如 2021-11-30）或月份（如 2021-11）。",
        ) from exc
    check_day(rules, "target", goal)
    return goal
