"""The whole route: turns -> what is being talked about -> requests."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Any

from bot.answers import Turn
from bot.platforms import Platforms, load_platforms
from bot.understanding.cases import ToolCase, is_addition, is_foreign, is_more_of, is_ruled_out
from bot.understanding.claims import without_claims
from bot.understanding.contested import with_contested_asked
from bot.understanding.counted import with_all_asked_for
from bot.understanding.divided import about_each
from bot.understanding.intents import may_be_left_open, question_left_open
from bot.understanding.messages import Message, blank, read_message
from bot.understanding.orders import PER_ORDER, of_order, orders_told
from bot.understanding.phrases import question
from bot.understanding.questions import clauses_of, questions_of
from bot.understanding.requests import Invalid, Missing, ToolRequest
from bot.understanding.talk import Talk, follow
from bot.understanding.values import AS_OF, Value
from bot.understanding.vocabulary import load_vocabulary
from ingest.settings import load_settings

_MOST_TURNS = 12
_MOST_REQUESTS = 8

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "auto_confirm_receipt": {"extended": False, "refund_requested": False},
    "latest_ship_date": {"extended": False},
    "dispute_window": {"special_case": None},
    "mini_store_requirements": {"category": None},
}


def understand(
    text: str,
    history: Sequence[Turn],
    today: dt.date,
    *,
    platforms: Platforms | None = None,
) -> tuple[ToolRequest, ...]:
    """The calculations a merchant asks for; empty where there is no case to compute.

    ``history`` is the conversation before ``text``, oldest first; ``today`` the day it is asked
    on. ``platforms`` defaults to those of the corpus folder in the settings.
    """
    reader = _Reader(today, platforms if platforms is not None else _corpus_platforms())
    talk, asked = reader.before(history)
    return tuple(reader.requests(text, talk, asked)[:_MOST_REQUESTS])


def left_open(
    text: str, history: Sequence[Turn], today: dt.date, *, platforms: Platforms
) -> str | None:
    """The question for the articles in place of a calculation they leave open; None elsewhere."""
    message = read_message(text, today)
    # The conversation is read once already for what it asks to compute.
    if is_foreign(message, platforms) or not may_be_left_open(message):
        return None
    talk, asked = _Reader(today, platforms).before(history)
    spoken_of = [part.tool for part in talk.case if part.open]
    goes_on = is_addition(talk.case, message, asked)
    return question_left_open(message, spoken_of if goes_on else ())


@dataclass(frozen=True)
class _Reader:
    """Reads the messages of one conversation, asked about on one day."""

    today: dt.date
    platforms: Platforms

    def before(self, history: Sequence[Turn]) -> tuple[Talk, Message | None]:
        """What has been talked about, and the assistant's message that was the last."""
        talk, asked = Talk(), None
        for turn in history[-_MOST_TURNS:]:
            if turn.role == "assistant":
                asked = read_message(turn.content, self.today)
            elif turn.role == "user":
                talk, _ = self._taken(turn.content, talk, asked)
                asked = None
        return talk, asked

    def requests(self, text: str, talk: Talk, asked: Message | None) -> list[ToolRequest]:
        """The requests of a message read as a whole, or of its questions one by one."""
        message = read_message(text, self.today)
        if is_foreign(message, self.platforms):
            return []
        requests = self._taken(text, talk, asked)[1]
        requests = self._of_each(message, requests) or requests
        requests = with_contested_asked(requests, message)
        return with_all_asked_for(requests, message, told_before=bool(talk.said))

    def _of_each(self, message: Message, requests: Sequence[ToolRequest]) -> list[ToolRequest]:
        """第一个结几月，第二个自动收货的话结几月: orders asked about differently, each read by
        itself; empty where fewer are told whole, or all of them are computed already."""
        asked = [order for order in about_each(message) if order.asked]
        if len(_complete(requests)) >= len(asked) or len(asked) < 2 or message.has("total"):
            return []
        each = [self._taken(order.message.text, Talk(), None)[1] for order in asked]
        whole = all(len(read) == 1 and not read[0].missing for read in each)
        alike = whole and any(_same(one[0], other[0]) for one, other in pairwise(each))
        return [read[0] for read in each] if whole and not alike else []

    def _taken(
        self, text: str, talk: Talk, asked: Message | None
    ) -> tuple[Talk, list[ToolRequest]]:
        """The talk after a message and its requests: without what somebody had wrong, where the
        rest of it tells all that is needed."""
        whole = self._taken_whole(text, talk, asked)
        for kept in without_claims(text):
            after, requests = self._taken_whole(kept, talk, asked)
            if _suffices(read_message(kept, self.today), requests, whole[1]):
                return after, requests
        return whole

    def _taken_whole(
        self, text: str, talk: Talk, asked: Message | None
    ) -> tuple[Talk, list[ToolRequest]]:
        """The talk after a message and its requests, read as a whole or one question after
        the other: as it lacks least."""
        after, whole = self._requests((text,), talk, asked)
        pieces = questions_of(text)
        besides = len(pieces) == 1 and read_message(text, self.today).has("asks_besides")
        if len(pieces) == 1 and (besides or not _complete(whole)):
            pieces = clauses_of(text)
        if len(pieces) == 1:
            return after, whole
        after_each, apart = self._requests(pieces, talk, asked)
        answered = _complete(apart)
        if read_message(text, self.today).has("still_unknown") and len(_complete(whole)) < len(
            whole
        ):
            # 那另外一单呢？5月6号点的，状态我还没去看: asked for, and not as with the one before.
            return after, whole
        # 实付1286.5，哪天自动收货？渠道费又是多少: what only the message as a whole tells.
        fuller = len(whole) > len(answered) or (besides and len(whole) == len(answered))
        fuller = fuller or _tells_more(whole, answered)
        if (not answered and whole) or (fuller and len(_complete(whole)) == len(whole)):
            return after, whole
        return after_each, apart

    def _requests(
        self, pieces: Sequence[str], talk: Talk, asked: Message | None
    ) -> tuple[Talk, list[ToolRequest]]:
        talk, parts = self._read(pieces, talk, asked)
        requests: list[ToolRequest] = []
        # Of several orders in one case, what is lacking of one has to be asked for.
        of_orders: list[ToolRequest] = []
        for part in parts:
            each = list(_requests(part))
            of_orders += each if 0 < len(_complete(each)) < len(each) else []
            for request in each:
                # The same day told twice (90天前关的, 8月7号关的) is one case.
                if not any(_same(request, other) for other in requests):
                    requests.append(replace(request, strays=talk.strays))
        answered = {request.tool for request in _complete(requests)}
        kept = [
            request
            for request in requests
            if request.tool not in answered
            or not request.missing
            or any(_same(request, other) for other in of_orders)
        ]
        return talk, _with_times_together(kept)

    def _read(
        self, pieces: Sequence[str], talk: Talk, asked: Message | None
    ) -> tuple[Talk, list[ToolCase]]:
        opened: list[ToolCase] = []
        messages = [read_message(piece, self.today) for piece in pieces]
        for piece, message in zip(pieces, messages, strict=True):
            before, talk = talk, follow(talk, piece, self.today, asked, self.platforms)
            parts = [] if talk.quiet else [part for part in talk.case if part.open]
            parts = [each for part in parts for each in _apart(part, message)]
            more = {part.tool for part in parts if is_more_of(part, before.case, message)}
            opened = [part for part in opened if part.tool not in more] + parts
        return talk, [p for p in opened if not any(is_ruled_out(p.tool, m) for m in messages)]


