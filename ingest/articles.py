"""A file of the corpus folder, read and validated."""

from __future__ import annotations

import codecs
import datetime as dt
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ingest.errors import ArticleError, CorpusError
from ingest.markdown import headings, read_blocks

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_PARTIAL_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_MEANING = {
    "extra_forbidden": "不认识的字段，可用的字段见 CONTRIBUTING.md",
    "missing": "缺少这个字段",
    "string_too_short": "不能为空",
    "string_type": "应为文字",
    "dict_type": "应为“标题: [问法, …]”的对照表",
    "list_type": "应为列表",
    "model_type": "应为“字段: 值”的形式",
    "invalid_key": "字段名应为文字",
}
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_BAD_DAY = "没有这一天，应为存在的日期，如 2021-10-31"


@dataclass(frozen=True)
class Source:
    """Where the facts of an article come from."""

    title: str | None = None
    publisher: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Article:
    """One article; ``text`` is the file's body exactly as it stands."""

    id: str
    title: str
    platform: str
    text: str
    content_hash: str
    published: str | None = None
    effective_from: dt.date | None = None
    effective_to: dt.date | None = None
    source: Source = field(default_factory=Source)
    questions: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _partial_date(value: Any) -> Any:
    """Accept a day, a month or a year; YAML has already made some of them dates or numbers."""
    if value is None or isinstance(value, bool):
        return value
    text = value.isoformat() if isinstance(value, dt.date) else str(value)
    if not _PARTIAL_DATE.fullmatch(text):
        raise ValueError("应为年、年-月或年-月-日，如 2021、2021-10、2021-10-31")
    try:
        dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError as exc:
        raise ValueError(_BAD_DAY) from exc
    return text


def _day(value: Any) -> Any:
    if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
        return value
    raise ValueError("应为日期，如 2021-10-31")


