"""An alias goes into the front matter, and nothing else in the file changes."""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path

import pytest

from ingest.articles import article_paths, read_article
from ingest.errors import ArticleError
from page.aliases import add_alias
from tests.conftest import CORPUS
from tests.fakes import write_article


@pytest.mark.parametrize(
    "name", [path.relative_to(CORPUS) for path in article_paths(CORPUS)], ids=str
)
def test_one_line_is_added_to_an_article_of_the_corpus(name: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    shutil.copy(CORPUS / name, path)
    heading = next(iter(read_article(path, tmp_path).questions))
    before = path.read_bytes()
    assert add_alias(path, tmp_path, heading=heading, alias='商家这样问: "#1"')
    lines = difflib.ndiff(
        before.decode().splitlines(True), path.read_bytes().decode().splitlines(True)
    )
    changed = [line for line in lines if not line.startswith("  ")]
    assert len(changed) == 1
    assert changed[0].startswith("+ ")
    assert '商家这样问: "#1"' in read_article(path, tmp_path).questions[heading]


def test_a_file_with_comments_and_windows_lines_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    front = '---\r\ntitle: "费用" # 标题\r\nplatform: 小红书\r\n'
    front += "questions:\r\n  费率: [几个点]\r\n---\r\n"
    body = "\r\n# 费率\r\n\r\n费率是0.7%。  \r\n"
    path.write_bytes((front + body).encode())
    assert add_alias(path, tmp_path, heading="费率", alias="抽多少")
    written = path.read_bytes().decode()
    assert written == front.replace("[几个点]", "[几个点, 抽多少]") + body


def test_the_first_way_to_ask_begins_the_list(tmp_path: Path) -> None:
    path = write_article(tmp_path, "a", "# 费率\n\n费率是0.7%。")
    assert add_alias(path, tmp_path, heading="费率", alias="几个点")
    assert read_article(path, tmp_path).questions == {"费率": ("几个点",)}


def test_a_way_to_ask_is_added_once(tmp_path: Path) -> None:
    path = write_article(tmp_path, "a", "# 费率\n\n费率是0.7%。")
    assert add_alias(path, tmp_path, heading="费率", alias="几个点")
    before = path.read_bytes()
    assert not add_alias(path, tmp_path, heading="费率", alias=" 几个点 ")
    assert path.read_bytes() == before


@pytest.mark.parametrize(("heading", "alias"), [("没有这节", "几个点"), ("费率", "  ")])
def test_what_cannot_be_added_leaves_the_file_alone(
    tmp_path: Path, heading: str, alias: str
) -> None:
    path = write_article(tmp_path, "a", "# 费率\n\n费率是0.7%。")
    before = path.read_bytes()
    with pytest.raises(ArticleError):
        add_alias(path, tmp_path, heading=heading, alias=alias)
    assert path.read_bytes() == before