def _suffices(kept: Message, requests: Sequence[ToolRequest], whole: Sequence[ToolRequest]) -> bool:
    """Whether what is kept of a message tells all that is needed for what is asked, or says
    itself what it does not tell (还没查到, 保税仓)."""
    if requests and (kept.has("still_unknown") or kept.has("bonded")):
        return True
    alike = {each.tool for each in requests} == {each.tool for each in whole} or not whole
    return bool(requests) and alike and all(not (each.missing or each.invalid) for each in requests)


def _tells_more(whole: Sequence[ToolRequest], apart: Sequence[ToolRequest]) -> bool:
    """今天又提交了退款申请。国内发的，这单还会自动收货吗: the same calculation, with an input of a
    sentence that asks nothing."""
    if len(whole) != 1 or len(apart) != 1 or whole[0].tool != apart[0].tool:
        return False
    one, other = whole[0].inputs, apart[0].inputs
    if set(one.get("times", ())) < set(other.get("times", ())):
        # 晚上看完电视，九点一刻还会回。晚上九点一刻算不算: one time, told twice.
        return True
    more = [name for name, value in one.items() if other.get(name) != value]
    return bool(more) and all(one[name] is True and other.get(name) is False for name in more)


def _complete(requests: Iterable[ToolRequest]) -> list[ToolRequest]:
    return [request for request in requests if not request.missing]


