"""Bring the index into line with the corpus folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.articles import Article, id_of, read_corpus
from ingest.chunks import Chunk, ChunkSettings, cut
from ingest.embedders import Embedder
from ingest.errors import ArticleError
from ingest.index import ArticleIndex, Manifest, Prepared, Question, open_index, writing
from ingest.settings import Settings

# Passages embedded and written together: enough to fill the model's batches, few enough
# that memory stays bounded and an interrupted run has lost little.
_BATCH_PASSAGES = 256

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
        found = list(read_corpus(settings.corpus_dir))
        if rebuild:
            index.drop()
        index.create()
        stamp = now or dt.datetime.now(dt.UTC)
        return _sync(index, found, embedder, chunking, progress, stamp)


def _sync(
    index: ArticleIndex,
    found: Sequence[Article | ArticleError],
    embedder: Embedder,
    chunking: ChunkSettings,
    progress: Progress,
    now: dt.datetime,
) -> SyncReport:
    problems = tuple(entry for entry in found if isinstance(entry, ArticleError))
    articles = [entry for entry in found if isinstance(entry, Article)]
    indexed = {row.article.id: row for row in index.iter_rows(texts=False)}
    interrupted = [name for name, row in indexed.items() if row.dirty]
    for row in index.rows(interrupted).values():
        index.clean(row)
    versions = {name: row.article.content_hash for name, row in indexed.items()}
    changed = [article for article in articles if versions.get(article.id) != article.content_hash]
    # What a file that is broken now used to say stays, unless it was being taken out.
    kept = {id_of(problem.path) for problem in problems if versions.get(id_of(problem.path))}
    gone = sorted(versions.keys() - {article.id for article in articles} - kept)

    progress(0, len(changed))
    done = 0
    for batch in _batches(changed, chunking):
        index.put(_prepare(batch, embedder), now=now)
        index.publish_state()
        done += len(batch)
        progress(done, len(changed))
    for article_id in gone:
        index.remove(article_id)
    index.publish_state()
    added = tuple(article.id for article in changed if not versions.get(article.id))
    return SyncReport(
        added=added,
        replaced=tuple(article.id for article in changed if article.id not in added),
        deleted=tuple(name for name in gone if versions[name]),
        unchanged=tuple(sorted({a.id for a in articles} - {a.id for a in changed})),
        problems=problems,
        passages=index.passage_count(),
    )


def _batches(
    articles: Sequence[Article], chunking: ChunkSettings
) -> list[list[tuple[Article, list[Chunk]]]]:
    batches: list[list[tuple[Article, list[Chunk]]]] = []
    size = _BATCH_PASSAGES
    for article in articles:
        chunks = cut(article, chunking)
        if size + len(chunks) > _BATCH_PASSAGES:
            batches.append([])
            size = 0
        batches[-1].append((article, chunks))
        size += len(chunks)
    return batches


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
