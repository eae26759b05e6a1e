"""Figures made of lists of outcomes. An empty list gives None, never a division by zero."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

RANKING = ("Success@1", "Success@3", "RR@10", "nDCG@3")


def share(outcomes: Sequence[bool]) -> float | None:
    """How many of the outcomes are true, 0 to 1."""
    return sum(outcomes) / len(outcomes) if outcomes else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The value that ``percent`` of the values do not exceed (linear between neighbours)."""
    return float(np.percentile(values, percent)) if values else None


def ranking(
    ranked: Mapping[str, Sequence[str]],
    relevant: Mapping[str, Mapping[str, int]],
    measures: Sequence[str] = RANKING,
) -> dict[str, float | None]:
    """ir-measures' figures, by name, averaged over the questions of ``relevant``.

    ``ranked`` holds ids best first by question (a missing question counts as nothing found),
    ``relevant`` the grade (1 or more) of every right id by question.
    """
    import ir_measures

    if not relevant:
        return dict.fromkeys(measures)
    parsed = {name: ir_measures.parse_measure(name) for name in measures}
    qrels = [
        ir_measures.Qrel(question, found, grade)
        for question, grades in relevant.items()
        for found, grade in grades.items()
    ]
    run = [
        ir_measures.ScoredDoc(question, found, -float(place))
        for question in relevant
        for place, found in enumerate(dict.fromkeys(ranked.get(question, ())))
    ]
    got = ir_measures.calc_aggregate(list(parsed.values()), qrels, run)
    return {name: float(got[measure]) for name, measure in parsed.items()}


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Chance that a positive scores higher than a negative; ties count half."""
    if not positives or not negatives:
        return None
    from sklearn.metrics import roc_auc_score

    labels = [1] * len(positives) + [0] * len(negatives)
    return float(roc_auc_score(labels, [*positives, *negatives]))


@dataclass(frozen=True)
class Bin:
    """Predictions of like confidence: how many, how sure, and how often right."""

    count: int
    confidence: float
    outcome: float


def reliability(
    confidences: Sequence[float], outcomes: Sequence[bool], bins: int = 10
) -> list[Bin]:
    """The non-empty bins of equal width between 0 and 1."""
    parted: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, outcome in zip(confidences, outcomes, strict=True):
        place = min(max(int(confidence * bins), 0), bins - 1)
        parted[place].append((confidence, outcome))
    return [
        Bin(len(part), fmean(c for c, _ in part), fmean(o for _, o in part))
        for part in parted
        if part
    ]


def calibration_error(
    confidences: Sequence[float], outcomes: Sequence[bool], bins: int = 10
) -> float | None:
    """Expected calibration error (ECE): mean gap between how sure and how often right."""
    if not confidences:
        return None
    parted = reliability(confidences, outcomes, bins)
    gaps = sum(part.count * abs(part.confidence - part.outcome) for part in parted)
    return gaps / len(confidences)


@dataclass(frozen=True)
class RefusalScores:
    """How well refusing works; ``wrongly_refused`` is a share of the answerable questions."""

    precision: float | None
    recall: float | None
    f1: float | None
    wrongly_refused: float | None


def refusal(
    unanswerable_refused: Sequence[bool], answerable_refused: Sequence[bool]
) -> RefusalScores:
    """Scores of refusing, from what became of unanswerable and of answerable questions."""
    right, wrong = sum(unanswerable_refused), sum(answerable_refused)
    precision = right / (right + wrong) if right + wrong else None
    recall = share(unanswerable_refused)
    f1 = None
    if precision is not None and recall is not None:
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return RefusalScores(precision, recall, f1, share(answerable_refused))


def risk_coverage(
    answers: Sequence[tuple[float, bool]], questions: int
) -> list[tuple[float, float]]:
    """Coverage and risk when only the surest answers are given, surest first.

    ``answers`` are confidence and whether right; ``questions`` how many were asked, refused
    ones included. Answers of one confidence stand or fall together, so they are one point.
    """
    ordered = sorted(answers, key=lambda answer: -answer[0])
    points, wrong = [], 0
    for place, (confidence, right) in enumerate(ordered, start=1):
        wrong += not right
        last = place == len(ordered)
        if last or not math.isclose(ordered[place][0], confidence):
            points.append((place / questions, wrong / place))
    return points


def area_under_risk(points: Sequence[tuple[float, float]]) -> float | None:
    """Mean risk over the coverage reached (AURC, steps); lower is better."""
    if not points:
        return None
    area, covered = 0.0, 0.0
    for coverage, risk in points:
        area += (coverage - covered) * risk
        covered = coverage
    return area / covered
