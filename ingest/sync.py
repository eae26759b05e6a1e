"""Bring the index into line with the corpus folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.articles import (
    Article,
    article_id,
    hash_of_file,
    id_of,
    read_article,
    unique_paths,
)
from ingest.chunks import Chunk, ChunkSettings, cut
from ingest.embedders import Embedder
from ingest.errors import ArticleError
from ingest.index import ArticleIndex, Manifest, Prepared, Question, open_index, writing
from ingest.settings import Settings

# Passages embedded and written together: each write costs a flush to the disk, and an
# interrupted run loses what it had not written.
_BATCH_PASSAGES = 512

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SyncReport:
    """What a sync did: article ids by what became of them, and the files left out."""

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    deleted: tuple[str, ...]
    unchanged: tuple[str, ...]
    problems: tuple[ArticleError, ...]
    passages: int
    # Of these, how many this sync has embedded and stored.
    stored: int = 0

    @property
    def changed(self) -> bool:
        """Whether the index is another one than before."""
        return bool(self.added or self.replaced or self.deleted)


def manifest_of(embedder: Embedder, chunking: ChunkSettings) -> Manifest:
    """What an index made with these is recognised by."""
    return Manifest(embedder.name, chunking.fingerprint)


def sync(
    settings: Settings,
    embedder: Embedder,
    *,
    chunking: ChunkSettings | None = None,
    rebuild: bool = False,
    progress: Progress = lambda done, total: None,
    now: dt.datetime | None = None,
) -> SyncReport:
    """Add, replace and delete by content hash until index and folder agree.

    A file that is no valid article is reported and left out; its former version, if any,
    stays, so that a half-written file does not silence an answer. ``progress`` gets the
    articles done and the articles to do. Interrupted at any point and run again, the index
    becomes the same. Raises CorpusError, ModelError or IndexStoreError.
    """
    chunking = chunking or ChunkSettings()
    with writing(settings):
        index = open_index(settings, manifest_of(embedder, chunking))
        paths, problems = unique_paths(settings.corpus_dir)
        if rebuild:
            index.drop()
        index.create()
        run = _Run(index, settings.corpus_dir, embedder, chunking, now or dt.datetime.now(dt.UTC))
        return run.sync(paths, problems, progress)


class _Run:
    """One sync. What it holds in memory does not grow with the texts, only with their number."""

    def __init__(
        self,
        index: ArticleIndex,
        corpus_dir: Path,
        embedder: Embedder,
        chunking: ChunkSettings,
        now: dt.datetime,
    ) -> None:
        self._index = index
        self._corpus_dir = corpus_dir
        self._embedder = embedder
        # Some need more at once to be busy.
        self._batch_passages: int = getattr(embedder, "batch_passages", _BATCH_PASSAGES)
        self._chunking = chunking
        self._now = now
        self._stored = 0

    def sync(
        self, paths: Sequence[Path], problems: list[ArticleError], progress: Progress
    ) -> SyncReport:
        """Bring the index into line with these files."""
        versions = self._indexed()
        changed = [path for path in paths if versions.get(self._id(path)) != hash_of_file(path)]
        unchanged = {self._id(path) for path in paths} - {self._id(path) for path in changed}
        written = self._write(changed, problems, progress)
        # What a file that is broken now used to say stays, unless it was being taken out.
        kept = {id_of(problem.path) for problem in problems if versions.get(id_of(problem.path))}
        gone = sorted(versions.keys() - unchanged - set(written) - kept)
        self._index.remove(gone)
        self._index.publish_state(done=True)
        return SyncReport(
            added=tuple(name for name in written if not versions.get(name)),
            replaced=tuple(name for name in written if versions.get(name)),
            deleted=tuple(name for name in gone if versions[name]),
            unchanged=tuple(sorted(unchanged)),
            problems=tuple(problems),
            passages=self._index.passage_count(),
            stored=self._stored,
        )

    def _id(self, path: Path) -> str:
        return article_id(path, self._corpus_dir)

    def _indexed(self) -> dict[str, str]:
        """Every indexed article's version, once what an interrupted sync left is mended."""
        versions, interrupted = {}, []
        for row in self._index.iter_rows(texts=False):
            versions[row.article.id] = row.article.content_hash
            if row.dirty:
                interrupted.append(row.article.id)
        for row in self._index.rows(interrupted).values():
            self._index.clean(row)
        return versions

    def _write(
        self, paths: Sequence[Path], problems: list[ArticleError], progress: Progress
    ) -> list[str]:
        """Index what the files say; one batch is embedded while the one before is stored."""
        written: list[str] = []
        progress(0, len(paths))
        with ThreadPoolExecutor(1) as storing:
            stored: Future[None] | None = None
            for batch in self._batches(paths, problems):
                prepared = _prepare(batch, self._embedder)
                if stored:
                    stored.result()
                stored = storing.submit(self._store, prepared)
                written += [article.id for article, _ in batch]
                self._stored += sum(len(chunks) for _, chunks in batch)
                progress(len(written), len(paths))
            if stored:
                stored.result()
        return written

    def _store(self, prepared: Sequence[Prepared]) -> None:
        self._index.put(prepared, now=self._now)
        self._index.publish_state()

    def _batches(
        self, paths: Sequence[Path], problems: list[ArticleError]
    ) -> Iterator[list[tuple[Article, list[Chunk]]]]:
        batch: list[tuple[Article, list[Chunk]]] = []
        size = 0
        for path in paths:
            try:
                article = read_article(path, self._corpus_dir)
            except ArticleError as exc:
                problems.append(exc)
                continue
            chunks = cut(article, self._chunking)
            if batch and size + len(chunks) > self._batch_passages:
                yield batch
                batch, size = [], 0
            batch.append((article, chunks))
            size += len(chunks)
        if batch:
            yield batch


def _prepare(batch: Sequence[tuple[Article, list[Chunk]]], embedder: Embedder) -> list[Prepared]:
    passages = [chunk.embedded_text for _, chunks in batch for chunk in chunks]
    ways = [way for article, _ in batch for group in article.questions.values() for way in group]
    passage_vectors = embedder.embed_passages(passages)
    way_vectors = embedder.embed_queries(ways) if ways else passage_vectors[:0]
    prepared = []
    passage_at = way_at = 0
    for article, chunks in batch:
        vectors = passage_vectors[passage_at : passage_at + len(chunks)]
        passage_at += len(chunks)
        asked = [(heading, way) for heading, group in article.questions.items() for way in group]
        asked_vectors = way_vectors[way_at : way_at + len(asked)]
        way_at += len(asked)
        questions = [
            Question(
                id=f"{article.id}@{article.content_hash[:12]}?{number}",
                text=way,
                passage_id=_answering(heading, vector, chunks, vectors),
            )
            for number, ((heading, way), vector) in enumerate(
                zip(asked, asked_vectors, strict=True)
            )
        ]
        prepared.append(Prepared(article, chunks, vectors, questions, asked_vectors))
    return prepared


def _answering(
    heading: str,
    question: np.ndarray,
    chunks: Sequence[Chunk],
    vectors: np.ndarray,
) -> str:
    """Of the section's passages the one nearest to the question."""
    own = [i for i, chunk in enumerate(chunks) if chunk.heading == heading]
    # A heading with nothing but headings below it is answered by one of those.
    below = [i for i, chunk in enumerate(chunks) if heading in chunk.section.split(" › ")]
    candidates = own or below or list(range(len(chunks)))
    best = max(candidates, key=lambda i: float(vectors[i] @ question))
    return chunks[best].id
