"""What the benchmark measures: each task runs in a process of its own and returns figures.

The plain way, measured beside ours on the same texts: sentence-transformers with the same
model in full precision, and ``similarity_search`` of langchain-chroma.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bot import open_bot
from bot.lexical_store import LexicalStore, lexical_dir
from ingest.articles import Article, read_corpus
from ingest.chunks import ChunkSettings, cut
from ingest.embedders import Embedder, Vectors, exact_embedder, make_embedder
from ingest.index import open_index
from ingest.settings import Settings
from ingest.sync import manifest_of, sync

_ROOT = Path(__file__).resolve().parent.parent
_CLUSTERS = 200
_AT_ONCE = 16
Figures = dict[str, float]


class CheapPassages:
    """The real encoder's place while an index is made at sizes where it would take hours.

    Questions of merchants are embedded, passages get seeded numbers. What is measured then is
    storing, searching and ranking: the vectors lie in clusters like real ones, but mean
    nothing. With ``asking`` all is embedded for real, under the same name.
    """

    def __init__(self, real: Embedder, *, asking: bool) -> None:
        self._real = real
        self._asking = asking
        self._dimension = real.embed_queries(["维数"]).shape[1]
        chance = np.random.default_rng(7)
        self._centres = chance.normal(size=(_CLUSTERS, self._dimension)).astype(np.float32)

    @property
    def name(self) -> str:
        """Not the real one's: the two never stand in one index."""
        return f"{self._real.name}-cheap-passages"

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The real encoder's."""
        return self._real.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """A cluster and a deviation chosen by the text's checksum."""
        if self._asking:
            return self._real.embed_passages(texts)
        seeds = [zlib.crc32(text.encode()) for text in texts]
        vectors = np.stack(
            [
                self._centres[seed % _CLUSTERS]
                + np.random.default_rng(seed).standard_normal(self._dimension, dtype=np.float32)
                for seed in seeds
            ]
        )
        normed: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normed


def index_documents(settings: Settings, cheap: bool) -> Figures:
    """Sync a corpus from nothing, and once more without changes."""
    embedder = _embedder(settings, cheap, asking=False)
    # Loading the model is no part of the rate.
    embedder.embed_queries(["预热"])
    started = time.perf_counter()
    report = sync(settings, embedder)
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    sync(settings, embedder)
    return {
        "documents": len(report.added) + len(report.unchanged),
        "passages": report.passages,
        "index_s": seconds,
        "index_passages_per_s": report.passages / seconds,
        "sync_unchanged_s": time.perf_counter() - started,
        "index_mb": _size_mb(settings.index_dir),
        "index_rss_mb": peak_mb(),
    }


def open_words(settings: Settings, cheap: bool) -> Figures:
    """Open the word index: making it, then mapping it as the next process does."""
    manifest = manifest_of(_embedder(settings, cheap), ChunkSettings())
    index = open_index(settings, manifest)
    index.attach()
    folder = lexical_dir(settings, manifest)
    times = []
    for _ in range(2):
        started = time.perf_counter()
        LexicalStore(index, folder).current().search("结算周期", 10)
        times.append(time.perf_counter() - started)
    return {"lexical_build_s": times[0], "lexical_open_s": times[1], "lexical_mb": _size_mb(folder)}


def ask(settings: Settings, cheap: bool, warm_up: list[str], questions: list[str]) -> Figures:
    """Ask one after the other and 16 at once; what is asked was not asked before."""
    started = time.perf_counter()
    bot = open_bot(settings, embedder=_embedder(settings, cheap))
    bot.ask(warm_up[0])
    first = time.perf_counter() - started
    # As a service does once it has begun to answer.
    bot.ranker.prepare()
    for text in warm_up:
        bot.ask(text)
    half = len(questions) // 2
    alone = [seconds(partial(bot.ask, text)) for text in questions[:half]]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        started = time.perf_counter()
        together = list(pool.map(lambda text: seconds(partial(bot.ask, text)), questions[half:]))
        rate = len(together) / (time.perf_counter() - started)
    return {
        "first_answer_s": first,
        **_percentiles("ask", alone),
        **_percentiles("ask_16", together),
        "ask_16_per_s": rate,
        "rss_mb": peak_mb(),
    }


