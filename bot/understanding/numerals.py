"""Numbers as merchants write them: 1288, 1,288.00, 1.2万, 2w, 三千五, 1万2, 1e8."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "k": 1000}
_MYRIADS = {"万": 10**4, "w": 10**4, "亿": 10**8}
_PLAIN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:e\d{1,2})?")
_DIGITS_ONLY = re.compile(r"[零〇一二三四五六七八九]{2,}")

HAN = "零〇一二两三四五六七八九十百千万亿"
SMALL = r"(?:\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九])"


def small_number(text: str) -> int:
    """An int of a day, month or hour, in figures or Chinese numerals."""
    value = number(text)
    if value is None or value != value.to_integral_value():
        raise ValueError(text)
    return int(value)


def number(text: str) -> Decimal | None:
    """The value of a numeral; None when the text is none."""
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return _plain(text)
    if _DIGITS_ONLY.fullmatch(text):
        return Decimal("".join(str(DIGITS[char]) for char in text))
    return _composed(text)


def _plain(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def _composed(text: str) -> Decimal | None:
    """Figures and Chinese units mixed: each unit closes the number before it."""
    total = section = Decimal(0)
    pending: Decimal | None = None
    last_unit = 0
    position = 0
    while position < len(text):
        plain = _PLAIN.match(text, position)
        char = text[position]
        if plain:
            pending = _plain(plain.group())
            position = plain.end()
            continue
        if char in DIGITS:
            pending = Decimal(DIGITS[char])
            # After a zero the next digit counts ones again: 一千零五 is 1005.
            last_unit = 0 if DIGITS[char] == 0 else last_unit
        elif char in _UNITS:
            last_unit = _UNITS[char]
            section += (pending if pending is not None else Decimal(1)) * last_unit
            pending = None
        elif char in _MYRIADS:
            last_unit = _MYRIADS[char]
            total += (section + (pending or 0) or Decimal(1)) * last_unit
            section, pending = Decimal(0), None
        else:
            return None
        position += 1
    if pending is not None:
        # 三千五 is 3500, 一万二 is 12000: a last digit counts the next lower unit.
        shortened = last_unit >= 100 and pending < 10 and pending == int(pending)
        section += pending * (last_unit // 10) if shortened else pending
    return total + section if text else None
