"""Which tools a message asks for, by the alternatives listed in ``vocabulary.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.understanding.amount_roles import with_role
from bot.understanding.disputes import denied_facts, goods, said_facts
from bot.understanding.elapsed import elapsed_since
from bot.understanding.messages import Message, blank, clause_around, pieces_of
from bot.understanding.negation import affirmed
from bot.understanding.orders import label
from bot.understanding.residue import residue
from bot.understanding.slots import TOOLS
from bot.understanding.stores import category, is_unlisted, known_category, seller_type
from bot.understanding.vocabulary import ToolWords


def asked_tools(message: Message) -> tuple[str, ...]:
    """The tools a message asks for by its own words, in the order they are usually chained."""
    tools = message.words.tools
    return tuple(name for name in TOOLS if _is_asked(message, tools[name]))


def opens_case(tool: str, message: Message) -> bool:
    """Whether the wording speaks of a case although a key input is not said."""
    return _any_of(message, message.words.tools[tool].case)


def is_left_open(tool: str, message: Message) -> bool:
    """Whether the message asks what the articles leave open, or another tool answers."""
    return any(_holds(message, token) for token in message.words.tools[tool].unless)


def may_be_left_open(message: Message) -> bool:
    """Whether a message holds what leaves a case of some tool open."""
    tools = message.words.tools.values()
    return any(_holds(message, token) for words in tools for token in words.left_open)


def question_left_open(message: Message, spoken_of: Sequence[str] = ()) -> str | None:
    """What to ask of the articles instead of computing a case that they leave open.

    客户付了1000，退了200，渠道费多少: facts are told, and what becomes of the fee is not written.
    So are those of a case of the tools ``spoken_of``: 退了200呢.
    """
    facts = bool(message.amounts) or any(not day.is_now for day in message.days)
    facts = facts or message.has("past")
    for name in TOOLS:
        words = message.words.tools[name]
        asked = facts and _any_of(message, words.asks)
        if asked or name in spoken_of:
            for token, ask in words.left_open.items():
                if _holds(message, token):
                    return ask
    return None


def _is_asked(message: Message, words: ToolWords) -> bool:
    return _any_of(message, words.asks) and not any(
        _holds(message, token) for token in words.unless
    )


def _any_of(message: Message, alternatives: tuple[tuple[str, ...], ...]) -> bool:
    return any(all(_holds(message, token) for token in tokens) for tokens in alternatives)


def _holds(message: Message, token: str) -> bool:
    """One token: ``-x`` negates, ``event:``/``asked:``/``role:``/``has:`` look at mentions."""
    if token.startswith("-"):
        return not _holds(message, token[1:])
    kind, _, name = token.rpartition(":")
    if kind == "event":
        return any(event.name == name for event in message.events)
    if kind == "asked":
        return any(event.name == name and event.asked for event in message.events)
    if kind == "role":
        return bool(message.dates_of(name))
    if kind == "elapsed":
        return elapsed_since(message, (name,)) is not None
    if kind == "has":
        return _MENTIONS[name](message)
    if name in _DERIVED:
        return _DERIVED[name](message)
    return message.has(name)


_LATE = "past_acceptance_window"
_MENTIONS: Mapping[str, Callable[[Message], bool]] = {
    "amount": lambda message: bool(message.amounts),
    "date": lambda message: any(not day.is_now for day in message.days),
    "month": lambda message: bool(message.dates),
    "time": lambda message: bool(message.times),
    "month_result": lambda message: message.month_results is not None,
    "fact": lambda message: bool(said_facts(message)),
    "denied_fact": lambda message: bool(denied_facts(message)),
    "seller": lambda message: seller_type(message) is not None,
    "seller_individual": lambda message: seller_type(message) == "individual_business",
    "category": lambda message: known_category(message) is not None,
    "goods": lambda message: category(message) is not None,
    "unlisted_goods": is_unlisted,
    "kind_of_goods": lambda message: bool(goods(message)),
}


def _fee_given(message: Message) -> bool:
    return bool(with_role(message, "fee"))


def _charges_mixed(message: Message) -> bool:
    """渠道费和物流费一共扣了20块: what of it is the channel fee is not said."""
    return message.has("other_charges") and not _fee_given(message)


def _inverse_asked(message: Message) -> bool:
    payments = with_role(message, "paid", "price")
    return _is_asked(message, message.words.tools["payment_from_fee"]) and not payments


def _net_given(message: Message) -> bool:
    """想到手1000要卖多少: no tool works back from what is left."""
    return bool(with_role(message, "net")) and not with_role(message, "paid", "price", None)


def _why_only(message: Message) -> bool:
    """手续费为什么是0.7: a reason is asked for, and nothing is said to be paid."""
    return message.has("asks_why") and not with_role(message, "paid", "price")


def _paid_asked(message: Message) -> bool:
    """还有一笔是5.6元，客户付了多少: what was paid is asked for, the amount is no payment."""
    told = with_role(message, "paid", "price")
    of_fee = message.has("fee_asked") or message.has("net")
    asks = message.has("asks_paid") and not message.has("paid_unknown")
    return asks and bool(message.amounts) and not told and not of_fee


def _charges_only(message: Message) -> bool:
    paid = with_role(message, "paid")
    if paid and with_role(message, "freight"):
        # 还付了15运费，一共付了135，那是多少: the freight is told, not asked about.
        return False
    asked = message.has("asks_something") or not paid
    of_fee = message.has("fee") or message.has("net")
    of_fee = of_fee or message.has("freight_on_top") or message.has("freight_inside")
    return asked and message.has("other_charges") and not of_fee


def _commission_only(message: Message) -> bool:
    """除渠道费外还有佣金，佣金几个点: the fee that is only set aside is not asked for."""
    aside = list(message.words.spans("except_that", message.text))
    asks_fee = message.words.has("fee", blank(message.text, aside))
    return message.has("commission") and not asks_fee


def _payout_only(message: Message) -> bool:
    """财务催回款，想进1月的结算: once a settlement is named, that is what is asked about."""
    clauses = [
        clause_around(message.text, date.start, date.end)
        for date in message.dates_of("settled", "auto_confirm")
    ]
    return message.has("payout") and all(message.words.has("payout", c) for c in clauses)


def _payout_asked(message: Message) -> bool:
    """钱几号到账, and not 还没到账，当时应该几号自动确认的: of which the receipt is asked for."""
    return message.has("payout") and not _receipt_asked(message)


def _receipt_asked(message: Message) -> bool:
    return any(event.name == "auto_confirm" and event.asked for event in message.events)


def _auto_confirm_day(message: Message) -> bool:
    """2月28日自动确认: a day, not the months it is asked about (自动收货算10月还是11月)."""
    return any(not date.month_only for date in message.dates_of("auto_confirm"))


def _settlement_asked(message: Message) -> bool:
    return _is_asked(message, message.words.tools["settlement_month"])


def _ship_asked(message: Message) -> bool:
    return _is_asked(message, message.words.tools["latest_ship_date"])


def _warned_only(message: Message) -> bool:
    """平台给我发告警了: another ground to be closed on, and no result of a month."""
    warned = any(event.name == "warned" for event in message.events)
    return warned and message.month_results is None


def _reapply_asked(message: Message) -> bool:
    """12月关了自主客服，几号忘了，现在能申请吗: of the day of closing, and no month's result."""
    told = message.month_results
    return _is_asked(message, message.words.tools["self_service_eligibility"]) and (
        told is not None and set(told.results) == {"unknown"}
    )


