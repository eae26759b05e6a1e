"""A draft read as it is written: whole sentences with their marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(r"\[(\d{1,3})\]")
# How models write a mark although they are told how: [1,2], 【1】, [材料1].
_NUMBER = r"(?:材料)?\s*\d{1,3}"
_LOOSE_MARK = re.compile(rf"[\[【［]\s*({_NUMBER}(?:\s*[,，、]\s*{_NUMBER})*)\s*[\]】］]")
# A sentence ends with its end mark and the marks behind it, or with its line.
_ANY_MARK = r"[ \t]*[\[【［][^\]】］\n]{1,20}[\]】］]"
_SENTENCE = re.compile(rf"[^。！？!?\n]*(?:[。！？!?]+[”’」』）)\"]*(?:{_ANY_MARK})*|\n)")
_OPENS_MARK = re.compile(r"[ \t]*(?:[\[【［][^\]】］\n]{0,20})?")
_BARE = re.compile(r"[\s\-*•·#>\d.、()（）]+")
# What reasoning models think aloud where the service does not set it apart.
_THOUGHT, _THOUGHT_ENDS = "<think>", "</think>"


@dataclass(frozen=True)
class Sentence:
    """One sentence of a draft, and the numbers of the citations it carries."""

    text: str

    @property
    def marks(self) -> tuple[int, ...]:
        """Citation numbers, in order."""
        return tuple(int(found) for found in _MARK.findall(self.text))

    @property
    def words(self) -> str:
        """The sentence without its marks."""
        return _MARK.sub("", self.text).strip()

    @property
    def says_nothing(self) -> bool:
        """Whether there is only blank space, a bullet or a mark."""
        return not _BARE.sub("", self.words)


class DraftReader:
    """Cuts a stream of text into sentences; one is handed out when nothing can join it."""

    def __init__(self) -> None:
        self._pending = ""
        self._begun = False

    def feed(self, text: str) -> list[Sentence]:
        """Take more text in; the sentences that are complete now."""
        self._pending += text
        if not self._past_thought():
            return []
        complete = []
        while found := _SENTENCE.match(self._pending):
            rest = self._pending[found.end() :]
            # [1] may still follow.
            if not found.group().endswith("\n") and _OPENS_MARK.fullmatch(rest):
                break
            complete.append(read_sentence(found.group()))
            self._pending = rest
        return complete

    def finish(self) -> list[Sentence]:
        """What is left when the draft has ended."""
        left = self.feed("\n")
        return left if self._begun else []

    def _past_thought(self) -> bool:
        """Whether the draft proper has begun; a thought in front of it is thrown away."""
        if self._begun:
            return True
        start = self._pending.lstrip()
        if start.startswith(_THOUGHT):
            _, ended, self._pending = start.partition(_THOUGHT_ENDS)
            self._pending = self._pending if ended else start
            self._begun = bool(ended)
        else:
            self._begun = not _THOUGHT.startswith(start)
        return self._begun


def read_sentence(text: str) -> Sentence:
    """The sentence with every mark written the one way that is shown."""
    return Sentence(_LOOSE_MARK.sub(_marks, text))


def _marks(found: re.Match[str]) -> str:
    return "".join(f"[{number}]" for number in re.findall(r"\d+", found[1]))
