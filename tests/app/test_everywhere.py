"""Every tab: narrow, dark, readable to machines, quiet."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.app.asking import TABS, ask, open_tab, overflow
from tests.app.conftest import OpenPage


def _fill(page: Page, tab: str) -> None:
    """Bring a tab to where it shows most."""
    open_tab(page, tab)
    if tab == "对话":
        ask(page, "小红书支付渠道费收几个点？").locator(".cite").first.wait_for()
    elif tab == "计算":
        page.get_by_label("确认发货日").fill("2021-10-20")
        page.locator("#calculator").get_by_role("button", name="计算").click()
        page.locator("#calculator").get_by_text("计算过程和依据").click()
    elif tab == "知识库":
        page.locator("#shelves .pick").first.click()
        page.locator(".reading").wait_for()
    elif tab == "检索测试":
        page.locator("#hit-question").fill("钱多久到账")
        page.get_by_role("button", name="查看").click()
        page.locator(".hits").first.wait_for()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_fits_a_phone(address: str, open_page: OpenPage, tab: str) -> None:
    page = open_page(address)
    page.set_viewport_size({"width": 390, "height": 844})
    # Gradio takes a moment to see how many tabs there is room for.
    page.wait_for_timeout(500)
    _fill(page, tab)
    assert overflow(page) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tab", TABS)
def test_a_tab_has_no_serious_fault_for_people_who_cannot_see_it_well(
    address: str, open_page: OpenPage, tab: str, scheme: str
) -> None:
    page = open_page(address)
    _fill(page, tab)
    if scheme == "dark":
        page.get_by_role("button", name="深色或浅色").click()
        # Colours fade into each other; what is judged is where they end.
        page.mouse.move(0, 0)
        page.wait_for_timeout(100)
        page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    assert _serious(page) == []


def test_an_article_as_a_page_has_no_serious_fault(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    link = ask(page, "小红书支付渠道费收几个点？").locator(".cite").first.get_attribute("href")
    page.goto(address + str(link))
    assert _serious(page) == []


@pytest.mark.parametrize("tool", range(12))
def test_every_form_has_no_serious_fault(address: str, open_page: OpenPage, tool: int) -> None:
    page = open_page(address)
    open_tab(page, "计算")
    link = page.locator(".picks .pick").nth(tool)
    title = link.inner_text()
    link.click()
    page.locator("#calculator h2", has_text=title).wait_for()
    assert _serious(page) == []


def _serious(page: Page) -> list[Any]:
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], one["help"], [node["html"][:160] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
