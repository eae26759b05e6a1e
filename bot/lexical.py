"""Ranking passages by the words they share with a question (BM25).

The passages stand in segments that never change once written: a column of numbers each for
terms, postings and lengths, so that a saved one is mapped into memory rather than read, and
several processes share it. What is new comes as a further segment; what is gone is marked
dead. Statistics are those of all passages alive, so the ranking is the same as if everything
had been indexed at once.
"""

from __future__ import annotations

import hashlib
import json
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.text import terms

# Robertson's constants, as Lucene and bm25s take them.
_K1 = 1.5
_B = 0.75
_MOST_REPEATS = 0xFFFF
Numbers = NDArray[Any]


@dataclass(frozen=True)
class LexicalHit:
    """A passage and its share (0 to 1) of the best score any passage got."""

    passage_id: str
    share: float


@dataclass(frozen=True)
class Owned:
    """The passages ``first`` up to ``end`` of a segment are of this article version."""

    article_id: str
    version: str
    first: int
    end: int


@dataclass(frozen=True)
class Document:
    """A passage with all the text it can be found by, and what it was cut from."""

    passage_id: str
    text: str
    article_id: str = ""
    version: str = ""


class _Strings:
    """Many strings as one block of bytes and where each begins."""

    def __init__(self, block: Numbers, starts: Numbers) -> None:
        self.block = block
        self.starts = starts

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Strings:
        encoded = [text.encode() for text in texts]
        starts = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8), starts)

    def __getitem__(self, number: int) -> str:
        return self.block[self.starts[number] : self.starts[number + 1]].tobytes().decode()


