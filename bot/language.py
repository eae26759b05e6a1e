"""The language a merchant is answered in, and whether Latin letters spell Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answers import Turn
from bot.text import has_han, is_english

_LATIN = re.compile(r"[A-Za-z]{2,}")
# An option that is clicked asks nothing and has at most so many characters.
_SHORT = 24
_ASKS = re.compile("[吗呢么几多怎哪谁什啥咋]")
_SYLLABLE = (
    r"(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|uo"
    r"|ue|ve|a|e|i|o|u|v)|ang|ai|ei|ao|ou|an|en|er|a|o|e)"
)
_SPELLED = re.compile(rf"{_SYLLABLE}+")
_LEAST_SPELLED = 5


def speaks_english(message: str, history: Sequence[Turn] = ()) -> bool:
    """Whether a merchant is answered in English: who writes it, and who goes on after it with
    what is of no language or asks nothing, such as an option that was offered in Chinese."""
    said = [turn.content for turn in history if turn.role == "user"]
    for text in (message, *reversed(said)):
        is_told = _is_in_english(text)
        if is_told is not None:
            return is_told
    # Few words, and nothing before them: "hello".
    return not has_han(message) and bool(_LATIN.search(message)) and not is_pinyin(message)


def _is_in_english(text: str) -> bool | None:
    """None where a text does not tell: too short, or a few words that ask nothing."""
    if is_english(text) or is_pinyin(text):
        return not may_be_pinyin(text)
    is_chinese = has_han(text) and (len(text) > _SHORT or _ASKS.search(text))
    return False if is_chinese else None


def may_be_pinyin(text: str) -> bool:
    """Whether all Latin letters of a text may spell Chinese."""
    return is_pinyin(" ".join(_LATIN.findall(text)))


def is_pinyin(text: str) -> bool:
    """Whether a text is Chinese spelled in Latin letters without tones."""
    words = _LATIN.findall(text.lower())
    return (
        not has_han(text)
        and sum(map(len, words)) >= _LEAST_SPELLED
        and all(map(_SPELLED.fullmatch, words))
    )
