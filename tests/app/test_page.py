"""The page as a merchant uses it, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bot import Answer, MerchantBot
from tests.app.asking import ask, open_tab, overflow
from tests.app.conftest import OpenPage, ServeService
from tests.app.fakes import FakeBot, calculation, citation, loaded, loading

_FEE = "小红书支付渠道费收几个点？"
_CONTRAST = """element => {
  const channel = value => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  const light = colour => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).map(Number);
    return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  };
  let below = element;
  while (/rgba\\(.*, 0\\)|transparent/.test(getComputedStyle(below).backgroundColor))
    below = below.parentElement;
  const ink = light(getComputedStyle(element).color);
  const paper = light(getComputedStyle(below).backgroundColor);
  return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
}"""


def _squeezed(texts: list[str]) -> str:
    return "".join("".join(texts).split())


def test_an_answer_has_marks_and_each_opens_exactly_the_quoted_sentence(
    address: str, open_page: OpenPage, bot: MerchantBot
) -> None:
    page = open_page(address)
    answer = ask(page, _FEE)
    citations = bot.ask(_FEE).citations
    assert "0.7%" in answer.inner_text()
    assert answer.locator(".cite").count() == len(citations)
    for cited in citations:
        answer.locator(".cite", has_text=f"[{cited.n}]").click()
        expect(page.locator("#passage-title")).to_have_text(f"原文：《{cited.title}》")
        expect(page.locator("#passage mark").first).to_be_in_viewport()
        page.wait_for_function(
            "quote => [...document.querySelectorAll('#passage mark')]"
            ".map(mark => mark.textContent).join('').replace(/\\s/g, '') === quote",
            arg=_squeezed([cited.quote]),
        )


def test_a_source_below_the_answer_opens_its_passage_too(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    answer = ask(page, _FEE)
    answer.locator(".source").first.click()
    expect(page.locator("#passage mark").first).to_be_in_viewport()


def test_a_citation_is_also_a_page_of_its_own(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    link = ask(page, _FEE).locator(".cite").first
    page.goto(address + str(link.get_attribute("href")))
    expect(page.locator("mark").first).to_be_in_viewport()
    assert "0.7%" in page.locator("mark").first.inner_text()


def test_escape_closes_the_passage_and_returns_to_the_mark(
    address: str, open_page: OpenPage
) -> None:
    page = open_page(address)
    mark = ask(page, _FEE).locator(".cite").first
    mark.press("Enter")
    expect(page.locator("#passage")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#passage")).to_be_hidden()
    expect(mark).to_be_focused()


def test_a_question_outside_the_knowledge_base_looks_refused(
    address: str, open_page: OpenPage
) -> None:
    page = open_page(address)
    refused = ask(page, "拼多多的保证金要交多少？")
    assert "知识库里没有" in refused.locator(".badge").inner_text()
    assert refused.locator(".cite").count() == 0
    answered = ask(page, _FEE)
    colours = [
        each.evaluate("element => getComputedStyle(element).backgroundColor")
        for each in (refused, answered)
    ]
    assert colours[0] != colours[1]


def test_a_follow_up_is_answered_below_what_was_said_and_knowing_it(
    serve: ServeService, open_page: OpenPage, tmp_path: Path
) -> None:
    bot = FakeBot()
    page = open_page(serve(loaded(bot, tmp_path)))
    ask(page, "费率？")
    ask(page, "那海外的呢？")
    assert [turn.content for turn in bot.asked[-1][1]] == ["费率？", "费率是0.7%。[1]"]
    expect(page.locator(".exchange")).to_have_count(2)
    expect(page.locator(".asked").last).to_be_in_viewport()


def test_a_suggestion_is_asked_by_pressing_its_button(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    page.get_by_role("button", name="小红书货款多久结算一次？").click()
    expect(page.locator(".answer")).to_have_count(1)
    page.get_by_text("还可以问").wait_for()
    suggestion = page.locator(".offer").first
    text = suggestion.inner_text()
    suggestion.click()
    expect(page.locator(".answer")).to_have_count(2)
    assert text in page.locator(".asked").last.inner_text()


@pytest.mark.parametrize(
    "typed",
    [
        "<script>window.ran = true</script>",
        "<img src=x onerror='window.ran = true'>",
        "${window.ran = true}",
        "{{value}} {{#each this}}x{{/each}}",
    ],
)
def test_what_looks_like_code_is_shown_and_not_run(
    address: str, open_page: OpenPage, typed: str
) -> None:
    page = open_page(address)
    ask(page, typed)
    assert typed in page.locator(".asked").inner_text()
    assert page.evaluate("window.ran") is None


def test_enter_sends_and_shift_enter_breaks_the_line(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    box = page.get_by_label("您的问题")
    box.fill("小红书货款")
    box.press("Shift+Enter")
    box.press_sequentially("多久结算一次？")
    expect(box).to_have_value("小红书货款\n多久结算一次？")
    expect(page.locator(".asked")).to_have_count(0)
    box.press("Enter")
    expect(page.locator(".answer")).to_have_count(1)
    expect(box).to_have_value("")


def test_an_empty_box_sends_nothing(
    serve: ServeService, open_page: OpenPage, tmp_path: Path
) -> None:
    bot = FakeBot()
    page = open_page(serve(loaded(bot, tmp_path)))
    page.get_by_label("您的问题").fill("  ")
    page.get_by_label("您的问题").press("Enter")
    ask(page, "费率？")
    assert [text for text, _ in bot.asked] == ["费率？"]


def test_a_new_conversation_forgets_the_old_one(
    serve: ServeService, open_page: OpenPage, tmp_path: Path
) -> None:
    bot = FakeBot()
    page = open_page(serve(loaded(bot, tmp_path)))
    ask(page, "费率？").locator(".cite").click()
    page.get_by_role("button", name="新对话").click()
    page.get_by_text("想查哪条规则").wait_for()
    expect(page.locator("#passage")).to_be_hidden()
    ask(page, "另一个问题")
    assert bot.asked[-1] == ("另一个问题", [])


def test_a_question_typed_while_the_model_loads_is_answered_when_it_has(
    serve: ServeService, open_page: OpenPage, tmp_path: Path
) -> None:
    service, go_on = loading(FakeBot(), tmp_path)
    page = open_page(serve(service))
    box = page.get_by_label("您的问题")
    box.fill("费率？")
    box.press("Enter")
    page.get_by_text("正在加载模型…").first.wait_for()
    go_on()
    expect(page.locator(".answer")).to_have_count(1)


def test_a_choice_that_completes_a_question_is_sent_by_its_button(
    serve: ServeService, open_page: OpenPage, tmp_path: Path
) -> None:
    bot = FakeBot(Answer("clarify", "从哪里发货？", suggestions=("境内发货", "境外发货")))
    page = open_page(serve(loaded(bot, tmp_path)))
    ask(page, "几天自动确认？")
    page.get_by_text("请选一项").wait_for()
    page.get_by_role("button", name="境外发货").click()
    expect(page.locator(".answer")).to_have_count(2)
    assert bot.asked[-1][0] == "境外发货"


def test_the_rule_of_a_calculation_opens_its_sentence(
    serve: ServeService, open_page: OpenPage, tmp_path: Path
) -> None:
    answer = Answer(
        "calculated", "手续费0.70元。[1]", citations=(citation(),), calculations=(calculation(),)
    )
    page = open_page(serve(loaded(FakeBot(answer), tmp_path)))
    card = ask(page, "100元收多少？").locator(".calculation")
    assert "0.70" in card.locator(".result").inner_text()
    card.get_by_text("计算过程和依据").click()
    card.get_by_role("link").click()
    expect(page.locator("#passage mark")).to_have_text("费率是0.7%。")


@pytest.mark.parametrize("question", [_FEE, "长" * 400, "https://example.com/" + "a" * 300])
def test_a_narrow_screen_does_not_scroll_sideways(
    address: str, open_page: OpenPage, question: str
) -> None:
    page = open_page(address)
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) <= 0
    answer = ask(page, question)
    assert overflow(page) <= 0
    if answer.locator(".cite").count():
        answer.locator(".cite").first.click()
        expect(page.locator("#passage mark").first).to_be_in_viewport()
        assert overflow(page) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(
    serve: ServeService, open_page: OpenPage, tmp_path: Path, scheme: str
) -> None:
    page = open_page(
        serve(loaded(FakeBot(Answer("not_found", "没有。[1]", (citation(),))), tmp_path))
    )
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.reload()
    page.get_by_label("您的问题").wait_for()
    ask(page, "费率？").locator(".source").click()
    shown = (
        ".answer-text p", ".badge", ".cite", ".source-title", ".source-section", ".asked",
        "#question textarea", "#question .submit-button", "#restart", ".masthead p",
        "#passage mark", ".article-origin",
    )  # fmt: skip
    contrasts = {name: page.locator(name).first.evaluate(_CONTRAST) for name in shown}
    assert {name: value for name, value in contrasts.items() if value < 4.5} == {}


def test_an_article_is_marked_in_the_list_as_long_as_it_is_read(
    address: str, open_page: OpenPage
) -> None:
    page = open_page(address)
    open_tab(page, "知识库")
    marked = page.locator("#shelves [aria-current]")
    page.locator("#shelves .pick").nth(1).click()
    expect(marked).to_have_count(1)
    page.get_by_label("在文章里搜索").fill("结算")
    page.get_by_label("在文章里搜索").press("Enter")
    page.get_by_text("的搜索结果").wait_for()
    expect(marked).to_have_count(0)


def test_a_question_that_fills_the_window_leaves_its_answer_in_view(
    address: str, open_page: OpenPage
) -> None:
    page = open_page(address)
    expect(ask(page, "长" * 3000).locator(".answer-text")).to_be_in_viewport()


def test_the_page_is_said_to_be_chinese(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert re.fullmatch("掌柜问答", page.title())
