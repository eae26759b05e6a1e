"""Every sentence of a draft held against what it cites, before anybody sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answers import Answer, Citation, Question
from bot.figures import figures
from bot.phrasing.drafts import Sentence
from bot.phrasing.support import Embed, Support, features
from bot.platforms import Platforms

Fault = Literal["no_citation", "unknown_citation", "figure", "platform", "unsupported"]


@dataclass(frozen=True)
class Checker:
    """Finds what is wrong with a sentence; safe to share between threads."""

    support: Support
    platforms: Platforms
    embed: Embed

    def fault(self, sentence: Sentence, question: Question, sources: Answer) -> Fault | None:
        """The first thing wrong with a sentence of a draft about ``sources``; None when right."""
        known = {citation.n: citation for citation in sources.citations}
        if not sentence.marks:
            return "no_citation"
        if any(mark not in known for mark in sentence.marks):
            return "unknown_citation"
        cited = [known[mark] for mark in dict.fromkeys(sentence.marks)]
        evidence = [*(citation.quote for citation in cited), *_working(cited, sources)]
        if not figures(sentence.words) <= figures("\n".join(evidence)):
            return "figure"
        if self._named(sentence.words) - self._named("\n".join([*evidence, *_titles(cited)])):
            return "platform"
        around = "\n".join([*_titles(cited), question.text])
        if not self.support.holds(features(sentence.words, evidence, around, self.embed)):
            return "unsupported"
        return None

    def _named(self, text: str) -> frozenset[str]:
        return self.platforms.named(text) | self.platforms.named_others(text)


def support_features(
    sentence: Sentence, question: str, quotes: Mapping[int, str], titles: str, embed: Embed
) -> dict[str, float]:
    """The features of a labelled sentence, as they are made while checking."""
    evidence = [quotes[mark] for mark in dict.fromkeys(sentence.marks)]
    return features(sentence.words, evidence, f"{titles}\n{question}", embed)


def _titles(cited: Sequence[Citation]) -> list[str]:
    return [text for citation in cited for text in (citation.title, citation.section)]


def _working(cited: Sequence[Citation], sources: Answer) -> list[str]:
    """Steps and notes of the calculations that rely on a sentence cited."""
    quotes = {citation.quote for citation in cited}
    return [
        "\n".join([*made.steps, *made.assumptions])
        for made in sources.calculations
        if quotes & {rule.quote for rule in made.rules}
    ]
