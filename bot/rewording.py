"""A question in the articles' words: homophones put right, merchants' words translated.

Only tried when the question as typed finds nothing sure, so it can help and not harm.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.corpus_files import read_corpus_file
from bot.lexical import LexicalIndex
from bot.text import fold

FILE_NAME = "thesaurus.yaml"
_HAN_PAIR = re.compile(r"(?=([\u4e00-\u9fff]{2}))")
# Sounds that many typists do not tell apart.
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))
# A pair that stands in one passage only may itself span two words.
_LEAST_PASSAGES = 2
_ASKS = re.compile("[几哪谁]")
_LATIN_RUN = re.compile(r"[a-z]{4,}")
_LATIN_RUNS = re.compile(r"[A-Za-z]+(?: +[A-Za-z]+)*")
_LONGEST_SYLLABLE = 6
_PARTICLES = frozenset("是的了在")
_OF_TWO_WORDS = 0.5
# Of a run of pinyin so large a share of the pairs has to be known.
_KNOWN_PAIRS = 0.6


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    say: list[str]
    mean: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    thesaurus: list[_Entry] = []


@dataclass(frozen=True)
class Thesaurus:
    """Merchants' words and what the articles call it; made by ``load_thesaurus``."""

    meanings: Mapping[str, str]

    def in_articles_words(self, question: str) -> str:
        """The folded question with every known word replaced, longest first."""
        return self._pattern.sub(lambda found: self.meanings[found.group()], fold(question))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        longest_first = sorted(self.meanings, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


class Homophones:
    """Pairs of characters no passage holds, put right to like-sounding ones that some do."""

    def __init__(self, lexical: LexicalIndex) -> None:
        self._lexical = lexical
        self._by_sound: dict[tuple[str, ...], str] = {}
        self._spelling = Spelling()
        for term in lexical.common_terms(least=_LEAST_PASSAGES):
            if _HAN_PAIR.match(term):
                sound = _sound(term)
                self._by_sound.setdefault(sound, term)
                if len(sound) == len(term):
                    self._spelling.learn(term, sound, lexical.holding(term))
        self._by_pinyin = {"".join(sound): term for sound, term in self._by_sound.items()}

    def corrected(self, question: str) -> str:
        """The folded question with unknown pairs replaced where exactly the sound agrees."""
        text = self._spelled_out(fold(question))
        at = 0
        while at + 2 <= len(text):
            pair = text[at : at + 2]
            found = self._by_sound.get(_sound(pair)) if self._is_unknown(pair) else None
            if found and self._is_slip(text, at, found):
                text = text[:at] + found + text[at + 2 :]
                at += 2
            else:
                at += 1
        return text

    def _is_slip(self, text: str, at: int, meant: str) -> bool:
        """Whether a pair of characters may stand for another. One across two words (年德 of
        2021年德国) is often unknown too: one character must agree, and the other be of no word
        with what stands beside it."""
        pair = text[at : at + 2]
        same_first = meant[0] == pair[0]
        beside = text[at + 1 : at + 3] if same_first else text[max(0, at - 1) : at + 1]
        is_told = self._is_word(beside) or (
            len(beside) == len(pair) and self._lexical.knows(beside)
        )
        return (same_first or meant[1] == pair[1]) and not is_told

    def in_characters(self, text: str) -> str:
        """A text whose Latin letters all spell Chinese, in the characters that passages have for
        it; runs that no passage says stay."""
        return _LATIN_RUNS.sub(lambda run: self._spelling.read(run.group()), text)

    def _is_unknown(self, pair: str) -> bool:
        # What is a word is not a slip, even where no passage has it; nor is what asks.
        is_pair = _HAN_PAIR.match(pair) and not _ASKS.search(pair)
        return bool(is_pair) and not self._lexical.knows(pair) and not self._is_word(pair)

    def _is_word(self, pair: str) -> bool:
        from pypinyin.constants import PHRASES_DICT

        return pair in PHRASES_DICT

    def _spelled_out(self, text: str) -> str:
        """Pinyin typed in Latin letters, as the characters some passage has for it."""
        return _LATIN_RUN.sub(
            lambda found: self._by_pinyin.get(_alike(found.group()), found.group()), text
        )


class Spelling:
    """Reads pinyin without tones as the likeliest characters."""

    def __init__(self) -> None:
        self._pairs: dict[str, float] = {}
        self._characters: dict[str, set[str]] = {}

    def learn(self, pair: str, sound: tuple[str, ...], held: int) -> None:
        """Take in a pair of characters that so many passages hold."""
        # 应是 stands across two words: less than 运营 does it tell how a word is written.
        told = _OF_TWO_WORDS if set(pair) & _PARTICLES else 1.0
        self._pairs[pair] = told * (1 + math.log(held))
        for character, syllable in zip(pair, sound, strict=True):
            self._characters.setdefault(syllable, set()).add(character)

    def read(self, spelled: str) -> str:
        """The characters of a run of pinyin; the run itself where too few pairs are known."""
        syllables = [one for word in spelled.split() for one in self._cut(_alike(word.lower()))]
        if len(syllables) < 2 or "" in syllables:
            return spelled
        # The best that ends with each character: what its pairs weigh, how many are known.
        best = {character: (0.0, 0, character) for character in self._characters[syllables[0]]}
        for syllable in syllables[1:]:
            best = {
                character: max(
                    (
                        weight + self._pairs.get(text[-1] + character, 0.0),
                        known + (text[-1] + character in self._pairs),
                        text + character,
                    )
                    for weight, known, text in best.values()
                )
                for character in self._characters[syllable]
            }
        _, known, text = max(best.values())
        return text if known >= _KNOWN_PAIRS * (len(syllables) - 1) else spelled

    def _cut(self, word: str) -> list[str]:
        """A word's syllables, as long ones as will do; "" among them where it has others."""
        if not word:
            return []
        for end in range(min(len(word), _LONGEST_SYLLABLE), 0, -1):
            if word[:end] in self._characters:
                rest = self._cut(word[end:])
                if "" not in rest:
                    return [word[:end], *rest]
        return [""]


@lru_cache(maxsize=2)
def homophones_of(lexical: LexicalIndex) -> Homophones:
    """The homophones of one state of the index, made once."""
    return Homophones(lexical)


def load_thesaurus(corpus_dir: Path) -> Thesaurus:
    """Read the corpus folder's thesaurus.yaml; without one no word means another."""
    read = read_corpus_file(corpus_dir, FILE_NAME, _File)
    return Thesaurus({fold(word): entry.mean for entry in read.thesaurus for word in entry.say})


def rewordings(question: str, thesaurus: Thesaurus, homophones: Homophones) -> Iterable[str]:
    """The question put into the articles' words, where that changes anything."""
    folded = fold(question)
    corrected = homophones.corrected(question)
    translated = (thesaurus.in_articles_words(text) for text in (folded, corrected))
    yield from (text for text in dict.fromkeys((*translated, corrected)) if text != folded)


def _sound(term: str) -> tuple[str, ...]:
    # Only needed for a question that found nothing: its tables take a moment to load.
    from pypinyin import lazy_pinyin

    return tuple(_alike(syllable) for syllable in lazy_pinyin(term))


def _alike(syllable: str) -> str:
    for one, other in _ALIKE:
        syllable = syllable.replace(one, other)
    return syllable
