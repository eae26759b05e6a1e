"""One message about several orders: what it tells of one of them alone (A单国内发，B单延长了)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.understanding.days_beside import with_day_written_out
from bot.understanding.divided import OfOrder, about_each
from bot.understanding.messages import Message, read_message
from bot.understanding.orders import (
    PER_ORDER,
    label,
    labels,
    leading_label,
    of_one,
    order_named,
    orders_told,
    side_by_side,
    with_order,
    without_order,
)
from bot.understanding.origins import ORIGINS
from bot.understanding.slots import slots_of
from bot.understanding.values import Slots, Value

# 6月2号发的A单和6月5号发的B单 are two, each with its day.
_PIECES = re.compile(r"[,。;\s]+|:(?!\d)|(?<=[单笔件批])[和跟与、](?=\d|还有|另)")
_SENTENCES = re.compile("[。;!?]")
_PLACES = "一二三四"
# What is not told of an order is as with the one before it; all else has to be asked for.
_AS_THE_ONE_BEFORE = ("origin", "ship_confirmed", "transaction_success")
# 一单…，另一单…, and how they are called afterwards.
_ONE = re.compile(r"(?<![^,。;:\s])(?:还有|另外?)?[一1](?=[单笔票批件]|个是)")
_FORMER = re.compile("(?:前面|前头|前)[那这一]+(?=[单笔票批件])")
_LATTER = re.compile("(?:后面|后头|最后|后)[那这一]+(?=[单笔票批件])")
# A day of these tells of no order by itself: 昨天已经申请退款.
_BESIDE = ("refunded", "extended", "claimed", "warned")
_SEVERAL = 2
# Characters: 订单A, B单.
_A_LETTER = 4


def told_apart(tool: str, message: Message, whole: Slots) -> Slots | None:
    """The inputs of several orders, each with what is told of it alone; None for a message that
    tells of one order, or of all of them alike. ``whole`` are the inputs of it read at once."""
    message = _numbered(message)
    if divided := _divided(tool, message):
        return divided
    told = [value for name in _key(tool, message) for value in whole.get(name, ())]
    one = len(told) == 1 and told[0].ask is None and not isinstance(told[0].value, list)
    one = one and len(labels(message.text)) < _SEVERAL
    if one or message.text.isascii():
        return None
    pieces = list(_with_days_beside(tool, message))
    telling = _telling(pieces)
    others = [piece for piece in pieces if piece not in telling]
    if len(telling) < _SEVERAL and (by_name := _by_name(tool, message, pieces)):
        return by_name
    each = _each(tool, message, telling)
    orders = (
        side_by_side(each, slots_of(tool, _joined(others, message), filling=True))
        if each
        else slots_of(tool, _joined(telling, message), filling=False)
    )
    if orders_told(orders) < _SEVERAL:
        return None
    meant = _by_place(pieces, telling) | _by_sentence(message.text, telling)
    named = [(piece, order_named(orders, piece) or meant.get(piece.text)) for piece in others]
    of_all = _joined((piece for piece, order in named if order is None), message)
    shared = slots_of(tool, of_all, filling=True)
    known = {**shared, **orders}
    alone = any(
        name in told for told in each for name in PER_ORDER if name not in _key(tool, message)
    )
    # The last first: what is taken out moves those after it.
    for piece, order in sorted(
        ((piece, order[0]) for piece, order in named if order), key=lambda told: -told[1]
    ):
        facts = slots_of(tool, piece, filling=True)
        facts = {name: values for name, values in facts.items() if name in PER_ORDER}
        if piece.has("takes_out") or message.has("the_rest"):
            known, alone = without_order(known, order), True
        elif facts:
            known, alone = with_order(known, facts, order), True
    return known if alone else None


def _divided(tool: str, message: Message) -> Slots | None:
    """What the message tells of each order, read as one about that order alone; None where it does
    not tell each of them whole, or tells the same of all."""
    orders = about_each(message)
    asked = tuple(order for order in orders if order.asked)
    # Of one that is asked about alone the others are kept, to be spoken of later.
    chosen = asked if len(asked) >= _SEVERAL else orders
    each: list[Slots] = []
    for order in chosen:
        read = order.message
        if each:
            read = with_day_written_out(read, each[-1], _key(tool, message), None)
        told = slots_of(tool, read, filling=False)
        told |= _left_unsaid(tool, order, told)
        each.append(
            {n: tuple(replace(v, clause=order.own) for v in values) for n, values in told.items()}
        )
    if paid := _paid_for_each(chosen, each):
        return paid
    key = [name for name in _key(tool, message) if name in PER_ORDER]
    one_each = all(len(values) == 1 for slots in each for values in slots.values())
    whole = all(name in slots and slots[name][0].ask is None for slots in each for name in key)
    if len(each) < _SEVERAL or not key or not one_each or not whole:
        return None
    for name in message.words.tools[tool].required:
        # 一单已完成，另一单9月29号点的: what is told of one is not said of the other.
        if name not in _AS_THE_ONE_BEFORE and any(name in slots for slots in each):
            each = [{name: (Value(ask=""),), **slots} for slots in each]
    differ = any(one != other for one, other in pairwise(each))
    return side_by_side(each, {}) if differ else None


def _paid_for_each(orders: Sequence[OfOrder], each: Sequence[Slots]) -> Slots | None:
    """What was paid for each order, by its name; None where that is not told of each once."""
    values = [slots.get("paid", ()) for slots in each]
    told = [value[0].value for value in values if len(value) == 1]
    single = all(isinstance(amounts, list) and len(amounts) == 1 for amounts in told)
    named = all(order.name in labels(order.own) for order in orders)
    if len(told) < _SEVERAL or len(told) != len(each) or not single or not named:
        return None
    paid = Value([amounts[0] for amounts in told], clauses=tuple(order.own for order in orders))
    return {"paid": (paid,)}


def _left_unsaid(tool: str, order: OfOrder, told: Slots) -> Slots:
    """B单国内还是国外发的还没查到: an origin that is spoken of, and not said."""
    words = order.message.words
    if "origin" in told or "origin" not in words.tools[tool].required:
        return {}
    spoken_of = any(words.has(f"{each}_word", order.own) for each in ORIGINS)
    return {"origin": (Value(ask=""),)} if spoken_of else {}


def only_asked(message: Message) -> tuple[int, str] | None:
    """The only order that is asked about, of several told of: its place and its name."""
    orders = about_each(_numbered(message))
    asked = [(nth, order.name) for nth, order in enumerate(orders) if order.asked]
    return asked[0] if len(asked) == 1 else None


def _numbered(message: Message) -> Message:
    """一单奥克兰发，一单泉州发，后面那单点了延长: orders that go by nothing but their place, each
    called by it; as it is where they have names."""
    found = [one[0] for one in _ONE.finditer(message.text)]
    others = sum(map(_is_other, found))
    # 另一单 said again is the same.
    count = len(found) - max(others - 1, 0)
    if not _SEVERAL <= count <= len(_PLACES) or labels(message.text):
        return message
    firsts = iter(_PLACES)
    text = _ONE.sub(
        lambda one: f"第{_PLACES[count - 1] if _is_other(one[0]) else next(firsts)}", message.text
    )
    text = _FORMER.sub(f"第{_PLACES[0]}", text)
    text = _LATTER.sub(f"第{_PLACES[count - 1]}", text)
    return read_message(text, message.today)


def _is_other(one: str) -> bool:
    return one.startswith("另")


def _with_days_beside(tool: str, message: Message) -> Iterator[Message]:
    """The pieces, a day that is told by the one before (第二单同天发) written out."""
    known: Slots = {}
    for each in _segments(message) or _pieces(message.text):
        piece = read_message(each, message.today)
        if known:
            piece = with_day_written_out(piece, known, _key(tool, message), None)
        if _names_one_day(piece):
            known = slots_of(tool, piece, filling=True)
        yield piece


def _segments(message: Message) -> list[str]:
    """甲 郑州发 4月2号 乙 法国直邮 4月3号: what stands after an order's name is told of that order,
    in one piece; empty unless each of the orders has one day, and not all beside their names."""
    pieces = [piece for piece in _PIECES.split(message.text) if piece]
    read = [read_message(piece, message.today) for piece in pieces]
    starts: dict[str, int] = {}
    again = len(pieces)
    for nth, piece in enumerate(read):
        named = leading_label(piece.text)
        if named in starts:
            # A单我已经弄明白了: nothing more is told of it.
            again = nth
            break
        if named:
            starts[named] = nth
    places = list(starts.values())
    if len(places) < _SEVERAL or all(_names_one_day(read[at]) for at in places):
        return []
    asks = (
        nth
        for nth, piece in enumerate(read)
        if nth > places[-1] and (piece.has("all_orders") or piece.has("asks_something"))
    )
    bounds = [*places, min(next(asks, again), again)]
    parts = list(pairwise(bounds))
    if not all(_tells_one_day(read[start:end]) for start, end in parts):
        return []
    of_orders = (" ".join(pieces[start:end]) for start, end in parts)
    return [*pieces[: places[0]], *of_orders, *pieces[bounds[-1] :]]


def _tells_one_day(pieces: Sequence[Message]) -> bool:
    """One day, or none but 同一天."""
    days = sum(map(_names_one_day, pieces))
    return days == 1 or (not days and any(piece.has("day_beside") for piece in pieces))


def _by_name(tool: str, message: Message, pieces: Sequence[Message]) -> Slots | None:
    """都是2号发的，尾号0715那个退款了，尾号1130那个没退: orders of one day, each with what is told
    beside its name; None where nothing parts them."""
    told: dict[str, list[Message]] = {}
    of_all: list[Message] = []
    for piece in pieces:
        named = label(piece.text)
        if piece.has("only_this") or named is None:
            of_all.append(piece)
        else:
            told.setdefault(named, []).append(piece)
    if len(told) < _SEVERAL:
        return None
    joined = [_joined(own, message) for own in told.values()]
    each = [of_one(slots_of(tool, own, filling=True)) for own in joined]
    shared = slots_of(tool, _joined(of_all, message), filling=False)
    key = _key(tool, message)
    parted = any(one != other for one, other in pairwise(each))
    if not parted or any(name in own for own in each for name in key):
        return None
    if any(len(shared.get(name, ())) != 1 for name in key):
        return None
    for own, piece in zip(each, joined, strict=True):
        # Each goes by its name, though its day was told of them all.
        own |= {n: (replace(shared[n][0], clause=piece.text),) for n in key if n in PER_ORDER}
    return {**shared, **side_by_side(each, shared)}


def _by_place(pieces: Sequence[Message], telling: Sequence[Message]) -> dict[str, tuple[int, None]]:
    """杭州仓那张10月15号发的，他点了延长，武汉仓那张10月16号发的，没点: what is told before the
    next order is told of is said of the one before."""
    told: dict[str, tuple[int, None]] = {}
    between: list[str] = []
    order = -1
    for piece in pieces:
        if piece in telling:
            told |= dict.fromkeys(between, (order, None)) if order >= 0 else {}
            between, order = [], order + 1
        elif not piece.has("all_orders"):
            between.append(piece.text)
    return told


def _by_sentence(text: str, telling: Sequence[Message]) -> dict[str, tuple[int, None]]:
    """A单2号发，一切正常；B单5号发，她已经申请退款: what stands in the sentence of one order only
    is said of that one, counted from 0; empty where the orders have no sentences of their own."""
    order_of = {piece.text: at for at, piece in enumerate(telling)}
    told: dict[str, tuple[int, None]] = {}
    own = 0
    for sentence in _SENTENCES.split(text):
        pieces = list(_pieces(sentence))
        places = [at for at, piece in enumerate(pieces) if piece in order_of]
        if len(places) == 1:
            own += 1
            order = order_of[pieces[places[0]]]
            told |= dict.fromkeys(pieces[places[0] + 1 :], (order, None))
    return told if own >= _SEVERAL else {}


def _pieces(text: str) -> Iterator[str]:
    """The text in its pieces; a letter by itself belongs to what follows: 订单A 11月4号发."""
    before = ""
    for piece in filter(None, _PIECES.split(text)):
        if len(piece) <= _A_LETTER and label(piece):
            before = piece
            continue
        yield f"{before}{piece}"
        before = ""
    if before:
        yield before


def _key(tool: str, message: Message) -> tuple[str, ...]:
    return message.words.tools[tool].key


def _joined(pieces: Iterable[Message], message: Message) -> Message:
    return read_message(",".join(piece.text for piece in pieces), message.today)


def _telling(pieces: Sequence[Message]) -> list[Message]:
    """The pieces that tell of an order: by its day, else by what was paid for it."""
    kept = [piece for piece in pieces if not piece.has("takes_out")]
    dated = [piece for piece in kept if _names_one_day(piece)]
    if len(dated) >= _SEVERAL:
        return dated
    listing = [piece for piece in kept if len(piece.days) >= _SEVERAL]
    # 1号、2号、3号各有一单，只有2号那单点了延长: all are told of in one piece.
    listed = len(listing) == 1 and all(map(_calls_by_day, dated))
    return listing if listed else [piece for piece in kept if piece.amounts]


def _calls_by_day(piece: Message) -> bool:
    """2号那单: a day that an order goes by."""
    return any(piece.words.has("one_called", piece.text[day.end :]) for day in piece.days)


def _names_one_day(piece: Message) -> bool:
    # 月底对账头大: of no order.
    days = [d for d in piece.days if not d.is_now and not (d.last_day and d.month is None)]
    return len(days) == 1 and days[0] not in piece.dates_of(*_BESIDE)


def _each(tool: str, message: Message, telling: Sequence[Message]) -> list[Slots]:
    """What each piece tells of the order whose day it names; empty where not each names one."""
    key = _key(tool, message)
    told = [slots_of(tool, piece, filling=True) for piece in telling]
    own: list[Slots] = [
        {
            # Whatever the piece says may be what the order goes by: 8月1号从南京发茶杯.
            name: (replace(values[0], clause=piece.text),)
            for name, values in of_one(each).items()
        }
        for each, piece in zip(told, telling, strict=True)
    ]
    days = [each.get(name) for each in own for name in key]
    of_orders = len(own) >= _SEVERAL and set(key) <= set(PER_ORDER)
    # 5号 without its month is of the month of the day before it.
    bare = any(day.month is None and day.exact is None for p in telling for day in p.days)
    return own if of_orders and all(days) and not bare else []
