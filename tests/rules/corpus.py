"""The corpus's texts and the rules made from them, for the tests of the rule tools."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

from bot.rules import Rules, build_rules
from bot.rules import parameters as parameters_module
from ingest.articles import Article, read_corpus

ROOT = Path(__file__).resolve().parents[2]
PARAMETERS = Path(parameters_module.__file__).with_suffix(".yaml")


@functools.cache
def texts() -> dict[str, str]:
    """The articles' texts by id."""
    found = read_corpus(ROOT / "corpus")
    return {article.id: article.text for article in found if isinstance(article, Article)}


def data() -> dict[str, Any]:
    """A fresh copy of what ``parameters.yaml`` holds."""
    loaded: dict[str, Any] = yaml.safe_load(PARAMETERS.read_text(encoding="utf-8"))
    return loaded


@functools.cache
def rules() -> Rules:
    """The rules as the product loads them."""
    return build_rules(data(), texts())