def ask_plainly(
    settings: Settings, cheap: bool, warm_up: list[str], questions: list[str]
) -> Figures:
    """The same questions by ``similarity_search`` over the very same collection."""
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings

    del cheap
    started = time.perf_counter()
    embeddings = HuggingFaceEmbeddings(model_name=_exact_folder(settings))
    store = Chroma(
        collection_name="zhanggui-passages",
        embedding_function=embeddings,
        persist_directory=str(settings.index_dir),
        create_collection_if_not_exists=False,
    )
    store.similarity_search(warm_up[0], k=4)
    first = time.perf_counter() - started
    for text in warm_up:
        store.similarity_search(text, k=4)
    half = len(questions) // 2
    search = partial(store.similarity_search, k=4)
    alone = [seconds(partial(search, text)) for text in questions[:half]]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        together = list(pool.map(lambda text: seconds(partial(search, text)), questions[half:]))
    return {
        "first_answer_s": first,
        **_percentiles("ask", alone),
        **_percentiles("ask_16", together),
        "rss_mb": peak_mb(),
    }


def embed_both_ways(settings: Settings, texts: list[str]) -> Figures:
    """Questions embedded one by one, by turns with our encoder and with torch."""
    ours, plain = make_embedder(settings), exact_embedder(settings)
    times: dict[str, list[float]] = {"ours": [], "plain": []}
    ways: dict[str, Embedder] = {"ours": ours, "plain": plain}
    for embedder in ways.values():
        embedder.embed_queries(["预热"])
    for text in texts:
        for name, embedder in ways.items():
            times[name].append(seconds(partial(embedder.embed_queries, [text])))
    ours_ms, plain_ms = (median(times[name]) * 1000 for name in ("ours", "plain"))
    return {
        "query_ms": ours_ms,
        "plain_query_ms": plain_ms,
        "query_embedding_ratio": plain_ms / ours_ms,
    }


def ingest_both_ways(settings: Settings, corpus_dir: Path) -> Figures:
    """A corpus read, cut, embedded and stored, by us and by the usual classes; model loaded."""
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings

    with tempfile.TemporaryDirectory(prefix="zhanggui-bench-") as folder:
        own = settings.model_copy(
            update={"corpus_dir": corpus_dir, "data_dir": Path(folder) / "own"}
        )
        embedder = make_embedder(settings)
        embedder.embed_queries(["预热"])
        embeddings = HuggingFaceEmbeddings(
            model_name=_exact_folder(settings), encode_kwargs={"prompt": "passage: "}
        )
        embeddings.embed_documents(["预热"])
        started = time.perf_counter()
        passages = sync(own, embedder).passages
        ours = time.perf_counter() - started
        started = time.perf_counter()
        articles = [one for one in read_corpus(corpus_dir) if isinstance(one, Article)]
        texts = [c.embedded_text for a in articles for c in cut(a, ChunkSettings())]
        Chroma.from_texts(texts, embeddings, persist_directory=str(Path(folder) / "plain"))
        plain = time.perf_counter() - started
    return {
        "ingest_subset_passages": passages,
        "ingest_passages_per_s": passages / ours,
        "plain_ingest_passages_per_s": len(texts) / plain,
        "ingest_ratio": plain / ours * passages / len(texts),
    }


def cold_ask(question: str) -> Figures:
    """``python -m bot ask`` from start to end, with the project's own index."""

    def run() -> None:
        command = [sys.executable, "-m", "bot", "ask", question]
        subprocess.run(command, cwd=_ROOT, check=True, capture_output=True)

    return {"cold_ask_s": median(seconds(run) for _ in range(3))}


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def peak_mb() -> float:
    """The most memory this process has had.

    Where the system says it of this process alone: ``getrusage`` counts in what the process that
    started it had.
    """
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _percentiles(name: str, times: Sequence[float]) -> Figures:
    return {
        f"{name}_p{percent}_ms": float(np.percentile(times, percent)) * 1000
        for percent in (50, 95, 99)
    }


def _embedder(settings: Settings, cheap: bool, *, asking: bool = True) -> Embedder:
    real = make_embedder(settings)
    return CheapPassages(real, asking=asking) if cheap else real


def _exact_folder(settings: Settings) -> str:
    from ingest.models import find_model
    from ingest.packaged_model import quiet_libraries

    quiet_libraries()
    return find_model(settings.embedding_model, settings.models_dir, lambda _: None)


def _size_mb(folder: Path) -> float:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6


def machine() -> dict[str, Any]:
    """What all of it ran on."""
    import platform

    import psutil

    return {
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_1_min": round(psutil.getloadavg()[0], 1),
        "python": platform.python_version(),
        "system": platform.system(),
    }
