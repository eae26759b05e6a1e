"""Questions beside a calculation are left to the articles, and nothing else is."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.answers import Turn
from bot.platforms import Platforms
from bot.understanding import left_open, questions_left, understand

_TODAY = dt.date(2021, 11, 5)
_PLATFORMS = Platforms({"微信小商店": ("微信小商店",), "小红书": ("小红书",)}, {})


def _left(text: str) -> list[str]:
    requests = understand(text, [], _TODAY, platforms=_PLATFORMS)
    return [typed for typed, _ in questions_left(text, requests, _TODAY, platforms=_PLATFORMS)]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("1288的单扣多少渠道费？这笔费退款时退吗？", ["这笔费退款时退吗"]),
        ("我11月3号国内发的货几号自动收货，佣金几个点", ["佣金几个点"]),
        ("黑五几号？旺季有哪些异常", ["旺季有哪些异常"]),
        ("11月1号境外发的几号自动收？延长能延几次？", ["延长能延几次"]),
    ],
)
def test_a_question_no_tool_answers_is_left(text: str, left: list[str]) -> None:
    assert _left(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "11月1号国内发的货几号自动收货，算哪个月的账",
        "境外多少天自动收货？我10月20号发的境外单哪天自动收",
        "渠道费几个点？1288要扣多少，到手多少",
        "家人们谁懂啊，11月2号从昆明发的，系统哪天自动收货",
        "买家说要延长几天，点了延长收货，11月1号国内发的，啥时候自动确认",
        "没什么特殊情况，普通商品，11月4日交易成功，维权到几号",
    ],
)
def test_what_the_calculation_answers_is_not_left(text: str) -> None:
    assert _left(text) == []


def test_a_question_left_is_asked_of_the_platform_computed_for() -> None:
    text = "1288扣多少渠道费？微信小商店个人开店要什么材料？审核多久？"
    requests = understand(text, [], _TODAY, platforms=_PLATFORMS)
    (_, first), (_, second) = questions_left(text, requests, _TODAY, platforms=_PLATFORMS)
    assert first == "微信小商店个人开店要什么材料"
    assert second == "小红书审核多久"


def test_what_leaves_one_of_two_calculations_open_is_asked_of_the_articles() -> None:
    both = [Turn("user", "10月1号国内发的几号自动收货，实付300渠道费多少")]
    asked = left_open("退了80呢", both, _TODAY, platforms=_PLATFORMS)
    assert asked == "小红书退款后支付渠道费退不退、按什么基数退"
    assert left_open("那11月2号发的呢", both, _TODAY, platforms=_PLATFORMS) is None
