"""Stand-ins for what is slow or outside, and short ways to write articles for a test."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.answers import Answer, Turn
from ingest.embedders import Vectors
from ingest.settings import Settings

_DIMENSIONS = 64


class CharacterEmbedder:
    """Unit vectors from the characters and character pairs a text holds; no model, no files."""

    def __init__(self, name: str = "characters") -> None:
        self._name = name

    @property
    def name(self) -> str:
        """Another name stands for another vector space."""
        return self._name

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Same as for passages: there is no prompt."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Each character and pair adds one to a dimension chosen by its checksum."""
        vectors = np.full((len(texts), _DIMENSIONS), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for part in [*text, *(a + b for a, b in pairwise(text))]:
                vectors[row, zlib.crc32(part.encode()) % _DIMENSIONS] += 1
        normed: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normed


def local_settings(corpus_dir: Path, data_dir: Path, **others: Any) -> Settings:
    """Settings that look at no ``.env``."""
    return Settings(_env_file=None, corpus_dir=corpus_dir, data_dir=data_dir, **others)


def write_article(corpus_dir: Path, identifier: str, body: str, **fields: Any) -> Path:
    """Write a valid article; ``fields`` are added to its front matter or replace it."""
    front = {"title": identifier, "platform": "小红书", **fields}
    path = corpus_dir / f"{identifier}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    written = yaml.safe_dump(front, allow_unicode=True, sort_keys=False)
    path.write_text(f"---\n{written}---\n\n{body}\n", encoding="utf-8", newline="")
    return path


class AnswersAtOnce:
    """The ``stream`` of a scripted bot that only knows whole answers."""

    def stream(
        self, text: str, *, history: Sequence[Turn] = (), today: dt.date | None = None
    ) -> Iterator[str | Answer]:
        """The answer of ``ask``, and no sentence before it."""
        yield self.ask(text, history=history, today=today)  # type: ignore[attr-defined]
