"""An article cut into passages that follow its headings and lists."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.articles import Article
from ingest.markdown import Block, HeadingPath, below, path_text, read_blocks, trim
from ingest.sentences import clause_spans, sentence_spans

_LEAD_IN_ENDS = ("：", ":")
_RULES_VERSION = 2
Span = tuple[int, int]


@dataclass(frozen=True)
class ChunkSettings:
    """Sizes in characters; an index remembers those it was made with."""

    passage: int = 220
    listing: int = 900

    @property
    def fingerprint(self) -> str:
        """Short text that differs when chunks could differ."""
        return f"rules={_RULES_VERSION} passage={self.passage} listing={self.listing}"


@dataclass(frozen=True)
class Chunk:
    """One passage: ``text == article.text[start:end]``, never changed.

    ``section`` is the heading path; ``context`` is what is embedded and searched in front
    of the text (title, headings, the lead-in of a split list) and never quoted.
    """

    id: str
    article_id: str
    section: str
    heading: str
    start: int
    end: int
    text: str
    context: str

    @property
    def embedded_text(self) -> str:
        """Context and text, as the embedding model reads them."""
        return f"{self.context}\n{self.text}"


@dataclass(frozen=True)
class _Group:
    """Spans that belong together: a lead-in with its list, or the sentences of a paragraph."""

    spans: tuple[Span, ...]
    is_list: bool = False

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]


def cut(article: Article, settings: ChunkSettings) -> list[Chunk]:
    """All passages of an article in order; headings stand in ``section``, not in a span.

    Every non-blank character outside the headings lies in exactly one passage.
    """
    chunks: list[Chunk] = []
    for path, blocks in _sections(read_blocks(article.text)):
        section = path_text(path)
        heading = path[-1][1] if path else ""
        groups = list(_groups(article.text, blocks))
        for start, end, lead_in in _passages(article.text, groups, settings):
            context = "\n".join(filter(None, [article.title, section, lead_in]))
            chunks.append(
                Chunk(
                    id=_chunk_id(article, start, end),
                    article_id=article.id,
                    section=section,
                    heading=heading,
                    start=start,
                    end=end,
                    text=article.text[start:end],
                    context=context,
                )
            )
    return chunks


def article_of(passage_id: str) -> str:
    """The article that a passage was cut from, by the passage's id alone."""
    return passage_id.rsplit("@", 1)[0]


def _chunk_id(article: Article, start: int, end: int) -> str:
    # The hash keeps the passages of two versions of one article apart while one replaces
    # the other.
    version = hashlib.sha256(f"{article.content_hash}".encode()).hexdigest()[:12]
    return f"{article.id}@{version}#{start}-{end}"


def _sections(blocks: Iterable[Block]) -> Iterator[tuple[HeadingPath, list[Block]]]:
    path: HeadingPath = ()
    body: list[Block] = []
    for block in blocks:
        if block.kind != "heading":
            body.append(block)
            continue
        if body:
            yield path, body
        body = []
        path = below(path, block)
    if body:
        yield path, body


def _groups(text: str, blocks: list[Block]) -> Iterator[_Group]:
    waiting: _Group | None = None
    for block in blocks:
        if block.kind == "list":
            lead_in = waiting.spans if waiting else ()
            yield _Group((*lead_in, *(block.items or ((block.start, block.end),))), is_list=True)
            waiting = None
            continue
        if waiting:
            yield waiting
        waiting = None
        sentences = tuple(sentence_spans(text, block.start, block.end))
        if block.kind == "paragraph" and text[: block.end].endswith(_LEAD_IN_ENDS):
            if sentences[:-1]:
                yield _Group(sentences[:-1])
            waiting = _Group(sentences[-1:])
        else:
            yield _Group(sentences)
    if waiting:
        yield waiting


def _passages(
    text: str, groups: list[_Group], settings: ChunkSettings
) -> Iterator[tuple[int, int, str]]:
    """Spans of the passages of one section, each with the lead-in it was parted from."""
    start: int | None = None
    end = 0
    for group in groups:
        limit = settings.listing if group.is_list else settings.passage
        if start is not None and max(group.end, end) - start <= settings.passage:
            end = group.end
            continue
        if start is not None:
            yield start, end, ""
            start = None
        if group.end - group.start <= limit:
            start, end = group.start, group.end
            if group.is_list and end - start > settings.passage:
                yield start, end, ""
                start = None
        else:
            yield from _split(text, group, limit)
    if start is not None:
        yield start, end, ""


def _split(text: str, group: _Group, limit: int) -> Iterator[tuple[int, int, str]]:
    lead_in = ""
    if group.is_list and text[: group.spans[0][1]].endswith(_LEAD_IN_ENDS):
        lead_in = text[slice(*group.spans[0])]
    pieces = [piece for span in group.spans for piece in _pieces(text, span, limit)]
    for number, (start, end) in enumerate(_pack(pieces, limit)):
        yield start, end, lead_in if number else ""


def _pieces(text: str, span: Span, limit: int) -> Iterator[Span]:
    """The span, or its sentences, clauses or plain slices where it is longer than the limit."""
    if span[1] - span[0] <= limit:
        yield span
        return
    for sentence in sentence_spans(text, *span):
        if sentence[1] - sentence[0] <= limit:
            yield sentence
            continue
        for clause in _pack(list(clause_spans(text, *sentence)), limit):
            for at in range(clause[0], clause[1], limit):
                part = trim(text, at, min(at + limit, clause[1]))
                if part[0] < part[1]:
                    yield part


def _pack(spans: list[Span], limit: int) -> Iterator[Span]:
    """Neighbouring spans joined as long as they stay within the limit, evenly filled."""
    total = spans[-1][1] - spans[0][0]
    parts = -(-total // limit)
    goal = total / parts
    start, end = spans[0]
    for span in spans[1:]:
        fits = span[1] - start <= limit
        # Past the even share, stop where the next span would lead further away from it.
        nearer = abs(span[1] - start - goal) <= abs(end - start - goal)
        if fits and (nearer or end - start < goal / 2):
            end = span[1]
        else:
            yield start, end
            start, end = span
    yield start, end
