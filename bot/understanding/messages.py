"""One message, read once: its normalised text and everything mentioned in it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Protocol, TypeVar

from bot.understanding.amounts import AmountMention, find_amounts, find_counts
from bot.understanding.dates import DateMention, find_dates
from bot.understanding.events import EventMention, date_roles, find_events
from bot.understanding.inherited import in_months_told, with_days_in_brackets
from bot.understanding.months import MonthResults, find_month_results
from bot.understanding.times import TimeMention, find_times, later_in_evening
from bot.understanding.vocabulary import Span, Vocabulary, load_vocabulary
from bot.understanding.wording import normalise

_FILLER = "\x00"
_PIECES = re.compile(r"[,。;\s]+")
_DENIAL_WINDOW = 6


@dataclass(frozen=True)
class Message:
    """What a merchant typed, relative to the day it was typed on."""

    text: str
    today: dt.date
    anchor: dt.date | None = None
    """The day that was talked about before: a bare 6号 is one of its month."""
    about_money: bool = False
    """Whether an amount was talked about before: then 4.2 is one."""
    time_before: str | None = None
    """The time of day that was talked about before: 11点 after 晚上11点半 is one of the evening."""

    @property
    def words(self) -> Vocabulary:
        """The vocabulary the message is read with."""
        return load_vocabulary()

    def has(self, concept: str) -> bool:
        """Whether the text holds a wording of the concept."""
        return self.words.has(concept, self.text)

    @cached_property
    def all_dates(self) -> tuple[DateMention, ...]:
        """Dates and months, with those that may as well be amounts (11.1)."""
        if not any(_may_be_date(char) for char in self.text):
            return ()
        return find_dates(self.text, self.today)

    @cached_property
    def told_dates(self) -> tuple[DateMention, ...]:
        """All days and months; 11.1 is a day unless an amount is what is talked about."""
        dates = tuple(date for date in self.all_dates if not self._is_amount(date))
        return with_days_in_brackets(self.text, dates)

    @cached_property
    def _kept_dates(self) -> tuple[DateMention, ...]:
        told = tuple(date for date in self.told_dates if not self._is_season_over(date))
        kept = _without_noted_wrongly(self.text, uncorrected(self.text, told), told)
        return tuple(replace(date, vague=self._is_vague(date, kept)) for date in kept)

    @cached_property
    def dates(self) -> tuple[DateMention, ...]:
        """Days and months that hold, a bare day (30号) in the month that is talked of."""
        return in_months_told(
            self._kept_dates, self.roles, self.told_dates, self.anchor, self.today
        )

    @cached_property
    def days(self) -> tuple[DateMention, ...]:
        """Dates that name a day."""
        return tuple(date for date in self.dates if not date.month_only)

    @cached_property
    def times(self) -> tuple[TimeMention, ...]:
        """Times of the clock."""
        taken = [(date.start, date.end) for date in self.dates]
        told = tuple(
            later_in_evening(time, self.time_before)
            for time in find_times(self.text)
            if not any(time.start < end and start < time.end for start, end in taken)
        )
        return uncorrected(self.text, told)

    @cached_property
    def counts(self) -> tuple[Span, ...]:
        """Numbers that are no amounts."""
        return find_counts(self.text, self._dated)

    @cached_property
    def amounts(self) -> tuple[AmountMention, ...]:
        """Amounts of money that hold."""
        if self.has("compares"):
            # 1500改成1200，前后差多少: both are asked about.
            return self.told_amounts
        kept = uncorrected(self.text, self.told_amounts)
        # 付了1280……不对，1280是上一单的: what is taken back is so wherever it is said.
        gone = {amount.value for amount in self.told_amounts if amount not in kept}
        return tuple(amount for amount in kept if amount.value not in gone) or kept

    @cached_property
    def told_amounts(self) -> tuple[AmountMention, ...]:
        """Amounts of money, those taken back too."""
        return find_amounts(self.text, [*self._dated, *self.counts])

    @cached_property
    def events(self) -> tuple[EventMention, ...]:
        """What happened or is asked about."""
        return find_events(self.text, self._kept_dates)

    @cached_property
    def roles(self) -> tuple[str | None, ...]:
        """For each of ``dates`` the event it is the date of."""
        placed = tuple(
            replace(date, start=place.start, end=place.end)
            for date in self._kept_dates
            for place in [first_told(self.text, date, self.told_dates)]
        )
        return date_roles(self.text, placed, self.events)

    @cached_property
    def month_results(self) -> MonthResults | None:
        """Monthly results of a review."""
        return find_month_results(self.text, self.dates, self.today)

    @property
    def without_values(self) -> Message:
        """The message without the days, times and amounts that it tells."""
        told: tuple[_Placed, ...] = (*self.all_dates, *self.times, *self.told_amounts)
        text = blank(self.text, [(value.start, value.end) for value in told])
        return replace(self, text=text.replace(_FILLER, ""))

    def without_dates(self, start: int) -> str:
        """The text from a place on, its dates left out."""
        rest = blank(self.text, [(date.start, date.end) for date in self.all_dates])[start:]
        return rest.replace(_FILLER, "")

    def dates_of(self, *roles: str) -> tuple[DateMention, ...]:
        """Dates that have one of the roles, in order; 今天 only where no other date has it."""
        pairs = zip(self.dates, self.roles, strict=True)
        found = tuple(date for date, role in pairs if role in roles)
        return tuple(date for date in found if not date.is_now) or found

    @cached_property
    def loose_days(self) -> tuple[DateMention, ...]:
        """Days without a role; 今天 is left out, it mostly says when is asked."""
        pairs = zip(self.dates, self.roles, strict=True)
        return tuple(d for d, role in pairs if role is None and not d.month_only and not d.is_now)

    @property
    def only_festivals(self) -> bool:
        """双十二累麻了, 年底冲量差一点: whether all days told are festivals or ends of a month or
        year, of which nothing is said to be; the shopping days are asked about themselves."""
        if self.has("black_friday") or self.has("cyber_monday") or any(self.roles):
            return False
        bare = (day.last_day and (day.month is None or "年" in day.text) for day in self.days)
        named = (end or self._is_festival(day) for end, day in zip(bare, self.days, strict=True))
        return bool(self.days) and all(named)

    @cached_property
    def _dated(self) -> list[Span]:
        dates = [(date.start, date.end) for date in self.dates]
        return dates + [(time.start, time.end) for time in self.times]

    def _is_vague(self, date: DateMention, dates: Sequence[DateMention]) -> bool:
        """国庆期间, 20几号, 大概月底, 20号还是21号: no day that can be counted from."""
        if self._is_one_of_two(date, dates):
            return True
        if date.month_only or date.spoken:
            return False
        before, after = self.text[: date.start], self.text[date.end :]
        if self.words.has("around_day", after):
            return True
        # 20几号, but 11月1号 几号自动收货.
        if date.text[-1] not in "号日" and self.words.has("some_day", after):
            return True
        # 差不多10天前, 大概月底: counted or rounded, not looked up.
        rounded = date.last_day or date.exact is not None
        return rounded and self.words.has("imprecise_before", before[-8:])

    def _is_festival(self, date: DateMention) -> bool:
        names = (*self.words.festivals, *self.words.moving_festivals)
        return any(name in date.text for name in names)

    def _is_season_over(self, date: DateMention) -> bool:
        return self._is_festival(date) and self.words.has("season_over", self.text[date.end :])

    def _is_one_of_two(self, date: DateMention, dates: Sequence[DateMention]) -> bool:
        for one, other in pairwise(dates):
            between = self.text[one.end : other.start]
            if date not in (one, other) or one.is_now or other.is_now:
                continue
            if one.month_only or other.month_only:
                # 算11月还是12月 asks; 11月或12月 leaves open.
                either = one.month_only and other.month_only and self.words.has("either", between)
            else:
                either = self.words.has("alternative", between)
                either = either or self.words.has("time_range", between)
            if either:
                return True
        return False

    def _is_amount(self, date: DateMention) -> bool:
        if not date.decimal:
            return False
        concepts = ("fee", "fee_asked", "net", "asks_paid")
        about_money = self.about_money or any(self.has(concept) for concept in concepts)
        followed = find_events(self.text[date.end : date.end + 6], ())
        dated = bool(followed) and followed[0].start <= 1 and followed[0].name != "settled"
        dated = dated or self.words.has("day_after_number", self.text[date.end :])
        return about_money and not dated


@lru_cache(maxsize=512)
def read_message(text: str, today: dt.date) -> Message:
    """Read a message; the same one is read once."""
    return Message(_confirmed_alike(normalise(text)), today)


def _confirmed_alike(text: str) -> str:
    """一单8月1号确认发货，一单8月4号确认: confirmed as the one before it."""
    words = load_vocabulary()
    said = words.spans("platform_ships", text) or words.spans("platform_confirms", text)
    if not said:
        return text
    start, end = said[0]
    return text[:end] + words.concepts["day_confirmed"].sub(text[start:end], text[end:])


def blank(text: str, spans: list[Span]) -> str:
    """The text with the spans filled, every other character in its place."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = _FILLER * (end - start)
    return "".join(chars)


