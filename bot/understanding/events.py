"""What is said to have happened, and which date belongs to it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding.dates import DateMention
from bot.understanding.vocabulary import load_vocabulary

_QUESTION_WINDOW = 6
_QUESTION_WINDOW_ENGLISH = 16
_DENIAL_WINDOW = 8
_CHARACTER_COST = 0.5
_LETTER_COST = 0.2
_SEPARATOR_COST = 6.0
_SPACE_COST = 3.0
_BEFORE_COST = 1.5
_OTHER_DATE_COST = 8.0
_SHARED_COST = 7.0
_TOO_FAR = 13.0
_NEAREST = 3
_LETTERS_A_CHARACTER = 4
_AT_PRESENT = "现在"
# What ends what was told: 7月15号东莞发的 月底能进账不.
_TOLD = ("的", "了")
_ASKED_FOR = ("claimed", "applied")
_MOST_DATES = 5
# No tool asks when these were: they take a date only in their own clause (9月1号，延长过).
_INCIDENTAL = ("extended", "refunded")


@dataclass(frozen=True)
class EventMention:
    """A wording of an event; ``asked`` when its day is asked for, ``denied`` when it is not so."""

    start: int
    end: int
    name: str
    asked: bool
    denied: bool


def find_events(text: str, dates: Sequence[DateMention]) -> tuple[EventMention, ...]:
    """Events in order; where wordings overlap the longest counts (自动确认收货)."""
    words = load_vocabulary()
    spans = [
        (found.start(), found.end(), name)
        for name, pattern in words.events.items()
        for found in pattern.finditer(text)
        if found.end() > found.start()
    ]
    spans.sort(key=lambda span: (span[0] - span[1], span[0]))
    kept: list[tuple[int, int, str]] = []
    for start, end, name in spans:
        inside_date = any(start >= date.start and end <= date.end for date in dates)
        if inside_date or any(start < b and a < end for a, b, _ in kept):
            continue
        kept.append((start, end, name))
    return tuple(
        EventMention(
            start,
            end,
            name,
            _is_asked(text, start, dates) or words.has("question_word", text[start:end]),
            _is_denied(text, start),
        )
        for start, end, name in sorted(kept)
    )


def date_roles(
    text: str, dates: Sequence[DateMention], events: Sequence[EventMention]
) -> tuple[str | None, ...]:
    """The event each date belongs to, chosen together so that the distances are least."""
    usable = [event for event in events if not event.asked]
    choices = [_choices(text, date, dates, usable) for date in dates[:_MOST_DATES]]
    best = min(
        itertools.product(*choices),
        key=lambda picked: _total(text, dates, picked),
        default=(),
    )
    roles = [_role(event) if event else None for event, _ in best]
    roles += [None] * (len(dates) - len(roles))
    for at, (one, other) in enumerate(itertools.pairwise(dates), start=1):
        # 发了两单，一单10月28号一单11月3号: the second is told as the first is.
        listed = roles[at] is None and _are_listed(text, one, other, dates)
        if listed or _is_of_another_order(text, one, other, roles[at]):
            roles[at] = roles[at - 1]
    for at, (one, other) in reversed(list(enumerate(itertools.pairwise(dates), start=1))):
        # 5号 9号 17号发的, 7.30、7.31、8.1发的: those before it are told as the last is.
        in_a_row = _are_blank_apart(text, one, other) or text[one.end : other.start] == "、"
        if roles[at - 1] is None and in_a_row:
            roles[at - 1] = roles[at]
    return tuple(roles)


def _is_of_another_order(text: str, one: DateMention, other: DateMention, role: str | None) -> bool:
    """一单9月18号发货，另一单9月19号，都没点收货: the second day is told as the first is."""
    words = load_vocabulary()
    ends = role is None or (
        role.startswith("not_") and words.has("separator", text[other.end : other.end + 1])
    )
    return ends and words.has("another_orders_day", text[one.end : other.start])


def _role(event: EventMention) -> str:
    """The event; 11月4号还没确认 is no day of a receipt, nor of anything else."""
    return f"not_{event.name}" if event.denied else event.name


_Choice = tuple[EventMention | None, float]


def _choices(
    text: str,
    date: DateMention,
    dates: Sequence[DateMention],
    events: Sequence[EventMention],
) -> list[_Choice]:
    # 现在 says when something is asked for, never when it happened.
    words = load_vocabulary()
    # So does 今天 in 今天能不能再申请, and 月底能进7月的账不.
    asks = date.is_now or (date.last_day and date.month is None)
    asks = asks and words.has("asks_now", text[date.end :])
    asks = asks or date.text == _AT_PRESENT
    fitting = [e for e in events if not asks or e.name in _ASKED_FOR]
    fitting = [e for e in fitting if e.name not in _INCIDENTAL or _in_one_clause(text, date, e)]
    costed = [(event, _cost(text, date, dates, event)) for event in fitting]
    near = sorted((c for c in costed if c[1] < _TOO_FAR), key=lambda choice: choice[1])
    if date.is_now and any(other.start == date.end for other in dates):
        # 今天10月5号跑来说: one day, of which the second mention tells.
        return [(None, 0.0)]
    return [*near[:_NEAREST], (None, _TOO_FAR)]


def _in_one_clause(text: str, date: DateMention, event: EventMention) -> bool:
    low, high = (date.end, event.start) if event.start >= date.end else (event.end, date.start)
    return not load_vocabulary().has("separator", text[low:high].strip())


def _cost(text: str, date: DateMention, dates: Sequence[DateMention], event: EventMention) -> float:
    """How far an event stands from a date, counting what stands between."""
    if event.start < date.end and date.start < event.end:
        return 0.0
    follows = event.start >= date.end
    low, high = (date.end, event.start) if follows else (event.end, date.start)
    between = text[low:high]
    # English takes more letters to say the same, and blanks part its words, not its clauses.
    english = _is_english(between)
    # 11月1号发的, but: shipped on Nov 1.
    cost = _BEFORE_COST if follows == english else 0.0
    separators = load_vocabulary().concepts["separator_english" if english else "separator"]
    cost += len(between) * (_LETTER_COST if english else _CHARACTER_COST)
    cost += _SEPARATOR_COST * bool(separators.search(between.strip()))
    # A blank parts clauses in Chinese, words in English.
    # 发出去了 1月8号到的: nothing but a blank parts what was told from a day told next.
    parted_by_blank = between.isspace() and text[high : high + 1].isdigit()
    told = text[low - 1 : low] in _TOLD and not follows
    parted_by_blank = parted_by_blank or (told and between[:1].isspace())
    spaced = between != between.strip() and not text[high : high + 1].isascii()
    spaced = spaced or parted_by_blank
    cost += _SPACE_COST * spaced
    parted = any(low <= o.start < high and not _are_listed(text, o, date, dates) for o in dates)
    return cost + _OTHER_DATE_COST * parted


def _is_english(between: str) -> bool:
    """Letters, but for a word or two in Chinese: our own service (自主客服) on."""
    letters = sum(char.isascii() and char.isalpha() for char in between)
    return letters > _LETTERS_A_CHARACTER * sum(not char.isascii() for char in between)


def _are_listed(
    text: str, one: DateMention, other: DateMention, dates: Sequence[DateMention]
) -> bool:
    """Whether only list signs part two dates: 6月1号和8月20号."""
    listing = load_vocabulary().concepts["listing"]
    first, last = sorted((dates.index(one), dates.index(other)))
    inside = dates[first : last + 1]
    pairs = itertools.pairwise(inside)
    return all(
        listing.match(text[left.end : right.start]) or _are_blank_apart(text, left, right)
        for left, right in pairs
    )


def _are_blank_apart(text: str, left: DateMention, right: DateMention) -> bool:
    """5号 9号 17号: days alike with nothing but blanks between; 11月30 今天还能维权吗 are not."""
    alike = left.day and right.day and (left.month or not right.month)
    return bool(alike) and text[left.end : right.start].isspace()


def _total(text: str, dates: Sequence[DateMention], picked: tuple[_Choice, ...]) -> float:
    """The sum of the costs; dates listed together share an event, others do not."""
    conjunction = load_vocabulary().concepts["conjunction"]
    listing = load_vocabulary().concepts["listing"]
    total = sum(cost for _, cost in picked)
    for (first, _), (second, _), left, right in zip(
        picked, picked[1:], dates, dates[1:], strict=False
    ):
        between = text[left.end : right.start]
        if first is not None and first is second:
            total += -_OTHER_DATE_COST if conjunction.match(between) else _SHARED_COST
        elif first is not None and second is not None and listing.match(between):
            total += _SHARED_COST
    return total


def _is_denied(text: str, start: int) -> bool:
    """没人点收货, 还没交易成功: what did not happen has no day."""
    before = text[max(0, start - _DENIAL_WINDOW) : start]
    return load_vocabulary().has("denied_before", before)


def _is_asked(text: str, start: int, dates: Sequence[DateMention]) -> bool:
    """Whether a question word stands right before an event, with no date between."""
    # English takes more letters to say the same.
    reach = _QUESTION_WINDOW_ENGLISH if text[start].isascii() else _QUESTION_WINDOW
    low = max([date.end for date in dates if date.end <= start] + [start - reach, 0])
    window = text[low:start]
    asked = [found.end() for found in load_vocabulary().concepts["question_word"].finditer(window)]
    separators = load_vocabulary().concepts["separator"]
    return bool(asked) and not separators.search(window[asked[-1] :].strip())
