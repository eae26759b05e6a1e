"""The last report is drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from page.quality import add_quality_routes
from page.words import load_words


def _shown(path: Path) -> str:
    router = APIRouter()
    add_quality_routes(router, load_words("zh"), path=path)
    server = FastAPI()
    server.include_router(router)
    return TestClient(server).get("/quality").text


def _case(identifier: str, status: str, *, passed: bool, allowed: list[str]) -> dict[str, Any]:
    return {
        "id": identifier, "kind": "fact", "split": "dev", "question": "<b>几个点</b>",
        "expect": {"status": allowed}, "passed": passed, "problems": ["缺少<i>事实</i>"],
        "answer": {"status": status, "confidence": 0.9},
    }  # fmt: skip


def test_a_report_is_drawn_with_its_gates_and_failed_cases_escaped(tmp_path: Path) -> None:
    figures = {"cases": 2.0, "passed": 1.0, "pass_share": 0.5, "ece": 0.04, "latency_p50_ms": 54.0}
    run = {
        "version": 1, "made": "2026-11-25T02:36:02+00:00", "target": "本进程", "split": "all",
        "figures": {"overall": figures, "kinds": {"fact": figures}},
        "gates": [
            {"gate": "fact：通过率 ≥ 0.92", "figure": "pass_share", "kind": "fact", "value": 0.92,
             "got": 0.5, "missed": True}
        ],
        "cases": [
            _case("a", "answered", passed=True, allowed=["answered"]),
            _case("b", "answered", passed=False, allowed=["not_found"]),
        ],
    }  # fmt: skip
    path = tmp_path / "eval.json"
    path.write_text(json.dumps(run, ensure_ascii=False), encoding="utf-8")
    html = _shown(path)
    assert html.count("<svg") == 4
    assert "50.0" in html
    assert "未达到" in html
    assert "&lt;b&gt;几个点&lt;/b&gt;" in html
    assert "<b>几个点" not in html


def test_without_a_report_it_says_how_to_make_one(tmp_path: Path) -> None:
    assert "make eval" in _shown(tmp_path / "eval.json")


def test_what_is_no_report_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "eval.json"
    path.write_text("{}", encoding="utf-8")
    assert "不是 python -m evals run --json 写的报告" in _shown(path)
