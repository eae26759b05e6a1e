"""Why a question is answered as it is: the pipeline's own findings, laid open."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse

from bot import Answer, MerchantBot, Question, Turn
from bot.examining import Examined
from bot.pipeline import today_in_shanghai
from bot.service import Service
from bot.understanding import ToolRequest, understand
from page.labels import input_rows, tool_title
from page.parts import part
from page.passages import passage_address
from page.templating import notice, render
from page.words import Words

_LONGEST = 2000
_SENTENCES = 5


@dataclass(frozen=True)
class Weighed:
    """A feature of the confidence, and what it adds to the log-odds."""

    name: str
    value: float
    adds: float


@dataclass(frozen=True)
class Opened:
    """A question with everything the pipeline made of it."""

    question: str
    answer: Answer
    seen: Examined
    requests: tuple[ToolRequest, ...]
    weighed: tuple[Weighed, ...]
    needed: float
    took_ms: float


def add_hit_test_routes(router: APIRouter, service: Service, words: Words) -> None:
    """``hit-test``: what the pipeline makes of a question and what was said before it."""

    @router.post("/hit-test")
    def hit_test(question: str = Form(""), before: str = Form("")) -> HTMLResponse:
        def work() -> str:
            asked = question.strip()[:_LONGEST]
            if not asked:
                return notice(words("hit_test_empty"), words, kind="plain")
            if not service.ready:
                return notice(words("loading"), words, kind="plain")
            turns = [Turn("user", line) for line in before[:_LONGEST].splitlines() if line.strip()]
            return render_opened(open_question(service.bot, asked, turns), words)

        return part(work, words)


def open_question(bot: MerchantBot, text: str, history: Sequence[Turn]) -> Opened:
    """Ask the bot, and look at what its steps found on the way."""
    today = today_in_shanghai()
    started = time.perf_counter()
    answer = bot.ask(text, history=history, today=today)
    took = round((time.perf_counter() - started) * 1000, 1)
    seen = bot.examine_in_context(Question(text, today, tuple(history)))
    return Opened(
        question=text,
        answer=answer,
        seen=seen,
        requests=understand(text, history, today, platforms=bot.platforms),
        weighed=_weighed(bot, seen),
        needed=bot.calibration.threshold(seen.features),
        took_ms=took,
    )


def render_opened(opened: Opened, words: Words) -> str:
    """All of it, the decision first."""
    passages = opened.seen.found.passages
    return render(
        "hit_test_result.html",
        words,
        opened=opened,
        why=why(opened, words),
        requests=[
            (
                tool_title(request.tool, words),
                input_rows(request.tool, request.inputs, words),
                request,
            )
            for request in opened.requests
        ],
        passages=[
            (passage, passage_address(passage.article_id, passage.start, passage.end, passage.text))
            for passage in passages
        ],
        best=max((passage.score for passage in passages), default=1.0) or 1.0,
        sentences=opened.seen.ranked[:_SENTENCES],
        heaviest=max((abs(one.adds) for one in opened.weighed), default=1.0) or 1.0,
    )


def why(opened: Opened, words: Words) -> str:
    """The reason for the decision, in a sentence."""
    answer, seen = opened.answer, opened.seen
    reason = f"because_{answer.trace.get('reason', '')}"
    if answer.calculations:
        reason = "why_calculated"
    elif answer.status == "answered":
        reason = "because_sure" if answer.citations else "because_smalltalk"
    elif reason == "because_not_sure" and seen.uncovered_topic:
        reason = "because_uncovered_topic"
    elif reason == "because_not_sure" and seen.confidence >= opened.needed:
        reason = "because_other_case"
    return words(
        reason,
        topic=seen.uncovered_topic or "",
        foreign=words("comma").join(sorted(seen.foreign)),
        confidence=f"{seen.confidence:.2f}",
        needed=f"{opened.needed:.2f}",
    )


def _weighed(bot: MerchantBot, seen: Examined) -> tuple[Weighed, ...]:
    weights = bot.calibration.model(seen.features).weights if seen.features else {}
    found = [
        Weighed(name, seen.features[name], weight * seen.features[name])
        for name, weight in weights.items()
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.adds)))