class _SourceFields(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str | None = None
    publisher: str | None = None
    url: str | None = None


class _FrontMatter(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str = Field(min_length=1)
    platform: str = Field(min_length=1)
    published: Annotated[str | None, BeforeValidator(_partial_date)] = None
    effective_from: Annotated[dt.date | None, BeforeValidator(_day)] = None
    effective_to: Annotated[dt.date | None, BeforeValidator(_day)] = None
    source: _SourceFields = Field(default_factory=_SourceFields)
    questions: dict[str, list[str]] = Field(default_factory=dict)


FRONT_MATTER_FIELDS = tuple(_FrontMatter.model_fields)


def article_id(path: Path, corpus_dir: Path) -> str:
    """Path below the corpus folder without ``.md``, with ``/`` and composed characters."""
    return id_of(path.relative_to(corpus_dir).as_posix())


def id_of(relative_path: str) -> str:
    """Article id of a file by its path below the corpus folder."""
    return unicodedata.normalize("NFC", relative_path.rsplit(".", 1)[0])


def parse_article(raw: str, identifier: str, where: str) -> Article:
    """Make an Article of a file's text; raise ArticleError naming file and field."""
    if "\0" in raw:
        raise ArticleError(where, "正文", "含有空字符（NUL），文件可能没有写完整")
    found = _FRONT_MATTER.match(raw)
    if found is None:
        raise ArticleError(where, "front matter", "文件开头应有两行 --- 之间的 YAML 说明，没有找到")
    front = _front_matter(found.group(1), where)
    text = raw[found.end() :]
    if all(block.kind == "heading" for block in read_blocks(text)):
        raise ArticleError(where, "正文", "没有内容（只有标题不算）")
    unknown = set(front.questions) - set(headings(text))
    if unknown:
        raise ArticleError(where, "questions", f"正文里没有这个标题：{sorted(unknown)[0]}")
    return Article(
        id=identifier,
        title=front.title.strip(),
        platform=front.platform.strip(),
        text=text,
        content_hash=hashlib.sha256(raw.encode("utf-8")).hexdigest(),
        published=front.published,
        effective_from=front.effective_from,
        effective_to=front.effective_to,
        source=Source(**front.source.model_dump()),
        questions={heading: tuple(ways) for heading, ways in front.questions.items()},
    )


def _front_matter(written: str, where: str) -> _FrontMatter:
    fields = _yaml(written, where)
    try:
        front = _FrontMatter.model_validate(fields)
    except ValidationError as exc:
        first = exc.errors()[0]
        location = ".".join(str(part) for part in first["loc"])
        problem = _MEANING.get(first["type"], first["msg"].removeprefix("Value error, "))
        raise ArticleError(where, location, problem) from exc
    for name in ("title", "platform"):
        if not getattr(front, name).strip():
            raise ArticleError(where, name, "不能为空")
    if front.effective_from and front.effective_to and front.effective_from > front.effective_to:
        raise ArticleError(where, "effective_to", "早于 effective_from")
    return front


def _yaml(written: str, where: str) -> dict[Any, Any]:
    try:
        fields = yaml.load(written, _Loader)
        # Escapes may write halves of characters and NULs that no store can hold.
        if not _storable(fields):
            raise ArticleError(where, "front matter", "含有无法保存的字符（NUL 或半个字符）")
    except yaml.YAMLError as exc:
        raise ArticleError(where, "front matter", f"YAML 写法有误：{_one_line(exc)}") from exc
    except RecursionError as exc:
        raise ArticleError(where, "front matter", "YAML 套得太深，或自己包含自己") from exc
    if not isinstance(fields, dict):
        raise ArticleError(where, "front matter", "应为“字段: 值”的形式")
    return fields


class _Loader(yaml.SafeLoader):
    """YAML whose dates are left to us where no such day exists, and whose keys are unique."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        """A date, or the text as written where the calendar has no such day."""
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return node.value

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping; a key written twice is an error, for one of them would be lost."""
        seen: set[str] = set()
        for key, _value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"{key.value!r} 写了两次", key.start_mark
                    )
                seen.add(key.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


def _storable(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_storable(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return all(_storable(part) for part in value)
    return not isinstance(value, str) or not _UNSTORABLE.search(value)


def read_article(path: Path, corpus_dir: Path) -> Article:
    """Read one file; raise ArticleError when it is unreadable or not a valid article."""
    where = _shown(path, corpus_dir)
    identifier = article_id(path, corpus_dir)
    if _UNSTORABLE.search(identifier):
        raise ArticleError(where, "文件名", "不是 UTF-8，请改名")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            raw = file.read()
    except UnicodeDecodeError as exc:
        raise ArticleError(where, "编码", "不是 UTF-8，请另存为 UTF-8") from exc
    except OSError as exc:
        raise ArticleError(where, "文件", f"读不了：{exc.strerror}") from exc
    return parse_article(raw, identifier, where)


def article_paths(corpus_dir: Path) -> list[Path]:
    """All article files below the folder, sorted; raise CorpusError when it is not there."""
    if not corpus_dir.is_dir():
        raise CorpusError(
            f"文章目录 {corpus_dir} 不存在。请检查 ZHANGGUI_CORPUS_DIR，"
            "或用 python -m ingest import 建一个。"
        )
    paths: list[Path] = []
    for folder, subfolders, names in os.walk(corpus_dir, onerror=_unreadable):
        # Editors and version control keep copies of files in hidden folders.
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        paths.extend(
            Path(folder, name)
            for name in names
            if name.lower().endswith(".md") and not name.startswith(".")
        )
    return sorted(path for path in paths if path.is_file())


def _unreadable(exc: OSError) -> None:
    # A folder left out unread would look like its articles had been deleted.
    raise CorpusError(f"文章目录 {exc.filename} 读不了：{exc.strerror}。") from exc


def read_corpus(corpus_dir: Path) -> Iterator[Article | ArticleError]:
    """Each file of the folder in turn: the article, or what is wrong with it."""
    paths, problems = unique_paths(corpus_dir)
    for path in paths:
        try:
            yield read_article(path, corpus_dir)
        except ArticleError as exc:
            yield exc
    yield from problems


def unique_paths(corpus_dir: Path) -> tuple[list[Path], list[ArticleError]]:
    """The article files, and what is wrong with those whose id is another one's already."""
    seen: dict[str, Path] = {}
    problems = []
    for path in article_paths(corpus_dir):
        # Ids that differ in case only are one file on some machines and two on others.
        first = seen.setdefault(article_id(path, corpus_dir).casefold(), path)
        if first is not path:
            problem = f"和 {_shown(first, corpus_dir)} 的 id 相同（不分大小写）"
            problems.append(ArticleError(_shown(path, corpus_dir), "id", problem))
    return list(seen.values()), problems


def hash_of_file(path: Path) -> str | None:
    """The content hash an article in this file would have; None when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes().removeprefix(codecs.BOM_UTF8)).hexdigest()
    except OSError:
        return None


def _shown(path: Path, corpus_dir: Path) -> str:
    """The path below the corpus folder, printable even where the name is not UTF-8."""
    return os.fsencode(path.relative_to(corpus_dir).as_posix()).decode("utf-8", "replace")


def _one_line(exc: Exception) -> str:
    return " ".join(str(exc).split())
