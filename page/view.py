"""The page's layout and events; the only user of gradio."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
from fastapi import FastAPI

from page.assistant import Assistant
from page.conversation import Conversation, Offers, offers, reply
from page.rendering import render_conversation, render_part

TITLE = "掌柜问答"
_OFFERED = 6
_AT_ONCE = 4
_WAITING = 200
# Fonts of the reader's system: the page fetches nothing from elsewhere.
_FONTS = [
    "system-ui",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "sans-serif",
]


def build_page(assistant: Assistant) -> gr.Blocks:
    """All of the page."""
    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        restart = _header()
        _chat(assistant, restart)
        gr.HTML(render_part("panel.html"), apply_default_css=False, elem_id="passage-place")
    page.queue(max_size=_WAITING, default_concurrency_limit=_AT_ONCE, api_open=False)
    return page


def mount_page(server: FastAPI, page: gr.Blocks) -> FastAPI:
    """Serve the page at the root; routes added before it keep their paths."""
    mounted: FastAPI = gr.mount_gradio_app(
        server,
        page,
        path="/",
        theme=gr.themes.Base(primary_hue="teal", font=_FONTS, font_mono=["ui-monospace"]),
        head=render_part("head.html"),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
    )
    return mounted


def _header() -> gr.Button:
    with gr.Row(elem_id="header"):
        gr.HTML(render_part("header.html"), apply_default_css=False)
        return gr.Button("新对话", elem_id="restart", size="sm", scale=0, min_width=88)


def _chat(assistant: Assistant, restart: gr.Button) -> None:
    """The conversation, what is offered to ask, and the box to type in."""
    said = gr.State(())
    talk = gr.HTML(render_conversation(()), apply_default_css=False, elem_id="talk")
    with gr.Column(elem_id="composer"):
        first = offers(())
        lead = gr.HTML(first.lead, apply_default_css=False, elem_id="offers-lead")
        with gr.Row(elem_id="offers"):
            buttons = [gr.Button(**_button(first, at)) for at in range(_OFFERED)]
        box = gr.Textbox(
            label="您的问题",
            show_label=False,
            container=False,
            placeholder="输入问题，回车发送",
            lines=1,
            max_lines=6,
            autofocus=True,
            submit_btn="发送",
            elem_id="question",
        )
    shown = [talk, said, lead, *buttons]
    # One event for typing and for all buttons: a question sent while another is answered waits
    # for it, so that none starts from a conversation without the one before.
    asked = gr.on(
        [box.submit, *(button.click for button in buttons)],
        _asker(assistant),
        [box, said],
        [box, *shown],
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
    )
    restart.click(
        lambda: ["", *_shown(())],
        None,
        [box, *shown],
        cancels=[asked],
        show_progress="hidden",
        api_visibility="private",
    )


def _asker(
    assistant: Assistant,
) -> Callable[[gr.EventData, str, Conversation], Iterator[list[Any]]]:
    def ask(event: gr.EventData, typed: str, said: Conversation) -> Iterator[list[Any]]:
        offered = _offered_text(event, said)
        question = (typed if offered is None else offered).strip()
        if not question:
            yield [gr.skip()] * (4 + _OFFERED)
            return
        notice = "正在查找…" if assistant.ready else "正在加载模型…"
        waiting = render_conversation(said, asking=question, notice=notice)
        clear = "" if offered is None else gr.skip()
        yield [clear, waiting, gr.skip(), *_offered(Offers())]
        said = (*said, reply(assistant, question, said))
        yield [gr.skip(), *_shown(said)]

    return ask


def _offered_text(event: gr.EventData, said: Conversation) -> str | None:
    """The text of the button that was pressed, None when something else was."""
    # By its name: gradio gives a button another number each time it is updated.
    pressed = getattr(event.target, "elem_id", None)
    texts = {_button_name(at): text for at, text in enumerate(offers(said).texts)}
    return texts.get(pressed) if pressed else None


def _shown(said: Conversation) -> list[Any]:
    return [render_conversation(said), said, *_offered(offers(said))]


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
