"""What is said around the quoted sentences: leads, ages, refusals, suggestions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.answers import Answer, Calculation, Citation, Passage, Question
from bot.composing import Composed

if TYPE_CHECKING:
    from bot.asking_back import AskedBack
    from bot.calculating import Worked
    from bot.examining import Examined
    from bot.quoting import Aside
    from bot.reading import NoQuestionError
    from bot.wording import SmallTalk

_OFFERED = 3


@dataclass(frozen=True)
class Reply:
    """An answer, and what is said in English in front of its text or, ``instead``, for it."""

    answer: Answer
    english: str
    instead: bool = False

    def spoken(self, *, english: bool) -> Answer:
        """The answer as it is said to who asks in English, or in Chinese."""
        if not english:
            return self.answer
        text = self.english if self.instead else f"{self.english}\n\n{self.answer.text}"
        return replace(self.answer, text=text)


def rejected(problem: NoQuestionError) -> Reply:
    """The input is no question."""
    return Reply(Answer("rejected", str(problem)), problem.english, instead=True)


def smalltalk(talk: SmallTalk) -> Reply:
    """A short human reply; nothing is cited."""
    return Reply(Answer("answered", talk.chinese, confidence=1.0), talk.english, instead=True)


def no_forgery() -> Reply:
    """Nothing is made up, whoever asks."""
    answer = Answer(
        "not_found",
        "不能编造规则、公告或出处，也不能改动引文。"
        "知识库里有的规则可以直接问，每句话都会给出原文。",
        confidence=1.0,
        trace={"reason": "forgery"},
    )
    said = (
        "No rule, notice or source is made up here, and no quotation is changed. Ask about the "
        "rules in the knowledge base; every sentence comes with its original."
    )
    return Reply(answer, said, instead=True)


def only_instructions() -> Reply:
    """Instructions are text; there is no question among them."""
    answer = Answer(
        "not_found",
        "这句话里没有要查的问题；要我怎样回答、规则改成怎样，都以文章为准。请直接问规则。",
        confidence=1.0,
        trace={"reason": "instructions"},
    )
    said = (
        "There is no question to look up in this. How answers are given, and what the rules are, "
        "goes by the articles. Please ask about a rule."
    )
    return Reply(answer, said, instead=True)


def unsettled() -> Reply:
    """The articles changed each time they were to be quoted; nothing unchecked is shown."""
    answer = Answer(
        "not_found",
        "文章正在更新，引文核对不上，所以先不作回答。请过一会儿再问。",
        trace={"reason": "articles_changing"},
    )
    said = "The articles are being updated and quotations cannot be checked. Please ask again soon."
    return Reply(answer, said, instead=True)


def answered(
    seen: Examined,
    composed: Composed,
    question: Question,
    near: Mapping[str, str],
    also: Sequence[Aside] = (),
    said: Sequence[str] = (),
) -> Reply:
    """The quoted sentences, with their age where it is known; ``also`` what else was asked.

    ``said`` stands in place of what they say one after the other.
    """
    leads = [
        f"您说的“{said}”，这里按{platform}的规则回答（两者如今是不同的产品）。"
        for said, platform in near.items()
    ]
    leads += _without_others([*question.others, *seen.left_behind])
    citations = tuple(sorted((*composed.citations, *_cited(also)), key=lambda each: each.n))
    notes = _ages(citations, question.today)
    answer = Answer(
        "answered",
        "\n\n".join([*leads, *(said or _one_after_the_other(composed, also)), *notes]),
        citations=citations,
        confidence=seen.confidence,
        suggestions=_unquoted(seen, citations),
        timings_ms=seen.timings_ms,
        trace={"question": "；".join([seen.question, *(each.seen.question for each in also)])},
    )
    return Reply(answer, "From the knowledge base (quoted in Chinese):")


def _one_after_the_other(composed: Composed, also: Sequence[Aside]) -> Iterator[str]:
    yield composed.text
    yield from map(_beside, _missing_last(also))


def compared(sides: Sequence[Aside], question: Question, near: Mapping[str, str]) -> Reply:
    """What the articles say of each of several things, side by side; all of them quote."""
    said = [f"{side.asked}：\n\n{side.composed.text}" for side in sides if side.composed]
    first, *others = sides
    if first.composed is None:
        raise ValueError("each side has to be written of")
    return answered(first.seen, first.composed, question, near, others, said)


def answered_in_part(asides: Sequence[Aside], question: Question, near: Mapping[str, str]) -> Reply:
    """What is answered of several questions, and which of them are not.

    At least one of ``asides`` is answered, those that quote are numbered in their order.
    """
    first, *others = _missing_last(asides)
    if first.composed is None:
        raise ValueError("at least one question has to be answered")
    reply = answered(first.seen, first.composed, question, near, others)
    if all(each.is_answered for each in asides):
        return reply
    return replace(
        reply,
        english="The knowledge base answers part of this (quoted in Chinese); "
        "what it does not hold is named below.",
    )


def not_written(seen: Examined, composed: Composed, missing: str) -> Reply:
    """The articles speak of it and leave this point open: what they do say is quoted."""
    answer = Answer(
        "not_found",
        f"知识库的文章{_left_open(composed, missing)}",
        citations=composed.citations,
        confidence=seen.confidence,
        suggestions=_unquoted(seen, composed.citations),
        timings_ms=seen.timings_ms,
        trace={"question": seen.question, "reason": "open_point"},
    )
    said = "The articles leave this point open. What they do say (quoted in Chinese):"
    return Reply(answer, said)


def not_found(seen: Examined, missing: str | None) -> Reply:
    """Nothing was found that answers; says what is missing, and what there is instead."""
    names = sorted(seen.foreign)
    text = f"{_why_not(seen, missing)}，所以不作回答。"
    topics = list(dict.fromkeys(_topic(passage) for passage in seen.found.passages))[:_OFFERED]
    said = "The knowledge base holds nothing that answers this, so no answer is given."
    reason = "not_sure"
    if names:
        reason = "other_platform"
        text = f"{_why_not(seen, missing)}，别的平台的规则不能照搬，所以不作回答。"
        said = (
            "The knowledge base holds no rules of the platform you name. Those of another one "
            "cannot be carried over, so no answer is given."
        )
    if topics:
        text += "\n\n知识库里相近的内容有：\n\n" + "\n".join(f"- {topic}" for topic in topics)
        said += " The nearest topics it does hold are listed below, in Chinese."
    answer = Answer(
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
    return Reply(answer, said)


def which_case(seen: Examined, asked: AskedBack) -> Reply:
    """The question leaves open which of several cases, or topics, it means."""
    answer = Answer(
        "clarify",
        asked.question,
        confidence=seen.confidence,
        suggestions=asked.options,
        timings_ms=seen.timings_ms,
        trace={"question": seen.question, "reason": asked.reason},
    )
    return Reply(answer, asked.english or "Which of these do you mean? Please choose one:")


def ask_for_inputs(worked: Worked) -> Reply:
    """A calculation needs something that was not said, or was given something that cannot be."""
    asked = [entry.question for entry in worked.missing]
    options = tuple(option for entry in worked.missing[:1] for option in entry.options)
    answer = Answer(
        "clarify",
        "\n\n".join([*worked.problems, *asked]),
        confidence=1.0,
        suggestions=options,
        trace={
            "question": worked.restated,
            "reason": "missing_input" if asked else "invalid_input",
            "missing": [entry.name for entry in worked.missing],
            "readings": list(worked.readings) + list(worked.problems) + asked,
        },
    )
    cannot = ["This cannot be as it is given; why stands below, in Chinese."]
    said = (cannot if worked.problems else []) + [entry.english for entry in worked.missing]
    return Reply(answer, "\n\n".join(said))


def calculated(
    worked: Worked, citations: Sequence[Citation], question: Question, also: Sequence[Aside] = ()
) -> Reply:
    """The results, how they were worked out and by which sentences, how open points were read."""
    parts = _without_others(question.others)
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
    parts.extend(map(_beside, also))
    citations = (*citations, *_cited(also))
    parts.extend(_ages(citations, question.today))
    answer = Answer(
        "calculated",
        "\n\n".join(parts),
        citations=citations,
        calculations=worked.calculations,
        confidence=1.0,
        trace={
            "question": "；".join([worked.restated, *(each.seen.question for each in also)]),
            "readings": list(worked.readings) + [e.question for e in worked.missing],
        },
    )
    results = "; ".join(filter(None, map(_in_english, worked.calculations)))
    said = ["Calculated from the rules in the articles:", *([results] if results else [])]
    return Reply(answer, "\n\n".join([*said, *(entry.english for entry in worked.missing)]))


def _in_english(calculation: Calculation) -> str:
    """The results that need no words: amounts, days, yes or no."""
    plain = {
        name.replace("_", " "): ("no", "yes")[value] if isinstance(value, bool) else value
        for name, value in calculation.result.items()
        if isinstance(value, bool | int | str)
        and str(value).isascii()
        and not name.endswith("_exact")
    }
    return ", ".join(f"{name}: {value}" for name, value in plain.items())


def _beside(aside: Aside) -> str:
    """One of several questions with what the articles say to it."""
    if aside.composed and aside.missing:
        said = f"知识库的文章{_left_open(aside.composed, aside.missing)}"
    elif aside.composed:
        said = aside.composed.text
    else:
        said = f"{_why_not(aside.seen, aside.missing)}。"
    return f"另外问的“{aside.asked}”：\n\n{said}"


def _missing_last(asides: Sequence[Aside]) -> list[Aside]:
    return sorted(asides, key=lambda aside: (not aside.is_answered, aside.composed is None))


def _cited(asides: Sequence[Aside]) -> tuple[Citation, ...]:
    return tuple(c for each in asides if each.composed for c in each.composed.citations)


def _left_open(composed: Composed, missing: str) -> str:
    return f"没有写明{missing}，写到的是：\n\n{composed.text}"


def _why_not(seen: Examined, missing: str | None) -> str:
    """What the knowledge base does not hold."""
    if seen.foreign:
        return f"知识库里没有{'、'.join(sorted(seen.foreign))}的规则"
    if topic := seen.uncovered_topic:
        return f"知识库里没有收录“{topic}”方面的内容"
    what = f"这个问题要的{missing}" if missing else "能回答这个问题的内容"
    return f"知识库里没有找到{what}"


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
