"""What is indexed: passages, merchants' questions and articles. The only user of chromadb.

Four collections, all with the same manifest:

- ``passages``: one row a chunk, with its vector, text, exact span and article version;
- ``questions``: the ways merchants ask, each pointing at the passage that answers it;
- ``articles``: one row an article, with its text and the version that may be answered from;
- ``state``: one row, a token that changes whenever the articles do.

A row of ``articles`` is there as long as any other row of that article is, and says which
version counts; so an interrupted write can be seen and mended by its own row, and a reader
that checks the version never mixes two of them.

An embedded Chroma reads its vectors from disk once, at the first search, and does not see
what another process adds or deletes after that. So a reader takes a new connection whenever
the token has changed, and only while nobody writes: loading may bring the files on disk up
to date, which two processes must not do at once.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from ingest.articles import Article, Source
from ingest.chunks import Chunk
from ingest.errors import (
    IndexLockedError,
    IndexMismatchError,
    IndexMissingError,
    IndexStoreError,
)
from ingest.settings import Settings

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_PREFIX = "zhanggui-"
_NAMES = ("passages", "questions", "articles", "state")
_SEARCHED = ("passages", "questions")
_STATE_ROW = "current"
# Passages are found approximately; this wide a search keeps the loss unmeasurable.
_HNSW = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 300}}
_NO_VECTOR = [1.0]
_PAGE = 2000
# Articles named in one condition.
_TOGETHER = 200
# Readers that follow are told so many changed articles by name; others compare everything.
_CHANGES_KEPT = 2000
# How long a reader that has no connection yet waits for a writer, and a writer for whoever
# is just connecting.
_READER_PATIENCE = 30.0
_WRITER_PATIENCE = 3.0
_SERVER_TIMEOUT = 5.0
# So long a token that was read counts as the present one.
_STATE_S = 0.05
_FOLDER_ADVICE = (
    "请确认没有别的程序占用、磁盘未满、有读写权限；如果数据已损坏，"
    "把这个目录改名保留，再运行 python -m ingest sync 重新建立。"
)
_SERVER_ADVICE = (
    "请确认 ZHANGGUI_CHROMA_URL 写对、Chroma 服务器已经启动；不设这个变量就用数据目录里的内嵌库。"
)
# chromadb keeps one connection a folder for the whole process; see _open_folder.
_OPENING = threading.Lock()

T = TypeVar("T")


@dataclass(frozen=True)
class Manifest:
    """What an index was made with."""

    model: str
    chunking: str

    def as_metadata(self) -> dict[str, str]:
        """As Chroma keeps it."""
        return {"model": self.model, "chunking": self.chunking}


@dataclass(frozen=True)
class Question:
    """A merchant's way to ask for a section, and the passage that answers it."""

    id: str
    text: str
    passage_id: str


@dataclass(frozen=True)
class Prepared:
    """An article ready to be stored, with a vector for every passage and question."""

    article: Article
    chunks: list[Chunk]
    chunk_vectors: NDArray[np.float32]
    questions: list[Question]
    question_vectors: NDArray[np.float32]


@dataclass(frozen=True)
class ArticleRow:
    """An article as indexed; ``dirty`` while rows of other versions may still be there."""

    article: Article
    chunk_count: int
    dirty: bool
    indexed_at: str


@dataclass(frozen=True)
class Hit:
    """A row near a question: the passage's id, the cosine similarity, and the row's own vector
    where it is a merchant's question."""

    passage_id: str
    similarity: float
    vector: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class PassageRow:
    """A passage as indexed, with the version of the article it was cut from."""

    chunk: Chunk
    version: str
    questions: tuple[str, ...] = ()


@contextmanager
def _explained(place: str) -> Iterator[None]:
    try:
        yield
    except IndexStoreError:
        raise
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as exc:  # chromadb's core panics outside of Exception
        first = (str(exc).strip() or type(exc).__name__).splitlines()[0].rstrip("。.")
        advice = _SERVER_ADVICE if place.startswith("http") else _FOLDER_ADVICE
        raise IndexStoreError(f"向量库 {place} 用不了：{first}。{advice}") from exc


