"""The way a question takes, from a merchant's words to a cited answer."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import cast
from zoneinfo import ZoneInfo

from bot import replies
from bot.answers import Answer, Question, Turn
from bot.calculating import Calculator, cite
from bot.composing import Composed, Span, Style, choose, compose, verify
from bot.confidence import Calibration, features
from bot.conversation import Conversation
from bot.distinctions import Distinction, Distinctions
from bot.errors import CitationError, RuleDataError
from bot.guard import withhold_unsupported
from bot.phrasing import Phraser
from bot.platforms import Platforms
from bot.ranking import Ranked, UnitRanker
from bot.reading import NoQuestionError, read_question
from bot.retrieval import HybridRetriever, Retrieved
from bot.rewording import Thesaurus, homophones_of, rewordings
from bot.steps import place_asked, step_asked
from bot.wording import Wording

_SHANGHAI = ZoneInfo("Asia/Shanghai")
# Two cases are told apart by a question when the articles about them score this close.
_UNSAID_MARGIN = 0.06
_LOOKS = 2
# From here on a reading is taken without looking at the next one.
_CLEAR = 0.6


def today_in_shanghai() -> dt.date:
    """The day it is where the merchants are."""
    return dt.datetime.now(_SHANGHAI).date()


@dataclass(frozen=True)
class Examined:
    """What was found for a question and how sure it is; the hit test shows all of it."""

    question: str
    found: Retrieved
    ranked: list[Ranked]
    features: dict[str, float]
    confidence: float
    foreign: frozenset[str]
    timings_ms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class MerchantBot:
    """Answers merchants' questions; made by ``open_bot``. Safe to share between threads."""

    retriever: HybridRetriever
    ranker: UnitRanker
    calculator: Calculator
    conversation: Conversation
    platforms: Platforms
    distinctions: Distinctions
    thesaurus: Thesaurus
    wording: Wording
    calibration: Calibration
    style: Style = field(default_factory=Style)
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
            question = Question(asked, day, tuple(history))
        except NoQuestionError as exc:
            parts: Iterator[str | Answer] = iter([replies.rejected(str(exc))])
        else:
            answer = withhold_unsupported(self._answered(question), question)
            parts = self.phraser.stream(question, answer) if self.phraser else iter([answer])
        for part in parts:
            if isinstance(part, Answer):
                total = round((time.perf_counter() - started) * 1000, 1)
                part = replace(part, timings_ms={**part.timings_ms, "total": total})
            yield part

    def _answered(self, question: Question) -> Answer:
        for _ in range(_LOOKS):
            try:
                return self._answer(question)
            except CitationError:
                # An article was replaced between finding and quoting it: look again.
                continue
        return replies.unsettled()

    def _answer(self, question: Question) -> Answer:
        if reply := self.wording.smalltalk(question.text):
            return replies.smalltalk(reply)
        if self.wording.asks_to_forge(question.text):
            return replies.no_forgery()
        if calculated := self._calculated(question):
            return calculated
        seen = self.examine_in_context(question)
        if unsaid := self._unsaid(seen):
            return replies.which_case(seen, unsaid)
        if not self.is_sure(seen):
            return replies.not_found(seen)
        composed = compose(self._spans(seen))
        verify(composed.citations, self.retriever.article_text)
        if missing := self._not_written(seen, composed):
            return replies.not_written(seen, composed, missing)
        near = self.platforms.nearly_named(question.text)
        return replies.answered(seen, composed, question, near)

    def _spans(self, seen: Examined) -> list[Span]:
        """What is quoted: the one step asked for, else what says most of what was asked."""
        place = place_asked(seen.question)
        step = step_asked(seen.found.passages, place) if place else []
        wants_list = self.wording.wants_list(seen.question)
        return step or choose(seen.ranked, wants_list=wants_list, style=self.style)

    def _not_written(self, seen: Examined, composed: Composed) -> str | None:
        """What the articles say themselves, or can be seen, not to hold; None when they answer."""
        quotes = [citation.quote for citation in composed.citations]
        best = seen.ranked[0]
        if best.open_point or self.wording.is_open_point(re.split("[。：]", quotes[0])[0]):
            return "这一点"
        return self.wording.needed_figure(seen.question, quotes)

    def _calculated(self, question: Question) -> Answer | None:
        worked = self.calculator.work(question.text, question.history, question.today)
        if worked is None:
            return None
        if not worked.calculations:
            return replies.ask_for_inputs(worked)
        try:
            citations = cite(worked.calculations, self.retriever.article)
        except RuleDataError:
            # The article no longer says what the rule quotes: what it says now is answered.
            return None
        also = tuple(self._also(worked.left, first=len(citations) + 1))
        return replies.calculated(worked, citations, question, also)

    def _also(self, asked: Sequence[tuple[str, str]], *, first: int) -> Iterator[replies.Aside]:
        """What the articles say to questions asked beside the calculation; None where unsure."""
        for typed, text in asked:
            seen = self.examine(text)
            composed = None
            if self.is_sure(seen):
                wants_list = self.wording.wants_list(text)
                spans = choose(seen.ranked, wants_list=wants_list, style=self.style)
                composed = compose(spans, first=first)
                verify(composed.citations, self.retriever.article_text)
                first += len(composed.citations)
            yield typed, composed

    def is_sure(self, seen: Examined) -> bool:
        """Whether what was found is answered with; otherwise the bot says it does not know."""
        needed = self.calibration.threshold(seen.features)
        if seen.foreign:
            return False
        if self.platforms.named_others(seen.question):
            # An article that mentions the platform may still be about something else.
            needed = (1 + needed) / 2
        return bool(seen.ranked) and seen.confidence >= needed

    def _unsaid(self, seen: Examined) -> Distinction | None:
        """What to ask back; to ask needs less certainty than to answer."""
        if (
            seen.foreign
            or seen.features.get("figure_missing")
            or seen.confidence < self.calibration.threshold(seen.features) / 2
        ):
            return None
        return self.distinctions.unsaid(seen.question, seen.found.passages, margin=_UNSAID_MARGIN)

    def examine_in_context(self, question: Question) -> Examined:
        """Examine the question as the conversation makes it; the surest reading wins."""
        readings = self.conversation.readings(question.text, question.history)
        examined: list[Examined] = []
        for reading in chain(readings[:1], self._reworded(readings[0]), readings[1:]):
            examined.append(self.examine(reading))
            clear = self.is_sure(examined[-1]) and examined[-1].confidence >= _CLEAR
            if examined[-1].foreign or clear:
                return examined[-1]
        return max(examined, key=lambda seen: seen.confidence)

    def _reworded(self, reading: str) -> Iterator[str]:
        yield from rewordings(reading, self.thesaurus, homophones_of(self.retriever.lexical()))

    def examine(self, text: str) -> Examined:
        """Search, rank and judge one question that stands on its own."""
        started = time.perf_counter()
        found = self.retriever.search(text)
        retrieved = time.perf_counter()
        ranked = self.ranker.rank(found)
        timings = {
            "retrieve": round((retrieved - started) * 1000, 1),
            "rank": round((time.perf_counter() - retrieved) * 1000, 1),
        }
        foreign = self.platforms.named_others(text)
        if not ranked:
            return Examined(text, found, [], {}, 0.0, foreign, timings)
        # The corpus may speak of another platform too: then its name stands in the passage.
        foreign -= self.platforms.named_others(found.passages[0].text)
        values = features(found, ranked, self.retriever.lexical(), self.wording)
        confidence = round(self.calibration.probability(values), 4)
        return Examined(text, found, ranked, values, confidence, foreign, timings)
