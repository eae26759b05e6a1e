"""Reading the case files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from evals.article_files import ArticleFiles
from evals.cases import CASES_DIR, DEFAULT_TODAY, load_cases
from evals.errors import CaseError
from tests.conftest import CORPUS
from tests.evals.making import write_lines

ROW = {
    "id": "a",
    "kind": "fact",
    "split": "dev",
    "question": "问",
    "expect": {"status": ["answered"]},
}


def test_the_projects_cases_are_readable_and_enough() -> None:
    counts = Counter(case.kind for case in load_cases())
    assert counts.total() >= 300
    assert set(counts) == {path.name.split(".")[0] for path in CASES_DIR.glob("*.jsonl")}
    assert counts["calculation"] >= 150


def test_every_kind_is_split_into_dev_and_test() -> None:
    for split in ("dev", "test"):
        kinds = Counter(case.kind for case in load_cases(split=split))
        assert set(kinds) == {path.name.split(".")[0] for path in CASES_DIR.glob("*.jsonl")}


def test_every_article_that_a_case_expects_is_in_the_corpus() -> None:
    files = ArticleFiles(CORPUS)
    expected = {article for case in load_cases() for article in case.expect.articles}
    assert [article for article in expected if files.text(article) is None] == []


def test_cases_are_chosen_by_split_and_kind(tmp_path: Path) -> None:
    write_lines(
        tmp_path / "a.jsonl",
        ROW,
        {**ROW, "id": "b", "split": "test"},
        {**ROW, "id": "c", "kind": "list", "split": "test"},
    )
    assert [case.id for case in load_cases(tmp_path, split="test")] == ["b", "c"]
    assert [case.id for case in load_cases(tmp_path, split="test", kinds=["list"])] == ["c"]


def test_a_case_without_a_day_is_always_asked_on_the_same_one(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", ROW)
    assert load_cases(tmp_path)[0].today == DEFAULT_TODAY


@pytest.mark.parametrize(
    ("allowed", "must_answer", "must_refuse"),
    [
        (["answered", "calculated"], True, False),
        (["clarify", "answered"], True, False),
        (["not_found", "answered"], False, False),
        (["not_found"], False, True),
        (["not_found", "rejected"], False, True),
        (["clarify"], False, False),
    ],
)
def test_it_is_clear_which_cases_say_something_about_refusing(
    tmp_path: Path, allowed: list[str], must_answer: bool, must_refuse: bool
) -> None:
    write_lines(tmp_path / "a.jsonl", {**ROW, "expect": {"status": allowed}})
    case = load_cases(tmp_path)[0]
    assert (case.must_answer, case.must_refuse) == (must_answer, must_refuse)


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ({**ROW, "expect": {"status": ["answered"], "fact": [["x"]]}}, "expect.fact"),
        ({**ROW, "expect": {"status": ["maybe"]}}, "expect.status.0"),
        ({**ROW, "expect": {"status": []}}, "expect.status"),
        ({**ROW, "split": "train"}, "split"),
        ({**ROW, "today": "2021-02-30"}, "today"),
    ],
)
def test_a_case_that_means_nothing_is_named_with_its_line(
    tmp_path: Path, broken: dict[str, object], named: str
) -> None:
    write_lines(tmp_path / "a.jsonl", ROW, {**broken, "id": "b"})
    with pytest.raises(CaseError, match=f"a.jsonl 第 2 行：{named}"):
        load_cases(tmp_path)


def test_an_id_that_stands_twice_is_an_error(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", ROW)
    write_lines(tmp_path / "b.jsonl", ROW)
    with pytest.raises(CaseError, match="用例编号 a 出现了两次"):
        load_cases(tmp_path)


def test_an_unknown_kind_or_split_is_an_error_that_names_the_known(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.jsonl", ROW)
    with pytest.raises(CaseError, match="没有 'facts' 这一类用例，可用的是：fact"):
        load_cases(tmp_path, kinds=["facts"])
    with pytest.raises(CaseError, match="没有 'train' 这一部分"):
        load_cases(tmp_path, split="train")


def test_a_folder_without_cases_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"没有 \.jsonl 用例文件"):
        load_cases(tmp_path)
