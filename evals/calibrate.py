"""Fit how confidence is made of retrieval features; the fit is kept as data with the bot."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot import MerchantBot
from bot.confidence import FEATURES
from evals import metrics
from evals.cases import CASES_DIR, load_cases
from evals.errors import CalibrationError

QUESTIONS = Path(__file__).with_name("calibration") / "questions.jsonl"
_ANSWERABLE = ("fact", "list", "typo", "traditional", "english")
# What no article is about: orders to the program, as they are typed.
_ABOUT_SOMETHING_ELSE = "injection"
# Open points are decided by the sentence found (it says that the article does not say);
# platforms outside the corpus by their name. Neither is for this fit.
_REFUSED = ("near_miss", "off_topic")
_LABELS = ("answerable", "open_point", "other_platform", *_REFUSED)
# Of the answerable questions this share may be refused as typed; many of those are then found
# when they are put into the articles' words. A tenth of them is put as far from those as
# merchants ever do, and makes most of this share: of the development cases it is below 2 %.
_MOST_REFUSED = 0.06
_FOLDS = 10
_ONLY_REFUSED = {"not_found", "rejected"}

Rows = NDArray[np.float64]
Flags = NDArray[np.int64]


@dataclass(frozen=True)
class Fit:
    """What was fitted, with its quality under cross-validation."""

    answerable: int
    not_answerable: int
    auroc: float | None
    calibration_error: float | None
    weights: dict[str, float]
    intercept: float
    threshold: float

    def as_json(self) -> dict[str, Any]:
        """As ``bot.confidence`` reads it."""
        return {
            "examples": {"answerable": self.answerable, "not_answerable": self.not_answerable},
            "cross_validated": {
                "auroc": round(self.auroc or 0.0, 4),
                "ece": round(self.calibration_error or 0.0, 4),
            },
            "weights": {name: round(weight, 6) for name, weight in self.weights.items()},
            "intercept": round(self.intercept, 6),
            "threshold": round(self.threshold, 4),
        }


def calibrate(
    bot: MerchantBot, progress: Callable[[int, int], None], *, names: Sequence[str] = FEATURES
) -> Fit:
    """Fit on the labelled questions and the development cases.

    Raises CalibrationError when the questions cannot be read or are all of one label.
    """
    examples = labelled_questions()
    rows, labels = [], []
    for number, (question, label) in enumerate(examples, start=1):
        values = bot.examine(question).features
        if values.keys() >= set(names):
            rows.append([values[name] for name in names])
            labels.append(label)
        progress(number, len(examples))
    return fit(rows, labels, names)


def labelled_questions(
    questions: Path = QUESTIONS, cases: Path = CASES_DIR
) -> list[tuple[str, int]]:
    """Questions with 1 for answerable; nothing of the split ``test`` is among them."""
    found = _read(questions)
    for case in load_cases(cases, split="dev"):
        if case.kind in _ANSWERABLE:
            found.append((case.question, 1))
        elif case.kind == _ABOUT_SOMETHING_ELSE and set(case.expect.status) <= _ONLY_REFUSED:
            found.append((case.question, 0))
    return found


def _read(path: Path) -> list[tuple[str, int]]:
    found = []
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            entry = json.loads(line)
            question, label = entry["question"], entry["label"]
            if label not in _LABELS:
                known = "、".join(_LABELS)
                raise CalibrationError(
                    f"{path} 第 {number} 行：没有 {label!r} 这个标签，可用的是：{known}。"
                )
            if label == "answerable" or label in _REFUSED:
                found.append((str(question), int(label == "answerable")))
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise CalibrationError(f"标注问题 {path} 读不了：{exc!r}。") from exc
    return found


def fit(rows: Sequence[Sequence[float]], labels: Sequence[int], names: Sequence[str]) -> Fit:
    """A logistic model over the features, judged on examples it was not fitted on."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, y = np.array(rows, dtype=np.float64), np.array(labels, dtype=np.int64)
    if min(int(y.sum()), int((1 - y).sum())) < _FOLDS:
        raise CalibrationError(f"能答的和不能答的问题都至少要 {_FOLDS} 个才能拟合。")
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=1000))
    guessed: Rows = cross_val_predict(model, x, y, cv=_FOLDS, method="predict_proba")[:, 1]
    model.fit(x, y)
    scaler, logistic = model[0], model[1]
    weights: Rows = logistic.coef_[0] / scaler.scale_
    return Fit(
        answerable=int(y.sum()),
        not_answerable=int((1 - y).sum()),
        auroc=metrics.auroc(guessed[y == 1].tolist(), guessed[y == 0].tolist()),
        calibration_error=metrics.calibration_error(guessed.tolist(), (y == 1).tolist()),
        weights=dict(zip(names, weights.tolist(), strict=True)),
        intercept=float(logistic.intercept_[0] - np.sum(weights * scaler.mean_)),
        threshold=_threshold(guessed, y),
    )


def _threshold(guessed: Rows, y: Flags) -> float:
    """The highest probability to ask for that refuses so few of the answerable questions."""
    return float(np.quantile(guessed[y == 1], _MOST_REFUSED))
