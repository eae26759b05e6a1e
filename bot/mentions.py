"""Where in a sentence a platform's name stands, and what its place there makes of it."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

_NEVER = re.compile(r"(?!)")
_CLAUSE = re.compile(r"[^,，。;；!！?？\n]+[,，。;；!！?？\n]*|[,，。;；!！?？\n]+")
# Written to a Chinese word, as one of its sentence.
_LATIN_NAME = re.compile(r"(?<![a-z\d])[a-z][a-z&'-]{2,}[a-z](?= ?[\u4e00-\u9fff])")
_LATIN_WORD = re.compile(r"[a-z]{2,}")
_PINYIN = re.compile(
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxzcsryw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un"
    r"|ia|ie|iu|ua|ui|uo|ue|er|[aeiuv]|(?<=[bpmfwly])o))+"
)
_HAN_NAME = re.compile(r"(?=([\u4e00-\u9fff]{2,4}))")
_ONLY_NAMED = re.compile(r"[那呢的?？!！。,，\s]*")
# So alike, it is one of our names with a slip in it.
_A_SLIP = 0.7
_LONG = 3


@dataclass(frozen=True)
class Mention:
    """A name, where it stands in the folded text, and whether it is written another way."""

    name: str
    start: int
    end: int
    misspelt: bool = False


@dataclass(frozen=True)
class Places:
    """What stands around a name, compiled; made by ``Places.of`` from platforms.yaml.

    Before and after the subject of a question; after a name in figures, and the words of a
    question for a rate; words in the subject's place that are no names; a name used for a
    courier or a link; asides, and what ours is likened to (``X`` is the name); what joins two
    names, and what compares them.
    """

    before: re.Pattern[str] = _NEVER
    after: re.Pattern[str] = _NEVER
    after_number: re.Pattern[str] = _NEVER
    rate: re.Pattern[str] = _NEVER
    not_names: frozenset[str] = frozenset()
    apart_before: re.Pattern[str] = _NEVER
    apart_after: re.Pattern[str] = _NEVER
    asides: tuple[str, ...] = ()
    likened: tuple[str, ...] = ()
    joins: str = r"(?!)"
    compares: re.Pattern[str] = _NEVER

    @classmethod
    def of(
        cls,
        *,
        before: Sequence[str],
        after: Sequence[str],
        after_number: Sequence[str],
        rate: Sequence[str],
        not_names: Sequence[str],
        apart_before: Sequence[str],
        apart_after: Sequence[str],
        asides: Sequence[str],
        likened: Sequence[str],
        joins: Sequence[str],
        compares: Sequence[str],
    ) -> Places:
        """Compile the patterns of the file."""
        return cls(
            before=_ending(before),
            after=_beginning(after),
            after_number=_beginning(after_number),
            rate=re.compile("|".join(rate) or "(?!)"),
            not_names=frozenset(not_names),
            apart_before=_ending(apart_before),
            apart_after=_beginning(apart_after),
            asides=tuple(asides),
            likened=tuple(likened),
            joins="|".join(joins) or r"(?!)",
            compares=re.compile("|".join(compares) or "(?!)"),
        )

    def is_apart(self, text: str, mention: Mention) -> bool:
        """Whether the name is that of a courier, or of what is sent to a buyer."""
        before, after = text[: mention.start], text[mention.end :]
        return bool(self.apart_before.search(before) or self.apart_after.match(after))

    def is_subject(self, text: str, mention: Mention) -> bool:
        """Whether the word stands where what a question is about is named."""
        before, after = text[: mention.start], text[mention.end :]
        return bool(self.before.search(before) and self.after.match(after))

    def is_name_in_figures(self, text: str, mention: Mention) -> bool:
        """Whether figures name a platform and are no amount."""
        before, after = text[: mention.start], text[mention.end :]
        if re.search(r"(?<!现)(?<!存)在$|从$|去$|\bon $", before):
            return not re.match(r" ?(?:[元块圆万\d]|左右|以|上下|rmb|yuan)", after)
        if not self.before.search(before):
            return False
        asked = next(iter(_CLAUSE.findall(after)), "")
        if re.match(r"的?(?:支付|平台)*(?:手续费|渠道费|佣金|费率)", asked):
            return bool(self.rate.search(asked))
        # Alone it is a platform only where nothing else is said.
        return bool(self.after_number.match(after))


def _ending(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(patterns)})$") if patterns else _NEVER


def _beginning(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns)) if patterns else _NEVER


# -- names that are written another way, or not known ---------------------------------------


def stranger(text: str, places: Places, own: Sequence[str]) -> Mention | None:
    """A Latin word in the subject's place of a Chinese question: the name of some platform.

    Neither a word of the trade, nor pinyin, nor one of our names with a slip; where more of
    the question is English, any word may be.
    """
    if len(_LATIN_WORD.findall(text)) > 1:
        return None
    for found in _LATIN_NAME.finditer(text):
        mention = Mention(found.group(), found.start(), found.end())
        if mention.name in places.not_names or _PINYIN.fullmatch(mention.name):
            continue
        if difflib.get_close_matches(mention.name, own, n=1, cutoff=_A_SLIP):
            continue
        if places.is_subject(text, mention):
            return mention
    return None


def sounds_like(text: str, places: Places, names: Mapping[str, str]) -> Iterator[Mention]:
    """Characters in the subject's place that are no word, and sound just as a name does."""
    lengths = {len(name) for name in names}
    for found in _HAN_NAME.finditer(text):
        start = found.start()
        for length in range(len(found.group(1)), 1, -1):
            if length not in lengths:
                continue
            mention = Mention("", start, start + length, misspelt=True)
            typed = text[start : start + length]
            if places.is_subject(text, mention) and (name := _by_sound(typed, names)):
                yield replace(mention, name=name)
                return


