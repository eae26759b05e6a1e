"""The last check before an answer leaves: no number without a source.

Whatever composed the text, a number or date in it, in figures or in Chinese numerals, must
stand in a cited quote, in the trace of a calculation, or in the dates of the articles cited.
The question's own numbers may only be repeated between quotation marks, or where nothing is
answered. A line that holds another number is withheld.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

from bot.answers import Answer, Question
from bot.figures import figures, unheld

_ITEM_NUMBER = re.compile(r"^\s*\d+\.\s")
_ECHO = re.compile("[“「]([^”」]+)[”」]")
_WITHHELD = "（有一句话里的数字没有出处，已略去。）"


def withhold_unsupported(answer: Answer, question: Question) -> Answer:
    """The answer without lines whose numbers have no source; the trace counts them."""
    if answer.status == "rejected":
        return answer
    known = figures(_sources(answer, question))
    typed = "\n".join([question.text, *(turn.content for turn in question.history)])
    lines = answer.text.split("\n")
    kept = [line for line in lines if not any(unheld(_own_words(line, typed), known))]
    if len(kept) == len(lines):
        return answer
    text = "\n".join([*kept, "", _WITHHELD])
    return replace(answer, text=text, trace={**answer.trace, "withheld": len(lines) - len(kept)})


def _own_words(line: str, typed: str) -> str:
    """A line without the number of its item and without the merchant's words it quotes."""
    line = _ITEM_NUMBER.sub("", line)
    return _ECHO.sub(lambda echo: "" if echo[1] in typed else echo[0], line)


def _sources(answer: Answer, question: Question) -> str:
    cited = [text for c in answer.citations for text in (c.quote, c.title, c.published or "")]
    # Headings offered as topics are the articles' own words.
    offered = [*answer.suggestions, *answer.trace.get("topics", ())]
    # A platform's name may hold figures (1688).
    offered += answer.trace.get("platforms", ())
    worked = [
        json.dumps(
            [c.inputs, c.result, c.steps, c.assumptions, [(r.value, r.quote) for r in c.rules]],
            ensure_ascii=False,
        )
        for c in answer.calculations
    ]
    years = {int(c.published[:4]) for c in answer.citations if c.published}
    ages = [f"{year}年 {question.today.year - year}年" for year in years]
    # Where a rule is stated, what the merchant typed is no source.
    states = answer.status in ("answered", "calculated")
    asked = [] if states else [question.text, *map(str, answer.trace.get("readings", ()))]
    return "\n".join([*cited, *offered, *worked, *ages, *asked])
