"""Question to ranked passages: near in meaning (Chroma), alike in words (BM25), fused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bot.answers import Passage
from bot.distinctions import Distinctions
from bot.lexical import LexicalIndex
from bot.lexical_store import LexicalStore
from bot.platforms import Platforms
from ingest.articles import Article
from ingest.chunks import article_of
from ingest.embedders import Embedder, Vectors
from ingest.index import ArticleIndex, Hit, PassageRow

# While a sync goes on: of so many lost passages the articles are looked up anew, so often.
_LOST = 8
_LOOKS = 5
# Characters: sections that begin so near one another are about the same.
_AROUND = 400


@dataclass(frozen=True)
class Weights:
    """How the scores are put together; fitted on the development cases.

    A passage's score is its own similarity, plus ``asked`` times what the nearest of its
    merchants' questions has over ``asked_floor`` (questions are more alike than question and
    passage), plus ``lexical`` times its share of the best BM25 score, plus ``platform`` when
    the question names the article's platform, plus ``case`` when it names the case that the
    article is about (a personal or a company's shop), plus ``other_case`` when the passage
    speaks only of another case than the question. What is new in a follow-up counts ``focus``
    times what it carries along; the article that the last answer was of gets ``talked_of``, its
    sections around that answer ``around`` more.
    """

    asked: float = 0.8
    asked_floor: float = 0.84
    lexical: float = 0.06
    platform: float = 0.05
    case: float = 0.04
    other_case: float = -0.08
    focus: float = 1.0
    talked_of: float = 0.02
    around: float = 0.02


@dataclass(frozen=True)
class Retrieved:
    """Passages best first; the text searched with, its vector and the platforms named; the
    vectors of the nearest questions that articles answer, shape (questions, dimension)."""

    asking: str
    named: frozenset[str]
    passages: tuple[Passage, ...]
    vector: Vectors
    answered: Vectors


class HybridRetriever:
    """Searches one index; follows it when it changes. Safe to share between threads."""

    def __init__(
        self,
        index: ArticleIndex,
        embedder: Embedder,
        platforms: Platforms,
        *,
        distinctions: Distinctions | None = None,
        weights: Weights | None = None,
        candidates: int = 60,
        use_questions: bool = True,
        lexical_dir: Path | None = None,
    ) -> None:
        """Without ``use_questions`` it searches as if no article said how merchants ask;
        without ``lexical_dir`` the word index is made anew in memory."""
        self._index = index
        self._embedder = embedder
        self._platforms = platforms
        self._distinctions = distinctions or Distinctions(())
        self._weights = weights or Weights()
        self._candidates = candidates
        self._use_questions = use_questions
        self._lexical = LexicalStore(index, lexical_dir, use_questions=use_questions)

    @property
    def index(self) -> ArticleIndex:
        """What is searched."""
        return self._index

    @property
    def embedder(self) -> Embedder:
        """What the index was made with."""
        return self._embedder

    def search(
        self,
        question: str,
        count: int = 8,
        *,
        focus: str = "",
        talked_of: Passage | None = None,
    ) -> Retrieved:
        """The best passages for a question, each an exact slice of a valid article.

        ``focus`` is the part that is new where a question carries along what the talk was
        about: without it, what was answered before would be found again. ``talked_of`` is the
        passage that the last answer was of.
        """
        named = self._platforms.named(question)
        # The platform's name is in nearly every sentence: it would drown what is asked.
        asking = self._platforms.without_names(question)
        vector = self._vector(asking, focus)
        lexical = self._shares(asking, focus)
        dense = _best(self._index.near_passages(vector, self._candidates))
        questions = (
            self._index.near_questions(vector, self._candidates) if self._use_questions else []
        )
        asked = _best(questions)
        ids = dense.keys() | lexical.keys() | asked.keys()
        for passage_id, own in self._index.vectors(sorted(ids - dense.keys())).items():
            dense[passage_id] = float(own @ vector)
        meant = self._distinctions.articles_meant(question)
        rows = self._valid(self._index.passages(sorted(ids)).values())
        lost = ids - {row.chunk.id for row, _ in rows}
        if lost:
            best = sorted(lost, key=lambda name: -max(dense.get(name, 0.0), asked.get(name, 0.0)))
            replaced = self._replaced(dict.fromkeys(map(article_of, best[:_LOST])))
            rows = [(row, one) for row, one in rows if one.id not in replaced]
            for article, fresh in replaced.values():
                rows += [(row, article) for row in fresh]
                self._rate(fresh, vector, dense, asked)
        passages = [
            self._scored(
                row,
                article,
                dense.get(row.chunk.id, 0.0),
                asked.get(row.chunk.id, 0.0),
                lexical.get(row.chunk.id, 0.0),
                named,
                meant,
                self._distinctions.contradicts(
                    asking, f"{row.chunk.heading}\n{row.chunk.text}", row.chunk.article_id
                ),
            )
            for row, article in rows
        ]
        if talked_of:
            passages = [self._nearer(passage, talked_of) for passage in passages]
        passages.sort(key=lambda passage: (-passage.score, passage.id))
        return Retrieved(
            asking, named, tuple(passages[:count]), vector, _vectors(questions, vector.size)
        )

    def _nearer(self, passage: Passage, talked_of: Passage) -> Passage:
        """The passage with what it gains by what the talk is about."""
        if passage.article_id != talked_of.article_id:
            return passage
        weights = self._weights
        is_around = -_AROUND <= passage.start - talked_of.start <= _AROUND
        gained = weights.talked_of + weights.around * is_around
        return replace(passage, score=passage.score + gained)

    def _shares(self, asking: str, focus: str) -> dict[str, float]:
        texts = [asking, focus] if focus else [asking]
        shares: dict[str, float] = {}
        for text in texts:
            for hit in self.lexical().search(text, self._candidates):
                share = hit.share / len(texts)
                shares[hit.passage_id] = shares.get(hit.passage_id, 0.0) + share
        return shares

    def _vector(self, asking: str, focus: str) -> Vectors:
        texts = [asking, focus] if focus else [asking]
        vectors = self._embedder.embed_queries(texts)
        if not focus:
            alone: Vectors = vectors[0]
            return alone
        both: Vectors = vectors[0] + self._weights.focus * vectors[1]
        return both / np.float32(np.linalg.norm(both))

    def article(self, article_id: str) -> Article | None:
        """An indexed article; None when it is not (or no longer) there."""
        return self._index.article(article_id)

    def article_text(self, article_id: str) -> str | None:
        """An indexed article's text; None when it is not (or no longer) there."""
        article = self.article(article_id)
        return article.text if article else None

    def every_passage(self, *, at_most: int) -> list[Passage]:
        """All passages there are, unscored; none where there are more."""
        if self._index.passage_count() > at_most:
            return []
        return self._unscored(self._index.iter_passages())

    def passages_of(self, article_id: str) -> list[Passage]:
        """All passages of an article in its order, unscored."""
        found = self._unscored(self._index.passages_of([article_id]))
        return sorted(found, key=lambda passage: passage.start)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of sentences, comparable with a question's."""
        return self._embedder.embed_passages(texts)

    def lexical(self) -> LexicalIndex:
        """The word index of what is in the store now."""
        return self._lexical.current()

    def _replaced(self, lost: Iterable[str]) -> dict[str, tuple[Article, list[PassageRow]]]:
        """Articles of whose passages some are gone, as they are now, whole and of one version.

        A sync of another process has replaced them since this one's vectors were loaded.
        """
        found: dict[str, tuple[Article, list[PassageRow]]] = {}
        left = self._index.versions(lost)
        for _ in range(_LOOKS):
            rows = list(self._index.passages_of(left))
            articles = self._index.rows(sorted(left))
            for name, version in left.items():
                # All passages of a version are there from before it counts until after.
                if name in articles and articles[name].article.content_hash == version:
                    own = [row for row in rows if row.chunk.article_id == name]
                    found[name] = (articles[name].article, [r for r in own if r.version == version])
            left = self._index.versions(left.keys() - found.keys())
            if not left:
                break
        return found

    def _rate(
        self,
        rows: Sequence[PassageRow],
        vector: Vectors,
        dense: dict[str, float],
        asked: dict[str, float],
    ) -> None:
        """Likeness of passages whose vectors are not loaded yet: they are made again here."""
        texts = [row.chunk.embedded_text for row in rows]
        made: Iterable[Vectors] = self._embedder.embed_passages(texts) if texts else ()
        for row, own in zip(rows, made, strict=True):
            dense.setdefault(row.chunk.id, float(own @ vector))
            if row.questions and self._use_questions:
                ways = self._embedder.embed_queries(row.questions)
                asked.setdefault(row.chunk.id, float((ways @ vector).max()))

    def _valid(self, rows: Iterable[PassageRow]) -> list[tuple[PassageRow, Article]]:
        rows = list(rows)
        articles = self._index.rows(sorted({row.chunk.article_id for row in rows}))
        valid = []
        for row in rows:
            found = articles.get(row.chunk.article_id)
            if found is None or found.article.content_hash != row.version:
                continue
            article = found.article
            if article.text[row.chunk.start : row.chunk.end] == row.chunk.text:
                valid.append((row, article))
        return valid

    def _unscored(self, rows: Iterable[PassageRow]) -> list[Passage]:
        none: frozenset[str] = frozenset()
        return [self._scored(*r, 0.0, 0.0, 0.0, none, none, False) for r in self._valid(rows)]

    def _scored(
        self,
        row: PassageRow,
        article: Article,
        dense: float,
        asked: float,
        lexical: float,
        named: frozenset[str],
        meant: frozenset[str],
        other_case: bool,
    ) -> Passage:
        weights = self._weights
        score = dense + weights.lexical * lexical
        score += weights.asked * max(0.0, asked - weights.asked_floor)
        score += weights.platform * (article.platform in named)
        score += weights.case * (row.chunk.article_id in meant)
        score += weights.other_case * other_case
        return Passage(
            id=row.chunk.id,
            article_id=row.chunk.article_id,
            title=article.title,
            platform=article.platform,
            section=row.chunk.section,
            heading=row.chunk.heading,
            text=row.chunk.text,
            start=row.chunk.start,
            end=row.chunk.end,
            score=score,
            dense=dense,
            asked=asked,
            lexical=lexical,
            other_case=other_case,
            published=article.published,
            source_url=article.source.url,
            questions=row.questions,
        )


def _best(hits: Iterable[Hit]) -> dict[str, float]:
    best: dict[str, float] = {}
    for hit in hits:
        best[hit.passage_id] = max(hit.similarity, best.get(hit.passage_id, -1.0))
    return best


def _vectors(hits: Iterable[Hit], dimension: int) -> Vectors:
    rows = [hit.vector for hit in hits if hit.vector is not None]
    return np.stack(rows) if rows else np.empty((0, dimension), dtype=np.float32)
