"""How sure it is that what was found answers the question: a calibrated probability.

The features are few and plain; their weights are fitted on labelled questions by
``python -m evals calibrate`` and kept as data in ``confidence.json``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.lexical import LexicalIndex
from bot.logistic import Model
from bot.ranking import LEFT_OPEN, Ranked
from bot.retrieval import Retrieved
from bot.text import is_english, terms
from bot.wording import Wording

# No two questions are less alike; what is not among the nearest counts as this.
_ALIKE_ANYWAY = 0.8
_FILE = Path(__file__).with_name("confidence.json")
QUESTION_FEATURE = "question_similarity"
UNCOVERED_FEATURE = "uncovered"
LEANING_FEATURE = "leaning"
STRANGE_FEATURE = "strange"
FEATURES = (
    "passage_similarity",
    QUESTION_FEATURE,
    "unit_similarity",
    "unit_covered",
    "passage_covered",
    "lead",
    "unknown_terms",
    "english",
    "length",
    "figure_missing",
    "other_platform",
    "same_platform",
    "other_case",
    UNCOVERED_FEATURE,
    LEANING_FEATURE,
    STRANGE_FEATURE,
)
# A corpus may list neither how merchants ask nor what it does not cover: each fit by what it
# leaves out, the fullest first.
FITS: Mapping[str, frozenset[str]] = {
    "with_topics": frozenset(),
    "with_questions": frozenset({UNCOVERED_FEATURE, LEANING_FEATURE}),
    "without_questions": frozenset(
        {QUESTION_FEATURE, UNCOVERED_FEATURE, LEANING_FEATURE, STRANGE_FEATURE}
    ),
}


def features(
    found: Retrieved,
    ranked: Sequence[Ranked],
    lexical: LexicalIndex,
    wording: Wording,
    uncovered: float | None = None,
    leaning: float | None = None,
) -> dict[str, float]:
    """What the probability is made of, by name; found and ranked must not be empty.

    ``uncovered`` is how like the question is to one that no article answers; None where none
    is listed. ``leaning`` is to which side the questions around it lean, see ``neighbours``.
    What is not known of this corpus is left out.
    """
    asked = list(dict.fromkeys(terms(found.asking)))
    best = found.passages[0]
    spread = [passage.score for passage in found.passages]
    held = set(terms("\n".join([best.title, best.section, best.text, *best.questions])))
    unknown = [term for term in asked if not lexical.knows(term)]
    values = {
        "passage_similarity": max(passage.dense for passage in found.passages[:3]),
        "unit_similarity": max(entry.similarity for entry in ranked[:3]),
        "unit_covered": max(entry.covered for entry in ranked[:3]),
        "passage_covered": lexical.coverage(asked, held),
        "lead": spread[0] - sum(spread) / len(spread),
        "unknown_terms": len(unknown) / max(1, len(asked)),
        "english": float(is_english(found.asking)),
        "length": math.log1p(len(found.asking)),
        "figure_missing": float(_misses_figure(found.asking, ranked, wording)),
        "other_platform": float(_speaks_of_another(found)),
        "same_platform": float(best.platform in found.named),
        "other_case": float(best.other_case),
    }
    # An article that does not say how merchants ask is judged by itself: what is listed as not
    # covered was listed without it.
    if best.questions:
        nearest = max(passage.asked for passage in found.passages[:3])
        values[QUESTION_FEATURE] = max(nearest, _ALIKE_ANYWAY)
        # Words that no article has are common in rough questions, and being unlike those that
        # are written down is too: both at once are of a message about something else.
        values[STRANGE_FEATURE] = values["unknown_terms"] * (1 - values[QUESTION_FEATURE])
        if uncovered is not None:
            values[UNCOVERED_FEATURE] = uncovered
        if leaning is not None:
            values[LEANING_FEATURE] = leaning
    return values


def _misses_figure(asked: str, ranked: Sequence[Ranked], wording: Wording) -> bool:
    """Whether a figure asked for is neither given nor said not to be."""
    best = [entry.unit.text for entry in ranked[:3]]
    if ranked[0].open_point or wording.missing_figure(asked, best) is None:
        return False
    near = (entry for entry in ranked if entry.score >= ranked[0].score - LEFT_OPEN)
    return not any(wording.leaves_figure_open(asked, best, entry.unit.text) for entry in near)


def _speaks_of_another(found: Retrieved) -> bool:
    """Whether a platform is named and the best passage is neither of it nor names it."""
    best = found.passages[0]
    return (
        bool(found.named)
        and best.platform not in found.named
        and not any(name in best.text for name in found.named)
    )


@dataclass(frozen=True)
class Calibration:
    """A model for each of what may be known of a corpus, the fullest first; see ``FITS``."""

    models: tuple[Model, ...]

    def model(self, values: Mapping[str, float]) -> Model:
        """The fullest model that needs nothing but what is known."""
        return next(
            (model for model in self.models if model.weights.keys() <= values.keys()),
            self.models[-1],
        )

    def probability(self, values: Mapping[str, float]) -> float:
        """Probability (0 to 1) that the question is answered by what was found."""
        return self.model(values).probability(values)

    def threshold(self, values: Mapping[str, float]) -> float:
        """From which probability on to answer."""
        return self.model(values).threshold


def load_calibration(path: Path = _FILE) -> Calibration:
    """Read the packaged fits."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Calibration(tuple(Model.of(content[name]) for name in FITS))
