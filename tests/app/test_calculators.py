"""A form's result is the chat's; what is wrong is said beside the field it is wrong in."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot import MerchantBot
from bot.tools import TOOLS
from page.calculators import Filling, render_form, worked
from page.words import load_words

_ZH = load_words("zh")


def _worked(bot: MerchantBot, tool: str, **values: Any) -> Filling:
    assert bot.calculator.rules is not None
    return worked(tool, values, bot.calculator.rules, bot.retriever.article, _ZH)


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_every_tool_computes_the_example_of_its_schema(bot: MerchantBot, tool: str) -> None:
    fields = TOOLS[tool].inputs.model_fields
    given = {name: info.examples[0] for name, info in fields.items() if info.examples}
    filling = _worked(bot, tool, **given)
    assert not filling.errors
    assert TOOLS[tool].title in filling.result


def test_the_course_of_an_order_goes_on_to_the_end_of_disputes(bot: MerchantBot) -> None:
    filling = _worked(bot, "auto_confirm_receipt", ship_confirmed="2021-10-20", origin="domestic")
    for shown in ("2021-10-20", "2021-11-01", "2021-11-16", "按一般商品"):
        assert shown in filling.result


def test_a_course_that_ends_beyond_the_days_computed_with_still_shows_its_result(
    bot: MerchantBot,
) -> None:
    filling = _worked(bot, "auto_confirm_receipt", ship_confirmed="2199-12-10", origin="domestic")
    assert not filling.errors
    assert "2199-12-22" in filling.result


def test_what_is_wrong_is_said_without_the_names_callers_use(bot: MerchantBot) -> None:
    filling = _worked(bot, "payment_channel_fee", paid=["1288.888"])
    assert filling.errors == {"paid": "实付金额：金额 1288.888 不能用：最多两位小数（到分）。"}


def test_what_is_missing_is_said_at_its_field(bot: MerchantBot) -> None:
    filling = _worked(bot, "auto_confirm_receipt", origin="domestic")
    assert list(filling.errors) == ["ship_confirmed"]
    html = render_form(filling, _ZH)
    assert 'id="e-ship_confirmed"' in html
    assert "缺少确认发货日" in html


def test_what_was_filled_in_stays_in_the_form(bot: MerchantBot) -> None:
    html = render_form(_worked(bot, "payment_channel_fee", paid=["1288", "abc"]), _ZH)
    assert 'value="1288"' in html
    assert 'value="abc"' in html
    assert "第2项" in html
    assert "不是金额" in html


def test_only_the_value_that_is_wrong_is_marked(bot: MerchantBot) -> None:
    html = render_form(_worked(bot, "payment_channel_fee", paid=["1288", "abc", "199"]), _ZH)
    marked = re.findall(r"<input[^>]*aria-invalid[^>]*>", html)
    assert len(marked) == 1
    assert 'value="abc"' in marked[0]


def test_the_sentences_of_a_result_are_read_one_by_one(bot: MerchantBot) -> None:
    shown = _worked(bot, "mini_store_requirements", seller_type="enterprise").result
    assert "。、" not in shown
    assert "<li>“开张任务”步骤二：验证账户。</li>" in shown


def test_what_was_typed_into_a_form_is_shown_escaped(bot: MerchantBot) -> None:
    typed = '"><script>alert(1)</script>'
    html = render_form(_worked(bot, "payment_from_fee", fee=typed), _ZH)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_day_outside_the_rules_is_said_with_the_form(bot: MerchantBot) -> None:
    filling = _worked(bot, "peak_season", year="1800")
    assert filling.errors
    assert not filling.result
