"""Who opens a mini store and what is to be sold in it."""

from __future__ import annotations

from bot.understanding.messages import Message
from bot.understanding.negation import is_negated

# A sole trader's wording may hold the word for a person or a company, so it comes first.
_SELLERS = ("individual_business", "enterprise", "personal")


def seller_type(message: Message) -> str | None:
    """The kind of seller that is named; None where none or several are."""
    if message.has("seller_either"):
        return None
    found = [
        seller
        for seller in _SELLERS
        if any(
            not is_negated(message, start)
            for start, _ in message.words.spans(f"seller_{seller}", message.text)
        )
    ]
    if "individual_business" in found:
        return "individual_business"
    return found[0] if len(found) == 1 else None


def category(message: Message) -> str | None:
    """The class of goods that is named first."""
    found = []
    for name, pattern in message.words.categories.items():
        match = pattern.search(message.text)
        if match:
            found.append((match.start(), name))
    return min(found)[1] if found else None