def _by_sound(typed: str, names: Mapping[str, str]) -> str | None:
    from pypinyin.constants import PHRASES_DICT

    if typed in PHRASES_DICT or typed in names:
        return None
    for name, meant in names.items():
        # Two short words may sound like a name by chance: one character must agree.
        if len(name) != len(typed) or (len(name) < _LONG and not set(name) & set(typed)):
            continue
        if all(one & other for one, other in zip(_ways(typed), _ways(name), strict=True)):
            return meant
    return None


@lru_cache(maxsize=2048)
def _ways(word: str) -> tuple[frozenset[str], ...]:
    """How each character of a word is read, with its tone."""
    # Its tables take a moment to load.
    from pypinyin import Style, pinyin

    read = pinyin(list(word), heteronym=True, style=Style.TONE3)
    return tuple(frozenset(ways) for ways in read)


# -- ours and others in one message ----------------------------------------------------------


def asked_part(
    written: str,
    folded: str,
    mentions: Sequence[Mention],
    own: Collection[str],
    places: Places,
    asks: Callable[[str], bool],
) -> tuple[str, tuple[str, ...]]:
    """The part of a message that asks of ours, and the other platforms it asks of as well.

    ``mentions`` names both; the whole message and none where it does not ask of ours.
    """
    patterns = (*places.asides, *places.likened)
    asides = [(each, _aside(folded, each, patterns)) for each in mentions]
    likened = [each for each in mentions if _aside(folded, each, places.likened)]
    known = [each.name for each in likened if each.name not in own]
    mentions = [each for each, aside in asides if aside is None]
    ours = [each for each in mentions if each.name in own]
    if not ours:
        return written, ()
    cuts = [cut for each, cut in asides if cut and each.name not in own]
    others = [each for each in mentions if each.name not in own]
    if not others:
        return _without(written, cuts), tuple(known)
    if joined := _joined(folded, others, ours, places):
        names = tuple(dict.fromkeys(each.name for each in others))
        return _without(written, [*cuts, *joined]), names
    left = _clauses_of_others(folded, ours, others, asks)
    if left is None:
        return written, ()
    spans, names = left
    part, ours_typed = _without(written, [*cuts, *spans]), written[ours[0].start : ours[0].end]
    if _ONLY_NAMED.fullmatch(part.replace(ours_typed, "")):
        # 淘宝几天自动收货？小红书呢？
        start, end = spans[0]
        first = next(each for each in others if start <= each.start < end)
        part = written[start : first.start] + ours_typed + written[first.end : end]
    return part, names


def _aside(folded: str, mention: Mention, patterns: Sequence[str]) -> tuple[int, int] | None:
    """The words around a name that is only said by the way."""
    name = re.escape(folded[mention.start : mention.end])
    for pattern in patterns:
        for found in re.finditer(pattern.replace("X", name), folded):
            if found.start() <= mention.start and mention.end <= found.end():
                return found.span()
    return None


def _joined(
    folded: str, others: Sequence[Mention], ours: Sequence[Mention], places: Places
) -> list[tuple[int, int]] | None:
    """The names of others that stand in one row with ours, each with what joins it."""
    if places.compares.search(folded):
        return None
    cuts: list[tuple[int, int]] = []
    row = sorted([*others, *ours], key=lambda each: each.start)
    gaps = [folded[one.end : two.start] for one, two in itertools.pairwise(row)]
    if not all(re.fullmatch(rf"\s*(?:的)?\s*(?:{places.joins})\s*", gap) for gap in gaps):
        return None
    for at, each in enumerate(row):
        if each not in others:
            continue
        # The joining word that is next to it goes with it.
        if at + 1 < len(row):
            cuts.append((each.start, row[at + 1].start))
        else:
            last_ours = max(own.end for own in ours)
            cuts.append((last_ours, each.end))
    return cuts


def _clauses_of_others(
    folded: str,
    ours: Sequence[Mention],
    others: Sequence[Mention],
    asks: Callable[[str], bool],
) -> tuple[list[tuple[int, int]], tuple[str, ...]] | None:
    """The clauses about others, where a clause about ours alone asks something."""
    spans: list[tuple[int, int]] = []
    asked: list[str] = []
    about: list[str] = []
    is_ours_asked = False
    for clause in _CLAUSE.finditer(folded):
        inside = [each for each in (*ours, *others) if clause.start() <= each.start < clause.end()]
        if inside:
            theirs = [each.name for each in others if each in inside]
            if theirs and len(theirs) < len(inside):
                return None
            about = theirs
        asking = asks(clause.group()) or "呢" in clause.group()
        if about:
            spans.append(clause.span())
            asked += about if asking else []
        is_ours_asked |= asking and not about and (bool(inside) or clause.start() > ours[0].start)
    return (spans, tuple(dict.fromkeys(asked))) if is_ours_asked else None


def _without(written: str, cuts: Sequence[tuple[int, int]]) -> str:
    for start, end in sorted(set(cuts), reverse=True):
        written = written[:start] + written[end:]
    return written.strip(" ,，。;；、") or written
