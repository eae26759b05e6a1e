"""The facts of a dispute: kind of goods, special cases, reasons to refuse or suspend."""

from __future__ import annotations

from bot.understanding.messages import Message
from bot.understanding.negation import is_negated

_SPECIAL_CASES = (
    ("authority_found_counterfeit_or_banned", "authority"),
    ("court_document", "court"),
    ("late_with_quality_proof", "proof"),
    ("promised_or_agreed_term", "promised"),
)


def goods(message: Message) -> tuple[str, ...]:
    """All kinds of goods that fit what is said; empty where nothing is said."""
    found = []
    if _says(message, "goods_counterfeit"):
        found.append("counterfeit")
    if _says(message, "goods_sanbao"):
        found.append("sanbao")
    durable = _says(message, "goods_durable")
    appliance = _says(message, "goods_appliance") and not found and message.has("defect")
    if durable or appliance:
        found.append("durable_defect")
    plain = message.has("goods_ordinary") or message.has("goods_soft")
    if not found and plain:
        found.append("ordinary")
    return tuple(found)


def special_case(message: Message) -> str | None:
    """The first special case that lifts the time limit."""
    for case, concept in _SPECIAL_CASES:
        if _says(message, concept):
            return case
    return None


def said_facts(message: Message) -> tuple[str, ...]:
    """Codes of the facts that are said to be so."""
    return tuple(code for code, so in _facts(message) if so)


def denied_facts(message: Message) -> tuple[str, ...]:
    """Codes of the facts that are said not to be so."""
    return tuple(code for code, so in _facts(message) if not so)


def _facts(message: Message) -> list[tuple[str, bool]]:
    told = []
    for code, pattern in message.words.facts.items():
        starts = [found.start() for found in pattern.finditer(message.text)]
        if starts:
            told.append((code, any(not is_negated(message, start) for start in starts)))
    return told


def _says(message: Message, concept: str) -> bool:
    spans = message.words.spans(concept, message.text)
    return any(not is_negated(message, start) for start, _ in spans)
