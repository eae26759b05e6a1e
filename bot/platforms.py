"""The platforms merchants name: those of the corpus, and those it holds nothing about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bot.corpus_files import read_corpus_file
from bot.text import fold

FILE_NAME = "platforms.yaml"
_LEAST_LEFT = 4


class _Names(BaseModel):
    model_config = ConfigDict(extra="forbid")
    aliases: list[str]
    near: list[str] = Field(default_factory=list)
    implied_by: list[str] = Field(default_factory=list)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    platforms: dict[str, _Names] = Field(default_factory=dict)
    other_platforms: dict[str, _Names] = Field(default_factory=dict)


@dataclass(frozen=True)
class Platforms:
    """Names by what they stand for; ``others`` are platforms outside the corpus.

    ``near`` are names that mean another thing, but are used for a platform of the corpus;
    ``implied`` are words that speak of a platform without being its name.
    """

    own: Mapping[str, tuple[str, ...]]
    others: Mapping[str, tuple[str, ...]]
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    implied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def named(self, text: str) -> frozenset[str]:
        """Platforms of the corpus that a text names."""
        implied = {
            name
            for name, words in self.implied.items()
            if any(_word(fold(word)).search(fold(text)) for word in words)
        }
        return frozenset((self._found(text) & self.own.keys()) | implied)

    def named_others(self, text: str) -> frozenset[str]:
        """Platforms outside the corpus that a text names."""
        return frozenset(self._found(text) & self.others.keys())

    def all_named(self, text: str) -> frozenset[str]:
        """Platforms that a text names, of the corpus or not."""
        return self.named(text) | self.named_others(text)

    def nearly_named(self, text: str) -> dict[str, str]:
        """Near names that a text uses, each with the platform it is taken for."""
        folded = fold(text)
        return {
            alias: name
            for name, aliases in self.near.items()
            for alias in aliases
            if fold(alias) in folded
        }

    def without_names(self, text: str) -> str:
        """The folded text without the names of the corpus's platforms; never empty."""
        folded = fold(text)
        rest = self._pattern.sub(
            lambda found: "" if self._names[found.group()] in self.own else found.group(), folded
        )
        # "小红书是什么" asks for the name itself.
        left = sum(char.isalnum() for char in rest)
        return " ".join(rest.split()) if left >= _LEAST_LEFT else folded

    def _found(self, text: str) -> set[str]:
        return {self._names[found.group()] for found in self._pattern.finditer(fold(text))}

    @cached_property
    def _names(self) -> dict[str, str]:
        both = [*self.others.items(), *self.near.items(), *self.own.items()]
        return {fold(alias): name for name, aliases in both for alias in aliases}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._names, key=len, reverse=True)
        return re.compile("|".join(_word(name).pattern for name in longest_first) or r"(?!)")


@lru_cache(maxsize=1024)
def _word(name: str) -> re.Pattern[str]:
    """A folded name; a Latin one as a word of its own: RED is not in "covered"."""
    bounded = rf"(?<![a-z]){re.escape(name)}(?![a-z])" if name[0].isascii() else re.escape(name)
    return re.compile(bounded)


def load_platforms(corpus_dir: Path) -> Platforms:
    """Read the corpus folder's platforms.yaml; without one no name means anything."""
    read = read_corpus_file(corpus_dir, FILE_NAME, _File)
    return Platforms(
        {name: tuple(names.aliases) for name, names in read.platforms.items()},
        {name: tuple(names.aliases) for name, names in read.other_platforms.items()},
        {name: tuple(names.near) for name, names in read.platforms.items()},
        {name: tuple(names.implied_by) for name, names in read.platforms.items()},
    )
