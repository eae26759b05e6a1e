"""What the model is told: instructions from a file, and everything else marked as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import escape

from bot.answers import Answer, Question

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

_FILE = Path(__file__).with_name("prompt.md")
_REMEMBERED = 6


@cache
def instructions() -> str:
    """The packaged instructions."""
    return _FILE.read_text(encoding="utf-8")


def messages_for(question: Question, composed: Answer) -> list[BaseMessage]:
    """Instructions, then one message of data."""
    # Only a chat model needs it, and it takes long to import.
    from langchain_core.messages import HumanMessage, SystemMessage

    return [SystemMessage(instructions()), HumanMessage("\n".join(_data(question, composed)))]


def conversation_data(said: Sequence[str]) -> Iterator[str]:
    """What the merchant said before, as data; nothing where nothing was."""
    if said:
        yield tagged("对话", "\n".join(said))


def tagged(name: str, text: str, attributes: str = "") -> str:
    """A text as data: nothing in it can close the tag it stands in."""
    return f"<{name}{attributes}>\n{escape(text)}\n</{name}>"


def _data(question: Question, composed: Answer) -> Iterator[str]:
    said = [turn.content for turn in question.history if turn.role == "user"]
    yield from conversation_data(said[-_REMEMBERED:])
    for citation in composed.citations:
        where = escape(f"{citation.title} / {citation.section}")
        yield tagged("材料", citation.quote, f' 编号="{citation.n}" 出处="{where}"')
    for calculation in composed.calculations:
        yield tagged("计算", "\n".join(calculation.steps))
    yield f"<今天>{question.today}</今天>"
    yield tagged("问题", question.text)
