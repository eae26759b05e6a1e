"""What a merchant does with answers, in a real browser."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Browser, expect

from bot import Answer
from tests.app.asking import ask, open_tab
from tests.app.conftest import OpenPage, ServeService
from tests.app.fakes import QUOTE, FakeBot, citation, loaded

_FEE = "小红书支付渠道费收几个点？"
_QUESTIONS = (
    _FEE,
    "买家说是假货，多久之内能维权？",
    "小红书货款多久结算一次？",
    "个人开微信小商店要什么证件？",
    "小红书订单几天自动确认收货？",
    "亚马逊 Prime Day 有哪几种玩法？",
    "客户付了1288元和199元，小红书收多少渠道费？",
)
# Counts from the key, as the reader does, to the answer's first words on the screen.
_FIRST_TEXT = """question => new Promise(resolve => {
  const before = document.querySelectorAll('.answer-text').length;
  const box = document.querySelector('#question textarea');
  const watch = new MutationObserver(() => {
    const texts = document.querySelectorAll('.answer-text');
    if (texts.length > before && texts[before].innerText.trim()) {
      watch.disconnect();
      resolve(performance.now() - started);
    }
  });
  watch.observe(document.querySelector('#talk'), {childList: true, subtree: true});
  box.value = question;
  box.dispatchEvent(new Event('input', {bubbles: true}));
  const started = performance.now();
  box.dispatchEvent(new KeyboardEvent('keypress', {key: 'Enter', code: 'Enter', bubbles: true}));
})"""


def test_the_first_text_comes_fast(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    ask(page, "你好")
    waited = [float(page.evaluate(_FIRST_TEXT, question)) for question in _QUESTIONS]
    assert median(waited) < 400, waited


def test_a_follow_up_is_answered_from_what_was_said(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    assert "12天" in ask(page, "小红书境内订单几天自动确认收货？").inner_text()
    assert "30天" in ask(page, "那境外的呢？").inner_text()


def test_a_missing_condition_is_given_by_its_button(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    asked = ask(page, "2021年10月20日发货的订单，哪天自动确认收货？")
    expect(asked.locator(".badge")).to_have_text("还差一点信息")
    page.get_by_role("button", name="境内发货").click()
    worked = page.locator(".answer").nth(1)
    expect(worked.locator(".badge")).to_have_text("按规则算出")
    expect(worked.locator(".calculation .result")).to_contain_text("2021-11-01")
    expect(worked.locator(".timeline time")).to_have_text(["2021-10-20", "2021-11-01", "2021-11"])


def test_a_form_says_what_is_wrong_beside_its_field(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    open_tab(page, "计算")
    page.locator("#calculator").get_by_role("button", name="计算").click()
    wrong = page.locator("#calculator .field.wrong")
    expect(wrong).to_have_count(1)
    expect(wrong.locator(".error")).to_contain_text("缺少确认发货日")
    expect(page.get_by_label("确认发货日")).to_be_focused()
    page.get_by_label("确认发货日").fill("2021-10-20")
    page.locator("#calculator").get_by_role("button", name="计算").click()
    expect(page.locator("#calculator .timeline time")).to_have_text(
        ["2021-10-20", "2021-11-01", "2021-11", "2021-11-16"]
    )


def test_a_quote_is_seen_by_pointing_at_its_mark(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    mark = ask(page, _FEE).locator(".cite").first
    expect(page.locator("#hover")).to_be_hidden()
    mark.hover()
    expect(page.locator("#hover .hover-quote")).to_contain_text("0.7%")
    page.mouse.move(5, 5)
    expect(page.locator("#hover")).to_be_hidden()


def test_an_answer_is_copied_with_its_sources(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, _FEE).get_by_role("button", name="复制").click()
    page.get_by_role("button", name="已复制").wait_for()
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert "0.7%" in copied
    assert "《小红书店铺的账务结算》" in copied


def test_a_conversation_is_there_again_after_a_reload_until_a_new_one_begins(
    address: str, open_page: OpenPage
) -> None:
    page = open_page(address)
    ask(page, "小红书境内订单几天自动确认收货？")
    page.reload()
    expect(page.locator(".answer")).to_have_count(1)
    assert "30天" in ask(page, "那境外的呢？").inner_text()
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".answer")).to_have_count(0)
    page.reload()
    page.get_by_text("想查哪条规则").wait_for()
    expect(page.locator(".answer")).to_have_count(0)


def test_thumbs_and_their_reason_are_kept(
    serve: ServeService, open_page: OpenPage, tmp_path: Path
) -> None:
    service = loaded(FakeBot(), tmp_path)
    page = open_page(serve(service))
    ask(page, "费率？").get_by_role("button", name="有帮助", exact=True).click()
    page.get_by_text("谢谢，已经记下").wait_for()
    assert service.store.feedback_counts() == {True: 1, False: 0}
    second = ask(page, "费率是多少？")
    second.get_by_role("button", name="没有帮助").click()
    second.get_by_text("答非所问").click()
    second.get_by_label("还想说点什么").fill("<b>不对</b>")
    second.get_by_role("button", name="提交").click()
    expect(second.locator("form.why")).to_be_hidden()
    page.wait_for_timeout(300)
    (kept,) = service.unanswered()
    assert (kept.question, kept.reason, kept.note) == (
        "费率是多少？",
        "unhelpful",
        "答非所问：<b>不对</b>",
    )


def test_the_page_speaks_english_by_a_switch_and_keeps_the_conversation(
    address: str, open_page: OpenPage
) -> None:
    page = open_page(address)
    ask(page, _FEE)
    page.get_by_role("link", name="English").click()
    page.get_by_label("Your question").first.wait_for()
    expect(page.locator(".answer")).to_have_count(1)
    expect(page.locator(".sources-lead")).to_have_text("Sources")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.locator(".answer .cite").first.click()
    expect(page.locator("#passage mark").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Calculators").click()
    page.get_by_label("Shipping confirmed").fill("2021-10-20")
    page.locator("#calculator").get_by_role("button", name="Calculate").click()
    expect(page.locator("#calculator .result")).to_contain_text("2021-11-01")
    page.get_by_role("link", name="中文").click()
    page.get_by_label("您的问题").first.wait_for()


def test_the_shade_is_switched_and_kept(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    page.get_by_role("button", name="深色或浅色").click()
    assert page.evaluate("document.body.classList.contains('dark')")
    page.reload()
    page.get_by_label("您的问题").first.wait_for()
    page.wait_for_function("document.body.classList.contains('dark')")


def test_keys_alone_reach_an_answer_and_its_source(
    serve: ServeService, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(serve(loaded(FakeBot(), tmp_path)))
    page.keyboard.type("费率？")
    page.keyboard.press("Enter")
    page.locator(".answer .cite").wait_for()
    page.locator(".answer .cite").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#passage mark")).to_have_text(QUOTE)
    expect(page.locator("#announcement")).to_contain_text(QUOTE)


@pytest.mark.parametrize(
    "typed", ["<script>window.ran = true</script>", "{{value}} ${window.ran = true}"]
)
def test_code_in_a_stored_conversation_does_not_run_when_it_comes_back(
    serve: ServeService, open_page: OpenPage, tmp_path: Path, typed: str
) -> None:
    answer = Answer("answered", f"{typed}[1]", citations=(citation(),))
    page = open_page(serve(loaded(FakeBot(answer), tmp_path)))
    ask(page, typed)
    page.reload()
    expect(page.locator(".asked")).to_contain_text(typed)
    assert page.evaluate("window.ran") is None


def test_a_lost_connection_is_told_in_the_pages_language_and_keeps_what_was_typed(
    address: str, browser: Browser
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        box = page.get_by_label("您的问题").first
        box.wait_for()
        context.set_offline(True)
        box.fill(_FEE)
        box.press("Enter")
        expect(page.locator(".toast-body")).to_contain_text("连不上服务")
        expect(page.locator(".toast-body")).not_to_contain_text("rror")
        expect(box).to_have_value(_FEE)
