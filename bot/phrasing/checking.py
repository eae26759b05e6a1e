"""Every sentence of a draft held against what it cites, before anybody sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answers import Answer, Citation, Question
from bot.distinctions import Distinctions
from bot.figures import unsourced
from bot.logistic import Model
from bot.phrasing.drafts import Sentence
from bot.phrasing.support import Embed, features
from bot.platforms import Platforms

Fault = Literal["no_citation", "unknown_citation", "figure", "platform", "unsupported"]


@dataclass(frozen=True)
class Evidence:
    """What a sentence relies on: quotes with the working done on them, and their headings."""

    texts: tuple[str, ...]
    titles: tuple[str, ...]

    @property
    def everything(self) -> str:
        """All of it as one text."""
        return "\n".join([*self.texts, *self.titles])


@dataclass(frozen=True)
class Checker:
    """Finds what is wrong with a sentence; safe to share between threads."""

    support: Model
    platforms: Platforms
    distinctions: Distinctions
    embed: Embed

    def fault(self, sentence: Sentence, question: Question, sources: Answer) -> Fault | None:
        """The first thing wrong with a sentence of a draft about ``sources``; None when right."""
        if not sentence.marks:
            return "no_citation"
        evidence = evidence_for(sentence, sources)
        if evidence is None:
            return "unknown_citation"
        if any(unsourced(sentence.words, evidence.everything)):
            return "figure"
        if self.platforms.all_named(sentence.words) - self.platforms.all_named(evidence.everything):
            return "platform"
        if not self.support.holds(self.features(sentence, question, evidence)):
            return "unsupported"
        return None

    def features(
        self, sentence: Sentence, question: Question, evidence: Evidence
    ) -> dict[str, float]:
        """What the support of a sentence is judged by."""
        return features(
            sentence.words,
            evidence.texts,
            evidence.titles,
            "\n".join(said_by_merchant(question)),
            self.distinctions,
            self.embed,
        )


def said_by_merchant(question: Question) -> list[str]:
    """The merchant's messages, the question last."""
    return [*(turn.content for turn in question.history if turn.role == "user"), question.text]


def evidence_for(sentence: Sentence, sources: Answer) -> Evidence | None:
    """What a sentence cites; None when a mark leads nowhere."""
    known = {citation.n: citation for citation in sources.citations}
    if any(mark not in known for mark in sentence.marks):
        return None
    cited = [known[mark] for mark in dict.fromkeys(sentence.marks)]
    quotes = [citation.quote for citation in cited]
    titles = [text for citation in cited for text in (citation.title, citation.section) if text]
    return Evidence((*quotes, *_working(cited, sources)), tuple(dict.fromkeys(titles)))


def _working(cited: Sequence[Citation], sources: Answer) -> list[str]:
    """Steps and notes of the calculations that rely on a sentence cited."""
    quotes = {citation.quote for citation in cited}
    return [
        "\n".join([*made.steps, *made.assumptions])
        for made in sources.calculations
        if quotes & {rule.quote for rule in made.rules}
    ]
