"""Times of the clock: 早上7点半, 晚上11点, 23:00, 22点, 凌晨1点, 8am, noon."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from bot.understanding.numerals import SMALL, small_number
from bot.understanding.vocabulary import load_vocabulary

_QUARTERS = {"一": 15, "1": 15, "二": 30, "两": 30, "三": 45, "3": 45}
_AM_PM = r"(?P<ap>a\.?m|p\.?m|in the (?:morning|afternoon|evening))"
_CLOCK = (
    r"(?<![a-z])(?P<past>quarter|half) (?P<way>past|to) (?P<h>\d{1,2})"
    rf"(?:\s*{_AM_PM})?(?![a-z])",
    rf"(?<![\d.])(?<!\d:)(?P<h>\d{{1,2}}):(?P<min>\d{{2}})(?![\d:])\s*{_AM_PM}?",
    r"(?<![\d:.])(?P<h>\d{1,2})(?:[:.](?P<min>\d{2}))?\s*" rf"{_AM_PM}(?![a-z])",
    rf"(?:差(?P<lack>{SMALL}分|[一1]刻)钟?(?:到|就)?)?"
    rf"(?<![\d.第几零一二两三四五六七八九十])(?P<h>{SMALL})\s*(?:点钟?|时(?=[\d零一二三四五半整正许的来]|$))(?!击|开|赞|评|名|数|了|选)"
    rf"\s*(?P<tail>半|整|正|钟|差(?P<lack2>{SMALL}分|[一1]刻)|过?(?P<q>[一二三两13])刻|过?(?P<zi>{SMALL})个字|过?(?P<tmin>零?{SMALL}|\d{{2}}|[二三四五]十[一二三四五六七八九]?)"
    r"分?(?!\s*[点天日月号元块单件个%条次笔通则位批]))?",
    r"(?P<word>(?<![a-z])(?:noon|midday|midnight)(?![a-z])|正午(?!\d)|零点)",
)
_WORDS = {"noon": "12:00", "midday": "12:00", "midnight": "00:00", "正午": "12:00", "零点": "00:00"}
_ABOUT = re.compile(r"^\s*(?:多|几分|出头|过后?(?!期|后)|不到)")
_PART_WINDOW = 4
_NOON = "12:00"
_ONE_EVENING = 3  # hours
_A_HALF_OF_DAY = 5  # characters: 是晚上的
_EVENING = "19"
_MINUTES_OF_A_ZI = 5  # Cantonese: 三个字 is a quarter of an hour
_FEW = ("一", "两", "二")
_COMPARED = ("早", "晚")
_EVENINGS = ("昨晚", "今晚", "前晚", "夜晚", "今早", "明早", "明晚")


@dataclass(frozen=True)
class TimeMention:
    """A time of day as ``HH:MM``, or the problem with it."""

    start: int
    end: int
    text: str
    clock: str | None
    reading: str | None = None
    problem: str | None = None
    vague: bool = False  # 十一点多: some time after it


def find_times(text: str) -> tuple[TimeMention, ...]:
    """All times of day in a normalised text, in order."""
    taken: list[TimeMention] = []
    for pattern in _patterns():
        for found in pattern.finditer(text):
            if any(found.start() < other.end and other.start < found.end() for other in taken):
                continue
            mention = _mention(found, text)
            if mention is not None:
                taken.append(mention)
    taken.sort(key=lambda mention: mention.start)
    return tuple(_in_evening(text, _without_glossed(text, taken)))


def _without_glossed(text: str, mentions: list[TimeMention]) -> list[TimeMention]:
    """晚上十一点一刻（23:15）: one time, which the brackets put in figures."""
    glossed = {
        one.start
        for one, other in pairwise(mentions)
        if text[one.end : other.start].strip() in ("(", "也就是", "即", "就是", "=")
    }
    return [mention for mention in mentions if mention.start not in glossed | _told_later(mentions)]


def _told_later(mentions: list[TimeMention]) -> set[int]:
    """九点四十, 是晚上9点40: the half of the day told afterwards is that of the same time.

    早上9点和晚上9点 are two: the half of the day is said of both.
    """
    clocks = {mention.clock for mention in mentions}
    unsaid = [mention for mention in mentions if mention.reading and mention.clock]
    return {m.start for m in unsaid if m.clock and _twelve_later(m.clock) in clocks}


def _twelve_later(clock: str) -> str:
    hours, minutes = clock.split(":")
    return f"{int(hours) + 12:02d}:{minutes}"


def _in_evening(text: str, mentions: list[TimeMention]) -> Iterator[TimeMention]:
    """晚上10点和11点: what follows an hour of the evening without a word of its own is later."""
    before: TimeMention | None = None
    for mention in mentions:
        if before and _goes_on_in_evening(text, before, mention):
            mention = _taken_as(mention, _twelve_later(mention.text))
        else:
            mention = later_in_evening(mention, before.clock if before else None)
        before = mention
        yield mention


def _goes_on_in_evening(text: str, one: TimeMention, other: TimeMention) -> bool:
    """晚上10:59和11:01: written alike, and the first is one of the evening."""
    written = ":" in one.text and ":" in other.text and other.reading is None
    if not written or _twelve_later(one.text) != one.clock or (other.clock or _NOON) >= _NOON:
        return False
    return load_vocabulary().has("conjunction", text[one.end : other.start])


def later_in_evening(mention: TimeMention, before: str | None) -> TimeMention:
    """An hour that is not said to be of the morning, read after ``before`` (HH:MM)."""
    if mention.reading is None or mention.clock is None or not before or before < _NOON:
        return mention
    clock = _twelve_later(mention.clock)
    # 晚上11点半和10点50: the earlier hour is one of the evening too; 晚上11点和2点, or 23:05 and
    # 7点50, need not be.
    if clock[:2] < min(before[:2], _EVENING) or int(before[:2]) - int(clock[:2]) > _ONE_EVENING:
        return mention
    return _taken_as(mention, clock)


def _taken_as(mention: TimeMention, clock: str) -> TimeMention:
    """The time read as another one than is written, which is said."""
    return replace(mention, clock=clock, reading=f"“{mention.text}”按 {clock} 理解")


def in_half_of_day(clock: str, text: str) -> str | None:
    """11:20, and then 是晚上: the time in the part of the day that a text names without a time of
    its own; None where it names none or several, or the time is of that part already."""
    parts = [name for name, words in load_vocabulary().day_parts.items() if words.search(text)]
    hours, minutes = clock.split(":")
    if len(parts) != 1:
        return None
    told = f"{_hour(int(hours) % 12 or 12, parts[0], None):02d}:{minutes}"
    return told if told != clock else None


def counted_from(clock: str, text: str) -> str | None:
    """11:20, and then 比那个晚半个小时: the time that a text counts from it; None where it does
    not."""
    found = load_vocabulary().concepts["time_beside"].search(text)
    if found is None:
        return None
    minutes = 30 if found["hours"] == "半" else small_number(found["hours"]) * 60
    earlier = found["way"] in ("早", "提前")
    hours, past = map(int, clock.split(":"))
    at = hours * 60 + past + (-minutes if earlier else minutes)
    return f"{at // 60 % 24:02d}:{at % 60:02d}"


def in_half_told(mention: TimeMention, pieces: Sequence[str]) -> str | None:
    """12点半客户问，晚上的: the time in the half of the day that a short piece of the text tells by
    itself; None where the time tells it (晚上11点, 23:05), or none does."""
    parts = load_vocabulary().day_parts.values()
    named = ":" in mention.text or any(words.search(mention.text) for words in parts)
    if mention.clock is None or named:
        return None
    # 不是早上: which half it is not.
    told = (piece for piece in pieces if not piece.startswith("不"))
    short = (piece for piece in told if len(piece) <= _A_HALF_OF_DAY)
    return in_half_of_day(mention.clock, " ".join(short))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in _CLOCK)


def _mention(found: re.Match[str], text: str) -> TimeMention | None:
    groups = found.groupdict()
    start, end = found.span()
    if groups.get("word"):
        return TimeMention(start, end, found.group(), _WORDS[groups["word"]])
    part = _day_part(text, start)
    meridiem = _meridiem(groups)
    bare_han = not groups["h"].isascii()
    quantifier = text[start - 1 : start] in _COMPARED and text[start - 2 : start] not in _EVENINGS
    if bare_han and groups["h"] in _FEW and not groups.get("tail") and (not part or quantifier):
        return None  # 有一点, 说两点, 早一点: no times
    hour, minute = small_number(groups["h"]), _minute(groups)
    shown = text[start:end].strip()
    if minute > 59 or hour > 24 or (hour == 24 and minute):
        problem = f"“{shown}”不是一天里的时刻：小时 0 到 24，分钟 0 到 59"
        return TimeMention(start, end, shown, None, problem=problem)
    marked = part or meridiem
    minutes = _hour(hour, part, meridiem) * 60 + minute - _lacking(groups)
    clock = f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
    reading = None
    if not marked and 0 < hour < 12 and ":" not in shown:
        later = f"{minutes // 60 + 12:02d}:{minutes % 60:02d}"
        reading = (
            f"“{shown}”没说上午还是晚上，按 {clock}（24 小时制）理解；"
            f"如果是 {later}，请写明再问一次"
        )
    vague = _is_vague(groups, text[end:], shown)
    return TimeMention(start, end, shown, clock, reading, vague=vague)


def _is_vague(groups: dict[str, str | None], after: str, shown: str) -> bool:
    """十一点多, 七点几; and 七点九, which is 7:45 to some and 7:09 to others."""
    minutes = groups.get("tmin") or ""
    strokes = len(minutes) == 1 and not minutes.isascii() and not shown.endswith("分")
    return strokes or bool(_ABOUT.match(after))


def _meridiem(groups: dict[str, str | None]) -> str | None:
    """am or pm; in the evening is pm."""
    written = groups.get("ap")
    if written is None or not written.startswith("in"):
        return written
    return "am" if written.endswith("morning") else "pm"


def _lacking(groups: dict[str, str | None]) -> int:
    """Minutes short of the hour: 差五分八点, 八点差一刻, quarter to 8."""
    if groups.get("way") == "to":
        return 15 if groups["past"] == "quarter" else 30
    lack = groups.get("lack") or groups.get("lack2")
    if not lack:
        return 0
    return 15 if lack.endswith("刻") else small_number(lack.removesuffix("分"))


def _minute(groups: dict[str, str | None]) -> int:
    if groups.get("way"):
        return {"quarter": 15, "half": 30}[groups["past"] or ""] if groups["way"] == "past" else 0
    if groups.get("min"):
        return int(groups["min"] or 0)
    if groups.get("q"):
        return _QUARTERS[groups["q"] or ""]
    if groups.get("zi"):
        return small_number(groups["zi"] or "0") * _MINUTES_OF_A_ZI
    if groups.get("tmin"):
        return small_number((groups["tmin"] or "").removeprefix("零") or "0")
    return 30 if groups.get("tail") == "半" else 0


def _day_part(text: str, start: int) -> str | None:
    """The part of the day named right before a time, or the time's own quantifier."""
    before = text[max(0, start - _PART_WINDOW) : start].rstrip(" 的:,")
    for name, pattern in load_vocabulary().day_parts.items():
        for found in pattern.finditer(before):
            if found.end() == len(before):
                return name
    return None


def _hour(hour: int, part: str | None, meridiem: str | None) -> int:
    """The hour on a clock of 24."""
    if meridiem:
        return hour % 12 + (12 if meridiem.startswith("p") else 0)
    if hour == 24:
        return 0
    if part in ("afternoon",) and 1 <= hour <= 11:
        return hour + 12
    if part == "noon" and 1 <= hour <= 3:
        return hour + 12
    if part == "evening":
        # 晚上12点 is midnight, 夜里2点 the small hours.
        return {12: 0}.get(hour, hour + 12 if 5 <= hour <= 11 else hour)
    if part == "night_before_dawn":
        return {12: 0}.get(hour, hour + 12 if 10 <= hour <= 11 else hour)
    return hour
