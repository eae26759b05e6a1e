"""The facts of a dispute: kind of goods, special cases, reasons to refuse or suspend."""

from __future__ import annotations

from bot.understanding.messages import Message, clause_around
from bot.understanding.negation import is_doubted, is_negated
from bot.understanding.vocabulary import Span

_SPECIAL_CASES = (
    ("authority_found_counterfeit_or_banned", "authority"),
    ("court_document", "court"),
    ("late_with_quality_proof", "proof"),
    ("promised_or_agreed_term", "promised"),
)

_OF_BOTH = "both_agree_to_negotiate"
# Kinds of goods with a longer limit than the usual one.
_LENGTHENING = ("goods_counterfeit", "goods_sanbao")


def goods(message: Message) -> tuple[str, ...]:
    """All kinds of goods that fit what is said; empty where nothing is said."""
    found = []
    if _says(message, "goods_counterfeit"):
        found.append("counterfeit")
    if _says(message, "goods_sanbao"):
        found.append("sanbao")
    flawless = message.has("defect_denied") and "counterfeit" not in found
    durable = _says(message, "goods_durable") and not flawless
    appliance = _says(message, "goods_appliance") and _says(message, "defect") and not flawless
    # 三包的电饭煲 is said to be of that kind; 冰箱，也属于三包 and 他说是三包 are of both, and so
    # is a washing machine that is a fake.
    both = message.has("of_both_kinds") or found == ["counterfeit"]
    appliance = appliance and (not found or both)
    if durable or appliance:
        found.append("durable_defect")
    plain = _says(message, "goods_ordinary") or _says(message, "goods_soft")
    # 质量问题，不是耐用品: nothing is left but the usual limit.
    plain = plain or (message.has("defect") and message.has("goods_durable")) or flawless
    plain = plain or _denies_both(message)
    # 口红，是不是假货还不知道: which limit runs is open.
    if not found and plain and not any(None in _said(message, kind) for kind in _LENGTHENING):
        found.append("ordinary")
    return tuple(found)


def _denies_both(message: Message) -> bool:
    """不是冒牌的，跟三包不搭边: what lengthens the limit of any goods is said not to be so."""
    return all(_said(message, kind) == {False} for kind in _LENGTHENING)


def denies_goods(message: Message) -> bool:
    """Whether a kind of goods is only said not to be it: 不是普通商品."""
    kinds = ("goods_ordinary", "goods_counterfeit", "goods_sanbao", "goods_durable")
    return any(message.has(kind) for kind in kinds) and not goods(message)


def special_case(message: Message) -> str | None:
    """The first special case that lifts the time limit."""
    for case, concept in _SPECIAL_CASES:
        if _says(message, concept):
            return case
    return None


def denies_special_case(message: Message) -> bool:
    """Whether what would lift the time limit is only said not to be so."""
    told = set().union(*(_said(message, concept) for _, concept in _SPECIAL_CASES))
    return told == {False} or (not told and message.has("no_papers"))


def said_facts(message: Message) -> tuple[str, ...]:
    """Codes of the facts that are said to be so."""
    return tuple(code for code, so in _facts(message) if so)


def denied_facts(message: Message) -> tuple[str, ...]:
    """Codes of the facts that are said not to be so."""
    return tuple(code for code, so in _facts(message) if not so)


def _facts(message: Message) -> list[tuple[str, bool]]:
    told = []
    for code, pattern in message.words.facts.items():
        found = _joined([match.span() for match in pattern.finditer(message.text)])
        spans = [span for span in found if not is_doubted(message, span[0])]
        if spans:
            so = any(_is_fact(message, *span) for span in spans)
            told.append((code, so and not (code == _OF_BOTH and message.has("one_disagrees"))))
    return told


def _joined(spans: list[Span]) -> list[Span]:
    """Wordings that follow one another as one: 没人报案起诉 denies both."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and joined[-1][1] == start:
            start = joined.pop()[0]
        joined.append((start, end))
    return joined


def _is_fact(message: Message, start: int, end: int) -> bool:
    """Whether it is said to be so, and not only of the merchant, who denies it."""
    accused = message.words.has("accused_before", message.text[:start])
    denied = accused and message.has("denies_accusation")
    return not denied and _is_so(message, start, end, "fact")


def _says(message: Message, concept: str) -> bool:
    return True in _said(message, concept)


def _said(message: Message, concept: str) -> set[bool | None]:
    """What the mentions of a concept say: that it is so, that it is not, or (None) that it may
    be."""
    own = (
        (start, end)
        for start, end in message.words.spans(concept, message.text)
        if not message.words.has("of_others", clause_around(message.text, start, end))
    )
    return {
        None if is_doubted(message, start) else _is_so(message, start, end, "goods")
        for start, end in own
    }


def _is_so(message: Message, start: int, end: int, what: str) -> bool:
    """Whether what a place of the text says is not denied before, within or after it."""
    words, text = message.words, message.text
    within = words.has(f"{what}_denied_within", text[start:end])
    after = words.has(f"{what}_denied_after", text[end:])
    return not (is_negated(message, start) or within or after)
