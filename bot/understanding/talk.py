"""A conversation: the case it is about, those before it, and what belongs to none yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from bot.platforms import Platforms
from bot.understanding.amount_roles import with_role
from bot.understanding.cases import (
    LITTLE_LEFT,
    Case,
    ToolCase,
    advance,
    is_foreign,
    is_known,
)
from bot.understanding.intents import asked_tools, is_left_open
from bot.understanding.messages import Message, read_message
from bot.understanding.numerals import small_number
from bot.understanding.phrases import question
from bot.understanding.residue import residue
from bot.understanding.slots import slots_of
from bot.understanding.values import Slots
from bot.understanding.vocabulary import load_vocabulary

_MOST_EARLIER = 3
_MOST_SAID = 6
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
    # The latest message tells nothing of what was asked for, and much else.
    strays: bool = False


def follow(
    talk: Talk, text: str, today: dt.date, asked: Message | None, platforms: Platforms
) -> Talk:
    """The conversation after a message; ``asked`` is the assistant's turn before it."""
    message = read_message(_option_meant(talk.case, text, asked) or text, today)
    case = advance(talk.case, message, asked, platforms)
    if not _is_open(case):
        both = _told_before(talk, text, today, asked, platforms) or _wanted_before(
            talk, message, today, asked, platforms
        )
        case = both or case
    if not case and not _is_off(talk.case, message, platforms):
        resumed = (advance(before, message, asked, platforms) for before in talk.earlier)
        case = next((before for before in resumed if _is_open(before)), ())
    beside = not _is_open(case) and _leaves_unsaid(talk.case, message, asked, platforms)
    case = talk.case if beside else case
    if message.has("points_back") and not message.has("append"):
        case = tuple(_filled(part, talk, today) for part in case)
    strays = beside and not message.has("cannot_say")
    strays = strays and len(residue(message, [part.words for part in case])) > LITTLE_LEFT
    said = (*talk.said, text)[-_MOST_SAID:]
    return Talk(case, _remembered(talk, case), *_pending(talk, text, case, message), said, strays)


def _is_open(case: Case) -> bool:
    return any(part.open for part in case)


def _is_off(case: Case, message: Message, platforms: Platforms) -> bool:
    left_open = any(is_left_open(part.tool, message) for part in case)
    return left_open or is_foreign(message, platforms)


# -- a message that is half of what is to be computed ---------------------------------------


def _told_before(
    talk: Talk, text: str, today: dt.date, asked: Message | None, platforms: Platforms
) -> Case:
    """客户付了1288 / 渠道费多少: told first, asked afterwards; empty where that is no case."""
    if not talk.told:
        return ()
    joined = read_message(f"{talk.told}，{text}", today)
    case = advance(talk.case, joined, asked, platforms)
    return case if _is_open(case) else ()


def _wanted_before(
    talk: Talk, message: Message, today: dt.date, asked: Message | None, platforms: Platforms
) -> Case:
    """买家还能维权吗 / 11月9号交易成功: asked first, told afterwards."""
    if not talk.wanted or message.has("asks_something"):
        return ()
    wanted = read_message(talk.wanted, today)
    if is_foreign(wanted, platforms):
        return ()
    tools = asked_tools(read_message(f"{talk.wanted}，{message.text}", today))
    begun = tuple(ToolCase(t, slots_of(t, wanted, filling=False), open=False) for t in tools)
    case = advance(begun, message, asked, platforms)
    return case if _is_open(case) else ()


def _pending(talk: Talk, text: str, case: Case, message: Message) -> tuple[str, str]:
    """What is told and what is wanted without being a case, after the message."""
    if _is_open(case):
        return "", ""
    if message.has("asks_something"):
        return "", text
    wanted = f"{talk.wanted}，{text}" if talk.wanted else ""
    return text, wanted if len(wanted) <= _LONGEST else ""


def _filled(part: ToolCase, talk: Talk, today: dt.date) -> ToolCase:
    """The case of an order spoken of before (这单, 那件), with what was told of it then."""
    if not part.open or any(before.tool == part.tool for before in talk.case):
        return part
    slots = dict(part.slots)
    for said in reversed(talk.said):
        told = _plainly_told(part.tool, read_message(said, today))
        slots |= {n: told[n] for n in part.missing if n in told and not is_known(slots.get(n))}
    return replace(part, slots=slots)


def _plainly_told(tool: str, message: Message) -> Slots:
    """The inputs a message tells once and by their name: 实付1580, not a bare 1580."""
    told = slots_of(tool, message, filling=False)
    if not with_role(message, "paid"):
        told.pop("paid", None)
    return {name: values for name, values in told.items() if len(values) == 1 and is_known(values)}


# -- answers to what was asked for ----------------------------------------------------------


def _option_meant(case: Case, text: str, asked: Message | None) -> str | None:
    """The option a message takes by its place (第二个, 后者) of those that were offered."""
    missing = next((name for part in case if part.open for name in part.missing), None)
    found = load_vocabulary().concepts["chosen_option"].search(text.strip())
    if missing is None or found is None or asked is None:
        return None
    options = question(missing).options
    place = len(options) if found["last"] else small_number(found["nth"] or "1")
    return options[place - 1] if 1 <= place <= len(options) else None


def _leaves_unsaid(
    case: Case, message: Message, asked: Message | None, platforms: Platforms
) -> bool:
    """Whether a message answers beside what the merchant was asked for, and asks nothing."""
    if asked is None or not asked.has("question_asked"):
        return False
    if not any(part.open and part.missing for part in case) or _is_off(case, message, platforms):
        return False
    doubts = message.has("cannot_say") and not message.has("asks_elsewhere")
    return (doubts or not message.has("asks_something")) and not asked_tools(message)


def _remembered(talk: Talk, case: Case) -> tuple[Case, ...]:
    """Earlier cases, the latest first; a message about something else ends them all."""
    if not case:
        return ()
    tools = {part.tool for part in case}
    kept = [talk.case, *talk.earlier]
    kept = [before for before in kept if before and not tools & {part.tool for part in before}]
    return tuple(kept[:_MOST_EARLIER])
