"""What is said around the quoted sentences: leads, ages, refusals, suggestions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from bot.answers import Answer, Question
from bot.composing import Composed
from bot.text import is_english

if TYPE_CHECKING:
    from bot.pipeline import Examined

_SUGGESTED = 3


def smalltalk(reply: str) -> Answer:
    """A short human reply; nothing is cited."""
    return Answer("answered", reply, confidence=1.0)


def answered(seen: Examined, composed: Composed, question: Question) -> Answer:
    """The quoted sentences, with their age where it is known."""
    lead = "From the knowledge base (quoted in Chinese):\n\n" if is_english(question.text) else ""
    return Answer(
        "answered",
        lead + composed.text + _age(composed, question.today),
        citations=composed.citations,
        confidence=seen.confidence,
        suggestions=_suggestions(seen, composed),
        timings_ms=seen.timings_ms,
    )


def not_written(seen: Examined, composed: Composed) -> Answer:
    """The articles speak of it, and say themselves that this point is left open."""
    return Answer(
        "not_found",
        f"知识库的文章没有写明这一点：\n\n{composed.text}",
        citations=composed.citations,
        confidence=seen.confidence,
        suggestions=_suggestions(seen, composed),
        timings_ms=seen.timings_ms,
    )


def not_found(seen: Examined) -> Answer:
    """Nothing was found that answers; says what there is instead."""
    if seen.foreign:
        names = "、".join(sorted(seen.foreign))
        text = f"知识库里没有{names}的规则，别的平台的规则不能照搬，所以不作回答。"
    else:
        text = "知识库里没有找到能回答这个问题的内容，所以不作回答。"
    topics = list(dict.fromkeys(_topic(passage) for passage in seen.found.passages))[:_SUGGESTED]
    if topics:
        text += "\n\n知识库里相近的内容有：\n\n" + "\n".join(f"- {topic}" for topic in topics)
    return Answer(
        "not_found",
        text,
        confidence=seen.confidence,
        suggestions=_suggestions(seen, None),
        timings_ms=seen.timings_ms,
    )


def _topic(passage: object) -> str:
    heading = getattr(passage, "heading", "") or getattr(passage, "title", "")
    return f"《{getattr(passage, 'title', '')}》：{heading}"


def _suggestions(seen: Examined, composed: Composed | None) -> tuple[str, ...]:
    """How merchants ask for the sections found that were not quoted."""
    quoted = {citation.section for citation in composed.citations} if composed else set()
    headings = [
        passage.heading
        for passage in seen.found.passages
        if passage.heading and passage.section not in quoted
    ]
    return tuple(dict.fromkeys(headings))[:_SUGGESTED]


def _age(composed: Composed, today: dt.date) -> str:
    dated = {c.title: c.published for c in composed.citations if c.published}
    notes = []
    for title, published in dated.items():
        years = today.year - int(published[:4])
        age = f"，距今约{years}年，情况可能已有变化" if years >= 1 else ""
        notes.append(f"《{title}》发布于{_spoken(published)}{age}。")
    return "\n\n" + "".join(f"（{note}）" for note in notes) if notes else ""


def _spoken(published: str) -> str:
    return "".join(
        f"{int(part)}{unit}" for part, unit in zip(published.split("-"), "年月日", strict=False)
    )
