"""A conversation: the case it is about, those before it, and what belongs to none yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import cached_property

from bot.platforms import Platforms
from bot.understanding.amount_roles import with_role
from bot.understanding.cases import (
    LITTLE_LEFT,
    Case,
    ToolCase,
    advance,
    is_addition,
    is_foreign,
    is_known,
)
from bot.understanding.disputes import denies_goods
from bot.understanding.divided import about_each
from bot.understanding.intents import asked_tools, is_left_open, opens_case
from bot.understanding.messages import Message, read_message
from bot.understanding.numerals import small_number
from bot.understanding.orders import (
    DAYS,
    label,
    labels,
    of_order,
    order_named,
    with_order,
    without_names,
)
from bot.understanding.payments_told import adds_payments
from bot.understanding.phrases import question
from bot.understanding.residue import residue
from bot.understanding.slots import TOOLS, slots_of
from bot.understanding.values import Slots, Value
from bot.understanding.vocabulary import load_vocabulary
from bot.understanding.wording import normalise

_MOST_EARLIER = 3
_MOST_SAID = 6
_LATELY = 3
_SEVERAL = 2
# Inputs that may be told in pieces.
_TOLD_TOGETHER = ("goods",)
# Characters of messages read as one.
_LONGEST = 200


@dataclass(frozen=True)
class Talk:
    """What has been said, as far as it matters for the next message."""

    case: Case = ()
    earlier: tuple[Case, ...] = ()
    # Told without asking, and asked without the facts of a case: the other may follow.
    told: str = ""
    wanted: str = ""
    # The merchant's messages, the latest last.
    said: tuple[str, ...] = ()
    # The latest message asks what the articles leave open: only what points back goes on.
    off: bool = False
    # The latest message tells nothing of what was asked for, and much else.
    strays: bool = False
    # The latest message neither asks nor tells anything: nothing is to be worked out again.
    quiet: bool = False


def follow(
    talk: Talk, text: str, today: dt.date, asked: Message | None, platforms: Platforms
) -> Talk:
    """The conversation after a message; ``asked`` is the assistant's turn before it."""
    said = _Said(_as_answered(talk, asked, today, platforms), text, today, asked, platforms)
    talk, message = said.talk, said.message
    back = message.has("points_back") or message.has("changes") or not talk.off
    # 8月也没达标, after a question about the rule.
    back = back or (message.month_results is not None and message.has("as_well"))
    case = said.advanced(talk.case or (_asked_before(said) if back else ()), message)
    nothing = _says_nothing(said)
    whole = () if nothing else _of_orders_told(said) or _read_as_one(said, case)
    if not nothing and not whole and not _is_open(case):
        whole = _told_before(said) or _wanted_before(said) or _told_whole(said)
    case = tuple(_spoken_of(part, message) for part in whole) or case
    off = _is_off(talk.case, message, platforms)
    if not _is_open(case) and not off and back:
        resumed = (said.advanced(before, message) for before in talk.earlier)
        case = next((before for before in resumed if _is_open(before)), case)
    if nothing and (message.only_festivals or not (case or off)):
        return replace(talk, said=(*talk.said, text)[-_MOST_SAID:], quiet=True)
    beside = not _is_open(case) and _leaves_unsaid(said)
    case = talk.case if beside else case
    case = tuple(_read_together(_as_before_denied(part, said), said) for part in case)
    if not message.has("append"):
        case = tuple(_filled(part, said) for part in case)
    strays = beside and not message.has("cannot_say")
    strays = strays and len(residue(message, [part.words for part in case])) > LITTLE_LEFT
    return Talk(
        case,
        _remembered(talk, case),
        *_pending(said, case),
        (*talk.said, text)[-_MOST_SAID:],
        off=off or (talk.off and not case),
        strays=strays,
    )


