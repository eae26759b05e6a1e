"""Who opens a mini store and what is to be sold in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.rules.goods import names_of_goods, read_goods
from bot.rules.parameters import load_categories
from bot.understanding.messages import Message
from bot.understanding.negation import is_negated
from bot.understanding.vocabulary import Span, alternatives, load_vocabulary

# A sole trader's wording may hold the word for a person or a company, so it comes first.
_SELLERS = ("individual_business", "enterprise", "personal")
# A space parts Chinese words from others, and belongs to an English name of goods.
_SPACE = r" (?![a-z0-9])|(?<![a-z0-9]) "
# Between goods and the kind they are of.
_KIND = re.compile("[这那][种类些]|之类的?")
_SHORTEST = 2
_LONGEST = 12


def seller_type(message: Message) -> str | None:
    """The kind of seller that is named; None where none or several are."""
    if message.has("seller_either"):
        return None
    found = [
        seller
        for seller in _SELLERS
        if any(
            not is_negated(message, start)
            for start, _ in message.words.spans(f"seller_{seller}", message.text)
        )
    ]
    if "individual_business" in found:
        return "individual_business"
    return found[0] if len(found) == 1 else None


def category(message: Message) -> str | None:
    """The merchant's word for what is to be sold, known or not."""
    goods = _goods(message.text)
    return goods.word if goods else None


def categories(message: Message) -> tuple[str, ...]:
    """The merchant's words for all kinds of goods that are known, where each is asked about."""
    found = (_sold(piece) if piece.sold else _named(piece) for piece in _pieces(message.text))
    words = [goods.word for goods in found if goods and goods.known]
    # 游戏点卡这种虚拟商品: one kind, said in two words.
    kinds = {read_goods(load_categories(), word): word for word in reversed(words)}
    return tuple(word for word in words if word in kinds.values())


def known_category(message: Message) -> str | None:
    """The merchant's word for what is to be sold, where it is a kind of goods that is known."""
    goods = _goods(message.text)
    return goods.word if goods and goods.known else None


def is_unlisted(message: Message) -> bool:
    """Whether the goods are none that the articles name as sold: unknown, or not supported."""
    goods = _goods(message.text)
    return goods is not None and (not goods.known or is_unsupported(goods.word))


def is_unsupported(word: str) -> bool:
    """Whether the articles say of a word's kind of goods that it cannot be sold."""
    kind = read_goods(load_categories(), word)
    return kind is not None and kind.special == load_categories().unsupported


def goods_spans(message: Message) -> tuple[Span, ...]:
    """Where the goods stand."""
    goods = _goods(message.text)
    return ((goods.start, goods.end),) if goods else ()


@dataclass(frozen=True)
class _Goods:
    """A merchant's word for goods and the place it was found at."""

    word: str
    start: int
    end: int
    known: bool


@dataclass(frozen=True)
class _Piece:
    """Words between those that end a name of goods; ``sold`` where it is said to be sold."""

    text: str
    start: int
    sold: bool


@lru_cache(maxsize=512)
def _goods(text: str) -> _Goods | None:
    """What is said to be sold, or else the first name of goods that stands on its own."""
    pieces = tuple(_pieces(text))
    sold = (_of_kind(text, pieces, piece) or _sold(piece) for piece in pieces if piece.sold)
    named = (_named(piece) for piece in pieces if not piece.sold)
    return next((goods for goods in (*sold, *named) if goods), None)


def _of_kind(text: str, pieces: Sequence[_Piece], sold: _Piece) -> _Goods | None:
    """卖实木桌椅板凳这种家具: the kind that is named right after goods that are none known."""
    after = pieces[pieces.index(sold) + 1 :][:1]
    goods = _sold(sold)
    if goods is None or goods.known or not after:
        return None
    joined = _KIND.fullmatch(text[sold.start + len(sold.text) : after[0].start])
    return _named(after[0]) if joined else None


def _pieces(text: str) -> Iterator[_Piece]:
    """The text cut at verbs of selling and at words that end a name; names stay whole."""
    start, sold = 0, False
    for found in _cuts().finditer(text):
        if found["name"]:
            continue
        # 点卡能卖吗, 童装也卖起来: what stands before the verb is sold, too.
        yield _Piece(text[start : found.start()], start, sold)
        start, sold = found.end(), bool(found["sold"])
    yield _Piece(text[start:], start, sold)


@cache
def _cuts() -> re.Pattern[str]:
    words = load_vocabulary().concepts
    names = _names().pattern
    sold, lead, end = (words[f"store_goods_{part}"].pattern for part in ("sold", "lead", "end"))
    # 卖点卡 sells 点卡, 卖点零食 sells some snacks: what leads to a name is no part of one.
    sold = rf"(?:{sold})(?:(?!{names})(?:{lead}))*"
    return re.compile(rf"(?P<sold>{sold})|(?P<name>{names})|[^\w /-]|{_SPACE}|{end}")


@cache
def _names() -> re.Pattern[str]:
    return re.compile(alternatives(names_of_goods(load_categories())))


def _sold(piece: _Piece) -> _Goods | None:
    words = load_vocabulary().concepts
    word = _bare(piece.text)
    if not _is_known(word):
        word = word.rpartition("的")[2]
    if not _is_known(word) and (
        not word or _length(word) > _LONGEST or words["store_goods_none"].fullmatch(word)
    ):
        return None
    return _found(piece, word)


def _named(piece: _Piece) -> _Goods | None:
    words = load_vocabulary().concepts
    word = piece.text.strip()
    opening = words["store_goods_opening"].match(word)
    bare = _bare(word[opening.end() :] if opening else word)
    # 家具 is a name as it stands, 家 of 家零食 leads to one.
    word = bare if _is_known(bare) or not _is_known(word) else word
    if len(word) < _SHORTEST or words["store_goods_if_sold"].fullmatch(word):
        return None
    # One character says too little of words that nobody sells: 小红书 is no book.
    return _found(piece, word) if _names().search(word) and _is_known(word) else None


def _bare(word: str) -> str:
    """零食店, 食品类的: the goods alone; 吃的 are goods as they stand."""
    word = word.strip()
    if _is_known(word):
        return word
    for closing in load_vocabulary().concepts["store_goods_closing"].finditer(word):
        if closing.end() == len(word):
            return word[: closing.start()]
    return word


def _length(word: str) -> int:
    """In Chinese characters; an English word counts as two."""
    return len(word) if not word.isascii() else 2 * len(word.split())


def _is_known(word: str) -> bool:
    return read_goods(load_categories(), word) is not None


def _found(piece: _Piece, word: str) -> _Goods:
    start = piece.start + piece.text.rfind(word)
    return _Goods(word, start, start + len(word), _is_known(word))
