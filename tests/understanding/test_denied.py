"""What a merchant says is not so is not computed with; what only stands beside a denial is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml

from bot.understanding import ToolRequest, understand

_TODAY = dt.date(2021, 11, 20)
_SAID: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("denials.yaml").read_text(encoding="utf-8")
)


def _only(question: str) -> ToolRequest:
    (request,) = understand(question, [], _TODAY)
    assert not request.missing
    return request


def _receipt(said: str) -> ToolRequest:
    if said.isascii():
        return _only(f"shipped on Nov 1 from Hangzhou, {said}, when will it auto confirm?")
    return _only(f"11月1号境内发的货，{said}，几号自动确认收货")


@pytest.mark.parametrize("said", _SAID["not_extended"])
def test_an_extension_said_not_to_be_is_none(said: str) -> None:
    inputs = _receipt(said).inputs
    assert inputs["extended"] is False
    assert inputs["refund_requested"] is False


@pytest.mark.parametrize("said", _SAID["extended"])
def test_an_extension_beside_a_denial_of_something_else_counts(said: str) -> None:
    assert _receipt(said).inputs["extended"] is True


@pytest.mark.parametrize("said", _SAID["not_refunded"])
def test_a_refund_said_not_to_be_is_none(said: str) -> None:
    assert _receipt(said).inputs["refund_requested"] is False


@pytest.mark.parametrize("said", _SAID["refunded"])
def test_a_refund_beside_a_denial_of_something_else_counts(said: str) -> None:
    assert _receipt(said).inputs["refund_requested"] is True


@pytest.mark.parametrize("said", _SAID["no_special_case"])
def test_what_would_lift_the_limit_is_not_taken_from_a_denial(said: str) -> None:
    inputs = _only(f"普通商品，10月30号交易成功，{said}，买家还能维权吗").inputs
    assert inputs["special_case"] is None
    assert inputs["goods"] == "ordinary"


@pytest.mark.parametrize("said", _SAID["ordinary"])
def test_goods_said_not_to_be_of_a_kind_are_not_of_it(said: str) -> None:
    inputs = _only(f"普通商品，{said}，10月30号交易成功，买家还能维权吗").inputs
    assert inputs["goods"] == "ordinary"


@pytest.mark.parametrize("said", _SAID["not_so"])
def test_a_ground_of_refusal_said_not_to_be_is_left_out(said: str) -> None:
    inputs = _only(
        f"买家说要{'三倍赔偿' if '赔' not in said else '去法院起诉'}，{said}，平台受理吗"
    ).inputs
    assert len(inputs["facts"]) == 1
