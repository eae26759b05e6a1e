"""What is found for a question, in its conversation, and how sure it is that it answers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from bot.answers import Question, Turn
from bot.confidence import LEANING_FEATURE, QUESTION_FEATURE, Calibration, features
from bot.conversation import Conversation, last_answer
from bot.language import may_be_pinyin
from bot.neighbours import leaning
from bot.platforms import Platforms
from bot.ranking import Ranked, UnitRanker
from bot.retrieval import HybridRetriever, Retrieved
from bot.rewording import Thesaurus, homophones_of, rewordings
from bot.steps import Place, Told, asked_of_item, asks_more, named_item, place_asked, without_place
from bot.text import fold, sentences, terms
from bot.uncovered import Nearest, Uncovered
from bot.wording import Wording

# So many of the earlier messages are looked at for what is talked of.
_LOOK_BACK = 3
# From here on a reading is taken without looking at the next one.
_CLEAR = 0.8
# A question this like a way to ask that is written down is that one (cosine).
_IN_SO_MANY_WORDS = 0.985
# An answer is of the passage that holds this share of its words.
_FROM_THERE = 0.5
_MAY_BE_FROM = 5
# So many of the questions that no article answers stand against those that some article does.
_NEIGHBOURS = 60


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
    # The part of the question that is new in a follow-up.
    focus: str = ""
    # What comes nearest of the topics that no article covers.
    uncovered: Nearest | None = None
    # The one named by a word that what was found does not hold.
    topic_named: str | None = None
    # What the talk is at.
    told: Told | None = None
    # Platforms outside the corpus that were talked of before, and that it is not about.
    left_behind: tuple[str, ...] = ()

    @property
    def uncovered_topic(self) -> str | None:
        """The topic without articles that the question is about, as far as can be told."""
        if self.topic_named:
            return self.topic_named
        asked = self.features.get(QUESTION_FEATURE, 0.0)
        near = self.uncovered
        # To a vague question one of so many comes near by chance, those around it do not.
        if self.features.get(LEANING_FEATURE, -1.0) >= 0.0:
            return None
        if near is None or near.similarity < asked or not near.is_about(self.question):
            return None
        return near.topic

    @property
    def place(self) -> Place | None:
        """The place in a list that is asked for now, not before."""
        return place_asked(self.question) if place_asked(self.focus or self.question) else None


@dataclass(frozen=True)
class Examiner:
    """Searches, ranks and judges; safe to share between threads."""

    retriever: HybridRetriever
    ranker: UnitRanker
    conversation: Conversation
    platforms: Platforms
    thesaurus: Thesaurus
    wording: Wording
    calibration: Calibration
    uncovered: Uncovered

    def examine_in_context(self, question: Question) -> Examined:
        """Examine the question as the conversation makes it; the surest reading wins."""
        if again := self.conversation.doubted(question):
            return self.examine_in_context(again)
        told = self._told(question)
        readings = self._readings(question, told)
        if named := self._named_by_place(question):
            readings = (named, *readings)
        # An option taken says which case is meant; what is asked stands before it.
        is_reply = self.conversation.distinctions.is_reply(question.text)
        focus = "" if is_reply else self.conversation.focus(question.text)
        examined: list[Examined] = []
        for reading in chain(readings[:1], self._reworded(readings[0]), readings[1:]):
            new = focus if reading.endswith(focus) and reading != focus else ""
            seen = self.examine(reading, focus=new, told=told)
            examined.append(self._in_talk(seen, question))
            if examined[-1].foreign:
                # Sure by itself, a message need not be about the platform before it.
                return max(filter(self.is_sure, examined), key=_confidence, default=examined[-1])
            if self._is_clear(examined[-1]):
                return examined[-1] if told else self._put_right(examined[-1])
        best = max(examined, key=_confidence)
        if not self.is_sure(best) and (alone := self._well_known(question, readings)):
            return alone
        # What none of them makes anything of is kept as it is most likely meant.
        return best if self.may_be_answered(best) else examined[0]

    def clearly_asked(self, message: str, *, clauses: bool = False) -> str | None:
        """The last sentence of a message, or clause, that by itself clearly asks what an article
        answers, else the surest; None where none surely does."""
        alone = self.wording.asked_alone(message, clauses=clauses)[:_LOOK_BACK]
        seen = [self.examine(each) for each in alone if each != message]
        sure = [each for each in seen if self.is_sure(each)]
        clear = next(filter(self._is_clear, sure), None)
        best = clear or max(sure, key=_confidence, default=None)
        return best.question if best else None

    def after_a_story(self, question: Question, seen: Examined) -> Question | None:
        """Of a story and the one thing asked after it, of which the whole is not sure: that
        alone, where it is clear by itself; None elsewhere."""
        said = sentences(question.typed)
        is_story = not question.history and len(said) > 1 == sum(map(self.wording.asks, said))
        if not is_story or self.is_sure(seen):
            return None
        asked = self.clearly_asked(question.typed)
        return replace(question, text=asked, typed=asked) if asked else None

    def _well_known(self, question: Question, readings: Sequence[str]) -> Examined | None:
        """The message by itself, where it asks in so many words what a section answers: 卖啥好
        after talk of something else."""
        if question.text in readings or not self.wording.asks(question.text):
            return None
        seen = self.examine(question.text)
        known = seen.features.get(QUESTION_FEATURE, 0.0) >= _IN_SO_MANY_WORDS
        return seen if known and self._is_clear(seen) else None

    def _in_talk(self, seen: Examined, question: Question) -> Examined:
        """What was found, its foreign platforms as the merchant wrote them, and those before."""
        if seen.foreign:
            now = self._foreign_as_typed(question.text)
            written = {fold(name): name for name in now}
            return replace(seen, foreign=frozenset(written.get(fold(f), f) for f in seen.foreign))
        if self.platforms.all_named(question.text):
            return seen
        topic = self.conversation.topic(question.history) or ""
        return replace(seen, left_behind=self._foreign_as_typed(topic))

    def _foreign_as_typed(self, text: str) -> tuple[str, ...]:
        names = self.platforms.named_others(text)
        return tuple(self.platforms.as_typed(text, names).values())

    def only_replies(self, question: Question) -> bool:
        """Whether a message takes up what was said to it and says nothing more (得嘞, 原来如此): it
        asks nothing, and no article knows a word of it."""
        if not question.history or self.wording.asks(question.text):
            return False
        lexical = self.retriever.lexical()
        return not any(map(lexical.knows, terms(question.text)))

    def _put_right(self, seen: Examined) -> Examined:
        """What was found for a question, or for the same with its slips put right (支负渠道费)
        where that is clearer."""
        corrected = homophones_of(self.retriever.lexical()).corrected(seen.question)
        if corrected == fold(seen.question) or not self._keeps_names(seen.question, corrected):
            return seen
        again = self.examine(corrected)
        return again if again.confidence > seen.confidence else seen

    def _is_clear(self, seen: Examined) -> bool:
        return self.is_sure(seen) and seen.confidence >= _CLEAR

    def may_be_answered(self, seen: Examined) -> bool:
        """Whether to ask back is worth it: that needs less certainty than to answer."""
        return seen.confidence >= self.calibration.threshold(seen.features) / 2

    def _readings(self, question: Question, told: Told | None) -> tuple[str, ...]:
        """The readings of a message, those said of what was clearly talked about with them."""
        text, history = question.text, question.history
        about = self._talked_of(history)
        # "需要什么材料" is clear by itself, and was said of another platform.
        if about and told and about.found.passages[0].platform != told.passage.platform:
            about = None
        if about is None:
            # Not clear by itself, but answered: what was answered says of which platform it was.
            platform = told.passage.platform if told else None
            return self.conversation.readings(text, history, platform=platform)
        platform = about.found.passages[0].platform
        readings = self.conversation.readings(text, history, platform=platform)
        return self.conversation.with_topic(readings, about.question, text)

    def _talked_of(self, history: Sequence[Turn]) -> Examined | None:
        """The latest of the merchant's earlier messages that is clear by itself.

        None where what is talked of names its platform: nothing more has to be known then.
        """
        topic = self.conversation.topic(history)
        if topic is None or self.platforms.all_named(topic):
            return None
        earlier = [turn.content for turn in reversed(history) if turn.role == "user"]
        seen = (self.examine(message) for message in earlier[:_LOOK_BACK])
        return next((each for each in seen if self._is_clear(each)), None)

    def _named_by_place(self, question: Question) -> str | None:
        """The message with the item of the earlier list that it means ("the first one")."""
        place = place_asked(question.text)
        topic = self.conversation.topic(question.history)
        if topic is None or place is None or place.after or not asks_more(place):
            return None
        found = self.retriever.search(topic)
        name = named_item(found.passages, place)
        return f"{' '.join(sorted(found.named))} {name} {asked_of_item(place)}" if name else None

    def in_characters(self, text: str) -> str:
        """What is typed in pinyin, in the characters of the articles."""
        # Their sounds take a moment to load: only where there is pinyin.
        if not may_be_pinyin(text):
            return text
        return homophones_of(self.retriever.lexical()).in_characters(text)

    def _reworded(self, reading: str) -> Iterator[str]:
        homophones = homophones_of(self.retriever.lexical())
        for text in rewordings(reading, self.thesaurus, homophones):
            if self._keeps_names(reading, text):
                yield text

    def _keeps_names(self, reading: str, text: str) -> bool:
        """Whether a question put in other words still names its platform, its case, and what no
        article covers: without them it asks something else."""
        return self._names(reading) <= self._names(text)

    def _names(self, text: str) -> frozenset[str]:
        cases = self.conversation.distinctions.cases_said(text)
        return self.platforms.all_named(text) | self.uncovered.words_in(text) | cases

    def _told(self, question: Question) -> Told | None:
        """What the last answer said, and the passage it was of; None where it is of none.

        What was answered only says where to look: whether it is right is not relied on.
        """
        history = question.history
        said = last_answer(history)
        topic = self.conversation.topic(history)
        if not said or topic is None or self.wording.switches_topic(question.text):
            return None
        lexical = self.retriever.lexical()
        answered = list(dict.fromkeys(terms(said)))
        found = self.retriever.search(f"{topic} {said}", focus=said).passages[:_MAY_BE_FROM]
        share, passage = max(
            ((lexical.coverage(answered, frozenset(terms(each.text))), each) for each in found),
            key=lambda entry: entry[0],
            default=(0.0, None),
        )
        if passage is None or share < _FROM_THERE:
            return None
        place = place_asked(question.text)
        article = self.retriever.passages_of(passage.article_id) if place else []
        return Told(question.text, said, passage, article)

    def examine(self, text: str, *, focus: str = "", told: Told | None = None) -> Examined:
        """Search, rank and judge one question that stands on its own; see ``search``."""
        started = time.perf_counter()
        searched = without_place(text) if place_asked(focus or text) else text
        talked_of = told.passage if told else None
        found = self.retriever.search(searched, focus=focus, talked_of=talked_of)
        retrieved = time.perf_counter()
        ranked = self.ranker.rank(found, focus=focus, said=told.said if told and focus else "")
        timings = {
            "retrieve": round((retrieved - started) * 1000, 1),
            "rank": round((time.perf_counter() - retrieved) * 1000, 1),
        }
        others = self.platforms.named_others(text)
        typed = self.platforms.as_typed(text, others)
        foreign = frozenset(typed.values())
        if not ranked:
            return Examined(text, found, [], {}, 0.0, foreign, timings, focus)
        # The corpus may speak of another platform too: then its name stands in the passage.
        held = fold(found.passages[0].text)
        others -= self.platforms.named_others(found.passages[0].text)
        foreign = frozenset(typed[name] for name in others if fold(typed[name]) not in held)
        near, unanswered = self.uncovered.near(found.vector, _NEIGHBOURS)
        likeness = near.similarity if near else None
        leans = leaning(found.vector, found.answered, unanswered)
        values = features(found, ranked, self.retriever.lexical(), self.wording, likeness, leans)
        confidence = round(self.calibration.probability(values), 4)
        if self.wording.only_points(text):
            # Whatever is found, nothing says that it is what is pointed at.
            confidence = 0.0
        best = ranked[0].unit.passage
        everything = "\n".join([best.title, best.section, best.text, *best.questions])
        topic = self.uncovered.named(focus or text, everything)
        return Examined(
            text, found, ranked, values, confidence, foreign, timings, focus, near, topic, told
        )

    def is_sure(self, seen: Examined) -> bool:
        """Whether what was found is answered with; otherwise the bot says it does not know."""
        needed = self.calibration.threshold(seen.features)
        if seen.foreign or not seen.ranked or self.is_of_another_case(seen, seen.ranked[0]):
            return False
        if seen.topic_named or seen.features["other_platform"]:
            return False
        if self.platforms.named_others(seen.question):
            # An article that mentions the platform may still be about something else.
            needed = (1 + needed) / 2
        return seen.confidence >= needed

    def is_of_another_case(self, seen: Examined, entry: Ranked) -> bool:
        """Whether what is said there is no answer to a question about the case this one names."""
        best = entry.unit.passage
        text = f"{best.heading}\n{best.text}"
        return self.conversation.distinctions.contradicts(
            seen.question, text, best.article_id, strict_only=True
        )


def _confidence(seen: Examined) -> float:
    return seen.confidence
