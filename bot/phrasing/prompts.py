"""What the model is told: instructions from a file, and everything else marked as data."""

from __future__ import annotations

from collections.abc import Iterator
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
    """Instructions, then one message of data: nothing in it can close the tag it stands in."""
    # Only a chat model needs it, and it takes long to import.
    from langchain_core.messages import HumanMessage, SystemMessage

    return [SystemMessage(instructions()), HumanMessage("\n".join(_data(question, composed)))]


def _data(question: Question, composed: Answer) -> Iterator[str]:
    said = [turn.content for turn in question.history if turn.role == "user"][-_REMEMBERED:]
    if said:
        yield f"<对话>\n{escape(chr(10).join(said))}\n</对话>"
    for citation in composed.citations:
        where = escape(f"{citation.title} / {citation.section}")
        yield f'<材料 编号="{citation.n}" 出处="{where}">\n{escape(citation.quote)}\n</材料>'
    for calculation in composed.calculations:
        yield f"<计算>\n{escape(chr(10).join(calculation.steps))}\n</计算>"
    yield f"<今天>{question.today}</今天>"
    yield f"<问题>\n{escape(question.text)}\n</问题>"
