"""A sentence-transformers model made into an int8 encoder, once.

``python -m ingest.onnx_export MODEL MODELS_DIR FOLDER`` does the work; ``ensure_exported``
runs it in a process of its own, so that whoever wants the encoder never has torch in memory.

Weights become int8. Most products take activations in int8 too, scaled once a text; those
back from the wide layer of a block do so in blocks of 32: a few of their inputs are far
larger than the rest, and on one scale for all the small ones would be lost (cosine to the
original 0.997 instead of 0.999).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock

from ingest.errors import IngestError, ModelError
from ingest.models import find_model, load_model
from ingest.onnx_encoder import (
    DESCRIPTION_FILE,
    NETWORK_FILE,
    TOKENIZER_FILE,
    Description,
    OnnxEncoder,
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

VERSION = 1
# Exit status of an error that is fit for a user.
_KNOWN_FAILURE = 3
_LEAST_COSINE = 0.98
_BLOCK = 32
_ROOT = Path(__file__).resolve().parent.parent
_SAMPLES = (
    "小红书店铺销售款的结算周期是一个自然月。",
    "境内订单平台确认发货后12天自动确认收货",
    "how many days until auto confirm receipt?",
    "钱多久结一次",
    "支付渠道费按客户实际支付金额收取，" * 10,
)
_TORCH_ADVICE = "要用原来的模型，请设 ZHANGGUI_EMBEDDING_ENGINE=torch。"


def folder_name(name: str) -> str:
    """Folder below the models' one of the encoder made of the model with this name."""
    readable = "".join(c if c.isalnum() or c in "-_." else "-" for c in Path(name).name)
    return f"{readable}-{hashlib.sha256(name.encode()).hexdigest()[:8]}-int8-v{VERSION}"


def ensure_exported(
    model: str, name: str, models_dir: Path, progress: Callable[[str], None]
) -> Path:
    """Return the encoder's folder, making it first where it is missing.

    ``model`` is the setting, ``name`` what is unique for its weights. Raises ModelError.
    """
    target = models_dir / folder_name(name)
    if (target / DESCRIPTION_FILE).is_file():
        return target
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(models_dir / ".int8.lock"):
            if not (target / DESCRIPTION_FILE).is_file():
                _export_elsewhere(model, models_dir, target, progress)
    except OSError as exc:
        raise ModelError(
            f"模型目录 {models_dir} 写不了：{exc.strerror or exc}。"
            "请检查磁盘空间和读写权限，或用 ZHANGGUI_DATA_DIR 换一个目录。"
        ) from exc
    return target


