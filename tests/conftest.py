"""What the whole session shares: the packaged model, and an index of the real corpus."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from bot.assembly import open_bot
from bot.pipeline import MerchantBot
from ingest.chunks import ChunkSettings
from ingest.embedders import Embedder, SentenceTransformerEmbedder, exact_embedder, make_embedder
from ingest.errors import IndexMismatchError, IndexMissingError
from ingest.index import open_index
from ingest.packaged_model import ensure_converted
from ingest.settings import PREFIX, Settings
from ingest.sync import manifest_of, sync
from tests.fakes import local_settings

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "corpus"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the browser tests are to keep the pictures they take; nowhere unless told."""
    parser.addoption("--pictures", metavar="FOLDER", help="keep the page's pictures in FOLDER")


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """What is tested is the product's defaults, not this machine's environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.upper().startswith(PREFIX):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """The folder of converted models; the packaged one is in it."""
    folder = Settings(_env_file=None).models_dir
    ensure_converted(folder, print)
    return folder


@pytest.fixture(scope="session")
def embedder(models_dir: Path) -> Embedder:
    """The packaged model as it is used by default, loaded once."""
    return make_embedder(local_settings(CORPUS, models_dir.parent), print)


@pytest.fixture(scope="session")
def exact(models_dir: Path) -> SentenceTransformerEmbedder:
    """The packaged model by sentence-transformers, loaded once."""
    return exact_embedder(local_settings(CORPUS, models_dir.parent), print)


@pytest.fixture(scope="session")
def corpus_settings(
    tmp_path_factory: pytest.TempPathFactory,
    models_dir: Path,
    embedder: Embedder,
) -> Settings:
    """Settings of an up-to-date index of the real corpus, to be read and not written."""
    data_dir = tmp_path_factory.mktemp("corpus-data")
    (data_dir / "models").symlink_to(models_dir, target_is_directory=True)
    settings = local_settings(CORPUS, data_dir)
    _start_from_own_index(settings, embedder)
    sync(settings, embedder, rebuild=False)
    return settings


def _start_from_own_index(settings: Settings, embedder: Embedder) -> None:
    """Copy the index that ``make setup`` made: what it holds need not be embedded again."""
    own = Settings(_env_file=None)
    if not own.index_dir.is_dir():
        return
    try:
        open_index(own, manifest_of(embedder, ChunkSettings())).attach()
    except (IndexMismatchError, IndexMissingError):
        # Of another model: it would have to be thrown away.
        return
    with FileLock(own.data_dir / ".sync.lock", timeout=120):
        shutil.copytree(own.index_dir, settings.index_dir)


@pytest.fixture(scope="session")
def bot(corpus_settings: Settings, embedder: Embedder) -> MerchantBot:
    """A bot over the real corpus with the packaged model."""
    return open_bot(corpus_settings, embedder=embedder)


@pytest.fixture
def own_corpus_settings(corpus_settings: Settings, models_dir: Path, tmp_path: Path) -> Settings:
    """The real corpus and its index, copied: a test may change both."""
    shutil.copytree(CORPUS, tmp_path / "corpus")
    shutil.copytree(corpus_settings.index_dir, tmp_path / "data" / "chroma")
    (tmp_path / "data" / "models").symlink_to(models_dir, target_is_directory=True)
    return local_settings(tmp_path / "corpus", tmp_path / "data")
