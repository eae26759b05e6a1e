"""``parameters.yaml``, read and held against the articles.

What the file holds and how it is written is told in its head.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

from bot.answers import RuleUse
from bot.errors import RuleDataError
from bot.rules.numerals import holds_number, plain
from bot.rules.ruleset import (
    Categories,
    Holidays,
    Limits,
    Parameter,
    RuleList,
    Rules,
    Special,
    Value,
)
from bot.rules.sections import list_items

_FILE = Path(__file__).with_name("parameters.yaml")
_SECTIONS = {
    "parameters",
    "statements",
    "lists",
    "readings",
    "categories",
    "calendar",
    "limits",
}
_ONE_DAY = dt.timedelta(days=1)


def load_rules(texts: Mapping[str, str]) -> Rules:
    """Read ``parameters.yaml`` and check it against the articles' texts, by article id.

    Raise RuleDataError naming the rule and the problem when a quote is not an exact slice of
    its article, lacks its number, or the file is not as its head says.
    """
    return build_rules(yaml.safe_load(_FILE.read_text(encoding="utf-8")), texts)


def build_rules(data: Any, texts: Mapping[str, str]) -> Rules:
    """Make Rules of the file's data; raise RuleDataError as load_rules does."""
    if not isinstance(data, dict) or set(data) != _SECTIONS:
        raise RuleDataError(f"规则数据应有且只有这些部分：{'、'.join(sorted(_SECTIONS))}。")
    parameters = {
        rule_id: _parameter(rule_id, fields, texts)
        for rule_id, fields in data["parameters"].items()
    }
    return Rules(
        parameters=parameters,
        statements={
            rule_id: _statement(rule_id, fields, texts)
            for rule_id, fields in data["statements"].items()
        },
        lists={
            list_id: _list(list_id, fields, texts, parameters)
            for list_id, fields in data["lists"].items()
        },
        readings=_readings(data["readings"]),
        categories=_categories(data["categories"], data["statements"]),
        holidays=_holidays(data["calendar"]),
        limits=_limits(data["limits"]),
    )


def _parameter(rule_id: str, fields: Any, texts: Mapping[str, str]) -> Parameter:
    _expect_keys(rule_id, fields, {"label", "unit", "values"})
    written = fields["values"]
    if not isinstance(written, list) or not written:
        raise RuleDataError(f"规则 {rule_id}：values 应是不空的列表。")
    values = tuple(_values(rule_id, written, str(fields["unit"]), texts))
    return Parameter(rule_id, str(fields["label"]), str(fields["unit"]), values)


def _values(
    rule_id: str, written: list[Any], unit: str, texts: Mapping[str, str]
) -> Iterator[Value]:
    """The values in order of time; where none says `to`, a value ends when the next begins."""
    for fields in written:
        _expect_keys(rule_id, fields, {"from", "value", "article", "quote"}, {"to"})
    starts = [_day_or_none(rule_id, "from", fields["from"]) for fields in written]
    previous: dt.date | None = None
    for fields, start, following in zip_longest(written, starts, starts[1:]):
        end = _day_or_none(rule_id, "to", fields.get("to"))
        if fields is not written[0] and (start is None or (previous and start <= previous)):
            raise RuleDataError(f"规则 {rule_id}：from {start} 应晚于前一个值。")
        if start and end and end < start:
            raise RuleDataError(f"规则 {rule_id}：to {end} 早于 from {start}。")
        previous = end or start
        if end is None and following:
            end = following - _ONE_DAY
        amount = _number(rule_id, fields["value"])
        quote = _slice(rule_id, str(fields["article"]), fields["quote"], texts)
        if not holds_number(quote, amount, unit):
            raise RuleDataError(
                f"规则 {rule_id}：引文里没有数值 {plain(amount)}（单位 {unit}）：“{quote}”。"
            )
        yield Value(start, end, amount, str(fields["article"]), quote)


def _statement(rule_id: str, fields: Any, texts: Mapping[str, str]) -> RuleUse:
    _expect_keys(rule_id, fields, {"label", "article", "holds", "quote"})
    quote = _slice(rule_id, str(fields["article"]), fields["quote"], texts)
    if str(fields["holds"]) not in quote:
        raise RuleDataError(f"规则 {rule_id}：引文里没有“{fields['holds']}”：“{quote}”。")
    return RuleUse(rule_id, str(fields["holds"]), "", str(fields["article"]), quote)


