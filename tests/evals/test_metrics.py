"""Figures, held against values worked out by hand."""

from __future__ import annotations

import math

import pytest

from evals import metrics


def test_nothing_to_measure_is_no_figure_and_no_error() -> None:
    assert metrics.share([]) is None
    assert metrics.percentile([], 95) is None
    assert metrics.auroc([], []) is None
    assert metrics.auroc([0.5], []) is None
    assert metrics.calibration_error([], []) is None
    assert metrics.reliability([], []) == []
    assert metrics.risk_coverage([], 0) == []
    assert metrics.area_under_risk([]) is None
    assert metrics.refusal([], []) == metrics.RefusalScores(None, None, None, None)
    assert metrics.ranking({}, {}) == dict.fromkeys(metrics.RANKING)


def test_a_ranking_is_scored_by_the_place_of_what_is_relevant() -> None:
    got = metrics.ranking(
        {"a": ["right", "x"], "b": ["x", "right"], "c": ["x", "y", "z", "right"]},
        {name: {"right": 1} for name in "abc"},
    )
    assert got["Success@1"] == pytest.approx(1 / 3)
    assert got["Success@3"] == pytest.approx(2 / 3)
    assert got["RR@10"] == pytest.approx((1 + 1 / 2 + 1 / 4) / 3)
    assert got["nDCG@3"] == pytest.approx((1 + 1 / math.log2(3)) / 3)


def test_a_question_with_nothing_ranked_counts_as_missed() -> None:
    got = metrics.ranking({"a": ["right"], "b": []}, {"a": {"right": 1}, "b": {"right": 1}})
    assert got["Success@1"] == 0.5
    assert metrics.ranking({}, {"a": {"right": 1}})["RR@10"] == 0


def test_an_id_ranked_twice_counts_by_its_better_place() -> None:
    got = metrics.ranking({"a": ["x", "right", "x", "right"]}, {"a": {"right": 1}})
    assert got["RR@10"] == 0.5


def test_the_better_of_two_relevant_articles_should_come_first() -> None:
    grades = {"a": {"best": 2, "good": 1}}
    assert metrics.ranking({"a": ["best", "good"]}, grades)["nDCG@3"] == pytest.approx(1)
    worse = metrics.ranking({"a": ["good", "best"]}, grades)["nDCG@3"]
    assert worse is not None
    assert worse < 1


def test_auroc_is_the_chance_of_ranking_a_pair_rightly_and_ties_count_half() -> None:
    assert metrics.auroc([0.9, 0.8], [0.1, 0.2]) == 1
    assert metrics.auroc([0.1], [0.9]) == 0
    assert metrics.auroc([0.5], [0.5]) == 0.5
    assert metrics.auroc([0.9, 0.3], [0.5]) == 0.5


def test_calibration_error_is_the_mean_gap_between_sure_and_right() -> None:
    assert metrics.calibration_error([1.0, 0.0], [True, False]) == 0
    assert metrics.calibration_error([0.95, 0.95], [True, False]) == pytest.approx(0.45)
    # Two bins, weighted by how many are in each: (3 * |0.9 - 2/3| + 1 * |0.1 - 1|) / 4.
    mixed = metrics.calibration_error([0.9, 0.9, 0.9, 0.1], [True, True, False, True])
    assert mixed == pytest.approx((3 * (0.9 - 2 / 3) + 0.9) / 4)


def test_a_confidence_of_one_belongs_to_the_last_bin() -> None:
    assert metrics.reliability([1.0, 0.95], [True, True]) == [metrics.Bin(2, 0.975, 1.0)]


def test_refusal_tells_wrongly_refused_from_wrongly_answered() -> None:
    got = metrics.refusal([True, True, False], [True, False, False, False])
    assert got.precision == pytest.approx(2 / 3)
    assert got.recall == pytest.approx(2 / 3)
    assert got.f1 == pytest.approx(2 / 3)
    assert got.wrongly_refused == pytest.approx(1 / 4)


def test_refusing_nothing_has_no_precision_and_no_recall() -> None:
    got = metrics.refusal([False], [False])
    assert (got.precision, got.recall, got.f1) == (None, 0, None)


def test_refusing_only_the_answerable_has_an_f1_of_zero() -> None:
    got = metrics.refusal([False], [True])
    assert (got.precision, got.recall, got.f1) == (0, 0, 0)


def test_risk_grows_with_coverage_when_the_surest_answers_are_right() -> None:
    points = metrics.risk_coverage([(0.2, False), (0.9, True), (0.6, True)], questions=4)
    assert points == [(0.25, 0.0), (0.5, 0.0), (0.75, pytest.approx(1 / 3))]
    assert metrics.area_under_risk(points) == pytest.approx((0.25 * 1 / 3) / 0.75)


def test_answers_of_one_confidence_are_one_point_of_the_curve() -> None:
    assert metrics.risk_coverage([(0.5, True), (0.5, False)], questions=2) == [(1.0, 0.5)]


def test_percentiles_lie_between_neighbours() -> None:
    assert metrics.percentile([10, 20, 30], 50) == 20
    assert metrics.percentile([10, 20], 50) == 15
