"""Orders pasted from a sheet or listed by numbers, put into sentences that name each of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

# What parts the fields of a row, the clearest first.
_FIELDS = (
    re.compile(r"\s*\t\s*"),
    re.compile(r"\s*[|｜]\s*"),
    re.compile(r"\s{2,}"),
    re.compile(r"\s+"),
)
_MOST_FIELDS, _MOST_LENGTH = 8, 20
# A row of one blank between its fields may be a sentence: it needs as many as this.
_FEWEST_FIELDS = 3
_ENTRY = re.compile(r"^[ \t]*[(（]?(?P<nth>\d)[.、)）:：][ \t]*(?!\d)", re.MULTILINE)
_NUMERALS = "零一二三四五六七八九"
_FIGURES = re.compile(r"\d+")
_A_DAY = re.compile(r"\d\s*[日号]|\d[./-]\d")


def spelled_out(text: str) -> str:
    """A text with its table and its numbered entries as sentences; as it is where it has none."""
    return _entries_named(_rows_named(text)) if "\n" in text else text


def _rows_named(text: str) -> str:
    """订单 标价 实付 / 1 299 259: the row of order 1 as 第一单:标价:299,实付:259."""
    lines = text.split("\n")
    for first, header in enumerate(lines):
        for parted in _FIELDS:
            titles = parted.split(header.strip(" |｜"))
            rows = list(_rows(lines[first + 1 :], parted, len(titles)))
            if _is_table(titles, rows, parted):
                named = [_sentence(titles, row) for row in rows]
                rest = lines[first + 1 + len(rows) :]
                return "\n".join([*lines[:first], *named, *rest])
    return text


def _rows(lines: Sequence[str], parted: re.Pattern[str], count: int) -> Iterator[list[str]]:
    for line in lines:
        fields = parted.split(line.strip(" |｜"))
        if len(fields) != count:
            return
        yield fields


def _is_table(
    titles: Sequence[str], rows: Sequence[Sequence[str]], parted: re.Pattern[str]
) -> bool:
    fewest = _FEWEST_FIELDS if parted is _FIELDS[-1] else 2
    short = all(0 < len(field) <= _MOST_LENGTH for row in (titles, *rows) for field in row)
    # 订单A 7月2日发货 东莞仓: a row like those below it, and no heading.
    heads = not any(map(_A_DAY.search, titles))
    return fewest <= len(titles) <= _MOST_FIELDS and len(rows) > 1 and short and heads


def _sentence(titles: Sequence[str], row: Sequence[str]) -> str:
    name = row[0]
    if _FIGURES.fullmatch(name) and int(name) < len(_NUMERALS):
        name = f"第{_NUMERALS[int(name)]}"
    told = ",".join(f"{title}:{field}" for title, field in zip(titles[1:], row[1:], strict=True))
    label = (
        name if name.endswith(("单", "店")) else f"{name}单" if name[0] == "第" else f"{name}那单"
    )
    return f"{label}:{told};"


def _entries_named(text: str) -> str:
    """1. 面膜，买家说是假货 / 2. 数据线，三包的: the entries as 第一单:…;第二单:…."""
    found = list(_ENTRY.finditer(text))
    numbers = [int(each["nth"]) for each in found]
    counted = len(found) > 1 and numbers[0] == 1 and all(b == a + 1 for a, b in pairwise(numbers))
    return _ENTRY.sub(lambda each: f"第{_NUMERALS[int(each['nth'])]}单:", text) if counted else text
