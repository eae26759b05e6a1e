"""Files from elsewhere turned into article files of a corpus folder.

``.md``, ``.txt``, ``.html``, ``.pdf`` and ``.docx`` go through markitdown. A text in the
layout of a learning page (title, body, a line such as “5714人已学习 4人已赞同”, again and
again) becomes one article a title.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from ingest.articles import parse_article
from ingest.errors import ArticleError, ImportFormatError

FORMATS = (".md", ".txt", ".html", ".htm", ".pdf", ".docx")
_COUNTS = re.compile(r"^[ \t]*\d+[ \t]*人已学习(?:[ \t]*\d+[ \t]*人已赞同)?[ \t]*$", re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n")
_MAX_TITLE = 60
_SENTENCE_ENDS = ("。", "；", "：", "，", ";", ":", ",")
_MAX_NAME = 40
_UNSAFE = re.compile(r"[^\w\-]+")


@dataclass(frozen=True)
class Imported:
    """An article file that was written, or was there already with the same content."""

    path: Path
    title: str
    written: bool


def import_file(
    file: Path, corpus_dir: Path, *, platform: str, folder: str, overwrite: bool = False
) -> list[Imported]:
    """Write the file's articles into ``corpus_dir/folder``.

    Files that exist with other content are left alone unless ``overwrite``. Raises
    ImportFormatError naming the file, what is wrong with it and what to do.
    """
    if file.suffix.lower() not in FORMATS:
        raise ImportFormatError(
            f"{file}：不支持 {file.suffix or '没有扩展名的文件'}，可以导入 {'、'.join(FORMATS)}。"
        )
    target = _inside(corpus_dir, folder)
    planned = []
    taken: set[str] = set()
    for title, body in _articles(file, _read(file)):
        path = target / f"{_free_name(title, taken)}.md"
        raw = _compose(title, body, platform, file.name)
        try:
            parse_article(raw, path.stem, file.name)
        except (ArticleError, UnicodeEncodeError) as exc:
            problem = exc.problem if isinstance(exc, ArticleError) else "含有无法保存的字符"
            raise ImportFormatError(f"{file}：《{title}》：{problem}。") from exc
        planned.append((path, title, raw))
    # All of them are known to be good before the first is written.
    return [Imported(path, title, _write(path, raw, overwrite)) for path, title, raw in planned]


def _inside(corpus_dir: Path, folder: str) -> Path:
    target = corpus_dir / folder
    if not target.resolve().is_relative_to(corpus_dir.resolve()):
        raise ImportFormatError(f"{folder}：不在文章目录里，--folder 应为它下面的子目录名。")
    return target


def _free_name(title: str, taken: set[str]) -> str:
    """A file name for the title that no other article of this file has."""
    name = stem = _file_name(title)
    number = 2
    while name.casefold() in taken:
        name = f"{stem}-{number}"
        number += 1
    taken.add(name.casefold())
    return name


def _write(path: Path, raw: str, overwrite: bool) -> bool:
    try:
        if path.exists():
            if path.read_text(encoding="utf-8") == raw:
                return False
            if not overwrite:
                raise ImportFormatError(
                    f"{path} 已经存在且内容不同。要替换它请加 --overwrite，或先改名。"
                )
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: a sync may be reading the folder.
        partial = path.with_name(f".{path.name}.partial")
        partial.write_text(raw, encoding="utf-8", newline="")
        partial.replace(path)
    except OSError as exc:
        raise ImportFormatError(f"{path} 写不了：{exc.strerror}。") from exc
    return True


def _read(file: Path) -> str:
    try:
        size = file.stat().st_size
    except OSError as exc:
        raise ImportFormatError(f"{file}：读不了：{exc.strerror}。") from exc
    if size == 0:
        raise ImportFormatError(f"{file}：文件是空的。")
    if file.suffix.lower() in (".md", ".txt"):
        try:
            text = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as exc:
            raise ImportFormatError(f"{file}：不是 UTF-8 文本，请另存为 UTF-8。") from exc
        except OSError as exc:
            raise ImportFormatError(f"{file}：读不了：{exc.strerror}。") from exc
    else:
        text = _convert(file)
    if not text.strip():
        raise ImportFormatError(f"{file}：没有文字（扫描件请先做文字识别）。")
    return text


def _convert(file: Path) -> str:
    try:
        import markitdown  # noqa: F401  an optional dependency
    except ImportError as exc:
        raise ImportFormatError(
            f"{file}：转换 {file.suffix} 需要 markitdown，请运行：pip install 'zhanggui[import]'"
        ) from exc
    try:
        text = _converted(file)
    except Exception as exc:
        reason = (str(exc).strip() or type(exc).__name__).splitlines()[0]
        raise ImportFormatError(
            f"{file}：读不出内容（{reason}）。文件可能损坏、加密，或与扩展名不符。"
        ) from exc
    return text


def _converted(file: Path) -> str:
    from markitdown import MarkItDown, StreamInfo
    from markitdown.converters import DocxConverter, PdfConverter

    # Left to itself markitdown reads a damaged PDF or Word file as plain text.
    of_format = {".pdf": PdfConverter, ".docx": DocxConverter}.get(file.suffix.lower())
    if of_format is None:
        return str(MarkItDown(enable_plugins=False).convert_local(file).markdown)
    with file.open("rb") as stream:
        converter = of_format()  # type: ignore[no-untyped-call]
        return str(converter.convert(stream, StreamInfo(extension=file.suffix)).markdown)


def _articles(file: Path, text: str) -> Iterator[tuple[str, str]]:
    """Titles and bodies; a page of many articles is taken apart at its count lines."""
    if _FRONT_MATTER.match(text):
        # A file of our own format keeps its words; its fields are read by the sync.
        raise ImportFormatError(
            f"{file}：已经是带 front matter 的文章，直接放进文章目录再运行 sync 即可。"
        )
    if not _COUNTS.search(text):
        yield _titled(file, text)
        return
    for part in _COUNTS.split(text)[:-1]:
        lines = [line.strip() for line in part.strip().splitlines() if line.strip()]
        # What stands before the first title (menus of the page) is separated from it by
        # being short; the body is the last line or lines, the title the one before.
        body_at = next((i for i, line in enumerate(lines) if len(line) > _MAX_TITLE), 1)
        while body_at > 1 and lines[body_at - 1].endswith(_SENTENCE_ENDS):
            body_at -= 1
        if body_at < 1 or body_at >= len(lines):
            raise ImportFormatError(f"{file}：找不到“{' '.join(lines)[:30]}…”这一篇的标题和正文。")
        yield lines[body_at - 1], "\n\n".join(lines[body_at:])


def _titled(file: Path, text: str) -> tuple[str, str]:
    """The text's own first heading or short first line as title, else the file's name."""
    lines = text.strip().splitlines()
    first = lines[0].strip()
    if first.startswith("# "):
        return first.removeprefix("# ").strip(), "\n".join(lines[1:])
    if file.suffix.lower() == ".txt" and len(lines) > 1 and len(first) <= _MAX_TITLE:
        return first, "\n".join(lines[1:])
    return file.stem, text


def _compose(title: str, body: str, platform: str, origin: str) -> str:
    fields = {
        "title": title,
        "platform": platform,
        "published": None,
        "source": {"title": title, "publisher": origin, "url": None},
    }
    front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{front}---\n\n{body.strip()}\n"


def _file_name(title: str) -> str:
    # What is cut off a long title still tells it from others that begin alike.
    name = _UNSAFE.sub("-", title).strip("-_")
    if len(name) > _MAX_NAME:
        name = f"{name[:_MAX_NAME]}-{hashlib.sha256(title.encode()).hexdigest()[:6]}"
    return name or hashlib.sha256(title.encode()).hexdigest()[:12]
