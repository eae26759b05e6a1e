"""The days of a calculation in their order."""

from __future__ import annotations

import datetime as dt
from typing import Any

from bot import Calculation
from bot.tools import run_tool
from page.timeline import Moment, timeline
from page.words import load_words
from tests.rules.corpus import rules

_ZH = load_words("zh")


def _run(tool: str, **inputs: Any) -> Calculation:
    return run_tool(tool, inputs, today=dt.date(2021, 11, 5), rules=rules())


def test_a_shipment_leads_to_its_receipt_and_settlement_month() -> None:
    worked = _run("auto_confirm_receipt", ship_confirmed="2021-10-20", origin="domestic")
    assert timeline([worked], _ZH) == (
        Moment("2021-10-20", ("确认发货日",), given=True),
        Moment("2021-11-01", ("自动确认收货日",), given=False, days=12),
        Moment("2021-11", ("结算月",), given=False),
    )


def test_a_month_stands_after_the_days_it_follows_from() -> None:
    worked = _run("auto_confirm_receipt", ship_confirmed="2021-10-20", origin="domestic")
    then = _run("dispute_window", transaction_success="2021-11-01", goods=["ordinary"])
    whens = [moment.when for moment in timeline([worked, then], _ZH)]
    assert whens == ["2021-10-20", "2021-11-01", "2021-11", "2021-11-05", "2021-11-16"]


def test_what_happens_on_one_day_is_one_moment() -> None:
    worked = _run("settlement_month", confirmed_receipt="2021-11-13", order_completed=True)
    first = timeline([worked], _ZH)[0]
    assert first == Moment("2021-11-13", ("确认收货日",), given=True)


def test_a_calculation_without_days_has_no_picture() -> None:
    assert timeline([_run("payment_channel_fee", paid=["100"])], _ZH) == ()
