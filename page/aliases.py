"""Merchants' ways to ask, written into the front matter of the article that answers them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ingest.articles import article_id, parse_article
from ingest.errors import ArticleError
from ingest.markdown import headings

_FRONT = re.compile(
    r"\A(\ufeff?---[ \t]*\r?\n)(.*?)(^---[ \t]*(?:\r?\n|\Z))", re.DOTALL | re.MULTILINE
)
_WIDTH = 4096


def add_alias(path: Path, corpus_dir: Path, *, heading: str, alias: str) -> bool:
    """Add a way to ask for a section; everything else in the file stays as it is.

    False when the section has it already. Raises ArticleError when there is no such section or
    the file would be no valid article any more; it is then left alone.
    """
    where = path.relative_to(corpus_dir).as_posix()
    alias = " ".join(alias.split())
    with path.open(encoding="utf-8", newline="") as file:
        raw = file.read()
    found = _FRONT.match(raw)
    if found is None:
        raise ArticleError(where, "front matter", "文件开头没有两行 --- 之间的说明")
    body = raw[found.end() :]
    if heading not in headings(body):
        raise ArticleError(where, "questions", f"正文里没有这个标题：{heading}")
    if not alias:
        raise ArticleError(where, "questions", "问法不能为空")
    front = _added(found[2], where, heading, alias)
    if front is None:
        return False
    written = f"{found[1]}{front}{found[3]}{body}"
    parse_article(written.removeprefix("\ufeff"), article_id(path, corpus_dir), where)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(written, encoding="utf-8", newline="")
    partial.replace(path)
    return True


def _added(front: str, where: str, heading: str, alias: str) -> str | None:
    """The front matter with the alias; None when it is there already."""
    newline = "\r\n" if "\r\n" in front else "\n"
    yaml = _yaml()
    try:
        fields: Any = yaml.load(front)
    except YAMLError as exc:
        raise ArticleError(where, "front matter", "YAML 写法有误") from exc
    if fields.get("questions") is None:
        fields["questions"] = {}
    ways = fields["questions"].setdefault(heading, [])
    if alias in ways:
        return None
    ways.append(alias)
    out = io.StringIO()
    yaml.dump(fields, out)
    return newline.join(out.getvalue().splitlines()) + newline


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    # As the articles are written: a list is set in from its key.
    yaml.indent(mapping=2, sequence=4, offset=2)
    # "null" is written out, not left empty.
    yaml.representer.add_representer(
        type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml
