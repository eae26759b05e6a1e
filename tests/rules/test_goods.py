"""What kind of goods a merchant's word names."""

from __future__ import annotations

import pytest

from bot.rules.goods import read_goods
from bot.rules.parameters import load_categories
from tests.rules.corpus import rules


@pytest.mark.parametrize(
    ("word", "main"),
    [
        ("冰箱", "家用电器"),
        ("双门冰箱", "家用电器"),
        ("冰箱类", "家用电器"),
        ("水果", "生鲜"),
        ("水果糖", "食品饮料"),
        ("奶粉", "食品饮料"),
        ("绿茶", "食品饮料"),
        ("啤酒", "酒类"),
        ("宠物零食", "宠物生活"),
        ("宠物用品", "宠物生活"),
        ("书包", "箱包皮具"),
        ("面包", "食品饮料"),
        ("二手书", "图书"),
        ("运动鞋", "鞋靴"),
        ("snacks", "食品饮料"),
        ("dried fruits", "生鲜"),
        ("数码产品", "数码"),
        ("农资", "农资园艺"),
    ],
)
def test_the_end_of_a_word_names_the_goods(word: str, main: str) -> None:
    kind = read_goods(load_categories(), word)
    assert kind is not None and kind.main == main


@pytest.mark.parametrize(
    "word",
    [
        "冰箱贴",
        "饮料瓶",
        "食品机械",
        "手机壳",
        "红酒杯",
        "茶具",
        "fridge magnets",
        "steak",
        "红包",
        "说明书",
    ],
)
def test_a_name_inside_another_word_does_not_count(word: str) -> None:
    assert read_goods(load_categories(), word) is None


@pytest.mark.parametrize("word", ["电子书", "卡密", "话费充值", "视频会员", "充值卡", "gift cards"])
def test_virtual_goods_are_told_from_what_they_are_called_after(word: str) -> None:
    kind = read_goods(load_categories(), word)
    assert kind is not None and kind.special == load_categories().unsupported


def test_the_words_name_every_main_category_of_the_article_and_no_other() -> None:
    assert set(load_categories().synonyms) == set(rules().items("mini_store.main_categories"))
    assert set(load_categories().heads) <= set(load_categories().kinds)
    assert set(load_categories().modifiers) <= set(load_categories().synonyms)


def test_questions_and_tools_read_the_same_words() -> None:
    assert load_categories() == rules().categories
