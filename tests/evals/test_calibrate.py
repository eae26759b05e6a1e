"""Fitting the confidence."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from bot.confidence import FEATURES, FITS, load_calibration
from evals.calibrate import QUESTIONS, fit, labelled_questions
from evals.cases import load_cases
from evals.errors import CalibrationError
from evals.report import write_json
from tests.evals.making import write_lines

NAMES = ("tells", "noise")


def examples() -> tuple[list[list[float]], list[int]]:
    chance = random.Random(7)
    labels = [number % 2 for number in range(120)]
    rows = [[label + chance.gauss(0, 0.25), chance.random()] for label in labels]
    return rows, labels


def test_what_tells_apart_gets_the_weight() -> None:
    got = fit(*examples(), NAMES)
    assert got.auroc is not None
    assert got.auroc > 0.95
    assert got.weights["tells"] > 5 * abs(got.weights["noise"])
    assert (got.answerable, got.not_answerable) == (60, 60)


def test_the_bot_reads_the_fits_that_were_written(tmp_path: Path) -> None:
    got = fit(*examples(), NAMES)
    fits = dict.fromkeys(FITS, got.as_json())
    write_json(tmp_path / "confidence.json", fits)
    read = load_calibration(tmp_path / "confidence.json")
    sure, unsure = ({"tells": value, "noise": 0.5} for value in (1.0, 0.0))
    assert read.threshold(sure) == pytest.approx(got.threshold, abs=1e-4)
    assert read.probability(sure) > read.threshold(sure) > read.probability(unsure)


def test_a_corpus_is_judged_by_the_fit_that_needs_no_more_than_it_lists() -> None:
    packaged = load_calibration()
    values = dict.fromkeys(FEATURES, 0.5)
    for name, left_out in FITS.items():
        known = {key: value for key, value in values.items() if key not in left_out}
        weights = packaged.model(known).weights
        assert weights.keys() == known.keys(), name


def test_topics_without_ways_of_asking_for_sections_are_judged_without_them() -> None:
    packaged = load_calibration()
    known = dict.fromkeys(set(FEATURES) - {"question_similarity"}, 0.5)
    assert "uncovered" not in packaged.model(known).weights


def test_too_few_of_one_label_cannot_be_fitted() -> None:
    with pytest.raises(CalibrationError, match="至少要 10 个"):
        fit([[0.0, 1.0]] * 50, [1] * 49 + [0], NAMES)


def test_no_question_of_the_test_split_is_fitted_on() -> None:
    fitted = {question for question, _ in labelled_questions()}
    dev = {case.question for case in load_cases(split="dev")}
    held_out = {case.question for case in load_cases(split="test")} - dev
    assert fitted & dev
    assert fitted & held_out == set()


def test_the_labelled_questions_hold_both_labels() -> None:
    labels = [label for _, label in labelled_questions()]
    assert labels.count(1) >= 100
    assert labels.count(0) >= 100
    assert QUESTIONS.is_file()


@pytest.mark.parametrize(
    "row", [{"question": "问", "label": "maybe"}, {"question": "问"}, {"label": "answerable"}]
)
def test_a_line_that_cannot_be_used_is_a_clear_error(tmp_path: Path, row: dict[str, str]) -> None:
    path = write_lines(tmp_path / "questions.jsonl", row)
    with pytest.raises(CalibrationError, match=r"questions\.jsonl"):
        labelled_questions(path)


def test_open_points_and_other_platforms_are_not_for_the_fit(tmp_path: Path) -> None:
    rows = [
        {"question": label, "label": label}
        for label in ("answerable", "open_point", "near_miss", "other_platform", "off_topic")
    ]
    path = write_lines(tmp_path / "questions.jsonl", *rows)
    cases = tmp_path / "cases"
    cases.mkdir()
    case = {"id": "a", "split": "dev", "question": "问", "expect": {"status": ["answered"]}}
    write_lines(cases / "a.jsonl", {**case, "kind": "ambiguous"})
    got = labelled_questions(path, cases)
    assert got == [("answerable", 1), ("near_miss", 0), ("off_topic", 0)]


def test_the_packaged_fit_was_made_by_the_command() -> None:
    path = Path(__file__).parents[2] / "bot" / "confidence.json"
    assert json.loads(path.read_text(encoding="utf-8"))["made_by"] == "python -m evals calibrate"
