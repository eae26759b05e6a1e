"""Searching as if one article were not in the index, without taking it out.

Really deleting and adding hundreds of articles in turn would take an hour; a test holds what is
done here against a real deletion. What stays as it is: BM25's own statistics over the whole
collection, which one article in hundreds hardly moves.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from bot.answers import Passage
from bot.lexical import LexicalIndex
from bot.retrieval import HybridRetriever, Retrieved
from bot.text import terms
from ingest.index import PassageRow

# More than any search brings together.
_EVERYTHING = 1_000_000


class HidingRetriever(HybridRetriever):
    """Ranks everything once a question, then with or without the ``hidden`` article.

    For one thread; the index must not change meanwhile.
    """

    hidden: str | None = None
    _last: tuple[tuple[str, str, Passage | None], Retrieved] | None = None
    _words: _Words | None = None

    def search(
        self,
        question: str,
        count: int = 8,
        *,
        focus: str = "",
        talked_of: Passage | None = None,
    ) -> Retrieved:
        """The best passages that are not of the hidden article."""
        found = self._everything(question, focus, talked_of)
        passages = found.passages
        if self.hidden is not None:
            passages = self._without(passages, self.hidden)
        return replace(found, passages=passages[:count])

    def lexical(self) -> LexicalIndex:
        """The word index; where an article is hidden, its words do not count."""
        whole = super().lexical()
        if self.hidden is None:
            return whole
        if self._words is None:
            self._words = _Words(self._index.iter_passages())
        return _LexicalWithout(self._words, self.hidden)

    def _everything(self, question: str, focus: str, talked_of: Passage | None) -> Retrieved:
        asked = (question, focus, talked_of)
        if self._last is None or self._last[0] != asked:
            hidden, self.hidden = self.hidden, None
            try:
                found = super().search(question, _EVERYTHING, focus=focus, talked_of=talked_of)
                self._last = (asked, found)
            finally:
                self.hidden = hidden
        return self._last[1]

    def _without(self, passages: Iterable[Passage], hidden: str) -> tuple[Passage, ...]:
        kept = [passage for passage in passages if passage.article_id != hidden]
        # A lexical score is a share of the best one, which may have been the hidden article's.
        best = max((passage.lexical for passage in kept), default=0.0) or 1.0
        weight = self._weights.lexical
        rescored = [
            replace(
                passage,
                lexical=passage.lexical / best,
                score=passage.score + weight * (passage.lexical / best - passage.lexical),
            )
            for passage in kept
        ]
        return tuple(sorted(rescored, key=lambda passage: (-passage.score, passage.id)))


class _Words:
    """In how many passages each term stands, in all and by article."""

    def __init__(self, rows: Iterable[PassageRow]) -> None:
        self.total: Counter[str] = Counter()
        self.by_article: dict[str, Counter[str]] = {}
        self.passages: Counter[str] = Counter()
        for row in rows:
            held = set(terms("\n".join([row.chunk.context, row.chunk.text, *row.questions])))
            self.total.update(held)
            self.by_article.setdefault(row.chunk.article_id, Counter()).update(held)
            self.passages[row.chunk.article_id] += 1


class _LexicalWithout(LexicalIndex):
    """What words weigh in the passages of all articles but one; ranks nothing."""

    def __init__(self, words: _Words, hidden: str) -> None:
        super().__init__(())
        self._words = words
        self._gone = words.by_article.get(hidden, Counter())
        self._left = words.passages.total() - words.passages[hidden]

    def knows(self, term: str) -> bool:
        return self._seen(term) > 0

    def weight(self, term: str) -> float:
        seen = self._seen(term)
        return math.log(1 + (self._left - seen + 0.5) / (seen + 0.5))

    def _seen(self, term: str) -> int:
        return self._words.total[term] - self._gone[term]
