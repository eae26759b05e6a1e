"""What is said around the quoted sentences: leads, ages, refusals, suggestions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.answers import Answer, Citation, Passage, Question
from bot.composing import Composed
from bot.text import is_english

if TYPE_CHECKING:
    from bot.calculating import Worked
    from bot.examining import Examined
    from bot.quoting import Aside

_OFFERED = 3


def rejected(reason: str) -> Answer:
    """The input is no question."""
    return Answer("rejected", reason)


def smalltalk(reply: str) -> Answer:
    """A short human reply; nothing is cited."""
    return Answer("answered", reply, confidence=1.0)


def no_forgery() -> Answer:
    """Nothing is made up, whoever asks."""
    return Answer(
        "not_found",
        "不能编造规则、公告或出处。知识库里有的规则可以直接问，每句话都会给出原文。",
        confidence=1.0,
        trace={"reason": "forgery"},
    )


def only_instructions() -> Answer:
    """Instructions are text; there is no question among them."""
    return Answer(
        "not_found",
        "这句话里没有要查的问题；要我怎样回答、规则改成怎样，都以文章为准。请直接问规则。",
        confidence=1.0,
        trace={"reason": "instructions"},
    )


def unsettled() -> Answer:
    """The articles changed each time they were to be quoted; nothing unchecked is shown."""
    return Answer(
        "not_found",
        "文章正在更新，引文核对不上，所以先不作回答。请过一会儿再问。",
        trace={"reason": "articles_changing"},
    )


def answered(
    seen: Examined, composed: Composed, question: Question, near: Mapping[str, str]
) -> Answer:
    """The quoted sentences, with their age where it is known."""
    leads = [
        f"您说的“{said}”，这里按{platform}的规则回答（两者如今是不同的产品）。"
        for said, platform in near.items()
    ]
    leads += _without_others([*question.others, *seen.left_behind])
    if is_english(question.text):
        leads.append("From the knowledge base (quoted in Chinese):")
    notes = _ages(composed.citations, question.today)
    return Answer(
        "answered",
        "\n\n".join([*leads, composed.text, *notes]),
        citations=composed.citations,
        confidence=seen.confidence,
        suggestions=_unquoted(seen, composed.citations),
        timings_ms=seen.timings_ms,
        trace={"question": seen.question},
    )


def not_written(seen: Examined, composed: Composed, missing: str) -> Answer:
    """The articles speak of it and leave this point open: what they do say is quoted."""
    return Answer(
        "not_found",
        f"知识库的文章没有写明{missing}，写到的是：\n\n{composed.text}",
        citations=composed.citations,
        confidence=seen.confidence,
        suggestions=_unquoted(seen, composed.citations),
        timings_ms=seen.timings_ms,
        trace={"question": seen.question, "reason": "open_point"},
    )


def not_found(seen: Examined, missing: str | None) -> Answer:
    """Nothing was found that answers; says what is missing, and what there is instead."""
    names = sorted(seen.foreign)
    if names:
        reason = "other_platform"
        text = f"知识库里没有{'、'.join(names)}的规则，别的平台的规则不能照搬，所以不作回答。"
    else:
        reason = "not_sure"
        what = f"这个问题要的{missing}" if missing else "能回答这个问题的内容"
        text = f"知识库里没有找到{what}，所以不作回答。"
        if topic := seen.uncovered_topic:
            text = f"知识库里没有收录“{topic}”方面的内容，所以不作回答。"
    topics = list(dict.fromkeys(_topic(passage) for passage in seen.found.passages))[:_OFFERED]
    if topics:
        text += "\n\n知识库里相近的内容有：\n\n" + "\n".join(f"- {topic}" for topic in topics)
    return Answer(
        "not_found",
        text,
        confidence=seen.confidence,
        suggestions=_unquoted(seen, ()),
        timings_ms=seen.timings_ms,
        trace={
            "question": seen.question,
            "reason": reason,
            "topics": topics,
            **({"platforms": names} if names else {}),
        },
    )


def which_case(seen: Examined, question: str, options: tuple[str, ...]) -> Answer:
    """The rules differ by something the question leaves open."""
    return Answer(
        "clarify",
        question,
        confidence=seen.confidence,
        suggestions=options,
        timings_ms=seen.timings_ms,
        trace={"question": seen.question, "reason": "ambiguous"},
    )


def ask_for_inputs(worked: Worked) -> Answer:
    """A calculation needs something that was not said, or was given something that cannot be."""
    asked = [entry.question for entry in worked.missing]
    options = tuple(option for entry in worked.missing[:1] for option in entry.options)
    return Answer(
        "clarify",
        "\n\n".join([*worked.problems, *asked]),
        confidence=1.0,
        suggestions=options,
        trace={
            "reason": "missing_input" if asked else "invalid_input",
            "missing": [entry.name for entry in worked.missing],
            "readings": list(worked.readings) + list(worked.problems) + asked,
        },
    )


def calculated(
    worked: Worked, citations: Sequence[Citation], question: Question, also: Sequence[Aside] = ()
) -> Answer:
    """The results, how they were worked out and by which sentences, how open points were read."""
    parts = _without_others(question.others)
    parts += ["Calculated from the rules in the articles:"] if is_english(question.text) else []
    parts.extend(calculation.conclusion for calculation in worked.calculations)
    steps = [step for calculation in worked.calculations for step in calculation.working]
    if steps:
        parts.append("算法：\n\n" + "\n".join(f"- {step}" for step in steps))
    quotes = [f"“{c.quote}”[{c.n}]" for c in citations]
    parts.append("依据：\n\n" + "\n".join(f"- {quote}" for quote in quotes))
    notes = list(
        dict.fromkeys(
            [*worked.readings, *(line for c in worked.calculations for line in c.assumptions)]
        )
    )
    if notes:
        parts.append("说明：\n\n" + "\n".join(f"- {note.rstrip('。')}。" for note in notes))
    parts.extend([*worked.problems, *(entry.question for entry in worked.missing)])
    for asked, composed in also:
        found = composed.text if composed else "知识库里没有找到答案。"
        parts.append(f"另外问的“{asked}”：\n\n{found}")
    citations = [*citations, *(c for _, composed in also if composed for c in composed.citations)]
    parts.extend(_ages(citations, question.today))
    return Answer(
        "calculated",
        "\n\n".join(parts),
        citations=tuple(citations),
        calculations=worked.calculations,
        confidence=1.0,
        trace={"readings": list(worked.readings) + [e.question for e in worked.missing]},
    )


def _without_others(names: Sequence[str]) -> list[str]:
    """That nothing is known of the other platforms a question named, or came from."""
    listed = "、".join(f"“{name}”" for name in dict.fromkeys(names))
    return [f"知识库里没有{listed}的规则，下面只是这里有的规则，不能照搬。"] if listed else []


def _topic(passage: Passage) -> str:
    return f"《{passage.title}》：{passage.heading or passage.title}"


def _unquoted(seen: Examined, citations: Sequence[Citation]) -> tuple[str, ...]:
    """Headings of the sections found that were not quoted."""
    quoted = {citation.section for citation in citations}
    headings = [p.heading for p in seen.found.passages if p.heading and p.section not in quoted]
    return tuple(dict.fromkeys(headings))[:_OFFERED]


def _ages(citations: Sequence[Citation], today: dt.date) -> list[str]:
    dated = {c.title: c.published for c in citations if c.published}
    notes = []
    for title, published in dated.items():
        years = today.year - int(published[:4])
        age = f"，距今约{years}年，情况可能已有变化" if years >= 1 else ""
        notes.append(f"（《{title}》发布于{_spoken(published)}{age}。）")
    return notes


def _spoken(published: str) -> str:
    return "".join(
        f"{int(part)}{unit}" for part, unit in zip(published.split("-"), "年月日", strict=False)
    )
