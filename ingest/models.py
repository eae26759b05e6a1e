"""Which sentence-transformers model the settings name, found and loaded."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import ModelError
from ingest.packaged_model import ensure_converted, quiet_libraries
from ingest.settings import PACKAGED_MODEL

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


def find_model(given: str, models_dir: Path, progress: Callable[[str], None]) -> str:
    """Folder or name of the model to load; the packaged one is converted where missing."""
    if given == PACKAGED_MODEL:
        return str(ensure_converted(models_dir, progress))
    folder = Path(given).expanduser()
    return str(folder) if folder.is_dir() else given


def load_model(source: str, name: str) -> SentenceTransformer:
    """Load it for the CPU; raise ModelError, naming ``name``, when it cannot be had."""
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
