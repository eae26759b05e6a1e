"""An answer that a chat model phrases is read while it is still being written."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from pydantic import SecretStr

from bot import Answer, Turn
from bot.assembly import open_bot
from bot.service import Service
from bot.storage import open_store
from ingest.embedders import SentenceTransformerEmbedder
from ingest.settings import Settings
from tests.app.asking import ask
from tests.app.conftest import OpenPage, ServeService
from tests.app.fakes import QUOTE, FakeBot, citation, loaded
from tests.phrasing.service import KEY, MODEL, Says, chat_service, quoting

_FIRST = f"{QUOTE}[1]"
_SECOND = "按实付收取。<b>粗</b><script>window.ran = true</script>[1]"
_FEE = "小红书支付渠道费收几个点？"


class SlowBot(FakeBot):
    """Says a first sentence, and a second when it is allowed to."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.go_on = threading.Event()

    def stream(
        self, text: str, *, history: Sequence[Turn] = (), today: dt.date | None = None
    ) -> Iterator[str | Answer]:
        """Both sentences, then the answer."""
        yield _FIRST
        self.go_on.wait(20)
        yield _SECOND
        yield self.ask(text, history=history, today=today)


def _type(page: Page, question: str) -> None:
    box = page.get_by_label("您的问题").first
    box.fill(question)
    box.press("Enter")


def test_the_first_sentence_is_read_before_the_second_is_said(
    serve: ServeService, open_page: OpenPage, tmp_path: Path
) -> None:
    text = f"{_FIRST}{_SECOND}\n\n文章没有写日期。"
    bot = SlowBot(Answer("answered", text, (citation(),), suggestions=("还问什么？",)))
    page = open_page(serve(loaded(bot, tmp_path)))
    _type(page, "费率？")
    coming = page.locator(".answer--coming .answer-text")
    expect(coming).to_have_text(_FIRST)
    expect(page.locator("#announcement")).to_have_text(_FIRST)
    expect(page.locator(".cite")).to_have_count(0)
    # From here on: nothing that was shown may go away again.
    page.evaluate(
        """first => {
          window.seen = [];
          new MutationObserver(() => {
            const said = document.querySelector('.answer-text')?.innerText;
            if (!said?.startsWith(first)) window.seen.push(said);
          }).observe(document.querySelector('#talk'), {childList: true, subtree: true});
        }""",
        _FIRST,
    )
    bot.go_on.set()
    expect(page.locator(".cite")).to_have_count(2)
    expect(page.locator(".answer-text")).to_contain_text("文章没有写日期。")
    expect(page.locator(".answer-text")).to_contain_text("<b>粗</b><script>")
    expect(page.locator(".sources")).to_be_visible()
    expect(page.get_by_role("button", name="还问什么？")).to_be_visible()
    expect(page.locator("#announcement")).not_to_contain_text(_FIRST)
    assert page.evaluate("window.seen") == []
    assert page.evaluate("window.ran") is None


def test_a_reader_who_scrolled_away_stays_there_while_an_answer_goes_on(
    serve: ServeService, open_page: OpenPage, tmp_path: Path
) -> None:
    bot = SlowBot(Answer("answered", f"{_FIRST}{_SECOND}", (citation(),)))
    bot.go_on.set()
    page = open_page(serve(loaded(bot, tmp_path)))
    page.set_viewport_size({"width": 1200, "height": 400})
    for question in ("费率？", "还有呢？"):
        ask(page, question).locator(".cite").first.wait_for()
    bot.go_on.clear()
    _type(page, "最后一问")
    expect(page.locator(".answer--coming")).to_be_in_viewport()
    page.mouse.wheel(0, -5000)
    page.wait_for_function("scrollY === 0")
    bot.go_on.set()
    expect(page.locator(".answer--coming")).to_have_count(0)
    assert page.evaluate("scrollY") == 0


def test_a_new_conversation_is_not_disturbed_by_an_answer_still_being_written(
    serve: ServeService, open_page: OpenPage, tmp_path: Path
) -> None:
    bot = SlowBot(Answer("answered", f"{_FIRST}{_SECOND}", (citation(),)))
    page = open_page(serve(loaded(bot, tmp_path)))
    _type(page, "费率？")
    page.locator(".answer--coming").wait_for()
    page.get_by_role("button", name="新对话").click()
    page.get_by_text("想查哪条规则").wait_for()
    bot.go_on.set()
    page.wait_for_timeout(500)
    expect(page.locator(".answer")).to_have_count(0)
    expect(ask(page, "费率？").locator(".answer-text")).to_contain_text(QUOTE)


def test_a_chat_models_sentences_are_read_as_it_sends_them(
    serve: ServeService,
    open_page: OpenPage,
    corpus_settings: Settings,
    embedder: SentenceTransformerEmbedder,
    tmp_path: Path,
) -> None:
    rest = threading.Event()

    def slowly(request: Mapping[str, Any], number: int) -> Says:
        said = quoting(request, number)
        return replace(said, last_piece_after=rest)

    with chat_service() as chat:
        chat.script = slowly
        model = {"chat_model": MODEL, "chat_base_url": chat.url, "chat_api_key": SecretStr(KEY)}
        settings = corpus_settings.model_copy(update={**model, "data_dir": tmp_path})
        bot = open_bot(corpus_settings.model_copy(update=model), embedder=embedder)
        page = open_page(serve(Service(lambda: bot, open_store(settings))))
        _type(page, _FEE)
        coming = page.locator(".answer--coming .answer-text")
        expect(coming).to_contain_text("0.7%")
        first = coming.inner_text()
        rest.set()
        page.locator(".answer .cite").first.wait_for()
        assert page.locator(".answer-text").inner_text().startswith(first)
