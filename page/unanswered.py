"""Questions that were refused or answered badly: those alike together, most often asked first."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from bot import MerchantBot
from bot.answers import Passage
from bot.service import Service
from bot.storage import UnansweredQuestion
from ingest.embedders import Vectors
from page.aliases import add_alias
from page.cases import add_case
from page.maintenance import Workbench, file_of
from page.parts import loading, part
from page.templating import notice, render
from page.words import Words

_MOST = 500
_SHOWN = 50
_OPTIONS = 12
_SEARCHED = 30
# Cosine of the packaged model. Of questions tried, those that mean another thing came up to
# 0.933, most of those that mean the same from 0.938 on: what is put together is the same.
_ALIKE = 0.937
_COLUMNS = ("group", "question", "times", "reason", "note", "first_at", "last_at")
# What a cell may begin with to be run, also as Chinese keyboards type it.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


@dataclass(frozen=True)
class Group:
    """Questions that mean the same; the first is the one asked most often."""

    questions: tuple[UnansweredQuestion, ...]

    @property
    def times(self) -> int:
        """How often any of them was asked."""
        return sum(question.times for question in self.questions)

    @property
    def notes(self) -> tuple[str, ...]:
        """What merchants wrote about the answers."""
        return tuple(dict.fromkeys(one.note for one in self.questions if one.note))


def add_unanswered_routes(
    router: APIRouter, service: Service, bench: Workbench, words: Words
) -> None:
    """``unanswered`` and what may be done about them; all of it asks for a login."""

    def listed() -> list[Group]:
        return grouped(service.unanswered(limit=_MOST), service.bot)

    @router.get("/unanswered")
    def unanswered(request: Request) -> HTMLResponse:
        def work() -> str:
            if not service.ready:
                return loading(words, "unanswered")
            return render_groups(listed(), service.bot, words)

        return part(bench.admins.guard(request, "unanswered", work, words), words)

    @router.get("/unanswered.csv")
    def download(request: Request) -> Response:
        if not bench.admins.knows(request):
            return Response(status_code=403)
        # With its mark Excel reads the file as UTF-8.
        return Response(
            "\ufeff" + as_csv(listed()),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="unanswered.csv"'},
        )

    @router.post("/unanswered/{action}")
    def act(
        request: Request,
        action: Literal["alias", "case", "done"],
        number: Annotated[list[int], Form()],
        question: str = Form(""),
        section: str = Form(""),
        wanted: Literal["answered", "not_found"] = Form("not_found"),
    ) -> HTMLResponse:
        def work() -> str:
            article, _, heading = section.partition("#")
            if action == "alias":
                _alias(bench, article, heading, question)
                bench.syncing.start()
            elif action == "case":
                add_case(question, wanted=wanted, article=article, folder=bench.cases_dir)
            if action != "case":
                for one in number:
                    service.resolve_unanswered(one)
            return notice(words(f"did_{action}", question=question), words, kind="good")

        return part(bench.admins.guard(request, "unanswered", work, words), words)


def grouped(questions: Sequence[UnansweredQuestion], bot: MerchantBot) -> list[Group]:
    """Questions alike put together, the groups asked most often first."""
    if not questions:
        return []
    vectors = bot.retriever.embedder.embed_queries([one.question for one in questions])
    groups = [Group(tuple(questions[i] for i in part)) for part in alike(vectors)]
    return sorted(groups, key=lambda group: -group.times)


def alike(vectors: Vectors, *, least: float = _ALIKE) -> list[list[int]]:
    """Places of unit vectors, each with the first before it that is near enough."""
    groups: list[list[int]] = []
    for place, vector in enumerate(vectors):
        near = next((g for g in groups if float(vectors[g[0]] @ vector) >= least), None)
        if near is None:
            groups.append([place])
        else:
            near.append(place)
    return groups


def as_csv(groups: Iterable[Group]) -> str:
    """One line a question; no cell that a spreadsheet would run as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for number, group in enumerate(groups, start=1):
        for one in group.questions:
            times = (one.first_at.isoformat(), one.last_at.isoformat())
            cells = (number, one.question, one.times, one.reason, one.note, *times)
            writer.writerow([_plain(cell) for cell in cells])
    return out.getvalue()


def render_groups(groups: Sequence[Group], bot: MerchantBot, words: Words) -> str:
    """The groups, each with the sections that may answer it."""
    shown = [(group, _sections(bot, group.questions[0].question)) for group in groups[:_SHOWN]]
    return render("unanswered.html", words, groups=shown, count=len(groups))


def _sections(bot: MerchantBot, question: str) -> list[Passage]:
    """Passages of the likeliest sections, one of each."""
    passages = bot.retriever.search(question, _SEARCHED).passages
    first = {(p.article_id, p.heading): p for p in reversed(passages) if p.heading}
    return sorted(first.values(), key=lambda p: -p.score)[:_OPTIONS]


def _alias(bench: Workbench, article: str, heading: str, question: str) -> None:
    path = file_of(article, bench.corpus_dir)
    add_alias(path, bench.corpus_dir, heading=heading, alias=question)


def _plain(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
