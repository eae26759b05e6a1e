"""The figures a text states, so that each can be traced to where it comes from."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.text import fold
from bot.understanding.numerals import HAN, number

_MARK = re.compile(r"\[\d+\]")
_COUNTED = "天日号个月年周次项条种件元块角分点倍份单步家位款类篇批笔页时秒%折成人名张"
# 百分之七 is 7 and 第三条 is 3; 一定, 一些 and 统一 count nothing.
_FIGURE = re.compile(
    r"\d+(?:,\d{3})+(?:\.\d+)?(?:[万亿](?![一-鿿]{0}\d))?|\d+(?:\.\d+)?[万亿]?"
    rf"|(?:百分之|千分之|第)[{HAN}]+|[{HAN}]+(?=\s*(?:多|余|几)?[{_COUNTED}])"
)
_PREFIX = re.compile(r"^(?:百分之|千分之|第)")
# 一个, 一次, 两者: articles of speech rather than figures.
_SPOKEN_ONE = {"一", "零", "〇"}


def figures(text: str) -> frozenset[Decimal]:
    """The values of the numbers in a text, in figures or Chinese numerals; marks left out.

    A date is its parts: 2021-11-13 and 2021年11月13日 are both 2021, 11 and 13.
    """
    found = set()
    for match in _FIGURE.finditer(_MARK.sub("", fold(text))):
        written = _PREFIX.sub("", match.group())
        if written in _SPOKEN_ONE:
            continue
        value = number(written)
        if value is not None:
            found.add(value.normalize())
    return frozenset(found)
