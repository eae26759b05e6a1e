"""The rules a tool computes with: numbers by day, sentences, lists and readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from bot.answers import RuleUse
from bot.errors import OutsideRulesError
from bot.rules.numerals import plain


@dataclass(frozen=True)
class Value:
    """A parameter's value on the days from ``start`` to ``end``, both included.

    ``start`` is None where the article carries no date; ``end`` is None when none follows.
    """

    start: dt.date | None
    end: dt.date | None
    amount: Decimal
    article_id: str
    quote: str

    def holds_on(self, day: dt.date) -> bool:
        """Whether this is the value of ``day``."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Parameter:
    """A number of the rules, with all its values in order of time."""

    id: str
    label: str
    unit: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class RuleList:
    """A list of an article; ``codes`` name its items, counted from 1."""

    id: str
    label: str
    article_id: str
    items: tuple[str, ...]
    codes: Mapping[str, int]


@dataclass(frozen=True)
class Limits:
    """Bounds on inputs, both included; they are ours, not the platforms'."""

    first_day: dt.date
    last_day: dt.date
    largest_amount: Decimal
    most_entries: int
    longest_text: int


@dataclass(frozen=True)
class Special:
    """A category the articles say something of its own about."""

    names: tuple[str, ...]
    main: str | None
    statement: str


@dataclass(frozen=True)
class Kind:
    """A kind of goods: its name, its main category, and what the articles say of it alone."""

    name: str
    main: str | None
    special: Special | None = None


@dataclass(frozen=True)
class Categories:
    """Merchants' words for the categories of a mini store."""

    unsupported: Special
    food: Special
    fridge: Special
    synonyms: Mapping[str, tuple[str, ...]]
    heads: Mapping[str, tuple[str, ...]]
    modifiers: Mapping[str, tuple[str, ...]]
    endings: tuple[str, ...]
    near_virtual: tuple[str, ...]

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """The kinds by each of their names; an article's own example before a main category."""
        found: dict[str, Kind] = {}
        for main, names in self.synonyms.items():
            halves = [half.removesuffix("类") for half in main.split("/")]
            for name in (main, *halves, *names):
                found[name] = Kind(main, main)
        for special in (self.unsupported, self.food, self.fridge):
            for name in special.names:
                found[name] = Kind(special.names[0], special.main, special)
        return found


@dataclass(frozen=True)
class Holidays:
    """Definitions of the shopping days; weekdays count from 1, Monday."""

    month: int
    weekday: int
    occurrence: int
    black_friday_days_after: int
    cyber_monday_weekday: int


@dataclass(frozen=True)
class Rules:
    """All rules, checked against the articles they quote."""

    parameters: Mapping[str, Parameter]
    statements: Mapping[str, RuleUse]
    lists: Mapping[str, RuleList]
    readings: Mapping[str, str]
    categories: Categories
    holidays: Holidays
    limits: Limits

    def value(self, rule_id: str, *, on: dt.date) -> Decimal:
        """The number in force on a day; raise OutsideRulesError when there is none."""
        return self._value(rule_id, on).amount

    def whole(self, rule_id: str, *, on: dt.date) -> int:
        """The number in force on a day, of a parameter that counts something."""
        return int(self.value(rule_id, on=on))

    def known_days(self, rule_id: str) -> str:
        """The days a parameter has values for, in words."""
        values = self.parameters[rule_id].values
        return "、".join(f"{value.start or '最早'} 至 {value.end or '今后'}" for value in values)

    def use(self, rule_id: str, *, on: dt.date) -> RuleUse:
        """The number in force on a day with its unit and sentence."""
        value = self._value(rule_id, on)
        unit = self.parameters[rule_id].unit
        return RuleUse(rule_id, plain(value.amount), unit, value.article_id, value.quote)

    def statement(self, rule_id: str) -> RuleUse:
        """A rule without a number: its value is what the sentence says."""
        return self.statements[rule_id]

    def items(self, list_id: str) -> tuple[str, ...]:
        """All items of an article's list, in order."""
        return self.lists[list_id].items

    def number(self, list_id: str, code: str) -> int:
        """Place of the item named ``code``, counted from 1."""
        return self.lists[list_id].codes[code]

    def item(self, list_id: str, code: str) -> RuleUse:
        """The item named ``code`` as a rule: its value is its place in the list."""
        found = self.lists[list_id]
        number = found.codes[code]
        quote = found.items[number - 1]
        return RuleUse(f"{list_id}.{code}", str(number), "条", found.article_id, quote)

    def named_item(self, list_id: str, code: str) -> RuleUse:
        """The item named ``code`` as a rule whose value is the item itself."""
        found = self.lists[list_id]
        item = found.items[found.codes[code] - 1]
        return RuleUse(f"{list_id}.{code}", item, "", found.article_id, item)

    def list_entry(self, list_id: str, item: str) -> RuleUse:
        """An item of an article's list as a rule whose value is the item itself."""
        return RuleUse(list_id, item, "", self.lists[list_id].article_id, item)

    def reading(self, reading_id: str, **facts: object) -> str:
        """How an open point was read, in words."""
        return self.readings[reading_id].format(**facts)

    def _value(self, rule_id: str, day: dt.date) -> Value:
        parameter = self.parameters[rule_id]
        for value in parameter.values:
            if value.holds_on(day):
                return value
        raise OutsideRulesError(
            f"“{parameter.label}”没有 {day} 的数据。有数据的日子：{self.known_days(rule_id)}。"
        )
