"""A service that goes on answering while another process syncs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.lexical_store import lexical_dir
from bot.platforms import load_platforms
from bot.retrieval import HybridRetriever
from ingest.chunks import ChunkSettings
from ingest.index import open_index
from ingest.settings import Settings
from ingest.sync import manifest_of, sync
from tests.conftest import ROOT
from tests.fakes import CharacterEmbedder, local_settings, write_article

EMBEDDER = CharacterEmbedder()
# Slow enough that questions come in the middle of it.
WRITER = """
import sys, time
from pathlib import Path
from ingest.sync import sync
from tests.fakes import CharacterEmbedder, local_settings, write_article

corpus, data, rounds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
for number in range(1, rounds + 1):
    for name in ("甲", "乙"):
        cycle = f"## 周期\\n\\n{name}的结算周期是{number}个月。"
        exception = f"## 例外\\n\\n{name}第{number}版的例外。"
        write_article(corpus, name, f"{cycle}\\n\\n{exception}")
    sync(local_settings(corpus, data), CharacterEmbedder())
    print(number, time.time(), flush=True)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two articles that will be replaced and some that stay."""
    made = local_settings(tmp_path / "corpus", tmp_path / "data")
    for name in ("甲", "乙"):
        body = f"## 周期\n\n{name}的结算周期是0个月。\n\n## 例外\n\n{name}第0版的例外。"
        write_article(made.corpus_dir, name, body)
    for number in range(20):
        write_article(made.corpus_dir, f"其他{number}", f"## 节\n\n第{number}篇讲发货和退货。")
    sync(made, EMBEDDER)
    return made


def retriever_of(settings: Settings) -> HybridRetriever:
    manifest = manifest_of(EMBEDDER, ChunkSettings())
    index = open_index(settings, manifest)
    index.attach()
    return HybridRetriever(
        index,
        EMBEDDER,
        load_platforms(settings.corpus_dir),
        lexical_dir=lexical_dir(settings, manifest),
    )


def writing(settings: Settings, rounds: int) -> subprocess.Popen[str]:
    arguments = [str(settings.corpus_dir), str(settings.data_dir), str(rounds)]
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_a_question_asked_during_a_sync_finds_the_old_or_the_new_article_and_all_of_it(
    settings: Settings,
) -> None:
    retriever = retriever_of(settings)
    seen: list[tuple[set[str], set[str]]] = []
    with writing(settings, 8) as writer:
        while writer.poll() is None:
            texts = [p.text for p in retriever.search("甲的结算周期是几个月", 8).passages]
            seen.append(
                (
                    {text for text in texts if text.startswith("甲的结算周期")},
                    {text for text in texts if text.startswith("甲第")},
                )
            )
    assert writer.returncode == 0
    assert len(seen) > 20
    assert [one for one in seen if len(one[0]) != 1 or len(one[1]) != 1] == []
    versions = [(next(iter(a))[7:-3], next(iter(b))[2:-5]) for a, b in seen]
    assert [one for one in versions if one[0] != one[1]] == [], "two versions in one answer"
    assert len({one for one, _ in versions}) > 2
    assert [int(one) for one, _ in versions] == sorted(int(one) for one, _ in versions)


def test_a_sync_of_another_process_is_seen_within_two_seconds(settings: Settings) -> None:
    retriever = retriever_of(settings)
    retriever.search("结算周期")
    with writing(settings, 1) as writer:
        assert writer.stdout is not None
        _, finished = writer.stdout.readline().split()
        while "甲的结算周期是1个月。" not in [
            passage.text for passage in retriever.search("甲的结算周期是几个月").passages
        ]:
            assert time.time() - float(finished) < 2
    assert time.time() - float(finished) < 3
