"""What holds for every order and every amount."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.tools import run_tool
from tests.rules.case_table import TODAY
from tests.rules.corpus import rules

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31))
ORIGINS = st.sampled_from(["domestic", "overseas"])
CENTS = st.integers(0, 10**10)
GOODS = st.lists(
    st.sampled_from(["ordinary", "counterfeit", "sanbao", "durable_defect"]), min_size=1
)
settings.register_profile("rules", deadline=None, max_examples=200)
settings.load_profile("rules")


def result(tool: str, today: dt.date = TODAY, **inputs: Any) -> dict[str, Any]:
    return run_tool(tool, inputs, today=today, rules=rules()).result


def yuan(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


@given(DAYS, st.integers(0, 400), ORIGINS, st.booleans())
def test_shipping_later_never_confirms_earlier(
    day: dt.date, later: int, origin: str, extended: bool
) -> None:
    first, second = (
        result("auto_confirm_receipt", ship_confirmed=ship, origin=origin, extended=extended)
        for ship in (day, day + dt.timedelta(days=later))
    )
    assert first["auto_confirm_date"] <= second["auto_confirm_date"]
    assert first["settlement_month"] <= second["settlement_month"]


@given(DAYS, ORIGINS)
def test_an_extension_never_confirms_earlier(day: dt.date, origin: str) -> None:
    plain, extended = (
        result("auto_confirm_receipt", ship_confirmed=day, origin=origin, extended=more)
        for more in (False, True)
    )
    assert plain["auto_confirm_date"] < extended["auto_confirm_date"]


@given(DAYS, ORIGINS, st.booleans())
def test_the_latest_shipping_day_for_a_confirmation_day_is_the_shipping_day(
    day: dt.date, origin: str, extended: bool
) -> None:
    confirmed = result("auto_confirm_receipt", ship_confirmed=day, origin=origin, extended=extended)
    found = result(
        "latest_ship_date",
        target=confirmed["auto_confirm_date"],
        origin=origin,
        extended=extended,
    )
    assert found["latest_ship_date"] == day.isoformat()


@given(DAYS, ORIGINS, st.booleans())
def test_the_latest_shipping_day_for_a_month_is_in_time_and_the_next_day_is_not(
    day: dt.date, origin: str, extended: bool
) -> None:
    month = day.isoformat()[:7]
    latest = result("latest_ship_date", target=month, origin=origin, extended=extended)
    ship = dt.date.fromisoformat(latest["latest_ship_date"])
    in_time, late = (
        result("auto_confirm_receipt", ship_confirmed=each, origin=origin, extended=extended)
        for each in (ship, ship + dt.timedelta(days=1))
    )
    assert in_time["settlement_month"] == month
    assert late["settlement_month"] > month


@given(st.lists(CENTS, min_size=1, max_size=8))
def test_fee_and_net_make_up_what_was_paid(cents: list[int]) -> None:
    found = result("payment_channel_fee", paid=[yuan(each) for each in cents])
    fee, net, paid = (Decimal(found[key]) for key in ("fee", "net", "paid"))
    assert fee + net == paid == Decimal(sum(cents)) / 100
    assert abs(fee - Decimal(found["fee_exact"])) <= Decimal("0.005")


@given(CENTS, CENTS)
def test_who_pays_more_is_charged_no_less(first: int, second: int) -> None:
    less, more = sorted([first, second])
    fees = [Decimal(result("payment_channel_fee", paid=yuan(each))["fee"]) for each in (less, more)]
    assert fees[0] <= fees[1]


@given(CENTS.filter(lambda cents: cents <= 10**9))
def test_the_fee_of_the_payment_of_a_fee_is_the_fee(cents: int) -> None:
    paid = result("payment_from_fee", fee=yuan(cents))["paid"]
    if Decimal(paid) <= rules().limits.largest_amount:
        assert result("payment_channel_fee", paid=paid)["fee"] == yuan(cents)


@given(CENTS)
def test_the_payment_of_the_fee_of_a_payment_is_within_half_a_cent_of_fee(cents: int) -> None:
    fee = result("payment_channel_fee", paid=yuan(cents))["fee"]
    paid = Decimal(result("payment_from_fee", fee=fee)["paid"])
    # Half a cent of fee at 0.7 %, and the payment's own rounding.
    assert abs(paid - Decimal(cents) / 100) <= Decimal("0.72")


@given(DAYS, GOODS, GOODS)
def test_more_kinds_of_goods_never_shorten_a_window(
    day: dt.date, goods: list[str], more: list[str]
) -> None:
    one = result("dispute_window", transaction_success=day, goods=goods)["deadline"]
    both = result("dispute_window", transaction_success=day, goods=goods + more)["deadline"]
    assert one <= both


@given(DAYS, GOODS)
def test_a_window_is_open_on_its_last_day_and_closed_on_the_next(
    day: dt.date, goods: list[str]
) -> None:
    deadline = result("dispute_window", transaction_success=day, goods=goods)["deadline"]
    last = dt.date.fromisoformat(deadline)
    on_it = result("dispute_window", today=last, transaction_success=day, goods=goods)
    after = result(
        "dispute_window", today=last + dt.timedelta(days=1), transaction_success=day, goods=goods
    )
    assert (on_it["in_time"], after["in_time"]) == (True, False)


@given(DAYS, st.integers(0, 200))
def test_applying_is_possible_from_the_earliest_day_on(closed: dt.date, later: int) -> None:
    today = closed + dt.timedelta(days=later)
    found = result("self_service_eligibility", today=today, last_closed=closed)
    assert found["eligible"] is (today.isoformat() >= found["earliest_apply_date"])
    assert found["days_since_close"] == later


@given(st.lists(st.booleans(), min_size=1, max_size=24))
def test_the_permission_closes_at_the_first_two_failed_months_in_a_row(months: list[bool]) -> None:
    found = result("service_review", months=months)
    marks = "".join("p" if passed else "f" for passed in months)
    at = marks.find("ff")
    assert found["permission_closed"] is (at >= 0)
    assert found["closed_after_month"] == (at + 2 if at >= 0 else None)
