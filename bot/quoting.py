"""What of the found is quoted, and whether it answers: the part of answering that picks words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.answers import Citation, Passage, Question
from bot.composing import Composed, Span, Style, choose, compose, joined, place_of, verify
from bot.confidence import QUESTION_FEATURE
from bot.examining import Examined, Examiner
from bot.figures import years
from bot.ranking import LEFT_OPEN, Ranked
from bot.steps import last_told, place_asked, step_asked
from bot.text import fold
from bot.units import Unit, units_of
from bot.wording import Compared

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
        if step := _step(seen):
            return self._checked(step)
        whole = self._with_nearest(seen, self._chosen(seen))
        whole = self._with_its_year(seen, self._with_figure_left_open(seen, whole))
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

    def _with_figure_left_open(self, seen: Examined, chosen: list[Span]) -> list[Span]:
        """What was chosen; where a figure asked for is not in it, before it that none is given.

        The choice of sentences leaves out what says that something is not written, though that
        is what was asked.
        """
        quotes = [span.quote for span in chosen]
        asked = self._asked(seen)
        least = seen.ranked[0].score - LEFT_OPEN
        left_open = [
            entry.unit
            for entry in seen.ranked
            if entry.score >= least
            and self.wording.leaves_figure_open(asked, quotes, entry.unit.text)
        ]
        if not left_open and self.wording.needed_figure(asked, quotes):
            left_open = self._listed_open(seen, quotes)
        if not left_open:
            return chosen
        at = place_of(left_open[0].passage)
        own = [
            Span(unit.passage, unit.start, unit.end, is_list=unit.kind == "item")
            for unit in left_open
            if unit.passage.id == left_open[0].passage.id
            and (unit.kind != "item" or unit is left_open[0])
        ]
        beside = [span for span in chosen if place_of(span.passage) == at and not span.is_list]
        new = [span for span in own if not any(map(span.overlaps, chosen))]
        if not new:
            return chosen
        return [*joined([*new, *beside]), *(s for s in chosen if place_of(s.passage) != at)]

    def _with_its_year(self, seen: Examined, chosen: list[Span]) -> list[Span]:
        """What was chosen; of another year than asked for, with the article's word on its year."""
        if not self._year_not_written(seen, [span.quote for span in chosen]):
            return chosen
        article = self.retriever.passages_of(chosen[0].passage.article_id)
        units = (unit for passage in article for unit in units_of(passage))
        for unit in units:
            if self.wording.is_of_its_year(unit.text):
                own = Span(unit.passage, unit.start, unit.end)
                return chosen if any(map(own.overlaps, chosen)) else [own, *chosen]
        return chosen

    def _year_not_written(self, seen: Examined, quotes: Sequence[str]) -> int | None:
        """A year asked for where all that is quoted is of others."""
        asked = years(seen.focus) or years(seen.question)
        quoted = {year for quote in quotes for year in years(quote)}
        return max(asked) if asked and quoted and not asked & quoted else None

    def _listed_open(self, seen: Examined, quotes: Sequence[str]) -> list[Unit]:
        """The item of the article's list of what it leaves open that is of the figure asked for."""
        article = self.retriever.passages_of(seen.ranked[0].unit.passage.article_id)
        items = (unit for passage in article for unit in units_of(passage) if unit.kind == "item")
        asked = self._asked(seen)
        return [u for u in items if self.wording.leaves_figure_open(asked, quotes, u.text)][:1]

    def _asked(self, seen: Examined) -> str:
        """What is asked now: of what asks something of its own, not what the topic asked for."""
        return seen.focus if self.wording.asks(seen.focus) else seen.question

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
        if _ended(seen):
            return "这一步之后还有什么"
        quotes = [citation.quote for citation in composed.citations]
        if year := self._year_not_written(seen, quotes):
            return f"{year}年的情况"
        begins = _FIRST_STOP.split(quotes[0])[0]
        is_quoted_first = bool(seen.ranked) and seen.ranked[0].unit.text in quotes[0]
        asked = self._asked(seen)
        is_open = (is_quoted_first and _leaves_open(seen.ranked)) or self.wording.is_open_point(
            begins
        )
        if is_open and not self.wording.says_part(asked, begins):
            return "这一点"
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

    def compared(
        self, question: Question, seen: Examined, composed: Composed | None
    ) -> list[Aside]:
        """What the articles say of each of two things that are set side by side; empty where one
        quote speaks of both, or one of them is not written of."""
        things = self.wording.compared(question.text)
        if not things:
            return []
        if self.conversation.distinctions.sets_side_by_side(seen.question):
            # 个人和公司: there is an article for each, and a section that tells them apart.
            return []
        quotes = [fold(citation.quote) for citation in composed.citations] if composed else []
        if any(all(thing.title in quote for thing in things) for quote in quotes):
            return []
        if composed is None and (seen.foreign or not all(thing.aspect for thing in things)):
            return []
        if self.lacks_needed(seen):
            return []
        said: list[str] = []
        sides: list[Aside] = []
        articles: set[str] = set()
        for thing in things:
            own = self.examine(self.conversation.placed(seen.question, thing.question))
            speaks = self.is_sure(own) or self._speaks_of(thing, own, sure=composed is not None)
            new = [span for span in self._chosen(own) if span.quote not in said] if speaks else []
            if not new:
                return []
            of_place = [span for span in new if place_of(span.passage) == place_of(new[0].passage)]
            part = self._checked(of_place, first=len(said) + 1)
            if self.missing(own, part):
                return []
            said += [citation.quote for citation in part.citations]
            articles |= {citation.article_id for citation in part.citations}
            sides.append(Aside(thing.title, own, part))
        # 自己做客服跟让小红书做: a side that is not named in full is found in another article.
        return sides if len(articles) == 1 or len(seen.found.named) > 1 else []

    def _speaks_of(self, thing: Compared, own: Examined, *, sure: bool) -> bool:
        """Whether the best sentence has the thing by its name, and where the question as a whole
        is not ``sure``, what is asked of it too: asked alone, a name is little to go by."""
        if own.foreign or not own.ranked:
            return False
        text = fold(own.ranked[0].unit.text)
        named = self.platforms.without_names(thing.title)
        return bool(named) and named in text and (sure or thing.aspect in text)

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
        # What is said of another case answers nothing beside what is said of this one.
        ranked = [e for e in ranked if e is ranked[0] or not self.is_of_another_case(seen, e)]
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
        distinctions = self.conversation.distinctions
        beside = [
            name for span in chosen for name in distinctions.beside(seen.question, span.passage)
        ]
        for heading in dict.fromkeys(beside):
            near = [p for p in passages if p.score >= passages[0].score - _SIDE_BY_SIDE]
            gists = [_gist(p) for p in near if p.heading == heading and heading not in quoted]
            if gists:
                return [*chosen, max(gists, key=lambda span: span.is_list)]
        return chosen

    def _checked(self, spans: Sequence[Span], *, first: int = 1) -> Composed:
        composed = compose(spans, first=first)
        verify(composed.citations, self.retriever.article_text)
        return composed


def _step(seen: Examined) -> list[Span]:
    """The step asked for; where the talk was at the last one, that one; else empty."""
    place, told = seen.place, seen.told
    if place is None:
        return []
    passages = seen.found.passages
    now = place_asked(told.message) if told else None
    by_number = step_asked(passages, place, told=told)
    if told is None or now is None or not now.after or (place.labelled and by_number):
        return by_number
    # What comes next in the list that was told of, rather than by its number.
    return last_told(told) or step_asked(passages, now, told=told) or by_number


def _ended(seen: Examined) -> bool:
    """Whether what is quoted is the last step, which the talk was at."""
    last = last_told(seen.told) if seen.told and seen.place else []
    return bool(last) and _step(seen) == last


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
