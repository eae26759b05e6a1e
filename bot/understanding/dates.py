"""Dates in merchants' words: found without a calendar, resolved against a day.

A date without a year has several readings. Which is taken depends on what happened on it
(``Lean``): what happened is the latest such day not after today, what is planned the next,
what may be either the nearest.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from itertools import pairwise

from dateutil.relativedelta import relativedelta

from bot.understanding.festivals import festival_day
from bot.understanding.numerals import SMALL, number, small_number
from bot.understanding.vocabulary import Vocabulary, alternatives, load_vocabulary

_NOW = ("今天", "现在", "today", "刚刚", "刚才")


class Lean(Enum):
    """Which way a date without a year points."""

    PAST = "past"
    FUTURE = "future"
    NEAR = "near"


@dataclass(frozen=True)
class DateMention:
    """A date as written. Parts not written are None; ``exact`` is already a day or a month."""

    start: int
    end: int
    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    festival: str | None = None
    exact: dt.date | None = None
    last_day: bool = False
    month_only: bool = False
    shift: int = 0
    spoken: bool = False  # a word such as 昨天, which has one reading only
    ambiguous: bool = False  # written so that another order of parts is possible
    decimal: bool = False  # 11.1 may as well be an amount
    vague: bool = False  # 20几号, 国庆期间, 20号还是21号: no day in particular
    problem: str | None = None

    @property
    def is_now(self) -> bool:
        """Whether the word means the day the question is asked on."""
        return self.spoken and self.shift == 0 and self.text in _NOW


@dataclass(frozen=True)
class Resolved:
    """A day or month on the calendar, or why there is none."""

    day: dt.date | None
    reading: str | None = None
    problem: str | None = None
    month_only: bool = False

    @property
    def iso(self) -> str | None:
        """``YYYY-MM-DD``, or ``YYYY-MM`` for a month."""
        if self.day is None:
            return None
        return self.day.strftime("%Y-%m") if self.month_only else self.day.isoformat()


def resolve(mention: DateMention, today: dt.date, lean: Lean) -> Resolved:
    """The day a mention stands for; never raises."""
    if mention.problem:
        return Resolved(None, problem=mention.problem)
    try:
        day = _day_of(mention, today, lean)
    except (ValueError, OverflowError):
        return Resolved(None, problem=_impossible(mention, today, lean))
    if day is None:
        return Resolved(None, problem=f"没能读懂日期“{mention.text}”，请写成 2021-11-01 这样")
    if not mention.spoken:
        day += dt.timedelta(days=mention.shift)
    return Resolved(day, _reading(mention, day, today), month_only=mention.month_only)


def find_dates(text: str, today: dt.date) -> tuple[DateMention, ...]:
    """All dates in a normalised text, in order; overlapping readings are settled."""
    taken: list[DateMention] = []
    for pattern, make in _grammar():
        for found in pattern.finditer(text):
            if any(found.start() < other.end and other.start < found.end() for other in taken):
                continue
            mention = make(found, today)
            if mention is not None:
                taken.append(mention)
    dates = [_moved(text, each) for each in sorted(taken, key=lambda mention: mention.start)]
    return (*dates[:1], *(_restating(text, a, b, today) for a, b in pairwise(dates)))


def _restating(text: str, before: DateMention, mention: DateMention, today: dt.date) -> DateMention:
    """今天才2号啊: the day of asking told once more, and no day of anything else."""
    if not before.is_now or not load_vocabulary().has("is_today", text[before.end : mention.start]):
        return mention
    if mention.day is None or resolve(mention, today, Lean.NEAR).day != today:
        return mention
    return replace(
        mention, text=before.text, exact=today, month=today.month, spoken=True, ambiguous=False
    )


def _moved(text: str, mention: DateMention) -> DateMention:
    """原定9月20号，提前三天就发走了: the day that it came to."""
    names_day = mention.day is not None or mention.festival is not None
    moved = load_vocabulary().concepts["moved_days"].match(text[mention.end :])
    if moved is None or not names_day or mention.spoken:
        return mention
    days = small_number(moved["days"])
    earlier = moved["way"] in ("提前", "早")
    return replace(mention, shift=mention.shift + (-days if earlier else days))


# -- resolving ----------------------------------------------------------------------------


def _day_of(mention: DateMention, today: dt.date, lean: Lean) -> dt.date | None:
    if mention.exact is not None:
        return mention.exact
    if mention.weekday is not None:
        return _weekday(mention.weekday, today, lean)
    if mention.festival is not None:
        return _festival(mention, today, lean)
    if mention.month is None:
        return _day_of_month(mention, today, lean)
    year = _year(mention, today, lean)
    if mention.last_day:
        return dt.date(year, mention.month, calendar.monthrange(year, mention.month)[1])
    return dt.date(year, mention.month, mention.day or 1)


def _year(mention: DateMention, today: dt.date, lean: Lean) -> int:
    """The year of a month (and day) written without one."""
    if mention.year is not None:
        return mention.year
    assert mention.month is not None
    written = (mention.month, 31 if mention.last_day else mention.day or 0)
    here = (today.month, today.day if mention.day or mention.last_day else 0)
    if mention.last_day and mention.month == today.month:
        is_last = today.day == calendar.monthrange(today.year, today.month)[1]
        here = (today.month, 31 if is_last else today.day)
    if lean is Lean.PAST:
        return today.year if written <= here else today.year - 1
    if lean is Lean.FUTURE:
        return today.year if written >= here else today.year + 1
    return min(
        (today.year + step for step in (1, 0, -1)),
        key=lambda year: abs((_roughly(year, mention) - today).days),
    )


def _roughly(year: int, mention: DateMention) -> dt.date:
    """A day near the one meant, also where that one does not exist."""
    assert mention.month is not None
    month = min(max(mention.month, 1), 12)
    return dt.date(year, month, min(max(mention.day or 15, 1), 28))


def _day_of_month(mention: DateMention, today: dt.date, lean: Lean) -> dt.date:
    """A day without a month: 28号, 月底."""
    if lean is Lean.NEAR and not mention.last_day:
        around = [_day_of_month(mention, today, way) for way in (Lean.PAST, Lean.FUTURE)]
        return min(around, key=lambda day: abs((day - today).days))
    step = 1 if lean is Lean.FUTURE else -1
    for months in range(13):
        first = today.replace(day=1) + relativedelta(months=months * step)
        last = calendar.monthrange(first.year, first.month)[1]
        wanted = last if mention.last_day else mention.day or 0
        if not 1 <= wanted <= 31:
            raise ValueError(wanted)
        if wanted > last:
            continue
        day = first.replace(day=wanted)
        if mention.last_day and lean is Lean.NEAR:
            return day
        if (day <= today) if step < 0 else (day >= today):
            return day
    raise ValueError(mention.text)


def _weekday(weekday: int, today: dt.date, lean: Lean) -> dt.date:
    if lean is Lean.FUTURE:
        return today + dt.timedelta(days=(weekday - today.weekday()) % 7)
    return today - dt.timedelta(days=(today.weekday() - weekday) % 7)


def _festival(mention: DateMention, today: dt.date, lean: Lean) -> dt.date | None:
    assert mention.festival is not None
    if mention.year is not None:
        return festival_day(mention.festival, mention.year)
    days = [festival_day(mention.festival, today.year + step) for step in (-1, 0, 1)]
    known = [day for day in days if day is not None]
    if lean is Lean.PAST:
        return max((day for day in known if day <= today), default=None)
    if lean is Lean.FUTURE:
        return min((day for day in known if day >= today), default=None)
    return min(known, key=lambda day: abs((day - today).days), default=None)


def _impossible(mention: DateMention, today: dt.date, lean: Lean) -> str:
    if mention.month is None:
        return f"“{mention.text}”不是日期：一个月最多 31 天"
    if not 1 <= mention.month <= 12:
        return f"“{mention.text}”不是日期：没有 {mention.month} 月，月份只能是 1 到 12"
    year = _year(mention, today, lean)
    if not 1 <= year <= 9999:
        return f"“{mention.text}”不是日期：没有 {year} 年"
    last = calendar.monthrange(year, mention.month)[1]
    return f"“{mention.text}”不是日期：{year} 年 {mention.month} 月只有 {last} 天"


def _reading(mention: DateMention, day: dt.date, today: dt.date) -> str | None:
    full = mention.year is not None and mention.month is not None
    full = full and not (mention.ambiguous or mention.last_day)
    plain = (
        mention.month is not None
        and day.year == today.year
        and not (mention.ambiguous or mention.decimal or mention.shift or mention.festival)
        and not mention.last_day
    )
    if mention.spoken or full or plain:
        return None
    written = f"{day.year}年{day.month}月"
    if not mention.month_only:
        written += f"{day.day}日"
    return f"“{mention.text}”按{written}理解"


# -- finding ------------------------------------------------------------------------------

Maker = Callable[["re.Match[str]", dt.date], DateMention | None]

_YEAR = (
    r"(?:(?P<y>(?:19|20)\d{2}|\d{2}|二[零〇][零〇一二三四五六七八九]{2})\s*年的?\s*"
    r"|(?P<ry>%s)的?\s*)"
)
_MONTHS_EN = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH_EN = (
    r"(?P<em>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NOT_DAY = r"(?!\s*(?:[\d个块元单天月件笔万千百折毛角%:.]|点(?!了?(?:确认|收|延|了))))"
# A day in Chinese numerals without 号 (八月三十一): the small ones may count anything.
_HAN_DAY = r"(?:[二三]?十[一二三四五六七八九]?)(?![一二三四五六七八九十几多来余])"
_COUNT_EN = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_WEEKDAYS_EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@cache
def _grammar() -> tuple[tuple[re.Pattern[str], Maker], ...]:
    """Patterns by priority: what is written in full first."""
    return tuple((re.compile(pattern), make) for pattern, make in _rules(load_vocabulary()))


def _rules(words: Vocabulary) -> Iterator[tuple[str, Maker]]:
    year = _YEAR % alternatives(list(words.relative_years))
    month = f"(?P<rm>{alternatives(list(words.relative_months))})"
    week = alternatives(list(words.relative_weeks))
    fixed = alternatives(list(words.festivals))
    moving = alternatives(list(words.moving_festivals))
    yield (
        r"(?<!\d)(?<!\d\.)(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})"
        r"(?:日|号)?(?!\d)",
        _written,
    )
    yield (
        # 25.4.18, and no version of anything.
        r"(?<![\d.a-z])(?P<y>2\d)[./](?P<m>1[0-2]|0?[1-9])[./](?P<d>3[01]|[12]\d|0?[1-9])(?![\d.])",
        _written_short,
    )
    yield (
        # Part of no waybill number.
        r"(?<![a-z\d])(?<![单编]号)(?<![单编]号[:是])(?<!号码)(?<!号码[:是])"
        r"(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d)",
        _written_possible,
    )
    yield r"(?<![\d/])(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{4})(?![\d/])", _slashed
    yield (
        rf"(?<!\d){year}?(?P<m>{SMALL})\s*月份?\s*(?:的)?(?P<d>{SMALL})\s*(?:日|号)(?!\d)",
        _written,
    )
    yield rf"{month}(?:份)?(?:的)?\s*(?P<d>{SMALL})\s*(?:日|号)", _written
    yield (
        rf"(?:{year}?(?:(?<!\d)(?P<m>{SMALL})\s*月份?|{month}))(?:的)?\s*"
        r"(?:月?[底末]|最后一?[天日])",
        _month_end,
    )
    yield rf"{year}?(?<![每个])(?:月[底末]|年底|年末)(?!吗|\s*{SMALL}\s*[日号月])", _bare_end
    yield rf"(?<!\d){year}?(?P<m>{SMALL})\s*月\s*(?P<d>\d{{1,2}}|{_HAN_DAY}){_NOT_DAY}", _written
    yield rf"{month}的?\s*(?P<d>\d{{1,2}}|{_HAN_DAY}){_NOT_DAY}", _written
    yield (
        # 最终实付618元 is no festival.
        rf"(?<![\d.])(?<![付收价]){year}?(?P<f>{fixed})(?:节)?(?!\.?\d)(?!元|块)(?P<s>当天|那天|的?前一天|的?后一天|"
        rf"的?第二天|次日|(?:假期)?第(?P<n>{SMALL})天|(?:节)?(?P<dir>前|后)(?:第)?(?P<k>{SMALL})天(?!内))?",
        _fixed_festival,
    )
    yield (
        rf"{year}?(?P<g>{moving})(?:节)?(?P<s>当天|那天|的?前一天|的?后一天|的?第二天|次日)?",
        _moving_festival,
    )
    yield (
        rf"(?<![a-z]){_MONTH_EN}\s*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:\s*,?\s*(?P<y>20\d{{2}}))?",
        _english,
    )
    yield (
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s+)?{_MONTH_EN}(?![a-z])"
        r"(?:\s*,?\s*(?P<y>20\d{2}))?",
        _english,
    )
    yield rf"(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+of\s+{month}(?![a-z])", _written
    yield (
        rf"(?:end of|last day of)\s+(?:the\s+)?(?:{_MONTH_EN}(?![a-z])|{month}|month)",
        _english_end,
    )
    yield (
        r"(?<![a-z\d])(?P<n>\d{1,3}|an?|one|two|three|four|five|six)\s+"
        r"(?P<u>day|week|month)s?\s+ago",
        _ago_english,
    )
    yield rf"(?<![a-z])last\s+(?P<w>{'|'.join(_WEEKDAYS_EN)})", _last_weekday_english
    yield rf"(?<![a-z])(?:on\s+)?(?P<w>{'|'.join(_WEEKDAYS_EN)})(?![a-z])", _weekday_english
    yield (
        rf"(?P<n>\d{{1,4}}|{SMALL}|半)\s*(?P<u>天|日|周|个?月|年)(?:之|以)?前"
        r"(?:的?(?:今天|这一?天))?(?!面|台)",
        _ago,
    )
    yield f"(?P<r>{alternatives(list(words.relative_days))})", _relative_day
    yield rf"(?P<n>{SMALL})\s*(?P<u>天|日)(?:之|以)?后(?=再?才?(?:发|寄))", _ahead
    yield rf"(?P<w>{week})周(?P<d>[一二三四五六日])", _weekday_of_week
    yield (
        r"(?<![每个几\d一二两三四五六七八九十])周(?P<d>[一二三四五六日])(?!年|期|岁|线)",
        _weekday_bare,
    )
    yield r"(?<![\d/.])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\d/%])", _slashed
    yield (
        r"(?<![\d.\-])(?P<m>\d{1,2})-(?P<d>\d{1,2})(?![\d\-.]|\s*[点:天元块个单件%月])",
        _dashed,
    )
    yield (
        r"(?<![\d.¥￥$])(?P<m>\d{1,2})\.(?P<d>\d{1,2})"
        r"(?![\d.]|\s*(?:[元块万wk%折毛角个千百]|点(?!了?(?:确认|收|延|了))))",
        _dotted,
    )
    yield (
        rf"(?<![\d月第]){SMALL_DAY}(?P<u>日|号)(?!人|楼|店|线|仓|码|机|链|款|订|单|元|之?[内后]|以[内后])(?<!日(?=[前之以]))",
        _day_only,
    )
    yield (
        rf"(?<![a-z]){_MONTH_EN}(?![a-z])\s*(?P<y>20\d{{2}})|(?<![a-z]){_MONTH_EN2}(?![a-z])"
        # Elsewhere it is the verb.
        r"|(?:(?<=\bin )|(?<=\bof )|(?<=\bfor )|(?<=passed )|(?<=failed )|(?<=\bsince )"
        r"|(?<=april and )|(?<=april, )|(?<=until )|(?<=by ))(?P<em3>may)(?![a-z])"
        r"(?! (?:i|we|be|it|not|he|she|they|you|have)(?![a-z]))",
        _english_month,
    )
    yield rf"(?<!\d){year}?(?P<m>{SMALL})\s*月份?(?!\s*\d+\s*[日号])", _month_of_year
    yield rf"{month}份?", _relative_month


SMALL_DAY = rf"(?P<d>{SMALL})"
_MONTH_EN2 = _MONTH_EN.replace("?P<em>", "?P<em2>").replace("|may|", "|")


def _at(found: re.Match[str]) -> DateMention:
    start, end = found.span()
    text = found.group()
    return DateMention(start + len(text) - len(text.lstrip()), end, text.strip())


def _year_written(found: re.Match[str], today: dt.date) -> int | None:
    groups = found.groupdict()
    if groups.get("ry"):
        return today.year + load_vocabulary().relative_years[groups["ry"]]
    if not groups.get("y"):
        return None
    value = number(groups["y"])
    assert value is not None
    return int(value) + 2000 if value < 100 else int(value)


def _relative_month_of(found: re.Match[str], today: dt.date) -> dt.date | None:
    word = found.groupdict().get("rm")
    if not word:
        return None
    return today.replace(day=1) + relativedelta(months=load_vocabulary().relative_months[word])


def _written(found: re.Match[str], today: dt.date) -> DateMention:
    relative = _relative_month_of(found, today)
    day = small_number(found["d"])
    if relative is not None:
        return replace(_at(found), year=relative.year, month=relative.month, day=day)
    month = small_number(found["m"])
    return replace(_at(found), year=_year_written(found, today), month=month, day=day)


def _written_short(found: re.Match[str], today: dt.date) -> DateMention | None:
    """The year in two figures: one that is not yet to come."""
    year = int(found["y"]) + 2000
    return replace(_written(found, today), year=year) if year <= today.year + 1 else None


def _written_possible(found: re.Match[str], today: dt.date) -> DateMention | None:
    """Eight figures are a date only where they can be one; else they are some number."""
    try:
        dt.date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None
    return _written(found, today)


def _month_end(found: re.Match[str], today: dt.date) -> DateMention:
    relative = _relative_month_of(found, today)
    if relative is not None:
        return replace(_at(found), year=relative.year, month=relative.month, last_day=True)
    month = small_number(found["m"])
    return replace(_at(found), year=_year_written(found, today), month=month, last_day=True)


def _bare_end(found: re.Match[str], today: dt.date) -> DateMention:
    year = _year_written(found, today)
    if "年底" in found.group() or "年末" in found.group():
        return replace(_at(found), year=year or today.year, month=12, last_day=True)
    return replace(_at(found), last_day=True)


def _festival_shift(found: re.Match[str]) -> int:
    word = (found["s"] or "").removeprefix("的")
    groups = found.groupdict()
    if groups.get("n"):
        return small_number(groups["n"]) - 1
    if groups.get("k"):
        return small_number(groups["k"]) * (-1 if groups["dir"] == "前" else 1)
    return {"前一天": -1, "后一天": 1, "第二天": 1, "次日": 1}.get(word, 0)


def _fixed_festival(found: re.Match[str], today: dt.date) -> DateMention:
    month, day = load_vocabulary().festivals[found["f"]]
    shift, year = _festival_shift(found), _year_written(found, today)
    return replace(_at(found), year=year, month=month, day=day, shift=shift, ambiguous=year is None)


def _moving_festival(found: re.Match[str], today: dt.date) -> DateMention:
    name, _, later = load_vocabulary().moving_festivals[found["g"]].partition("+")
    year, shift = _year_written(found, today), _festival_shift(found) + int(later or 0)
    return replace(_at(found), festival=name, year=year, shift=shift)


def _english(found: re.Match[str], today: dt.date) -> DateMention:
    month = _MONTHS_EN.index(found["em"][:3]) + 1
    year = _year_written(found, today)
    return replace(_at(found), year=year, month=month, day=int(found["d"]))


def _english_end(found: re.Match[str], today: dt.date) -> DateMention:
    relative = _relative_month_of(found, today)
    if relative is not None:
        return replace(_at(found), year=relative.year, month=relative.month, last_day=True)
    if found["em"]:
        month = _MONTHS_EN.index(found["em"][:3]) + 1
        return replace(_at(found), month=month, last_day=True)
    return replace(_at(found), last_day=True)


def _english_month(found: re.Match[str], today: dt.date) -> DateMention:
    name = found["em"] or found["em2"] or found["em3"]
    month = _MONTHS_EN.index(name[:3]) + 1
    return replace(_at(found), year=_year_written(found, today), month=month, month_only=True)


def _back(today: dt.date, count: int, unit: str) -> dt.date:
    if unit.endswith("月") or unit == "month":
        return today - relativedelta(months=count)
    if unit in ("年", "year"):
        return today - relativedelta(years=count)
    return today - dt.timedelta(days=count * (7 if unit in ("周", "week") else 1))


def counted_back(today: dt.date, count: str, unit: str) -> dt.date | None:
    """The day ``count`` (a numeral or 半) units before a day; None where there is none."""
    if count == "半":
        # Half a month is counted as fifteen days, half a year as six months.
        halves = {"个月": (15, "天"), "月": (15, "天"), "年": (6, "月")}
        return _back(today, *halves[unit]) if unit in halves else None
    try:
        return _back(today, small_number(count), unit)
    except (ValueError, OverflowError):
        return None


def _ago(found: re.Match[str], today: dt.date) -> DateMention | None:
    count, unit = found["n"], found["u"]
    if unit == "月" and not count.startswith(tuple("两半")):
        return None  # 3月前 is before March
    exact = counted_back(today, count, unit)
    return replace(_at(found), exact=exact) if exact is not None else None


def _ahead(found: re.Match[str], today: dt.date) -> DateMention:
    days = dt.timedelta(days=small_number(found["n"]))
    return replace(_at(found), exact=today + days)


def _ago_english(found: re.Match[str], today: dt.date) -> DateMention:
    count = _COUNT_EN[found["n"]] if found["n"] in _COUNT_EN else int(found["n"])
    return replace(_at(found), exact=_back(today, count, found["u"]))


def _relative_day(found: re.Match[str], today: dt.date) -> DateMention:
    shift = load_vocabulary().relative_days[found["r"]]
    exact = today + dt.timedelta(days=shift)
    return replace(_at(found), exact=exact, shift=shift, spoken=True)


def _weekday_of_week(found: re.Match[str], today: dt.date) -> DateMention:
    weeks = load_vocabulary().relative_weeks[found["w"]]
    monday = today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=weeks)
    day = monday + dt.timedelta(days="一二三四五六日".index(found["d"]))
    return replace(_at(found), exact=day)


def _weekday_bare(found: re.Match[str], today: dt.date) -> DateMention:
    return replace(_at(found), weekday="一二三四五六日".index(found["d"]))


def _last_weekday_english(found: re.Match[str], today: dt.date) -> DateMention:
    wanted = _WEEKDAYS_EN.index(found["w"])
    back = (today.weekday() - wanted) % 7 or 7
    return replace(_at(found), exact=today - dt.timedelta(days=back))


def _weekday_english(found: re.Match[str], today: dt.date) -> DateMention:
    return replace(_at(found), weekday=_WEEKDAYS_EN.index(found["w"]))


def _slashed(found: re.Match[str], today: dt.date) -> DateMention:
    """Month first, as merchants here write it; day first where only that can be."""
    first, second = int(found["a"]), int(found["b"])
    month, day = (second, first) if first > 12 >= second else (first, second)
    year = _year_written(found, today) if "y" in found.groupdict() else None
    return replace(_at(found), year=year, month=month, day=day, ambiguous=True)


def _dashed(found: re.Match[str], today: dt.date) -> DateMention | None:
    month, day = int(found["m"]), int(found["d"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return replace(_at(found), month=month, day=day, ambiguous=True)


def _dotted(found: re.Match[str], today: dt.date) -> DateMention | None:
    month, day = int(found["m"]), int(found["d"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return replace(_at(found), month=month, day=day, decimal=True)


def _day_only(found: re.Match[str], today: dt.date) -> DateMention | None:
    """28号; 90日 is a span of days, 32号 a day that does not exist."""
    day = small_number(found["d"])
    return None if found["u"] == "日" and day > 31 else replace(_at(found), day=day)


def _month_of_year(found: re.Match[str], today: dt.date) -> DateMention:
    month = small_number(found["m"])
    problem = None
    if not 1 <= month <= 12:
        problem = f"“{found.group().strip()}”不是月份：没有 {month} 月，月份只能是 1 到 12"
    return replace(
        _at(found), year=_year_written(found, today), month=month, month_only=True, problem=problem
    )


def _relative_month(found: re.Match[str], today: dt.date) -> DateMention:
    first = _relative_month_of(found, today)
    assert first is not None
    return replace(_at(found), year=first.year, month=first.month, month_only=True)
