"""All figures of a run, over all its cases and by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evals import metrics
from evals.judging import cited_articles
from evals.runner import Result

Figures = dict[str, float | None]
_REFUSED = ("not_found", "rejected")
_SAID = ("answered", "calculated")

# Every figure, with what it is called for people; shares are 0 to 1.
LABELS: Mapping[str, str] = {
    "cases": "用例数",
    "passed": "通过数",
    "pass_share": "通过率",
    "facts_share": "引文含所需事实",
    "cited_hit_1": "先引的文章正确",
    "cited_hit_3": "前三篇引文中有正确文章",
    "cited_mrr": "引文 MRR",
    "cited_ndcg_3": "引文 nDCG@3",
    "found_hit_1": "检索首篇正确",
    "found_hit_3": "检索前三篇有正确文章",
    "found_mrr": "检索 MRR",
    "found_ndcg_3": "检索 nDCG@3",
    "citation_precision": "引文来自正确文章",
    "citations_exact": "引文逐字一致的回答",
    "inexact_citations": "不一致的引文数",
    "calculations_exact": "计算完全正确",
    "wrong_calculations": "算错的回答数",
    "invented_numbers": "数字没有出处的回答数",
    "wrong_stated": "明说了错误内容的回答数",
    "refusal_precision": "拒答准确率",
    "refusal_recall": "该拒答的已拒答",
    "refusal_f1": "拒答 F1",
    "wrongly_refused": "该回答却拒答",
    "auroc": "置信度 AUROC",
    "ece": "置信度校准误差 ECE",
    "ece_of_answers": "已作回答的校准误差",
    "aurc": "风险–覆盖曲线下面积",
    "latency_p50_ms": "耗时中位数（毫秒）",
    "latency_p95_ms": "耗时 95 分位（毫秒）",
}


@dataclass(frozen=True)
class Scores:
    """The figures of a run; every dictionary has the keys of ``LABELS``."""

    overall: Figures
    kinds: dict[str, Figures]
    test: Figures
    test_kinds: dict[str, Figures]


def score(results: Sequence[Result]) -> Scores:
    """All figures; ``test`` ones are over the cases of that split only."""
    test = [result for result in results if result.case.split == "test"]
    return Scores(figures(results), _by_kind(results), figures(test), _by_kind(test))


def _by_kind(results: Sequence[Result]) -> dict[str, Figures]:
    kinds = dict.fromkeys(result.case.kind for result in results)
    return {
        kind: figures([result for result in results if result.case.kind == kind]) for kind in kinds
    }


def figures(results: Sequence[Result]) -> Figures:
    """The figures over some results; None where there is nothing to measure."""
    passed = [result.verdict.passed for result in results]
    return {
        "cases": float(len(results)),
        "passed": float(sum(passed)),
        "pass_share": metrics.share(passed),
        "facts_share": metrics.share(_known(result.verdict.facts_held for result in results)),
        **_rankings(results),
        **_citations(results),
        **_calculations(results),
        **_refusals(results),
        **_confidence(results),
        "latency_p50_ms": metrics.percentile([r.milliseconds for r in results], 50),
        "latency_p95_ms": metrics.percentile([r.milliseconds for r in results], 95),
    }


def worst_first(results: Sequence[Result]) -> list[Result]:
    """The failed cases, the most harmful first.

    What states something false comes before an answer where there is none, that before an
    answer beside the point, that before a refusal; of like harm the surer one first.
    """
    failed = [result for result in results if not result.verdict.passed]
    return sorted(failed, key=lambda result: (_harm(result), -result.answer.confidence))


def _harm(result: Result) -> int:
    verdict, said = result.verdict, result.answer.status in _SAID
    false = verdict.wrong_calculation or verdict.inexact or verdict.invented or verdict.stated_wrong
    return 0 if false else 1 if said and result.case.must_refuse else 2 if said else 3


def answerable(results: Sequence[Result]) -> list[tuple[float, bool]]:
    """Confidence and whether there is an answer, of all cases where that is clear."""
    return [
        (result.answer.confidence, result.case.must_answer)
        for result in results
        if result.case.must_answer or result.case.must_refuse
    ]


def given(results: Sequence[Result]) -> list[tuple[float, bool]]:
    """Confidence and whether right, of what was answered where that is clear."""
    return [
        (result.answer.confidence, result.verdict.passed)
        for result in results
        if result.answer.status in _SAID and (result.case.must_answer or result.case.must_refuse)
    ]


def _known(values: Iterable[bool | None]) -> list[bool]:
    return [value for value in values if value is not None]


def _rankings(results: Sequence[Result]) -> Figures:
    wanted = [r for r in results if r.case.expect.articles and r.case.must_answer]
    # The first of the acceptable articles is the best one.
    relevant = {
        result.case.id: {
            article: 2 if place == 0 else 1
            for place, article in enumerate(result.case.expect.articles)
        }
        for result in wanted
    }
    cited = {result.case.id: cited_articles(result.answer) for result in wanted}
    found = {result.case.id: result.found for result in wanted if result.found is not None}
    seen = {identifier: relevant[identifier] for identifier in found}
    return {
        **_named("cited", metrics.ranking(cited, relevant)),
        **_named("found", metrics.ranking(found, seen)),
    }


def _named(prefix: str, got: Mapping[str, float | None]) -> Figures:
    names = ("hit_1", "hit_3", "mrr", "ndcg_3")
    return {
        f"{prefix}_{name}": got[measure]
        for name, measure in zip(names, metrics.RANKING, strict=True)
    }


def _citations(results: Sequence[Result]) -> Figures:
    showing = [r for r in results if r.answer.citations or r.answer.calculations]
    return {
        "citation_precision": metrics.share(
            [right for result in results for right in result.verdict.cited_right]
        ),
        "citations_exact": metrics.share([not r.verdict.inexact for r in showing]),
        "inexact_citations": float(sum(result.verdict.inexact for result in results)),
    }


def _calculations(results: Sequence[Result]) -> Figures:
    verdicts = [result.verdict for result in results]
    return {
        "calculations_exact": metrics.share(_known(v.calculations_exact for v in verdicts)),
        "wrong_calculations": float(sum(v.wrong_calculation for v in verdicts)),
        "invented_numbers": float(sum(bool(v.invented) for v in verdicts)),
        "wrong_stated": float(sum(bool(v.stated_wrong) for v in verdicts)),
    }


def _refusals(results: Sequence[Result]) -> Figures:
    got = metrics.refusal(
        [r.answer.status in _REFUSED for r in results if r.case.must_refuse],
        [r.answer.status in _REFUSED for r in results if r.case.must_answer],
    )
    return {
        "refusal_precision": got.precision,
        "refusal_recall": got.recall,
        "refusal_f1": got.f1,
        "wrongly_refused": got.wrongly_refused,
    }


def _confidence(results: Sequence[Result]) -> Figures:
    labelled, answers = answerable(results), given(results)
    sure, right = [c for c, _ in answers], [r for _, r in answers]
    both = {label: [c for c, known in labelled if known is label] for label in (True, False)}
    return {
        "auroc": metrics.auroc(both[True], both[False]),
        # One side alone says nothing about how well the two are told apart.
        "ece": metrics.calibration_error([c for c, _ in labelled], [known for _, known in labelled])
        if both[True] and both[False]
        else None,
        "ece_of_answers": metrics.calibration_error(sure, right),
        "aurc": metrics.area_under_risk(metrics.risk_coverage(answers, len(labelled))),
    }
