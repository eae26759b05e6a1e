"""Questions put into the articles' words."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BotError
from bot.lexical import LexicalIndex
from bot.rewording import Homophones, Thesaurus, load_thesaurus, rewordings

SENTENCES = [
    "法人的身份证",
    "公司法人的证件",
    "支付渠道费的费率",
    "渠道费",
    "虚假交易",
    "虚假交易的争议",
]


@pytest.fixture(scope="module")
def homophones() -> Homophones:
    return Homophones(LexicalIndex((str(at), text) for at, text in enumerate(SENTENCES)))


@pytest.mark.parametrize(
    ("typed", "meant"), [("法仁是谁", "法人"), ("渠道废多少", "渠道费"), ("xujia交易", "虚假")]
)
def test_a_slip_that_sounds_alike_is_put_right(
    homophones: Homophones, typed: str, meant: str
) -> None:
    assert meant in homophones.corrected(typed)


def test_a_word_of_the_language_is_left_alone_even_when_no_article_has_it(
    homophones: Homophones,
) -> None:
    assert homophones.corrected("佣金多少") == "佣金多少"


def test_merchants_words_become_the_articles(homophones: Homophones) -> None:
    thesaurus = Thesaurus({"刷单": "虚假交易"})
    assert list(rewordings("刷单受理吗", thesaurus, homophones)) == ["虚假交易受理吗"]


def test_what_needs_no_rewording_is_not_searched_again(homophones: Homophones) -> None:
    assert list(rewordings("支付渠道费", Thesaurus({}), homophones)) == []


def test_a_broken_thesaurus_is_named(tmp_path: Path) -> None:
    (tmp_path / "thesaurus.yaml").write_text("thesaurus: [{say: 3}]", encoding="utf-8")
    with pytest.raises(BotError, match=r"thesaurus\.yaml"):
        load_thesaurus(tmp_path)


def test_without_a_thesaurus_nothing_is_replaced(tmp_path: Path) -> None:
    assert load_thesaurus(tmp_path).in_articles_words("刷单") == "刷单"
