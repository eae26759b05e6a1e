"""Whether a sentence says only what the sentences it cites say.

The features are few and plain; their weights are fitted on labelled sentences by
``python -m evals drafts --fit`` and kept as data in ``support.json``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.distinctions import Distinctions
from bot.figures import EACH, Figure, figures
from bot.logistic import Model
from bot.phrasing.wording import (
    ABSOLUTE,
    HEDGE,
    is_open,
    negations,
    without_glue,
)
from bot.text import fold, terms
from ingest.embedders import Vectors
from ingest.sentences import sentence_spans

_FILE = Path(__file__).with_name("support.json")
_SEGMENT = re.compile(r"[^，,；;：:、\n。！？!?（）()]+")
_CLAUSE = re.compile(r"[^，,；;：:\n。！？!?]+")
_HAN_RUN = re.compile(r"[㐀-䶿一-鿿]+|[a-z]{2,}")
_NAME = re.compile(r"[“「『\"]([^”」』\"]{1,30})[”」』\"]")
_LEAST_TERMS, _ENOUGH_TERMS = 1, 2
# So much better a place has to fit for a figure to belong there.
_CLEARLY = 0.1
_MOST_NOVEL = 6
_LONG_ITEM = 6
_ITEM_NUMBER = re.compile(r"^\s*\d+\.\s", re.MULTILINE)
_FIGURE = re.compile(r"\d+[年月日号点]?|每一?个?[年月周天日]一?次?")
_SPANS = {"天", "工作日", "周", "月", "年", "小时", "分钟"}
FEATURES = (
    "similarity",
    "covered",
    "novel",
    "novel_share",
    "polarity",
    "hedge",
    "absolute",
    "gap",
    "bound",
    "figure_left",
    "case",
    "case_covered",
    "names",
)

Embed = Callable[[Sequence[str]], Vectors]


def load_support(path: Path = _FILE) -> Model:
    """Read the packaged fit: the probability is that a sentence is supported."""
    return Model.of(json.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Clause:
    """A clause of a sentence: its words, and which cases (境内, 个人) it speaks of."""

    text: str
    cases: Mapping[str, frozenset[str]]

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """Terms of what it says, the glue left out; figures are compared elsewhere."""
        return asked_in(self.text)

    @cached_property
    def terms(self) -> frozenset[str]:
        """All that is counted when it is looked for in another text."""
        return frozenset(terms(self.text))


@dataclass(frozen=True)
class Statement:
    """A sentence or a list item, cut into clauses."""

    text: str
    clauses: tuple[Clause, ...]

    @cached_property
    def parts(self) -> tuple[Clause, ...]:
        """The clauses, and what the longer of them enumerate."""
        items = [
            Clause(found.group(), clause.cases)
            for clause in self.clauses
            for found in _SEGMENT.finditer(clause.text)
            if len(found.group()) >= _LONG_ITEM and found.group() != clause.text
        ]
        return (*self.clauses, *items)

    @cached_property
    def terms(self) -> frozenset[str]:
        """All that is counted when something is looked for in it."""
        return frozenset(terms(self.text))


def statement(text: str, distinctions: Distinctions, context: str = "") -> Statement:
    """Cut a sentence; a clause that names no case goes on with the one before it."""
    cases = _cases(context, distinctions)
    clauses = []
    for found in _CLAUSE.finditer(text):
        cases = cases | _cases(found.group(), distinctions)
        clauses.append(Clause(found.group(), dict(cases)))
    return Statement(text, tuple(clauses))


def statements(text: str, distinctions: Distinctions) -> Iterator[Statement]:
    """The sentences and list items of a quote; an item stands under its lead-in."""
    lead = ""
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        yield statement(sentence, distinctions, lead)
        lead = sentence if sentence.endswith("：") else lead


def features(
    sentence: str,
    evidence: Sequence[str],
    titles: Sequence[str],
    question: str,
    distinctions: Distinctions,
    embed: Embed,
) -> dict[str, float]:
    """What the probability is made of, by name.

    ``evidence`` are the texts relied on; ``titles`` say what they are about and may lend words.
    A word of the ``question`` is no news either, but supports nothing.
    """
    sources = [one for text in evidence for one in statements(text, distinctions)]
    said = statement(sentence, distinctions)
    about = frozenset(terms("\n".join(titles)))
    clauses = [one for one in said.clauses if len(one.asked) >= _LEAST_TERMS] or [*said.clauses]
    telling = [one for one in clauses if len(one.asked) >= _ENOUGH_TERMS] or clauses
    pairs = [(clause, *_nearest(clause, sources)) for clause in clauses]
    near = dict.fromkeys([*evidence, *(source.text for _, _, source in pairs)])
    vectors = embed([sentence, *near])
    asked = asked_in(sentence)
    best = max(sources, key=lambda source: _covered(asked, source.terms))
    everything = "\n".join([*evidence, *titles])
    runs = _novel_runs(sentence, f"{everything}\n{question}")
    return {
        "similarity": float((vectors[1:] @ vectors[0]).max()),
        "covered": min(
            max(_covered(clause.asked, source.terms | about) for source in sources)
            for clause in telling
        ),
        "novel": float(
            min(_MOST_NOVEL, max((len(run) for run in runs if len(run) > 1), default=0))
        ),
        "novel_share": sum(map(len, runs)) / len(sentence),
        "polarity": float(_turned(said, pairs)),
        "hedge": float(
            any(HEDGE.search(source.text) for _, _, source in pairs) and not HEDGE.search(sentence)
        ),
        "absolute": float(any(word not in everything for word in ABSOLUTE.findall(sentence))),
        "gap": float(_skips(said, best)),
        "bound": float(_swaps_figure(sentence, evidence)),
        "figure_left": float(_leaves_figure(sentence, pairs)),
        "case": float(_names_other_case(said, pairs, f"{everything}\n{question}", distinctions)),
        "case_covered": min(_covered_by_case(clause, sources, about) for clause in telling),
        "names": float(any(name not in everything for name in _NAME.findall(sentence))),
    }


def asked_in(text: str) -> tuple[str, ...]:
    """Terms of what a text says: neither glue nor figures."""
    found = terms(without_glue(_FIGURE.sub(" ", fold(text))))
    return tuple(term for term in found if len(term) > 1)


def _cases(text: str, distinctions: Distinctions) -> dict[str, frozenset[str]]:
    named = {
        entry.question: frozenset(option.label for option in entry.said(text))
        for entry in distinctions.entries
    }
    return {question: labels for question, labels in named.items() if labels}


def _covered(asked: Sequence[str], held: frozenset[str]) -> float:
    return sum(term in held for term in asked) / len(asked) if asked else 1.0


def _novel_runs(sentence: str, source: str) -> list[str]:
    """Stretches of content that no pair of characters shares with the source."""
    text, source = _FIGURE.sub(" ", fold(sentence)), fold(source)
    shared = [False] * len(text)
    for at in range(len(text) - 1):
        if text[at : at + 2] in source:
            shared[at] = shared[at + 1] = True
    rest = "".join(" " if known else char for known, char in zip(shared, text, strict=True))
    return _HAN_RUN.findall(without_glue(rest))


def _nearest(clause: Clause, sources: Sequence[Statement]) -> tuple[Clause, Statement]:
    """The clause of the sources that shares most with a clause, and its statement."""
    wanted = frozenset(clause.asked)

    def shared(pair: tuple[Clause, Statement]) -> tuple[float, float]:
        theirs = frozenset(pair[0].asked)
        common = len(wanted & theirs)
        return common / max(1, len(wanted)), common / max(1, len(theirs))

    return max(((c, source) for source in sources for c in source.parts), key=shared)


Pairs = Sequence[tuple[Clause, Clause, Statement]]


def _turned(said: Statement, pairs: Pairs) -> bool:
    """Whether a clause denies what the source asserts, or the other way round."""
    leaves_open = is_open(said.text)
    if leaves_open != any(is_open(source.text) for _, _, source in pairs) and leaves_open:
        return True
    if not leaves_open and any(is_open(other.text) for _, other, _ in pairs):
        return True
    return any(negations(one.text) != negations(other.text) for one, other, _ in pairs)


def _skips(said: Statement, best: Statement) -> bool:
    """Whether a clause is left out between two clauses of the source that are said."""
    shares = [_covered(clause.asked, said.terms) for clause in best.clauses if clause.asked]
    said_at = [at for at, share in enumerate(shares) if share >= 0.5]
    return bool(said_at) and any(share < 0.35 for share in shares[said_at[0] : said_at[-1]])


def _kind(figure: Figure) -> str:
    """Figures of one kind can be mistaken for one another."""
    if figure.day:
        return "day"
    return "span" if figure.unit.removeprefix(EACH) in _SPANS else figure.unit


def _swaps_figure(sentence: str, evidence: Sequence[str]) -> bool:
    """Whether a figure is said of what the source says another figure of."""
    theirs = [pair for text in evidence for pair in _placed(text)]
    for words, context, figure in _placed(sentence):
        # How well the best place fits, of this figure (True) and of others: the words around
        # it with those before them, and alone.
        wide, close = {True: 0.0, False: 0.0}, {True: 0.0, False: 0.0}
        for their_words, their_context, other in theirs:
            if _kind(other) == _kind(figure):
                same = not figure.contradicts(other)
                score = _overlap(words + context, their_words + their_context)
                wide[same] = max(wide[same], score)
                close[same] = max(close[same], _overlap(words, their_words))
        if wide[False] > wide[True] + _CLEARLY and close[False] >= close[True]:
            return True
    return False


def _placed(text: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], Figure]]:
    """Each figure with the terms of its segment and of the one before it."""
    before: tuple[str, ...] = ()
    for found in _SEGMENT.finditer(_ITEM_NUMBER.sub("", text)):
        words, stated = asked_in(found.group()), figures(found.group())
        if words:
            yield from ((words, before, figure) for figure in stated)
            before = words
        else:
            # 延长收货一次：11-23 + 7天 = 11-30: what comes out is said of what stands before.
            last = len(stated) - 1
            yield from ((before, (), f) for at, f in enumerate(stated) if at == last or not f.day)


def _overlap(mine: Sequence[str], theirs: Sequence[str]) -> float:
    both = len(set(mine) & set(theirs))
    return both / math.sqrt(max(1, len(set(mine))) * max(1, len(set(theirs))))


def _leaves_figure(sentence: str, pairs: Pairs) -> bool:
    """Whether the clause a clause comes from has a figure of time or share that is not said."""
    mine = figures(sentence)
    for _, other, _ in pairs:
        for figure in figures(other.text):
            limits = figure.unit.removeprefix(EACH) in _SPANS or figure.unit in ("%", "‰")
            if limits and not any(figure.is_held_by(one) for one in mine):
                return True
    return False


def _names_other_case(
    said: Statement, pairs: Pairs, everything: str, distinctions: Distinctions
) -> bool:
    """Whether something is said of one case that the source says of another."""
    known = _cases(everything, distinctions)
    for question, labels in _cases(said.text, distinctions).items():
        if labels - known.get(question, frozenset()):
            return True
    for mine, other, _ in pairs:
        for question, labels in mine.cases.items():
            theirs = other.cases.get(question)
            if theirs and len(labels) == 1 and not labels & theirs:
                return True
    return False


def _covered_by_case(clause: Clause, sources: Sequence[Statement], about: frozenset[str]) -> float:
    """How much of a clause is said of its case, or of no case in particular."""
    held: set[str] = set(about)
    for source in sources:
        for other in source.clauses:
            if all(
                labels & other.cases.get(question, labels)
                for question, labels in clause.cases.items()
            ):
                held |= other.terms
    return _covered(clause.asked, frozenset(held))
