"""Passages to the sentences, list or steps that answer a question, each with its mark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answers import Citation, Passage
from bot.errors import CitationError
from bot.ranking import Ranked
from bot.units import MARKER, units_of


@dataclass(frozen=True)
class Style:
    """How much is quoted.

    Sentences of the best one's section are added, best first, while they score within
    ``margin`` of it, and those of one other section within ``margin_elsewhere``: what is left
    out there is more often off the point than missing. Together they stay within ``budget``
    characters. A list is given whole when the question asks for one, or when it has at most
    ``short_list`` characters; asked for, it comes first when it scores within ``list_margin``
    of the best; steps, where a path of clicks is asked for, within ``path_margin``. A section's
    first sentence brings its whole passage along where that has at most ``short_passage``
    characters (``short_listing`` with a list in it): what stands around it is meant to be read
    with it.
    """

    budget: int = 220
    margin: float = 0.095
    margin_elsewhere: float = 0.045
    sections: int = 2
    most: int = 4
    short_list: int = 260
    short_passage: int = 120
    short_listing: int = 200
    list_margin: float = 0.04
    path_margin: float = 0.12


@dataclass(frozen=True)
class Span:
    """A stretch of a passage's article to be quoted."""

    passage: Passage
    start: int
    end: int
    is_list: bool = False

    @property
    def quote(self) -> str:
        """The exact text."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]

    def overlaps(self, other: Span) -> bool:
        """Whether both quote some of the same text."""
        same = self.passage.article_id == other.passage.article_id
        return same and self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Composed:
    """The text with its marks and the citations they stand for."""

    text: str
    citations: tuple[Citation, ...]


def choose(
    ranked: Sequence[Ranked],
    *,
    wants_list: bool,
    style: Style,
    wants_steps: bool = False,
    wants_path: bool = False,
) -> list[Span]:
    """The spans that answer a question, out of its ranked units."""
    chosen: list[Span] = []
    said: list[Ranked] = []
    length = 0
    if wants_path:
        ranked = _path_first(ranked, style)
    elif wants_list:
        ranked = _list_first(ranked, style, wants_steps)
    for candidate in ranked:
        if len(chosen) >= style.most:
            break
        if chosen and _too_far(candidate, said[0], style):
            continue
        places = {place_of(other.unit.passage) for other in said}
        new = place_of(candidate.unit.passage) not in places
        if new and len(places) >= style.sections:
            continue
        span = _span(candidate, wants_list, style, first=new)
        if any(span.overlaps(other) for other in chosen):
            continue
        # One list, first of what is said or of its section: what follows is read as its end.
        has_list = any(other.is_list for other in chosen)
        if span.is_list and chosen and (has_list or new):
            continue
        # What contradicts another sentence is quoted with it or not at all.
        fits = span.is_list or candidate.one_side or length + len(span.quote) <= style.budget
        if chosen and not fits:
            continue
        if any(_repeats(candidate, other) for other in said):
            continue
        # Of a long list one item: "- 宠物生活 - 汽车用品" would be half an answer.
        if candidate.unit.kind == "item" and any(other.unit.kind == "item" for other in said):
            continue
        if said and (candidate.slip or (candidate.open_point and not said[0].open_point)):
            continue
        chosen.append(span)
        said.append(candidate)
        length += len(span.quote)
    return joined(chosen)


def compose(spans: Sequence[Span], *, first: int = 1) -> Composed:
    """Text and citations of the chosen spans, numbered from ``first``."""
    lines = []
    citations = []
    for n, span in enumerate(spans, start=first):
        passage = span.passage
        citations.append(
            Citation(
                n=n,
                article_id=passage.article_id,
                title=passage.title,
                section=passage.section,
                quote=span.quote,
                start=span.start,
                end=span.end,
                published=passage.published,
                source_url=passage.source_url,
            )
        )
        lines.append(f"{span.quote}{' ' if span.is_list else ''}[{n}]")
    return Composed("\n\n".join(lines), tuple(citations))


def verify(citations: Sequence[Citation], text_of: Callable[[str], str | None]) -> None:
    """Raise CitationError when a quote is not the slice of its article it claims to be."""
    texts = {name: text_of(name) for name in {citation.article_id for citation in citations}}
    for citation in citations:
        text = texts[citation.article_id]
        if text is None or text[citation.start : citation.end] != citation.quote:
            raise CitationError(
                f"引文 [{citation.n}] 与文章 {citation.article_id} 的原文不一致，已撤回。"
            )


def _list_first(ranked: Sequence[Ranked], style: Style, wants_steps: bool) -> list[Ranked]:
    best = ranked[0].score if ranked else 0.0
    lists = [
        entry
        for entry in ranked
        if entry.unit.listing is not None and entry.score >= best - style.list_margin
    ]
    # What a list is about stands in its lead-in; one item may be near by chance.
    lists.sort(
        key=lambda entry: (wants_steps and not _of_steps(entry), entry.unit.kind != "lead_in")
    )
    return [*lists[:1], *(entry for entry in ranked if entry not in lists[:1])]


def _path_first(ranked: Sequence[Ranked], style: Style) -> list[Ranked]:
    """The best unit of the nearest steps first: what speaks of a step seldom says the way to it."""
    near = (entry for entry in ranked if entry.score >= ranked[0].score - style.path_margin)
    path = [entry for entry in near if entry.unit.listing and _of_steps(entry)][:1]
    return [*path, *(entry for entry in ranked if entry not in path)]


def _of_steps(entry: Ranked) -> bool:
    """Whether the unit is of a list that says what to do one after another."""
    passage, listing = entry.unit.passage, entry.unit.listing
    lead_in = passage.text[listing[0] - passage.start :].split("\n")[0] if listing else ""
    return "步" in lead_in or "操作" in lead_in


def _too_far(candidate: Ranked, best: Ranked, style: Style) -> bool:
    same = place_of(candidate.unit.passage) == place_of(best.unit.passage)
    return candidate.score < best.score - (style.margin if same else style.margin_elsewhere)


def _span(candidate: Ranked, wants_list: bool, style: Style, *, first: bool) -> Span:
    unit = candidate.unit
    passage = unit.passage
    has_list = any(other.listing for other in units_of(passage))
    whole = style.short_listing if has_list else style.short_passage
    if candidate.one_side and not has_list:
        return Span(passage, passage.start, passage.end)
    if first and len(passage.text) <= whole and (has_list or "\n" not in passage.text):
        return Span(passage, passage.start, passage.end, is_list=has_list)
    if unit.listing is not None:
        start, end = unit.listing
        if wants_list or unit.kind == "lead_in" or end - start <= style.short_list:
            return Span(passage, start, end, is_list=True)
    if unit.kind == "item" and (mark := MARKER.match(unit.text)):
        # Its number means something in its list only.
        return Span(passage, unit.start + mark.end(), unit.end)
    return Span(passage, unit.start, unit.end)


def _repeats(one: Ranked, other: Ranked) -> bool:
    """Whether a sentence says again what one of another section has said."""
    fewer = min(len(one.terms), len(other.terms))
    alike = len(one.terms & other.terms) > 0.7 * fewer
    return alike and place_of(one.unit.passage) != place_of(other.unit.passage)


def place_of(passage: Passage) -> tuple[str, str]:
    """The section of an article that a passage is of."""
    return passage.article_id, passage.section


def joined(chosen: Sequence[Span]) -> list[Span]:
    """Neighbours of one passage as one span; sections in the order of their best sentence."""
    first_seen = {place_of(span.passage): at for at, span in reversed(list(enumerate(chosen)))}
    spans: list[Span] = []
    for span in sorted(chosen, key=lambda span: (first_seen[place_of(span.passage)], span.start)):
        last = spans[-1] if spans else None
        if last and last.passage.id == span.passage.id and not last.is_list:
            offset = span.passage.start
            between = span.passage.text[last.end - offset : span.start - offset]
            if not between.strip() and "\n" not in between:
                spans[-1] = replace(last, end=span.end)
                continue
        spans.append(span)
    return spans
