"""The index on a Chroma server instead of in a folder."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from ingest.chunks import ChunkSettings
from ingest.errors import IndexStoreError
from ingest.index import open_index
from ingest.sync import manifest_of, sync
from tests.conftest import ROOT
from tests.fakes import CharacterEmbedder, local_settings, write_article

EMBEDDER = CharacterEmbedder()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server of our own."""
    import sysconfig

    port = free_port()
    command = [Path(sysconfig.get_path("scripts")) / "chroma", "run", "--host", "127.0.0.1"]
    folder = tmp_path_factory.mktemp("server")
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        [*map(str, command), "--port", str(port), "--path", str(folder)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for(f"{address}/api/v2/heartbeat", process)
            yield address
        finally:
            process.terminate()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server has ended"
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def test_articles_go_to_the_server_and_are_found_there(server: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    write_article(corpus, "a", "## 周期\n\n结算周期是一个自然月。", questions={"周期": ["多久结"]})
    write_article(corpus, "b", "## 费率\n\n支付渠道费是0.7%。")
    settings = local_settings(corpus, tmp_path / "data", chroma_url=server)
    assert sync(settings, EMBEDDER).added == ("a", "b")
    assert not sync(settings, EMBEDDER).changed
    assert not settings.index_dir.exists()

    index = open_index(settings, manifest_of(EMBEDDER, ChunkSettings()))
    index.attach()
    vector = EMBEDDER.embed_queries(["结算周期"])[0]
    state = index.state()
    assert index.near_passages(vector, 5)[0].passage_id.startswith("a@")

    (corpus / "a.md").unlink()
    write_article(corpus, "b", "## 费率\n\n支付渠道费改成了0.9%。")
    assert sync(settings, EMBEDDER).deleted == ("a",)
    assert index.state() != state
    assert [row.chunk.text for row in index.iter_passages()] == ["支付渠道费改成了0.9%。"]
    assert [hit.passage_id[:2] for hit in index.near_passages(vector, 5)] == ["b@"]

    sync(settings, EMBEDDER, rebuild=True)
    assert index.state() and index.near_passages(vector, 5)


def test_a_server_that_is_not_there_is_named_at_once(tmp_path: Path) -> None:
    write_article(tmp_path / "corpus", "a", "正文。")
    address = f"http://127.0.0.1:{free_port()}"
    settings = local_settings(tmp_path / "corpus", tmp_path / "data", chroma_url=address)
    started = time.monotonic()
    with pytest.raises(IndexStoreError, match=f"{address}.*ZHANGGUI_CHROMA_URL"):
        sync(settings, EMBEDDER)
    assert time.monotonic() - started < 10


def test_a_server_that_does_not_answer_is_given_up_on(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings = local_settings(tmp_path, tmp_path / "data", chroma_url=address)
        started = time.monotonic()
        with pytest.raises(IndexStoreError, match="ZHANGGUI_CHROMA_URL"):
            open_index(settings, manifest_of(EMBEDDER, ChunkSettings()))
        assert time.monotonic() - started < 30


def test_a_server_that_is_no_chroma_is_named(tmp_path: Path) -> None:
    import sys

    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"],
        cwd=ROOT / "corpus",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as other:
        try:
            _wait_for(f"http://127.0.0.1:{port}/", other)
            settings = local_settings(
                tmp_path, tmp_path / "data", chroma_url=f"http://127.0.0.1:{port}"
            )
            with pytest.raises(IndexStoreError, match=r"404.*ZHANGGUI_CHROMA_URL"):
                open_index(settings, manifest_of(EMBEDDER, ChunkSettings()))
        finally:
            other.terminate()
