"""Which sentences and list items of the passages found say what was asked."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from bot.answers import Passage
from bot.retrieval import HybridRetriever, Retrieved
from bot.text import terms
from bot.units import Unit, units_of
from bot.wording import Wording
from ingest.embedders import Vectors
from ingest.errors import IngestError

# A sentence that says a figure asked for is not given counts when it scores this much less.
LEFT_OPEN = 0.12
# More than a passage has on average.
_UNITS_A_PASSAGE = 10


@dataclass(frozen=True)
class UnitWeights:
    """A unit's score: its similarity to the question, plus ``covered`` times the share of the
    question's terms it holds, plus ``passage`` times its passage's score; plus ``open_point``
    when all it says is that the article does not say (such sentences share many words with a
    question and answer few), ``open_figure`` where the question asks for a figure: that none is
    given is then the answer more often; plus ``slip`` when it only notes a slip of the original;
    plus ``said`` when the last answer said it and something new is asked."""

    covered: float = 0.2
    passage: float = 1.0
    open_point: float = -0.05
    open_figure: float = -0.01
    slip: float = -0.05
    said: float = -0.06
    passages: int = 4


@dataclass(frozen=True)
class Ranked:
    """A unit with its score and the terms it holds."""

    unit: Unit
    score: float
    similarity: float
    covered: float
    terms: frozenset[str]
    open_point: bool
    slip: bool = False
    # Of a passage on things that do not fit together: read with all of it.
    one_side: bool = False


class UnitRanker:
    """Ranks units; keeps the vectors of those seen lately. Safe to share between threads."""

    def __init__(
        self,
        retriever: HybridRetriever,
        wording: Wording,
        *,
        weights: UnitWeights | None = None,
        kept: int = 20_000,
    ) -> None:
        self._retriever = retriever
        self._wording = wording
        self._weights = weights or UnitWeights()
        self._kept = kept
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def rank(self, found: Retrieved, *, focus: str = "", said: str = "") -> list[Ranked]:
        """The units of the best passages, best first.

        Of a question that carries along what the talk was about, ``focus`` is what is new: its
        terms count as much as those of the whole. ``said`` is the answer before it.
        """
        passages = _of_named(found)[: self._weights.passages]
        units = [unit for passage in passages for unit in units_of(passage)]
        if not units:
            return []
        lexical = self._retriever.lexical()
        asked = list(dict.fromkeys(terms(found.asking)))
        new = list(dict.fromkeys(terms(focus)))
        asks_figure = self._wording.asks_figure(found.asking)
        open_weight = self._weights.open_figure if asks_figure else self._weights.open_point
        vectors = self._embed([unit.text for unit in units])
        ranked = []
        sided = {unit.passage.id for unit in units if self._wording.is_one_side(unit.text)}
        for unit, similarity in zip(units, vectors @ found.vector, strict=True):
            held = frozenset(terms(unit.text))
            covered = lexical.coverage(asked, held)
            if new:
                covered = (covered + lexical.coverage(new, held)) / 2
            open_point = self._leaves_open(unit.text, asked)
            slip = self._wording.is_slip(unit.text)
            score = (
                float(similarity)
                + self._weights.covered * covered
                + self._weights.passage * unit.passage.score
                + (open_weight if open_point else 0.0)
                + (self._weights.slip if slip else 0.0)
                + (self._weights.said if said and unit.text in said else 0.0)
            )
            side = unit.passage.id in sided
            ranked.append(
                Ranked(unit, score, float(similarity), covered, held, open_point, slip, side)
            )
        return sorted(ranked, key=lambda entry: -entry.score)

    def prepare(self) -> None:
        """Embed the sentences of a corpus small enough to keep, so that no question waits for it.

        What cannot be read now is left: the question that needs it says so.
        """
        with suppress(IngestError):
            for passage in self._retriever.every_passage(at_most=self._kept // _UNITS_A_PASSAGE):
                if units := units_of(passage):
                    self._embed([unit.text for unit in units])

    def _leaves_open(self, text: str, asked: Sequence[str]) -> bool:
        """Whether all that a sentence says of what was asked is that it is not written.

        "只写明15天从交易成功后起算，没有写明90天从哪天起算" does answer for the 15 days.
        """
        if not self._wording.is_open_point(text):
            return False
        lexical = self._retriever.lexical()
        said, unsaid = (
            lexical.coverage(asked, frozenset(terms(part)))
            for part in self._wording.parts_of_open_point(text)
        )
        return said <= unsaid

    def _embed(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            # Of like length together: padding costs as much as text.
            new.sort(key=len)
            known |= dict(zip(new, self._retriever.embed(new), strict=True))
        with self._lock:
            for text in texts:
                self._vectors[text] = known[text]
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._kept:
                self._vectors.popitem(last=False)
        return np.stack([known[text] for text in texts])


def _of_named(found: Retrieved) -> Sequence[Passage]:
    """The passages; those of the platforms the question names, where the best one is of them."""
    passages = found.passages
    if not passages or passages[0].platform not in found.named:
        return passages
    return [passage for passage in passages if passage.platform in found.named]
