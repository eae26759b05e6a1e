"""What the page itself says, in the languages it speaks. Articles and answers stay as written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_FOLDER = Path(__file__).with_name("languages")
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Words:
    """The page's texts in one language, and that language's names for our Chinese terms.

    ``tag`` is the language as HTML names it.
    """

    language: str
    tag: str
    texts: Mapping[str, str]
    terms: Mapping[str, str]
    examples: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """Where the page in this language is served."""
        return "" if self.language == LANGUAGES[0] else f"/{self.language}"

    def __call__(self, key: str, **values: object) -> str:
        """A text with its blanks filled in; KeyError for a text that nobody has written."""
        return self.texts[key].format(**values)

    def term(self, chinese: str) -> str:
        """A term of the rules in this language; as it is where nobody has translated it."""
        return self.terms.get(chinese, chinese)


@cache
def load_words(language: str) -> Words:
    """Read a language's file; one of ``LANGUAGES``."""
    content = yaml.safe_load((_FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return Words(
        language=language,
        tag=content["tag"],
        texts=content["texts"],
        terms=content.get("terms", {}),
        examples=tuple(content["examples"]),
    )
