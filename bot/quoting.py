"""What of the found is quoted, and whether it answers: the part of answering that picks words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.answers import Citation, Passage, Question
from bot.composing import Composed, Span, Style, choose, compose, place_of, verify
from bot.confidence import QUESTION_FEATURE
from bot.examining import Examined, Examiner
from bot.ranking import Ranked
from bot.steps import step_asked
from bot.units import units_of

# A sentence that scores this close to the best one of its passage answers as well.
_BESIDE = 0.02
_SURE_OF_PART = 0.6
# A sentence of the section found first is quoted too when it scores this much less.
_OF_NEAREST = 0.1
# A section that sets the cases side by side is quoted too when it fits this much less well.
_SIDE_BY_SIDE = 0.1
_FIRST_STOP = re.compile("[。：]")

# A message asks so many things at most that are looked up one by one.
_MOST_PARTS = 4
# A question this like one that merchants ask of a section can be asked alone.
_STANDS_ALONE = 0.96


@dataclass(frozen=True)
class Aside:
    """One question of a message that asks several, and what the articles say to it.

    ``composed`` is None where they do not answer; ``missing`` names what they do not hold.
    """

    asked: str
    seen: Examined
    composed: Composed | None = None
    missing: str | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the articles answer it."""
        return self.composed is not None and self.missing is None