@dataclass(frozen=True)
class _Said:
    """A message of the merchant, in the talk it is said in; ``asked`` is what was said to it."""

    talk: Talk
    text: str
    today: dt.date
    asked: Message | None
    platforms: Platforms

    @cached_property
    def message(self) -> Message:
        """The message, or the option that it takes by its place; 她真点了的话 after a talk about
        extensions says of what."""
        meant = _option_meant(self.talk.case, self.text, self.asked)
        message = read_message(meant or self.text, self.today)
        if message.has("recalls_answer"):
            return message.without_values
        clicked = message.has("extension_supposed") and not message.has("extension")
        before = (read_message(said, self.today) for said in self.talk.said[-_LATELY:])
        if clicked and any(said.has("extension") for said in before):
            return read_message(self.text.replace("点了", "点了延长", 1), self.today)
        return message

    @cached_property
    def asked_for(self) -> tuple[str, ...]:
        """The tools that the message asks for by itself."""
        return asked_tools(self.message)

    def after(self, before: str) -> Message:
        """The message read as one with what was said before it."""
        return read_message(f"{before}，{self.text}", self.today)

    def advanced(self, case: Case, message: Message) -> Case:
        """What is talked about once a message is said of a case."""
        return advance(case, message, self.asked, self.platforms)

    def read_after(self, before: str) -> Case:
        """What is talked about, the message read as one with what was said before it, if
        anything was."""
        return self.advanced(self.talk.case, self.after(before)) if before else ()

    @cached_property
    def told(self) -> str:
        """What was told before, where it may belong to the message: facts of its own are of
        another order than those that made a case already, and what asks much else is about
        something else."""
        talk, message = self.talk, self.message
        another = message.has("another_one") and not (message.amounts or message.has("total"))
        if another or message.has("another_shop"):
            # 还有个单，客人付了多少: what was told before is of other orders.
            return ""
        named, known = label(message.text), labels(normalise(talk.told))
        if named and known and named not in known and not message.has("total"):
            # 二号单渠道费 / 回到一号单: told of another order.
            return ""
        of_rule = message.has("asks_span") or message.has("asks_rate")
        if not _is_open(talk.case):
            return "" if of_rule else talk.told
        if message.days or message.amounts:
            return ""
        if message.has("goes_back"):
            return talk.told
        answered = not any(part.missing for part in talk.case)
        goes_on = not answered or (not of_rule and is_addition(talk.case, message, self.asked))
        return talk.told if goes_on else ""


def _is_open(case: Case) -> bool:
    return any(part.open for part in case)


def _asked_before(said: _Said) -> Case:
    """The latest of the cases talked about before that a message asks about again."""
    tools, earlier = set(said.asked_for), said.talk.earlier
    return next((case for case in earlier if tools & {part.tool for part in case}), ())


def _says_nothing(said: _Said) -> bool:
    """吓死我了, 得嘞: whether a message, that answers no question, neither asks nor tells."""
    message, asked = said.message, said.asked
    awaited = any(part.open and part.missing for part in said.talk.case)
    if awaited or (asked and asked.has("question_asked")):
        return False
    if message.has("asks_something") or said.asked_for:
        return False
    if message.only_festivals and not (message.amounts or message.times or message.events):
        # 双十二累麻了.
        return len(residue(message, [part.words for part in said.talk.case])) >= _SEVERAL
    if not said.talk.case:
        return False
    told_days = any(not date.is_now for date in message.dates)
    if told_days or message.amounts or message.times or message.events:
        return False
    # 今天下雨快递都不来: the day of telling is told of nothing.
    told = (name for tool in TOOLS for name in slots_of(tool, message, filling=True))
    return all(name in DAYS for name in told)


def _is_off(case: Case, message: Message, platforms: Platforms) -> bool:
    left_open = any(is_left_open(part.tool, message) for part in case)
    return left_open or is_foreign(message, platforms)


# -- a message that is half of what is to be computed ---------------------------------------


