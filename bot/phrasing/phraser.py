"""From what the pipeline decided to say to a phrased answer, sentence by checked sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.answers import Answer, Calculation, Question
from bot.calculating import cite
from bot.errors import ChatModelError, RuleError
from bot.phrasing.checking import Checker
from bot.phrasing.drafts import DraftReader, Sentence
from bot.phrasing.model import GuardedModel, Usage
from bot.phrasing.prompts import messages_for
from bot.phrasing.toolcalls import run_asked
from bot.rules.ruleset import Rules
from bot.text import is_english
from bot.tools import structured_tools
from ingest.articles import Article

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage

_PHRASED = ("answered", "calculated")
_MOST_ROUNDS = 3
_LIST_LINES = 3


@dataclass(frozen=True)
class Prices:
    """What a million tokens cost, in whatever currency the service bills."""

    input: float = 0.0
    output: float = 0.0

    def of(self, usage: Usage) -> float:
        """The cost of a call."""
        return (usage.input_tokens * self.input + usage.output_tokens * self.output) / 1e6


@dataclass
class _Run:
    """What came of one question so far."""

    answer: Answer
    kept: list[Sentence] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    refused_calls: int = 0


@dataclass(frozen=True)
class Phraser:
    """Lets a chat model phrase answers; safe to share between threads.

    ``rules`` None means that the model gets no tools. ``timeout_s`` bounds everything that is
    done for one question here.
    """

    model: GuardedModel
    checker: Checker
    rules: Rules | None
    article: Callable[[str], Article | None]
    timeout_s: float
    prices: Prices = Prices()

    def stream(self, question: Question, composed: Answer) -> Iterator[str | Answer]:
        """Checked sentences as they come, then the answer that begins with just those.

        What is not fit for phrasing (a refusal, a question back, small talk, an answer in
        English) comes back as it is. Nothing shown is ever taken back.
        """
        if composed.status not in _PHRASED or not composed.citations or is_english(question.text):
            yield composed
            return
        run = _Run(composed)
        lead, _, notes = _parts(composed.text)
        reason = None
        try:
            for sentence in self._sentences(question, run):
                fault = self.checker.fault(sentence, question, run.answer)
                if fault:
                    run.faults.append(fault)
                    continue
                if not run.kept and lead:
                    yield f"{lead}\n\n"
                run.kept.append(sentence)
                yield sentence.text
        except ChatModelError as exc:
            reason = exc.reason
        yield self._finished(run, lead, notes, reason or _too_little(run))

    def _sentences(self, question: Question, run: _Run) -> Iterator[Sentence]:
        """Sentences of the draft; those of a reply that was cut off end with the last whole."""
        deadline = time.monotonic() + self.timeout_s
        messages = messages_for(question, run.answer)
        tools = structured_tools(self.rules, question.today) if self.rules else []
        for _ in range(_MOST_ROUNDS):
            reader, reply = DraftReader(), None
            for chunk in self.model.stream(messages, tools, deadline=deadline):
                reply = chunk if reply is None else reply + chunk
                yield from _speaking(reader.feed(chunk.text))
            if reply is None or not _is_whole(reply):
                run.usage += _usage(reply)
                raise ChatModelError("cut", "大模型的回答中途断了。")
            run.usage += _usage(reply)
            yield from _speaking(reader.finish())
            if not reply.tool_calls:
                return
            messages = [*messages, *self._called(reply, question, run)]
        raise ChatModelError("rounds", "大模型反复调用工具，没有给出回答。")

    def _called(self, reply: AIMessage, question: Question, run: _Run) -> Iterator[BaseMessage]:
        """The reply, and a result or the reason for none for each tool it asked for."""
        from langchain_core.messages import AIMessage as Message
        from langchain_core.messages import ToolMessage

        yield Message(content=reply.text, tool_calls=reply.tool_calls)
        for call in reply.tool_calls:
            yield ToolMessage(self._result(call, question, run), tool_call_id=call["id"] or "")

    def _result(self, call: Any, question: Question, run: _Run) -> str:
        if self.rules is None:
            return "没有这个工具。"
        try:
            made = run_asked(call["name"], call["args"], question, self.rules)
            run.answer, marks = _with_calculation(run.answer, made, self.article)
        except RuleError as exc:
            run.refused_calls += 1
            return f"不能计算：{exc}"
        steps = "\n".join(made.steps)
        quoted = "\n".join(f"[{c.n}] {c.quote}" for c in run.answer.citations if c.n in marks)
        return f"{steps}\n依据：\n{quoted}"

    def _finished(self, run: _Run, lead: str, notes: str, reason: str | None) -> Answer:
        said = "".join(sentence.text for sentence in run.kept).strip()
        shown = f"{lead}\n\n{said}" if lead and said else said
        composed = run.answer.text
        if reason is None and not _keeps_working(run.answer):
            text = "\n\n".join(part for part in (shown, notes) if part)
        else:
            below = composed.removeprefix(lead).strip() if said else composed
            text = f"{shown}\n\n{below}" if said else composed
        trace = {
            "model": self.model.name,
            "phrased": reason is None,
            "reason": reason,
            "kept": len(run.kept),
            "dropped": run.faults,
            "refused_calls": run.refused_calls,
            "input_tokens": run.usage.input_tokens,
            "output_tokens": run.usage.output_tokens,
            "cost": round(self.prices.of(run.usage), 6),
        }
        return replace(run.answer, text=text, trace={**run.answer.trace, "phrasing": trace})


def _speaking(sentences: list[Sentence]) -> Iterator[Sentence]:
    return (sentence for sentence in sentences if not sentence.says_nothing)


def _too_little(run: _Run) -> str | None:
    """Why what is left of a draft does not do; what was ranked first has to be said."""
    if not run.kept:
        return "nothing_kept"
    if len(run.faults) > len(run.kept):
        return "mostly_dropped"
    first = run.answer.citations[0].n
    if run.answer.status == "answered" and not any(first in s.marks for s in run.kept):
        return "best_left_out"
    return None


def _keeps_working(answer: Answer) -> bool:
    """Whether the composed text stays below: a calculation's steps, a list's every item."""
    return bool(answer.calculations) or any(
        len(citation.quote.splitlines()) >= _LIST_LINES for citation in answer.citations
    )


def _parts(text: str) -> tuple[str, str, str]:
    """Lead, quoted body and notes of a composed text; only the body carries marks."""
    paragraphs = text.split("\n\n")
    marked = [at for at, part in enumerate(paragraphs) if Sentence(part).marks]
    if not marked:
        return "", text, ""
    first, last = marked[0], marked[-1] + 1
    cuts = paragraphs[:first], paragraphs[first:last], paragraphs[last:]
    lead, body, notes = ("\n\n".join(part) for part in cuts)
    return lead, body, notes


def _is_whole(reply: AIMessageChunk) -> bool:
    """Whether the service said that the reply is complete, and the reply was not cut short."""
    return reply.response_metadata.get("finish_reason") in ("stop", "tool_calls")


def _usage(reply: AIMessage | None) -> Usage:
    counted = reply.usage_metadata if reply else None
    return Usage(counted["input_tokens"], counted["output_tokens"]) if counted else Usage()


def _with_calculation(
    answer: Answer, made: Calculation, article: Callable[[str], Article | None]
) -> tuple[Answer, set[int]]:
    """The answer with one more calculation and the sentences it relies on."""
    known = {(c.article_id, c.start, c.end): c.n for c in answer.citations}
    citations = list(answer.citations)
    marks = set()
    for cited in cite([made], article):
        place = (cited.article_id, cited.start, cited.end)
        if place not in known:
            known[place] = len(citations) + 1
            citations.append(replace(cited, n=known[place]))
        marks.add(known[place])
    both = (*answer.calculations, made)
    return replace(answer, citations=tuple(citations), calculations=both), marks
