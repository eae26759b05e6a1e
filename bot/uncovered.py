"""Topics that no article covers, and how near a question comes to one of them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from bot.corpus_files import read_corpus_file
from bot.text import as_word, fold, terms
from ingest.embedders import Embedder, Vectors

FILE_NAME = "uncovered.yaml"


class _Topic(BaseModel):
    model_config = ConfigDict(extra="forbid")
    topic: str
    asks: list[str] = Field(min_length=1)
    words: list[str] = Field(default_factory=list)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    uncovered: list[_Topic] = Field(default_factory=list)


# A topic called by words of the question is named from here on; one that is not where it is very
# near, and no other topic nearly as near.
_NEAR_NAMED = 0.94
_VERY_NEAR = 0.95
_LEAD = 0.03
# Or when so many of the nearest four questions are of it.
_FIRST = 4
_AGREEING = 3
# Terms.
_ASKS_SOMETHING = 3


@dataclass(frozen=True)
class Nearest:
    """The topic whose question is most like the one asked, how like (cosine), by how much more
    than that of any other topic, and how many of the nearest few questions are of it."""

    topic: str
    similarity: float
    lead: float = 0.0
    agreeing: int = 1

    def is_about(self, question: str) -> bool:
        """Whether the topic can be named as what is asked: a wrong name is worse than none."""
        asked = set(terms(question))
        # To a bare word many topics are near.
        if len(asked) >= _ASKS_SOMETHING and asked & set(terms(self.topic)):
            return self.similarity >= _NEAR_NAMED
        is_ahead = self.lead >= _LEAD or self.agreeing >= _AGREEING
        return self.similarity >= _VERY_NEAR and is_ahead


@dataclass(frozen=True)
class Topic:
    """What no article covers: how merchants ask for it, and words only said of it."""

    name: str
    asks: tuple[str, ...]
    words: tuple[str, ...] = ()


class Uncovered:
    """Topics that no article covers. Safe to share between threads.

    Their vectors are made by ``prepare`` or the first question and kept in ``folder``, which can
    be deleted at any time; without a folder they are made anew in every process.
    """

    def __init__(
        self, topics: Sequence[Topic], embedder: Embedder, folder: Path | None = None
    ) -> None:
        self._asks = tuple((topic.name, ask) for topic in topics for ask in topic.asks)
        self._words = {fold(word): topic.name for topic in topics for word in topic.words}
        self._pattern = re.compile("|".join(map(as_word, self._words)) or r"(?!)")
        self._embedder = embedder
        self._folder = folder
        self._lock = threading.Lock()
        self._vectors: Vectors | None = None

    @property
    def questions(self) -> tuple[str, ...]:
        """All ways of asking."""
        return tuple(question for _, question in self._asks)

    def near(self, vector: Vectors, count: int) -> tuple[Nearest | None, Vectors]:
        """What is most like a question's vector, None where no topic is listed; and the vectors
        of the questions most like it, best first, shape (at most ``count``, dimension)."""
        if not self._asks:
            return None, np.empty((0, vector.size), dtype=np.float32)
        known = self._known()
        # Not by BLAS, whose threads wait for one another on a busy machine.
        likeness = np.einsum("id,d->i", known, vector)
        best = np.argsort(-likeness, kind="stable")[:count]
        topic = self._asks[best[0]][0]
        other = next((at for at in best if self._asks[at][0] != topic), best[-1])
        nearest = float(likeness[best[0]])
        agreeing = sum(self._asks[at][0] == topic for at in best[:_FIRST])
        lead = nearest - float(likeness[other])
        return Nearest(topic, nearest, lead, agreeing), known[best]

    def prepare(self) -> None:
        """Make the vectors unless they are there, so that no question has to wait for them."""
        if self._asks:
            self._known()

    def words_in(self, text: str) -> frozenset[str]:
        """Words of the topics that stand in a text, folded."""
        return frozenset(self._pattern.findall(fold(text)))

    def named(self, question: str, passage: str) -> str | None:
        """The topic a question names by a word that a passage does not hold."""
        held = fold(passage)
        words = self._pattern.findall(fold(question))
        return next((self._words[word] for word in words if word not in held), None)

    def _known(self) -> Vectors:
        with self._lock:
            if self._vectors is None:
                kept = self._kept()
                self._vectors = self._made() if kept is None else kept
            return self._vectors

    def _kept(self) -> Vectors | None:
        path = self._path()
        if path is None:
            return None
        # Half written or of another format: made again.
        with suppress(OSError, ValueError, EOFError):
            vectors: Vectors = np.load(path)
            return vectors if len(vectors) == len(self._asks) else None
        return None

    def _made(self) -> Vectors:
        vectors = self._embedder.embed_queries(self.questions)
        # Where nothing can be written it is made once a process.
        if path := self._path():
            with suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                new = path.with_suffix(f".{os.getpid()}.npy")
                np.save(new, vectors)
                new.replace(path)
        return vectors

    def _path(self) -> Path | None:
        if self._folder is None:
            return None
        made_of = json.dumps([self._embedder.name, *self.questions])
        return self._folder / f"{hashlib.sha256(made_of.encode()).hexdigest()[:12]}.npy"


def load_uncovered(corpus_dir: Path, embedder: Embedder, folder: Path | None = None) -> Uncovered:
    """Read the corpus folder's uncovered.yaml; without one every question is looked up alike."""
    read = read_corpus_file(corpus_dir, FILE_NAME, _File)
    topics = [Topic(each.topic, tuple(each.asks), tuple(each.words)) for each in read.uncovered]
    return Uncovered(topics, embedder, folder)