def pieces_of(text: str) -> list[str]:
    """A text in the pieces that commas, stops and blanks part."""
    return [piece for piece in _PIECES.split(text) if piece]


def clause_around(text: str, start: int, end: int) -> str:
    """The clause that a place of the text stands in."""
    return (
        re.split("[,。;]", text[:start])[-1] + text[start:end] + re.split("[,。;]", text[end:])[0]
    )


def piece_around(text: str, start: int, end: int) -> str:
    """The piece that a place of the text stands in: its clause, up to the next blank."""
    before, after = re.split(r"[,。;\s]", text[:start])[-1], re.split(r"[,。;\s]", text[end:])[0]
    return before + text[start:end] + after


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


_P = TypeVar("_P", bound=_Placed)


def uncorrected(text: str, mentions: tuple[_P, ...]) -> tuple[_P, ...]:
    """两百五，不对，是两百八: what is taken back right before the next mention is left out."""
    kept = tuple(mention for mention in mentions if not _is_denied(text, mention)) or mentions
    dropped: set[int] = set()
    for one, other in reversed(list(pairwise(kept))):
        # 15还是16来着，查到了是16: both of what was not sure are taken back.
        doubted = other.start in dropped and _are_alternatives(text, one, other)
        if doubted or _is_taken_back(text, one, other):
            dropped.add(one.start)
    return tuple(mention for mention in kept if mention.start not in dropped)