def _closing_told(message: Message) -> bool:
    """7月20号被关，申诉没通过，今天能申请吗: a day it was closed on and nothing of a review."""
    reapplies = message.has("reapply") and not message.has("assessed")
    return reapplies and any(not day.month_only for day in message.dates_of("closed"))


def _hours_asked(message: Message) -> bool:
    """那个咨询在客服考核时段里吗: a case whose time is not said."""
    told = message.has("own_case") or message.has("that_time")
    # 这单没计入结算，是什么原因: of no time.
    settled = any(event.name == "settled" for event in message.events)
    asks = message.has("hours_context") and message.has("hours_question")
    return told and asks and not settled


def _window_asked(message: Message) -> bool:
    """The time limit decides: nothing but being late is said of the case."""
    window = _is_asked(message, message.words.tools["dispute_window"]) and bool(message.days)
    return window and not set(said_facts(message)) - {_LATE}


def _success_is_receipt(message: Message) -> bool:
    """自动收货那天就算交易成功，维权到几号: of the receipt only its day is told."""
    told = message.has("success_at_receipt") and message.has("dispute")
    return told and not _receipt_asked(message)


def _acceptance_asked(message: Message) -> bool:
    return message.has("acceptance") and bool(said_facts(message))


def _topic_only(message: Message) -> bool:
    """明年的黑五: nothing but a shopping day and a year is said."""
    left = "".join(residue(message, [message.words.tools["peak_season"]]))
    for year in message.words.relative_years:
        left = left.replace(year, "")
    return not left.strip("0123456789年")


