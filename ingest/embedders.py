"""Text to vectors: the int8 encoder, or the sentence-transformers model as it is."""

from __future__ import annotations

import hashlib
import platform
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest import packaged_model
from ingest.models import find_model, load_model
from ingest.onnx_encoder import OnnxEncoder
from ingest.onnx_export import VERSION, ensure_exported
from ingest.query_vectors import QueryVectors
from ingest.settings import PACKAGED_MODEL, Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

_SLICE = 1 << 16
# What multiplies int8 several at a time; without it int8 is no quicker, and on x86 also wrong
# where sums overflow.
_INT8_PRODUCTS = {"avx512_vnni", "avx_vnni", "asimddp"}


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
                self._model = load_model(self._find_model(), self._name)
            return self._model


class OnnxEmbedder:
    """The int8 encoder of a model; it is made or loaded when the first text comes."""

    def __init__(self, name: str, find_folder: Callable[[], Path]) -> None:
        self._name = name
        self._find_folder = find_folder
        self._encoder: OnnxEncoder | None = None
        self._lock = threading.Lock()
        self._queries = QueryVectors(self._encode_queries)

    @property
    def name(self) -> str:
        """The model's name, a checksum of its weights, and how they were made smaller."""
        return self._name

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions; those of other threads are made along, lately made ones kept."""
        if not texts:
            return np.empty((0, self.encoder().description.dimension), dtype=np.float32)
        return self._queries.vectors(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, the same whatever other texts are given along."""
        encoder = self.encoder()
        return encoder.encode([encoder.description.passage_prompt + text for text in texts])

    def encoder(self) -> OnnxEncoder:
        """The encoder; raises ModelError when it can be neither loaded nor made."""
        with self._lock:
            if self._encoder is None:
                self._encoder = OnnxEncoder(self._find_folder())
            return self._encoder

    def _encode_queries(self, texts: Sequence[str]) -> Vectors:
        encoder = self.encoder()
        return encoder.encode([encoder.description.query_prompt + text for text in texts])


def make_embedder(
    settings: Settings, progress: Callable[[str], None] = lambda _: None
) -> SentenceTransformerEmbedder | OnnxEmbedder:
    """The embedder that the settings name; nothing is loaded or converted yet."""
    if uses_int8(settings):
        return _int8_embedder(settings, progress)
    return exact_embedder(settings, progress)


def exact_embedder(
    settings: Settings, progress: Callable[[str], None] = lambda _: None
) -> SentenceTransformerEmbedder:
    """The model of the settings with all its digits, by sentence-transformers and torch."""
    given = settings.embedding_model
    name = packaged_model.folder_name() if given == PACKAGED_MODEL else given
    return SentenceTransformerEmbedder(
        name, lambda: find_model(given, settings.models_dir, progress)
    )


def uses_int8(settings: Settings) -> bool:
    """Whether the int8 encoder is asked for, or gains by this CPU when nothing is asked for."""
    if settings.embedding_engine == "auto":
        return bool(_INT8_PRODUCTS & cpu_features())
    return settings.embedding_engine == "onnx"


@cache
def cpu_features() -> frozenset[str]:
    """What this CPU says it can do, in Linux's words; of others only Apple's is known."""
    if platform.system() == "Darwin" and platform.machine() == "arm64":
        return frozenset({"asimddp"})
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    for line in lines:
        label, _, features = line.partition(":")
        if label.strip().lower() in ("flags", "features"):
            return frozenset(features.split())
    return frozenset()


def _int8_embedder(settings: Settings, progress: Callable[[str], None]) -> OnnxEmbedder:
    given = settings.embedding_model
    if given == PACKAGED_MODEL:
        exact = packaged_model.folder_name()
    else:
        folder = Path(given).expanduser()
        exact = f"{given}@{_fingerprint(folder)}" if folder.is_dir() else given
    return OnnxEmbedder(
        f"{exact}-int8-v{VERSION}",
        lambda: ensure_exported(given, exact, settings.models_dir, progress),
    )


def _fingerprint(folder: Path) -> str:
    """Checksum of a model's files: names, sizes and some of the bytes, read in an instant."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode())
        with path.open("rb") as file:
            for at in range(0, size, max(_SLICE, size // 16)):
                file.seek(at)
                digest.update(file.read(_SLICE))
    return digest.hexdigest()[:8]
