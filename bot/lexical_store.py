"""The word index of an article index: kept on disk, brought up to date by what has changed.

In the folder stand ``index.json`` (the state of the article index it agrees with, the segments
and what is dead in each) and one subfolder a segment. Processes of one machine share it: one
of them brings it up to date under a lock, the others map what it has written.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar

from filelock import FileLock

from bot.lexical import Document, LexicalIndex, Owned, Segment
from ingest.index import ArticleIndex, Manifest, PassageRow
from ingest.settings import Settings

FORMAT = 1
_STATE_FILE = "index.json"
# As many passages make a segment: what making one takes in memory is bounded.
_SEGMENT_PASSAGES = 20_000
# More small segments than this are put together into one.
_MOST_SMALL = 8
T = TypeVar("T")
_LOG = logging.getLogger(__name__)


@dataclass
class _State:
    """What agrees with the article index in state ``token``."""

    token: str | None = None
    segments: dict[str, Segment] = field(default_factory=dict)
    dead: dict[str, set[Owned]] = field(default_factory=dict)

    def alive(self) -> Iterator[tuple[str, Owned]]:
        """Every article version that counts, with its segment's name."""
        for name, segment in self.segments.items():
            for owned in segment.owned:
                if owned not in self.dead[name]:
                    yield name, owned


def lexical_dir(settings: Settings, manifest: Manifest, *, use_questions: bool = True) -> Path:
    """Where the word index of the settings' article index is kept."""
    place = settings.chroma_url or str(settings.index_dir.resolve())
    made_of = [FORMAT, place, manifest.model, manifest.chunking, use_questions]
    digest = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:12]
    return settings.data_dir / "lexical" / digest


class LexicalStore:
    """Follows one article index; without a folder, in memory only. Safe between threads."""

    def __init__(
        self, index: ArticleIndex, folder: Path | None, *, use_questions: bool = True
    ) -> None:
        """Without ``use_questions`` passages are not found by how merchants ask for them."""
        self._index = index
        self._folder = folder
        self._use_questions = use_questions
        self._lock = threading.Lock()
        self._state = _State()
        self._current = LexicalIndex()

    def current(self) -> LexicalIndex:
        """The word index of what is in the article index now."""
        token = self._index.state()
        if self._state.token != token:
            with self._lock:
                if self._state.token != token:
                    self._follow(token)
        return self._current

    def _follow(self, token: str) -> None:
        try:
            with self._alone():
                state = self._load(self._state)
                if state.token != token:
                    state = self._updated(state, token)
                    self._save(state)
        except OSError as exc:
            # The index lives in the memory of this process then.
            _LOG.warning("字词索引目录 %s 用不了（%s），只放在内存里。", self._folder, exc)
            self._folder = None
            state = self._updated(self._state, token)
        self._state = state
        dead = [state.dead[name] for name in state.segments]
        self._current = LexicalIndex(segments=list(state.segments.values()), dead=dead)

    def _alone(self) -> AbstractContextManager[object]:
        if self._folder is None:
            return nullcontext()
        self._folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self._folder / ".lock")

    # -- following the article index -------------------------------------------------

    def _updated(self, state: _State, token: str) -> _State:
        segments, dead = dict(state.segments), {n: set(d) for n, d in state.dead.items()}
        known = {owned.article_id for _, owned in state.alive()}
        changed = self._index.changed_since(state.token) if state.token else None
        if changed is None:
            changed = self._differing(state)
        for name, owned in state.alive():
            if owned.article_id in changed:
                dead[name].add(owned)
        rows = self._index.passages_of(changed) if known else self._index.iter_passages()
        new = _State(token, segments, dead)
        self._add(new, self._documents(rows))
        self._tidy(new)
        return new

    def _differing(self, state: _State) -> set[str]:
        """Articles that are of another version here than there, or in one of both only."""
        here = {owned.article_id: owned.version for _, owned in state.alive()}
        there = {
            row.article.id: row.article.content_hash for row in self._index.iter_rows(texts=False)
        }
        return {name for name in here.keys() | there.keys() if here.get(name) != there.get(name)}

    def _documents(self, rows: Iterable[PassageRow]) -> Iterator[Document]:
        valid: Mapping[str, str] = {}
        for some in _batched(rows, 2000):
            articles = self._index.versions({row.chunk.article_id for row in some} - valid.keys())
            valid = {**valid, **articles}
            for row in some:
                if valid.get(row.chunk.article_id) == row.version:
                    ways = row.questions if self._use_questions else ()
                    text = "\n".join([row.chunk.context, row.chunk.text, *ways])
                    yield Document(row.chunk.id, text, row.chunk.article_id, row.version)

    def _add(self, state: _State, documents: Iterable[Document]) -> None:
        for some in _batched(documents, _SEGMENT_PASSAGES):
            name = uuid.uuid4().hex
            state.segments[name] = Segment.of(some)
            state.dead[name] = set()
            if self._folder is not None:
                # Mapped again, what was made in memory is free for the next one.
                state.segments[name].save(self._folder / name)
                state.segments[name] = Segment.open(self._folder / name)

    def _tidy(self, state: _State) -> None:
        """Put small segments together, and leave out what is dead for the most part."""
        small, wasted = [], []
        for name, segment in state.segments.items():
            size = len(segment.lengths)
            gone = sum(owned.end - owned.first for owned in state.dead[name])
            if size < _SEGMENT_PASSAGES / _MOST_SMALL:
                small.append(name)
            if gone * 2 > size:
                wasted.append(name)
        again = {*wasted, *(small if len(small) > _MOST_SMALL else ())}
        if not again:
            return
        articles = {owned.article_id for name, owned in state.alive() if name in again}
        for name in again:
            del state.segments[name], state.dead[name]
        self._add(state, self._documents(self._index.passages_of(articles)))

    # -- on disk ---------------------------------------------------------------------

    def _load(self, loaded: _State) -> _State:
        if self._folder is None:
            return loaded
        try:
            text = (self._folder / _STATE_FILE).read_text(encoding="utf-8")
        except FileNotFoundError:
            return _State()
        try:
            content = json.loads(text)
            state = _State(content["token"])
            for entry in content["segments"]:
                name = entry["name"]
                known = loaded.segments.get(name)
                state.segments[name] = known or Segment.open(self._folder / name)
                state.dead[name] = {Owned(*row) for row in entry["dead"]}
        except (ValueError, KeyError, TypeError, OSError):
            # Damaged: it can always be made again.
            return _State()
        return state

    def _save(self, state: _State) -> None:
        if self._folder is None:
            return
        content = {
            "token": state.token,
            "segments": [
                {
                    "name": name,
                    "dead": sorted(
                        [o.article_id, o.version, o.first, o.end] for o in state.dead[name]
                    ),
                }
                for name in state.segments
            ],
        }
        partial = self._folder / f"{_STATE_FILE}.partial"
        partial.write_text(json.dumps(content), encoding="utf-8")
        partial.replace(self._folder / _STATE_FILE)
        for path in self._folder.iterdir():
            if path.is_dir() and path.name not in state.segments:
                shutil.rmtree(path, ignore_errors=True)


def _batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some
