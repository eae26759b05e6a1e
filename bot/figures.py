"""The figures a text states, so that each can be traced to where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.text import fold
from bot.understanding.numerals import HAN, number

_MARK = re.compile(r"\[\d+\]")
_N = rf"(?:\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?[万亿]?|[{HAN}]+)"
_SMALL = rf"(?:\d{{1,2}}|[{HAN}]{{1,3}})"
# A day of the calendar, or what is said of one; 15日内 is a span of time.
_DATE = re.compile(
    r"(?<![\d.])(?P<y>\d{4})(?:[-/](?P<m>\d{1,2})(?:[-/](?P<d>\d{1,2}))?(?![\d.%])"
    rf"|年(?P<m4>{_SMALL})月(?:份|(?P<d4>{_SMALL})[日号]?)?)"
    rf"|(?P<m2>{_SMALL})月(?P<d2>{_SMALL})[日号]?(?!内)"
    rf"|(?<!个)(?P<m3>{_SMALL})月"
    r"|(?<!\d)(?P<y2>\d{4})年"
    rf"|(?P<d3>{_SMALL})(?:号|日(?!内|之内|以内|后))"
)
_CLOCK = re.compile(r"(?P<h>\d{1,2}):(?P<min>\d{2})|(?P<h2>\d{1,2})点")
_MEASURE = re.compile(
    rf"(?!第三方|三包)(?P<part>百分之|千分之|第|步骤)?(?P<n>{_N})(?!包|方)\s*[多余几]?"
    r"(?P<unit>个?工作日|个(?:自然)?月|个?小时|个?星期|分钟|[天日周年月元块角分折倍%‰])?"
    r"(?=(?P<kind>[一-鿿])?)"
)
EACH, ORDINAL = "每", "第"
_PARTS = {"百分之": "%", "千分之": "‰", "第": ORDINAL, "步骤": ORDINAL}
_EACH = re.compile(rf"{EACH}一?个?(?:自然)?(?P<unit>月|周|星期|天|日|年|季度|小时)")
_UNITS = {
    "日": "天",
    "工作日": "工作日",
    "个工作日": "工作日",
    "个月": "月",
    "个自然月": "月",
    "个小时": "小时",
    "星期": "周",
    "个星期": "周",
    "块": "元",
}
_COUNTED = "个年月次项条种件篇点份单步家位款类批笔页人名张大处句样方台部"
# 一个, 一次, 两者: articles of speech rather than figures, but 一天 says how long.
_SPOKEN_ONE = {"一", "零", "〇"}
_SIZES = set("十百千万亿")


@dataclass(frozen=True)
class Figure:
    """A number with what it measures ("" where it only counts), or a place in the calendar.

    ``day`` is year, month, day; None for a part that is not said.
    """

    value: Decimal | None = None
    unit: str = ""
    day: tuple[int | None, int | None, int | None] | None = None

    def is_held_by(self, other: Figure) -> bool:
        """Whether ``other`` says at least as much, and the same."""
        if self.day and other.day:
            pairs = zip(self.day, other.day, strict=True)
            return all(mine is None or mine == its for mine, its in pairs)
        if self.day or other.day or self.value != other.value:
            return False
        # 每月结算一次 is said of a period of one month.
        if self.unit in (other.unit, f"{EACH}{other.unit}"):
            return True
        return {self.unit, other.unit} in ({"", "元"}, {"", ORDINAL})

    def contradicts(self, other: Figure) -> bool:
        """Whether both cannot be said of one thing."""
        if self.day and other.day:
            pairs = zip(self.day, other.day, strict=True)
            return any(None not in pair and pair[0] != pair[1] for pair in pairs)
        return not (self.day or other.day) and self.value != other.value


def figures(text: str) -> tuple[Figure, ...]:
    """The figures of a text in order, in figures or Chinese numerals; marks left out."""
    rest = _MARK.sub(" ", fold(text))
    found: list[tuple[int, Figure]] = []
    for pattern, read in ((_DATE, _day), (_CLOCK, _clock), (_EACH, _each), (_MEASURE, _measure)):
        for match in list(pattern.finditer(rest)):
            figure = read(match)
            if figure is not None:
                found.append((match.start(), figure))
                blank = " " * len(match.group())
                rest = rest[: match.start()] + blank + rest[match.end() :]
    return tuple(figure for _, figure in sorted(found, key=lambda pair: pair[0]))


def years(text: str) -> set[int]:
    """The years of the calendar that a text names."""
    return {figure.day[0] for figure in figures(text) if figure.day and figure.day[0]}


def unsourced(text: str, sources: str) -> Iterator[Figure]:
    """The figures of a text that its sources do not state."""
    yield from unheld(text, figures(sources))


def unheld(text: str, known: Sequence[Figure]) -> Iterator[Figure]:
    """The figures of a text that are not among those known."""
    for figure in figures(text):
        if not any(figure.is_held_by(other) for other in known):
            yield figure


def _day(match: re.Match[str]) -> Figure | None:
    groups = match.groupdict()
    year = _whole(groups["y"] or groups["y2"])
    month = _whole(groups["m"] or groups["m4"] or groups["m2"] or groups["m3"])
    day = _whole(groups["d"] or groups["d4"] or groups["d2"] or groups["d3"])
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    return Figure(day=(year, month, day)) if year or month or day else None


def _clock(match: re.Match[str]) -> Figure:
    hour = int(match["h"] or match["h2"])
    return Figure(Decimal(hour * 60 + int(match["min"] or 0)), "时刻")


def _each(match: re.Match[str]) -> Figure:
    return Figure(Decimal(1), EACH + _UNITS.get(match["unit"], match["unit"]))


def _measure(match: re.Match[str]) -> Figure | None:
    written, unit = match["n"], match["unit"] or ""
    if written in _SPOKEN_ONE and (not unit or unit in "年月"):
        return None
    in_han = written[0] in HAN
    # 百分之七 is 7 and 三种 is 3; 万一, 千万 and 统一 count nothing.
    if in_han and not match["part"]:
        counts = unit or (match["kind"] or "") in _COUNTED
        if not counts or set(written) <= _SIZES - {"十"}:
            return None
    value = number(written)
    if value is None:
        return None
    unit = _PARTS.get(match["part"] or "", _UNITS.get(unit, unit))
    return Figure(value.normalize(), unit)


def _whole(text: str | None) -> int | None:
    value = number(text) if text else None
    return int(value) if value is not None else None
