"""What tests do on the page again and again."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

TABS = ("对话", "计算", "知识库", "检索测试", "未答问题", "质量")


def ask(page: Page, question: str) -> Locator:
    """Type a question, send it and wait for the answer."""
    before = page.locator(".answer").count()
    box = page.get_by_label("您的问题").first
    box.fill(question)
    box.press("Enter")
    answer = page.locator(".answer").nth(before)
    answer.wait_for()
    return answer


def open_tab(page: Page, name: str) -> None:
    """Open a tab, wherever the width of the screen has put it."""
    tab = page.get_by_role("tab", name=name, exact=True)
    if not tab.count() or not tab.first.is_visible():
        page.locator("#tabs .overflow-menu > button").first.click()
        page.locator("#tabs .overflow-dropdown button", has_text=name).click()
    else:
        tab.first.click()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
