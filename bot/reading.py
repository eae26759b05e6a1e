"""What a person typed, made a question: cleaned, or refused with the reason."""

from __future__ import annotations

import re
import unicodedata

from bot.errors import BotError

MAX_CHARACTERS = 1000
_SPACES = re.compile(r"[ \t\f\v\u00a0\u3000]+")
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
# Characters typed one by one ("渠 道 费"): at least so many that none is a word by chance.
_ONE_BY_ONE = re.compile(rf"(?<!\w){_HAN}(?:[ ._*·|~/-]{{1,3}}{_HAN}){{3,}}(?!\w)")
# So many letters that can be read are a question, whatever stands around them.
_ENOUGH = 10
_BETWEEN = re.compile(r"[ ._*·|~/-]+")


class NoQuestionError(BotError):
    """The input is no question: empty, too long or unreadable; ``english`` says the same."""

    def __init__(self, problem: str, english: str) -> None:
        super().__init__(problem)
        self.english = english


def read_question(raw: str) -> str:
    """The question's text without control characters and ornaments, characters typed one by
    one put together; raise NoQuestionError."""
    kept = "".join(char for char in raw if char in "\n\t" or unicodedata.category(char)[0] != "C")
    # A tab parts the fields of rows pasted from a sheet.
    text = _SPACES.sub(lambda run: "\t" if "\t" in run[0] else " ", kept).strip()
    if not text:
        raise NoQuestionError(
            "没有收到内容。请直接输入要问的问题，例如：小红书多久结算一次？",
            "Nothing was received. Please type your question.",
        )
    if len(text) > MAX_CHARACTERS:
        raise NoQuestionError(
            f"问题有 {len(text)} 个字，最多 {MAX_CHARACTERS} 个字。请只保留要问的那一两句。",
            f"Your question has {len(text)} characters; at most {MAX_CHARACTERS} can be read. "
            "Please keep only the sentence or two that ask.",
        )
    if not any(char.isalnum() for char in text):
        raise NoQuestionError(
            "没有看到文字，只有符号或表情。请用文字写下要问的问题。",
            "There are only symbols, no words. Please put your question into words.",
        )
    letters = [char for char in text if char.isalpha()]
    read = sum(map(_is_read, letters))
    mostly_other = 2 * read < len(letters)
    if mostly_other and read < _ENOUGH:
        raise NoQuestionError(
            "这里只读得懂中文和英文。请用中文或英文写下要问的问题。",
            "Only Chinese and English are understood here. Please ask in one of them.",
        )
    if mostly_other:
        # A question in Chinese under a sentence in Russian is the question.
        text = "".join(" " if char.isalpha() and not _is_read(char) else char for char in text)
    plain = "".join(" " if _is_decoration(char) else char for char in text)
    joined = _ONE_BY_ONE.sub(lambda found: _BETWEEN.sub("", found.group()), plain)
    return _SPACES.sub(" ", joined).strip()


def _is_read(char: str) -> bool:
    """Whether a letter is of a script that questions are read in: Chinese or Latin."""
    return unicodedata.name(char, "").startswith(("CJK", "LATIN", "FULLWIDTH LATIN"))


def _is_decoration(char: str) -> bool:
    """Whether a character is an emoji or an ornament; ℃ and № stand for words."""
    is_symbol = unicodedata.category(char) in ("So", "Sk") and not char.isascii()
    return "\ufe00" <= char <= "\ufe0f" or (is_symbol and not unicodedata.decomposition(char))