def _list(
    list_id: str, fields: Any, texts: Mapping[str, str], parameters: Mapping[str, Parameter]
) -> RuleList:
    _expect_keys(list_id, fields, {"label", "article", "heading"}, {"size", "codes"})
    article_id, heading = str(fields["article"]), str(fields["heading"])
    items = list_items(_text(list_id, article_id, texts), heading)
    if not items:
        raise RuleDataError(f"规则 {list_id}：文章 {article_id} 的“{heading}”下面没有列表。")
    codes = fields.get("codes", {})
    if codes and sorted(codes.values()) != list(range(1, len(items) + 1)):
        raise RuleDataError(f"规则 {list_id}：codes 应正好给列表的 {len(items)} 项各一个名字。")
    for value in parameters[fields["size"]].values if "size" in fields else ():
        if value.amount != len(items):
            raise RuleDataError(
                f"规则 {list_id}：列表有 {len(items)} 项，{fields['size']} 写的是 {value.amount}。"
            )
    return RuleList(list_id, str(fields["label"]), article_id, items, codes)


def _readings(data: Mapping[str, Any]) -> dict[str, str]:
    for reading_id, text in data.items():
        if not isinstance(text, str) or not text.strip():
            raise RuleDataError(f"读法 {reading_id}：应是一句话。")
    return dict(data)


@cache
def load_categories() -> Categories:
    """The merchants' words for goods (once a process): they need no article to be read."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=loader)
    return _categories(data["categories"], data["statements"])


def _categories(data: Any, statements: Mapping[str, Any]) -> Categories:
    kinds = {"unsupported", "food", "fridge"}
    words = {"synonyms", "heads", "modifiers", "endings", "near_virtual"}
    _expect_keys("categories", data, kinds | words)
    specials = {}
    for kind in kinds:
        fields = data[kind]
        _expect_keys(f"categories.{kind}", fields, {"names", "statement"}, {"main"})
        if fields["statement"] not in statements:
            raise RuleDataError(f"类目 {kind}：没有 {fields['statement']} 这条规则。")
        specials[kind] = Special(tuple(fields["names"]), fields.get("main"), fields["statement"])
    return Categories(
        **specials,
        synonyms=_names(data["synonyms"]),
        heads=_names(data["heads"]),
        modifiers=_names(data["modifiers"]),
        endings=tuple(data["endings"]),
        near_virtual=tuple(data["near_virtual"]),
    )


def _names(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {kind: tuple(names) for kind, names in data.items()}


def _holidays(data: Any) -> Holidays:
    _expect_keys("calendar", data, {"thanksgiving", "black_friday", "cyber_monday"})
    return Holidays(
        month=data["thanksgiving"]["month"],
        weekday=data["thanksgiving"]["iso_weekday"],
        occurrence=data["thanksgiving"]["occurrence"],
        black_friday_days_after=data["black_friday"]["days_after"],
        cyber_monday_weekday=data["cyber_monday"]["iso_weekday"],
    )


def _limits(data: Any) -> Limits:
    _expect_keys("limits", data, set(Limits.__dataclass_fields__))
    return Limits(
        first_day=data["first_day"],
        last_day=data["last_day"],
        largest_amount=_number("limits.largest_amount", data["largest_amount"]),
        most_entries=data["most_entries"],
        longest_text=data["longest_text"],
    )


def _expect_keys(
    rule_id: str, fields: Any, needed: set[str], optional: set[str] | None = None
) -> None:
    if not isinstance(fields, dict):
        raise RuleDataError(f"规则 {rule_id}：应是“字段: 值”的形式。")
    missing = needed - set(fields)
    unknown = set(fields) - needed - (optional or set())
    if missing or unknown:
        problem, names = ("缺少", missing) if missing else ("不认识", unknown)
        raise RuleDataError(f"规则 {rule_id}：{problem} {'、'.join(sorted(names))}。")


def _day_or_none(rule_id: str, field: str, value: Any) -> dt.date | None:
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    raise RuleDataError(f"规则 {rule_id}：{field} 应是日期或 null，写的是 {value!r}。")


def _number(rule_id: str, value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as exc:
        raise RuleDataError(f"规则 {rule_id}：{value!r} 不是数字。") from exc
    if isinstance(value, bool) or not number.is_finite():
        raise RuleDataError(f"规则 {rule_id}：{value!r} 不是数字。")
    return number


def _text(rule_id: str, article_id: str, texts: Mapping[str, str]) -> str:
    if article_id not in texts:
        raise RuleDataError(f"规则 {rule_id}：知识库里没有文章 {article_id}。")
    return texts[article_id]


def _slice(rule_id: str, article_id: str, quote: Any, texts: Mapping[str, str]) -> str:
    if not isinstance(quote, str) or not quote:
        raise RuleDataError(f"规则 {rule_id}：没有引文。")
    if quote not in _text(rule_id, article_id, texts):
        raise RuleDataError(f"规则 {rule_id}：文章 {article_id} 里没有这句原话：“{quote}”。")
    return quote
