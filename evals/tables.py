"""Figures as aligned tables on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.gates import Outcome
from evals.phrased import Phrased
from evals.report import Changes
from evals.scores import LABELS, Scores

_COLUMNS = (
    "pass_share",
    "facts_share",
    "cited_hit_1",
    "cited_ndcg_3",
    "citation_precision",
    "calculations_exact",
    "latency_p50_ms",
    "latency_p95_ms",
)
_COUNTS = {
    "cases",
    "passed",
    "inexact_citations",
    "wrong_calculations",
    "invented_numbers",
    "wrong_stated",
}


def shown(value: float | None, figure: str) -> str:
    """A figure as people read it; a dash where nothing was measured."""
    if value is None:
        return "—"
    if figure in _COUNTS:
        return f"{value:.0f}"
    return f"{value:.1f}" if figure.endswith("_ms") else f"{value:.3f}"


def print_scores(scores: Scores, console: Console) -> None:
    """One row a kind, and all other figures below."""
    table = Table(title="各类用例")
    table.add_column("类别", no_wrap=True)
    for heading in ("n", "通过", *(LABELS[name] for name in _COLUMNS)):
        table.add_column(heading, justify="right", overflow="fold")
    for kind, figures in [*scores.kinds.items(), ("全部", scores.overall)]:
        counts = (shown(figures["cases"], "cases"), shown(figures["passed"], "passed"))
        table.add_row(escape(kind), *counts, *(shown(figures[c], c) for c in _COLUMNS))
    console.print(table)
    rest = Table(title="全部用例的其他指标")
    for heading in ("指标", "全部", "仅 test"):
        rest.add_column(heading, justify="left" if heading == "指标" else "right")
    for name, label in LABELS.items():
        if name not in _COLUMNS:
            overall, test = scores.overall[name], scores.test[name]
            rest.add_row(label, shown(overall, name), shown(test, name))
    console.print(rest)


def print_gates(outcomes: Sequence[Outcome], console: Console) -> None:
    """Every gate and whether it is reached."""
    table = Table(title="门槛")
    for heading in ("门槛", "得到", "结果"):
        table.add_column(heading)
    for one in outcomes:
        verdict = "没有测" if one.got is None else "未达到" if one.missed else "达到"
        table.add_row(escape(one.label), shown(one.got, one.gate.figure), verdict)
    console.print(table)


def print_changes(changes: Changes, console: Console) -> None:
    """Which cases and figures differ from the older report."""
    console.print("与旧报告相比：" + ("用例结果没有变化。" if changes.none else ""))
    for label, cases in (
        ("变坏", changes.broken),
        ("变好", changes.mended),
        ("新增", changes.added),
        ("没有了", changes.gone),
    ):
        if cases:
            console.print(escape(f"  {label} {len(cases)}：{'、'.join(cases)}"))
    for one in changes.figures:
        was, now = shown(one.was, one.figure), shown(one.now, one.figure)
        if was != now:
            console.print(escape(f"  {one.label}：{was} → {now}"))


def print_beside(
    plain: Scores, phrased: Scores, made: Phrased, model: str, console: Console
) -> None:
    """All figures without the chat model and with it, and what the model did."""
    table = Table(title=f"不用大模型与用 {escape(model)}")
    for heading in ("指标", "不用", "用", "不用，仅 test", "用，仅 test"):
        table.add_column(heading, justify="left" if heading == "指标" else "right")
    for name, label in LABELS.items():
        both = (plain.overall, phrased.overall, plain.test, phrased.test)
        table.add_row(label, *(shown(figures[name], name) for figures in both))
    console.print(table)
    reasons = "、".join(f"{reason} {count}" for reason, count in made.reasons.items())
    dropped = "、".join(f"{fault} {count}" for fault, count in made.dropped.items())
    console.print(
        escape(
            f"交给大模型 {made.offered} 个回答，用它的话 {made.phrased} 个；"
            f"留下 {made.kept} 句，删去 {sum(made.dropped.values())} 句"
            f"（{dropped or '无'}）；改用原句的原因：{reasons or '无'}；"
            f"词元：输入 {made.input_tokens}，输出 {made.output_tokens}，费用 {made.cost}。"
        )
    )
