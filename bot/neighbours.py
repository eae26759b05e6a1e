"""To which side the questions around one lean: answered by an article, or by none.

The nearest question of either side says little where both are near: a merchant who asks for
what no article holds uses nearly the words of one who asks for what an article does hold. How
the many questions around lie tells more.
"""

from __future__ import annotations

import numpy as np

from ingest.embedders import Vectors

# How fast a question counts less with its distance (1 - cosine), and how much less the fit
# trusts any single one; found by cross-validation on the labelled questions.
_NARROW = 20.0
_RIDGE = 1.0


def leaning(vector: Vectors, answered: Vectors, unanswered: Vectors) -> float | None:
    """From about -1 (as questions no article answers) to 1; None where either side is unknown.

    A kernel ridge regression through the neighbours alone, read off at ``vector``, shape
    (dimension,). The neighbours have shape (questions, dimension); all are of unit length.
    """
    if not len(answered) or not len(unanswered):
        return None
    around = np.concatenate([answered, unanswered]).astype(np.float64)
    sides = np.repeat([1.0, -1.0], [len(answered), len(unanswered)])
    alike = np.exp(-_NARROW * (1.0 - around @ around.T))
    weights = np.linalg.solve(alike + _RIDGE * np.eye(len(around)), sides)
    return float(np.exp(-_NARROW * (1.0 - around @ vector)) @ weights)