def _read_as_one(said: _Said, case: Case) -> Case:
    """A message that lacks something by itself, read with what was told or asked before it; empty
    where the two together lack something too, or are not about what the message asks."""
    talk, message = said.talk, said.message
    asks = message.has("asks_something")
    tools = {part.tool for part in case}
    # What was asked for before is what a message that asks nothing is told for.
    awaited = not asks and any(p.open and p.missing and p.tool not in tools for p in talk.case)
    if _is_open(case) and not any(part.missing for part in case) and not awaited:
        return ()
    if denies_goods(message):
        # 又改口说不是假货: what was told before is taken back.
        return ()
    named = said.platforms.named(message.text)
    for before in (said.told, "" if asks else talk.wanted):
        both = said.read_after(before)
        if named and not all(part.words.platform in named for part in both):
            # 那网一 / 对了小红书几号结算: what was told is of something else.
            continue
        complete = {part.tool for part in both if part.open and not part.missing}
        # What is only told asks for no tool, whatever words it is told in.
        wanted = said.asked_for if asks else ()
        if both and complete == {part.tool for part in both} and complete.issuperset(wanted):
            return tuple(_as_told_now(part, message) for part in both)
    return ()


def _as_told_now(part: ToolCase, message: Message) -> ToolCase:
    """十月赶不上了，改十一月结: what the message tells itself takes the place of what was told."""
    if message.has("append") or part.tool not in asked_tools(message):
        return part
    now = slots_of(part.tool, message, filling=False)
    now = {name: values for name, values in now.items() if is_known(values)}
    return replace(part, slots={**part.slots, **now})


def _told_before(said: _Said) -> Case:
    """客户付了1288 / 渠道费多少: told first, asked afterwards; empty where that is no case."""
    case = said.read_after(said.told)
    # What was told and answered already is no more of it.
    answered = not said.asked_for and case in (said.talk.case, *said.talk.earlier)
    return case if _is_open(case) and not answered else ()


def _of_orders_told(said: _Said) -> Case:
    """A单328 B单156 / B单剔了，C单99，渠道费一共多少: a question that speaks of one of the orders
    told, or adds one to them."""
    if not said.told or _is_open(said.talk.case):
        return ()
    told = read_message(said.told, said.today)
    begun = (ToolCase(t, slots_of(t, told, filling=False), open=True) for t in said.asked_for)
    of_them = tuple(part for part in begun if _goes_on_with_orders(part, said.message))
    return said.advanced(of_them, said.message) if of_them else ()


def _goes_on_with_orders(part: ToolCase, message: Message) -> bool:
    paid = part.slots.get("paid", ())
    return bool(order_named(part.slots, message)) or any(adds_payments(p, message) for p in paid)


def _wanted_before(said: _Said) -> Case:
    """买家还能维权吗 / 11月9号交易成功: asked first, told afterwards."""
    talk = said.talk
    if not talk.wanted or said.message.has("asks_something"):
        return ()
    wanted = read_message(talk.wanted, said.today)
    if is_foreign(wanted, said.platforms):
        return ()
    both = said.after(talk.wanted)
    begun = tuple(
        ToolCase(tool, slots_of(tool, wanted, filling=False), open=opens_case(tool, both))
        for tool in asked_tools(both)
    )
    case = said.advanced(begun, said.message)
    return case if _is_open(case) else ()


def _told_whole(said: _Said) -> Case:
    """昨天发的货 / 国内的: the last fact of a case that nothing was asked about."""
    message, before = said.message, said.talk.told or said.talk.wanted
    joined = said.after(before)
    if not before or message.has("asks_something") or is_foreign(joined, said.platforms):
        return ()
    for name, words in message.words.tools.items():
        known, told = plainly_told(name, joined), plainly_told(name, message)
        whole = len(words.required) > 1 and all(part in known for part in words.required)
        little = len(residue(message, [words])) <= LITTLE_LEFT
        if words.offer and whole and little and told.keys() & set(words.required):
            return (ToolCase(name, known, open=True),)
    return ()


