"""Long answers, cut into messages that a platform takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

# From the best place to cut to the last resort; what is matched stays with what precedes it.
_ENDS = (r"\n\n+", r"\n", r"[。！？!?；;]+[”’」）)]*(?:\[\d+\])*", r"[，,、：: ]")
# An address and a mark are never cut.
_WHOLE = r"https?://[!-~]+|\[\d+\]|."
# "（99/99）\n" in UTF-8.
_NUMBER_BYTES = 12


def split_message(body: str, tail: str, *, part_bytes: int) -> list[str]:
    """Cut ``body`` into parts of at most ``part_bytes`` of UTF-8, ``tail`` whole at the end.

    Cuts stand at the end of a paragraph, else a line, a sentence, a clause; an address is
    never cut unless it alone is too long. Several parts are numbered （1/2）.
    """
    whole = f"{body}\n\n{tail}" if tail else body
    if _size(whole) <= part_bytes:
        return [whole]
    room = part_bytes - _NUMBER_BYTES
    parts = list(_packed(body, room))
    if tail and _size(f"{parts[-1]}\n\n{tail}") <= room:
        parts[-1] += f"\n\n{tail}"
    elif tail:
        parts += _packed(tail, room)
    return [f"（{number}/{len(parts)}）\n{part}" for number, part in enumerate(parts, 1)]


def _packed(text: str, room: int) -> Iterator[str]:
    """Pieces put together as long as they fit."""
    part = ""
    for piece in _pieces(text, room):
        if part and _size(part + piece.rstrip()) > room:
            yield part.strip()
            part = ""
        part += piece
    if part.strip():
        yield part.strip()


def _pieces(text: str, room: int, level: int = 0) -> Iterator[str]:
    """The text in pieces that fit, cut no finer than needed."""
    if _size(text) <= room:
        yield text
    elif level == len(_ENDS):
        yield from _atoms(text, room)
    else:
        for piece in re.findall(rf"(?>{_WHOLE})+?(?:{_ENDS[level]}|\Z)", text, re.DOTALL):
            yield from _pieces(piece, room, level + 1)


def _atoms(text: str, room: int) -> Iterator[str]:
    for atom in re.findall(_WHOLE, text, re.DOTALL):
        if _size(atom) <= room:
            yield atom
        else:
            yield from atom


def _size(text: str) -> int:
    return len(text.encode("utf-8"))
