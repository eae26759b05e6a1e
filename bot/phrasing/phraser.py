"""From what the pipeline decided to say to a phrased answer, sentence by checked sentence."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.answers import Answer, Calculation, Question
from bot.calculating import cite
from bot.errors import ChatModelError, RuleError
from bot.figures import unsourced
from bot.language import speaks_english
from bot.phrasing.checking import Checker
from bot.phrasing.drafts import DraftReader, Sentence
from bot.phrasing.model import GuardedModel, Reply, Usage
from bot.phrasing.prompts import messages_for
from bot.phrasing.toolcalls import run_asked
from bot.rules.ruleset import Rules
from bot.tools import structured_tools
from ingest.articles import Article

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_LOG = logging.getLogger(__name__)
_PHRASED = ("answered", "calculated")
_MOST_ROUNDS = 3
_LIST_LINES = 3


@dataclass
class _Run:
    """What came of one question so far; ``shown`` is all that was handed out."""

    composed: Answer
    answer: Answer
    shown: str = ""
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

    def stream(self, question: Question, composed: Answer) -> Iterator[str | Answer]:
        """Checked sentences as they come, then the answer, whose text begins with just those.

        What is not fit for phrasing (a refusal, a question back, small talk, an answer in
        English) comes back as it is. Nothing shown is ever taken back.
        """
        english = speaks_english(question.text, question.history)
        if composed.status not in _PHRASED or not composed.citations or english:
            yield composed
            return
        run = _Run(composed, composed)
        parts = _Parts.of(composed)
        reason = None
        try:
            for piece in self._pieces(question, run, parts):
                run.shown += piece
                yield piece
        except ChatModelError as exc:
            reason = exc.reason
        except Exception as exc:  # whatever a service sends, the merchant gets an answer
            _LOG.warning("phrasing failed: %s", type(exc).__name__)
            reason = "unexpected"
        yield self._finished(run, parts, reason or _too_little(run))

    def _pieces(self, question: Question, run: _Run, parts: _Parts) -> Iterator[str]:
        """Sentences that hold, each with the blank space between it and the one before."""
        gap, breaks, most = f"{parts.lead}\n\n" if parts.lead else "", 0, 0
        for sentence in self._sentences(question, run):
            if not sentence.says_nothing:
                most, breaks = max(most, breaks), 0
                fault = self.checker.fault(sentence, question, run.answer)
                if fault:
                    run.faults.append(fault)
                else:
                    run.kept.append(sentence)
                    yield gap + sentence.text.strip()
                    most = 0
            breaks += sentence.text.count("\n")
            # Where sentences were dropped the widest gap among them stays.
            gap = "\n" * min(2, max(most, breaks)) if run.kept else gap

    def _sentences(self, question: Question, run: _Run) -> Iterator[Sentence]:
        """Sentences of the draft; one that breaks off is none."""
        deadline = time.monotonic() + self.timeout_s
        messages = messages_for(question, run.answer)
        tools = structured_tools(self.rules, question.today) if self.rules else []
        for _ in range(_MOST_ROUNDS):
            reader = DraftReader()
            for part in self.model.stream(messages, tools, deadline=deadline):
                if isinstance(part, str):
                    yield from reader.feed(part)
                    continue
                run.usage += part.usage
                yield from reader.finish()
                if not part.tool_calls:
                    return
                messages = [*messages, *self._called(part, question, run)]
        raise ChatModelError("rounds", "大模型反复调用工具，没有给出回答。")

    def _called(self, reply: Reply, question: Question, run: _Run) -> Iterator[BaseMessage]:
        """The reply, and a result or the reason for none for each tool it asked for."""
        from langchain_core.messages import AIMessage, ToolMessage

        yield AIMessage(content=reply.text, tool_calls=list(reply.tool_calls))
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

    def _finished(self, run: _Run, parts: _Parts, reason: str | None) -> Answer:
        answer = run.answer if _relies_on_more(run) else run.composed
        added = answer.calculations[len(run.composed.calculations) :]
        working = "\n".join(f"- {step}" for made in added for step in made.steps)
        keeps_body = reason is not None or _keeps_working(run.composed)
        said = (run.shown or parts.lead, working, parts.body if keeps_body else "", parts.notes)
        trace = {
            "model": self.model.name,
            "phrased": reason is None,
            "reason": reason,
            "kept": len(run.kept),
            "dropped": run.faults,
            "refused_calls": run.refused_calls,
            "input_tokens": run.usage.input_tokens,
            "output_tokens": run.usage.output_tokens,
            "cost": round(self.model.prices.of(run.usage), 6),
        }
        return replace(
            answer,
            text="\n\n".join(part for part in said if part),
            trace={**answer.trace, "phrasing": trace},
        )


@dataclass(frozen=True)
class _Parts:
    """Lead, body and notes of a composed text; only the body carries marks."""

    lead: str
    body: str
    notes: str

    @classmethod
    def of(cls, composed: Answer) -> _Parts:
        """Cut a text where its marks begin and end; a calculation stays whole."""
        if composed.calculations:
            return cls("", composed.text, "")
        paragraphs = composed.text.split("\n\n")
        marked = [at for at, part in enumerate(paragraphs) if Sentence(part).marks]
        if not marked:
            return cls("", composed.text, "")
        first, last = marked[0], marked[-1] + 1
        cuts = paragraphs[:first], paragraphs[first:last], paragraphs[last:]
        return cls(*("\n\n".join(part) for part in cuts))


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


def _with_calculation(
    answer: Answer, made: Calculation, article: Callable[[str], Article | None]
) -> tuple[Answer, set[int]]:
    """The answer with one more calculation; the marks of the sentences it relies on."""
    known = {(c.article_id, c.start, c.end): c.n for c in answer.citations}
    citations = list(answer.citations)
    marks = set()
    for cited in cite([made], article):
        place = (cited.article_id, cited.start, cited.end)
        if place not in known:
            known[place] = len(citations) + 1
            citations.append(replace(cited, n=known[place]))
        marks.add(known[place])
    calculations = answer.calculations
    if made not in calculations:
        calculations = (*calculations, made)
    return replace(answer, citations=tuple(citations), calculations=calculations), marks


def _relies_on_more(run: _Run) -> bool:
    """Whether what is said needs the calculations that the model asked for."""
    before = {citation.n for citation in run.composed.citations}
    if any(set(sentence.marks) - before for sentence in run.kept):
        return True
    said = "\n".join(sentence.words for sentence in run.kept)
    sources = [c.quote for c in run.composed.citations]
    sources += [step for made in run.composed.calculations for step in made.steps]
    return any(unsourced(said, "\n".join(sources)))