class Segment:
    """Some passages' postings, term by term; never changed."""

    _COLUMNS = ("keys", "firsts", "postings", "repeats", "lengths")
    _STRINGS = ("words", "passages")

    def __init__(
        self, columns: dict[str, Numbers], strings: dict[str, _Strings], owned: list[Owned]
    ) -> None:
        self.keys = columns["keys"]
        self.firsts = columns["firsts"]
        self.postings = columns["postings"]
        self.repeats = columns["repeats"]
        self.lengths = columns["lengths"]
        self.words = strings["words"]
        self.passages = strings["passages"]
        self.owned = owned

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Segment:
        """Make one; all of it is in memory."""
        numbers: dict[str, int] = {}
        term_of, passage_of, repeats = array("i"), array("i"), array("H")
        passages: list[str] = []
        lengths: list[int] = []
        owned: list[Owned] = []
        for at, document in enumerate(documents):
            counted = Counter(terms(document.text))
            for term, count in counted.items():
                term_of.append(numbers.setdefault(term, len(numbers)))
                passage_of.append(at)
                repeats.append(min(count, _MOST_REPEATS))
            passages.append(document.passage_id)
            lengths.append(counted.total())
            last = owned.pop() if owned else None
            if last and (last.article_id, last.version) == (document.article_id, document.version):
                owned.append(Owned(last.article_id, last.version, last.first, at + 1))
            else:
                owned += [last] if last else []
                owned.append(Owned(document.article_id, document.version, at, at + 1))
        # Sorted by key, to be found by halving; within a term the passages stay in order.
        words = list(numbers)
        keys = np.fromiter(map(_key, words), dtype=np.uint64, count=len(words))
        order = np.argsort(keys, kind="stable")
        rank = np.empty(len(words), dtype=np.int32)
        rank[order] = np.arange(len(words), dtype=np.int32)
        by_term = rank[np.frombuffer(term_of, dtype=np.int32)] if words else np.empty(0, np.int32)
        sorting = np.argsort(by_term, kind="stable")
        columns: dict[str, Numbers] = {
            "keys": keys[order],
            "firsts": np.concatenate(
                [[0], np.cumsum(np.bincount(by_term, minlength=len(words)))]
            ).astype(np.int64),
            "postings": np.array(passage_of, dtype=np.int32)[sorting],
            "repeats": np.array(repeats, dtype=np.uint16)[sorting],
            "lengths": np.array(lengths, dtype=np.int32),
        }
        strings = {
            "words": _Strings.of([words[number] for number in order]),
            "passages": _Strings.of(passages),
        }
        return cls(columns, strings, owned)

    def save(self, folder: Path) -> None:
        """Write it into a new folder."""
        folder.mkdir(parents=True)
        for name in self._COLUMNS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        for name in self._STRINGS:
            strings: _Strings = getattr(self, name)
            np.save(folder / f"{name}.npy", strings.block)
            np.save(folder / f"{name}-starts.npy", strings.starts)
        rows = [[one.article_id, one.version, one.first, one.end] for one in self.owned]
        (folder / "owned.json").write_text(json.dumps(rows), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Segment:
        """Map a saved one into memory."""

        def mapped(name: str) -> Numbers:
            column: Numbers = np.load(folder / f"{name}.npy", mmap_mode="r")
            return column

        rows = json.loads((folder / "owned.json").read_text(encoding="utf-8"))
        return cls(
            {name: mapped(name) for name in cls._COLUMNS},
            {name: _Strings(mapped(name), mapped(f"{name}-starts")) for name in cls._STRINGS},
            [Owned(*row) for row in rows],
        )

    def found(self, term: str) -> slice:
        """Where a term's postings stand; empty when no passage holds it."""
        key = np.uint64(_key(term))
        at = int(np.searchsorted(self.keys, key))
        if at == len(self.keys) or self.keys[at] != key:
            return slice(0, 0)
        return slice(int(self.firsts[at]), int(self.firsts[at + 1]))


class LexicalIndex:
    """BM25 over all passages of some segments that are not dead. Safe between threads."""

    def __init__(
        self,
        documents: Iterable[tuple[str, str]] = (),
        *,
        segments: Sequence[Segment] | None = None,
        dead: Sequence[Set[Owned]] = (),
    ) -> None:
        """``documents`` are passage ids with all the text they can be found by; ``segments``
        are those of a store instead, with what is dead in each."""
        if segments is None:
            segments = [Segment.of(Document(*document) for document in documents)]
        self._segments = segments
        self._bases = np.cumsum([0, *(len(segment.lengths) for segment in segments)])
        lengths = [np.asarray(segment.lengths) for segment in segments]
        self._lengths = np.concatenate(lengths) if lengths else np.empty(0, np.int32)
        self._alive: Numbers | None = None
        if any(dead):
            self._alive = np.ones(len(self._lengths), dtype=bool)
            for base, gone in zip(self._bases, dead, strict=False):
                for one in gone:
                    self._alive[base + one.first : base + one.end] = False
        self._held: dict[str, int] = {}

    def search(self, question: str, count: int) -> list[LexicalHit]:
        """The passages sharing most with the question, best first."""
        scores = np.zeros(len(self._lengths), dtype=np.float32)
        for term in sorted(set(terms(question))):
            weight = self.weight(term)
            for passages, repeats in self._postings(term):
                scores[passages] += weight * repeats / (repeats + self._slowness[passages])
        if self._alive is not None:
            scores[~self._alive] = 0
        count = min(count, len(scores))
        if not count:
            return []
        top = np.argpartition(-scores, count - 1)[:count]
        best = float(scores[top].max())
        if best <= 0:
            return []
        return [
            LexicalHit(self._passage(int(i)), float(scores[i]) / best)
            for i in top[np.lexsort((top, -scores[top]))]
            if scores[i] > 0
        ]

    def knows(self, term: str) -> bool:
        """Whether any passage holds the term."""
        return self.holding(term) > 0

    def common_terms(self, *, least: int) -> list[str]:
        """Terms that at least so many passages hold, those held by most first."""
        counts: Counter[str] = Counter()
        for segment in self._segments:
            held = np.diff(segment.firsts)
            # A term of two segments may be common in neither.
            enough = least if len(self._segments) == 1 else 1
            for number in np.flatnonzero(held >= enough):
                counts[segment.words[int(number)]] += int(held[number])
        if self._alive is not None:
            counts = Counter({term: self.holding(term) for term in counts})
        return [term for term, count in counts.most_common() if count >= least]

    def weight(self, term: str) -> float:
        """How much a term tells: high for a rare one, low for one found everywhere."""
        seen = self.holding(term)
        return math.log(1 + (self._total - seen + 0.5) / (seen + 0.5))

    def coverage(self, question_terms: Sequence[str], text_terms: Set[str]) -> float:
        """Share (0 to 1) of the question's terms, by weight, that a text holds."""
        weights = {term: self.weight(term) for term in question_terms}
        total = sum(weights.values())
        if not total:
            return 0.0
        return sum(weight for term, weight in weights.items() if term in text_terms) / total

    @cached_property
    def _total(self) -> int:
        return len(self._lengths) if self._alive is None else int(self._alive.sum())

    @cached_property
    def _slowness(self) -> Numbers:
        """How slowly repeats of a term count in each passage: slower in long ones."""
        alive = self._lengths if self._alive is None else self._lengths[self._alive]
        mean = float(alive.mean()) if len(alive) else 1.0
        slowness: Numbers = (_K1 * (1 - _B + _B * self._lengths / (mean or 1.0))).astype(np.float32)
        return slowness

    def _postings(self, term: str) -> Iterator[tuple[Numbers, Numbers]]:
        for base, segment in zip(self._bases, self._segments, strict=False):
            found = segment.found(term)
            if found.start < found.stop:
                yield segment.postings[found] + base, segment.repeats[found].astype(np.float32)

    def holding(self, term: str) -> int:
        """In how many passages alive the term stands."""
        if term not in self._held:
            self._held[term] = sum(
                len(passages) if self._alive is None else int(self._alive[passages].sum())
                for passages, _ in self._postings(term)
            )
        return self._held[term]

    def _passage(self, number: int) -> str:
        at = int(np.searchsorted(self._bases, number, side="right")) - 1
        return self._segments[at].passages[number - int(self._bases[at])]


def _key(term: str) -> int:
    """A number for a term: its own bytes where they fit (every pair of common characters)."""
    written = term.encode()
    if len(written) < 8:
        return int.from_bytes(written, "big")
    # The highest bit is clear in every number above.
    return int.from_bytes(hashlib.blake2b(written, digest_size=8).digest(), "big") | 1 << 63