def _as_answered(talk: Talk, asked: Message | None, today: dt.date, platforms: Platforms) -> Talk:
    """The talk where what was only told has been answered with a calculation: the answer says of
    which kind it was, the merchant's own words say of what."""
    if asked is None or not talk.told or _is_open(talk.case) or asked.has("question_asked"):
        return talk
    told = read_message(talk.told, today)
    if is_foreign(told, platforms):
        return talk
    meant = [(name, slots_of(name, told, filling=True)) for name in asked_tools(asked)]
    # 2月28日自动确认，归2月: said of both a day and a month, and only one of them was told whole.
    whole = [
        (name, plainly_told(name, told))
        for name, words in told.words.tools.items()
        if words.offer and len(words.required) > 1
    ]
    parts = [ToolCase(name, slots, open=True) for name, slots in (*meant, *whole)]
    case = tuple(part for part in parts if not part.missing)[:1]
    return replace(talk, case=case) if case else talk


def _pending(said: _Said, case: Case) -> tuple[str, str]:
    """What is told and what is wanted without being a case, after the message."""
    talk, text, message = said.talk, said.text, said.message
    lacking = not _is_open(case) or any(part.missing for part in case)
    if not lacking and any(part.missing for part in talk.case):
        # What was asked for is told: it belongs to that case.
        return "", ""
    if message.has("asks_something") and not message.has("cannot_say"):
        # Facts asked about beside the point (是我搞错了吗) are still those of the case.
        made_case = _is_open(case) or _is_open(talk.case)
        # 蜡烛49 香薰168 / 小商店个人能卖零食吗: told of something else, which is still to come.
        of_else = _is_open(case) and not talk.case and case == said.advanced((), message)
        kept = talk.told if (of_else or not made_case) and len(talk.told) <= _LONGEST else ""
        return kept, text if lacking else ""
    told, wanted = (f"{before}，{text}" if before else "" for before in (talk.told, talk.wanted))
    short = len(told) <= _LONGEST
    wanted = wanted if len(wanted) <= _LONGEST and lacking else ""
    return told if told and short else text, wanted


def _spoken_of(part: ToolCase, message: Message) -> ToolCase:
    """头一单几号自动确认: one of the orders told of before."""
    named = order_named(part.slots, message)
    return replace(part, order=named[0]) if named and not message.has("all_orders") else part


def _filled(part: ToolCase, said: _Said) -> ToolCase:
    """Another calculation of an order spoken of before, with what was told of it then."""
    talk, message = said.talk, said.message
    named = label(message.text)
    goes_on = any(before.tool == part.tool for before in talk.case)
    if (goes_on and (named is None or part.order is None)) or message.has("asks_rate"):
        return part
    known = of_order(part.slots, part.order)
    lacking = [n for n in part.words.required if not is_known(known.get(n))]
    assumed = [n for n, values in known.items() if any(v.assumed for v in values)]
    found: Slots = {}
    now = slots_of(part.tool, without_names(message), filling=True) if named else {}
    for earlier in reversed(talk.said):
        before = _about(read_message(earlier, said.today), named)
        if before is None or before.only_festivals:
            continue
        of = label(before.text)
        told = plainly_told(part.tool, before)
        wanted = {*lacking, *assumed}
        if named and of == named:
            wanted = told.keys() - now.keys()
        elif told.keys() & {*lacking}:
            # What else was told of the order, told with what is lacking: 他申请退款了.
            wanted |= told.keys() - known.keys()
        found = {n: values for n, values in told.items() if n in wanted} | found
    if "paid" in found and message.has("total"):
        found["paid"] = _paid_for_each(said) or found["paid"]
    at = part.order
    slots = {**part.slots, **found} if at is None else with_order(part.slots, found, at)
    # 手续费多少 asks for the rule as such, unless it was told before what was paid.
    opened = part.open or (message.has("asks_amount") and "paid" in slots)
    if slots == part.slots:
        return part
    return _spoken_of(replace(part, slots=slots, open=opened), message)


def _about(before: Message, named: str | None) -> Message | None:
    """What a message told before tells of the order that is named (甲单 of 甲单实付88，乙单没付);
    None where it tells of others."""
    of = labels(before.text)
    if named is None or of in (frozenset(), {named}):
        return before
    # 那甲单能维权到哪天: what was told of 乙单 is not of it.
    return next((order.message for order in about_each(before) if order.name == named), None)


