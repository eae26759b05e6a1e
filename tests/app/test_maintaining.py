"""The maintainers' side, in a real browser over a corpus that may be changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from evals.cases import CASES_DIR, load_cases
from ingest.articles import read_article
from ingest.settings import Settings
from scripts.serving import served_page
from tests.app.asking import ask, open_tab
from tests.app.conftest import OpenPage
from tests.conftest import CORPUS

_PASSWORD = "geheim"
_ARTICLE = """# 星河店铺的退货办法

## 星河店铺的退货运费由谁承担

星河店铺的退货运费由买家先垫付，签收后3天内退还。<script>window.ran = true</script>
"""
_QUESTION = "星河店铺的退货运费谁承担？"


@pytest.fixture(scope="module")
def corpus_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the corpus that may be changed."""
    folder = tmp_path_factory.mktemp("kept") / "corpus"
    shutil.copytree(CORPUS, folder)
    return folder


@pytest.fixture(scope="module")
def cases_dir(corpus_dir: Path) -> Path:
    """A copy of the eval cases that may be changed."""
    folder = corpus_dir.parent / "cases"
    shutil.copytree(CASES_DIR, folder)
    return folder


@pytest.fixture(scope="module")
def kept_address(
    corpus_settings: Settings, models_dir: Path, corpus_dir: Path, cases_dir: Path
) -> Iterator[str]:
    """The real page over them, with a password."""
    data_dir = corpus_dir.parent / "data"
    shutil.copytree(corpus_settings.index_dir, data_dir / "chroma")
    (data_dir / "models").symlink_to(models_dir, target_is_directory=True)
    settings = {
        "ZHANGGUI_DATA_DIR": str(data_dir),
        "ZHANGGUI_CORPUS_DIR": str(corpus_dir),
        "ZHANGGUI_CASES_DIR": str(cases_dir),
        "ZHANGGUI_ADMIN_PASSWORD": _PASSWORD,
    }
    with served_page(settings) as served:
        yield served


def _enter(page: Page, password: str = _PASSWORD) -> None:
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="进入").click()


def _maintain(page: Page) -> None:
    open_tab(page, "知识库")
    page.get_by_role("link", name="维护").click()
    _enter(page)
    page.get_by_role("heading", name="添加文章").wait_for()


def _refused(page: Page, question: str) -> Locator:
    """Ask what is refused; its group in the list of unanswered questions."""
    expect(ask(page, question).locator(".badge")).to_have_text("知识库里没有")
    open_tab(page, "未答问题")
    _enter(page)
    return page.locator(".group", has=page.get_by_role("heading", name=question))


def test_a_wrong_password_opens_nothing(kept_address: str, open_page: OpenPage) -> None:
    page = open_page(kept_address)
    open_tab(page, "知识库")
    page.get_by_role("link", name="维护").click()
    _enter(page, "falsch")
    expect(page.locator(".login .error")).to_contain_text("密码不对")
    expect(page.get_by_role("heading", name="添加文章")).to_have_count(0)


def test_an_article_is_previewed_stored_asked_deleted_and_then_refused(
    kept_address: str, open_page: OpenPage, corpus_dir: Path, tmp_path: Path
) -> None:
    file = tmp_path / "退货.md"
    file.write_text(_ARTICLE, encoding="utf-8")
    page = open_page(kept_address)
    _maintain(page)
    page.get_by_label("文件", exact=True).set_input_files([file])
    page.get_by_role("button", name="预览").click()
    expect(page.locator("#preview .chunk")).to_contain_text("<script>window.ran = true</script>")
    assert not list(corpus_dir.rglob("*退货*"))
    page.get_by_role("button", name="确认入库").click()
    expect(page.locator("#preview")).to_contain_text("新增 1 篇", timeout=60_000)
    expect(page.locator("#shelves")).to_contain_text("星河店铺的退货办法")
    expect(page.get_by_label("删除文章")).to_contain_text("星河店铺的退货办法")
    expect(page.get_by_label("文件", exact=True)).to_have_value("")

    open_tab(page, "对话")
    answer = ask(page, _QUESTION)
    expect(answer).to_contain_text("由买家先垫付")
    expect(answer).to_contain_text("<script>")
    answer.locator(".cite").first.click()
    expect(page.locator("#passage mark").first).to_contain_text("由买家先垫付")
    page.keyboard.press("Escape")

    open_tab(page, "知识库")
    page.locator("#shelves").get_by_text("星河店铺的退货办法").click()
    expect(page.locator(".reading .chunk").first).to_contain_text("<script>")
    page.get_by_role("link", name="维护").click()
    page.get_by_label("删除文章").select_option("imported/星河店铺的退货办法")
    page.get_by_role("button", name="删除…").click()
    page.get_by_role("button", name="确认删除").click()
    expect(page.locator("#deletion")).to_contain_text("删除 1 篇", timeout=60_000)
    expect(page.get_by_label("删除文章")).not_to_contain_text("星河店铺的退货办法")

    open_tab(page, "对话")
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".answer")).to_have_count(0)
    refused = ask(page, _QUESTION)
    expect(refused).not_to_contain_text("由买家先垫付")
    assert not list(corpus_dir.rglob("*退货*"))
    assert page.evaluate("window.ran") is None


