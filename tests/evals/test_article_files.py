"""What citations are checked against agrees with what the product reads."""

from __future__ import annotations

from pathlib import Path

from evals.article_files import ArticleFiles
from ingest.articles import Article, read_corpus
from tests.conftest import CORPUS
from tests.fakes import write_article


def test_the_texts_are_those_the_product_reads() -> None:
    files = ArticleFiles(CORPUS)
    read = [entry for entry in read_corpus(CORPUS) if isinstance(entry, Article)]
    assert read
    assert [files.text(article.id) for article in read] == [article.text for article in read]


def test_a_text_keeps_its_line_ends(tmp_path: Path) -> None:
    path = write_article(tmp_path, "a", "x")
    path.write_bytes("---\r\ntitle: 题\r\n---\r\n一\r\n二\r\n".encode())
    assert ArticleFiles(tmp_path).text("a") == "一\r\n二\r\n"


def test_a_file_that_is_missing_or_no_article_has_no_text(tmp_path: Path) -> None:
    (tmp_path / "plain.md").write_text("没有说明", encoding="utf-8")
    files = ArticleFiles(tmp_path)
    assert files.text("plain") is None
    assert files.text("none") is None
    assert files.text("bad\0name") is None


def test_names_are_the_titles_and_headings(tmp_path: Path) -> None:
    write_article(tmp_path, "a", "## 90天的限制\n\n正文5。", title="客服")
    names = ArticleFiles(tmp_path).names
    assert "客服" in names
    assert "90天的限制" in names
    assert "正文" not in names
