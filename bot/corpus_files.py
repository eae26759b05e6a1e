"""The YAML files that stand beside the articles of a corpus folder."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bot.errors import BotError

Content = TypeVar("Content", bound=BaseModel)


def read_corpus_file(corpus_dir: Path, name: str, kind: type[Content]) -> Content:
    """The file's content, or that of an empty one where there is none.

    Raises BotError naming the file when it cannot be read or is not of that kind.
    """
    path = corpus_dir / name
    try:
        return kind.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except FileNotFoundError:
        return kind()
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as exc:
        reason = " ".join(str(exc).split())[:200]
        raise BotError(f"{path} 读不了：{reason}。格式见 CONTRIBUTING.md。") from exc
