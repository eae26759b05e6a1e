"""What each amount of a message is: paid, a fee, a price, freight, a discount, a cost."""

from __future__ import annotations

from collections.abc import Sequence

from bot.text import is_english
from bot.understanding.amounts import AmountMention
from bot.understanding.messages import Message, clause_around

_ASKS_FEE = ("asks_amount", "fee_asked", "compute", "each_apart")
_BEFORE = 12
_BEFORE_ENGLISH = 30
_AFTER = 24
_AFTER_ENGLISH = 40
# The first label that fits counts: a fee is looked for before the amount it is taken from.
_LABELS_BEFORE = (
    ("restated", "restated_before"),
    ("part", "part_before"),
    ("cost", "cost_before"),
    ("freight", "freight_before"),
    ("discount", "discount_before"),
    ("net", "net_before"),
    ("fee", "fee_label_before"),
    ("list_price", "list_price_before"),
    ("paid", "paid_label_before"),
    ("price", "price_before"),
    ("claimed", "claimed_before"),
)
_LABELS_AFTER = (
    ("list_price", "list_price_after"),
    ("discount", "discount_after"),
    ("cost", "cost_after"),
    ("paid", "paid_after"),
)


def amount_roles(message: Message) -> tuple[str | None, ...]:
    """A role for each of the message's amounts; None where nothing says what it is."""
    return tuple(
        _role(message, amount, message.amounts[:index])
        for index, amount in enumerate(message.amounts)
    )


def _role(message: Message, amount: AmountMention, earlier: Sequence[AmountMention]) -> str | None:
    words = message.words
    english = is_english(message.text)
    window = _BEFORE_ENGLISH if english else _BEFORE
    low = max([amount.start - window, 0, *(other.end for other in earlier)])
    # 渠道费不是6.3，是3.64: what is said not to be it stands between a label and its amount.
    before = words.concepts["denied_clause"].sub("", message.text[low : amount.start])
    reach = _AFTER_ENGLISH if english else _AFTER
    after = message.text[amount.end : amount.end + reach]
    if earlier and words.has("claim_before", before) and words.has("claim_after", after):
        return "claimed"
    if words.has("own_result_before", before):
        return "claimed"
    if words.has("freight_after", after):
        return "freight"
    said_again = words.has("fee_of_it_after", after) and not words.has("another_order", before)
    if said_again and _repeats(amount, earlier):
        return "restated"
    if words.has("unpaid_after", after):
        return "unpaid"
    for role, concept in _LABELS_BEFORE:
        if words.has(concept, before) and _means(role, message, amount, earlier, before):
            return role
    asked_back = message.has("asks_paid") or message.has("reverse")
    if words.has("fee_label_after", after) and (
        asked_back or words.has("fee_taken_before", before)
    ):
        return "fee"
    for role, concept in _LABELS_AFTER:
        if words.has(concept, after):
            return role
    return None


def _means(
    role: str,
    message: Message,
    amount: AmountMention,
    earlier: Sequence[AmountMention],
    before: str,
) -> bool:
    """Labels that hold on a condition: 这1288 repeats, 渠道费1288 may ask for the fee of 1288."""
    if role == "restated":
        # 改价成230，客人按230付的: said again to be paid.
        after = message.text[amount.end :]
        return _repeats(amount, earlier) and not message.words.has("paid_after", after)
    if role == "claimed":
        # 那1000块就是7块对吗: a result to be checked, no payment.
        return bool(earlier)
    if role == "fee" and _is_other_charge(message, amount):
        return False
    if role == "fee" and message.words.has("fee_label_bare", before):
        asked_back = message.has("asks_paid") or message.has("reverse")
        if asked_back or message.words.has("fee_deducted_before", before):
            return True
        if message.words.has("claim_after", message.text[message.amounts[-1].end :]):
            # 渠道费100块收1块对不对: asked is what 100 costs.
            return amount == message.amounts[-1]
        asked = any(message.has(each) for each in _ASKS_FEE)
        return message.has("net") or not asked
    return True


def _is_other_charge(message: Message, amount: AmountMention) -> bool:
    """物流费另外扣了6块: the clause of the amount names another charge."""
    clause = clause_around(message.text, amount.start, amount.end)
    return message.words.has("other_charges", clause)


def _repeats(amount: AmountMention, earlier: Sequence[AmountMention]) -> bool:
    return any(other.value == amount.value for other in earlier)


def with_role(message: Message, *roles: str | None) -> tuple[AmountMention, ...]:
    """The amounts that have one of the roles, in order."""
    pairs = zip(message.amounts, amount_roles(message), strict=True)
    return tuple(amount for amount, role in pairs if role in roles)