@contextmanager
def writing(settings: Settings) -> Iterator[None]:
    """Keep every other writer and connecting reader of the data folder out meanwhile.

    Raises IndexLockedError when another one is at it, IndexStoreError when the folder cannot
    be written.
    """
    with ExitStack() as stack:
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            free = stack.enter_context(_turn(_lock_path(settings), _WRITER_PATIENCE))
        except OSError as exc:
            raise IndexStoreError(f"数据目录 {settings.data_dir} 写不了：{exc.strerror}。") from exc
        if not free:
            raise IndexLockedError("另一个 sync 正在写索引，请等它结束后再运行。")
        yield


@contextmanager
def _turn(lock_path: Path | None, patience: float) -> Iterator[bool]:
    """Whether it is our turn; as long as the block runs nobody else gets one."""
    if lock_path is None:
        yield True
        return
    # Not one lock object for all: two threads of this process must keep each other out too.
    lock = FileLock(lock_path)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _lock_path(settings: Settings) -> Path:
    return settings.data_dir / ".sync.lock"


class ArticleIndex:
    """The index; made by ``open_index``. Safe to share between threads for reading."""

    def __init__(
        self,
        connect: Callable[[], ClientAPI],
        place: str,
        manifest: Manifest,
        lock_path: Path | None,
    ) -> None:
        self._connect = connect
        self._client = connect()
        self._place = place
        self.manifest = manifest
        self._lock_path = lock_path
        self._connecting = threading.Lock()
        self._collections: dict[str, Collection] = {}
        # The token at which the vectors were read from disk; None before that.
        self._loaded_at: str | None = None
        # The token read last, and when.
        self._seen_state = ("", -math.inf)
        # Articles changed since readers were last told, and whether it is said that there are.
        self._changed: set[str] = set()
        self._writing = False

    # -- opening ---------------------------------------------------------------------

    def attach(self) -> None:
        """Find the collections; raise IndexMissingError or IndexMismatchError."""
        with _explained(self._place):
            self._collections = self._find(self._client)

    def _find(self, client: ClientAPI) -> dict[str, Collection]:
        there = {found.name: found for found in client.list_collections()}
        if not any(_PREFIX + name in there for name in _NAMES):
            raise IndexMissingError("还没有建立索引。请先运行：python -m ingest sync")
        if not all(_PREFIX + name in there for name in _NAMES):
            raise IndexMissingError("索引不完整（上次建立时被中断）。请运行：python -m ingest sync")
        for name in _NAMES:
            self._check(there[_PREFIX + name].metadata or {})
        return {name: there[_PREFIX + name] for name in _NAMES}

    def _reconnect(self, patience: float) -> bool:
        """Connect anew and load the vectors; False when a writer is at it for too long."""
        with self._connecting, _turn(self._lock_path, patience) as free:
            if not free:
                return False
            client = self._connect()
            collections = self._find(client)
            token = _token(collections)
            for name in _SEARCHED:
                sample = collections[name].get(limit=1, include=["embeddings"])
                if sample["ids"]:
                    collections[name].query(query_embeddings=sample["embeddings"], n_results=1)
            self._client, self._collections, self._loaded_at = client, collections, token
            return True

    def _read(self, action: Callable[[dict[str, Collection]], T]) -> T:
        """Read; once more over a new connection where rows went missing below the old one."""
        with _explained(self._place):
            try:
                return action(self._collections)
            except Exception:
                if not self._reconnect(0):
                    # A sync is at it. Better to look out of turn than not to answer.
                    self._client = self._connect()
                    self._collections = self._find(self._client)
                return action(self._collections)

    def _search(self, action: Callable[[dict[str, Collection]], T]) -> T:
        """Read what needs the vectors."""
        with _explained(self._place):
            if self._loaded_at is None and not self._reconnect(_READER_PATIENCE):
                raise IndexLockedError("正在入库，索引暂时不能查询。请等 sync 结束后再试。")
        return self._read(action)

    def create(self) -> None:
        """Make what is missing; raise IndexMismatchError where something else is there."""
        with _explained(self._place):
            there = {found.name for found in self._client.list_collections()}
            # A part of the collections is what an interrupted rebuild leaves: the rows in
            # them belong to rows that are gone.
            if not all(_PREFIX + name in there for name in _NAMES):
                self.drop()
            for name in _NAMES:
                found = self._client.get_or_create_collection(
                    _PREFIX + name,
                    metadata=self.manifest.as_metadata(),
                    configuration=cast(Any, _HNSW),
                    embedding_function=None,
                )
                self._check(found.metadata or {})
                self._collections[name] = found

    def drop(self) -> None:
        """Remove everything."""
        with _explained(self._place):
            there = {found.name for found in self._client.list_collections()}
            for name in _NAMES:
                if _PREFIX + name in there:
                    self._client.delete_collection(_PREFIX + name)
            self._collections.clear()

    def _check(self, metadata: Any) -> None:
        wanted = self.manifest
        for label, was, now in (
            ("向量模型", metadata.get("model"), wanted.model),
            ("切分设置", metadata.get("chunking"), wanted.chunking),
        ):
            if was != now:
                raise IndexMismatchError(
                    f"索引是用{label}“{was}”建的，现在的设置是“{now}”，不能混用。"
                    "请改回原来的设置，或运行：python -m ingest sync --rebuild"
                )

    # -- writing ---------------------------------------------------------------------

    def put(self, batch: Sequence[Prepared], *, now: dt.datetime) -> None:
        """Add or replace articles; each changes from its old to its new version at once."""
        with _explained(self._place):
            old = self.rows([item.article.id for item in batch])
            # Say first that rows may be half there, so that a crash can be mended.
            self._put_rows(
                replace(old[item.article.id], dirty=True)
                if item.article.id in old
                else ArticleRow(replace(item.article, text="", content_hash=""), 0, True, "")
                for item in batch
            )
            # One write for all of them: each costs a flush to the disk.
            self._add_passages(batch)
            self._add_questions(batch)
            stamp = now.isoformat(timespec="seconds")
            new = [
                ArticleRow(item.article, len(item.chunks), item.article.id in old, stamp)
                for item in batch
            ]
            self._put_rows(new)
            for row in new:
                if row.dirty:
                    self.clean(row)

    def remove(self, article_ids: Sequence[str]) -> None:
        """Take articles out; they stop answering with the first of the three steps."""
        with _explained(self._place):
            for at in range(0, len(article_ids), _TOGETHER):
                some = list(article_ids[at : at + _TOGETHER])
                rows = self.rows(some).values()
                self._put_rows(
                    replace(row, article=replace(row.article, content_hash="")) for row in rows
                )
                for name in ("passages", "questions"):
                    self._collections[name].delete(where=cast(Any, {"article_id": {"$in": some}}))
                self._collections["articles"].delete(ids=some)

    def clean(self, row: ArticleRow) -> None:
        """Delete the rows of an article that are not of its valid version."""
        article = row.article
        with _explained(self._place):
            self._say_writing()
            others = {
                "$and": [{"article_id": article.id}, {"version": {"$ne": article.content_hash}}]
            }
            for name in ("passages", "questions"):
                self._collections[name].delete(where=cast(Any, others))
            self._put_rows([replace(row, dirty=False)])

    def publish_state(self, *, done: bool = False) -> None:
        """Let readers see what has changed, if anything has; ``done`` at the end of a sync."""
        with _explained(self._place):
            state = _state(self._collections)
            if not self._changed and not (done and state.get("writing", True)):
                return
            changes = json.loads(state.get("changes", "[]"))
            if not self._writing:
                # A sync that was killed has written what nobody knows.
                changes = []
            # Never a token that was there before: the same articles may stand in new rows.
            token = uuid.uuid4().hex
            changes.append([token, sorted(self._changed)])
            self._put_state(token, _latest(changes), writing=not done)
            self._changed.clear()
            self._writing = not done

    def _say_writing(self) -> None:
        """Note that rows may have changed of which no reader has been told."""
        if not self._writing:
            state = _state(self._collections)
            known = "[]" if state.get("writing", True) else state.get("changes", "[]")
            self._put_state(str(state.get("token", "")), json.loads(known), writing=True)
            self._writing = True

    def _put_state(self, token: str, changes: list[Any], *, writing: bool) -> None:
        written = json.dumps(changes, ensure_ascii=False)
        self._seen_state = ("", -math.inf)
        self._collections["state"].upsert(
            ids=[_STATE_ROW],
            embeddings=cast(Any, [_NO_VECTOR]),
            metadatas=[{"token": token, "changes": written, "writing": writing}],
        )

    def _put_rows(self, rows: Iterable[ArticleRow]) -> None:
        rows = list(rows)
        if not rows:
            return
        self._say_writing()
        self._changed |= {row.article.id for row in rows}
        self._collections["articles"].upsert(
            ids=[row.article.id for row in rows],
            embeddings=cast(Any, [_NO_VECTOR] * len(rows)),
            documents=[row.article.text for row in rows],
            metadatas=cast(Any, [_row_metadata(row) for row in rows]),
        )

    def _add_passages(self, batch: Sequence[Prepared]) -> None:
        metadatas = [
            {
                "article_id": chunk.article_id,
                "version": item.article.content_hash,
                "section": chunk.section,
                "heading": chunk.heading,
                "start": chunk.start,
                "end": chunk.end,
                "context": chunk.context,
                "questions": json.dumps(
                    [q.text for q in item.questions if q.passage_id == chunk.id],
                    ensure_ascii=False,
                ),
            }
            for item in batch
            for chunk in item.chunks
        ]
        ids = [chunk.id for item in batch for chunk in item.chunks]
        documents = [chunk.text for item in batch for chunk in item.chunks]
        vectors = np.concatenate([item.chunk_vectors for item in batch])
        self._upsert("passages", ids, vectors, documents, metadatas)

    def _add_questions(self, batch: Sequence[Prepared]) -> None:
        metadatas = [
            {
                "article_id": item.article.id,
                "version": item.article.content_hash,
                "passage": question.passage_id,
            }
            for item in batch
            for question in item.questions
        ]
        ids = [question.id for item in batch for question in item.questions]
        documents = [question.text for item in batch for question in item.questions]
        vectors = np.concatenate([item.question_vectors for item in batch])
        self._upsert("questions", ids, vectors, documents, metadatas)

    def _upsert(
        self,
        name: str,
        ids: list[str],
        vectors: NDArray[np.float32],
        documents: list[str],
        metadatas: list[dict[str, Any]],
    ) -> None:
        step = self._client.get_max_batch_size()
        for at in range(0, len(ids), step):
            part = slice(at, at + step)
            self._collections[name].upsert(
                ids=ids[part],
                embeddings=vectors[part],
                documents=documents[part],
                metadatas=cast(Any, metadatas[part]),
            )

    # -- reading ---------------------------------------------------------------------

    def state(self) -> str:
        """Token of what is indexed; another one means: look again.

        It is as of the last moment: one question asks for it several times. What an article says
        is held against its version at each reading, so nothing deleted is answered from.
        """
        token, read_at = self._seen_state
        if time.monotonic() - read_at < _STATE_S:
            return token
        token = self._read(_token)
        self._seen_state = (token, time.monotonic())
        if self._loaded_at not in (None, token):
            with _explained(self._place):
                # While a sync is still at it the old connection does: rows that are gone
                # are left out by their articles' versions.
                self._reconnect(0)
        return token

    def changed_since(self, token: str) -> set[str] | None:
        """Ids of the articles changed since that token; None when nobody knows any more."""
        changes = json.loads(self._read(_state).get("changes", "[]"))
        tokens = [change[0] for change in changes]
        if token not in tokens:
            return None
        return {name for change in changes[tokens.index(token) + 1 :] for name in change[1]}

    def versions(self, article_ids: Iterable[str]) -> dict[str, str]:
        """The version that may be answered from, for those articles that are there."""
        ids = sorted(article_ids)
        if not ids:
            return {}
        found = self._read(lambda there: there["articles"].get(ids=ids, include=["metadatas"]))
        rows = zip(found["ids"], found["metadatas"] or (), strict=True)
        return {name: str(metadata["version"]) for name, metadata in rows if metadata["version"]}

    def passages_of(self, article_ids: Iterable[str]) -> Iterator[PassageRow]:
        """All passages of some articles, of whatever version."""
        ids = sorted(article_ids)
        for at in range(0, len(ids), _TOGETHER):
            yield from self._passages_where({"article_id": {"$in": ids[at : at + _TOGETHER]}})

    def _passages_where(self, condition: Any) -> Iterator[PassageRow]:
        return _passage_rows(self._read(lambda there: there["passages"].get(where=condition)))

    def rows(self, article_ids: Sequence[str]) -> dict[str, ArticleRow]:
        """The named articles' rows, by id; missing ones are left out."""
        if not article_ids:
            return {}
        found = self._read(lambda there: there["articles"].get(ids=list(article_ids)))
        return {row.article.id: row for row in _article_rows(found)}

    def article(self, article_id: str) -> Article | None:
        """The article in its valid version; None when it is not (or no longer) there."""
        row = self.rows([article_id]).get(article_id)
        return row.article if row and row.article.content_hash else None

    def iter_rows(self, *, texts: bool = True) -> Iterator[ArticleRow]:
        """Every article's row; without texts where those are not needed."""
        include: Any = ["metadatas", "documents"] if texts else ["metadatas"]
        with _explained(self._place):
            for page in self._pages("articles", include):
                yield from _article_rows(page)

    def iter_passages(self) -> Iterator[PassageRow]:
        """Every passage, of whatever version."""
        with _explained(self._place):
            for page in self._pages("passages", ["metadatas", "documents"]):
                yield from _passage_rows(page)

    def passages(self, passage_ids: Sequence[str]) -> dict[str, PassageRow]:
        """The named passages, by id; missing ones are left out."""
        if not passage_ids:
            return {}
        found = self._read(lambda there: there["passages"].get(ids=list(passage_ids)))
        return {row.chunk.id: row for row in _passage_rows(found)}

    def near_passages(self, vector: NDArray[np.float32], count: int) -> list[Hit]:
        """The passages nearest to a question's vector, best first."""
        return self._near("passages", vector, count)

    def near_questions(self, vector: NDArray[np.float32], count: int) -> list[Hit]:
        """The passages whose merchants' questions are nearest, best first, with those vectors."""
        return self._near("questions", vector, count, "embeddings")

    def _near(self, name: str, vector: NDArray[np.float32], count: int, *more: str) -> list[Hit]:
        found = self._search(
            lambda there: there[name].query(
                query_embeddings=vector.reshape(1, -1),
                n_results=count,
                include=cast(Any, ["distances", "metadatas", *more]),
            )
        )
        distances, metadatas, vectors = (
            found["distances"],
            found["metadatas"],
            found["embeddings"],
        )
        if not distances or not metadatas:
            return []
        own: Iterable[Any] = repeat(None, len(distances[0]))
        if vectors is not None:
            own = np.asarray(vectors[0], dtype=np.float32)
        return [
            Hit(str((metadata or {}).get("passage", identifier)), 1.0 - float(distance), row)
            for identifier, distance, metadata, row in zip(
                found["ids"][0], distances[0], metadatas[0], own, strict=True
            )
            # A row deleted by another process since the vectors were loaded has none: where it
            # was a passage, its id still tells the article.
            if metadata or name == "passages"
        ]

    def vectors(self, passage_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Vectors of the named passages."""
        if not passage_ids:
            return {}
        found = self._search(
            lambda there: there["passages"].get(ids=list(passage_ids), include=["embeddings"])
        )
        embeddings = np.asarray(found["embeddings"], dtype=np.float32)
        return dict(zip(found["ids"], embeddings, strict=True))

    def passage_count(self) -> int:
        """Number of passages."""
        return self._read(lambda there: there["passages"].count())

    def _pages(self, name: str, include: Any) -> Iterator[Any]:
        collection = self._collections[name]
        offset = 0
        while True:
            page = collection.get(limit=_PAGE, offset=offset, include=include)
            if not page["ids"]:
                return
            yield page
            offset += len(page["ids"])


def open_index(settings: Settings, manifest: Manifest) -> ArticleIndex:
    """The index of the settings, not yet attached: the embedded folder or the server."""
    url, folder = settings.chroma_url, settings.index_dir
    place = url or str(folder)
    with _explained(place):
        if url:
            return ArticleIndex(lambda: _open_server(url), place, manifest, None)
        folder.mkdir(parents=True, exist_ok=True)
        return ArticleIndex(lambda: _open_folder(folder), place, manifest, _lock_path(settings))


def _open_server(address: str) -> ClientAPI:
    from urllib.parse import urlsplit
    from urllib.request import urlopen

    # chromadb would wait for ever for a server that does not answer.
    with urlopen(f"{address.rstrip('/')}/api/v2/heartbeat", timeout=_SERVER_TIMEOUT):
        pass
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    url = urlsplit(address)
    secure = url.scheme == "https"
    port = url.port or (443 if secure else 80)
    quiet = ChromaSettings(anonymized_telemetry=False)
    return chromadb.HttpClient(url.hostname or "", port, secure, settings=quiet)


def _open_folder(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings as ChromaSettings

    quiet = ChromaSettings(anonymized_telemetry=False)
    with _OPENING:
        # Or the new client would get the old one's connection, with the vectors it loaded.
        SharedSystemClient.clear_system_cache()
        return chromadb.PersistentClient(folder, settings=quiet)


def _state(collections: dict[str, Collection]) -> dict[str, Any]:
    found = collections["state"].get(ids=[_STATE_ROW])["metadatas"]
    return dict(found[0]) if found else {}


def _latest(changes: list[Any]) -> list[Any]:
    """The last changes, as many as fit; the first entry is where following may begin."""
    kept: list[Any] = []
    names = 0
    for change in reversed(changes):
        names += len(change[1])
        if kept and (names > _CHANGES_KEPT or len(kept) == _CHANGES_KEPT):
            kept.append([change[0], []])
            break
        kept.append(change)
    return kept[::-1]


def _token(collections: dict[str, Collection]) -> str:
    return str(_state(collections).get("token", ""))


def _row_metadata(row: ArticleRow) -> dict[str, str | int | bool]:
    article = row.article
    optional = {
        "published": article.published,
        "effective_from": _written(article.effective_from),
        "effective_to": _written(article.effective_to),
        "source_title": article.source.title,
        "source_publisher": article.source.publisher,
        "source_url": article.source.url,
    }
    return {
        "title": article.title,
        "platform": article.platform,
        "version": article.content_hash,
        "chunks": row.chunk_count,
        "dirty": row.dirty,
        "indexed_at": row.indexed_at,
        **{key: value for key, value in optional.items() if value is not None},
    }


def _article_rows(found: Any) -> Iterator[ArticleRow]:
    documents = found["documents"] or [""] * len(found["ids"])
    for identifier, text, metadata in zip(found["ids"], documents, found["metadatas"], strict=True):
        yield ArticleRow(
            Article(
                id=identifier,
                title=metadata["title"],
                platform=metadata["platform"],
                text=text or "",
                content_hash=metadata["version"],
                published=metadata.get("published"),
                effective_from=_day(metadata.get("effective_from")),
                effective_to=_day(metadata.get("effective_to")),
                source=Source(
                    metadata.get("source_title"),
                    metadata.get("source_publisher"),
                    metadata.get("source_url"),
                ),
            ),
            metadata["chunks"],
            metadata["dirty"],
            metadata["indexed_at"],
        )


def _written(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _passage_rows(found: Any) -> Iterator[PassageRow]:
    for identifier, text, metadata in zip(
        found["ids"], found["documents"], found["metadatas"], strict=True
    ):
        yield PassageRow(
            Chunk(
                id=identifier,
                article_id=metadata["article_id"],
                section=metadata["section"],
                heading=metadata["heading"],
                start=metadata["start"],
                end=metadata["end"],
                text=text,
                context=metadata["context"],
            ),
            metadata["version"],
            tuple(json.loads(metadata["questions"])),
        )
