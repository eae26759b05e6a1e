"""Whether one text holds another, and which numbers it holds; for judging only."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_SPACES = re.compile(r"\s+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def normal(text: str) -> str:
    """Half-width forms, lower case, no blank space, no commas inside numbers."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return _THOUSANDS.sub("", _SPACES.sub("", text))


def holds(text: str, part: str) -> bool:
    """Whether a text holds a part; a number is only found whole: 15天 does not hold 5天."""
    wanted = normal(part)
    if not wanted:
        return False
    before = r"(?<!\d)(?<!\d\.)" if wanted[0].isdigit() else ""
    after = r"(?!\d)(?!\.\d)" if wanted[-1].isdigit() else ""
    return re.search(before + re.escape(wanted) + after, normal(text)) is not None


def numbers(text: str) -> set[Decimal]:
    """The values of the numbers written in figures; 08 is 8, and 1,288.00 is 1288."""
    # Blank space parts numbers here, so it stays.
    folded = _THOUSANDS.sub("", unicodedata.normalize("NFKC", text))
    return {Decimal(found.group()) for found in _NUMBER.finditer(folded)}