def _paid_for_each(said: _Said) -> tuple[Value, ...]:
    """甲单…实付645 / 乙单…实付215 / 两单渠道费一共多少: what was told of orders by their names;
    empty where that is not told of each once."""
    paid: list[tuple[str, str]] = []
    for earlier in said.talk.said:
        before = read_message(earlier, said.today)
        told = plainly_told("payment_channel_fee", before).get("paid", ())
        name = label(before.text)
        if told and (name is None or name in {known for _, known in paid}):
            return ()
        paid += [(amount, name or "") for value in told for amount in value.value]
    if len(paid) < _SEVERAL:
        return ()
    return (Value([each for each, _ in paid], clauses=tuple(f"{name}单" for _, name in paid)),)


def _as_before_denied(part: ToolCase, said: _Said) -> ToolCase:
    """一支口红 / 要是假货呢 / 没说假货: what was told of the goods before what is denied now."""
    asked = any(value.ask is not None for value in part.slots.get("goods", ()))
    if not (asked and part.order is None and denies_goods(said.message)):
        return part
    for earlier in reversed(said.talk.said):
        told = slots_of(part.tool, read_message(earlier, said.today), filling=True).get("goods", ())
        if [value.value for value in told] == ["ordinary"]:
            return replace(part, slots={**part.slots, "goods": told})
    return part


def _read_together(part: ToolCase, said: _Said) -> ToolCase:
    """质量有问题 / 是个冰箱: an input that only several messages together tell."""
    missing = [name for name in part.missing if name in _TOLD_TOGETHER]
    if not (part.open and missing and said.talk.said) or denies_goods(said.message):
        return part
    joined = slots_of(part.tool, said.after(said.talk.said[-1]), filling=True)
    found = {name: joined[name] for name in missing if is_known(joined.get(name))}
    return replace(part, slots={**part.slots, **found}) if found else part


def plainly_told(tool: str, message: Message) -> Slots:
    """The inputs a message tells once and by their name: 实付1580, not a bare 1580."""
    told = slots_of(tool, message, filling=False)
    if not with_role(message, "paid"):
        told.pop("paid", None)
    return {
        name: values
        for name, values in told.items()
        if len(values) == 1 and is_known(values) and not values[0].assumed
    }


# -- answers to what was asked for ----------------------------------------------------------


def _option_meant(case: Case, text: str, asked: Message | None) -> str | None:
    """The option a message takes by its place (第二个, 后者) of those that were offered."""
    found = load_vocabulary().concepts["chosen_option"].search(text.strip())
    if found is None or asked is None:
        return None
    missing = next((name for part in case if part.open for name in part.missing), None)
    options = question(missing).options if missing else ()
    if asked.has("contested_asked"):
        # Of two values that were told, which the question names.
        options = tuple(date.text for date in asked.told_dates)[:_SEVERAL]
    place = len(options) if found["last"] else small_number(found["nth"] or "1")
    return options[place - 1] if 1 <= place <= len(options) else None


def _leaves_unsaid(said: _Said) -> bool:
    """Whether a message answers beside what the merchant was asked for, and asks nothing."""
    case, message = said.talk.case, said.message
    if said.asked is None or not said.asked.has("question_asked"):
        return False
    awaited = any(part.open and part.missing for part in case)
    if not awaited or _is_off(case, message, said.platforms):
        return False
    doubts = message.has("cannot_say") and not message.has("asks_elsewhere")
    # 我也不知道他从哪儿发, 翻不到是哪天: nothing is asked of the articles.
    doubts = doubts or message.has("still_unknown")
    return (doubts or not message.has("asks_something")) and not asked_tools(message)


def _remembered(talk: Talk, case: Case) -> tuple[Case, ...]:
    """Earlier cases, the latest first: something else asked in between ends none of them."""
    tools = {part.tool for part in case}
    kept = [talk.case, *talk.earlier]
    kept = [before for before in kept if before and not tools & {part.tool for part in before}]
    return tuple(kept[:_MOST_EARLIER])
