"""The int8 encoder as a module of a SentenceTransformer, for whoever works with those.

``SentenceTransformer(folder, trust_remote_code=True)`` opens the folder of an encoder; the
library asks for that option wherever a module is not its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers.base.modules import InputModule

from ingest.onnx_encoder import DESCRIPTION_FILE, NETWORK_FILE, TOKENIZER_FILE, OnnxEncoder


class OnnxModule(InputModule):
    """Texts to unit vectors; the only module of its SentenceTransformer."""

    save_in_root = True

    def __init__(self, encoder: OnnxEncoder) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.encoder = encoder

    @classmethod
    def load(  # type: ignore[override]  # of what else it is given, nothing is needed
        cls, model_name_or_path: str, subfolder: str = "", **_: Any
    ) -> OnnxModule:
        """Open the encoder in a folder."""
        return cls(OnnxEncoder(Path(model_name_or_path) / subfolder))

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **_: Any
    ) -> dict[str, Any]:
        """Tokens and mask, padded at the end as the library expects them."""
        texts = [(prompt or "") + str(text) for text in inputs]
        rows = [each.ids for each in self.encoder.tokenizer().encode_batch(texts)]
        longest = max(map(len, rows), default=0)
        return {
            "input_ids": torch.tensor([row + [0] * (longest - len(row)) for row in rows]),
            "attention_mask": torch.tensor(
                [[1] * len(row) + [0] * (longest - len(row)) for row in rows]
            ),
        }

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Add ``sentence_embedding``, shape (texts, dimension)."""
        lengths = features["attention_mask"].sum(dim=1).tolist()
        tokens = features["input_ids"].tolist()
        rows = [ids[:length] for ids, length in zip(tokens, lengths, strict=True)]
        features["sentence_embedding"] = torch.from_numpy(self.encoder.encode_ids(rows))
        return features

    def get_embedding_dimension(self) -> int:
        """Length of the vectors."""
        return self.encoder.description.dimension

    @property
    def max_seq_length(self) -> int:
        """How many tokens of a text are read."""
        return self.encoder.description.max_tokens

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Copy the encoder's files."""
        for name in (NETWORK_FILE, TOKENIZER_FILE, DESCRIPTION_FILE):
            shutil.copy(self.encoder.folder / name, output_path)
