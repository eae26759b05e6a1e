"""The last evaluation report, as plots."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from evals import charts, metrics, report
from evals.cases import Expectation
from page.parts import part
from page.templating import notice, render
from page.words import Words

REPORT = Path(__file__).resolve().parent.parent / "out" / "eval.json"
_SIGNS = {"never": "=", "at_least": "≥", "at_most": "≤"}
_SAID = ("answered", "calculated")


def add_quality_routes(router: APIRouter, words: Words, *, path: Path = REPORT) -> None:
    """``quality``: the report at ``path``, or how to make one."""

    @router.get("/quality")
    def quality() -> HTMLResponse:
        def work() -> str:
            if not path.is_file():
                return notice(words("no_report"), words, kind="plain")
            return render_report(report.load(path), words)

        return part(work, words)


def render_report(run: Mapping[str, Any], words: Words) -> str:
    """The figures that matter, the bounds, and the plots."""
    cases = run["cases"]
    return render(
        "quality.html",
        words,
        when=dt.datetime.fromisoformat(run["made"]),
        run=run,
        overall=run["figures"]["overall"],
        gates=[(_gate(gate, words), gate) for gate in run["gates"]],
        plots=[(words(f"plot_{name}"), Markup(svg)) for name, svg in _plots(run, words)],
        failed=[case for case in cases if not case["passed"]],
    )


def _plots(run: Mapping[str, Any], words: Words) -> Iterator[tuple[str, str]]:
    """Plots by name. They are made of elements, not of text: what stands in them is escaped."""
    answerable = list(_answerable(run["cases"]))
    yield "kinds", charts.bars(list(_bars(run, words)), title=words("plot_kinds"))
    given = [
        (case["answer"]["confidence"], bool(case["passed"]))
        for case, _ in answerable
        if case["answer"]["status"] in _SAID
    ]
    points = metrics.risk_coverage(given, max(1, len(answerable)))
    top = max([0.05, *(risk for _, risk in points)])
    yield (
        "risk",
        charts.curves(
            [charts.Line("", points)], title=words("plot_risk"),
            across=words("coverage"), up=words("error_rate"), top=top,
        ),
    )  # fmt: skip
    sure = [case["answer"]["confidence"] for case, _ in answerable]
    bins = metrics.reliability(sure, [known for _, known in answerable])
    lines = [
        charts.Line("", [(0, 0), (1, 1)], "ideal"),
        charts.Line("", [(one.confidence, one.outcome) for one in bins], dots=True),
    ]
    yield (
        "reliability",
        charts.curves(
            lines, title=words("plot_reliability"),
            across=words("confidence"), up=words("share_right"),
        ),
    )  # fmt: skip
    groups = [
        ("", [case["answer"]["confidence"] for case, known in answerable if known is wanted])
        for wanted in (True, False)
    ]
    yield (
        "confidence",
        charts.histogram(groups, title=words("plot_confidence"), across=words("confidence")),
    )


def _kind(kind: str, words: Words) -> str:
    return words.texts.get(f"kind_{kind}", kind)


def _gate(gate: Mapping[str, Any], words: Words) -> str:
    name = words.texts.get(f"figure_{gate['figure']}")
    sign = _SIGNS.get(gate.get("bound", ""))
    if name is None or sign is None:
        return str(gate["gate"])
    kind = f"{_kind(gate['kind'], words)}{words('colon')}" if gate["kind"] else ""
    return f"{kind}{name} {sign} {gate['value']:g}"


def _bars(run: Mapping[str, Any], words: Words) -> Iterator[charts.Bar]:
    goals = {gate["kind"]: gate["value"] for gate in run["gates"] if gate["figure"] == "pass_share"}
    for kind, figures in run["figures"]["kinds"].items():
        share = figures["pass_share"] or 0.0
        yield charts.Bar(
            _kind(kind, words), share, f"{share:.1%} / {figures['cases']:.0f}", goals.get(kind)
        )


def _answerable(cases: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], bool]]:
    """The cases where it is clear whether there is an answer, with whether there is one."""
    for case in cases:
        allowed = set(Expectation.model_validate_json(json.dumps(case["expect"])).status)
        if allowed & set(_SAID) and not allowed & {"not_found", "rejected"}:
            yield case, True
        elif allowed <= {"not_found", "rejected"}:
            yield case, False