def _export_elsewhere(
    model: str, models_dir: Path, target: Path, progress: Callable[[str], None]
) -> None:
    command = [sys.executable, "-m", "ingest.onnx_export", model, str(models_dir), str(target)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        with subprocess.Popen(
            command,
            cwd=_ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        ) as child:
            for line in child.stdout or ():
                progress(line.strip())
        errors.seek(0)
        said = errors.read().strip().splitlines()
    if child.returncode == _KNOWN_FAILURE:
        raise ModelError(said[-1])
    if child.returncode:
        reason = said[-1] if said else f"退出状态 {child.returncode}"
        raise ModelError(f"向量模型 {model} 不能压成 int8：{reason}。{_TORCH_ADVICE}")


def main() -> None:
    """Make one encoder; what it says is for ``ensure_exported``."""
    model, models_dir, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    try:
        source = find_model(model, models_dir, _say)
        export(source, target, progress=_say)
    except IngestError as exc:
        sys.stderr.write(f"{exc}\n")
        sys.exit(_KNOWN_FAILURE)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def export(source: str, target: Path, *, progress: Callable[[str], None]) -> None:
    """Write the encoder of a sentence-transformers model, beside its place and then there."""
    for leftover in target.parent.glob(f"{target.name}.partial-*"):
        shutil.rmtree(leftover)
    model = load_model(source, source)
    partial = target.with_name(f"{target.name}.partial-{os.getpid()}")
    partial.mkdir(parents=True)
    progress("把向量模型导出为 ONNX…")
    exact = partial / "exact.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _write_network(model, exact)
        progress("压成 int8…")
        _quantise(exact, partial / NETWORK_FILE)
    exact.unlink()
    _write_rest(model, source, partial)
    progress("和原来的模型核对…")
    _compare(model, OnnxEncoder(partial))
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    progress("int8 向量模型已生成。")


def _write_network(model: SentenceTransformer, path: Path) -> None:
    import torch

    transformer, *rest = list(model)
    if not hasattr(transformer, "tokenizer") or not hasattr(transformer, "auto_model"):
        raise ModelError(f"向量模型的第一个模块不是 Transformer，不能压成 int8。{_TORCH_ADVICE}")
    if any(getattr(module, "include_prompt", True) is False for module in rest):
        raise ModelError(f"向量模型求平均时不算提示语，不能压成 int8。{_TORCH_ADVICE}")

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.core: Any = transformer.auto_model
            self.rest = torch.nn.ModuleList(rest)

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            output = self.core(input_ids=input_ids, attention_mask=attention_mask)
            features = {"token_embeddings": output[0], "attention_mask": attention_mask}
            for module in self.rest:
                features = module(features)
            return features["sentence_embedding"]

    longest = max(2, int(model.max_seq_length or 512))
    axes = {0: torch.export.Dim("texts", min=1, max=4096)}
    axes[1] = torch.export.Dim("tokens", min=2, max=longest)
    tokens = torch.ones(2, 16, dtype=torch.long)
    torch.onnx.export(
        Network().eval(),
        (tokens, torch.ones_like(tokens)),
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["sentence_embedding"],
        dynamic_shapes=(axes, axes),
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def _quantise(exact: Path, path: Path) -> None:
    import logging

    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    # Both tell about every node they look at.
    logging.disable(logging.WARNING)
    graph = onnx.load(exact, load_external_data=False).graph
    shapes = {weight.name: tuple(weight.dims) for weight in graph.initializer}
    narrowing = [
        node.name
        for node in graph.node
        if node.op_type == "MatMul" and _narrows(shapes.get(node.input[1], ()))
    ]
    middle = path.with_name("middle.onnx")
    quantize_dynamic(
        exact,
        middle,
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Gather"],
        nodes_to_exclude=narrowing,
    )
    blocks = MatMulNBitsQuantizer(
        onnx.load(middle), block_size=_BLOCK, is_symmetric=True, accuracy_level=4, bits=8
    )
    blocks.process()
    blocks.model.save_model_to_file(str(path), False)
    middle.unlink()


def _narrows(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and shape[0] > shape[1] and shape[0] % _BLOCK == 0


def _write_rest(model: SentenceTransformer, source: str, folder: Path) -> None:
    tokenizer = getattr(model[0].tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise ModelError(f"向量模型 {source} 没有快速分词器，不能压成 int8。{_TORCH_ADVICE}")
    tokenizer.save(str(folder / TOKENIZER_FILE))
    prompts = {key: text for key, text in model.prompts.items() if text}
    query = prompts.get("query", "")
    passage = next(
        (prompts[key] for key in ("document", "passage", "corpus") if key in prompts), ""
    )
    network = (folder / NETWORK_FILE).read_bytes()
    Description(
        source=Path(source).name,
        dimension=int(model.get_embedding_dimension() or 0),
        max_tokens=int(model.max_seq_length or 512),
        query_prompt=query,
        passage_prompt=passage,
        sha256=hashlib.sha256(network).hexdigest(),
        size=len(network),
    ).save(folder)
    modules = [{"idx": 0, "name": "0", "path": "", "type": "ingest.onnx_module.OnnxModule"}]
    library = {
        "model_type": "SentenceTransformer",
        "prompts": {"query": query, "document": passage},
        "similarity_fn_name": "cosine",
    }
    for name, content in (
        ("modules.json", modules),
        ("config_sentence_transformers.json", library),
    ):
        text = json.dumps(content, ensure_ascii=False, indent=2)
        (folder / name).write_text(text + "\n", encoding="utf-8")


def _compare(model: SentenceTransformer, encoder: OnnxEncoder) -> None:
    exact = model.encode(list(_SAMPLES), normalize_embeddings=True, show_progress_bar=False)
    least = float(np.sum(exact * encoder.encode(_SAMPLES), axis=1).min())
    if not least >= _LEAST_COSINE:
        raise ModelError(
            f"压成 int8 的向量模型和原来的相差太远（余弦 {least:.3f}，应不低于 {_LEAST_COSINE}）。"
            f"{_TORCH_ADVICE}"
        )


if __name__ == "__main__":
    main()
