"""A message about several orders, as one message about each: what it tells of that order, with
what it tells of all of them and asks."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from bot.understanding.messages import Message, read_message
from bot.understanding.orders import labels, starts_of_labels

_PIECES = re.compile(r"[,。;!?\s]+")
# No day is asked for of these.
_BESIDE = ("extended", "refunded")
_SEVERAL = 2
_MOST = 6


@dataclass
class _Division:
    """The pieces of a message: of each order, before the first of them, and of all."""

    own: dict[str, list[str]] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    of_all: list[str] = field(default_factory=list)
    # The orders that are asked about, where not all are.
    asked: set[str] = field(default_factory=set)
    # Whether the orders go by names, and not by the halves of the message alone.
    named: bool = True


@dataclass(frozen=True)
class OfOrder:
    """What a message tells of one order: its name, its own words, and the message about it."""

    name: str
    own: str
    message: Message
    asked: bool


def about_each(message: Message) -> tuple[OfOrder, ...]:
    """What is told of each order by its name (甲单…；乙单…。都没退款，各是几号); empty where fewer
    than two are told of."""
    return _about_each(message.text, message.today)


@lru_cache(maxsize=512)
def _about_each(text: str, today: dt.date) -> tuple[OfOrder, ...]:
    message = Message(text, today)
    division = _by_name(message)
    if not _SEVERAL <= len(division.own) <= _MOST:
        division = _by_semicolon(message)
    if not _SEVERAL <= len(division.own) <= _MOST:
        return ()
    return tuple(_of_order(name, division, message) for name in division.own)


def _of_order(name: str, division: _Division, message: Message) -> OfOrder:
    """What is told of one, asked of it and of all; not what is asked of another."""
    own = division.own[name]
    told = [piece for piece in division.of_all if not (of := labels(piece)) or name in of]
    text = ",".join([*_headed(division.before, own, message.today), *own[1:], *told])
    asked = not division.asked or name in division.asked
    words = " ".join(own)
    if division.named and name not in labels(words):
        # A 120 B 340: the letter by itself is a name, beside an amount it has to be called one.
        words = f"{name}单 {words}"
    return OfOrder(name, words, read_message(text, message.today), asked)


def _headed(before: Sequence[str], own: Sequence[str], today: dt.date) -> list[str]:
    """买家都点了收货:B单是9月1号: what happened is told before, the day with the order's name."""
    events = read_message(before[-1], today).events if before else ()
    if not any(event.name not in _BESIDE and not event.denied for event in events):
        return [*before, own[0]]
    return [*before[:-1], f"{before[-1]}:{own[0]}"]


def _by_name(message: Message) -> _Division:
    division, current = _Division(), ""
    all_but: frozenset[str] = frozenset()
    for piece in _pieces(message.text):
        read, named = read_message(piece, message.today), labels(piece, unchanged=True)
        if read.has("all_but"):
            # 除了第二单，买家都点了延长; 除了乙单的一共多少.
            if read.has("asks_something"):
                division.asked |= division.own.keys() - named
                division.of_all.append(piece)
            else:
                all_but = named
            continue
        if all_but:
            for name in division.own.keys() - all_but:
                division.own[name].append(piece)
            all_but = frozenset()
            continue
        # 从国内还是国外发我还没查到: told, though not known.
        asks = read.has("asks_something") and not read.has("cannot_say")
        asks = asks or read.has("only_this")
        if asks and named:
            division.asked |= named
        if asks and read.has("the_rest"):
            # 第一单退款了，剩下两单几号: those of which nothing else is told.
            division.asked |= {name for name, told in division.own.items() if len(told) == 1}
        if named and not asks:
            for name in sorted(named):
                division.own.setdefault(name, []).append(piece)
            current = next(iter(named)) if len(named) == 1 else ""
        elif current and not asks and not read.has("all_orders"):
            division.own[current].append(piece)
        elif division.own:
            current = ""
            division.of_all.append(piece)
        else:
            division.before.append(piece)
    return division


def _pieces(text: str) -> Iterator[str]:
    """The text in its clauses; one that tells of several orders (甲付了88乙付了99) in as many."""
    clauses = (clause for clause in _PIECES.split(text) if clause)
    for piece in itertools.chain.from_iterable(map(_without_heading, clauses)):
        starts = starts_of_labels(piece)
        parts = [piece[at:to] for at, to in pairwise([0, *starts[1:], len(piece)])]
        told = len(parts) > 1 and all(any(map(str.isdigit, part)) for part in parts)
        yield from parts if told else (piece,)


def _without_heading(clause: str) -> tuple[str, ...]:
    """买家都点了收货:A单是8月31号: what stands before a name and a colon is told of all."""
    heading, colon, rest = clause.partition(":")
    headed = colon and rest and not labels(heading) and starts_of_labels(rest)[:1] == [0]
    return (heading, rest) if headed else (clause,)


def _by_semicolon(message: Message) -> _Division:
    """老王是公司，想卖冰箱；小李是个人，想卖点卡。分别支不支持: told in as many halves."""
    sentence = next((s for s in re.split("[。!?]", message.text) if ";" in s), "")
    before, _, after = message.text.partition(sentence) if sentence else ("", "", "")
    parts = [part.strip() for part in sentence.split(";") if part.strip()]
    # 第一次是1月关的；第二次是6月关的: of one and the same.
    again = message.has("nth_time")
    apart = message.has("all_orders") or all(message.words.has("asks_something", p) for p in parts)
    if len(parts) < _SEVERAL or again or not apart or labels(message.text):
        return _Division()
    return _Division(
        {str(nth): [part] for nth, part in enumerate(parts)},
        [piece for piece in _PIECES.split(before) if piece],
        [piece for piece in _PIECES.split(after) if piece],
        named=False,
    )
