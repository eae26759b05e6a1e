"""A merchant's text in the one form all patterns are written for."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.text import fold
from bot.understanding.listed import spelled_out
from bot.understanding.vocabulary import load_vocabulary

_GROUPED = re.compile(r"(?<=[¥￥])\d{1,3}(?:，\d{3})+(?!\d)")
# Full-width figures down to the cents: １，２５８．８０ is one amount.
_WIDE = re.compile(r"(?<![０-９])[０-９]{1,3}(?:，[０-９]{3})+(?=．[０-９])")
# ①128.50元 ②99元: the number of an entry, which full-width folding would put before the amount.
_ENTRY = re.compile("[①-⑳⑴-⒇]")
_LISTED = re.compile(r"(?<=\d)，(?=\d)")


@lru_cache(maxsize=1024)
def normalise(text: str) -> str:
    """Simplified, half width, lower case, Cantonese and slips put into common words, asides left
    out."""
    # 係 (is) becomes 系 (department) when simplified: it has to be read before.
    # A full-width comma parts numbers (88，199); half width, or after ￥, it groups thousands.
    grouped = _ENTRY.sub(" ", spelled_out(text))
    for pattern in (_GROUPED, _WIDE):
        grouped = pattern.sub(lambda found: found.group().replace("，", ","), grouped)
    folded = fold(_LISTED.sub("、", grouped.replace("係", "是")))
    for pattern, word in load_vocabulary().spelling:
        folded = pattern.sub(word, folded)
    for pattern in load_vocabulary().asides:
        folded = pattern.sub("", folded)
    return folded.strip()
