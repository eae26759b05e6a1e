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
from bot.asking_back import Asker
from bot.calculating import Calculator, cite
from bot.errors import CitationError, RuleDataError
from bot.guard import withhold_unsupported
from bot.language import speaks_english
from bot.phrasing import Phraser, calls_made, traced
from bot.reading import NoQuestionError, read_question
from bot.replies import Reply

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_LOOKS = 2
# Characters of a letter, which has several lines; a question is short.
_A_LETTER = 80


def today_in_shanghai() -> dt.date:
    """The day it is where the merchants are."""
    return dt.datetime.now(_SHANGHAI).date()


@dataclass(frozen=True)
class MerchantBot(Asker):
    """Answers merchants' questions; made by ``open_bot``. Safe to share between threads."""

    calculator: Calculator
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
        english = speaks_english(text, history)
        try:
            typed = self.in_characters(read_question(text))
            asked = self.wording.question_in(typed)
            asked, others = self.platforms.asked_of_own(asked, self.wording.asks)
            earlier = self.wording.questions_in(history)
            question = self._asked_alone(Question(asked, day, earlier, others, typed))
        except NoQuestionError as exc:
            rejected = replies.rejected(exc).spoken(english=english)
            parts: Iterator[str | Answer] = iter([rejected])
        else:
            with calls_made() as calls:
                answer = self._answered(question).spoken(english=english)
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

    def _answered(self, question: Question) -> Reply:
        for _ in range(_LOOKS):
            try:
                return self._answer(question)
            except CitationError:
                # An article was replaced between finding and quoting it: look again.
                continue
        return replies.unsettled()

    def _answer(self, question: Question) -> Reply:
        if not question.text:
            return replies.only_instructions()
        if talk := self.wording.smalltalk(question.text):
            return replies.smalltalk(talk)
        if self.wording.asks_to_forge(question.text):
            return replies.no_forgery()
        if calculated := self._calculated(question):
            return calculated
        left_open = self.calculator.left_open(question)
        if not left_open and self.only_replies(question):
            return replies.smalltalk(self.wording.acknowledgement)
        seen = self.examine(left_open) if left_open else self.examine_in_context(question)
        if alone := self.after_a_story(question, seen):
            return self._answer(alone)
        if asked_back := self.asked_back(seen, question, self.calculator.offered(question)):
            return replies.which_case(seen, asked_back)
        near = self.platforms.nearly_named(question.text)
        composed = self.quote(seen) if self.is_sure(seen) else None
        missing = self.missing(seen, composed) if composed else None
        if sides := self.compared(question, seen, composed):
            return replies.compared(sides, question, near)
        if composed and not missing:
            also = tuple(self.left_over(question, composed))
            return replies.answered(seen, composed, question, near, also)
        is_apart = composed is None or self.lacks_needed(seen)
        if is_apart and (asides := self.one_by_one(question)):
            return replies.answered_in_part(asides, question, near)
        if composed and missing:
            return replies.not_written(seen, composed, missing)
        if topics := self.sections_on(question.text, seen):
            return replies.which_case(seen, topics)
        return replies.not_found(seen, self.figure_lacking(seen))

    def _asked_alone(self, question: Question) -> Question:
        """Of orders, of a request to make something up, or of a letter that tells no case: what
        one of its sentences clearly asks by itself; the question as it is elsewhere."""
        text, typed = question.text, question.typed
        forged = not text or self.wording.asks_to_forge(text)
        letter = "\n" in typed.strip() and len(typed) >= _A_LETTER
        if not (forged or letter or text != typed):
            return question
        if not forged:
            worked = self.calculator.work(text, question.history, question.today)
            told = worked is not None and (bool(worked.calculations) or not letter)
            if told or (not letter and self.is_sure(self.examine_in_context(question))):
                return question
        asked = self.clearly_asked(typed) or self.clearly_asked(typed, clauses=True)
        return replace(question, text=asked) if asked else question

    def _calculated(self, question: Question) -> Reply | None:
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
