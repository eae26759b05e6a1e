"""The word index kept beside the article index, and how it follows."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.lexical import LexicalHit
from bot.lexical_store import LexicalStore
from ingest.chunks import ChunkSettings
from ingest.index import ArticleIndex, open_index
from ingest.settings import Settings
from ingest.sync import manifest_of, sync
from tests.fakes import CharacterEmbedder, local_settings, write_article

EMBEDDER = CharacterEmbedder()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A corpus of twelve articles, indexed."""
    made = local_settings(tmp_path / "corpus", tmp_path / "data")
    for number in range(12):
        write_article(made.corpus_dir, f"a{number}", f"## 节\n\n第{number}篇讲保证金{number}元。")
    sync(made, EMBEDDER)
    return made


class Counting:
    """An article index that notes what is read of it."""

    def __init__(self, settings: Settings) -> None:
        self.index: ArticleIndex = open_index(settings, manifest_of(EMBEDDER, ChunkSettings()))
        self.index.attach()
        self.read: list[str] = []

    def __getattr__(self, name: str) -> object:
        if name in ("iter_passages", "iter_rows"):
            self.read.append(name)
        return getattr(self.index, name)


# An index is asked for its state once in so many seconds at most; a sync may take less.
_SEEN_AGAIN_S = 0.06


def search(store: LexicalStore, question: str) -> list[LexicalHit]:
    time.sleep(_SEEN_AGAIN_S)
    return store.current().search(question, 20)


def stored(settings: Settings, folder: Path | None) -> tuple[LexicalStore, Counting]:
    counting = Counting(settings)
    return LexicalStore(counting, folder), counting  # type: ignore[arg-type]


def test_a_second_process_opens_what_the_first_has_made(settings: Settings, tmp_path: Path) -> None:
    first, made = stored(settings, tmp_path / "lexical")
    found = search(first, "保证金7元")
    assert found and made.read == ["iter_rows", "iter_passages"]
    second, opened = stored(settings, tmp_path / "lexical")
    assert search(second, "保证金7元") == found
    assert opened.read == []


@pytest.mark.parametrize("on_disk", [True, False])
def test_a_change_is_followed_by_reading_the_changed_articles_only(
    settings: Settings, tmp_path: Path, on_disk: bool
) -> None:
    store, counting = stored(settings, tmp_path / "lexical" if on_disk else None)
    search(store, "保证金")
    counting.read.clear()
    write_article(settings.corpus_dir, "a3", "## 节\n\n如今不收押金。")
    write_article(settings.corpus_dir, "b", "## 节\n\n新增一篇，也讲保证金。")
    (settings.corpus_dir / "a5.md").unlink()
    sync(settings, EMBEDDER)
    followed = search(store, "保证金 押金")
    assert counting.read == []
    fresh, _ = stored(settings, None)
    assert followed == search(fresh, "保证金 押金")
    assert store.current().weight("押金") == fresh.current().weight("押金")
    assert not store.current().knows("5元") or fresh.current().knows("5元")


def test_many_small_changes_do_not_pile_up(settings: Settings, tmp_path: Path) -> None:
    store, _ = stored(settings, tmp_path / "lexical")
    for number in range(14):
        write_article(settings.corpus_dir, "a3", f"## 节\n\n第{number}次改写，押金{number}元。")
        sync(settings, EMBEDDER)
        assert search(store, f"押金{number}元")[0].share == 1.0
    folders = [path for path in (tmp_path / "lexical").iterdir() if path.is_dir()]
    assert len(folders) <= 10
    fresh, _ = stored(settings, None)
    assert search(store, "押金 保证金") == search(fresh, "押金 保证金")


def test_after_a_rebuild_everything_is_compared(settings: Settings, tmp_path: Path) -> None:
    store, counting = stored(settings, tmp_path / "lexical")
    search(store, "保证金")
    counting.read.clear()
    (settings.corpus_dir / "a5.md").unlink()
    sync(settings, EMBEDDER, rebuild=True)
    assert len(search(store, "保证金")) == 11
    assert counting.read == ["iter_rows"]


@pytest.mark.parametrize("damage", ["{", '{"token": "x", "segments": [{"name": "gone"}]}'])
def test_a_damaged_word_index_is_made_again(
    settings: Settings, tmp_path: Path, damage: str
) -> None:
    store, _ = stored(settings, tmp_path / "lexical")
    found = search(store, "保证金")
    (tmp_path / "lexical" / "index.json").write_text(damage, encoding="utf-8")
    again, _ = stored(settings, tmp_path / "lexical")
    assert search(again, "保证金") == found


def test_where_nothing_can_be_written_it_is_kept_in_memory(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    store, _ = stored(settings, tmp_path / "file" / "lexical")
    assert len(search(store, "保证金")) == 12
    write_article(settings.corpus_dir, "b", "## 节\n\n新增一篇，也讲保证金。")
    sync(settings, EMBEDDER)
    assert len(search(store, "保证金")) == 13
