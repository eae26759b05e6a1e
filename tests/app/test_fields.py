"""Forms are made from the tools' schemas, and read back as the tools take them."""

from __future__ import annotations

import pytest
from fastapi.datastructures import FormData

from bot.tools import TOOLS
from page.fields import Field, fields_of


def _field(tool: str, name: str) -> Field:
    return next(field for field in fields_of(tool) if field.name == name)


@pytest.mark.parametrize(
    ("tool", "name", "kind"),
    [
        ("auto_confirm_receipt", "ship_confirmed", "date"),
        ("auto_confirm_receipt", "origin", "choice"),
        ("auto_confirm_receipt", "extended", "flag"),
        ("latest_ship_date", "target", "day_or_month"),
        ("payment_channel_fee", "paid", "amounts"),
        ("payment_from_fee", "fee", "amount"),
        ("dispute_window", "goods", "choices"),
        ("dispute_window", "special_case", "choice"),
        ("service_hours", "times", "times"),
        ("service_review", "months", "sequence"),
        ("mini_store_requirements", "category", "text"),
        ("peak_season", "year", "number"),
    ],
)
def test_an_input_is_filled_in_as_its_schema_says(tool: str, name: str, kind: str) -> None:
    assert _field(tool, name).kind == kind


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_every_input_of_every_tool_has_a_field(tool: str) -> None:
    assert [field.name for field in fields_of(tool)] == list(TOOLS[tool].inputs.model_fields)


def test_several_amounts_are_read_in_order_without_the_empty_rows() -> None:
    sent = FormData([("paid", "1288"), ("paid", " "), ("paid", "199")])
    assert _field("payment_channel_fee", "paid").read(sent) == ["1288", "199"]


def test_nothing_filled_in_is_nothing_unless_nothing_is_an_answer() -> None:
    nothing = FormData([])
    assert _field("dispute_window", "goods").read(nothing) is None
    assert _field("dispute_acceptance", "facts").read(nothing) == []
    assert _field("auto_confirm_receipt", "extended").read(nothing) is False
    assert _field("auto_confirm_receipt", "ship_confirmed").read(nothing) is None
