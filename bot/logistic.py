"""A logistic model over named features: what is fitted under ``evals`` and kept as data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Beyond this the probability is 0 or 1 to more digits than a float holds.
_FAR = 30.0


@dataclass(frozen=True)
class Model:
    """Weights of the features, and from which probability on the answer is yes."""

    weights: Mapping[str, float]
    intercept: float
    threshold: float

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Model:
        """The model of an entry of a file of fits; other keys tell how it was made."""
        return cls(entry["weights"], entry["intercept"], entry["threshold"])

    def probability(self, values: Mapping[str, float]) -> float:
        """Probability (0 to 1) of yes; ``values`` must hold every feature with a weight."""
        total = self.intercept + sum(weight * values[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-_FAR, min(_FAR, total))))

    def holds(self, values: Mapping[str, float]) -> bool:
        """Whether that is enough."""
        return self.probability(values) >= self.threshold
