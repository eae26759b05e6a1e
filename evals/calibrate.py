"""Fit how confidence is made of retrieval features; writes ``bot/confidence.json``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.confidence import FEATURES
from bot.pipeline import MerchantBot

QUESTIONS = Path(__file__).with_name("calibration") / "questions.jsonl"
CASES = Path(__file__).with_name("cases")
OUT = Path(__file__).parent.parent / "bot" / "confidence.json"
_ANSWERABLE = ("fact", "list", "typo", "traditional", "english")
# Open points are decided by the sentence found (it says that the article does not say);
# platforms outside the corpus by their name. Neither is for this fit.
_REFUSED = ("near_miss", "off_topic")


@dataclass(frozen=True)
class Fit:
    """What was fitted, with its quality under cross-validation."""

    examples: int
    auroc: float
    calibration_error: float
    threshold: float


def calibrate(bot: MerchantBot, progress: Callable[[int, int], None]) -> Fit:
    """Fit on the labelled questions and the development cases, and write the result."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    examples = _examples()
    rows, labels = [], []
    for number, (question, label) in enumerate(examples):
        values = bot.examine(question).features
        if values:
            rows.append([values[name] for name in FEATURES])
            labels.append(label)
        progress(number + 1, len(examples))
    x, y = np.array(rows), np.array(labels)
    model = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=1000))
    guessed = cross_val_predict(model, x, y, cv=10, method="predict_proba")[:, 1]
    threshold = _threshold(guessed, y)
    model.fit(x, y)
    scaler, logistic = model[0], model[1]
    weights = logistic.coef_[0] / scaler.scale_
    intercept = float(logistic.intercept_[0] - np.sum(weights * scaler.mean_))
    fit = Fit(len(y), float(roc_auc_score(y, guessed)), _ece(guessed, y), threshold)
    content = {
        "made_by": "python -m evals calibrate",
        "examples": {"answerable": int(y.sum()), "not_answerable": int((1 - y).sum())},
        "cross_validated": {
            "auroc": round(fit.auroc, 4),
            "ece": round(fit.calibration_error, 4),
        },
        "weights": {
            name: round(float(w), 6) for name, w in zip(FEATURES, weights, strict=True)
        },
        "intercept": round(intercept, 6),
        "threshold": round(threshold, 4),
    }
    OUT.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return fit


def _examples() -> list[tuple[str, int]]:
    found = []
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["label"] == "answerable" or entry["label"] in _REFUSED:
            found.append((entry["question"], int(entry["label"] == "answerable")))
    for kind in _ANSWERABLE:
        for line in (CASES / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            if case["split"] == "dev":
                found.append((case["question"], 1))
    return found


def _threshold(guessed: np.ndarray, y: np.ndarray) -> float:
    """Where the wrongly refused and the wrongly answered, by their shares, are fewest."""
    best = min(
        np.unique(guessed),
        key=lambda t: 2 * float(np.mean(guessed[y == 1] < t)) + float(np.mean(guessed[y == 0] >= t)),
    )
    return float(best)


def _ece(guessed: np.ndarray, y: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over equal-width bins."""
    at = np.minimum((guessed * bins).astype(int), bins - 1)
    return float(
        sum(
            np.mean(at == b) * abs(np.mean(guessed[at == b]) - np.mean(y[at == b]))
            for b in range(bins)
            if np.any(at == b)
        )
    )
