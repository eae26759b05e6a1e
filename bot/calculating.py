"""Requests understood in a question, run through the rule tools."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answers import Calculation, Citation, Question, Turn
from bot.errors import InputError, OutsideRulesError, RuleDataError
from bot.platforms import Platforms
from bot.rules.parameters import load_rules
from bot.rules.ruleset import Rules
from bot.tools import TOOLS, restated, run_tool
from bot.understanding import (
    Missing,
    Offer,
    ToolRequest,
    asked_again,
    left_open,
    offered,
    questions_left,
    understand,
)
from ingest.articles import Article
from ingest.markdown import section_at

# "This fee": what was computed just before.
_THIS_FEE = re.compile("(?:这|那|该)[笔个项]?费用?")


@dataclass(frozen=True)
class Worked:
    """What came of a question's requests: results, what is missing, what cannot be."""

    calculations: tuple[Calculation, ...] = ()
    missing: tuple[Missing, ...] = ()
    problems: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    # Questions beside it that the articles have to answer: as typed, and standing on their own.
    left: tuple[tuple[str, str], ...] = ()
    # The message tells nothing of what was asked for, and may be about something else.
    strays: bool = False
    # What was understood to be worked out, in a line.
    restated: str = ""


class Calculator:
    """Runs the rule tools; off, with the reason, where the corpus does not hold the rules."""

    def __init__(self, rules: Rules | None, platforms: Platforms, problem: str = "") -> None:
        self.rules = rules
        self._platforms = platforms
        self.problem = problem

    def work(self, text: str, history: Sequence[Turn], today: dt.date) -> Worked | None:
        """Compute what a message asks to be computed; None when it asks for nothing such."""
        if self.rules is None:
            return None
        requests = understand(text, history, today, platforms=self._platforms)
        if not requests:
            return None
        missing = [entry for request in requests for entry in request.missing]
        problems = [entry.message for request in requests for entry in request.invalid]
        calculations: list[Calculation] = []
        for request in requests:
            if request.missing or request.invalid:
                continue
            try:
                calculations.append(_computed(request, today, self.rules))
            except InputError as exc:
                problems.append(exc.problem)
                missing.extend(asked_again(request.tool, exc.name))
            except OutsideRulesError as exc:
                problems.append(str(exc))
        readings = tuple(dict.fromkeys(line for request in requests for line in request.readings))
        left = questions_left(text, requests, today, platforms=self._platforms)
        left = tuple((typed, _with_fee_named(meant, requests)) for typed, meant in left)
        strays = all(request.strays for request in requests)
        asked = "；".join(dict.fromkeys(map(_restated, requests)))
        return Worked(
            tuple(calculations),
            tuple(dict.fromkeys(missing)),
            tuple(dict.fromkeys(problems)),
            readings,
            left,
            strays,
            asked,
        )

    def offered(self, question: Question) -> Offer | None:
        """What can be computed of what a message tells while it asks nothing."""
        if self.rules is None:
            return None
        return offered(question.text, question.today, platforms=self._platforms)

    def left_open(self, question: Question) -> str | None:
        """What to ask of the articles about a case they leave open; None where they do not."""
        if self.rules is None:
            return None
        return left_open(question.text, question.history, question.today, platforms=self._platforms)


def _computed(request: ToolRequest, today: dt.date, rules: Rules) -> Calculation:
    made = run_tool(request.tool, request.inputs, today=request.as_of or today, rules=rules)
    # How the words were read is part of how it came about, wherever it is shown.
    assumptions = tuple(dict.fromkeys((*request.readings, *made.assumptions)))
    return replace(made, assumptions=assumptions)


def _restated(request: ToolRequest) -> str:
    judged_on = {"today": request.as_of.isoformat()} if request.as_of else {}
    missing = [entry.name for entry in request.missing]
    return restated(request.tool, {**request.inputs, **judged_on}, missing)


def _with_fee_named(question: str, requests: Sequence[ToolRequest]) -> str:
    """The question with the fee that it points at called by its name."""
    titles = (TOOLS[request.tool].title for request in requests)
    fee = next((title for title in titles if title.endswith("费")), None)
    return _THIS_FEE.sub(fee, question, count=1) if fee else question


class _Texts(Mapping[str, str]):
    """Articles' texts by id, fetched when asked for."""

    def __init__(self, article: Callable[[str], Article | None]) -> None:
        self._article = article

    def __getitem__(self, article_id: str) -> str:
        found = self._article(article_id)
        if found is None:
            raise KeyError(article_id)
        return found.text

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def indexed_rules(article: Callable[[str], Article | None]) -> Rules:
    """The rules, held against the indexed articles.

    Raises RuleDataError when an article is missing or no longer says what a rule quotes.
    """
    return load_rules(_Texts(article))


def cite(
    calculations: Sequence[Calculation], article: Callable[[str], Article | None]
) -> tuple[Citation, ...]:
    """A citation for every sentence the calculations rely on, numbered from 1."""
    citations: list[Citation] = []
    quotes = dict.fromkeys(
        (rule.article_id, rule.quote) for calculation in calculations for rule in calculation.rules
    )
    articles = {article_id: article(article_id) for article_id, _ in quotes}
    for article_id, quote in quotes:
        found = articles[article_id]
        start = found.text.find(quote) if found else -1
        if found is None or start < 0:
            raise RuleDataError(f"规则引用的句子已不在文章 {article_id} 里：{quote}")
        citations.append(
            Citation(
                n=len(citations) + 1,
                article_id=article_id,
                title=found.title,
                section=section_at(found.text, start),
                quote=quote,
                start=start,
                end=start + len(quote),
                published=found.published,
                source_url=found.source.url,
            )
        )
    return tuple(citations)
