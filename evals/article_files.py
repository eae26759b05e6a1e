"""The article files, read with code of its own: what citations are checked against."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path

_TITLE = re.compile(r"^title:(.*)$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s.*$", re.MULTILINE)


class ArticleFiles:
    """Texts and headings of a corpus folder.

    An error in how the product reads, stores or cuts articles must not hide itself: so nothing
    of the product is used here.
    """

    def __init__(self, corpus_dir: Path) -> None:
        self._folder = corpus_dir
        self._texts: dict[str, str | None] = {}

    def text(self, article_id: str) -> str | None:
        """The text below the front matter; None when there is no such file."""
        if article_id not in self._texts:
            parts = self._read(self._folder / f"{article_id}.md")
            self._texts[article_id] = parts[1] if parts else None
        return self._texts[article_id]

    @cached_property
    def names(self) -> str:
        """All titles and headings: what may be offered without being cited."""
        found: list[str] = []
        for path in sorted(self._folder.rglob("*.md")):
            front, text = self._read(path) or ("", "")
            found += [*_TITLE.findall(front), *_HEADING.findall(text)]
        return "\n".join(found)

    def _read(self, path: Path) -> tuple[str, str] | None:
        try:
            raw = path.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError, ValueError):
            return None
        opening, *lines = raw.splitlines(keepends=True) or [""]
        if opening.strip() != "---":
            return None
        for number, line in enumerate(lines):
            if line.rstrip() == "---":
                return "".join(lines[:number]), "".join(lines[number + 1 :])
        return None
