"""The int8 encoder: close to its model, the same every time, and light to run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ingest.embedders import OnnxEmbedder, SentenceTransformerEmbedder, make_embedder
from ingest.errors import ModelError
from ingest.onnx_encoder import NETWORK_FILE, OnnxEncoder
from ingest.onnx_export import ensure_exported
from ingest.packaged_model import folder_name
from tests.conftest import CORPUS, ROOT
from tests.fakes import local_settings

SENTENCES = [
    "小红书的结算周期是一个自然月。",
    "境内订单平台确认发货后12天自动确认收货",
    "how many days until auto confirm receipt?",
    "支付渠道费是0.7%，按客户实际支付金额收取",
    "①ＡＢＣ１２３　全角 é🙂",
    "很长的一句话，" * 40,
]


@pytest.fixture(scope="module")
def int8(models_dir: Path) -> OnnxEmbedder:
    """The packaged model's int8 encoder, whatever this machine would choose."""
    settings = local_settings(CORPUS, models_dir.parent, embedding_engine="onnx")
    made = make_embedder(settings, print)
    assert isinstance(made, OnnxEmbedder)
    return made


def test_vectors_are_close_to_those_of_the_original_model(
    int8: OnnxEmbedder, exact: SentenceTransformerEmbedder
) -> None:
    for ours, original in (
        (int8.embed_queries(SENTENCES), exact.embed_queries(SENTENCES)),
        (int8.embed_passages(SENTENCES), exact.embed_passages(SENTENCES)),
    ):
        assert np.sum(ours * original, axis=1).min() >= 0.995


def test_a_text_has_the_same_vector_bit_for_bit_whatever_is_embedded_with_it(
    int8: OnnxEmbedder,
) -> None:
    together = int8.embed_passages([*SENTENCES, "另一句", "结算" * 200])
    for number, text in enumerate(SENTENCES):
        assert np.array_equal(together[number], int8.embed_passages([text])[0])


def test_vectors_have_length_one_and_no_texts_give_none(int8: OnnxEmbedder) -> None:
    assert np.allclose(np.linalg.norm(int8.embed_queries(SENTENCES), axis=1), 1, atol=1e-5)
    assert int8.embed_passages([]).shape == int8.embed_queries([]).shape == (0, 384)


def test_a_text_longer_than_the_model_reads_is_embedded_too(int8: OnnxEmbedder) -> None:
    assert np.isfinite(int8.embed_passages(["结算周期" * 3000, ""])).all()


def test_embedding_needs_neither_torch_nor_sentence_transformers(int8: OnnxEmbedder) -> None:
    int8.encoder()
    script = (
        "import sys; from pathlib import Path\n"
        "from ingest.onnx_encoder import OnnxEncoder\n"
        "print(OnnxEncoder(Path(sys.argv[1])).encode(['结算']).shape)\n"
        "print([name for name in ('torch', 'sentence_transformers', 'transformers', 'onnx')"
        " if name in sys.modules])"
    )
    finished = subprocess.run(
        [sys.executable, "-c", script, str(int8.encoder().folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert finished.stdout.splitlines() == ["(1, 384)", "[]"]


def test_a_sentence_transformer_opens_the_encoder_and_gives_the_same_vectors(
    int8: OnnxEmbedder,
) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(int8.encoder().folder), trust_remote_code=True, device="cpu")
    assert model.get_embedding_dimension() == 384
    assert np.allclose(model.encode_query(SENTENCES), int8.embed_queries(SENTENCES), atol=1e-6)
    assert np.allclose(model.encode_document(SENTENCES), int8.embed_passages(SENTENCES), atol=1e-6)


def test_a_saved_sentence_transformer_opens_again(int8: OnnxEmbedder, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    folder = str(int8.encoder().folder)
    SentenceTransformer(folder, trust_remote_code=True, device="cpu").save(str(tmp_path / "copy"))
    again = SentenceTransformer(str(tmp_path / "copy"), trust_remote_code=True, device="cpu")
    assert np.array_equal(again.encode_query(SENTENCES), int8.embed_queries(SENTENCES))


def test_a_damaged_encoder_says_what_to_do(int8: OnnxEmbedder, tmp_path: Path) -> None:
    copy = tmp_path / "encoder"
    shutil.copytree(int8.encoder().folder, copy)
    (copy / NETWORK_FILE).write_bytes(b"half")
    with pytest.raises(ModelError, match=r"encoder 加载不了：.*make setup"):
        OnnxEncoder(copy).encode(["x"])


def test_a_finished_encoder_is_not_made_again(int8: OnnxEmbedder, models_dir: Path) -> None:
    said: list[str] = []
    folder = ensure_exported("packaged", folder_name(), models_dir, said.append)
    assert folder == int8.encoder().folder
    assert said == []


def test_a_model_nobody_has_is_named_and_leaves_no_encoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    settings = local_settings(
        CORPUS, tmp_path, embedding_model="no/such-model", embedding_engine="onnx"
    )
    with pytest.raises(ModelError, match=r"no/such-model 加载不了.*ZHANGGUI_EMBEDDING_MODEL"):
        make_embedder(settings).embed_queries(["x"])
    assert not [path for path in settings.models_dir.iterdir() if path.is_dir()]


def test_any_folder_of_a_model_can_be_made_smaller_and_its_weights_are_in_the_name(
    models_dir: Path, tmp_path: Path
) -> None:
    model = tmp_path / "mine"
    shutil.copytree(models_dir / folder_name(), model)
    settings = local_settings(CORPUS, tmp_path, embedding_model=str(model), embedding_engine="onnx")
    said: list[str] = []
    made = make_embedder(settings, said.append)
    assert np.isfinite(made.embed_queries(SENTENCES[:1])).all()
    assert said[-1] == "int8 向量模型已生成。"
    # Trained further in the same place: another vector space.
    weights = np.memmap(model / "model.safetensors", dtype=np.uint8, mode="r+")
    weights[100_000::4096] ^= 1
    weights.flush()
    other = make_embedder(settings).name
    assert other != made.name and other.startswith(str(model))


def test_the_original_model_can_be_asked_for(models_dir: Path) -> None:
    settings = local_settings(CORPUS, models_dir.parent, embedding_engine="torch")
    assert isinstance(make_embedder(settings), SentenceTransformerEmbedder)
