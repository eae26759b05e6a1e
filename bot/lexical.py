"""Ranking passages by the words they share with a question (BM25)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import bm25s
import numpy as np

from bot.text import terms


@dataclass(frozen=True)
class LexicalHit:
    """A passage and its share (0 to 1) of the best score any passage got."""

    passage_id: str
    share: float


class LexicalIndex:
    """BM25 over all passages; made anew when the index has changed."""

    def __init__(self, documents: Iterable[tuple[str, str]]) -> None:
        """``documents`` are passage ids with all the text they can be found by."""
        self._ids: list[str] = []
        self._vocabulary: dict[str, int] = {}
        tokens: list[list[int]] = []
        counts: list[int] = []
        for identifier, text in documents:
            self._ids.append(identifier)
            row = [self._vocabulary.setdefault(term, len(self._vocabulary)) for term in terms(text)]
            tokens.append(row)
            counts.extend([0] * (len(self._vocabulary) - len(counts)))
            for term in set(row):
                counts[term] += 1
        self._counts = counts
        self._ranker = bm25s.BM25()
        if self._vocabulary:
            # A copy: the ranker adds an entry of its own.
            self._ranker.index((tokens, dict(self._vocabulary)), show_progress=False)

    def search(self, question: str, count: int) -> list[LexicalHit]:
        """The passages sharing most with the question, best first."""
        known = [
            self._vocabulary[term]
            for term in sorted(set(terms(question)))
            if term in self._vocabulary
        ]
        if not known:
            return []
        scores = self._ranker.get_scores_from_ids(known)
        count = min(count, len(scores))
        top = np.argpartition(-scores, count - 1)[:count]
        best = float(scores[top].max())
        if best <= 0:
            return []
        return [
            LexicalHit(self._ids[i], float(scores[i]) / best)
            for i in top[np.argsort(-scores[top], kind="stable")]
            if scores[i] > 0
        ]

    def knows(self, term: str) -> bool:
        """Whether any passage holds the term."""
        return term in self._vocabulary

    def common_terms(self, *, least: int) -> list[str]:
        """Terms that at least so many passages hold, those held by most first."""
        counted = {term: self._counts[number] for term, number in self._vocabulary.items()}
        common = [term for term, count in counted.items() if count >= least]
        return sorted(common, key=lambda term: -counted[term])

    def weight(self, term: str) -> float:
        """How much a term tells: high for a rare one, low for one found everywhere."""
        total = len(self._ids)
        number = self._vocabulary.get(term)
        seen = self._counts[number] if number is not None else 0
        return math.log(1 + (total - seen + 0.5) / (seen + 0.5))

    def coverage(self, question_terms: Sequence[str], text_terms: Set[str]) -> float:
        """Share (0 to 1) of the question's terms, by weight, that a text holds."""
        weights = {term: self.weight(term) for term in question_terms}
        total = sum(weights.values())
        if not total:
            return 0.0
        return sum(weight for term, weight in weights.items() if term in text_terms) / total
