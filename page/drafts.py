"""Articles handed in and not stored yet: what would become of each file."""

from __future__ import annotations

import secrets
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.articles import Article, article_paths, read_article
from ingest.chunks import Chunk, ChunkSettings, cut
from ingest.errors import ArticleError, CorpusError, ImportFormatError
from ingest.importers import import_file

_KEPT = 20
_LONGEST_NAME = 60
_LONGEST_END = 10
_FRONT_MATTER = ("---\n", "---\r\n", "\ufeff---\n", "\ufeff---\r\n")


@dataclass(frozen=True)
class Upload:
    """A file as it was handed in."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Draft:
    """An article file that may be written: where, its text, what it is cut into.

    ``replaces`` says that another article stands there now.
    """

    path: str
    raw: bytes
    article: Article
    chunks: tuple[Chunk, ...]
    replaces: bool


@dataclass(frozen=True)
class Handed:
    """A file with the articles in it, or what is wrong with it."""

    name: str
    drafts: tuple[Draft, ...] = ()
    problem: str = ""


def draft(upload: Upload, corpus_dir: Path, *, platform: str, folder: str) -> Handed:
    """Read a file as the import would; nothing is written outside a temporary folder."""
    name = PurePosixPath(upload.name.replace("\\", "/")).name or "article.txt"
    # Other systems take longer names than this one may.
    kept = f"{PurePosixPath(name).stem[:_LONGEST_NAME]}{PurePosixPath(name).suffix[:_LONGEST_END]}"
    with tempfile.TemporaryDirectory() as place:
        file, staged = Path(place, "in", kept), Path(place, "corpus")
        file.parent.mkdir()
        staged.mkdir()
        try:
            file.write_bytes(upload.content)
            paths = _staged(file, upload.content, staged, platform, folder)
            drafts = tuple(_draft(path, staged, corpus_dir) for path in paths)
        except (ArticleError, ImportFormatError, CorpusError) as exc:
            return Handed(name, problem=str(exc).replace(f"{file.parent}/", ""))
        except OSError as exc:
            return Handed(name, problem=exc.strerror or str(exc))
    return Handed(name, drafts)


def each_once(handed: Sequence[Handed]) -> list[Handed]:
    """The same files; one that would be stored over another of them has that as its problem."""
    kept: list[Handed] = []
    taken: dict[str, str] = {}
    for one in handed:
        twin = next((draft.path for draft in one.drafts if draft.path in taken), None)
        if twin is None:
            taken.update((draft.path, one.name) for draft in one.drafts)
            kept.append(one)
        else:
            problem = (
                f"和 {taken[twin]} 都要存为 {twin}。请改标题或文件名，或者换一个文件夹分次添加。"
            )
            kept.append(Handed(one.name, problem=problem))
    return kept


def write(handed: Sequence[Handed], corpus_dir: Path) -> list[str]:
    """Write the drafts into the corpus folder, each whole or not at all; their paths."""
    written = []
    for one in (draft for file in handed for draft in file.drafts):
        path = corpus_dir / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        partial.write_bytes(one.raw)
        partial.replace(path)
        written.append(one.path)
    return written


class Drafts:
    """The last files handed in, by a token nobody can guess. Safe between threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Handed, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, handed: Sequence[Handed]) -> str:
        """Remember files until they are stored or others push them out."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._kept[token] = tuple(handed)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return token

    def take(self, token: str) -> tuple[Handed, ...] | None:
        """The files, once."""
        with self._lock:
            return self._kept.pop(token, None)


def _staged(file: Path, content: bytes, staged: Path, platform: str, folder: str) -> list[Path]:
    text = content.decode("utf-8", "replace")
    if file.suffix.lower() == ".md" and text.startswith(_FRONT_MATTER):
        # A file of our own format goes in as it is.
        path = staged / folder / file.name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return [path]
    import_file(file, staged, platform=platform, folder=folder)
    return article_paths(staged)


def _draft(path: Path, staged: Path, corpus_dir: Path) -> Draft:
    article = read_article(path, staged)
    relative = path.relative_to(staged).as_posix()
    there = corpus_dir / relative
    raw = path.read_bytes()
    return Draft(
        path=relative,
        raw=raw,
        article=article,
        chunks=tuple(cut(article, ChunkSettings())),
        replaces=there.is_file() and there.read_bytes() != raw,
    )
