"""How well planted faults in drafts of answers are caught; the support of a sentence, fitted.

A draft is a question, the citations the bot gave for it, and sentences as a chat model would
phrase them, each labelled ``good`` or with the fault planted in it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot import Answer, Calculation, Citation, Question, RuleUse, Turn
from bot.logistic import Model
from bot.phrasing.checking import Checker, Fault, evidence_for
from bot.phrasing.drafts import read_sentence
from bot.phrasing.support import FEATURES
from evals.errors import CaseError

DRAFTS = Path(__file__).with_name("phrasing") / "drafts.jsonl"
Split = Literal["fit", "test"]
Label = Literal[
    "good",
    "wrong_number",
    "swapped_platform",
    "unsupported",
    "missing_citation",
    "negated",
    "dropped_condition",
    "merged_facts",
]
LABELS: dict[Label, str] = {
    "good": "如实的句子",
    "wrong_number": "数字错",
    "swapped_platform": "换了平台",
    "unsupported": "没有依据",
    "missing_citation": "没有标注出处",
    "negated": "说反了",
    "dropped_condition": "漏了条件",
    "merged_facts": "张冠李戴",
}
# What a release has to catch; the other faults are harder, and shown beside.
REQUIRED: tuple[Label, ...] = (
    "wrong_number",
    "swapped_platform",
    "unsupported",
    "missing_citation",
)
LEAST_CAUGHT, MOST_DROPPED = 0.98, 0.05
# On sentences it was fitted on; more are dropped of those it has not seen.
_DROPPED_WHEN_FITTING = 0.02
_STRENGTH = 0.3


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Labelled(_Strict):
    """A sentence of a draft and what is wrong with it."""

    label: Label
    text: str = Field(min_length=1)


class Draft(_Strict):
    """A line of the file; citations and calculations are an Answer's own."""

    id: str
    split: Split
    question: str
    history: tuple[dict[str, str], ...] = ()
    today: dt.date
    citations: tuple[dict[str, Any], ...] = Field(min_length=1)
    calculations: tuple[dict[str, Any], ...] = ()
    sentences: tuple[Labelled, ...] = Field(min_length=1)

    @property
    def asked(self) -> Question:
        """The question as the bot was asked it."""
        return Question(self.question, self.today, tuple(Turn(**turn) for turn in self.history))

    @property
    def sources(self) -> Answer:
        """The answer whose citations the draft is about."""
        made = tuple(
            Calculation(
                **{
                    **one,
                    "steps": tuple(one["steps"]),
                    "assumptions": tuple(one["assumptions"]),
                    "rules": tuple(RuleUse(**rule) for rule in one["rules"]),
                }
            )
            for one in self.calculations
        )
        return Answer("answered", "", tuple(Citation(**c) for c in self.citations), made)


@dataclass(frozen=True)
class Judged:
    """A sentence with its label and what the checker found; None when it would be shown."""

    draft: Draft
    sentence: Labelled
    fault: Fault | None
    features: dict[str, float] | None

    @property
    def is_good(self) -> bool:
        """Whether it should be shown."""
        return self.sentence.label == "good"


def read_drafts(path: Path = DRAFTS) -> list[Draft]:
    """The labelled drafts; raises CaseError naming the line that cannot be read."""
    drafts = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as exc:
        raise CaseError(f"草稿文件 {path} 读不了：{exc.strerror}。") from exc
    for number, line in enumerate(lines, start=1):
        try:
            drafts.append(Draft.model_validate_json(line))
        except ValidationError as exc:
            problem = exc.errors(include_url=False)[0]
            place = ".".join(str(part) for part in problem["loc"])
            raise CaseError(f"{path} 第 {number} 行 {place}：{problem['msg']}。") from exc
    return drafts