@dataclass(frozen=True)
class Quoter(Examiner):
    """Quotes what was found, character by character; safe to share between threads."""

    style: Style = field(default_factory=Style, kw_only=True)

    def quote(self, seen: Examined) -> Composed:
        """The step asked for, else what says most of what was asked; raises CitationError."""
        place = seen.place
        step = step_asked(seen.found.passages, place, told=seen.told) if place else []
        if step:
            return self._checked(step)
        whole = self._with_nearest(seen, self._chosen(seen))
        return self._checked(self._side_by_side(seen, [*whole, *self._for_parts(seen, whole)]))

    def _with_nearest(self, seen: Examined, chosen: list[Span]) -> list[Span]:
        """What was chosen, and of the section found first what is near where nothing of it is."""
        nearest = seen.found.passages[0]
        if any(place_of(span.passage) == place_of(nearest) for span in chosen):
            return chosen
        least = seen.ranked[0].score - _OF_NEAREST
        own = [
            entry
            for entry in seen.ranked
            if entry.unit.passage.id == nearest.id and entry.score >= least and not entry.open_point
        ]
        return [*chosen, *self._spans(seen, own)[:1]]

    def _for_parts(self, seen: Examined, whole: Sequence[Span]) -> Iterator[Span]:
        """What answers the parts of a question that asks several things, as far as it is new.

        A part says less than the whole ("有几种"): it has to be clear by itself, and what it finds
        has to be among what the whole question found.
        """
        if _leaves_open(seen.ranked):
            return
        said = list(whole)
        near = {passage.id for passage in seen.found.passages}
        for part in self.wording.parts_asking(seen.question):
            own = self.examine(self.conversation.placed(seen.question, part))
            if not self.is_sure(own) or own.confidence < _SURE_OF_PART:
                continue
            for span in self._chosen(own)[:1]:
                if span.passage.id in near and not any(map(span.overlaps, said)):
                    said.append(span)
                    yield span

    def missing(self, seen: Examined, composed: Composed) -> str | None:
        """What the articles say, or can be seen, not to hold; None when they answer."""
        quotes = [citation.quote for citation in composed.citations]
        begins = _FIRST_STOP.split(quotes[0])[0]
        is_quoted_first = bool(seen.ranked) and seen.ranked[0].unit.text in quotes[0]
        if (is_quoted_first and _leaves_open(seen.ranked)) or self.wording.is_open_point(begins):
            return "这一点"
        # What asks something of its own does not ask for the figure that the topic asked for.
        asked = seen.focus if self.wording.asks(seen.focus) else seen.question
        figure = self.wording.needed_figure(asked, quotes)
        return figure or self.wording.figure_left_open(asked, quotes)

    def beside(
        self, asked: Sequence[tuple[str, str]], cited: Sequence[Citation]
    ) -> Iterator[Aside]:
        """What the articles say to questions asked beside a calculation.

        ``asked`` are questions as typed and as understood; what ``cited`` quotes is not repeated.
        """
        said = [citation.quote for citation in cited]
        for typed, text in asked:
            aside = self._aside(typed, self.examine(text), said)
            if aside:
                yield aside

    def one_by_one(self, question: Question) -> list[Aside]:
        """What the articles say to each question of a message that asks several; empty where it
        asks one thing, or they answer none of them."""
        said: list[str] = []
        apart = self._asked_apart(question, surely=False)
        asides = [self._aside(part, seen, said) for part, seen in apart]
        found = [aside for aside in asides if aside]
        return found if any(aside.is_answered for aside in found) else []

    def left_over(self, question: Question, composed: Composed) -> Iterator[Aside]:
        """Questions of a message that what was quoted for the whole of it leaves out: those
        answered elsewhere, or clearly not by any article."""
        said = [citation.quote for citation in composed.citations]
        places = {(citation.article_id, citation.section) for citation in composed.citations}
        for part, seen in self._asked_apart(question, surely=True):
            if self.is_sure(seen):
                if place_of(seen.found.passages[0]) in places:
                    continue
            elif not (seen.foreign or seen.topic_named or self.lacks_needed(seen)):
                continue
            if aside := self._aside(part, seen, said):
                yield aside

    def _stands_alone(self, part: str, seen: Examined) -> bool:
        """Whether a question says by itself what it is about, as merchants ask for it: else it
        may be about what stands before it ("流程是啥")."""
        asked = seen.features.get(QUESTION_FEATURE, 0.0)
        return asked >= _STANDS_ALONE and not self.wording.refers_back(part)

    def _asked_apart(self, question: Question, *, surely: bool) -> Iterator[tuple[str, Examined]]:
        """The questions of a message as typed, each examined by itself, or as asked of the
        platform and case that were named before it."""
        before = self.conversation.topic(question.history) or ""
        for part in self.wording.questions_in_one(question.text, surely=surely)[:_MOST_PARTS]:
            placed = self.conversation.placed(before, part)
            readings = (placed,) if self.platforms.named_others(before) else (placed, part)
            seen = (
                self.examine_in_context(Question(reading, question.today))
                for reading in dict.fromkeys(readings)
            )
            best = max(seen, key=lambda each: (self.is_sure(each), each.confidence))
            if not self.is_sure(best) or self._stands_alone(part, best):
                yield part, best
            before = best.question

    def _aside(self, asked: str, seen: Examined, said: list[str]) -> Aside | None:
        """What is quoted for a question, without what was ``said``; None where that is all."""
        if not self.is_sure(seen):
            return Aside(asked, seen, missing=self.figure_lacking(seen))
        new = [span for span in self._chosen(seen) if span.quote not in said]
        if not new:
            return None
        composed = self._checked(new, first=len(said) + 1)
        said += [citation.quote for citation in composed.citations]
        return Aside(asked, seen, composed, self.missing(seen, composed))

    def lacks_needed(self, seen: Examined) -> bool:
        """Whether a figure is plainly asked for that nothing found holds."""
        texts = [passage.text for passage in seen.found.passages[:3]]
        return self.wording.needed_figure(seen.question, texts) is not None

    def figure_lacking(self, seen: Examined) -> str | None:
        """The name of a figure that is asked for and that nothing found holds."""
        texts = [passage.text for passage in seen.found.passages[:3]]
        return self.wording.missing_figure(seen.question, texts)

    def _chosen(self, seen: Examined) -> list[Span]:
        return self._spans(seen, _answering_first(seen))

    def _spans(self, seen: Examined, ranked: Sequence[Ranked]) -> list[Span]:
        return choose(
            ranked,
            wants_list=self.wording.wants_list(seen.question),
            wants_steps=self.wording.wants_steps(seen.question),
            wants_path=self.wording.wants_path(seen.focus or seen.question),
            style=self.style,
        )

    def _side_by_side(self, seen: Examined, chosen: list[Span]) -> list[Span]:
        """What was chosen, and the other cases where the question does not say which it means."""
        passages = seen.found.passages
        quoted = {span.passage.heading for span in chosen}
        for heading in self.conversation.distinctions.beside(seen.question, chosen[0].passage):
            near = [p for p in passages if p.score >= passages[0].score - _SIDE_BY_SIDE]
            gists = [_gist(p) for p in near if p.heading == heading and heading not in quoted]
            if gists:
                return [*chosen, max(gists, key=lambda span: span.is_list)]
        return chosen

    def _checked(self, spans: Sequence[Span], *, first: int = 1) -> Composed:
        composed = compose(spans, first=first)
        verify(composed.citations, self.retriever.article_text)
        return composed


def _answering_first(seen: Examined) -> list[Ranked]:
    """The units; where the best leaves open what one of the section found first says as well,
    that one before it."""
    best, nearest = seen.ranked[0], seen.found.passages[0].id
    said = (
        entry
        for entry in seen.ranked
        if best.open_point
        and entry.unit.passage.id == nearest != best.unit.passage.id
        and not entry.open_point
        and not entry.slip
        and entry.score > best.score - _BESIDE
    )
    first = next(said, None)
    return [first, *(e for e in seen.ranked if e is not first)] if first else seen.ranked


def _leaves_open(ranked: Sequence[Ranked]) -> bool:
    """Whether the best sentence says that it is not written, and none beside it does answer."""
    best = ranked[0]
    return best.open_point and not any(
        entry.unit.passage.id == best.unit.passage.id
        and not entry.open_point
        and entry.score > best.score - _BESIDE
        for entry in ranked[1:]
    )


def _gist(passage: Passage) -> Span:
    """The list of a passage, or all of it where it has none."""
    listing = next((unit.listing for unit in units_of(passage) if unit.listing), None)
    start, end = listing or (passage.start, passage.end)
    return Span(passage, start, end, is_list=listing is not None)
