"""An article shows every character, and marks the quoted ones and no others."""

from __future__ import annotations

import pytest

from bot import MerchantBot
from ingest.articles import Article
from ingest.markdown import read_blocks
from page.passages import Part, parts_of, passage_address, quote_digest
from page.rendering import render_article
from page.words import load_words
from tests.app.fakes import ARTICLE, QUOTE

_ZH = load_words("zh")
_ARTICLES = (
    "amazon/prime-day",
    "crossborder/peak-season-2021",
    "weixin/categories",
    "weixin/open-enterprise",
    "weixin/open-personal",
    "xiaohongshu/customer-service",
    "xiaohongshu/disputes",
    "xiaohongshu/settlement",
)


def _written(parts: list[Part], *, marked_only: bool = False) -> str:
    pieces = [piece for part in parts for row in part.rows for piece in row]
    text = "".join(piece.text for piece in pieces if piece.marked or not marked_only)
    return "".join(text.split())


@pytest.fixture(params=_ARTICLES)
def article(request: pytest.FixtureRequest, bot: MerchantBot) -> Article:
    found = bot.retriever.article(request.param)
    assert found is not None
    return found


def test_every_block_of_the_corpus_can_be_marked_exactly(article: Article) -> None:
    for block in read_blocks(article.text):
        if block.kind != "heading":
            marked = _written(parts_of(article.text, block.start, block.end), marked_only=True)
            assert marked == "".join(article.text[block.start : block.end].split())


def test_a_mark_may_begin_and_end_inside_a_sentence(article: Article) -> None:
    for block in read_blocks(article.text):
        if block.kind == "paragraph":
            start, end = block.start + 1, block.end - 1
            marked = _written(parts_of(article.text, start, end), marked_only=True)
            assert marked == "".join(article.text[start:end].split())


def test_all_that_an_article_says_is_shown(article: Article) -> None:
    shown = _written(parts_of(article.text))
    written = "".join(article.text.split())
    assert shown.replace("#", "") == written.replace("#", "")


def test_a_list_with_its_lead_in_is_marked_in_all_its_rows() -> None:
    quote = ARTICLE.text[ARTICLE.text.index("要交") :].strip()
    start = ARTICLE.text.index(quote)
    marked = _written(parts_of(ARTICLE.text, start, start + len(quote)), marked_only=True)
    assert marked == "要交的材料：-身份证-银行卡"


def test_without_a_quote_nothing_is_marked() -> None:
    assert _written(parts_of(ARTICLE.text), marked_only=True) == ""


def test_an_article_is_shown_escaped_and_its_quote_marked() -> None:
    start = ARTICLE.text.index(QUOTE)
    html = render_article(
        ARTICLE, _ZH, start=start, end=start + len(QUOTE), digest=quote_digest(QUOTE)
    )
    assert f"<mark>{QUOTE}</mark>" in html
    assert "费用 &amp; &lt;结算&gt;" in html
    assert "<结算>" not in html


def test_a_quote_that_is_no_longer_in_its_place_is_not_marked_and_this_is_said() -> None:
    html = render_article(ARTICLE, _ZH, start=0, end=5, digest=quote_digest(QUOTE))
    assert "<mark>" not in html
    assert "已经不在原处" in html


def test_an_address_holds_where_the_quote_stands_and_what_it_was() -> None:
    address = passage_address("平台/费 用", 3, 9, QUOTE)
    assert address == (
        f"articles/%E5%B9%B3%E5%8F%B0/%E8%B4%B9%20%E7%94%A8?start=3&end=9&v={quote_digest(QUOTE)}"
    )
