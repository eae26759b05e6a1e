"""The platforms merchants name: those of the corpus, and those it holds nothing about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bot.corpus_files import read_corpus_file
from bot.mentions import Mention, Places, asked_part, sounds_like, stranger
from bot.text import as_word, fold

FILE_NAME = "platforms.yaml"
_LEAST_LEFT = 4


class _Names(BaseModel):
    model_config = ConfigDict(extra="forbid")
    aliases: list[str] = Field(default_factory=list)
    near: list[str] = Field(default_factory=list)
    implied_by: list[str] = Field(default_factory=list)
    words: list[str] = Field(default_factory=list)
    unless: list[str] = Field(default_factory=list)


class _Places(BaseModel):
    model_config = ConfigDict(extra="forbid")
    before: list[str] = Field(default_factory=list)
    after: list[str] = Field(default_factory=list)
    after_number: list[str] = Field(default_factory=list)
    rate: list[str] = Field(default_factory=list)
    not_names: list[str] = Field(default_factory=list)
    apart_before: list[str] = Field(default_factory=list)
    apart_after: list[str] = Field(default_factory=list)
    asides: list[str] = Field(default_factory=list)
    likened: list[str] = Field(default_factory=list)
    joins: list[str] = Field(default_factory=list)
    compares: list[str] = Field(default_factory=list)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    platforms: dict[str, _Names] = Field(default_factory=dict)
    other_platforms: dict[str, _Names] = Field(default_factory=dict)
    more_platforms: list[str] = Field(default_factory=list)
    places: _Places = Field(default_factory=_Places)


@dataclass(frozen=True)
class Platforms:
    """Names by what they stand for; ``others`` are platforms outside the corpus.

    ``near`` are names that mean another thing, but are used for a platform of the corpus;
    ``implied`` are words that speak of a platform without being its name. ``words`` are names
    that are ordinary words too: only their place in a sentence makes them names. Where a word
    of ``unless`` stands beside it, a name means something else.
    """

    own: Mapping[str, tuple[str, ...]]
    others: Mapping[str, tuple[str, ...]]
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    implied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: Places = field(default_factory=Places)

    def named(self, text: str) -> frozenset[str]:
        """Platforms of the corpus that a text names."""
        implied = {
            name
            for name, words in self.implied.items()
            if any(_word(fold(word)).search(fold(text)) for word in words)
        }
        return frozenset((self._found(text) & self.own.keys()) | implied)

    def named_others(self, text: str) -> frozenset[str]:
        """Platforms outside the corpus that a text names, or asks for by a name unknown here."""
        return frozenset(self._found(text) - self.own.keys())

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

    def as_typed(self, text: str, names: Iterable[str]) -> dict[str, str]:
        """The names as a text writes them; one that it misspells, or does not hold, as it is."""
        folded, typed = fold(text), {name: name for name in names}
        # Folding seldom changes how many characters there are.
        written = text if len(text) == len(folded) else folded
        for each in self._mentions(folded):
            if each.name in typed and not each.misspelt:
                typed[each.name] = written[each.start : each.end]
        return typed

    def without_names(self, text: str, *, others: bool = False) -> str:
        """The folded text without the names of the corpus's platforms; never empty.

        With ``others`` the names of those outside it go too.
        """
        folded = fold(text)
        rest = folded
        for each in reversed(self._mentions(folded)):
            if others or each.name in self.own:
                rest = rest[: each.start] + rest[each.end :]
        # "小红书是什么" asks for the name itself.
        left = sum(char.isalnum() for char in rest)
        return " ".join(rest.split()) if left >= _LEAST_LEFT or others else folded

    def asked_of_own(self, text: str, asks: Callable[[str], bool]) -> tuple[str, tuple[str, ...]]:
        """What a message that names others beside ours asks of ours; the others it asks of too.

        The message as it is, and none, where it names no others or asks of them only. ``asks``
        tells whether a clause asks something.
        """
        folded = fold(text)
        mentions = self._mentions(folded)
        if len({each.name in self.own for each in mentions}) < 2:
            return text, ()
        written = text if len(text) == len(folded) else folded
        part, others = asked_part(written, folded, mentions, self.own, self.places, asks)
        return part, tuple(self.as_typed(text, others).values())

    def _found(self, text: str) -> set[str]:
        return {each.name for each in self._mentions(fold(text))}

    @cached_property
    def _mentions(self) -> Callable[[str], tuple[Mention, ...]]:
        # A question is looked at many times on its way.
        return lru_cache(maxsize=1024)(self._all_mentions)

    def _all_mentions(self, folded: str) -> tuple[Mention, ...]:
        found = tuple(self._exact(folded))
        return found or tuple(self._inexact(folded))

    def _exact(self, folded: str) -> Iterator[Mention]:
        at = 0
        while match := self._pattern.search(folded, at):
            mention = Mention(self._names[match.group()], match.start(), match.end())
            at = match.start() + 1
            if self._is_meant(match.group(), mention, folded):
                at = match.end()
                yield mention

    def _is_meant(self, alias: str, mention: Mention, folded: str) -> bool:
        if mention.name in self.own and alias not in self._words:
            return True
        if self.places.is_apart(folded, mention):
            return False
        if any(word in folded for word in self._unless.get(mention.name, ())):
            return False
        if alias.isdigit():
            return self.places.is_name_in_figures(folded, mention)
        return alias not in self._words or self.places.is_subject(folded, mention)

    def _inexact(self, folded: str) -> Iterator[Mention]:
        """The one that a misspelt or unknown name in the subject's place stands for."""
        if name := stranger(folded, self.places, self._own_latin):
            yield name
            return
        yield from sounds_like(folded, self.places, self._spoken)

    @cached_property
    def _names(self) -> dict[str, str]:
        groups = [self.others, self.words, self.near, self.own]
        return {
            fold(alias): name
            for group in groups
            for name, aliases in group.items()
            for alias in aliases
        }

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(fold(word) for words in self.words.values() for word in words)

    @cached_property
    def _unless(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(map(fold, words)) for name, words in self.unless.items()}

    @cached_property
    def _spoken(self) -> dict[str, str]:
        """Names in Chinese characters, with what they stand for."""
        return {
            alias: name
            for alias, name in self._names.items()
            if name not in self.own and re.fullmatch("[\u4e00-\u9fff]{2,4}", alias)
        }

    @cached_property
    def _own_latin(self) -> tuple[str, ...]:
        aliases = (fold(alias) for name in self.own for alias in self.own[name])
        return tuple(alias for alias in aliases if alias[0].isascii())

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self._names, key=len, reverse=True)
        return re.compile("|".join(_word(name).pattern for name in longest_first) or r"(?!)")


@lru_cache(maxsize=1024)
def _word(name: str) -> re.Pattern[str]:
    """A folded name; a Latin one as a word of its own: RED is not in "covered"."""
    if name.isdigit():
        return re.compile(rf"(?<![\d.]){name}(?![\d.]\d|\d)")
    return re.compile(as_word(name))


def load_platforms(corpus_dir: Path) -> Platforms:
    """Read the corpus folder's platforms.yaml; without one no name means anything."""
    read = read_corpus_file(corpus_dir, FILE_NAME, _File)
    others = {name: _Names(aliases=[name]) for name in read.more_platforms}
    others.update(read.other_platforms)
    every = others | read.platforms
    return Platforms(
        {name: tuple(names.aliases) for name, names in read.platforms.items()},
        {name: tuple(names.aliases) for name, names in others.items()},
        {name: tuple(names.near) for name, names in read.platforms.items()},
        {name: tuple(names.implied_by) for name, names in read.platforms.items()},
        {name: tuple(names.words) for name, names in every.items()},
        {name: tuple(names.unless) for name, names in every.items()},
        Places.of(**read.places.model_dump()),
    )
