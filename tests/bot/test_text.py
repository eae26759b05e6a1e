"""Making text comparable."""

from __future__ import annotations

import pytest

from bot.text import fold, is_english, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("自動確認收貨", "自动确认收货"),
        ("ＡＢＣ１２３％", "abc123%"),
        ("Prime Day", "prime day"),
        ("①", "1"),
        ("延遲收貨", "延迟收货"),
    ],
)
def test_writings_of_the_same_thing_are_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("结算周期", ["结算", "算周", "周期"]),
        ("费", ["费"]),
        ("0.7%的Prime费率", ["0.7%", "的", "prime", "费率"]),
        ("12天", ["12", "天"]),
        ("，。！🙂", []),
        ("", []),
    ],
)
def test_words_and_numbers_stay_whole_and_han_characters_go_in_pairs(
    text: str, expected: list[str]
) -> None:
    assert list(terms(text)) == expected


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("how many days until auto confirm", True),
        ("Prime Day有哪些玩法", False),
        ("小红书", False),
        ("", False),
        ("what is 结算", False),
    ],
)
def test_english_is_told_from_chinese_with_latin_names(text: str, english: bool) -> None:
    assert is_english(text) is english
