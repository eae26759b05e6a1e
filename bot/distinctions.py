"""Cases that rules tell apart: which one is meant, and what to ask when it is not said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bot.answers import Passage
from bot.corpus_files import read_corpus_file
from bot.text import fold

FILE_NAME = "distinctions.yaml"

_PUT_ASIDE = "先?(?:放一边|放放|不说|不谈|不提|忘掉|跳过)"
# What merchants end a bare reply with.
_PARTICLES = " 。.,，!！~～的滴哒呀啊呢吧哦嘛"
_DENIES = "不是|并非|而不是|没说|(?:不要|不用|别)(?:给我|再)?(?:讲|说|提|管)|not "


@dataclass(frozen=True)
class Option:
    """One case: how merchants say it, what is about it, what to type to mean it.

    About it are whole ``articles``, or sections, named by their headings.
    """

    label: str
    words: tuple[str, ...]
    articles: tuple[str, ...]
    sections: tuple[str, ...] = ()

    def holds(self, passage: Passage) -> bool:
        """Whether a passage is about this case."""
        return passage.article_id in self.articles or passage.heading in self.sections


@dataclass(frozen=True)
class Distinction:
    """Cases that exclude one another, and the question that tells them apart.

    What is said of one ``strict`` case is no answer at all to a question about another.
    ``overview`` is the heading of the section that sets the cases side by side. ``english`` is
    the question in English.
    """

    question: str
    options: tuple[Option, ...]
    strict: bool = False
    overview: str | None = None
    english: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The options to offer: those that articles are about."""
        return tuple(option.label for option in self.options if option.articles)

    def said(self, text: str) -> list[Option]:
        """The options a text names, in their order; the longest word at a place counts."""
        found = {self._by_word[word] for word in self._pattern.findall(fold(text))}
        return [option for option in self.options if option.label in found]

    def without_denied(self, text: str) -> str:
        """The text without options that it only says are not meant ("不是国内")."""
        words = self._pattern.pattern
        without = re.sub(rf"[,，]?(?:{_DENIES})(?:{words})(?:的)?", "", text)
        return re.sub(
            rf"(?:{words})(?:的)?(?:{_PUT_ASIDE})[^,，。;；!！]*[,，。;；!！]*", "", without
        )

    @cached_property
    def _by_word(self) -> dict[str, str]:
        return {fold(word): option.label for option in self.options for word in option.words}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._by_word, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)))


