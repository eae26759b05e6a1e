"""Reading-comprehension files of the SQuAD layout: paragraphs, questions and gold answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.errors import SquadError


@dataclass(frozen=True)
class Paragraph:
    """A text that stands for an article."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Query:
    """A question, the paragraph it was asked of, and the answers people marked in it."""

    id: str
    text: str
    paragraph: str
    golds: tuple[str, ...]


@dataclass(frozen=True)
class Squad:
    """All of one file."""

    paragraphs: tuple[Paragraph, ...]
    queries: tuple[Query, ...]

    def spread(self, limit: int | None) -> tuple[Query, ...]:
        """At most ``limit`` questions, evenly from the whole file."""
        if limit is None or limit >= len(self.queries):
            return self.queries
        return tuple(self.queries[at * len(self.queries) // limit] for at in range(limit))


def read_squad(path: Path) -> Squad:
    """Read a file; raise SquadError when it is missing or of another layout."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as exc:
        raise SquadError(f"{path} 读不了：{exc}。--squad 要一个 SQuAD 布局的 JSON 文件。") from exc
    try:
        found = _parsed(content["data"])
    except (KeyError, TypeError, AttributeError) as exc:
        raise SquadError(
            f"{path} 不是 SQuAD 布局（data › paragraphs › context、qas › question、answers）："
            f"{exc!r}。"
        ) from exc
    if not found.queries:
        raise SquadError(f"{path} 里没有问题。")
    return found


def _parsed(data: Sequence[Mapping[str, Any]]) -> Squad:
    paragraphs: list[Paragraph] = []
    queries: list[Query] = []
    for article in data:
        for entry in article["paragraphs"]:
            identifier = f"p{len(paragraphs):05d}"
            title = str(article.get("title") or "").strip()
            paragraphs.append(Paragraph(identifier, title or identifier, str(entry["context"])))
            for asked in entry["qas"]:
                golds = dict.fromkeys(str(answer["text"]) for answer in asked["answers"])
                queries.append(
                    Query(str(asked["id"]), str(asked["question"]), identifier, tuple(golds))
                )
    return Squad(tuple(paragraphs), tuple(queries))
