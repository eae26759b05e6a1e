"""Numbers as an article writes them: in figures, as percentages, in Chinese."""

from __future__ import annotations

import re
from decimal import Decimal

RATIO = "比例"
_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_PERCENT_PLACES = 2


def plain(number: Decimal) -> str:
    """A number in figures: no exponent, no zeros at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(ratio: Decimal) -> str:
    """A ratio as a percentage: 0.007 is 0.7%."""
    return f"{plain(ratio.scaleb(_PERCENT_PLACES))}%"


def chinese_numeral(number: int) -> str:
    """A whole number from 0 to 9999 in Chinese, as in running text (十二, 一百零五)."""
    if number == 0:
        return _DIGITS[0]
    figures = str(number)
    text = ""
    for at, figure in enumerate(figures, start=1):
        text += _DIGITS[int(figure)] + (_PLACES[len(figures) - at] if figure != "0" else "")
    text = re.sub("零+", "零", text).rstrip("零")
    return text.removeprefix("一") if text.startswith("一十") else text


def holds_number(quote: str, number: Decimal, unit: str) -> bool:
    """Whether a sentence holds the number, in figures or Chinese, in front of its unit.

    A ratio has to stand there as a percentage.
    """
    if unit == RATIO:
        return _figures(percent(number), quote)
    if _figures(f"{plain(number)}{unit}", quote):
        return True
    if number != int(number):
        return False
    forms = {chinese_numeral(int(number))}
    if number == len("两个"):
        forms.add("两")
    numerals = _DIGITS + "".join(_PLACES)
    return any(re.search(f"(?<![{numerals}]){form}{unit}", quote) for form in forms)


def _figures(form: str, quote: str) -> bool:
    return re.search(rf"(?<![\d.,]){re.escape(form)}", quote) is not None
