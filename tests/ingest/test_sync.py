"""Bringing the index into line with the folder, and back into line after an accident."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from ingest.chunks import ChunkSettings
from ingest.errors import (
    CorpusError,
    IndexLockedError,
    IndexMismatchError,
    IndexMissingError,
    IndexStoreError,
)
from ingest.index import ArticleIndex, open_index
from ingest.settings import Settings
from ingest.sync import SyncReport, manifest_of, sync
from tests.conftest import ROOT
from tests.fakes import CharacterEmbedder, local_settings, write_article
from tests.ingest.store import assert_same_contents, contents, sentences_anywhere

EMBEDDER = CharacterEmbedder()
ASKED = {"费率": ["扣几个点", "抽成多少"]}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    corpus = tmp_path / "corpus"
    write_article(corpus, "a/settle", "## 周期\n\n结算周期是一个自然月。")
    write_article(
        corpus,
        "a/fee",
        "## 费率\n\n支付渠道费是0.7%。\n\n## 别的\n\n没有最低收费。",
        questions=ASKED,
    )
    write_article(corpus, "b/old", "## 旧规\n\n旧规则已经作废。", questions={"旧规": ["老规矩"]})
    return local_settings(corpus, tmp_path / "data")


def run(settings: Settings, *, rebuild: bool = False) -> SyncReport:
    return sync(settings, EMBEDDER, rebuild=rebuild)


def attached(settings: Settings) -> ArticleIndex:
    index = open_index(settings, manifest_of(EMBEDDER, ChunkSettings()))
    index.attach()
    return index


def change(settings: Settings) -> None:
    """One article replaced, one deleted, one added."""
    corpus = settings.corpus_dir
    asked = {"费率": ["扣几个点", "千分之几"]}
    write_article(corpus, "a/fee", "## 费率\n\n支付渠道费改成了0.9%。", questions=asked)
    (corpus / "b" / "old.md").unlink()
    write_article(corpus, "b/new", "## 新规\n\n新规则现在生效。", questions={"新规": ["新规矩"]})


def test_new_articles_are_added_and_a_second_run_changes_nothing(settings: Settings) -> None:
    first = run(settings)
    assert (first.added, first.changed) == (("a/fee", "a/settle", "b/old"), True)
    state = attached(settings).state()
    second = run(settings)
    assert not second.changed
    assert second.unchanged == ("a/fee", "a/settle", "b/old")
    assert second.passages == first.passages == 4
    assert attached(settings).state() == state


def test_a_run_counts_what_it_added_replaced_and_deleted(settings: Settings) -> None:
    run(settings)
    change(settings)
    report = run(settings)
    assert (report.added, report.replaced, report.deleted, report.unchanged) == (
        ("b/new",),
        ("a/fee",),
        ("b/old",),
        ("a/settle",),
    )
    assert report.passages == 3


def test_nothing_of_a_deleted_article_stays_in_the_store(settings: Settings) -> None:
    run(settings)
    (settings.corpus_dir / "b" / "old.md").unlink()
    run(settings)
    assert sentences_anywhere(settings.index_dir, "旧规则已经作废") == []
    assert sentences_anywhere(settings.index_dir, "老规矩") == []
    assert not [
        row for rows in contents(settings.index_dir).values() for row in rows if "old" in row
    ]
    vector = EMBEDDER.embed_queries(["旧规则已经作废"])[0]
    index = attached(settings)
    hits = [*index.near_passages(vector, 50), *index.near_questions(vector, 50)]
    assert hits and not [hit for hit in hits if hit.passage_id.startswith("b/old")]


def test_no_sentence_of_a_replaced_article_stays_in_the_store(settings: Settings) -> None:
    run(settings)
    change(settings)
    run(settings)
    for gone in ("0.7%", "没有最低收费", "抽成多少"):
        assert sentences_anywhere(settings.index_dir, gone) == []
    assert sentences_anywhere(settings.index_dir, "支付渠道费改成了0.9%")


def test_the_last_article_can_be_deleted_too(settings: Settings) -> None:
    run(settings)
    shutil.rmtree(settings.corpus_dir)
    settings.corpus_dir.mkdir()
    assert len(run(settings).deleted) == 3
    rows = contents(settings.index_dir)
    assert [name for name, found in rows.items() if found] == ["zhanggui-state"]


def test_an_updated_index_equals_one_made_from_scratch(settings: Settings, tmp_path: Path) -> None:
    run(settings)
    change(settings)
    run(settings)
    fresh = local_settings(settings.corpus_dir, tmp_path / "fresh")
    run(fresh)
    assert_same_contents(settings.index_dir, fresh.index_dir)


def test_a_half_written_article_keeps_its_former_version(settings: Settings) -> None:
    run(settings)
    path = settings.corpus_dir / "a" / "fee.md"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[:30], encoding="utf-8")
    report = run(settings)
    assert [problem.path for problem in report.problems] == ["a/fee.md"]
    assert (report.deleted, report.replaced) == ((), ())
    assert sentences_anywhere(settings.index_dir, "支付渠道费是0.7%")
    path.write_text(whole, encoding="utf-8")
    assert not run(settings).changed


def test_a_half_written_article_with_a_decomposed_name_keeps_its_former_version(
    tmp_path: Path,
) -> None:
    path = write_article(tmp_path / "corpus", "cafe\u0301", "正文还在。")
    settings = local_settings(tmp_path / "corpus", tmp_path / "data")
    run(settings)
    path.write_text("---\ntitle: x", encoding="utf-8")
    assert run(settings).deleted == ()


def test_a_missing_corpus_folder_takes_nothing_out_of_the_index(settings: Settings) -> None:
    run(settings)
    settings.corpus_dir.rename(settings.corpus_dir.with_name("moved"))
    for rebuild in (False, True):
        with pytest.raises(CorpusError, match="不存在"):
            run(settings, rebuild=rebuild)
    assert attached(settings).passage_count() == 4


def test_a_question_leads_to_the_passage_of_its_section(settings: Settings) -> None:
    run(settings)
    index = attached(settings)
    (best, *_) = index.near_questions(EMBEDDER.embed_queries(["抽成多少"])[0], 3)
    assert index.passages([best.passage_id])[best.passage_id].chunk.text == "支付渠道费是0.7%。"
    assert best.similarity == pytest.approx(1.0, abs=1e-5)
    assert best.vector is not None
    assert best.vector @ EMBEDDER.embed_queries(["抽成多少"])[0] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("rebuild", [False, True])
def test_another_model_is_refused_by_name_until_the_index_is_rebuilt(
    settings: Settings, rebuild: bool
) -> None:
    run(settings)
    other = CharacterEmbedder("other-model")
    if rebuild:
        assert len(sync(settings, other, rebuild=True).added) == 3
        assert not sync(settings, other).changed
        return
    with pytest.raises(IndexMismatchError, match=r"characters.*other-model.*--rebuild"):
        sync(settings, other)
    reader = open_index(settings, manifest_of(other, ChunkSettings()))
    with pytest.raises(IndexMismatchError, match="向量模型"):
        reader.attach()
    # The refusal has left no lock behind, and the index as it was.
    assert not run(settings).changed


def test_other_chunk_settings_are_refused_by_name(settings: Settings) -> None:
    run(settings)
    with pytest.raises(IndexMismatchError, match=r"切分设置.*passage=220.*passage=100.*--rebuild"):
        sync(settings, EMBEDDER, chunking=ChunkSettings(passage=100))
    report = sync(settings, EMBEDDER, chunking=ChunkSettings(passage=100), rebuild=True)
    assert len(report.added) == 3


def test_a_rebuilt_index_holds_nothing_of_what_was_there(
    settings: Settings, tmp_path: Path
) -> None:
    run(settings)
    change(settings)
    run(settings, rebuild=True)
    fresh = local_settings(settings.corpus_dir, tmp_path / "fresh")
    run(fresh)
    assert_same_contents(settings.index_dir, fresh.index_dir)


def test_reading_before_the_first_sync_says_what_to_run(settings: Settings) -> None:
    with pytest.raises(IndexMissingError, match="python -m ingest sync"):
        attached(settings)


def test_a_second_sync_at_the_same_time_is_told_so(settings: Settings) -> None:
    settings.data_dir.mkdir()
    with FileLock(settings.data_dir / ".sync.lock"), pytest.raises(IndexLockedError, match="sync"):
        run(settings)
    assert run(settings).changed


def test_a_data_folder_that_cannot_be_made_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    blocked = local_settings(settings.corpus_dir, tmp_path / "file" / "data")
    with pytest.raises(IndexStoreError, match="file/data"):
        run(blocked)


@pytest.mark.parametrize(
    "damage", [b"", b"not a database" * 500, b"SQLite format 3\0" + b"\1" * 9000]
)
def test_a_damaged_store_is_named_and_nothing_is_lost_by_trying(
    settings: Settings, damage: bytes
) -> None:
    run(settings)
    store = settings.index_dir / "chroma.sqlite3"
    store.write_bytes(damage)
    if not damage:
        # An empty file is to SQLite a new store: everything is indexed again.
        assert len(run(settings).added) == 3
        return
    for _ in range(2):
        with pytest.raises(IndexStoreError, match=r"改名保留.*python -m ingest sync"):
            run(settings)
    assert store.read_bytes() == damage
    settings.index_dir.rename(settings.index_dir.with_name("kept"))
    assert len(run(settings).added) == 3


def test_an_index_remembers_when_it_was_made(settings: Settings) -> None:
    day = dt.datetime(2021, 10, 20, 8, 0, tzinfo=dt.UTC)
    sync(settings, EMBEDDER, now=day)
    assert {row.indexed_at for row in attached(settings).iter_rows()} == {day.isoformat()}


def killed_at_every_write(settings: Settings, work: Path, *more: str) -> list[Settings]:
    """Settings of copies of the data folder, each left behind by a sync killed elsewhere."""
    folders = [str(settings.corpus_dir), str(settings.data_dir), str(work)]
    subprocess.run(
        [sys.executable, "-m", "tests.ingest.killed_sync", *folders, *more], cwd=ROOT, check=True
    )
    copies = sorted(work.iterdir(), key=lambda folder: int(folder.name))
    return [local_settings(settings.corpus_dir, copy) for copy in copies]


@pytest.mark.parametrize("how", ["first", "update", "rebuild"])
def test_a_sync_killed_at_any_write_and_run_again_ends_in_the_same_index(
    settings: Settings, tmp_path: Path, how: str
) -> None:
    if how != "first":
        run(settings)
        change(settings)
    more = ["--rebuild"] if how == "rebuild" else []
    killed = killed_at_every_write(settings, tmp_path / "killed", *more)
    undisturbed = local_settings(settings.corpus_dir, tmp_path / "undisturbed")
    run(undisturbed)
    assert len(killed) >= 9
    for again in killed:
        run(again)
        assert_same_contents(again.index_dir, undisturbed.index_dir)


def test_a_change_taken_back_after_its_sync_was_killed_leaves_nothing_behind(
    settings: Settings, tmp_path: Path
) -> None:
    run(settings)
    path = settings.corpus_dir / "a" / "fee.md"
    before = path.read_bytes()
    write_article(settings.corpus_dir, "a/fee", "## 费率\n\n支付渠道费改成了0.9%。")
    killed = killed_at_every_write(settings, tmp_path / "killed")
    path.write_bytes(before)
    assert len(killed) >= 6
    for again in killed:
        run(again)
        assert_same_contents(again.index_dir, settings.index_dir)


SLOW_SYNC = """
import sys, time
from pathlib import Path
from ingest.sync import sync
from tests.fakes import CharacterEmbedder, local_settings

class Slow(CharacterEmbedder):
    def embed_passages(self, texts):
        print("embedding", flush=True)
        time.sleep(0.05)
        return super().embed_passages(texts)

sync(local_settings(Path(sys.argv[1]), Path(sys.argv[2])), Slow())
"""


def test_a_sync_killed_from_outside_and_run_again_ends_in_the_same_index(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    body = "\n\n".join(
        f"## 节{n}\n\n第{n}节的正文，" + "很长的一句话，" * 20 + "完。" for n in range(60)
    )
    for number in range(12):
        asked = {"节1": [f"问法{n}" for n in range(20)]}
        write_article(corpus, f"篇{number}", f"{body}\n\n{number}。", questions=asked)
    undisturbed = local_settings(corpus, tmp_path / "undisturbed")
    run(undisturbed)
    settings = local_settings(corpus, tmp_path / "data")
    chance = random.Random(20211020)
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", SLOW_SYNC, str(corpus), str(settings.data_dir)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout and process.stdout.readline() == b"embedding\n"
            time.sleep(chance.uniform(0, 0.5))
            process.send_signal(signal.SIGKILL)
    assert run(settings).passages
    assert_same_contents(settings.index_dir, undisturbed.index_dir)
