"""Every form, filled in by hand in a real browser, gives what the chat gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from bot.tools import TOOLS
from page.fields import Field, fields_of
from tests.app.asking import ask, open_tab
from tests.app.conftest import OpenPage

# A question, and the same case as it is filled in.
CASES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "auto_confirm_receipt": (
        "2021年10月20日从境外发货，消费者点了延长收货，哪天自动确认收货？",
        {"ship_confirmed": "2021-10-20", "origin": "overseas", "extended": True},
    ),
    "latest_ship_date": (
        "境内发货，想赶上2021年11月结算，最晚哪天发货？",
        {"target": "2021-11", "origin": "domestic"},
    ),
    "settlement_month": (
        "2021年10月31日确认收货，订单已完成，哪个月结算？",
        {"confirmed_receipt": "2021-10-31", "order_completed": True},
    ),
    "payment_channel_fee": (
        "客户付了1288元和199元，小红书收多少渠道费？",
        {"paid": ["1288", "199"]},
    ),
    "payment_from_fee": ("小红书扣了9.02元渠道费，客户实际付了多少？", {"fee": "9.02"}),
    "dispute_window": (
        "2021年11月1日交易成功的三包商品，维权到哪天截止？",
        {"transaction_success": "2021-11-01", "goods": ["sanbao"]},
    ),
    "dispute_acceptance": (
        "我这单争议是虚假交易，小红书会受理吗？",
        {"facts": ["fake_transaction"]},
    ),
    "self_service_eligibility": (
        "2021年8月1日关闭了自主客服，现在能再申请吗？",
        {"last_closed": "2021-08-01"},
    ),
    "service_hours": ("早上7点半和晚上10点算考核时段吗？", {"times": ["07:30", "22:00"]}),
    "service_review": (
        "客服考核第一个月达标，后两个月都不达标，权限会关闭吗？",
        {"months": ["pass", "fail", "fail"]},
    ),
    "mini_store_requirements": (
        "个人开微信小商店卖食品饮料要什么材料？",
        {"seller_type": "personal", "category": "食品饮料"},
    ),
    "peak_season": ("2022年的黑五和网一是哪天？", {"year": "2022"}),
}
# What is not ticked says no; of the others one is chosen from the beginning.
_NEVER_EMPTY = ("flag", "choice", "sequence")


@pytest.mark.parametrize("tool", TOOLS)
def test_a_form_gives_what_the_chat_gives_and_opens_its_rule(
    address: str, open_page: OpenPage, tool: str
) -> None:
    question, values = CASES[tool]
    page = open_page(address)
    said = ask(page, question).locator(".calculation")
    expect(said).to_have_count(1)
    by_chat = [said.locator(part).text_content() for part in (".result", ".inputs")]

    form = _open_form(page, tool)
    for field in fields_of(tool):
        _fill(form, field, values.get(field.name))
    form.get_by_role("button", name="计算").click()
    card = page.locator("#calculator .calculation")
    card.wait_for()
    assert [card.locator(part).text_content() for part in (".result", ".inputs")] == by_chat
    expect(page.locator("#calculator .error")).to_have_count(0)

    card.get_by_text("计算过程和依据").click()
    expect(card.locator(".steps li").first).to_be_visible()
    card.locator(".rules a").first.click()
    expect(page.locator("#passage mark").first).to_be_in_viewport()


@pytest.mark.parametrize("tool", TOOLS)
def test_a_form_sent_empty_says_at_each_field_what_is_missing(
    address: str, open_page: OpenPage, tool: str
) -> None:
    page = open_page(address)
    open_tab(page, "计算")
    form = _open_form(page, tool)
    for field in fields_of(tool):
        if field.kind == "date":
            form.locator(f"[name={field.name}]").fill("")
    form.get_by_role("button", name="计算").click()
    missing = [
        field.title
        for field in fields_of(tool)
        if field.required and not field.may_be_empty and field.kind not in _NEVER_EMPTY
    ]
    wrong = page.locator("#calculator .field.wrong")
    if not missing:
        page.locator("#calculator .calculation").wait_for()
        return
    expect(wrong).to_have_count(len(missing))
    expect(wrong.locator(".error")).to_contain_text([f"缺少{title}：" for title in missing])
    expect(page.locator("#calculator [aria-invalid=true]").first).to_be_focused()


def _open_form(page: Page, tool: str) -> Locator:
    open_tab(page, "计算")
    page.locator(f'.picks a[href="calculators/{tool}"]').click()
    form = page.locator(f'#calculator form[action="calculators/{tool}"]')
    form.wait_for()
    # The first tool's form stands there already and is fetched once more.
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    return form


def _fill(form: Locator, field: Field, value: str | bool | Sequence[str] | None) -> None:
    if value is None:
        return
    named = form.locator(f"[name={field.name}]")
    if isinstance(value, bool):
        named.set_checked(value)
    elif field.kind == "choices" or (field.kind == "choice" and len(field.choices) <= 3):
        for code in [value] if isinstance(value, str) else value:
            # The button drawn around it is what is seen and pressed.
            form.locator("label", has=form.page.locator(f"[value={code}]")).click()
    elif isinstance(value, str):
        named.first.fill(value)
    else:
        for at, one in enumerate(value):
            if at:
                form.get_by_role("button", name="再加一项").click()
            if field.kind == "sequence":
                named.nth(at).select_option(one)
            else:
                named.nth(at).fill(one)
