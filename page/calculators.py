"""The rule tools as forms: made from their schemas, with the result as the chat shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.datastructures import FormData
from fastapi.responses import HTMLResponse

from bot import Calculation
from bot.calculating import cite
from bot.errors import InputError, OutsideRulesError
from bot.pipeline import today_in_shanghai
from bot.rules.ruleset import Rules
from bot.service import Service
from bot.tools import TOOLS, run_tool
from ingest.articles import Article
from page.fields import Field, Filled, fields_of
from page.labels import tool_title
from page.parts import part
from page.rendering import render_calculations
from page.templating import notice, render
from page.words import Words

FIRST = next(iter(TOOLS))
# What an order's course goes on with: tool, result that is the next tool's input, the rest.
_GOES_ON: Mapping[str, tuple[str, str, str, Mapping[str, Any]]] = {
    "auto_confirm_receipt": (
        "auto_confirm_date", "dispute_window", "transaction_success", {"goods": ["ordinary"]},
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Filling:
    """A form with what was filled in, what is wrong with it, and what came of it."""

    tool: str
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    # Which of several values the error is about, None for all of them.
    place: int | None = None
    result: str = ""


def add_calculator_routes(router: APIRouter, service: Service, words: Words) -> None:
    """``calculators/{tool}``: the form, and what comes of it when it is sent."""

    @router.get("/calculators/{tool}")
    def form(tool: str) -> HTMLResponse:
        return part(lambda: render_form(Filling(tool), words), words)

    @router.post("/calculators/{tool}")
    async def calculate(tool: str, request: Request) -> HTMLResponse:
        filled = await request.form()
        return part(lambda: _calculated(service, tool, filled, words), words)


def render_calculators(words: Words) -> str:
    """All tools to choose from, and the form of the first."""
    tools = [(name, tool_title(name, words)) for name in TOOLS]
    first = render_form(Filling(FIRST), words)
    return render("calculators.html", words, tools=tools, first=FIRST, form=first)


def render_form(filling: Filling, words: Words) -> str:
    """One tool's form; raise InputError for a tool that is not there."""
    if filling.tool not in TOOLS:
        return notice(words("no_such_tool"), words)
    return render(
        "calculator.html",
        words,
        tool=TOOLS[filling.tool],
        fields=fields_of(filling.tool),
        filling=filling,
        today=today_in_shanghai().isoformat(),
    )


def _calculated(service: Service, tool: str, filled: FormData, words: Words) -> str:
    if tool not in TOOLS:
        return notice(words("no_such_tool"), words)
    if not service.ready:
        return render_form(Filling(tool, result=notice(words("loading"), words)), words)
    bot = service.bot
    if bot.calculator.rules is None:
        return notice(bot.calculator.problem, words)
    values = _values(fields_of(tool), filled)
    filling = worked(tool, values, bot.calculator.rules, bot.retriever.article, words)
    return render_form(filling, words)


def worked(
    tool: str,
    values: Mapping[str, Any],
    rules: Rules,
    article: Callable[[str], Article | None],
    words: Words,
) -> Filling:
    """What comes of a form: a result, or what is wrong beside the field it is wrong in."""
    today = today_in_shanghai()
    if missing := _missing(tool, values, words):
        return Filling(tool, values, missing)
    try:
        calculation = run_tool(tool, values, today=today, rules=rules)
        course = [calculation, *_rest_of_course(calculation, today, rules)]
        citations = cite([calculation], article)
    except InputError as exc:
        known = {entry.name for entry in fields_of(tool)}
        problem = words("told", problem=exc.problem)
        return Filling(tool, values, {exc.name if exc.name in known else "": problem}, exc.place)
    except OutsideRulesError as exc:
        return Filling(tool, values, {"": words("told", problem=exc)})
    shown = render_calculations([calculation], citations, words, course=course)
    return Filling(tool, values, result=shown)


def _missing(tool: str, values: Mapping[str, Any], words: Words) -> dict[str, str]:
    return {
        one.name: words("missing_input", title=words.term(one.title), help=words.term(one.help))
        for one in fields_of(tool)
        if one.required and one.name not in values
    }


def _rest_of_course(
    calculation: Calculation, today: dt.date, rules: Rules
) -> Sequence[Calculation]:
    """What follows when nothing else happens, for the picture only."""
    if calculation.tool not in _GOES_ON:
        return ()
    result, tool, name, others = _GOES_ON[calculation.tool]
    day = calculation.result[result]
    if not day:
        return ()
    try:
        followed = run_tool(tool, {name: day, **others}, today=today, rules=rules)
    except InputError:
        # It ends beyond the days that are computed with.
        return ()
    # Nobody gave its inputs.
    return [replace(followed, inputs={})]


def _values(fields: Sequence[Field], filled: Filled) -> dict[str, Any]:
    """The values that were filled in; what was left empty is not among them."""
    read = {entry.name: entry.read(filled) for entry in fields}
    return {name: value for name, value in read.items() if value is not None}
