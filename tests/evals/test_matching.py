"""Finding a fact in a text, and the numbers a text holds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evals.matching import holds, numbers


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("自动确认收货是 12 天。", "12天"),
        ("费率为０．７％", "0.7%"),
        ("打开ARK 后台", "ark后台"),
        ("共 2,000 个类目", "2000"),
        ("收取0.7%", "0.7%"),
    ],
)
def test_a_fact_is_found_whatever_its_width_case_and_spaces(text: str, part: str) -> None:
    assert holds(text, part)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("15天内", "5天"),
        ("12,000元", "2000元"),
        ("0.75元", "0.7"),
        ("10.5%", "0.5%"),
        ("3.15天", "15天"),
        ("什么都没有", "12天"),
        ("什么都没有", ""),
    ],
)
def test_a_part_of_another_number_is_not_the_number(text: str, part: str) -> None:
    assert not holds(text, part)


def test_numbers_are_values_not_spellings() -> None:
    assert numbers("2021-08-05 付 1,288.00 元") == {
        Decimal(value) for value in ("2021", "8", "5", "1288")
    }


def test_numbers_apart_are_not_one_number() -> None:
    assert numbers("第 1 2 步") == {Decimal(1), Decimal(2)}
