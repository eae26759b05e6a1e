"""What a chat model made of a run's answers: how many it phrased, and what was not let through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evals.runner import Result
from evals.scores import Scores


@dataclass(frozen=True)
class Phrased:
    """Counts over a run; ``reasons`` says why an answer stayed as it was composed."""

    offered: int
    phrased: int
    kept: int
    dropped: Mapping[str, int]
    reasons: Mapping[str, int]
    input_tokens: int
    output_tokens: int
    cost: float


def summarise(results: Sequence[Result]) -> Phrased:
    """Read from the answers' traces."""
    traces: list[Mapping[str, Any]] = [
        result.answer.trace["phrasing"] for result in results if "phrasing" in result.answer.trace
    ]
    return Phrased(
        offered=len(traces),
        phrased=sum(trace["phrased"] for trace in traces),
        kept=sum(trace["kept"] for trace in traces),
        dropped=dict(Counter(fault for trace in traces for fault in trace["dropped"])),
        reasons=dict(Counter(trace["reason"] for trace in traces if trace["reason"])),
        input_tokens=sum(trace["input_tokens"] for trace in traces),
        output_tokens=sum(trace["output_tokens"] for trace in traces),
        cost=round(sum(trace["cost"] for trace in traces), 4),
    )


def as_json(model: str, scores: Scores, phrased: Phrased) -> dict[str, Any]:
    """The part of a report that stands beside the run without the model."""
    return {
        "model": model,
        "figures": {"overall": scores.overall, "test": scores.test},
        **asdict(phrased),
    }
