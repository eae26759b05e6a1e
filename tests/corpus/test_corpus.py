"""The project's own articles: valid, whole, and saying every fact of the originals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.platforms import load_platforms
from ingest.articles import Article, read_corpus
from ingest.chunks import ChunkSettings, cut
from ingest.errors import ArticleError
from ingest.markdown import headings, read_blocks
from ingest.sentences import sentence_spans
from tests.conftest import CORPUS, ROOT

FACT_FILES = sorted((ROOT / "tests" / "facts").glob("*.yaml"))
LONGEST_SENTENCE = 110


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    read = list(read_corpus(CORPUS))
    assert [entry for entry in read if isinstance(entry, ArticleError)] == []
    return {entry.id: entry for entry in read if isinstance(entry, Article)}


def facts_of(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def units_of(text: str) -> list[str]:
    """Every sentence and every list item of a text."""
    spans: list[tuple[int, int]] = []
    for block in read_blocks(text):
        if block.kind == "list":
            spans.extend(block.items)
        elif block.kind != "heading":
            spans.extend(sentence_spans(text, block.start, block.end))
    return [text[start:end] for start, end in spans]


def list_sizes_under(article: Article, heading: str) -> list[int]:
    sizes: list[int] = []
    current = ""
    for block in read_blocks(article.text):
        if block.kind == "heading":
            current = block.title
        elif block.kind == "list" and current == heading:
            sizes.append(len(block.items))
    return sizes


def test_every_article_has_its_table_of_facts(articles: dict[str, Article]) -> None:
    assert {facts_of(path)["article"] for path in FACT_FILES} == set(articles)


@pytest.mark.parametrize("path", FACT_FILES, ids=lambda path: path.stem)
def test_every_fact_stands_in_one_sentence_or_list_item(
    path: Path, articles: dict[str, Article]
) -> None:
    content = facts_of(path)
    units = units_of(articles[content["article"]].text)
    lost = [
        fact["name"]
        for fact in content["facts"]
        if not any(all(part in unit for part in fact["all_in_one_unit"]) for unit in units)
    ]
    assert lost == []


@pytest.mark.parametrize("path", FACT_FILES, ids=lambda path: path.stem)
def test_lists_whose_length_the_source_fixes_have_that_many_items(
    path: Path, articles: dict[str, Article]
) -> None:
    content = facts_of(path)
    article = articles[content["article"]]
    for count in content["counts"]:
        sizes = list_sizes_under(article, count["heading"])
        assert count["items"] in sizes, (count["heading"], sizes)


def test_the_facts_tables_are_not_thin(articles: dict[str, Article]) -> None:
    facts = {facts_of(path)["article"]: facts_of(path)["facts"] for path in FACT_FILES}
    thin = {name: len(found) for name, found in facts.items() if len(found) < 20}
    assert thin == {}
    assert sum(len(found) for found in facts.values()) >= 350


def test_every_section_lists_how_merchants_ask_for_it(articles: dict[str, Article]) -> None:
    for article in articles.values():
        unasked = set(headings(article.text)) - set(article.questions)
        assert unasked == set(), article.id
        assert all(len(ways) >= 5 for ways in article.questions.values()), article.id


def test_no_heading_stands_twice_in_an_article(articles: dict[str, Article]) -> None:
    for article in articles.values():
        found = headings(article.text)
        assert sorted(set(found)) == sorted(found), article.id


def test_every_platform_of_an_article_has_names_merchants_use(
    articles: dict[str, Article],
) -> None:
    platforms = load_platforms(CORPUS)
    assert {article.platform for article in articles.values()} <= set(platforms.own)


def test_every_article_names_where_its_facts_come_from(articles: dict[str, Article]) -> None:
    for article in articles.values():
        assert article.source.title and article.source.publisher, article.id
        assert article.source.title != article.title


def test_no_sentence_is_too_long_to_be_quoted(articles: dict[str, Article]) -> None:
    for article in articles.values():
        assert [unit for unit in units_of(article.text) if len(unit) > LONGEST_SENTENCE] == []


def test_the_counter_lines_of_the_original_page_are_nowhere(articles: dict[str, Article]) -> None:
    for article in articles.values():
        assert "人已学习" not in article.text and "人已赞同" not in article.text


def test_every_section_can_be_found_on_its_own(articles: dict[str, Article]) -> None:
    for article in articles.values():
        sections = {chunk.heading for chunk in cut(article, ChunkSettings())}
        assert sections == set(headings(article.text)), article.id
