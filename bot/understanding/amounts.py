"""Amounts of money: 1288, 1,288.00, ￥99.9, 1.2万, 2w, 三千五百块, 100块5毛, 199x3.

What only looks like an amount (an order number, 3单, 15天, 0.7%, 第2条) is told apart here;
dates and times have been taken out before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from bot.understanding.numerals import HAN, number
from bot.understanding.vocabulary import Span

_DIGITS = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?(?:e\d{1,2}(?![\da-z]))?"
# 3千5, 38万5: a last digit belongs to the number unless it counts something (2万3单).
_LAST = rf"(?:[\d{HAN}](?![\d.单件笔个xX×*]|(?!一[笔次起口共])[{HAN}]))?"
# 1千2百3十, 2千零5: figures between units, and after a zero.
_MORE = rf"(?:零?\d(?=[千百十])|零\d(?!\d)|{_LAST})"
_NUMBER = rf"(?:(?:{_DIGITS})(?:\s?[万w千百十亿k](?![a-z]){_MORE})*|[{HAN}]+)"
# 1000块一共, 500块一单, 99块两件: the digit counts something else.
_COUNTING = r"[共个起次天份箱年月周点些般样直定双套台盒瓶只条批到下来]|包(?!邮)"
_AMOUNT = (
    r"(?P<sign>(?<![\da-z%])[-−–]\s?|负的?)?(?P<prefix>[¥￥]\s?|rmb\s?|cny\s?|人民币)?"
    rf"(?P<number>{_NUMBER})"
    r"(?:\s?(?P<unit>块钱?|元整?|圆|rmb|cny|yuan)(?P<zero>零)?"
    rf"(?:(?P<jiao>[\d{HAN}])(?:毛|角)?(?P<fen>[\d{HAN}])?(?:分(?!钟))?(?![\d单件笔]|{_COUNTING}))?"
    rf"|\s?(?P<small>毛钱?|角(?!度))(?:(?P<small_fen>[\d{HAN}])分?)?"
    r"|\s?(?P<cent>分钱|分(?![钟之比期店类享别开析销润清]|[两二三四五六\d]+[笔次单期批回])))?"
)
_CURRENCY_BEFORE = re.compile(r"(?:[¥￥]|rmb|cny)\s?[\d,.]*$")
_TIMES = re.compile(r"\s*[x×*✕]\s*(\d{1,4})(?![\d.])")
_COUNTED = (
    "单|件(?!套|事)|笔|条|次|份|箱|盒|台|双|套|人|家|款|批|页|张|级|折|种|项|瓶|只|罐|袋|桶|捆|束|卷|枚|颗|粒|株|棵|副|顶|片(?!刻)|筒|斤|公斤|kg|克|"
    "天|日|号|周|个(?:单子?|订单)?|年|月|小时|分钟|点|岁|度|倍|码(?!头)|位|店|字(?!画|帖)|版(?!画)|%|‰|成(?!交)|个点|包(?!邮)|楼|层|期|米|公里|"
    "orders|(?<=\\b1 )order|pcs|items?|days?|weeks?|months?|years?|hours?|minutes?|"
    "percent|points?|st|nd|rd|th"
)
_OTHER_NUMBERS = (
    rf"\d+(?:\.\d+)?\s*(?:%|％|‰|percent)|百分之[\d{HAN}.]+|千分之[\d{HAN}.]+|万分之[\d{HAN}.]+",
    rf"(?:\d+(?:\.\d+)?|[{HAN}]+)\s*个?点(?!\d)",
    rf"第\s*(?:\d+|[{HAN}]+)",
    r"(?:尺码|码数|鞋码|尺寸|型号)[是为:\s]*\d+(?:\.\d+)?",
    r"(?:https?://|www\.)\S+",
    r"(?:订单编?号|单号|运单号?|快递单?号?|编号|尾号|末[三四]位|电话|手机号?码?|微信号?|qq|工号|门牌"
    r"|order (?:no|number|id))"
    r"[是为:#\s.]*[a-z]*\d+[a-z\d\-]*",
    r"(?<!\d)1[3-9]\d{9}(?!\d)",
    r"一[分毛]钱?(?:也|都)?(?=[没不未别])",
    # 客人一块付的: together.
    r"一块儿?(?=[付给买下结拍算])",
    r"(?<![\d.,])\d{10,}(?![\d.,])",
    rf"(?:\d+(?:,\d{{3}})*(?:\.\d+)?|[{HAN}]+|几|半)(?:几|\s*(?:来|多)?)\s*(?:{_COUNTED})(?![a-z])",
    r"(?<![\da-z])(?!(?:rmb|cny)\d)[a-z]+\d+|\d+(?!rmb|cny|yuan|usd|hkd)[a-df-jl-vyz][a-z\d]*",
)
# 半万, 一千多, 三四百, 七八块: about how much, not how much.
_ABOUT_BEFORE = re.compile(
    r"(?:近|快|不到|不足|超过|不止|多于|少于|nearly|over|almost|under|below|above"
    r"|less than|more than|at most|up to)\s*$|几$"
)
_ABOUT_AFTER = re.compile(
    r"^\s*(?:多(?!少)|来(?=[块元])|余|出头|几(?=[百十]|$)|(?:以上|以下|以内|之内|不到)|(?:到|至|-|~|—)\s*\d)"
)
# 每笔六十六: what has a price is counted in yuan.
_PRICE_BEFORE = re.compile(r"(?:每[单笔件个]|实付|付了|支付了|卖了|收了|扣了|金额是?|单价)$")
_NEIGHBOURS = re.compile(r"一二|[一两二]三|三[四五]|四五|五六|六七|七八|八九")
_DIGIT_STRING = re.compile(r"[零〇一二三四五六七八九]{3,}")
_ROUND = re.compile(r"[百千万](?![一二三四五六七八九])")
_RANGE = re.compile(r"\d\s*(?:块钱?|元|万|w)?\s*(?:到|至|-|~|—)\s*$")
_SPACED_GROUP = re.compile(r"^\s\d{3}(?!\d)")
_BAD_GROUP = re.compile(r"^,\d{4}")
_MOST_REPEATS = 20


@dataclass(frozen=True)
class AmountMention:
    """An amount as written; ``times`` is how many such payments (199x3)."""

    start: int
    end: int
    text: str
    value: Decimal
    times: int = 1
    vague: bool = False

    @property
    def values(self) -> tuple[str, ...]:
        """Decimal strings, one a payment; a long series is one sum."""
        if self.times > _MOST_REPEATS:
            return (plain(self.value * self.times),)
        return (plain(self.value),) * self.times


def plain(value: Decimal) -> str:
    """A decimal string without exponent or empty places."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def find_counts(text: str, taken: Sequence[Span]) -> tuple[Span, ...]:
    """Where numbers stand that are no amounts: counts, spans of days, rates, identifiers."""
    spans: list[Span] = []
    for pattern in _other_numbers():
        for found in pattern.finditer(text):
            priced = _CURRENCY_BEFORE.search(text[: found.start()])
            if not priced and not _overlaps(found.span(), [*taken, *spans]):
                spans.append(found.span())
    return tuple(spans)


