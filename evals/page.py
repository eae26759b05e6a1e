"""A run as one HTML page that needs nothing but itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from evals import charts, metrics
from evals.gates import Outcome
from evals.report import Changes
from evals.runner import Result
from evals.scores import LABELS, Scores, answerable, given, worst_first
from evals.tables import shown


def render(
    results: Sequence[Result],
    scores: Scores,
    outcomes: Sequence[Outcome],
    content: dict[str, Any],
    changes: Changes | None = None,
) -> str:
    """The page; whatever a case or an answer contains is shown as text."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = shown
    environment.filters["pretty"] = lambda value: json.dumps(value, ensure_ascii=False, indent=1)
    return environment.get_template("page.html").render(
        run=content,
        labels=LABELS,
        kinds=scores.kinds,
        overall=scores.overall,
        test=scores.test,
        gates=outcomes,
        changes=changes,
        failed=_failed(results, content),
        plots=_plots(results, scores, outcomes),
    )


def _failed(results: Sequence[Result], content: dict[str, Any]) -> list[dict[str, Any]]:
    cases = {case["id"]: case for case in content["cases"]}
    return [cases[result.case.id] for result in worst_first(results)]


def _plots(
    results: Sequence[Result], scores: Scores, outcomes: Sequence[Outcome]
) -> list[tuple[str, Markup]]:
    # The charts are made of elements, not of text: what stands in them is escaped already.
    return [
        ("各类用例的通过率（竖线是要达到的）", Markup(_bars(scores, outcomes))),
        ("风险–覆盖：只答最有把握的", Markup(_risk(results))),
        ("校准：说有几成把握，就该对几成", Markup(_reliability(results))),
        ("置信度分布：能答的（实线）与不能答的（虚线）", Markup(_confidence(results))),
    ]


def _bars(scores: Scores, outcomes: Sequence[Outcome]) -> str:
    goals = {one.gate.kind: one.gate.value for one in outcomes if one.gate.figure == "pass_share"}
    return charts.bars(
        [
            charts.Bar(
                kind,
                figures["pass_share"] or 0.0,
                f"{figures['pass_share'] or 0.0:.1%} / {figures['cases']:.0f}",
                goals.get(kind),
            )
            for kind, figures in scores.kinds.items()
        ],
        title="通过率",
    )


def _risk(results: Sequence[Result]) -> str:
    points = metrics.risk_coverage(given(results), max(1, len(answerable(results))))
    top = max([0.05, *(risk for _, risk in points)])
    line = charts.Line("风险", points, "one")
    return charts.curves(
        [line], title="风险–覆盖", across="覆盖（占全部问题）", up="错误率", top=top
    )


def _reliability(results: Sequence[Result]) -> str:
    labelled = answerable(results)
    parted = metrics.reliability([c for c, _ in labelled], [known for _, known in labelled])
    lines = [
        charts.Line("理想", [(0, 0), (1, 1)], "ideal"),
        charts.Line("实际", [(part.confidence, part.outcome) for part in parted], "one", dots=True),
    ]
    return charts.curves(lines, title="校准", across="置信度", up="确实能答的占比")


def _confidence(results: Sequence[Result]) -> str:
    labelled = answerable(results)
    groups = [
        ("能答", [c for c, known in labelled if known]),
        ("不能答", [c for c, known in labelled if not known]),
    ]
    return charts.histogram(groups, title="置信度分布", across="置信度")
