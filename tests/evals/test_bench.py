"""The benchmark: what it makes up, what it keeps, and one real measurement."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import numpy as np
import pytest

from evals import bench, synthetic
from evals.bench_tasks import CheapPassages
from evals.errors import BenchError
from ingest.articles import Article, read_corpus
from ingest.chunks import ChunkSettings, cut
from tests.command_lines import run_module
from tests.fakes import CharacterEmbedder


def test_made_up_articles_are_valid_and_always_the_same(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        synthetic.write_corpus(tmp_path / folder, 30)
    one, two = (list(read_corpus(tmp_path / folder)) for folder in ("one", "two"))
    assert one == two and len(one) == 30
    articles = [article for article in one if isinstance(article, Article)]
    assert len({article.text for article in articles}) == 30
    passages = sum(len(cut(article, ChunkSettings())) for article in articles)
    assert 3 <= passages / len(articles) <= 6


def test_made_up_questions_are_all_different() -> None:
    asked = synthetic.questions(120)
    assert len(set(asked)) == 120
    assert asked == synthetic.questions(120)


def test_cheap_vectors_are_unit_vectors_the_same_every_time() -> None:
    cheap = CheapPassages(CharacterEmbedder(), asking=False)
    vectors = cheap.embed_passages(["甲", "乙"])
    assert np.array_equal(vectors, cheap.embed_passages(["甲", "乙"]))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert cheap.name != CharacterEmbedder().name


def test_two_runs_are_shown_side_by_side(tmp_path: Path) -> None:
    new = {"cold_ask_s": 2.0, "sizes": {"8": {"ask_p95_ms": 30.0, "cheap_vectors": True}}}
    old = {"cold_ask_s": 4.0, "sizes": {}}
    path = tmp_path / "old.json"
    path.write_text(json.dumps(old), encoding="utf-8")
    assert bench.table(new, bench.load(path)) == [
        ("cold_ask_s", "2", "4"),
        ("sizes.8.ask_p95_ms", "30", ""),
    ]


def test_what_is_no_result_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(BenchError, match=r"x\.json 不是"):
        bench.load(path)


def test_the_plot_has_a_point_for_every_size_and_way() -> None:
    sizes = {
        str(size): {"ask_p95_ms": 20.0 + size / 1000, "plain": {"ask_p95_ms": 40.0}}
        for size in (8, 1000, 80000)
    }
    svg = fromstring(bench.plot({"sizes": sizes}))
    assert sum(1 for one in svg.iter() if one.tag.endswith("circle")) == 6


def test_a_size_that_is_no_number_is_an_error() -> None:
    finished = run_module("evals", "bench", "--sizes", "8,viele")
    assert finished.returncode == 1
    assert "'viele' 不是正整数" in finished.stderr
