"""What was said on the page so far, and what comes next."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot import Answer, BotError, Turn
from ingest.errors import IngestError
from page.assistant import Assistant
from page.rendering import render_answer, render_failure

_LOG = logging.getLogger(__name__)
_REMEMBERED = 10
_FAILED = "出错了，这个问题没有答成。请再发一次；还是不行的话，请告诉维护人员。"

EXAMPLES = (
    "小红书货款多久结算一次？",
    "小红书支付渠道费收几个点？",
    "买家说是假货，多久之内能维权？",
    "个人开微信小商店要什么证件？",
    "小红书订单几天自动确认收货？",
    "亚马逊 Prime Day 有哪几种玩法？",
)


@dataclass(frozen=True)
class Exchange:
    """A question and what came back; ``answer`` is None when answering failed.

    ``html`` is the answer as shown: rendered once, while its articles were as it quotes them.
    """

    question: str
    answer: Answer | None
    html: str


Conversation = tuple[Exchange, ...]


@dataclass(frozen=True)
class Offers:
    """Texts to choose from instead of typing, and what to say above them."""

    lead: str = ""
    texts: tuple[str, ...] = ()


def reply(assistant: Assistant, question: str, before: Conversation) -> Exchange:
    """Ask the bot; whatever goes wrong becomes words here."""
    try:
        answer = assistant.ask(question, turns(before))
        return Exchange(question, answer, render_answer(answer, assistant.article))
    except (BotError, IngestError) as exc:
        _LOG.warning("answering failed: %s", exc)
        return Exchange(question, None, render_failure(str(exc)))
    except Exception:
        _LOG.exception("answering failed")
        return Exchange(question, None, render_failure(_FAILED))


def turns(conversation: Sequence[Exchange]) -> list[Turn]:
    """The conversation as the bot wants it: the last exchanges that were understood."""
    history = []
    for exchange in conversation[-_REMEMBERED:]:
        if exchange.answer is not None and exchange.answer.status != "rejected":
            history.append(Turn("user", exchange.question))
            history.append(Turn("assistant", exchange.answer.text))
    return history


def offers(conversation: Conversation) -> Offers:
    """What to offer next: examples first, then what the last answer suggests."""
    if not conversation:
        return Offers("可以这样问", EXAMPLES)
    answer = conversation[-1].answer
    if answer is None or not answer.suggestions:
        return Offers()
    lead = "请选一项，或者直接输入" if answer.status == "clarify" else "还可以问"
    return Offers(lead, answer.suggestions)
