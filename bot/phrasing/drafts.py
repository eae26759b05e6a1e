"""A draft read as it is written: whole sentences with their marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(r"\[(\d{1,3})\]")
# A sentence ends with its end mark and the marks behind it, or with its line.
_SENTENCE = re.compile(
    r"[^。！？!?\n]*(?:[。！？!?]+[”’」』）)\"]*(?:[ \t]*\[\d{1,3}\])*[ \t]*|\n)"
)
_OPENS_MARK = re.compile(r"[ \t]*\[?\d{0,3}$")
_BARE = re.compile(r"[\s\-*•·#>\d.、()（）]+")


@dataclass(frozen=True)
class Sentence:
    """One sentence of a draft as written, and the numbers of the citations it carries."""

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

    def feed(self, text: str) -> list[Sentence]:
        """Take more text in; the sentences that are complete now."""
        self._pending += text
        complete = []
        while found := _SENTENCE.match(self._pending):
            rest = self._pending[found.end() :]
            # [1] may still follow.
            if not found.group().endswith("\n") and (not rest or _OPENS_MARK.fullmatch(rest)):
                break
            complete.append(Sentence(found.group()))
            self._pending = rest
        return complete

    def finish(self) -> list[Sentence]:
        """What is left when the draft has ended."""
        rest, self._pending = self._pending, ""
        whole = [Sentence(found.group()) for found in _SENTENCE.finditer(rest)]
        tail = rest[sum(len(sentence.text) for sentence in whole) :]
        return [*whole, Sentence(tail)] if tail else whole