def find_amounts(text: str, taken: Sequence[Span]) -> tuple[AmountMention, ...]:
    """Amounts in a normalised text outside the spans that are taken."""
    found_amounts: list[AmountMention] = []
    for found in _amount().finditer(text):
        done = [(amount.start, amount.end) for amount in found_amounts[-1:]]
        if _overlaps(found.span(), [*taken, *done]) or not _is_amount(found, text):
            continue
        value = _value(found)
        if value is not None:
            amount = _with_times(found, value, text)
            found_amounts.append(replace(amount, vague=_is_vague(found, text)))
    return tuple(found_amounts)


@cache
def _amount() -> re.Pattern[str]:
    return re.compile(_AMOUNT)


@cache
def _other_numbers() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in _OTHER_NUMBERS)


def _overlaps(span: Span, others: Sequence[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _is_amount(found: re.Match[str], text: str) -> bool:
    """Figures are an amount by themselves; Chinese numerals need a unit or a size."""
    if any(found[name] for name in ("prefix", "unit", "small", "cent")):
        return True
    if found["number"][0].isascii():
        before = text[: found.start()]
        return not (before and (before[-1].isascii() and before[-1].isalpha()))
    sized = any(unit in found["number"] for unit in "百千万亿") or bool(
        _PRICE_BEFORE.search(text[: found.start()])
    )
    return sized and len(found["number"]) >= 2


def _is_vague(found: re.Match[str], text: str) -> bool:
    """Whether a number only says about how much: 几百块, 三四百, 1000到2000."""
    written, before = found["number"], text[: found.start()]
    neighbours = not _DIGIT_STRING.fullmatch(written) and _NEIGHBOURS.search(written)
    return bool(
        neighbours
        or _ROUND.match(written)
        or (found["prefix"] and _SPACED_GROUP.match(text[found.end() :]))
        or (len(written) <= 3 and _BAD_GROUP.match(text[found.end() :]))
        or _ABOUT_BEFORE.search(before)
        or _ABOUT_AFTER.match(text[found.end() :])
        or _RANGE.search(before)
    )


def _value(found: re.Match[str]) -> Decimal | None:
    value = number(found["number"].replace(" ", ""))
    if value is None:
        return None
    if found["small"]:
        value = value / 10 + (_digit(found["small_fen"]) or Decimal(0)) / 100
    elif found["cent"]:
        value = value / 100
    elif found["jiao"] is not None:
        # 九块零二, 九块二分: the digit counts cents, but not in 九块零二毛.
        said = found.group()
        zero = found["zero"] and not ("毛" in said or "角" in said)
        cents = zero or (said.endswith("分") and not found["fen"])
        value += (_digit(found["jiao"]) or Decimal(0)) / (100 if cents else 10)
        value += (_digit(found["fen"]) or Decimal(0)) / 100
    return -value if found["sign"] else value


def _digit(text: str | None) -> Decimal | None:
    return number(text) if text else None


def _with_times(found: re.Match[str], value: Decimal, text: str) -> AmountMention:
    start, end = found.span()
    after = _TIMES.match(text, end)
    if after:
        return AmountMention(start, after.end(), text[start : after.end()], value, int(after[1]))
    return AmountMention(start, end, found.group().strip(), value)
