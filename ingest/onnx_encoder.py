"""An int8 encoder at work: onnxruntime and a tokenizer, and nothing heavier.

A folder made by ``ingest.onnx_export`` holds the network (tokens in, unit vector out), the
tokenizer, and what has to be put in front of questions and passages.

Every text runs by itself, on one thread, and as many texts at once as there are cores.
Activations are scaled by the largest value among all tokens of a run: with neighbours beside
it, a text would get another vector each time. It costs nothing: on two cores, two texts at
once without padding are quicker than one padded batch on two threads.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import ModelError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]

NETWORK_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
DESCRIPTION_FILE = "encoder.json"
# A worker takes about so many tokens at a time: long enough not to be held up by the queue.
_BATCH_TOKENS = 1024


@dataclass(frozen=True)
class Description:
    """What stands in ``encoder.json``: the model it was made of and how it is to be asked."""

    source: str
    dimension: int
    max_tokens: int
    query_prompt: str
    passage_prompt: str
    sha256: str
    size: int

    def save(self, folder: Path) -> None:
        """Write it into the folder."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2)
        (folder / DESCRIPTION_FILE).write_text(text + "\n", encoding="utf-8")


class OnnxEncoder:
    """The encoder in a folder, loaded when the first text comes. Safe between threads."""

    def __init__(self, folder: Path, *, workers: int | None = None) -> None:
        """It uses as many cores as ``workers``, or all there are."""
        self.folder = folder
        self._cores = workers or cores()
        self.description = _describe(folder)
        self._loading = threading.Lock()
        self._loaded: tuple[InferenceSession, Tokenizer, ThreadPoolExecutor] | None = None

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts as they stand, shape (texts, dimension)."""
        _, tokenizer, _ = self._parts()
        return self.encode_ids([each.ids for each in tokenizer.encode_batch(list(texts))])

    def encode_ids(self, rows: Sequence[Sequence[int]]) -> Vectors:
        """Unit vectors of tokenized texts, shape (texts, dimension)."""
        session, _, workers = self._parts()
        vectors: Vectors = np.empty((len(rows), self.description.dimension), dtype=np.float32)

        def run(batch: list[int]) -> None:
            for number in batch:
                vectors[number] = _run(session, rows[number])

        first, *others = _batches([len(row) for row in rows], self._cores) or [[]]
        # The caller works along: handing over a single question would cost more than it takes.
        elsewhere = [workers.submit(run, batch) for batch in others]
        run(first)
        for work in elsewhere:
            work.result()
        return vectors

    def tokenizer(self) -> Tokenizer:
        """The tokenizer, cutting texts to what the model reads."""
        return self._parts()[1]

    def _parts(self) -> tuple[InferenceSession, Tokenizer, ThreadPoolExecutor]:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> tuple[InferenceSession, Tokenizer, ThreadPoolExecutor]:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Warnings about the graph are for whoever made it.
        options.log_severity_level = 3
        network = self.folder / NETWORK_FILE
        try:
            if network.stat().st_size != self.description.size:
                raise ValueError(f"{NETWORK_FILE} 的大小不对")
            session = onnxruntime.InferenceSession(
                str(network), options, providers=["CPUExecutionProvider"]
            )
            tokenizer = Tokenizer.from_file(str(self.folder / TOKENIZER_FILE))
        except Exception as exc:
            raise _damaged(self.folder, exc) from exc
        tokenizer.no_padding()
        tokenizer.enable_truncation(self.description.max_tokens)
        return session, tokenizer, ThreadPoolExecutor(max(1, self._cores - 1), "encoder")


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _run(session: InferenceSession, ids: Sequence[int]) -> Vectors:
    tokens = np.asarray([ids], dtype=np.int64)
    inputs = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
    (vector,) = session.run(None, inputs)
    row: Vectors = np.asarray(vector, dtype=np.float32)[0]
    normed: Vectors = row / max(float(np.linalg.norm(row)), 1e-12)
    return normed


def _batches(lengths: Sequence[int], workers: int) -> list[list[int]]:
    """Row numbers, longest first, so that no core is left with a long text at the end."""
    batches: list[list[int]] = []
    tokens = _BATCH_TOKENS
    # Few texts are shared out evenly rather than given to one worker.
    limit = min(_BATCH_TOKENS, sum(lengths) // workers + 1)
    for number in sorted(range(len(lengths)), key=lambda number: -lengths[number]):
        if tokens >= limit:
            batches.append([])
            tokens = 0
        batches[-1].append(number)
        tokens += lengths[number]
    return batches


def _describe(folder: Path) -> Description:
    try:
        found: Any = json.loads((folder / DESCRIPTION_FILE).read_text(encoding="utf-8"))
        return Description(**found)
    except (OSError, ValueError, TypeError) as exc:
        raise _damaged(folder, exc) from exc


def _damaged(folder: Path, exc: Exception) -> ModelError:
    reason = (str(exc).strip() or type(exc).__name__).splitlines()[0]
    return ModelError(
        f"int8 模型 {folder} 加载不了：{reason}。请删除这个目录，再运行 make setup 重新生成。"
    )