def _without_noted_wrongly(
    text: str, kept: tuple[DateMention, ...], told: tuple[DateMention, ...]
) -> tuple[DateMention, ...]:
    """这单11月2号确认的，说错了，2号是另外一单: the day that was told wrongly, wherever it was."""
    words = load_vocabulary()
    wrong = [d for d in told if words.has("noted_wrongly_after", text[d.end :]) and d.day]
    right = tuple(
        date
        for date in kept
        if not any(date.day == d.day and d.month in (None, date.month) for d in wrong)
    )
    return right or kept


def first_told(text: str, mention: _P, mentions: tuple[_P, ...]) -> _P:
    """What a mention corrects (15号，写错了，是25号), or itself: it stands in that place."""
    for one, other in reversed(list(pairwise(mentions))):
        if other.start == mention.start and _is_taken_back(text, one, other):
            mention = one
    return mention


def _is_denied(text: str, mention: _Placed) -> bool:
    """是2688不是2288: said not to be it, and not only asked (不是2288吗)."""
    words, before = load_vocabulary(), text[max(0, mention.start - _DENIAL_WINDOW) : mention.start]
    after = text[mention.end :]
    asked = words.has("asked_after", after)
    # 原本打算2月10号关，提前三天就关了: the day that is counted from.
    promised = words.has("promised_once", before) and words.has("promised_after", after)
    promised = promised or (words.has("says_before", before) and words.has("will_after", after))
    planned = words.has("planned_once", before) or promised
    planned = planned and not words.has("moved_days", after)
    noted_wrongly = words.has("noted_wrongly_after", after)
    return planned or noted_wrongly or (words.has("denied_mention", before) and not asked)


def _are_alternatives(text: str, one: _Placed, other: _Placed) -> bool:
    return load_vocabulary().has("alternative", text[one.end : other.start])


def _is_taken_back(text: str, one: _Placed, other: _Placed) -> bool:
    words = load_vocabulary()
    told_right = words.has("right_after", text[other.end :])
    return told_right or words.has("correction", text[one.end : other.start])


_DATE_CHARACTERS = frozenset(
    "0123456789年月日号天周前昨今明节双旦底末五六国元春中圣平清端除跨七重母父"
)


def _may_be_date(char: str) -> bool:
    return char in _DATE_CHARACTERS or char.isascii()
