"""Orders told one after the other, each by a name, are found again by that name."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from bot.answers import Turn
from bot.understanding import understand

_TODAY = dt.date(2025, 9, 15)
_NAMES = (
    *(("A单", "B单"), ("甲单", "乙单"), ("红色那单", "蓝色那单"), ("杭州那单", "成都那单")),
    *(("尾号3391的", "尾号7720的"), ("王姐那单", "李姐那单"), ("1号单", "2号单")),
    *(("羽绒服那单", "茶杯那单"), ("陈先生的", "刘女士的"), ("客户甲的", "客户乙的")),
    *(("张三那单", "李四那单"), ("大单", "小单"), ("S01那单", "S02那单")),
)
_FIRST = (
    "{one}9月5号平台确认发货，境内，哪天自动收货",
    "{one}，境内，9月5号平台确认发货，几号自动确认",
)
_SECOND = ("{other}9月8号平台确认发货，境外", "那{other}呢，9月8号确认发货，境外发")
_ONE = {"ship_confirmed": "2025-09-05", "origin": "domestic"}
_OTHER = {"ship_confirmed": "2025-09-08", "origin": "overseas"}
_ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("{one}买家点了延长收货，变成哪天", {**_ONE, "extended": True}),
    ("回到{one}，客户申请退款了", {**_ONE, "refund_requested": True}),
    ("{one}说错了，是9月3号发的", {**_ONE, "ship_confirmed": "2025-09-03"}),
    ("{one}算几月结算", _ONE),
    ("{other}要是延长了呢", {**_OTHER, "extended": True}),
    ("{other}呢，到底是哪天", _OTHER),
)


@pytest.mark.parametrize("names", _NAMES, ids=" ".join)
@pytest.mark.parametrize(("asked", "wanted"), _ASKED)
def test_an_order_is_found_by_its_name(
    names: tuple[str, str], asked: str, wanted: dict[str, Any]
) -> None:
    one, other = names
    for first, second in itertools.product(_FIRST, _SECOND):
        said = [text.format(one=one, other=other) for text in (first, second)]
        history = [
            turn for text in said for turn in (Turn("user", text), Turn("assistant", "好。"))
        ]
        (request,) = understand(asked.format(one=one, other=other), history, _TODAY)
        untold = {"extended": False, "refund_requested": False}
        assert request.inputs == untold | wanted, said
