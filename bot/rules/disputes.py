"""How long a buyer may open a dispute, and whether it is accepted (小红书)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from dateutil.relativedelta import relativedelta

from bot.answers import Calculation, RuleUse
from bot.rules.checks import check_day, check_entries, check_result
from bot.rules.months import ONE_DAY
from bot.rules.ruleset import Rules

Goods = Literal["ordinary", "counterfeit", "sanbao", "durable_defect"]
GOODS: dict[Goods, str] = {
    "ordinary": "一般商品",
    "counterfeit": "涉及假冒的商品",
    "sanbao": "属于“三包”的商品",
    "durable_defect": "有质量或假冒问题的耐用商品",
}
SpecialCase = Literal[
    "authority_found_counterfeit_or_banned",
    "court_document",
    "late_with_quality_proof",
    "promised_or_agreed_term",
]
SPECIAL_CASES: dict[SpecialCase, str] = {
    "authority_found_counterfeit_or_banned": "行政机关认定的假冒商品或禁售商品",
    "court_document": "有司法机关出具的生效法律文书",
    "late_with_quality_proof": "超过时限但有凭证证实品质问题",
    "promised_or_agreed_term": "商家承诺过或双方约定了售后期限",
}
Fact = Literal[
    "past_acceptance_window",
    "order_differs_from_deal",
    "settled_then_regretted",
    "fake_transaction",
    "merchant_reclaims_goods_after_refund",
    "extra_loss_or_statutory_damages",
    "both_agree_to_negotiate",
    "taken_to_court_or_police",
]
FACTS: dict[Fact, str] = {
    "past_acceptance_window": "超过受理期限才发起维权",
    "order_differs_from_deal": "订单显示的商品与实际交易内容不一致",
    "settled_then_regretted": "协商退款已履行完又反悔",
    "fake_transaction": "虚假交易",
    "merchant_reclaims_goods_after_refund": "退款后商家要取回商品",
    "extra_loss_or_statutory_damages": "要求赔偿额外损失或法定赔偿",
    "both_agree_to_negotiate": "双方都要求中止并约定期限自行协商",
    "taken_to_court_or_police": "要提交司法机关或准备报案",
}
_REFUSALS = "disputes.refusals"
_SUSPENSIONS = "disputes.suspensions"
_LATE = "late_with_quality_proof"


def dispute_window(
    rules: Rules,
    *,
    today: dt.date,
    transaction_success: dt.date,
    goods: Sequence[Goods],
    special_case: SpecialCase | None = None,
) -> Calculation:
    """Until when a buyer may open a dispute; of several windows the longest counts."""
    check_day(rules, "transaction_success", transaction_success)
    check_day(rules, "today", today)
    check_entries(rules, "goods", goods)
    kinds = tuple(kind for kind in GOODS if kind in goods)
    deadlines = {kind: _deadline(rules, kind, transaction_success) for kind in kinds}
    longest = max(kinds, key=lambda kind: deadlines[kind])
    deadline = deadlines[longest]
    check_result(rules, "transaction_success", deadline)
    if special_case is not None:
        finding = _unlimited(rules, special_case, deadline, today)
    else:
        finding = _limited(rules, transaction_success, deadlines, longest, today)
    result, steps, assumptions, uses = finding
    return Calculation(
        tool="dispute_window",
        inputs={
            "transaction_success": transaction_success.isoformat(),
            "goods": list(kinds),
            "special_case": special_case,
            "today": today.isoformat(),
        },
        result=result,
        steps=(*(_working(rules, kind, transaction_success) for kind in kinds), *steps),
        assumptions=tuple(assumptions),
        rules=(
            *(rules.use(_window_id(kind), on=transaction_success) for kind in kinds),
            *uses,
        ),
    )


def dispute_acceptance(rules: Rules, *, today: dt.date, facts: Sequence[Fact]) -> Calculation:
    """Whether the platform takes a dispute up; the numbers are places in the article's list."""
    refusals = _named(rules, _REFUSALS, facts)
    suspensions = _named(rules, _SUSPENSIONS, facts)
    decisive = refusals or suspensions
    if refusals:
        decision, outcome = "not_accepted", "不予受理"
    elif suspensions:
        decision, outcome = "suspended", "中止处理"
    else:
        decision, outcome = "accepted", "可以受理"
    steps = [
        f"对照{rules.whole('disputes.refusal_count', on=today)}种不予受理的情况："
        f"{_numbers(rules, _REFUSALS, refusals)}。",
        f"对照{rules.whole('disputes.suspension_count', on=today)}种中止处理的情况："
        f"{_numbers(rules, _SUSPENSIONS, suspensions)}。",
        f"结论：这件争议{outcome}。",
    ]
    return Calculation(
        tool="dispute_acceptance",
        inputs={"facts": [*refusals, *suspensions]},
        result={
            "decision": decision,
            "rule_numbers": _places(rules, _REFUSALS if refusals else _SUSPENSIONS, decisive),
        },
        steps=tuple(steps),
        assumptions=tuple(_acceptance_assumptions(rules, refusals, suspensions)),
        rules=_acceptance_rules(rules, refusals, suspensions, today),
    )


_Finding = tuple[dict[str, object], list[str], list[str], list[RuleUse]]