def _review_months(message: Message) -> bool:
    told = message.month_results
    named = told is not None and set(told.results) != {"unknown"} and message.has("review")
    # 1月5日交易成功，检测说含绒量不合格: of goods.
    return named and not _closing_told(message) and not message.dates_of("success")


def _months_named(message: Message) -> bool:
    """Results told month by month, rather than 连续两个月不达标 as the rule has it."""
    told = message.month_results
    return told is not None and (told.named or len(set(told.results)) > 1)


def _span_of_rule(message: Message) -> bool:
    """连着几个月不达标会关: how many months is what is asked."""
    told = _months_named(message) or message.has("compute")
    return message.has("asks_span") and not told


def _refund_unless_negated(message: Message) -> bool:
    """398那单退了，别算: an order that was refunded and does not count leaves nothing open."""
    told = bool(message.amounts) or message.has("one_of_them")
    taken_out = message.has("takes_out") and told
    return affirmed(message, "refund") is True and not taken_out and not _refund_of_other(message)


def _refund_of_other(message: Message) -> bool:
    """第一单客户退了，第二单渠道费多少: an order that was refunded, beside the one asked about."""
    pieces = pieces_of(message.text)
    refunded = [label(piece) for piece in pieces if message.words.has("refund", piece)]
    asked = [label(piece) for piece in pieces if message.words.has("asks_amount", piece)]
    named = all(refunded) and all(asked) and bool(asked)
    return named and not set(refunded) & set(asked)


_DERIVED: Mapping[str, Callable[[Message], bool]] = {
    "fee_given": _fee_given,
    "inverse_asked": _inverse_asked,
    "net_given": _net_given,
    "charges_only": _charges_only,
    "paid_asked": _paid_asked,
    "why_only": _why_only,
    "charges_mixed": _charges_mixed,
    "commission_only": _commission_only,
    "auto_confirm_day": _auto_confirm_day,
    "settlement_asked": _settlement_asked,
    "payout_only": _payout_only,
    "payout_asked": _payout_asked,
    "ship_asked": _ship_asked,
    "reapply_asked": _reapply_asked,
    "closing_told": _closing_told,
    "hours_asked": _hours_asked,
    "warned_only": _warned_only,
    "window_asked": _window_asked,
    "acceptance_asked": _acceptance_asked,
    "success_is_receipt": _success_is_receipt,
    "review_months": _review_months,
    "months_named": _months_named,
    "span_of_rule": _span_of_rule,
    "topic_only": _topic_only,
    "refund_unless_negated": _refund_unless_negated,
}
