"""The years a merchant asks the shopping days of (黑五, 网一) of, among those a message names."""

from __future__ import annotations

import re

from bot.understanding.messages import Message, pieces_of
from bot.understanding.numerals import number

_LAST_MONTH = 12
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_WRITTEN = re.compile(r"(?<!\d)(?:(20\d{2})|(\d{2})年|(二[零〇][零〇一二三四五六七八九]{2}))(?!\d)")


def years_listed(message: Message) -> tuple[int, ...]:
    """明年的黑五跟今年的黑五分别几号, 2023年和2024年的: years that are asked about alike."""
    if not message.has("all_orders"):
        return ()
    words, text = message.words.relative_years, _asked_of(message)
    named = {text.find(word): message.today.year + words[word] for word in words}
    named |= {found.start(): int(found[0]) for found in _YEAR.finditer(text)}
    years = dict.fromkeys(year for at, year in sorted(named.items()) if at >= 0)
    return tuple(years) if len(years) > 1 else ()


def year_asked(message: Message) -> tuple[int | None, bool]:
    """The one year asked about, and whether it is said; None where none is named."""
    text = _asked_of(message)
    written = _WRITTEN.search(text)
    if message.has("year_before_that") and message.anchor and not written:
        return message.anchor.year - 1, True
    if message.has("that_year") and not written:
        return None, False
    if word := _year_word(message, text):
        return message.today.year + message.words.relative_years[word], True
    if message.has("season_past") and not written:
        # 刚过完的那个旺季: the season ends with the year.
        return message.today.year - (message.today.month < _LAST_MONTH), True
    if written:
        value = number(written[1] or written[2] or written[3])
        return (int(value) + (2000 if value < 100 else 0), True) if value else (None, False)
    return None, False


def _asked_of(message: Message) -> str:
    """The text in which a year is one that is asked about: the clauses that ask or want, where
    they name one (我记得去年黑五是24号，今年的是几号); not 去年早过了, 不是今年."""
    words = message.words
    asking = [
        piece
        for piece in pieces_of(re.sub("[?!]", ",", message.text))
        if words.has("asks_something", piece) or words.has("year_wanted", piece)
        # 去年忙成狗还是没赶上 asks nothing.
        if names_shopping_day(message, piece) or not words.has("year_past", piece)
    ]
    named = [piece for piece in asking if _names_a_year(message, piece)]
    kept = ",".join(named) or ",".join(
        piece for piece in pieces_of(message.text) if not words.has("year_past", piece)
    )
    return words.concepts["year_denied"].sub(
        "", kept if _names_a_year(message, kept) else message.text
    )


def _names_a_year(message: Message, text: str) -> bool:
    relative = any(word in text for word in message.words.relative_years)
    return relative or bool(_WRITTEN.search(text))


def names_shopping_day(message: Message, text: str) -> bool:
    """Whether a text, or a part of a message, names 黑五 or 网一."""
    return message.words.has("black_friday", text) or message.words.has("cyber_monday", text)


def _year_word(message: Message, text: str) -> str | None:
    """去年没赶上，今年的黑五呢: of several such words the one before the shopping day."""
    said = [word for word in message.words.relative_years if word in text]
    days = message.words.spans("black_friday", text) + message.words.spans("cyber_monday", text)
    before = text[: min(start for start, _ in days)] if days else ""
    return max(said, key=before.rfind, default=None)
