"""Monthly results of a review: 9月达标10月没达标, 连着两个月没过, pass fail pass."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from bot.understanding.dates import DateMention, Lean, resolve
from bot.understanding.numerals import SMALL, small_number
from bot.understanding.values import month_after
from bot.understanding.vocabulary import load_vocabulary

_RESTATED_GAP = 2
_LISTING = re.compile(r"[\s,、;和跟与及还有又到至~—\-份的]|and|or")
_MOST_BETWEEN = 1
_NEAR = 20
_NEAR_ENGLISH = 60
_SERIES = rf"(?<!隔)(?<!隔了)(?P<n>{SMALL})\s*(?:个月|months?)(?!之?前|以前| ago)"
_ORDINAL = rf"第\s*(?P<i>{SMALL})\s*个?月"


@dataclass(frozen=True)
class MonthResults:
    """Results oldest first; ``by_month`` where all months are named (months since year 0)."""

    results: tuple[str, ...]
    named: bool
    span: tuple[int, int]
    by_month: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class _Subject:
    """Months a result is said of: where, how many, and the calendar month if named."""

    start: int
    end: int
    count: int
    month: int | None  # months since year 0


@dataclass(frozen=True)
class _Verdict:
    start: int
    end: int
    result: str


def find_month_results(
    text: str, dates: Sequence[DateMention], today: dt.date
) -> MonthResults | None:
    """The results said of months, oldest first; None where the text holds none."""
    verdicts = _verdicts(text)
    if not verdicts or load_vocabulary().has("review_but", text):
        return None
    subjects = _subjects(text, dates, today)
    if not subjects:
        return _bare_series(verdicts)
    told = _told(text, subjects, verdicts)
    if not told:
        return None
    span = (min(s.start for s, _ in told), max(v.end for v in verdicts))
    if _is_told_twice([subject for subject, _ in told]):
        return MonthResults(("unknown",), named=True, span=span)
    calendar_months = [(subject, result) for subject, result in told if subject.month is not None]
    if len(calendar_months) == len(told):
        return _by_calendar(calendar_months, span)
    if any(_is_scattered(subject, text) for subject, _ in told):
        return MonthResults(("unknown",), named=True, span=span)
    results = tuple(result for subject, result in told for _ in range(subject.count))
    return MonthResults(results, named=False, span=span)


def _is_told_twice(subjects: Sequence[_Subject]) -> bool:
    """两个月不达标但不连续，7月和9月: counted and named, so the order cannot be told."""
    named = sum(subject.month is not None for subject in subjects)
    return named > 1 and any(subject.month is None and subject.count > 1 for subject in subjects)


def _is_scattered(subject: _Subject, text: str) -> bool:
    """今年有两个月没达标: not said to follow one another."""
    before = load_vocabulary().has("scattered_before", text[: subject.start])
    return subject.month is None and subject.count > 1 and before


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(_SERIES), re.compile(_ORDINAL)


def _verdicts(text: str) -> list[_Verdict]:
    """Passed or failed, by the words; a failure's words hold a pass's, so they come first."""
    concepts = load_vocabulary().concepts
    found: list[_Verdict] = []
    for result in ("unknown", "fail", "pass"):
        for match in concepts[f"review_{result}"].finditer(text):
            if not any(match.start() < v.end and v.start < match.end() for v in found):
                found.append(_Verdict(*match.span(), result))
    return sorted(found, key=lambda verdict: verdict.start)


def _subjects(text: str, dates: Sequence[DateMention], today: dt.date) -> list[_Subject]:
    subjects: list[_Subject] = []
    for mention in dates:
        if mention.month_only:
            day = resolve(mention, today, Lean.PAST).day
            if day is not None:
                index = day.year * 12 + day.month
                before = subjects[-1].month if subjects and mention.year is None else None
                index = month_after(before, index) if before is not None else index
                subjects.append(_Subject(mention.start, mention.end, 1, index))
    subjects.extend(_between(text, subjects))
    series, ordinal = _patterns()
    for found in ordinal.finditer(text):
        subjects.append(_Subject(*found.span(), 1, None))
    for found in series.finditer(text):
        named = len({s.month for s in subjects if s.month is not None})
        restated = small_number(found["n"]) in (named, _named_before(found.start(), subjects))
        words = load_vocabulary()
        # 6月不达标，8月又没达标，加起来两个月: a sum of those named.
        restated = restated or (named > 1 and words.has("summed_before", text[: found.start()]))
        of_rule = words.has("rule_named_before", text[: found.start()])
        of_rule = of_rule or words.has("rule_named_after", text[found.end() :])
        if restated or of_rule:
            continue  # 七月八月两个月: the months are named already; 连着两个月那条 is a rule
        if not any(found.start() < s.end and s.start < found.end() for s in subjects):
            subjects.append(_Subject(*found.span(), small_number(found["n"]), None))
    return sorted(subjects, key=lambda subject: subject.start)


def _named_before(start: int, subjects: Sequence[_Subject]) -> int:
    """How many months stand right before a place, one after the other: 就10月这|一个月."""
    count = 0
    for subject in sorted(subjects, key=lambda subject: -subject.end):
        if subject.month is not None and 0 <= start - subject.end <= _RESTATED_GAP:
            count, start = count + 1, subject.start
    return count


def _between(text: str, named: Sequence[_Subject]) -> list[_Subject]:
    """The months inside 6月到9月; they share the verdict that follows."""
    inside: list[_Subject] = []
    for first, last in pairwise(named):
        ranged = load_vocabulary().has("time_range", text[first.end : last.start])
        if ranged and first.month is not None and last.month is not None:
            months = range(first.month + 1, last.month)
            inside.extend(_Subject(last.start, last.end, 1, month) for month in months)
    return inside


def _leads(verdict: _Verdict, subject: _Subject, text: str) -> bool:
    """连挂两个月, failed in September and October: the verdict stands first."""
    between = text[verdict.end : subject.start]
    letters = between if between.strip() else text[verdict.start : verdict.end]
    english = letters.isascii() and any(map(str.isalpha, letters))
    if verdict.end > subject.start or len(between) > (_NEAR_ENGLISH if english else _NEAR):
        return False
    return english if between else subject.month is None


def _leads_in_english(verdict: _Verdict, subject: _Subject, text: str) -> bool:
    """passed in July, failed August: said before the month, where English puts it."""
    between = text[verdict.end : subject.start].strip()
    said = text[verdict.start : verdict.end]
    return said.isascii() and (not between or between.endswith(("in", "for")))


def _goes_with(one: _Subject, other: _Subject, text: str) -> bool:
    """failed in April and May: the verdict before the first is said of the second too."""
    before = text[: one.start].rstrip().endswith((" in", " for", "failed", "passed"))
    return before and text[one.end : other.start].strip(" ,") == "and"


def _told(
    text: str, subjects: list[_Subject], verdicts: list[_Verdict]
) -> list[tuple[_Subject, str]]:
    """Each subject with the first verdict after it; a list after one subject is spelled out."""
    if len(subjects) == 1 and len(verdicts) > 1:
        only = subjects[0]
        if only.count in (1, len(verdicts)):
            return [(_Subject(v.start, v.end, 1, None), v.result) for v in verdicts]
    told: list[tuple[_Subject, str]] = []
    for subject, following in zip(subjects, [*subjects[1:], None], strict=True):
        after = [verdict for verdict in verdicts if verdict.start >= subject.end]
        if following and after and _is_passed_over(subject, following, after[0], text):
            # 7月凑合，8月没达标: what is said of the first is no result.
            told.append((subject, "unknown"))
            continue
        if told and _goes_with(told[-1][0], subject, text):
            told.append((subject, told[-1][1]))
            continue
        before = [v for v in verdicts if _leads(v, subject, text)][-1:]
        leads = bool(before) and _leads_in_english(before[0], subject, text)
        if after or before:
            chosen = (before if leads else after or before)[0]
            until = following.start if following else len(text)
            told.append((subject, _last_word(chosen, after, until, text).result))
    return told


def _last_word(first: _Verdict, after: Sequence[_Verdict], until: int, text: str) -> _Verdict:
    """一开始判没达标，申诉完改成达标了: what it was changed to, of one month."""
    changed = load_vocabulary().concepts["review_changed"]
    later = [v for v in after if first.end <= v.start < until]
    return next((v for v in reversed(later) if changed.search(text[: v.start])), first)


def _is_passed_over(one: _Subject, other: _Subject, verdict: _Verdict, text: str) -> bool:
    """Whether something that is no result is said of a month before the next is named."""
    if verdict.start < other.start or one.month is None or other.month is None:
        return False
    return len(_LISTING.sub("", text[one.end : other.start])) > _MOST_BETWEEN


def _by_calendar(told: list[tuple[_Subject, str]], span: tuple[int, int]) -> MonthResults:
    by_month = {subject.month or 0: result for subject, result in told}
    by_month = _without_unknown_end(by_month)
    ordered = tuple(sorted(by_month.items()))
    return MonthResults(tuple(result for _, result in ordered), True, span, ordered)


def _without_unknown_end(by_month: dict[int, str]) -> dict[int, str]:
    """A last month whose result is not out yet says nothing."""
    last = max(by_month)
    rest = {month: result for month, result in by_month.items() if month != last}
    return rest if rest and by_month[last] == "unknown" else by_month


def _bare_series(verdicts: list[_Verdict]) -> MonthResults | None:
    """过、没过、过: a series without months counts only when there are two or more."""
    if len(verdicts) < 2:
        return None
    results = tuple(verdict.result for verdict in verdicts)
    return MonthResults(results, False, (verdicts[0].start, verdicts[-1].end))