def test_what_is_wrong_with_a_file_stands_at_that_file(
    kept_address: str, open_page: OpenPage, tmp_path: Path
) -> None:
    good, bad = tmp_path / "好.md", tmp_path / "坏.txt"
    good.write_text("# 好\n\n一句话。\n", encoding="utf-8")
    bad.write_bytes(b"\xff\xfe\x00")
    page = open_page(kept_address)
    _maintain(page)
    page.get_by_label("文件", exact=True).set_input_files([good, bad])
    page.get_by_role("button", name="预览").click()
    wrong = page.locator(".handed.wrong")
    expect(wrong).to_have_count(1)
    expect(wrong.locator("h3")).to_have_text("坏.txt")
    expect(wrong.locator(".error")).to_contain_text("不是 UTF-8")
    expect(page.locator(".handed")).to_have_count(2)


def test_a_text_is_pasted(kept_address: str, open_page: OpenPage) -> None:
    page = open_page(kept_address)
    _maintain(page)
    page.get_by_text("或者粘贴文字").click()
    page.get_by_label("标题").fill("粘贴的<b>标题</b>")
    page.get_by_label("正文").fill("粘贴进来的一句话。")
    page.get_by_role("button", name="预览").click()
    expect(page.locator("#preview .chunk")).to_contain_text("粘贴进来的一句话。")
    expect(page.locator("#preview summary")).to_contain_text("<b>标题</b>")


def test_a_refused_question_becomes_a_way_to_ask_and_is_answered(
    kept_address: str, open_page: OpenPage, corpus_dir: Path
) -> None:
    question = "资金回笼节奏"
    page = open_page(kept_address)
    group = _refused(page, question)
    group.wait_for()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="导出 CSV").click()
    assert question in Path(downloading.value.path()).read_text(encoding="utf-8-sig")
    heading = "小红书货款多久结算一次"
    options = group.get_by_label("其实能由这一节回答").locator("option").all_inner_texts()
    wanted = next(text for text in options if heading in text)
    group.get_by_label("其实能由这一节回答").select_option(label=wanted)
    section = group.get_by_label("其实能由这一节回答").input_value()
    group.get_by_role("button", name="加为这一节的问法").click()
    page.get_by_text("写进文章的问法").wait_for()
    article, _, heading = section.partition("#")
    path = corpus_dir / f"{article}.md"
    assert question in read_article(path, corpus_dir).questions[heading]
    open_tab(page, "对话")
    for _ in range(20):
        page.get_by_role("button", name="新对话").click()
        expect(page.locator(".answer")).to_have_count(0)
        if "answer--answered" in str(ask(page, question).get_attribute("class")):
            return
        page.wait_for_timeout(500)
    pytest.fail("the way to ask was written and not taken in")


def test_a_refused_question_becomes_a_case_of_the_eval_set(
    kept_address: str, open_page: OpenPage, cases_dir: Path
) -> None:
    question = "仓库的门锁坏了找谁修"
    page = open_page(kept_address)
    group = _refused(page, question)
    group.get_by_role("button", name="加入评测：应该拒答").click()
    page.get_by_text(f"已把“{question}”加入评测用例。").wait_for()
    (case,) = load_cases(cases_dir, kinds=["merchants"])
    assert case.question == question
    assert case.must_refuse


def test_a_dismissed_question_that_is_asked_again_comes_back_with_what_the_merchant_said(
    kept_address: str, open_page: OpenPage
) -> None:
    question = "仓库的灯坏了找谁修"
    page = open_page(kept_address)
    refused = ask(page, question)
    refused.get_by_role("button", name="没有帮助").click()
    refused.get_by_text("没答全").click()
    refused.get_by_role("button", name="提交").click()
    expect(refused.locator("form.why")).to_be_hidden()
    open_tab(page, "未答问题")
    _enter(page)
    group = page.locator(".group", has=page.get_by_role("heading", name=question))
    expect(group).to_contain_text("“没答全”")
    group.get_by_role("button", name="不用处理").click()
    page.get_by_text("已从列表中去掉").wait_for()
    open_tab(page, "对话")
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".answer")).to_have_count(0)
    ask(page, question)
    open_tab(page, "未答问题")
    expect(group.locator("p.soft").first).to_contain_text("“没答全”")
    expect(group.locator("p.soft").first).not_to_contain_text("done")
