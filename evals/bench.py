"""How fast, how large: each size measured in the same run as the plain way, given as ratios."""

from __future__ import annotations

import datetime as dt
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from evals import bench_tasks as tasks
from evals import synthetic
from evals.bench_tasks import Figures
from evals.cases import CASES_DIR
from evals.charts import Growth, growth
from evals.errors import BenchError
from ingest.settings import Settings

OWN_SIZE = 8
# Beyond so many documents passages get cheap vectors unless asked otherwise.
REAL_SIZE = 200
_GROWTH_FROM = 1000
_SUBSET = 60
_WARM_UP = 40
_ASKED = 200
# Plain questions of the development split: what a merchant waits for most often.
_KINDS = ("fact", "list", "english", "traditional")
Progress = Callable[[str], None]


def run_bench(
    settings: Settings,
    sizes: Sequence[int],
    *,
    corpus: Path | None = None,
    real_vectors: bool = False,
    progress: Progress,
    keep: Callable[[dict[str, Any]], None] = lambda result: None,
) -> dict[str, Any]:
    """All figures, as plain data; ``keep`` gets what there is after every size.

    Size 8 is the project's own corpus; every other one is that many made-up articles, or the
    folder ``corpus`` alone where that is given. Raises BenchError when a measurement fails.
    """
    # On a busy machine torch's threads that spin would make the plain way look far worse.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    own = settings.model_copy(update={"chroma_url": None})
    questions = _own_questions()
    result: dict[str, Any] = {
        "version": 1,
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": tasks.machine(),
    }
    progress("问题算向量：我们的和原来的轮流…")
    result |= _apart(tasks.embed_both_ways, own, questions[:60])
    progress("冷启动回答…")
    result |= _apart(tasks.cold_ask, questions[0])
    with tempfile.TemporaryDirectory(prefix="zhanggui-bench-", dir=settings.data_dir) as folder:
        work = Path(folder)
        progress("入库：我们的和通常写法各做一遍…")
        synthetic.write_corpus(work / "subset", _SUBSET)
        result |= _apart(tasks.ingest_both_ways, own, work / "subset")
        result["sizes"] = {}
        for size in sizes if corpus is None else [0]:
            place = own.model_copy(update={"data_dir": work / str(size)})
            (work / str(size)).mkdir()
            (work / str(size) / "models").symlink_to(own.models_dir.resolve())
            if corpus is not None:
                place = place.model_copy(update={"corpus_dir": corpus})
            elif size != OWN_SIZE:
                place = place.model_copy(update={"corpus_dir": work / f"corpus-{size}"})
                progress(f"{size} 篇：生成文章…")
                synthetic.write_corpus(place.corpus_dir, size)
            own_words = corpus is not None or size == OWN_SIZE
            asked = questions if own_words else synthetic.questions(_WARM_UP + _ASKED)
            cheap = not own_words and size > REAL_SIZE and not real_vectors
            figures = _measure(place, cheap, asked, progress)
            result["sizes"][str(int(figures["documents"]))] = figures
            keep({**result, **_headline(result["sizes"])})
    return {**result, **_headline(result["sizes"])}


def _measure(
    settings: Settings, cheap: bool, asked: list[str], progress: Progress
) -> dict[str, Any]:
    warm_up, questions = asked[:_WARM_UP], asked[_WARM_UP : _WARM_UP + _ASKED]
    figures: dict[str, Any] = {"cheap_vectors": cheap}
    progress("  建索引…")
    figures |= _apart(tasks.index_documents, settings, cheap)
    progress("  字词索引…")
    figures |= _apart(tasks.open_words, settings, cheap)
    progress("  提问…")
    figures |= _apart(tasks.ask, settings, cheap, warm_up, questions)
    progress("  用通常写法提同样的问题…")
    figures["plain"] = _apart(tasks.ask_plainly, settings, cheap, warm_up, questions)
    figures["ask_p95_ratio"] = figures["plain"]["ask_p95_ms"] / figures["ask_p95_ms"]
    return figures


def _headline(sizes: dict[str, Any]) -> Figures | dict[str, Any]:
    """What is looked at first."""
    if not sizes:
        return {}
    smallest = min(sizes, key=int)
    # A handful of articles is answered from what is kept in memory: growth begins above it.
    base = min((size for size in sizes if int(size) >= _GROWTH_FROM), key=int, default=smallest)
    p95 = {size: figures["ask_p95_ms"] for size, figures in sizes.items()}
    return {
        "ask_p95_ms": p95,
        "ask_p95_growth": p95[max(sizes, key=int)] / p95[base],
        "rss_mb": sizes[smallest]["rss_mb"],
        "sync_unchanged_s": {size: figures["sync_unchanged_s"] for size, figures in sizes.items()},
        "lexical_open_s": {size: figures["lexical_open_s"] for size, figures in sizes.items()},
    }


def _apart(task: Callable[..., Figures], *arguments: object) -> Figures:
    """Run it in a process of its own: memory is its alone, and nothing is loaded yet."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        try:
            return pool.submit(task, *arguments).result()
        except BrokenProcessPool as exc:
            raise BenchError(f"测量 {task.__name__} 的进程中途结束，可能是内存不够。") from exc


def _own_questions() -> list[str]:
    cases = [
        json.loads(line)
        for kind in _KINDS
        for line in (CASES_DIR / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    asked = [case["question"] for case in cases if case["split"] == "dev"]
    # Asked in an order that mixes the articles.
    return [asked[at * 37 % len(asked)] for at in range(len(asked))]


def load(path: Path) -> dict[str, Any]:
    """An older run's figures."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        content["sizes"]
    except (OSError, ValueError, TypeError, KeyError) as exc:
        raise BenchError(f"{path} 不是 evals bench 写的 JSON 结果：{exc}。") from exc
    return dict(content)


def rounded(value: Any) -> Any:
    """The same figures with three digits that count."""
    if isinstance(value, dict):
        return {key: rounded(entry) for key, entry in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def table(result: dict[str, Any], old: dict[str, Any] | None = None) -> list[tuple[str, str, str]]:
    """Every figure with its name, and what it was in an older run."""
    before = dict(_flat(old or {}))
    return [
        (name, f"{value:g}", f"{before[name]:g}" if name in before else "")
        for name, value in _flat(result)
    ]


def _flat(value: Any, name: str = "") -> list[tuple[str, float]]:
    if isinstance(value, dict):
        parts = [_flat(entry, f"{name}.{key}" if name else key) for key, entry in value.items()]
        return [pair for part in parts for pair in part]
    is_figure = isinstance(value, int | float) and not isinstance(value, bool)
    return [(name, value)] if is_figure else []


def plot(result: dict[str, Any]) -> str:
    """Cost against size, as SVG: the 95th percentile of answering, ours and the plain way."""
    sizes = sorted(result["sizes"].items(), key=lambda entry: int(entry[0]))
    lines = [
        Growth("掌柜问答：完整回答", [(int(n), f["ask_p95_ms"]) for n, f in sizes], "one"),
        Growth("通常写法：只检索", [(int(n), f["plain"]["ask_p95_ms"]) for n, f in sizes], "two"),
    ]
    return growth(lines, title="文章多了，回答要多久", across="文章篇数", up="毫秒（95 百分位）")
