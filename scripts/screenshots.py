"""``python -m scripts.screenshots``: the pictures of README and docs, taken from the real page."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from ingest.settings import load_settings
from scripts.serving import ROOT, open_browser, served_page

_FOLDER = ROOT / "docs"
_DESKTOP = (1200, 800)
_PHONE = (390, 844)
_PASSWORD = "screenshots"
_LOOKED_UP = "买家说是假货，多久之内能维权？"
_WORKED_OUT = "2021年10月20日从境内发货，哪天自动确认收货？"
_REFUSED = "拼多多的保证金要交多少？"


def main() -> None:
    """Take every picture anew, over the articles and the index of the settings."""
    with tempfile.TemporaryDirectory() as place, open_browser() as browser:
        data_dir = Path(place)
        settings = load_settings()
        # A database of its own: what real merchants asked stands in no picture.
        shutil.copytree(settings.index_dir, data_dir / "chroma")
        (data_dir / "models").symlink_to(settings.models_dir.resolve(), target_is_directory=True)
        own = {"ZHANGGUI_DATA_DIR": place, "ZHANGGUI_ADMIN_PASSWORD": _PASSWORD}
        with served_page(own) as address:
            for name, (size, draw) in _PICTURES.items():
                _take(browser, address, _FOLDER / f"{name}.png", size, draw)


def _take(
    browser: Browser,
    address: str,
    target: Path,
    size: tuple[int, int],
    draw: Callable[[Page], None],
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(address)
    page.get_by_label("您的问题").first.wait_for()
    draw(page)
    # Fonts and the layout come to rest.
    page.wait_for_timeout(800)
    target.parent.mkdir(exist_ok=True)
    page.screenshot(path=target)
    context.close()
    print(target.relative_to(ROOT))


def _ask(page: Page, question: str) -> None:
    before = page.locator(".answer").count()
    box = page.get_by_label("您的问题").first
    box.fill(question)
    box.press("Enter")
    page.locator(".answer").nth(before).wait_for()


def _answer(page: Page) -> None:
    _ask(page, _LOOKED_UP)
    page.locator(".answer .cite").first.click()
    page.locator("#passage mark").first.wait_for()


def _calculation(page: Page) -> None:
    page.get_by_role("tab", name="计算").click()
    page.get_by_label("确认发货日").fill("2021-10-20")
    page.locator("#calculator").get_by_role("button", name="计算").click()
    page.locator("#calculator .calculation").wait_for()
    page.locator("#calculator .calculation summary").click()
    page.locator("#calculator .field").last.scroll_into_view_if_needed()
    page.locator("#calculator .actions").evaluate("element => element.scrollIntoView()")


def _library(page: Page) -> None:
    page.get_by_role("tab", name="知识库").click()
    page.locator("#shelves").get_by_text("小红书店铺的账务结算").click()
    page.locator(".reading").wait_for()


def _hit_test(page: Page) -> None:
    page.get_by_role("tab", name="检索测试").click()
    page.locator("#hit-question").fill("钱多久结一次")
    page.get_by_role("button", name="查看").click()
    page.locator(".hits").first.wait_for()
    page.locator(".verdict").evaluate("element => element.scrollIntoView()")


def _unanswered(page: Page) -> None:
    for question in (_REFUSED, "拼多多的保证金要交多少钱？", "淘宝怎么开发票？"):
        _ask(page, question)
    page.get_by_role("tab", name="未答问题").click()
    page.get_by_label("密码").fill(_PASSWORD)
    page.get_by_role("button", name="进入").click()
    page.locator(".group").first.wait_for()


def _phone(page: Page) -> None:
    _ask(page, _WORKED_OUT)


def _dark(page: Page) -> None:
    page.get_by_role("button", name="深色或浅色").click()
    _ask(page, _REFUSED)
    _ask(page, "小红书支付渠道费收几个点？")


_PICTURES: dict[str, tuple[tuple[int, int], Callable[[Page], None]]] = {
    "screenshot": (_DESKTOP, _answer),
    "page-calculation": (_DESKTOP, _calculation),
    "page-library": (_DESKTOP, _library),
    "page-hit-test": (_DESKTOP, _hit_test),
    "page-unanswered": (_DESKTOP, _unanswered),
    "page-phone": (_PHONE, _phone),
    "page-dark": (_DESKTOP, _dark),
}


if __name__ == "__main__":
    main()
