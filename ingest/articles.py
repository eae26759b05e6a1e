"""A file of the corpus folder, read and validated."""

from __future__ import annotations

import datetime as dt
import hashlib
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
}


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
    dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    return text


def _day(value: Any) -> Any:
    if value is None or isinstance(value, dt.date):
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
    relative = path.relative_to(corpus_dir).with_suffix("").as_posix()
    return unicodedata.normalize("NFC", relative)


def parse_article(raw: str, identifier: str, where: str) -> Article:
    """Make an Article of a file's text; raise ArticleError naming file and field."""
    found = _FRONT_MATTER.match(raw)
    if found is None:
        raise ArticleError(where, "front matter", "文件开头应有两行 --- 之间的 YAML 说明，没有找到")
    try:
        fields = yaml.safe_load(found.group(1))
    except yaml.YAMLError as exc:
        raise ArticleError(where, "front matter", f"YAML 写法有误：{_one_line(exc)}") from exc
    if not isinstance(fields, dict):
        raise ArticleError(where, "front matter", "应为“字段: 值”的形式")
    try:
        front = _FrontMatter.model_validate(fields)
    except ValidationError as exc:
        first = exc.errors()[0]
        location = ".".join(str(part) for part in first["loc"])
        problem = _MEANING.get(first["type"], first["msg"].removeprefix("Value error, "))
        raise ArticleError(where, location, problem) from exc
    if not front.title.strip() or not front.platform.strip():
        empty = "title" if not front.title.strip() else "platform"
        raise ArticleError(where, empty, "不能为空")
    if front.effective_from and front.effective_to and front.effective_from > front.effective_to:
        raise ArticleError(where, "effective_to", "早于 effective_from")
    text = raw[found.end() :]
    blocks = read_blocks(text)
    if not any(block.kind != "heading" for block in blocks):
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


def read_article(path: Path, corpus_dir: Path) -> Article:
    """Read one file; raise ArticleError when it is unreadable or not a valid article."""
    where = path.relative_to(corpus_dir).as_posix()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            raw = file.read()
    except UnicodeDecodeError as exc:
        raise ArticleError(where, "编码", "不是 UTF-8，请另存为 UTF-8") from exc
    except OSError as exc:
        raise ArticleError(where, "文件", f"读不了：{exc.strerror}") from exc
    if "\0" in raw:
        raise ArticleError(where, "正文", "含有空字符（NUL），文件可能没有写完整")
    return parse_article(raw, article_id(path, corpus_dir), where)


def article_paths(corpus_dir: Path) -> list[Path]:
    """All article files below the folder, sorted; raise CorpusError when it is not there."""
    if not corpus_dir.is_dir():
        raise CorpusError(
            f"文章目录 {corpus_dir} 不存在。请检查 ZHANGGUI_CORPUS_DIR，"
            "或用 python -m ingest import 建一个。"
        )
    try:
        return sorted(
            path
            for path in corpus_dir.rglob("*")
            if path.suffix.lower() == ".md" and not path.name.startswith(".") and path.is_file()
        )
    except OSError as exc:
        raise CorpusError(f"文章目录 {corpus_dir} 读不了：{exc.strerror}。") from exc


def read_corpus(corpus_dir: Path) -> Iterator[Article | ArticleError]:
    """Each file of the folder in turn: the article, or what is wrong with it."""
    seen: dict[str, str] = {}
    for path in article_paths(corpus_dir):
        identifier = article_id(path, corpus_dir)
        where = path.relative_to(corpus_dir).as_posix()
        if identifier in seen:
            yield ArticleError(where, "id", f"和 {seen[identifier]} 的 id 相同：{identifier}")
            continue
        seen[identifier] = where
        try:
            yield read_article(path, corpus_dir)
        except ArticleError as exc:
            yield exc


def _one_line(exc: Exception) -> str:
    return " ".join(str(exc).split())
