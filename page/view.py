"""The page's layout and the events of the conversation; the only user of gradio."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import gradio as gr
from fastapi import FastAPI

from bot.service import Service
from page.calculators import render_calculators
from page.conversation import Conversation, Exchange, Offers, offers, replies
from page.keepsake import keep, recall
from page.rendering import render_conversation
from page.templating import render
from page.words import LANGUAGES, Words, load_words

_OFFERED = 6
_AT_ONCE = 4
_WAITING = 200
# Where the reader's browser keeps the conversation. The secret is none: what is kept is the
# reader's own, on the reader's own machine, and must be read again after a restart.
_STORAGE_KEY = "zhanggui-talk"
_STORAGE_SECRET = "zhanggui"
# Fonts of the reader's system: the page fetches nothing from elsewhere.
_FONTS = [
    "system-ui",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
]


def build_page(service: Service, words: Words) -> gr.Blocks:
    """All of the page in one language."""
    page: gr.Blocks
    with gr.Blocks(title=words("product"), analytics_enabled=False, fill_width=True) as page:
        restart = _header(words)
        with gr.Tabs(elem_id="tabs"):
            # Tabs are drawn when they are opened first: the conversation is there at once.
            with gr.Tab(words("chat"), id="chat", elem_id="tab-chat", render_children=True):
                _chat(page, service, words, restart)
            with gr.Tab(words("calculators"), id="calculators"):
                _html(render_calculators(words))
            with gr.Tab(words("library"), id="library"):
                _html(render("library.html", words))
            with gr.Tab(words("hit_test"), id="hit-test"):
                _html(render("hit_test.html", words))
            with gr.Tab(words("unanswered"), id="unanswered-tab"):
                _html(render("place.html", words, place="unanswered", address="unanswered"))
            with gr.Tab(words("quality"), id="quality"):
                _html(render("place.html", words, place="quality", address="quality"))
        _html(render("panel.html", words), elem_id="passage-place")
    page.queue(max_size=_WAITING, default_concurrency_limit=_AT_ONCE, api_open=False)
    return page


def mount_page(server: FastAPI, page: gr.Blocks, words: Words) -> FastAPI:
    """Serve the page at its language's address; routes added before it keep their paths."""
    mounted: FastAPI = gr.mount_gradio_app(
        server,
        page,
        path=words.prefix or "/",
        theme=gr.themes.Base(primary_hue="teal", font=_FONTS, font_mono=["ui-monospace"]),
        head=render("head.html", words),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
    )
    return mounted


def _html(content: str, *, elem_id: str | None = None) -> gr.HTML:
    return gr.HTML(content, apply_default_css=False, elem_id=elem_id, js_on_load=None)


def _header(words: Words) -> gr.Button:
    other = load_words(next(name for name in LANGUAGES if name != words.language))
    # Relative, so that it holds behind a proxy that serves us below a path of its own.
    address = "../" if words.prefix else f".{other.prefix}/"
    with gr.Row(elem_id="header"):
        _html(render("header.html", words))
        _html(render("switches.html", words, other_address=address, other_tag=other.tag))
        return gr.Button(words("restart"), elem_id="restart", size="sm", scale=0, min_width=88)


def _chat(page: gr.Blocks, service: Service, words: Words, restart: gr.Button) -> None:
    """The conversation, what is offered to ask, and the box to type in."""
    said = gr.State(())
    kept = gr.BrowserState([], storage_key=_STORAGE_KEY, secret=_STORAGE_SECRET)
    talk = _html(render_conversation((), words), elem_id="talk")
    with gr.Column(elem_id="composer"):
        first = offers((), words)
        lead = gr.HTML(first.lead, apply_default_css=False, elem_id="offers-lead")
        with gr.Row(elem_id="offers"):
            buttons = [gr.Button(**_button(first, at)) for at in range(_OFFERED)]
        box = gr.Textbox(
            label=words("your_question"),
            show_label=False,
            container=False,
            placeholder=words("type_here"),
            lines=1,
            max_lines=6,
            autofocus=True,
            submit_btn=words("send"),
            elem_id="question",
        )
    shown = [talk, said, lead, *buttons]
    # One event for typing and for all buttons: a question sent while another is answered waits
    # for it, so that none starts from a conversation without the one before.
    asked = gr.on(
        [box.submit, *(button.click for button in buttons)],
        _asker(service, words),
        [box, said],
        [box, kept, *shown],
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )
    restart.click(
        lambda: ["", [], *_shown((), words)],
        None,
        [box, kept, *shown],
        cancels=[asked],
        show_progress="hidden",
        api_visibility="private",
    )
    page.load(
        lambda before: _shown(recall(before), words),
        kept,
        shown,
        show_progress="hidden",
        api_visibility="private",
    )


def _asker(
    service: Service, words: Words
) -> Callable[[gr.EventData, str, Conversation], Iterator[list[Any]]]:
    def ask(event: gr.EventData, typed: str, said: Conversation) -> Iterator[list[Any]]:
        offered = _offered_text(event, said, words)
        question = (typed if offered is None else offered).strip()
        if not question:
            yield [gr.skip()] * (5 + _OFFERED)
            return
        waiting = words("looking") if service.ready else words("loading")
        asking = partial(render_conversation, said, words, asking=question, waiting=waiting)
        clear = "" if offered is None else gr.skip()
        yield [clear, gr.skip(), asking(), gr.skip(), *_offered(Offers())]
        at_once = True
        for part in replies(service, question, said, words):
            if isinstance(part, Exchange):
                said = (*said, part)
                yield [gr.skip(), keep(said), *_shown(said, words, fresh=at_once)]
            else:
                # What stands there already does not come in a second time.
                at_once = False
                yield [gr.skip(), gr.skip(), asking(coming=part), *[gr.skip()] * (2 + _OFFERED)]

    return ask


def _offered_text(event: gr.EventData, said: Conversation, words: Words) -> str | None:
    """The text of the button that was pressed, None when something else was."""
    # By its name: gradio gives a button another number each time it is updated.
    pressed = getattr(event.target, "elem_id", None)
    texts = {_button_name(at): text for at, text in enumerate(offers(said, words).texts)}
    return texts.get(pressed) if pressed else None


def _shown(said: Conversation, words: Words, *, fresh: bool = False) -> list[Any]:
    talk = render_conversation(said, words, fresh=fresh)
    return [talk, said, *_offered(offers(said, words))]


def _offered(what: Offers) -> list[Any]:
    return [what.lead, *(gr.Button(**_button(what, at)) for at in range(_OFFERED))]


def _button(what: Offers, at: int) -> dict[str, Any]:
    there = at < len(what.texts)
    return {
        "value": what.texts[at] if there else "",
        "visible": there,
        "size": "sm",
        "elem_id": _button_name(at),
        "elem_classes": "offer",
    }


def _button_name(at: int) -> str:
    return f"offer-{at}"
