"""One way to make text comparable: for matching only, never for showing or quoting."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_RUN = re.compile(r"[a-z]+|\d+(?:\.\d+)*%?|[\u3400-\u4dbf\u4e00-\u9fff]+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_SENTENCE = re.compile(r"[^。？?！!；;\n]+[。？?！!；;\n]*")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


@cache
def _to_simplified() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Simplified characters, half-width forms, lower case."""
    text = unicodedata.normalize("NFKC", text).lower()
    return _to_simplified().convert(text) if _HAN.search(text) else text


def terms(text: str) -> Iterator[str]:
    """What is counted when texts are compared: words and numbers, pairs of Han characters."""
    for found in _RUN.finditer(fold(text)):
        run = found.group()
        if not _HAN.match(run) or len(run) == 1:
            yield run
        else:
            yield from (run[at : at + 2] for at in range(len(run) - 1))


def as_word(word: str) -> str:
    """A pattern for a folded word; a Latin one by itself: vat is not in "activate"."""
    escaped = re.escape(word)
    return rf"(?<![a-z]){escaped}(?![a-z])" if word[0].isascii() else escaped


def has_han(text: str) -> bool:
    """Whether a text holds a Chinese character."""
    return bool(_HAN.search(text))


def sentences(message: str) -> list[str]:
    """A message cut into its sentences, each with the stop that ends it."""
    return _SENTENCE.findall(message)


def is_english(text: str) -> bool:
    """Whether a text is written in English rather than Chinese with some Latin names."""
    return len(_LATIN_WORD.findall(text)) >= 3 and len(_HAN.findall(text)) <= len(text) / 8
