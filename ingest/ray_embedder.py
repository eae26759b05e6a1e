"""Passages embedded all over a Ray cluster. The only user of ray.

Every core of the cluster runs one copy of the int8 encoder, one thread each. A text's vector
does not depend on what is embedded beside it, so the index is the same bit for bit wherever
its texts were embedded (on CPUs with the same instructions). The encoder's files travel with
the work: other machines need the packages of this project and nothing else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ingest.embedders import OnnxEmbedder, Vectors, make_embedder
from ingest.errors import ModelError
from ingest.onnx_encoder import DESCRIPTION_FILE, NETWORK_FILE, TOKENIZER_FILE, OnnxEncoder
from ingest.settings import Settings

_ROOT = Path(__file__).resolve().parent.parent
_FILES = (NETWORK_FILE, TOKENIZER_FILE, DESCRIPTION_FILE)
# Texts a worker takes at a time.
_TOGETHER = 32


class RayEmbedder:
    """An embedder whose passages are embedded by actors; questions are embedded here."""

    def __init__(self, local: OnnxEmbedder, actors: Sequence[Any]) -> None:
        self._local = local
        self._actors = actors

    @property
    def name(self) -> str:
        """The local encoder's: it is the same vector space."""
        return self._local.name

    @property
    def batch_passages(self) -> int:
        """How many passages at once keep every worker busy."""
        return max(512, len(self._actors) * _TOGETHER * 4)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions."""
        return self._embed(self._local.encoder().description.query_prompt, texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages."""
        return self._embed(self._local.encoder().description.passage_prompt, texts)

    def _embed(self, prompt: str, texts: Sequence[str]) -> Vectors:
        from ray.util import ActorPool

        encoder = self._local.encoder()
        # Of like length together: no worker is left with all the long ones.
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        parts = [order[at : at + _TOGETHER] for at in range(0, len(order), _TOGETHER)]
        vectors: Vectors = np.empty((len(texts), encoder.description.dimension), dtype=np.float32)
        work: Any = [[prompt + texts[number] for number in part] for part in parts]
        done = ActorPool(list(self._actors)).map(
            lambda actor, some: actor.encode.remote(some), work
        )
        for part, found in zip(parts, done, strict=True):
            vectors[part] = found
        return vectors


class _Worker:
    """One copy of the encoder on one core."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="zhanggui-encoder-")
        for name, content in files.items():
            (Path(self._folder.name) / name).write_bytes(content)
        self._encoder = OnnxEncoder(Path(self._folder.name), workers=1)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode(texts)


@contextmanager
def ray_embedder(
    settings: Settings, progress: Callable[[str], None] = lambda _: None
) -> Iterator[RayEmbedder]:
    """An embedder over the cluster of ``RAY_ADDRESS``, or over one started on this machine.

    Raises ModelError where ray is not installed, no cluster answers, or the settings name an
    engine other than the int8 encoder.
    """
    local = make_embedder(settings, progress)
    if not isinstance(local, OnnxEmbedder):
        raise ModelError(
            "--engine ray 只用于 int8 模型。请设 ZHANGGUI_EMBEDDING_ENGINE=onnx，"
            "再运行 sync --rebuild。"
        )
    try:
        import ray
    except ImportError as exc:
        raise ModelError(
            "没有安装 ray。请运行：.venv/bin/pip install -c constraints.txt -e '.[ray]'"
        ) from exc
    folder = local.encoder().folder
    files = {name: (folder / name).read_bytes() for name in _FILES}
    environment = {"env_vars": {"PYTHONPATH": str(_ROOT)}}
    try:
        ray.init(
            configure_logging=False,
            log_to_driver=False,
            include_dashboard=False,
            runtime_env=environment,
        )
    except Exception as exc:
        reason = (str(exc).strip() or type(exc).__name__).splitlines()[0]
        raise ModelError(f"Ray 集群用不了：{reason}。请检查 RAY_ADDRESS。") from exc
    try:
        shared = ray.put(files)
        resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        count = max(1, int(resources.get("CPU", 1)))
        worker: Any = ray.remote(num_cpus=1)(_Worker)
        progress(f"Ray：{count} 个核一起算向量。")
        yield RayEmbedder(local, [worker.remote(shared) for _ in range(count)])
    finally:
        ray.shutdown()