@dataclass(frozen=True)
class Distinctions:
    """All of them; made by ``load_distinctions``."""

    entries: tuple[Distinction, ...]

    def unsaid(
        self, question: str, passages: Sequence[Passage], *, margin: float
    ) -> Distinction | None:
        """The distinction a question leaves open although the articles found differ by it.

        That is: the best passage is of one option's article, a passage of another option's is
        within ``margin`` of its score, and the question says neither.
        """
        for entry in self.entries:
            best = {
                option.label: max(
                    (p.score for p in passages if p.article_id in option.articles), default=None
                )
                for option in entry.options
            }
            scores = sorted((score for score in best.values() if score is not None), reverse=True)
            if len(scores) < 2 or not passages or scores[0] < passages[0].score:
                continue
            if scores[0] - scores[1] <= margin and not entry.said(question):
                return entry
        return None

    def beside(self, question: str, passage: Passage) -> list[str]:
        """Headings of what answers for the other cases, where a question leaves its case open.

        The passage answers it for one of them. Sections that set the cases side by side come
        before those about one other case.
        """
        overviews, others = [], []
        for entry in self.entries:
            if entry.said(question) or not any(option.holds(passage) for option in entry.options):
                continue
            overviews += [entry.overview] if entry.overview else []
            if any(passage.heading in option.sections for option in entry.options):
                others += [name for option in entry.options for name in option.sections]
        return [name for name in overviews + others if name != passage.heading]

    def without_denied(self, message: str) -> str:
        """The message without cases it only says are not meant; never empty."""
        rest = message
        for entry in self.entries:
            rest = entry.without_denied(rest)
        return rest.strip() or message

    def is_reply(self, message: str) -> bool:
        """Whether a message is one of the options that are offered."""
        labels = {fold(option.label) for entry in self.entries for option in entry.options}
        return fold(message).strip(_PARTICLES) in labels

    def chosen(self, message: str, asked: str) -> str | None:
        """The option that a message takes of those it was asked about; None where it takes none.

        ``asked`` is what the merchant was asked, such as a distinction's question.
        """
        for entry in self.entries:
            said = entry.said(message) if entry.question in asked else []
            if len(said) == 1:
                return said[0].label
        return None

    def cases_said(self, message: str) -> frozenset[str]:
        """The labels of the cases that a message names."""
        return frozenset(option.label for entry in self.entries for option in entry.said(message))

    def cases_kept(self, topic: str, message: str) -> list[str]:
        """The cases a topic names that articles are about, where the message names none of them."""
        kept = []
        for entry in self.entries:
            said = [option for option in entry.said(topic) if option.articles]
            if len(said) == 1 and not entry.said(message):
                kept.append(said[0].label)
        return kept

    def in_articles_words(self, message: str) -> str:
        """A message that is only a word for a case, as the articles call it; else as it is."""
        for entry in self.entries:
            for option in entry.options:
                if fold(message).strip() in map(fold, option.words):
                    return option.label
        return message

    def articles_meant(self, text: str) -> frozenset[str]:
        """Articles about the one case a text names; none where it names several or none."""
        said = [entry.said(text) for entry in self.entries]
        return frozenset(
            article for options in said if len(options) == 1 for article in options[0].articles
        )

    def sets_side_by_side(self, text: str) -> bool:
        """Whether a text names several cases that there are articles of their own about."""
        said = (entry.said(text) for entry in self.entries)
        return any(sum(bool(option.articles) for option in options) > 1 for options in said)

    def contradicts(
        self, question: str, text: str, article_id: str = "", *, strict_only: bool = False
    ) -> bool:
        """Whether a text, or its article, is only about other cases than a question names."""
        for entry in self.entries:
            if strict_only and not entry.strict:
                continue
            asked, said = entry.said(question), entry.said(text)
            about = [option for option in entry.options if article_id in option.articles]
            if asked and (said or about) and not any(option in said + about for option in asked):
                return True
        return False

    def without_contrasts(self, topic: str, message: str) -> str:
        """The topic without the words of options that the message replaces by others."""
        for entry in self.entries:
            new = entry.said(message)
            if not new:
                continue
            replaced = [
                word for option in entry.options if option not in new for word in option.words
            ]
            for word in sorted(replaced, key=len, reverse=True):
                topic = re.sub(re.escape(word), "", topic, flags=re.IGNORECASE)
        return topic


class _Option(BaseModel):
    model_config = ConfigDict(extra="forbid")
    label: str
    words: list[str]
    articles: list[str] = Field(default_factory=list)
    sections: list[str] = Field(default_factory=list)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    question: str
    options: list[_Option] = Field(min_length=2)
    strict: bool = False
    overview: str | None = None
    english: str = ""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    distinctions: list[_Entry] = Field(default_factory=list)


def load_distinctions(corpus_dir: Path) -> Distinctions:
    """Read the corpus folder's distinctions.yaml; without one nothing is told apart."""
    read = read_corpus_file(corpus_dir, FILE_NAME, _File)
    return Distinctions(
        tuple(
            Distinction(
                entry.question,
                tuple(
                    Option(
                        option.label,
                        tuple(option.words),
                        tuple(option.articles),
                        tuple(option.sections),
                    )
                    for option in entry.options
                ),
                entry.strict,
                entry.overview,
                entry.english,
            )
            for entry in read.distinctions
        )
    )
