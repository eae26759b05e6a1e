"""Numbers, amounts, times and dates as merchants write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bot.understanding.dates import Lean, find_dates, resolve
from bot.understanding.messages import read_message
from bot.understanding.numerals import number
from bot.understanding.times import find_times
from bot.understanding.wording import normalise

_TODAY = dt.date(2021, 11, 5)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("1,288.00", "1288"),
        ("1.2万", "12000"),
        ("2w", "20000"),
        ("3k", "3000"),
        ("1e8", "100000000"),
        ("三千五", "3500"),
        ("三千五百", "3500"),
        ("三千零五", "3005"),
        ("一万二", "12000"),
        ("一万零二", "10002"),
        ("1万2", "12000"),
        ("一百二", "120"),
        ("一百零二", "102"),
        ("两千", "2000"),
        ("十二", "12"),
        ("二十", "20"),
        ("一亿", "100000000"),
        ("三百二十万", "3200000"),
        ("二零二一", "2021"),
        ("一百万", "1000000"),
    ],
)
def test_a_numeral_has_its_value(text: str, value: str) -> None:
    assert number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["abc", "元", "1.2.3"])
def test_what_is_no_numeral_has_none(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1288", ["1288"]),
        ("￥1,234.50", ["1234.5"]),
        ("100块5毛", ["100.5"]),
        ("三块三毛三", ["3.33"]),
        ("5毛", ["0.5"]),
        ("8分钱", ["0.08"]),
        ("一百二", ["120"]),
        ("rmb 99", ["99"]),
        ("88.8、199和1288", ["88.8", "199", "1288"]),
        ("199x3", ["199", "199", "199"]),
        ("-50元", ["-50"]),
        ("15天内3单0.7%第2条", []),
        ("手机13812345678", []),
        ("订单号20211101888899", []),
        ("有一点问题", []),
        ("11月1号早上8点半", []),
    ],
)
def test_amounts_are_told_from_other_numbers(text: str, values: list[str]) -> None:
    found = [value for amount in read_message(text, _TODAY).amounts for value in amount.values]
    assert found == values


@pytest.mark.parametrize(
    ("text", "clocks"),
    [
        ("早上7点半", ["07:30"]),
        ("晚上11点", ["23:00"]),
        ("23:00", ["23:00"]),
        ("22点", ["22:00"]),
        ("凌晨1点", ["01:00"]),
        ("下午3点", ["15:00"]),
        ("下午三点一刻", ["15:15"]),
        ("中午12点", ["12:00"]),
        ("晚上12点", ["00:00"]),
        ("半夜12点", ["00:00"]),
        ("夜里2点", ["02:00"]),
        ("晚上十点五十", ["22:50"]),
        ("十一点零五分", ["11:05"]),
        ("8am", ["08:00"]),
        ("11pm", ["23:00"]),
        ("12:30 am", ["00:30"]),
        ("noon", ["12:00"]),
        ("傍晚6点", ["18:00"]),
        ("昨晚10点半", ["22:30"]),
        ("24点", ["00:00"]),
        ("早一点发货", []),
        ("抽2个点", []),
        ("有两点要说", []),
        ("25点", [None]),
        ("8:75", [None]),
    ],
)
def test_times_of_day_are_read(text: str, clocks: list[str | None]) -> None:
    assert [time.clock for time in find_times(normalise(text))] == clocks


@pytest.mark.parametrize(
    ("text", "lean", "day"),
    [
        ("2021-11-01", Lean.PAST, "2021-11-01"),
        ("2021年11月1日", Lean.PAST, "2021-11-01"),
        ("二〇二一年十一月一日", Lean.PAST, "2021-11-01"),
        ("20211101", Lean.PAST, "2021-11-01"),
        ("１１月１日", Lean.PAST, "2021-11-01"),
        ("11月20号", Lean.PAST, "2020-11-20"),
        ("11月20号", Lean.FUTURE, "2021-11-20"),
        ("11月20号", Lean.NEAR, "2021-11-20"),
        ("1月3号", Lean.FUTURE, "2022-01-03"),
        ("11月5号", Lean.PAST, "2021-11-05"),
        ("11月5号", Lean.FUTURE, "2021-11-05"),
        ("2月底", Lean.PAST, "2021-02-28"),
        ("2020年2月的最后一天", Lean.PAST, "2020-02-29"),
        ("上月最后一天", Lean.PAST, "2021-10-31"),
        ("月底", Lean.FUTURE, "2021-11-30"),
        ("年底", Lean.FUTURE, "2021-12-31"),
        ("31号", Lean.PAST, "2021-10-31"),
        ("昨天", Lean.PAST, "2021-11-04"),
        ("大前天", Lean.PAST, "2021-11-02"),
        ("琴日", Lean.PAST, "2021-11-04"),
        ("周五", Lean.PAST, "2021-11-05"),
        ("周六", Lean.PAST, "2021-10-30"),
        ("周六", Lean.FUTURE, "2021-11-06"),
        ("上周六", Lean.PAST, "2021-10-30"),
        ("星期一", Lean.PAST, "2021-11-01"),
        ("下礼拜天", Lean.FUTURE, "2021-11-14"),
        ("国庆第三天", Lean.PAST, "2021-10-03"),
        ("国庆前一天", Lean.PAST, "2021-09-30"),
        ("元旦", Lean.FUTURE, "2022-01-01"),
        ("双十一", Lean.PAST, "2020-11-11"),
        ("双十一", Lean.FUTURE, "2021-11-11"),
        ("去年双11", Lean.PAST, "2020-11-11"),
        ("中秋", Lean.PAST, "2021-09-21"),
        ("去年春节", Lean.PAST, "2020-01-25"),
        ("10/8", Lean.PAST, "2021-10-08"),
        ("28/10", Lean.PAST, "2021-10-28"),
        ("10-08", Lean.PAST, "2021-10-08"),
        ("11/01/2021", Lean.PAST, "2021-11-01"),
        ("Nov 1", Lean.PAST, "2021-11-01"),
        ("November 1st 2021", Lean.PAST, "2021-11-01"),
        ("1 Nov 2021", Lean.PAST, "2021-11-01"),
        ("the day before yesterday", Lean.PAST, "2021-11-03"),
        ("last Friday", Lean.PAST, "2021-10-29"),
        ("2 weeks ago", Lean.PAST, "2021-10-22"),
        ("end of October", Lean.PAST, "2021-10-31"),
        ("三个月前", Lean.PAST, "2021-08-05"),
        ("半年前", Lean.PAST, "2021-05-05"),
        ("11月", Lean.FUTURE, "2021-11"),
        ("下个月", Lean.FUTURE, "2021-12"),
        ("明年2月", Lean.FUTURE, "2022-02"),
        ("10月", Lean.FUTURE, "2022-10"),
    ],
)
def test_dates_are_read_against_a_day(text: str, lean: Lean, day: str) -> None:
    (mention,) = find_dates(normalise(text), _TODAY)
    assert resolve(mention, _TODAY, lean).iso == day


@pytest.mark.parametrize(
    "text", ["2021-02-30", "2月30号", "11月31日", "13月1号", "2021年0月3号", "32号", "13/32"]
)
def test_a_day_that_does_not_exist_is_said_to_be_wrong(text: str) -> None:
    (mention,) = find_dates(normalise(text), _TODAY)
    resolved = resolve(mention, _TODAY, Lean.PAST)
    assert resolved.day is None
    assert resolved.problem is not None
    assert "不是日期" in resolved.problem


@pytest.mark.parametrize("text", ["15天内", "90天后", "3个月内", "100-200块", "0.7%", "8点到23点"])
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert find_dates(normalise(text), _TODAY) == ()
