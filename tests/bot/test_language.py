"""Which language a merchant is answered in."""

from __future__ import annotations

import pytest

from bot.answers import Turn
from bot.language import is_pinyin, speaks_english

ENGLISH = [Turn("user", "how often does it settle"), Turn("assistant", "…")]
CHINESE = [Turn("user", "多久结算一次"), Turn("assistant", "…")]


@pytest.mark.parametrize(
    ("message", "history", "english"),
    [
        ("how often does Xiaohongshu settle", [], True),
        ("hello", [], True),
        ("渠道费多少", [], False),
        ("Prime Day有哪些玩法", [], False),
        ("kefu daiyunying shi shenme", [], False),
        ("😀", [], False),
        ("境内发货", ENGLISH, True),
        ("personal", ENGLISH, True),
        ("那境外的呢", ENGLISH, False),
        ("ok", CHINESE, False),
        ("how long is it then", CHINESE, True),
    ],
)
def test_a_message_that_does_not_tell_its_language_goes_on_in_that_of_the_one_before(
    message: str, history: list[Turn], english: bool
) -> None:
    assert speaks_english(message, history) is english


@pytest.mark.parametrize(
    ("text", "pinyin"),
    [
        ("kefu daiyunying shi shenme", True),
        ("qudaofei", True),
        ("who are you", False),
        ("渠道费 duoshao", False),
        ("hi", False),
    ],
)
def test_chinese_spelled_in_latin_letters_is_told_from_english(text: str, pinyin: bool) -> None:
    assert is_pinyin(text) is pinyin
