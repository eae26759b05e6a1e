"""How long ago something happened, said without a date: 关了60天了, 交易成功20天了."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from bot.understanding.dates import counted_back
from bot.understanding.events import EventMention
from bot.understanding.messages import Message
from bot.understanding.numerals import SMALL

_ELAPSED = (
    r"^(?:了|去|走|掉|后|之后|以后|的|到今天|到|今天|已经|都|第(?=\d)|有|过了?|满|整整|足足|刚好|也|到现在|至今|自主客服|客服|权限|\s|,)*"
    rf"(?P<n>\d{{1,4}}|{SMALL}|半)\s*(?P<unit>天|周|个月|年)(?P<le>了)?(?!之?[内后前])"
)


def elapsed_since(message: Message, roles: tuple[str, ...]) -> tuple[dt.date, str] | None:
    """The day of an event told by the days since, and the words that tell it."""
    for event in message.events:
        if event.name not in roles:
            continue
        found = _pattern().search(message.text[event.end :])
        counted = found and any(word in found.group() for word in ("第", "满"))
        if found and (found["le"] or counted or _is_over(message, event)):
            day = counted_back(message.today, found["n"], found["unit"])
            if day is not None:
                return day, message.text[event.start : event.end] + found.group().strip()
    return None


def _is_over(message: Message, event: EventMention) -> bool:
    """已经发货5天, 关了60天: it has happened, so the span is counted from it."""
    said = message.text[max(0, event.start - 2) : event.end]
    return said.endswith("了") or message.words.has("already", said)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(_ELAPSED)
