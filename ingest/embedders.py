"""Text to vectors. The only user of sentence-transformers."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.errors import ModelError
from ingest.packaged_model import ensure_converted, folder_name, quiet_libraries
from ingest.settings import PACKAGED_MODEL, Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Makes unit vectors of texts; ``name`` identifies model and weights."""

    @property
    def name(self) -> str:
        """Identifies the vector space; an index remembers it."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, shape (texts, dimension)."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, shape (texts, dimension)."""


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, loaded when the first text comes."""

    def __init__(self, name: str, find_model: Callable[[], str]) -> None:
        self._name = name
        self._find_model = find_model
        self._model: SentenceTransformer | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The model's name, or name and checksum of the packaged one."""
        return self._name

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, with the model's query prompt where it has one."""
        vectors: Vectors = self.model().encode_query(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return vectors

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, with the model's passage prompt where it has one."""
        vectors: Vectors = self.model().encode_document(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        )
        return vectors

    def model(self) -> SentenceTransformer:
        """The loaded model; raises ModelError when it cannot be had."""
        with self._lock:
            if self._model is None:
                self._model = _load(self._find_model(), self._name)
            return self._model


def make_embedder(
    settings: Settings, progress: Callable[[str], None] = lambda _: None
) -> SentenceTransformerEmbedder:
    """The embedder that the settings name; nothing is loaded or converted yet."""
    if settings.embedding_model == PACKAGED_MODEL:
        return SentenceTransformerEmbedder(
            folder_name(), lambda: str(ensure_converted(settings.models_dir, progress))
        )
    given = settings.embedding_model
    folder = Path(given).expanduser()
    return SentenceTransformerEmbedder(given, lambda: str(folder) if folder.is_dir() else given)


def _load(source: str, name: str) -> SentenceTransformer:
    # Threads that spin while they wait make a query ten times slower as soon as another
    # process wants a core; read by OpenMP when torch is first imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    quiet_libraries()
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(source, device="cpu")
    except Exception as exc:
        reason = str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__
        raise ModelError(
            f"向量模型 {name} 加载不了：{reason}。"
            "请检查 ZHANGGUI_EMBEDDING_MODEL（不设则用内置模型），"
            "或删除数据目录下的 models 后运行 make setup 重新生成。"
        ) from exc
