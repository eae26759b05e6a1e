"""A merchant's question becomes a case of the eval set."""

from __future__ import annotations

import shutil
from pathlib import Path

from evals.cases import CASES_DIR, load_cases
from page.cases import add_case


def test_a_question_becomes_a_valid_case_once(tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    shutil.copytree(CASES_DIR, folder)
    before = len(load_cases(folder))
    assert add_case("发票怎么开", wanted="not_found", folder=folder)
    assert add_case("几时结账", wanted="answered", article="xiaohongshu/settlement", folder=folder)
    assert not add_case("发票怎么开", wanted="not_found", folder=folder)
    added = load_cases(folder, kinds=["merchants"])
    assert len(load_cases(folder)) == before + 2
    assert [case.split for case in added] == ["dev", "dev"]
    assert added[0].must_refuse
    assert added[1].must_answer
    assert added[1].expect.articles == ("xiaohongshu/settlement",)
