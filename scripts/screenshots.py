"""``python -m scripts.screenshots``: the README's picture, taken from the real page."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from scripts.serving import ROOT, open_browser, served_page

_TARGET = ROOT / "docs" / "screenshot.png"
_SIZE = (1200, 800)
_QUESTION = "买家说是假货，多久之内能维权？"


def main() -> None:
    """Ask, open the first citation and take the picture."""
    with served_page() as address, open_browser() as browser:
        page = browser.new_page(
            viewport={"width": _SIZE[0], "height": _SIZE[1]},
            locale="zh-CN",
            reduced_motion="reduce",
        )
        page.goto(address)
        picture_of_an_answer(page, _TARGET)
    print(_TARGET.relative_to(ROOT))


def picture_of_an_answer(page: Page, target: Path) -> None:
    """Take the picture of an answered question with a citation opened."""
    box = page.get_by_label("您的问题")
    box.fill(_QUESTION)
    box.press("Enter")
    page.locator(".answer .cite").first.click()
    page.locator("#passage mark").first.wait_for()
    page.locator("#offers .offer").first.wait_for()
    # Fonts and the layout beside the opened passage come to rest.
    page.wait_for_timeout(500)
    target.parent.mkdir(exist_ok=True)
    page.screenshot(path=target)


if __name__ == "__main__":
    main()
