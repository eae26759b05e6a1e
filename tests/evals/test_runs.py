"""A run from its cases to its figures, gates and reports."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot import Answer, Turn
from evals import report
from evals.article_files import ArticleFiles
from evals.cases import Case, load_cases
from evals.errors import ReportError
from evals.gates import GATES, Gate, check
from evals.page import render
from evals.runner import Result, run_cases
from evals.scores import LABELS, figures, score
from tests.evals.making import (
    ScriptedBot,
    article_files,
    make_answer,
    make_calculation,
    make_case,
    make_citation,
    write_lines,
)

MONTHLY = "小红书每月结算一次。"
DAYS = "境内12天，境外30天，渠道费是0.7%。"
MADE = dt.datetime(2021, 11, 5, tzinfo=dt.UTC)
REFUSED = Answer("not_found", "没有找到", confidence=0.1)


@pytest.fixture
def articles(tmp_path: Path) -> ArticleFiles:
    return article_files(tmp_path / "corpus")


def ran(
    articles: ArticleFiles, *asked: tuple[Case, Answer], found: Sequence[str] | None = None
) -> list[Result]:
    bot = ScriptedBot({case.question: answer for case, answer in asked})
    ranking = None if found is None else lambda case: found
    return run_cases([case for case, _ in asked], bot, articles, ranking=ranking)


def fact(name: str, **fields: Any) -> Case:
    expect = {"status": ["answered"], "articles": ["xhs/settlement"], "facts": [["每月"]]}
    return make_case(f"问{name}", **{"id": name, "expect": expect, **fields})


def trap(name: str, **fields: Any) -> Case:
    expect = {"status": ["not_found"]}
    return make_case(
        f"问{name}", **{"id": name, "kind": "out_of_scope", "expect": expect, **fields}
    )


def fee(name: str) -> Case:
    wanted = [{"tool": "payment_channel_fee", "result": {"fee": "9.02"}}]
    expect = {"status": ["calculated"], "calculations": wanted}
    return make_case(f"问{name}", id=name, kind="calculation", expect=expect)


def computed(value: str) -> Answer:
    made = make_calculation(fee=value)
    return make_answer(DAYS, status="calculated", calculations=(made,))


def written(results: Sequence[Result]) -> dict[str, Any]:
    scores = score(results)
    return report.as_json(results, scores, check(scores), target="本进程", split="all", made=MADE)


def test_a_case_file_is_asked_line_by_line_with_history_and_day(
    tmp_path: Path, articles: ArticleFiles
) -> None:
    write_lines(
        tmp_path / "cases.jsonl",
        {
            "id": "a",
            "kind": "follow-up",
            "split": "dev",
            "question": "那境外的呢",
            "history": [{"role": "user", "content": "境内几天"}],
            "today": "2021-12-01",
            "expect": {"status": ["answered"], "facts": [["30天"]]},
        },
        {
            "id": "b",
            "kind": "fact",
            "split": "test",
            "question": "几个点",
            "expect": {"status": ["answered"], "facts": [["0.7%"]]},
        },
    )
    bot = ScriptedBot({"那境外的呢": make_answer(DAYS), "几个点": make_answer(MONTHLY)})
    steps: list[int] = []
    results = run_cases(load_cases(tmp_path), bot, articles, progress=lambda: steps.append(1))
    assert bot.asked[0] == ("那境外的呢", (Turn("user", "境内几天"),), dt.date(2021, 12, 1))
    assert [result.verdict.passed for result in results] == [True, False]
    assert len(steps) == 2
    assert all(result.milliseconds >= 0 for result in results)


def test_what_is_found_is_told_from_what_is_cited(articles: ArticleFiles) -> None:
    results = ran(articles, (fact("a"), make_answer(MONTHLY)), found=["x", "x", "xhs/settlement"])
    assert results[0].found == ("x", "xhs/settlement")
    got = figures(results)
    assert (got["found_hit_1"], got["found_hit_3"], got["found_mrr"]) == (0, 1, 0.5)
    assert got["cited_hit_1"] == 1


def test_every_figure_has_a_label_and_every_label_a_figure(articles: ArticleFiles) -> None:
    assert figures([]).keys() == LABELS.keys()
    assert figures(ran(articles, (fact("a"), make_answer(MONTHLY)))).keys() == LABELS.keys()


def test_no_case_at_all_gives_counts_of_zero_and_no_shares() -> None:
    got = figures([])
    assert {name for name, value in got.items() if value is not None} == {
        "cases",
        "passed",
        "inexact_citations",
        "wrong_calculations",
        "invented_numbers",
        "wrong_stated",
    }
    assert set(got.values()) == {0, None}


def test_figures_of_a_mixed_run(articles: ArticleFiles) -> None:
    results = ran(
        articles,
        (fact("right"), make_answer(MONTHLY, confidence=0.9)),
        (fact("wrong"), make_answer(DAYS, confidence=0.8)),
        (fact("refused"), REFUSED),
        (trap("refused-trap"), REFUSED),
        (trap("answered-trap"), make_answer(MONTHLY, confidence=0.7)),
        (fee("exact"), computed("9.02")),
        (fee("off"), computed("9.03")),
    )
    got = figures(results)
    assert (got["cases"], got["passed"]) == (7, 3)
    assert got["facts_share"] == pytest.approx(1 / 3)
    assert got["refusal_precision"] == 0.5
    assert got["refusal_recall"] == 0.5
    assert got["wrongly_refused"] == pytest.approx(1 / 5)
    assert got["calculations_exact"] == 0.5
    assert got["wrong_calculations"] == 1
    assert got["citations_exact"] == 1
    assert got["citation_precision"] == 1
    assert got["cited_hit_1"] == pytest.approx(2 / 3)
    # Answerable at .9 .8 .1 .9 .9 against traps at .1 and .7: 8 pairs right, 1 tie of 10.
    assert got["auroc"] == pytest.approx(0.85)
    kinds = score(results).kinds
    assert kinds["fact"]["pass_share"] == pytest.approx(1 / 3)
    assert kinds["calculation"]["pass_share"] == 0.5


def test_a_single_wrong_calculation_misses_its_gate_in_any_split(articles: ArticleFiles) -> None:
    right = [(fee(f"right-{n}"), computed("9.02")) for n in range(200)]
    wrong = make_case("问wrong", id="wrong", split="dev", expect=fee("x").expect.model_dump())
    outcomes = check(score(ran(articles, *right, (wrong, computed("9.03")))))
    missed = [one.gate for one in outcomes if one.missed]
    assert missed == [Gate("wrong_calculations", "never", 0)]


def test_an_invented_number_and_an_inexact_citation_have_gates_of_their_own(
    articles: ArticleFiles,
) -> None:
    invented = make_answer(MONTHLY, text="每月15日结算。[1]")
    moved = make_answer(citations=(make_citation(MONTHLY, article_id="none"),))
    results = ran(articles, (fact("a"), invented), (fact("b"), moved))
    missed = {one.gate.figure for one in check(score(results)) if one.missed}
    assert {"invented_numbers", "inexact_citations"} <= missed


def test_shares_are_gated_on_the_test_split_only(articles: ArticleFiles) -> None:
    gate = (Gate("pass_share", "at_least", 0.92, "fact"),)
    good, bad = make_answer(MONTHLY), make_answer(DAYS)
    on_dev = score(ran(articles, (fact("a", split="dev"), bad), (fact("b"), good)))
    assert not check(on_dev, gate)[0].missed
    on_test = score(ran(articles, (fact("a", split="dev"), good), (fact("b"), bad)))
    assert check(on_test, gate)[0].missed
    unmeasured = check(score(ran(articles, (fact("a", split="dev"), bad))), gate)[0]
    assert (unmeasured.got, unmeasured.missed) == (None, False)


def test_a_figure_right_at_its_bound_reaches_it(articles: ArticleFiles) -> None:
    scores = score(ran(articles, (fact("a"), make_answer(MONTHLY)), (fact("b"), REFUSED)))
    at_least = Gate("pass_share", "at_least", 0.5, "fact")
    at_most = Gate("wrongly_refused", "at_most", 0.5)
    assert [one.missed for one in check(scores, (at_least, at_most))] == [False, False]


def test_every_gate_is_on_a_figure_and_every_kind_but_small_talk_has_one() -> None:
    assert {gate.figure for gate in GATES} <= LABELS.keys()
    gated = {gate.kind for gate in GATES} - {None}
    assert gated == {case.kind for case in load_cases()} - {"smalltalk"}


def test_a_report_comes_back_as_it_was_written(tmp_path: Path, articles: ArticleFiles) -> None:
    content = written(ran(articles, (fact("a"), make_answer(MONTHLY)), (fee("b"), computed("1"))))
    path = tmp_path / "new" / "folder" / "report.json"
    report.write_json(path, content)
    assert report.load(path) == json.loads(json.dumps(content))
    assert report.compare(report.load(path), content).none


def test_what_is_broken_mended_added_and_gone_is_named(articles: ArticleFiles) -> None:
    good, bad = make_answer(MONTHLY), make_answer(DAYS)
    old = written(ran(articles, (fact("a"), good), (fact("b"), bad), (fact("c"), good)))
    new = written(ran(articles, (fact("a"), bad), (fact("b"), good), (fact("d"), good)))
    changes = report.compare(old, new)
    assert (changes.broken, changes.mended) == (("a",), ("b",))
    assert (changes.added, changes.gone) == (("d",), ("c",))
    assert not changes.none


def test_changed_figures_are_named_with_both_values(articles: ArticleFiles) -> None:
    old = written(ran(articles, (fact("a"), make_answer(MONTHLY))))
    new = written(ran(articles, (fact("a"), make_answer(DAYS))))
    changed = {one.figure: (one.was, one.now) for one in report.compare(old, new).figures}
    assert changed["pass_share"] == (1, 0)
    assert "citations_exact" not in changed


@pytest.mark.parametrize("text", ["", "[]", '{"version": 0}', "nonsense"])
def test_what_is_no_report_cannot_be_compared_with(tmp_path: Path, text: str) -> None:
    path = tmp_path / "old.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=r"old\.json"):
        report.load(path)


def test_a_report_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ReportError, match="写不了"):
        report.write(tmp_path / "file" / "report.json", "{}")


def page(results: Sequence[Result], old: dict[str, Any] | None = None) -> str:
    scores, content = score(results), written(results)
    changes = report.compare(old, content) if old else None
    return render(results, scores, check(scores), content, changes)


def test_the_page_shows_what_a_case_contains_as_text(articles: ArticleFiles) -> None:
    evil = "<script>alert('x')</script>&\"<img src=x onerror=1>"
    case = make_case(
        evil,
        id="<b>id</b>",
        kind="<i>kind</i>",
        history=[{"role": "user", "content": evil}],
        expect={"status": ["not_found"], "not_facts": [evil]},
    )
    got = page(ran(articles, (case, make_answer(MONTHLY, text=evil, suggestions=(evil,)))))
    assert "<script" not in got
    assert "<img" not in got
    assert "<b>id" not in got
    assert "<i>kind" not in got
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in got


def test_the_page_needs_nothing_but_itself(articles: ArticleFiles) -> None:
    got = page(ran(articles, (fact("a"), make_answer(MONTHLY)), (trap("b"), REFUSED)))
    assert got.count("<svg") == 4
    assert not re.search(r"""(src|href)\s*=|@import|url\(|<script|<link""", got)


def test_the_page_shows_failed_cases_only_and_what_changed(articles: ArticleFiles) -> None:
    old = written(ran(articles, (fact("good"), make_answer(MONTHLY)), (fact("bad"), REFUSED)))
    results = ran(articles, (fact("good"), make_answer(MONTHLY)), (fact("bad"), make_answer(DAYS)))
    got = page(results, old)
    assert "问bad" in got
    assert "问good" not in got
    assert "引文里没有：每月" in got
    assert "与旧报告相比" in got
    assert "与旧报告相比" not in page(results)


def test_a_page_of_one_case_that_measures_little_is_still_a_page(articles: ArticleFiles) -> None:
    talk = make_case("你好", kind="smalltalk", expect={"status": ["answered"]})
    assert "没有测" in page(ran(articles, (talk, Answer("answered", "您好"))))
