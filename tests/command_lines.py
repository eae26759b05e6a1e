"""Running the program as its users do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ingest.settings import Settings
from tests.conftest import ROOT


def run_module(
    *arguments: str | Path,
    settings: Settings | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """``python -m …`` with these settings in its environment, from the project's folder."""
    variables = dict(os.environ, PYTHONIOENCODING="utf-8", **(env or {}))
    if settings is not None:
        variables["ZHANGGUI_CORPUS_DIR"] = str(settings.corpus_dir)
        variables["ZHANGGUI_DATA_DIR"] = str(settings.data_dir)
        if settings.chroma_url:
            variables["ZHANGGUI_CHROMA_URL"] = settings.chroma_url
    done = subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    # Whatever happens, nobody but a developer wants to see one.
    assert "Traceback" not in done.stderr, done.stderr
    return done