def _with_times_together(requests: list[ToolRequest]) -> list[ToolRequest]:
    """22点59算不算？半夜12点半又算不算？: times asked about one by one are judged in one go."""
    timed = [request for request in requests if request.inputs.get("times")]
    if len(timed) < 2:
        return requests
    times = list(dict.fromkeys(time for each in timed for time in each.inputs["times"]))
    readings = tuple(dict.fromkeys(reading for each in timed for reading in each.readings))
    first = replace(timed[0], inputs={**timed[0].inputs, "times": times}, readings=readings)
    return [first if each is timed[0] else each for each in requests if each not in timed[1:]]


def _apart(part: ToolCase, message: Message) -> tuple[ToolCase, ...]:
    """各扣多少: each of several payments by itself, where no sum of them is asked for."""
    paid = part.slots.get("paid", ())
    many = orders_told(part.slots) if paid and part.order is None else 0
    said = message.words.spans("each_apart", message.text)
    aside = message.words.spans("total_aside", message.text)
    summed = message.words.has("total", blank(message.text, [*said, *aside]))
    if not said or summed or not 1 < many <= _MOST_REQUESTS:
        return (part,)
    return tuple(replace(part, order=at) for at in range(many))


def _same(one: ToolRequest, other: ToolRequest) -> bool:
    return replace(one, readings=()) == replace(other, readings=())


@cache
def _corpus_platforms() -> Platforms:
    return load_platforms(load_settings().corpus_dir)


def _requests(part: ToolCase) -> Iterator[ToolRequest]:
    """One request for each order; for each combination where they are no list of orders."""
    slots = of_order(part.slots, part.order)
    names = [name for name in (*PER_ORDER, "year") if len(slots.get(name, ())) > 1]
    lists = [slots[name] for name in names]
    lengths = {len(values) for values in lists}
    # As many days as origins: the first day goes with the first origin.
    paired = len(lists) > 1 and len(lengths) == 1
    if len(lengths) > 1 and {"origin", part.words.key[0]} <= set(names):
        # 三天发的，从两个地方发: which goes with which is not told.
        slots, names, lists = {**slots, "origin": (Value(ask=""),)}, [], []
    combinations = zip(*lists, strict=True) if paired else itertools.product(*lists)
    for combination in combinations:
        chosen = dict(zip(names, combination, strict=True))
        first = {name: values[0] for name, values in slots.items() if values}
        yield _request(part.tool, {**first, **chosen})


def _request(tool: str, values: Mapping[str, Value]) -> ToolRequest:
    usable = {
        name: value
        for name, value in values.items()
        if not value.problem and value.ask is None and name != AS_OF
    }
    as_of = values.get(AS_OF)
    return ToolRequest(
        tool=tool,
        inputs={**_DEFAULTS.get(tool, {}), **{n: v.value for n, v in usable.items()}},
        missing=tuple(_missing(tool, values)),
        invalid=tuple(Invalid(n, v.problem) for n, v in values.items() if v.problem),
        readings=tuple(dict.fromkeys(r for v in values.values() for r in v.readings)),
        as_of=dt.date.fromisoformat(as_of.value) if as_of and as_of.value else None,
    )


def _missing(tool: str, values: Mapping[str, Value]) -> Iterator[Missing]:
    for name in load_vocabulary().tools[tool].required:
        value = values.get(name)
        if value is None:
            yield question(name)
        elif value.problem:
            # What cannot be is said to be so, and asked for again.
            yield question(name)
        elif value.ask is not None:
            yield question(name, value.ask, **dict(value.details))
