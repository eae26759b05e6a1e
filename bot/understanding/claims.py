"""A message without what somebody had wrong: 同事说是3号发的，我查了后台是5号."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.understanding.vocabulary import load_vocabulary
from bot.understanding.wording import normalise

_CLAUSE = re.compile(r"[^,。;!?]+[,。;!?]*")
_MOST_BETWEEN = 3


def without_claims(text: str) -> tuple[str, ...]:
    """The message without what is claimed or was planned and is set right afterwards: with what
    stands between the two left out too, then without; empty where nothing is set right."""
    clauses = _CLAUSE.findall(normalise(text))
    spans = list(_set_right(clauses))
    if not spans:
        return ()
    wide = [clause for nth, clause in enumerate(clauses) if not _within(nth, spans)]
    narrow = [
        clause
        for nth, clause in enumerate(clauses)
        if not any(nth == start for start, _ in spans) and not _only_retracts(clause)
    ]
    kept = dict.fromkeys(("".join(wide).strip(), "".join(narrow).strip()))
    return tuple(each for each in kept if each and not _leaves_untold(clauses, each))


def _leaves_untold(clauses: Sequence[str], kept: str) -> bool:
    """Whether what is kept no longer says that the buyer extended, or wants a refund."""
    said = load_vocabulary().concepts["unless_told"]
    return bool(set(said.findall("".join(clauses))) - set(said.findall(kept)))


def _within(nth: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= nth < end for start, end in spans)


def _set_right(clauses: Sequence[str]) -> Iterator[tuple[int, int]]:
    """From a clause that claims something up to the one that says how it is."""
    words = load_vocabulary()
    nth = 0
    while nth < len(clauses):
        if not words.has("somebody_says", clauses[nth]):
            nth += 1
            continue
        if words.has("retracted", clauses[nth]):
            yield nth, nth + 1
            nth += 1
            continue
        after = range(nth + 1, min(nth + 2 + _MOST_BETWEEN, len(clauses)))
        right = next((at for at in after if _sets_right(clauses[at])), None)
        if right is None:
            nth += 1
            continue
        end = right + 1 if _only_retracts(clauses[right]) else right
        yield nth, end
        nth = end


def _sets_right(clause: str) -> bool:
    words = load_vocabulary()
    asks = words.has("asks_something", clause) and not words.has("still_unknown", clause)
    return words.has("set_right", clause) and not asks


def _only_retracts(clause: str) -> bool:
    return load_vocabulary().has("only_retracts", clause)
