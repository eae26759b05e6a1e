"""Short ways to make cases and answers, and a bot that says what it is told to."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot import Answer, Calculation, Citation, RuleUse, Turn
from evals.article_files import ArticleFiles
from evals.cases import Case
from tests.fakes import write_article

SETTLEMENT = "小红书每月结算一次。\n\n境内12天，境外30天，渠道费是0.7%。\n"


def make_case(question: str = "多久结算一次", **fields: Any) -> Case:
    """A case; ``expect`` defaults to an answer."""
    made = {"id": "one", "kind": "fact", "split": "test", "question": question, **fields}
    made.setdefault("expect", {"status": ["answered"]})
    return Case.model_validate(made)


def make_citation(quote: str, *, article_id: str = "xhs/settlement", n: int = 1) -> Citation:
    """A citation that is exact, of the article that ``article_files`` writes."""
    start = ("\n" + SETTLEMENT).find(quote)
    return Citation(n, article_id, "结算", "", quote, start, start + len(quote))


def make_answer(*quotes: str, status: Any = "answered", **fields: Any) -> Answer:
    """An answer that says its quotes, each with its mark."""
    citations = tuple(make_citation(quote, n=n) for n, quote in enumerate(quotes, start=1))
    text = "\n\n".join(f"{one.quote}[{one.n}]" for one in citations)
    return Answer(status, **{"text": text, "citations": citations, "confidence": 0.9, **fields})


def make_calculation(tool: str = "payment_channel_fee", **result: Any) -> Calculation:
    """A calculation that relies on the fee's sentence."""
    rule = RuleUse("fee", "0.007", "比例", "xhs/settlement", "境内12天，境外30天，渠道费是0.7%。")
    return Calculation(tool, {"paid": ["1288"]}, result, ("1288 × 0.7% = 9.02",), (), (rule,))


def article_files(folder: Path) -> ArticleFiles:
    """A corpus folder with one article."""
    write_article(folder, "xhs/settlement", SETTLEMENT.rstrip("\n"), title="2021年的结算")
    return ArticleFiles(folder)


class ScriptedBot:
    """Answers by a table; remembers what it was asked."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self._answers = answers
        self.asked: list[tuple[str, tuple[Turn, ...], dt.date | None]] = []

    def ask(
        self, text: str, *, history: Sequence[Turn] = (), today: dt.date | None = None
    ) -> Answer:
        """What the table holds for the question."""
        self.asked.append((text, tuple(history), today))
        return self._answers[text]


def write_lines(path: Path, *rows: Mapping[str, Any]) -> Path:
    """A JSON Lines file."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path
