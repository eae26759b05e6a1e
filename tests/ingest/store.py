"""What is really in a store, read past our own code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.api import ClientAPI
from chromadb.api.shared_system_client import SharedSystemClient
from chromadb.config import Settings as ChromaSettings

# What differs between two runs that did the same.
_OF_THE_RUN = {"indexed_at", "token", "changes"}


def raw_client(folder: Path) -> ClientAPI:
    """A connection that has seen nothing yet."""
    SharedSystemClient.clear_system_cache()
    return chromadb.PersistentClient(folder, settings=ChromaSettings(anonymized_telemetry=False))


def contents(folder: Path) -> dict[str, dict[str, Any]]:
    """Every row of every collection: document, metadata and vector by id."""
    found = {}
    for collection in raw_client(folder).list_collections():
        rows: Any = collection.get(include=["documents", "metadatas", "embeddings"])
        found[collection.name] = {
            identifier: (
                document,
                {key: value for key, value in metadata.items() if key not in _OF_THE_RUN},
                np.asarray(vector),
            )
            for identifier, document, metadata, vector in zip(
                rows["ids"], rows["documents"], rows["metadatas"], rows["embeddings"], strict=True
            )
        }
    return found


def assert_same_contents(one: Path, other: Path, *, tolerance: float = 1e-6) -> None:
    """Fail, naming collection and row, where two stores differ."""
    left, right = contents(one), contents(other)
    assert left.keys() == right.keys()
    for name, rows in left.items():
        assert rows.keys() == right[name].keys(), name
        for identifier, (document, metadata, vector) in rows.items():
            expected = right[name][identifier]
            assert (document, metadata) == expected[:2], (name, identifier)
            assert np.allclose(vector, expected[2], atol=tolerance), (name, identifier)


def sentences_anywhere(folder: Path, sentence: str) -> list[str]:
    """Where a sentence stands: in any document or any metadata of any collection."""
    return [
        f"{name}/{identifier}"
        for name, rows in contents(folder).items()
        for identifier, (document, metadata, _) in rows.items()
        if sentence in (document or "") or any(sentence in str(v) for v in metadata.values())
    ]
