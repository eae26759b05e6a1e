"""Whether a sentence says only what the sentences it cites say.

The features are few and plain; their weights are fitted on labelled sentences by
``python -m evals drafts --fit`` and kept as data in ``support.json``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.text import fold, terms
from ingest.embedders import Vectors
from ingest.sentences import clause_spans, sentence_spans

_FILE = Path(__file__).with_name("support.json")
_NEGATION = re.compile(r"不|没|未|无|非|别|勿|禁止|拒绝|除外|取消")
# 不同, 无论, 非常: no negations.
_NO_NEGATION = re.compile(
    r"不同|不仅|不但|不管|不论|无论|非常|不过|不得不|别的|分别|级别|特别|类别"
)
_LEAST_TERMS = 2
FEATURES = ("similarity", "covered", "weakest", "polarity")

Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True)
class Support:
    """A logistic model over the features; from ``threshold`` on a sentence is supported."""

    weights: Mapping[str, float]
    intercept: float
    threshold: float

    def probability(self, values: Mapping[str, float]) -> float:
        """Probability (0 to 1) that the sentence is supported."""
        total = self.intercept + sum(weight * values[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def holds(self, values: Mapping[str, float]) -> bool:
        """Whether that is enough."""
        return self.probability(values) >= self.threshold


def load_support(path: Path = _FILE) -> Support:
    """Read the packaged fit."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Support(content["weights"], content["intercept"], content["threshold"])


def features(sentence: str, evidence: Sequence[str], around: str, embed: Embed) -> dict[str, float]:
    """What the probability is made of, by name.

    ``evidence`` are the texts relied on; ``around`` (headings, the question) may lend words but
    supports nothing by itself.
    """
    units = [unit for text in evidence for unit in _units(text)]
    held = frozenset(terms("\n".join([*evidence, around])))
    vectors = embed([sentence, *units, *evidence])
    similarity = float((vectors[1:] @ vectors[0]).max())
    asked = list(terms(sentence))
    return {
        "similarity": similarity,
        "covered": _covered(asked, held),
        "weakest": min((_covered(clause, held) for clause in _clauses(sentence)), default=0.0),
        "polarity": float(_negations(sentence) != _negations(_nearest(sentence, units))),
    }


def _units(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def _clauses(sentence: str) -> list[list[str]]:
    """Terms of the clauses that have enough of them."""
    spans = clause_spans(sentence, 0, len(sentence))
    found = [list(terms(sentence[start:end])) for start, end in spans]
    return [clause for clause in found if len(clause) >= _LEAST_TERMS]


def _covered(asked: Sequence[str], held: frozenset[str]) -> float:
    return sum(term in held for term in asked) / len(asked) if asked else 0.0


def _nearest(sentence: str, units: Sequence[str]) -> str:
    wanted = frozenset(terms(sentence))
    return max(units, key=lambda unit: len(wanted & frozenset(terms(unit))), default="")


def _negations(text: str) -> int:
    """Negations modulo two: 不能不 asserts."""
    return len(_NEGATION.findall(_NO_NEGATION.sub("", fold(text)))) % 2
