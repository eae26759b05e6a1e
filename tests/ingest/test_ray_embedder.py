"""Embedding over a Ray cluster, here one of this machine alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from ingest.settings import Settings
from tests.conftest import ROOT
from tests.fakes import local_settings, write_article
from tests.ingest.store import contents


def run_sync(settings: Settings, *options: str) -> subprocess.CompletedProcess[str]:
    """The command as a user gives it, without a cluster from outside."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"},
        "ZHANGGUI_CORPUS_DIR": str(settings.corpus_dir),
        "ZHANGGUI_DATA_DIR": str(settings.data_dir),
        "ZHANGGUI_EMBEDDING_ENGINE": "onnx",
    }
    return subprocess.run(
        [sys.executable, "-m", "ingest", "sync", *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )


def test_an_index_made_over_a_cluster_is_the_same_bit_for_bit(
    models_dir: Path, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    for number in range(12):
        body = "\n\n".join(f"## 节{n}\n\n第{n}节讲保证金，" + "一句。" * n for n in range(5))
        write_article(corpus, f"篇{number}", f"{body}{number}", questions={"节1": ["押金多少"]})
    made = {}
    for engine in ("local", "ray"):
        made[engine] = local_settings(corpus, tmp_path / engine)
        (tmp_path / engine).mkdir()
        (tmp_path / engine / "models").symlink_to(models_dir, target_is_directory=True)
        finished = run_sync(made[engine], "--engine", engine)
        assert "新增 12 篇" in finished.stdout
    here, there = (contents(made[engine].index_dir) for engine in ("local", "ray"))
    assert here.keys() == there.keys()
    for name, rows in here.items():
        assert rows.keys() == there[name].keys(), name
        for identifier, (document, metadata, vector) in rows.items():
            assert (document, metadata) == there[name][identifier][:2], identifier
            assert np.array_equal(vector, there[name][identifier][2]), identifier
