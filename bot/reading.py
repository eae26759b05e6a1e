"""What a person typed, made a question: cleaned, or refused with the reason."""

from __future__ import annotations

import re
import unicodedata

from bot.errors import BotError

MAX_CHARACTERS = 1000
_SPACES = re.compile(r"[ \t\f\v\u00a0\u3000]+")


class NoQuestionError(BotError):
    """The input is no question: empty, too long or unreadable; ``english`` says the same."""

    def __init__(self, problem: str, english: str) -> None:
        super().__init__(problem)
        self.english = english


def read_question(raw: str) -> str:
    """The question's text without control characters; raise NoQuestionError."""
    kept = "".join(char for char in raw if char == "\n" or unicodedata.category(char)[0] != "C")
    text = _SPACES.sub(" ", kept).strip()
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
    return text
