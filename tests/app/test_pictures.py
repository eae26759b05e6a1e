"""The pictures in README and docs: what they show is seen on the real page, and then kept.

Without ``--pictures`` nothing is written; ``python -m scripts.screenshots`` keeps them in docs/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ingest.settings import Settings
from scripts.serving import ROOT, served_page
from tests.app.asking import ask, open_tab, overflow
from tests.app.conftest import OpenPage

_PASSWORD = "pictures"
_REFUSED = "拼多多的保证金要交多少？"


@dataclass(frozen=True)
class Picture:
    """How large the window is, and what is done and seen in it before the picture is taken."""

    show: Callable[[Page], None]
    size: tuple[int, int] = (1200, 800)


@pytest.fixture(scope="module")
def own_address(
    corpus_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The real page over the real index, where nobody else has asked anything."""
    database = tmp_path_factory.mktemp("pictures") / "service.sqlite"
    settings = {
        "ZHANGGUI_DATA_DIR": str(corpus_settings.data_dir),
        "ZHANGGUI_CORPUS_DIR": str(corpus_settings.corpus_dir),
        "ZHANGGUI_DATABASE_URL": f"sqlite:///{database}",
        "ZHANGGUI_ADMIN_PASSWORD": _PASSWORD,
    }
    with served_page(settings) as served:
        yield served


def _answer(page: Page) -> None:
    answer = ask(page, "买家说是假货，多久之内能维权？")
    expect(answer).to_contain_text("90天")
    answer.locator(".cite").first.click()
    _seen(
        page.locator("#passage mark", has_text="小红书商品涉及假冒的，消费者的维权时间延长到90天。")
    )
    _seen(page.get_by_text("还可以问"))


def _calculation(page: Page) -> None:
    open_tab(page, "计算")
    page.get_by_label("确认发货日").fill("2021-10-20")
    page.locator("#calculator").get_by_role("button", name="计算").click()
    page.get_by_text("计算过程和依据").click()
    expect(page.locator(".timeline time")).to_have_text(
        ["2021-10-20", "2021-11-01", "2021-11", "2021-11-16"]
    )
    _seen(page.get_by_label("确认发货日"))
    _seen(page.locator(".calculation .result", has_text="2021-11-01"))
    _seen(page.locator(".calculation .rules li").last)


def _library(page: Page) -> None:
    open_tab(page, "知识库")
    page.locator("#shelves").get_by_text("小红书店铺的账务结算").click()
    _seen(page.get_by_role("heading", name="小红书店铺的账务结算"))
    _seen(page.locator(".chunk", has_text="小红书店铺销售款的结算周期是一个自然月。"))
    _seen(page.locator("#shelves .current .pick-more", has_text="段"))


def _hit_test(page: Page) -> None:
    open_tab(page, "检索测试")
    page.locator("#hit-question").fill("2021年10月20日从境内发货，哪天自动确认收货？")
    page.get_by_role("button", name="查看").click()
    _seen(page.locator(".verdict", has_text="按规则算出"))
    _seen(page.locator(".facts", has_text="确认发货日=2021-10-20"))
    _seen(page.locator(".hits .scores").first)


def _unanswered(page: Page) -> None:
    for question in (_REFUSED, "拼多多的保证金要交多少钱？", "淘宝怎么开发票？"):
        ask(page, question)
    open_tab(page, "未答问题")
    page.get_by_label("密码").fill(_PASSWORD)
    page.get_by_role("button", name="进入").click()
    _seen(page.locator(".group", has_text="意思相近的还有 1 个").get_by_text("问过 2 次"))
    _seen(page.locator(".group", has_text="淘宝怎么开发票？"))
    _seen(page.get_by_role("link", name="导出 CSV"))


def _phone(page: Page) -> None:
    answer = ask(page, "2021年10月20日从境内发货，哪天自动确认收货？")
    expect(answer.locator(".timeline time")).to_have_text(["2021-10-20", "2021-11-01", "2021-11"])
    _seen(answer.locator(".calculation .result", has_text="2021-11-01"))


def _dark(page: Page) -> None:
    page.get_by_role("button", name="深色或浅色").click()
    expect(page.locator("body.dark")).to_have_count(1)
    _seen(ask(page, _REFUSED).locator(".badge", has_text="知识库里没有"))
    _seen(ask(page, "小红书支付渠道费收几个点？").locator(".source").last)


PICTURES = {
    "screenshot": Picture(_answer),
    "page-calculation": Picture(_calculation, (1200, 1240)),
    "page-library": Picture(_library),
    "page-hit-test": Picture(_hit_test, (1200, 1240)),
    "page-unanswered": Picture(_unanswered),
    "page-phone": Picture(_phone, (390, 844)),
    "page-dark": Picture(_dark),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_shows_what_it_is_there_for(
    own_address: str, open_page: OpenPage, request: pytest.FixtureRequest, name: str
) -> None:
    picture, (width, height) = PICTURES[name], PICTURES[name].size
    page = open_page(own_address)
    page.set_viewport_size({"width": width, "height": height})
    # Gradio takes a moment to see how many tabs there is room for.
    page.wait_for_timeout(500)
    picture.show(page)
    assert overflow(page) <= 0
    page.mouse.move(0, 0)
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    image = page.screenshot()
    if folder := request.config.getoption("--pictures"):
        Path(folder, f"{name}.png").write_bytes(image)


def test_the_pictures_of_the_docs_are_those_taken_here() -> None:
    documents = [ROOT / "README.md", ROOT / "docs" / "page.md"]
    shown = [
        Path(address).stem
        for path in documents
        for address in re.findall(r"!\[[^]]+\]\(([^)]+\.png)\)", path.read_text(encoding="utf-8"))
    ]
    assert sorted(shown) == sorted(PICTURES)
    assert {path.stem for path in (ROOT / "docs").glob("*.png")} == PICTURES.keys()


def _seen(what: Locator) -> None:
    expect(what.first).to_be_in_viewport(ratio=0.9)
