"""``python -m ingest`` as it is typed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from filelock import FileLock

from ingest.settings import Settings
from tests.command_lines import run_module
from tests.fakes import local_settings, write_article


def test_a_second_sync_says_that_nothing_changed_in_under_five_seconds(
    own_corpus_settings: Settings,
) -> None:
    seconds = []
    for _ in range(3):
        started = time.monotonic()
        done = run_module("ingest", "sync", settings=own_corpus_settings)
        seconds.append(time.monotonic() - started)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("没有变化。新增 0 篇，替换 0 篇，删除 0 篇，未变 8 篇")
        if seconds[-1] < 5:
            return
    raise AssertionError(f"three runs took {seconds} s")


def test_sync_adds_replaces_deletes_and_counts(own_corpus_settings: Settings) -> None:
    corpus = own_corpus_settings.corpus_dir
    (corpus / "amazon" / "prime-day.md").unlink()
    write_article(corpus, "weixin/open-personal", "## 开店\n\n换了内容。", platform="微信小商店")
    write_article(corpus, "weixin/deposit", "## 保证金\n\n保证金是多少没有写明。")
    (corpus / "weixin" / "broken.md").write_text("---\ntitle: 半", encoding="utf-8")
    done = run_module("ingest", "sync", settings=own_corpus_settings)
    assert done.stdout.startswith("新增 1 篇，替换 1 篇，删除 1 篇，未变 6 篇，共 ")
    # Everything good went in; the exit status says that something was not.
    assert done.returncode == 1
    assert "没有入库：weixin/broken.md：front matter：" in done.stderr


def test_status_says_what_is_indexed_with_which_model(corpus_settings: Settings) -> None:
    done = run_module("ingest", "status", settings=corpus_settings)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "文章：8 篇" in lines and "  小红书：3 篇" in lines
    assert any(line.startswith("段落：") and line.endswith(" 段") for line in lines)
    assert any("multilingual-e5-small" in line for line in lines)
    assert any(line.startswith("最近入库：20") for line in lines)


def test_status_of_an_index_that_is_not_there_says_what_to_run(tmp_path: Path) -> None:
    done = run_module("ingest", "status", settings=local_settings(tmp_path, tmp_path / "data"))
    assert done.returncode == 1
    assert "python -m ingest sync" in done.stderr and len(done.stderr.splitlines()) == 1


def test_another_model_is_refused_with_the_command_that_rebuilds(
    corpus_settings: Settings,
) -> None:
    for command in (("ingest", "sync"), ("ingest", "status"), ("bot", "ask", "几个点")):
        done = run_module(
            *command, settings=corpus_settings, env={"ZHANGGUI_EMBEDDING_MODEL": "another/model"}
        )
        assert done.returncode == 1
        assert "another/model" in done.stderr and "sync --rebuild" in done.stderr


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"ZHANGGUI_CORPUS_DIR": "/nowhere/at/all"}, "ZHANGGUI_CORPUS_DIR"),
        ({"ZHANGGUI_DATA_DIR": "/proc/nowhere"}, "/proc/nowhere"),
        ({"ZHANGGUI_PORT": "x"}, "ZHANGGUI_PORT"),
        ({"ZHANGGUI_PROT": "1"}, "ZHANGGUI_PORT"),
        ({"ZHANGGUI_CHROMA_URL": "http://127.0.0.1:9"}, "ZHANGGUI_CHROMA_URL"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, env: dict[str, str], said: str) -> None:
    write_article(tmp_path / "corpus", "a", "正文。")
    variables = {
        "ZHANGGUI_CORPUS_DIR": str(tmp_path / "corpus"),
        "ZHANGGUI_DATA_DIR": str(tmp_path / "data"),
        **env,
    }
    done = run_module("ingest", "sync", env=variables)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("错误：") and said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_running_sync_and_a_damaged_store_are_said_in_one_line(
    own_corpus_settings: Settings,
) -> None:
    settings = own_corpus_settings
    with FileLock(settings.data_dir / ".sync.lock"):
        done = run_module("ingest", "sync", settings=settings)
    assert (done.returncode, done.stderr) == (
        1,
        "错误：另一个 sync 正在写索引，请等它结束后再运行。\n",
    )
    (settings.index_dir / "chroma.sqlite3").write_bytes(os.urandom(9000))
    for command in (("ingest", "sync"), ("ingest", "status"), ("bot", "ask", "几个点")):
        done = run_module(*command, settings=settings)
        assert done.returncode == 1 and "改名保留" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_files_are_imported_and_those_that_cannot_be_are_named(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("结算说明\n\n一个自然月。", encoding="utf-8")
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 cut off")
    files = [tmp_path / "bad.pdf", tmp_path / "good.txt", tmp_path / "none.docx"]
    done = run_module(
        "ingest", "import", *files, "--platform", "小红书", "--corpus", tmp_path / "corpus"
    )
    assert done.returncode == 1
    assert "已写入" in done.stdout and "（结算说明）" in done.stdout
    assert [line for line in done.stderr.splitlines() if line.startswith("错误：")] == [
        line for line in done.stderr.splitlines() if "bad.pdf" in line or "none.docx" in line
    ]
    assert len(list((tmp_path / "corpus").rglob("*.md"))) == 1
