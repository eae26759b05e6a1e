"""The lists of an article, found by their heading."""

from __future__ import annotations

import re

_HEADING = re.compile(r"#{1,6}[ \t]+(?P<title>.*?)[ \t]*#*")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])[ \t]+(?P<text>.*)")


def list_items(text: str, heading: str) -> tuple[str, ...]:
    """Items of the first list under ``heading``, each an exact slice of ``text``.

    An item is one line without its mark. Empty when there is no such heading or list.
    """
    items: list[str] = []
    inside = False
    for line in map(str.strip, text.splitlines()):
        title = _HEADING.fullmatch(line)
        item = _ITEM.fullmatch(line)
        if title:
            if items:
                break
            inside = title["title"] == heading
        elif inside and item:
            items.append(item["text"])
        elif items and line:
            break
    return tuple(items)
