"""The figures of a text, and whether another text states them."""

from __future__ import annotations

import pytest

from bot.figures import unsourced, years


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("费率0.7%", "费率是0.7%，按实付收取"),
        ("百分之七", "7%"),
        ("十二天内", "12天内"),
        ("15日内可以维权", "15天内可以维权"),
        ("两种方式", "以下2种方式"),
        ("六个月", "6个月"),
        ("2021年11月13日自动确认", "2021-11-01 + 12天 = 2021-11-13"),
        ("11月13号", "2021-11-13"),
        ("归入2021年11月", "归入 2021-11 的结算周期"),
        ("早上8点", "每天8:00到23:00"),
        ("收费1288元", "实付1,288.00元"),
        ("超过2000个类目", "2000多个类目"),
        ("每月结算一次", "结算周期是一个自然月"),
        ("步骤三", "第3步"),
        ("第3条", "3. 双方已自行协商"),
        ("第三方的三包商品，任何一个二手都可以", "没有数字"),
        ("费率见[9]", "没有数字"),
    ],
)
def test_a_figure_that_the_source_states(text: str, source: str) -> None:
    assert list(unsourced(text, source)) == []


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("费率0.6%", "费率是0.7%"),
        ("12天", "12个月"),
        ("30%", "30天"),
        ("十三天", "12天"),
        ("2021年12月13日", "2021-11-01 + 12天 = 2021-11-13"),
        ("11月14日", "2021-11-13"),
        ("9点", "8点到23点"),
        ("8:30", "8点到23点"),
        ("三天内", "3种方式"),
        ("每周考核", "每个月都会考核"),
        ("一天", "一次"),
        ("4种", "3种"),
        ("两个月", "一个月"),
        ("三个工作日", "三天"),
    ],
)
def test_a_figure_that_the_source_does_not_state(text: str, source: str) -> None:
    assert len(list(unsourced(text, source))) == 1


def test_the_years_a_text_names_are_read() -> None:
    assert years("2021年10月底之前，比2020年早") == {2021, 2020}
    assert years("31%的人在10月底之前开始，共2021件") == set()
