"""A phone: fingers instead of a mouse, and little room."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from bot import MerchantBot
from tests.app.asking import ask, open_tab, overflow
from tests.app.conftest import OpenPage

_FEE = "小红书支付渠道费收几个点？"


def _squeezed(texts: list[str]) -> str:
    return "".join("".join(texts).split())


def _covered(page: Page, what: str) -> float:
    """By how many pixels the box to type in lies over the end of something."""
    ends = page.locator(what).last.evaluate("element => element.getBoundingClientRect().bottom")
    begins = page.locator("#composer").evaluate("element => element.getBoundingClientRect().top")
    return float(ends - begins)


def test_a_tapped_mark_opens_exactly_its_sentence_and_closing_leads_back(
    address: str, open_phone: OpenPage, bot: MerchantBot
) -> None:
    page = open_phone(address)
    marks = ask(page, _FEE).locator(".cite")
    cited = bot.ask(_FEE).citations[0]
    marks.first.tap()
    panel = page.locator("#passage")
    expect(panel.locator("mark").first).to_be_in_viewport()
    assert _squeezed(panel.locator("mark").all_text_contents()) == _squeezed([cited.quote])
    expect(page.locator("#hover")).to_be_hidden()
    box = panel.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    assert overflow(page) <= 0
    page.get_by_role("button", name="关闭原文").tap()
    expect(panel).to_be_hidden()
    expect(marks.first).to_be_focused()
    expect(page.locator("#hover")).to_be_hidden()
    expect(marks.first).to_be_in_viewport()


def test_a_tap_elsewhere_leaves_no_quote_lying_about(address: str, open_phone: OpenPage) -> None:
    page = open_phone(address)
    answer = ask(page, _FEE)
    answer.locator(".source").first.tap()
    expect(page.locator("#passage mark").first).to_be_in_viewport()
    page.get_by_role("button", name="关闭原文").tap()
    answer.locator(".answer-text").tap(position={"x": 2, "y": 2})
    expect(page.locator("#passage")).to_be_hidden()
    expect(page.locator("#hover")).to_be_hidden()


def test_an_answer_is_not_covered_by_what_is_offered_to_ask_next(
    address: str, open_phone: OpenPage
) -> None:
    page = open_phone(address)
    ask(page, _FEE)
    ask(page, "拼多多的保证金要交多少？")
    expect(page.locator(".offer").first).to_be_visible()
    page.wait_for_timeout(300)
    assert _covered(page, ".answer") <= 0


def test_a_phones_reader_asks_by_tapping_and_computes(address: str, open_phone: OpenPage) -> None:
    page = open_phone(address)
    page.get_by_role("button", name="小红书货款多久结算一次？").tap()
    expect(page.locator(".answer")).to_have_count(1)
    page.get_by_role("button", name="没有帮助").tap()
    expect(page.locator("form.why")).to_be_visible()
    assert _covered(page, "form.why") <= 0
    page.get_by_text("答非所问").tap()
    page.get_by_role("button", name="提交").tap()
    expect(page.locator("form.why")).to_be_hidden()
    open_tab(page, "计算")
    page.get_by_label("确认发货日").fill("2021-10-20")
    page.locator("#calculator").get_by_role("button", name="计算").tap()
    expect(page.locator("#calculator .timeline time").first).to_have_text("2021-10-20")
    assert overflow(page) <= 0
