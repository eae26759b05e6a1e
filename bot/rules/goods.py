"""What kind of goods a merchant's word names: the one reader, whoever asks.

Chinese puts the thing itself last: 冰箱贴 is a sticker, 水果糖 a sweet, 宠物零食 a snack. So a
word is what it ends with, the longest name it can; what stands before it only tells the food
of a pet from that of people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.rules.ruleset import Categories, Kind

_WHITE = re.compile(r"\s+")


def read_goods(categories: Categories, word: str) -> Kind | None:
    """The kind that a word names; None where it is none of those known."""
    said = _plain(word)
    if exact := categories.kinds.get(said):
        return exact
    word = _without_ending(categories, said)
    return (
        _modified(categories, said)
        or _ends_with_name(categories, word)
        or _begun_main(categories, word)
    )


def names_of_goods(categories: Categories) -> tuple[str, ...]:
    """Every name of more than one character, for telling the words of a sentence apart."""
    return tuple(name for name in categories.kinds if len(name) > 1)


def _ends_with_name(categories: Categories, word: str) -> Kind | None:
    kinds = categories.kinds
    heads = {head: kinds[name] for name, each in categories.heads.items() for head in each}
    for start in range(len(word)):
        end = word[start:]
        if _splits_a_latin_word(word, start):
            continue
        if len(end) == 1 and start > 0:
            return heads.get(end)
        if kind := kinds.get(end) or _singular(kinds, end):
            return kind
    return None


def _singular(kinds: Mapping[str, Kind], word: str) -> Kind | None:
    """The kind of an English plural."""
    if not word.isascii():
        return None
    forms = (word.removesuffix("s"), word.removesuffix("es"))
    return next((kinds[form] for form in forms if form in kinds), None)


def _splits_a_latin_word(word: str, start: int) -> bool:
    return (
        word[start].isascii()
        and (start > 0 and word[start - 1].isascii())
        and (word[start] == " " or word[start - 1] != " ")
    )


def _modified(categories: Categories, word: str) -> Kind | None:
    """宠物零食: what is for pets is no food of people."""
    for main, modifiers in categories.modifiers.items():
        if any(word.startswith(modifier) and word != modifier for modifier in modifiers):
            return Kind(main, main)
    return None


def _begun_main(categories: Categories, word: str) -> Kind | None:
    """美妆, 农资: what a main category begins with, of two characters at least."""
    begun = (main for main in categories.synonyms if len(word) > 1 and main.startswith(word))
    return next((Kind(main, main) for main in begun), None)


def _plain(word: str) -> str:
    return _WHITE.sub(" ", word.strip().lower())


def _without_ending(categories: Categories, word: str) -> str:
    """食品类目, 数码产品: what every kind of goods may be called is no part of its name."""
    for ending in categories.endings:
        if word.endswith(ending) and len(word) > len(ending):
            return word.removesuffix(ending)
    return word
