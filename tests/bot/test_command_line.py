"""``python -m bot`` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.settings import Settings
from tests.command_lines import run_module
from tests.conftest import CORPUS
from tests.fakes import local_settings


def test_an_answer_is_printed_with_its_sources(corpus_settings: Settings) -> None:
    done = run_module("bot", "ask", "小红书多久结算一次", settings=corpus_settings)
    assert done.returncode == 0, done.stderr
    assert "自然月" in done.stdout and "[1]" in done.stdout
    assert "（xiaohongshu/settlement）" in done.stdout


def test_json_holds_the_whole_answer_with_exact_quotes(corpus_settings: Settings) -> None:
    done = run_module("bot", "ask", "--json", "小红书多久结算一次", settings=corpus_settings)
    answer = json.loads(done.stdout)
    assert {"status", "text", "citations", "calculations", "confidence", "suggestions"} <= set(
        answer
    )
    assert answer["status"] == "answered" and answer["timings_ms"]["total"] > 0
    for citation in answer["citations"]:
        raw = (CORPUS / f"{citation['article_id']}.md").read_text(encoding="utf-8")
        body = raw.split("\n---\n", 1)[1]
        assert body[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize("question", ["", "🙂🙂", "问" * 5000])
def test_what_is_no_question_ends_with_another_status_than_success(
    corpus_settings: Settings, question: str
) -> None:
    done = run_module("bot", "ask", question, settings=corpus_settings)
    assert done.returncode != 0 and "请" in done.stdout + done.stderr


def test_a_day_that_is_none_is_named(corpus_settings: Settings) -> None:
    done = run_module("bot", "ask", "几个点", "--today", "昨天", settings=corpus_settings)
    assert done.returncode == 1
    assert "'昨天'" in done.stderr and "2021-10-20" in done.stderr


def test_what_the_first_question_needs_is_made_once(tmp_path: Path, models_dir: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    topics = "uncovered: [{topic: 发票, asks: [发票怎么开]}]"
    (corpus / "uncovered.yaml").write_text(topics, encoding="utf-8")
    settings = local_settings(corpus, tmp_path / "data")
    settings.data_dir.mkdir()
    (settings.data_dir / "models").symlink_to(models_dir, target_is_directory=True)
    made = []
    for _ in range(2):
        done = run_module("bot", "prepare", settings=settings)
        assert done.returncode == 0, done.stderr
        made.append([path.stat().st_mtime_ns for path in (tmp_path / "data/uncovered").iterdir()])
    assert len(made[0]) == 1
    assert made[1] == made[0]


def test_asking_before_the_first_sync_says_what_to_run(tmp_path: Path) -> None:
    settings = local_settings(CORPUS, tmp_path / "data")
    done = run_module("bot", "ask", "几个点", settings=settings)
    assert (done.returncode, done.stdout) == (1, "")
    assert "python -m ingest sync" in done.stderr


def test_a_batch_answers_line_by_line_and_counts_what_it_could_not_read(
    corpus_settings: Settings, tmp_path: Path
) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes('{"id": 1, "question": "几个点"}\n{broken\n\n'.encode())
    done = run_module("bot", "batch", source, target, settings=corpus_settings)
    assert done.returncode == 0, done.stderr
    assert "共 3 行，其中 2 行读不懂" in done.stdout
    rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [row["status"] for row in rows[1:]] == ["rejected", "rejected"] and rows[0]["id"] == 1


def test_a_batch_without_its_file_ends_with_an_error(
    corpus_settings: Settings, tmp_path: Path
) -> None:
    done = run_module(
        "bot", "batch", tmp_path / "none.jsonl", tmp_path / "out", settings=corpus_settings
    )
    assert done.returncode == 1 and "none.jsonl" in done.stderr
