"""The way a question takes, from a merchant's words to a cited answer."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from bot import replies
from bot.answers import Answer, Question, Turn
from bot.composing import Style, choose, compose, verify
from bot.confidence import Calibration, features
from bot.platforms import Platforms
from bot.ranking import Ranked, UnitRanker
from bot.reading import NoQuestionError, read_question
from bot.retrieval import HybridRetriever, Retrieved
from bot.wording import Wording
from ingest.articles import Article

_SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Examined:
    """What was found for a question and how sure it is; the hit test shows all of it."""

    found: Retrieved
    ranked: list[Ranked]
    features: dict[str, float]
    confidence: float
    foreign: frozenset[str]
    timings_ms: dict[str, float] = field(default_factory=dict)


class MerchantBot:
    """Answers merchants' questions; made by ``open_bot``. Safe to share between threads."""

    def __init__(
        self,
        *,
        retriever: HybridRetriever,
        ranker: UnitRanker,
        platforms: Platforms,
        wording: Wording,
        calibration: Calibration,
        style: Style | None = None,
    ) -> None:
        self.retriever = retriever
        self.platforms = platforms
        self.calibration = calibration
        self._ranker = ranker
        self._wording = wording
        self._style = style or Style()

    def ask(
        self, text: str, *, history: Sequence[Turn] = (), today: dt.date | None = None
    ) -> Answer:
        """Answer one question; whatever the input, an Answer comes back."""
        started = time.perf_counter()
        answer = self._answer(text, tuple(history), today or dt.datetime.now(_SHANGHAI).date())
        total = round((time.perf_counter() - started) * 1000, 1)
        return replace(answer, timings_ms={**answer.timings_ms, "total": total})

    def _answer(self, text: str, history: tuple[Turn, ...], today: dt.date) -> Answer:
        try:
            question = Question(read_question(text), today, history)
        except NoQuestionError as exc:
            return Answer("rejected", str(exc))
        if reply := self._wording.smalltalk(question.text):
            return replies.smalltalk(reply)
        seen = self.examine(question.text)
        if seen.foreign or seen.confidence < self.calibration.threshold:
            return replies.not_found(seen)
        wants_list = self._wording.wants_list(question.text)
        spans = choose(seen.ranked, wants_list=wants_list, style=self._style)
        composed = compose(spans)
        verify(composed.citations, self.retriever.article_text)
        if seen.ranked[0].open_point:
            return replies.not_written(seen, composed)
        return replies.answered(seen, composed, question)

    def article(self, article_id: str) -> Article | None:
        """An indexed article, so that a citation can be shown in its place."""
        return self.retriever.article(article_id)

    def examine(self, text: str) -> Examined:
        """Search, rank and judge, without composing anything."""
        started = time.perf_counter()
        found = self.retriever.search(text)
        retrieved = time.perf_counter()
        ranked = self._ranker.rank(found)
        ranked_at = time.perf_counter()
        timings = {
            "retrieve": round((retrieved - started) * 1000, 1),
            "rank": round((ranked_at - retrieved) * 1000, 1),
        }
        foreign = self.platforms.named_others(text)
        if not ranked:
            return Examined(found, [], {}, 0.0, foreign, timings)
        # The corpus may speak of another platform too: then its name stands in the passage.
        foreign -= self.platforms.named_others(found.passages[0].text)
        values = features(found, ranked, self.retriever.lexical(), self._wording)
        confidence = round(self.calibration.probability(values), 4)
        return Examined(found, ranked, values, confidence, foreign, timings)
