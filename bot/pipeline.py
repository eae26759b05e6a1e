"""The way a question takes, from a merchant's words to a cited answer."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast
from zoneinfo import ZoneInfo

from bot import replies
from bot.answers import Answer, Question, Turn
from bot.calculating import Calculator, cite
from bot.conversation import last_answer
from bot.distinctions import Distinctions
from bot.errors import CitationError, RuleDataError
from bot.examining import Examined
from bot.guard import withhold_unsupported
from bot.phrasing import Phraser, calls_made, traced
from bot.quoting import Quoter
from bot.reading import NoQuestionError, read_question
from bot.text import terms

_SHANGHAI = ZoneInfo("Asia/Shanghai")
# Two cases are told apart by a question when the articles about them score this close.
_UNSAID_MARGIN = 0.08
_LOOKS = 2
# Of so few words a question may well fit several platforms.
_VAGUE_TERMS = 4


def today_in_shanghai() -> dt.date:
    """The day it is where the merchants are."""
    return dt.datetime.now(_SHANGHAI).date()


@dataclass(frozen=True)
class MerchantBot(Quoter):
    """Answers merchants' questions; made by ``open_bot``. Safe to share between threads."""

    calculator: Calculator
    distinctions: Distinctions
    phraser: Phraser | None = None

    def ask(
        self, text: str, *, history: Sequence[Turn] = (), today: dt.date | None = None
    ) -> Answer:
        """Answer one question; whatever the input, an Answer comes back."""
        *_, answer = self.stream(text, history=history, today=today)
        return cast(Answer, answer)

    def stream(
        self, text: str, *, history: Sequence[Turn] = (), today: dt.date | None = None
    ) -> Iterator[str | Answer]:
        """Sentences of the answer as they are ready, where a chat model phrases it; the Answer."""
        started = time.perf_counter()
        day = today or today_in_shanghai()
        try:
            asked = self.wording.question_in(read_question(text))
            asked, others = self.platforms.asked_of_own(asked, self.wording.asks)
            question = Question(asked, day, tuple(history), others)
        except NoQuestionError as exc:
            parts: Iterator[str | Answer] = iter([replies.rejected(str(exc))])
        else:
            with calls_made() as calls:
                answer = self._answered(question)
            answer = traced(withhold_unsupported(answer, question), calls)
            parts = self.phraser.stream(question, answer) if self.phraser else iter([answer])
        for part in parts:
            if isinstance(part, Answer):
                total = round((time.perf_counter() - started) * 1000, 1)
                part = replace(part, timings_ms={**part.timings_ms, "total": total})
            yield part

    async def aask(
        self, text: str, *, history: Sequence[Turn] = (), today: dt.date | None = None
    ) -> Answer:
        """The same without holding up the event loop."""
        return await asyncio.to_thread(self.ask, text, history=history, today=today)

    def _answered(self, question: Question) -> Answer:
        for _ in range(_LOOKS):
            try:
                return self._answer(question)
            except CitationError:
                # An article was replaced between finding and quoting it: look again.
                continue
        return replies.unsettled()

    def _answer(self, question: Question) -> Answer:
        if not question.text:
            return replies.only_instructions()
        if reply := self.wording.smalltalk(question.text):
            return replies.smalltalk(reply)
        if self.wording.asks_to_forge(question.text):
            return replies.no_forgery()
        if calculated := self._calculated(question):
            return calculated
        left_open = self.calculator.left_open(question.text, question.today)
        seen = self.examine(left_open) if left_open else self.examine_in_context(question)
        if unsaid := self._unsaid(seen, last_answer(question.history)):
            return replies.which_case(seen, *unsaid)
        if not self.is_sure(seen):
            texts = [passage.text for passage in seen.found.passages[:3]]
            return replies.not_found(seen, self.wording.missing_figure(seen.question, texts))
        composed = self.quote(seen)
        if missing := self.missing(seen, composed):
            return replies.not_written(seen, composed, missing)
        near = self.platforms.nearly_named(question.text)
        return replies.answered(seen, composed, question, near)

    def _calculated(self, question: Question) -> Answer | None:
        worked = self.calculator.work(question.text, question.history, question.today)
        if worked is None or (worked.strays and self.is_sure(self.examine(question.text))):
            return None
        if not worked.calculations:
            return replies.ask_for_inputs(worked)
        try:
            citations = cite(worked.calculations, self.retriever.article)
        except RuleDataError:
            # The article no longer says what the rule quotes: what it says now is answered.
            return None
        also = tuple(self.beside(worked.left, citations))
        return replies.calculated(worked, citations, question, also)

    def _unsaid(self, seen: Examined, said: str) -> tuple[str, tuple[str, ...]] | None:
        """What to ask back, with its options; to ask needs less certainty than to answer.

        ``said`` is the answer before: what it asked is not asked again.
        """
        if seen.foreign or seen.features.get("figure_missing") or not self.may_be_answered(seen):
            return None
        if seen.topic_named or seen.features.get("other_platform"):
            return None
        passages = seen.found.passages
        unsaid = self.distinctions.unsaid(seen.question, passages, margin=_UNSAID_MARGIN)
        if unsaid and unsaid.question not in said:
            return unsaid.question, unsaid.labels
        if seen.found.named or not self.is_sure(seen) or not self._is_vague(seen.question):
            return None
        near = [p.platform for p in passages if p.score >= passages[0].score - _UNSAID_MARGIN]
        platforms = tuple(dict.fromkeys(near))
        return ("您问的是哪个平台？", platforms) if len(platforms) > 1 else None

    @staticmethod
    def _is_vague(question: str) -> bool:
        return len(set(terms(question))) <= _VAGUE_TERMS