def judge_drafts(
    drafts: Sequence[Draft], checker: Checker, progress: Callable[[int, int], None]
) -> list[Judged]:
    """Check every sentence as it is checked before it is shown."""
    judged = []
    for number, draft in enumerate(drafts, start=1):
        for one in draft.sentences:
            sentence = read_sentence(one.text)
            fault = checker.fault(sentence, draft.asked, draft.sources)
            evidence = evidence_for(sentence, draft.sources)
            values = None
            if sentence.marks and evidence and fault in (None, "unsupported"):
                values = checker.features(sentence, draft.asked, evidence)
            judged.append(Judged(draft, one, fault, values))
        progress(number, len(drafts))
    return judged


def fit_support(judged: Sequence[Judged]) -> Model:
    """Fit on the split ``fit``: what only the support can tell apart."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    seen = [one for one in judged if one.draft.split == "fit" and one.features is not None]
    rows = np.array([[one.features[name] for name in FEATURES] for one in seen if one.features])
    good = np.array([one.is_good for one in seen])
    model = make_pipeline(
        StandardScaler(),
        LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=5000),
    )
    model.fit(rows, good)
    scaler, logistic = model[0], model[1]
    weights = logistic.coef_[0] / scaler.scale_
    intercept = float(logistic.intercept_[0] - weights @ scaler.mean_)
    threshold = _halfway(judged, model.predict_proba(rows)[:, 1], good)
    return Model(
        {name: round(float(w), 4) for name, w in zip(FEATURES, weights, strict=True)},
        round(intercept, 4),
        round(threshold, 4),
    )


def _halfway(
    judged: Sequence[Judged], chances: NDArray[np.float64], good: NDArray[np.bool_]
) -> float:
    """Between the lowest threshold that catches enough and the highest that drops few enough.

    So both targets have some room on sentences that were not seen; where they cross, the good
    sentences' one holds.
    """
    fitted = [one for one in judged if one.draft.split == "fit"]
    required = [one for one in fitted if one.sentence.label in REQUIRED]
    missable = int((1 - LEAST_CAUGHT) * len(required))
    seen = [one for one in fitted if one.features is not None]
    faulty = np.array([one.sentence.label in REQUIRED for one in seen])
    worst = np.sort(chances[faulty])[::-1]
    lowest = float(worst[missable]) if missable < len(worst) else 0.0
    # Some good sentences are dropped whatever the threshold is.
    lost = sum(one.is_good and one.features is None for one in fitted)
    may_go = max(0, int(_DROPPED_WHEN_FITTING * (lost + good.sum())) - lost)
    highest = float(np.sort(chances[good])[may_go])
    return min(highest, (lowest + highest) / 2)


def with_support(judged: Sequence[Judged], support: Model) -> list[Judged]:
    """The same sentences judged by another fit."""
    return [
        one
        if one.features is None
        else replace(one, fault=None if support.holds(one.features) else "unsupported")
        for one in judged
    ]


@dataclass(frozen=True)
class Caught:
    """How many of the sentences with one label were not shown."""

    label: Label
    count: int
    caught: int


def caught(judged: Sequence[Judged], split: Split) -> list[Caught]:
    """By label, in the order of ``LABELS``."""
    rows = []
    for label in LABELS:
        found = [one for one in judged if one.draft.split == split and one.sentence.label == label]
        rows.append(Caught(label, len(found), sum(one.fault is not None for one in found)))
    return rows


def shares(rows: Sequence[Caught]) -> tuple[float, float]:
    """The share of required faults that are caught, and of good sentences that are dropped."""
    required = [row for row in rows if row.label in REQUIRED]
    good = next(row for row in rows if row.label == "good")
    return (
        sum(row.caught for row in required) / max(1, sum(row.count for row in required)),
        good.caught / max(1, good.count),
    )


def as_json(support: Model, rows: Sequence[Caught]) -> dict[str, Any]:
    """The fit as ``bot.phrasing.support`` reads it, with what it reaches on the test split."""
    return {
        "made_by": "python -m evals drafts --fit",
        "test": {row.label: {"count": row.count, "not_shown": row.caught} for row in rows},
        **json.loads(json.dumps(asdict(support))),
    }
