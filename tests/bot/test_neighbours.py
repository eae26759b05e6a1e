"""To which side the questions around one lean."""

from __future__ import annotations

import numpy as np
import pytest

from bot.neighbours import leaning
from ingest.embedders import Vectors


def at(*degrees: float) -> Vectors:
    """Unit vectors in the plane."""
    angles = np.radians(degrees)
    vectors: Vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    return vectors


def leans(question: float, answered: tuple[float, ...], unanswered: tuple[float, ...]) -> float:
    found = leaning(at(question)[0], at(*answered), at(*unanswered))
    assert found is not None
    return found


def test_a_question_leans_to_the_side_of_the_questions_around_it() -> None:
    assert leans(0, (0, 3, -4), (60, 70)) > 0.5
    assert leans(65, (0, 3, -4), (60, 70)) < -0.5


def test_where_one_of_each_is_as_near_the_others_around_decide() -> None:
    assert leans(0, (5, 8, 10), (-5,)) > 0.1
    assert leans(0, (5,), (-5, -8, -10)) < -0.1
    assert leans(0, (5,), (-5,)) == pytest.approx(0.0, abs=1e-6)


def test_far_from_every_question_it_leans_to_neither_side() -> None:
    assert leans(180, (0, 3), (60,)) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("answered", "unanswered"), [((), (1.0,)), ((1.0,), ()), ((), ())])
def test_without_questions_of_both_sides_nothing_is_known(
    answered: tuple[float, ...], unanswered: tuple[float, ...]
) -> None:
    assert leaning(at(0)[0], at(*answered), at(*unanswered)) is None
