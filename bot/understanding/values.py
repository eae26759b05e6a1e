"""Values of inputs as a message holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Value:
    """One value of an input, or the ``ask`` to put because what is said does not do.

    ``ask`` names a question of the vocabulary; an empty one is the input's usual question.
    """

    value: Any = None
    readings: tuple[str, ...] = ()
    problem: str | None = None
    ask: str | None = None
    details: tuple[tuple[str, str], ...] = ()


Slots = dict[str, tuple[Value, ...]]

AS_OF = "as_of"
