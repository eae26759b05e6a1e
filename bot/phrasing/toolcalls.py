"""Rule tools a chat model asks for: run only with inputs that the merchant has said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from bot.answers import Calculation, Question
from bot.errors import InputError
from bot.rules.ruleset import Rules
from bot.tools import TOOLS, find_tool, run_tool
from bot.understanding.messages import read_message
from bot.understanding.slots import slots_of


def run_asked(
    tool: str, inputs: Mapping[str, Any], question: Question, rules: Rules
) -> Calculation:
    """Compute what the model asked for.

    Raises InputError for a tool that is not there, for an input that does not stand in the
    merchant's messages and for one left out that does; RuleError for what cannot be computed.
    """
    find_tool(tool)
    calculation = run_tool(tool, inputs, today=question.today, rules=rules)
    said = dict(_said(tool, question))
    for name in TOOLS[tool].inputs.model_fields:
        value, known = calculation.inputs.get(name), said.get(name, ())
        if not (_stands(value, known) if known else _is_default(tool, name, value)):
            raise InputError(name, f"{name} 的值与商家说过的话对不上，不能用它计算。")
    return calculation


def _said(tool: str, question: Question) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every value of every input that one of the merchant's messages holds."""
    found: dict[str, list[Any]] = {"today": [question.today.isoformat()]}
    for text in _messages(question):
        message = read_message(text, question.today)
        for filling in (False, True):
            for name, slot in slots_of(tool, message, filling=filling).items():
                usable = [one.value for one in slot if one.ask is None and not one.problem]
                found.setdefault(name, []).extend(usable)
    for name, values in found.items():
        yield name, tuple(values)


def _messages(question: Question) -> list[str]:
    return [*(turn.content for turn in question.history if turn.role == "user"), question.text]


def _is_default(tool: str, name: str, value: Any) -> bool:
    field = TOOLS[tool].inputs.model_fields.get(name)
    return field is not None and not field.is_required() and value == field.default


def _stands(value: Any, said: tuple[Any, ...]) -> bool:
    """Whether a value, or every entry of a list, is among those said."""
    flat = [entry for one in said for entry in (one if isinstance(one, list | tuple) else [one])]
    known = {_plain(entry) for entry in flat}
    entries = value if isinstance(value, list | tuple) else [value]
    return bool(entries) and all(_plain(entry) in known for entry in entries)


def _plain(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text