def _limited(
    rules: Rules,
    start: dt.date,
    deadlines: dict[Goods, dt.date],
    longest: Goods,
    today: dt.date,
) -> _Finding:
    deadline = deadlines[longest]
    verdict = "期限还没有开始" if today < start else _verdict(today, deadline)
    steps = [f"{GOODS[longest]}：维权截止日是 {deadline}，{today} 这天{verdict}。"]
    assumptions = [rules.reading("disputes.first_day")]
    unwritten = [GOODS[kind] for kind in deadlines if kind != "ordinary"]
    if unwritten:
        assumptions.append(rules.reading("disputes.start", names="、".join(unwritten)))
    if len(deadlines) > 1:
        names = "、".join(GOODS[kind] for kind in deadlines)
        assumptions.append(rules.reading("disputes.several", names=names, longest=GOODS[longest]))
    elif "counterfeit" in deadlines:
        assumptions.append(rules.reading("disputes.counterfeit_kinds"))
    if longest == "durable_defect" and deadline.day != start.day:
        months = rules.whole(_window_id(longest), on=start)
        assumptions.append(
            rules.reading("disputes.month_end", start=start, months=months, deadline=deadline)
        )
    if today < start:
        assumptions.append(rules.reading("disputes.before_success", start=start, today=today))
    if abs(today - deadline) <= ONE_DAY:
        earlier = deadline - ONE_DAY
        assumptions.append(
            rules.reading(
                "disputes.near_deadline",
                today=today,
                earlier=earlier,
                verdict=_verdict(today, earlier),
            )
        )
    uses = []
    if today > deadline:
        # Somebody told "too late" has to know what lifts the limit.
        assumptions.append(rules.reading("disputes.unless_unlimited"))
        uses.append(rules.statement(f"disputes.unlimited.{_LATE}"))
    result = {
        "deadline": deadline.isoformat(),
        "in_time": today <= deadline,
        "unlimited": False,
    }
    return result, steps, assumptions, uses


def _unlimited(
    rules: Rules, special_case: SpecialCase, deadline: dt.date, today: dt.date
) -> _Finding:
    steps = [f"{SPECIAL_CASES[special_case]}：不受受理期限限制，没有截止日。"]
    uses = [rules.statement(f"disputes.unlimited.{special_case}")]
    assumptions = []
    if special_case == _LATE:
        uses.append(rules.item(_REFUSALS, "past_acceptance_window"))
        assumptions.append(
            rules.reading(
                "disputes.late_proof",
                deadline=deadline,
                today=today,
                verdict=_verdict(today, deadline),
            )
        )
    elif special_case == "authority_found_counterfeit_or_banned":
        assumptions.append(rules.reading("disputes.banned"))
    elif special_case == "promised_or_agreed_term":
        assumptions.append(rules.reading("disputes.agreed_term"))
    return {"deadline": None, "in_time": True, "unlimited": True}, steps, assumptions, uses


def _window_id(kind: Goods) -> str:
    return f"disputes.window.{kind}"


def _deadline(rules: Rules, kind: Goods, start: dt.date) -> dt.date:
    """The window's last day; its unit says whether it counts days or months."""
    length = rules.whole(_window_id(kind), on=start)
    if _unit(rules, kind) == "天":
        return start + dt.timedelta(days=length)
    return start + relativedelta(months=length)


def _unit(rules: Rules, kind: Goods) -> str:
    return rules.parameters[_window_id(kind)].unit


def _working(rules: Rules, kind: Goods, start: dt.date) -> str:
    length = rules.whole(_window_id(kind), on=start)
    deadline = _deadline(rules, kind, start)
    return f"{GOODS[kind]}：交易成功 {start} + {length}{_unit(rules, kind)} = {deadline}。"


def _verdict(today: dt.date, deadline: dt.date) -> str:
    return "还在维权时间内" if today <= deadline else "已经超过维权时间"


def _named(rules: Rules, list_id: str, facts: Sequence[Fact]) -> list[str]:
    """The facts the list names, in its order."""
    return [code for code in rules.lists[list_id].codes if code in facts]


def _places(rules: Rules, list_id: str, codes: Sequence[str]) -> list[int]:
    return [rules.number(list_id, code) for code in codes]


def _numbers(rules: Rules, list_id: str, codes: Sequence[str]) -> str:
    if not codes:
        return "没有符合的"
    return f"符合{'、'.join(f'第{place}条' for place in _places(rules, list_id, codes))}"


def _acceptance_assumptions(
    rules: Rules, refusals: Sequence[str], suspensions: Sequence[str]
) -> list[str]:
    assumptions = []
    if "past_acceptance_window" in refusals:
        assumptions.append(rules.reading("disputes.late_exception"))
    if "extra_loss_or_statutory_damages" in refusals:
        assumptions.append(rules.reading("disputes.damages_exception"))
    if refusals and suspensions:
        assumptions.append(rules.reading("disputes.refusal_first"))
    if suspensions and not refusals:
        assumptions.append(rules.reading("disputes.suspension_open"))
    if not refusals and not suspensions:
        assumptions.append(rules.reading("disputes.only_listed"))
    return assumptions


def _acceptance_rules(
    rules: Rules, refusals: Sequence[str], suspensions: Sequence[str], today: dt.date
) -> tuple[RuleUse, ...]:
    found = [rules.item(_REFUSALS, code) for code in refusals]
    found += [rules.item(_SUSPENSIONS, code) for code in suspensions]
    if "past_acceptance_window" in refusals:
        found.append(rules.statement(f"disputes.unlimited.{_LATE}"))
    if found:
        return tuple(found)
    return (
        rules.statement("disputes.either_side_may_apply"),
        rules.use("disputes.refusal_count", on=today),
        rules.use("disputes.suspension_count", on=today),
    )
