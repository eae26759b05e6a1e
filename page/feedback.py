"""Thumbs: what a merchant thinks of an answer."""

from __future__ import annotations

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse

from bot.service import Service
from page.parts import part
from page.templating import notice
from page.words import Words

_LONGEST = 300


def add_feedback_routes(router: APIRouter, service: Service, words: Words) -> None:
    """``feedback`` on an answer by its id, which only those it was given to know."""

    @router.post("/feedback")
    def feedback(
        answer: str = Form(), helpful: bool = Form(), reason: str = Form(""), more: str = Form("")
    ) -> HTMLResponse:
        def work() -> str:
            why = "：".join(filter(None, (reason.strip(), more.strip())))[:_LONGEST]
            service.feedback(answer, helpful=helpful, reason=why)
            return notice(words("thanks"), words, kind="good")

        return part(work, words)
