"""A bot that says what a test wants, for what the page does around an answer."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from bot import Answer, Calculation, Citation, MerchantBot, RuleUse, Turn
from bot.service import Service
from bot.storage import open_store
from ingest.articles import Article
from tests.fakes import AnswersAtOnce, local_settings

ARTICLE = Article(
    id="平台/费 用",
    title="费用 & <结算>",
    platform="某平台",
    text="# 费用\n\n费率是0.7%。按实付收取。\n\n要交的材料：\n\n- 身份证\n- 银行卡\n",
    content_hash="1",
)
QUOTE = "费率是0.7%。"


def citation(quote: str = QUOTE, n: int = 1) -> Citation:
    """A citation of a text that stands in ARTICLE."""
    start = ARTICLE.text.index(quote)
    return Citation(
        n=n,
        article_id=ARTICLE.id,
        title=ARTICLE.title,
        section="费用",
        quote=quote,
        start=start,
        end=start + len(quote),
    )


def calculation() -> Calculation:
    """A fee that was worked out."""
    return Calculation(
        tool="payment_channel_fee",
        inputs={"paid": ["100.00"]},
        result={"fee": "0.70", "net": "99.30"},
        steps=("100.00元 × 0.7% = 0.7元",),
        assumptions=("按实付金额收取",),
        rules=(RuleUse("rate", "0.007", "比例", ARTICLE.id, QUOTE),),
    )


class FakeBot(AnswersAtOnce):
    """Answers with ``answer``, or raises it, and remembers what it was asked."""

    def __init__(self, answer: Answer | Exception | None = None) -> None:
        self.answer = answer or Answer("answered", f"{QUOTE}[1]", citations=(citation(),))
        self.asked: list[tuple[str, list[Turn]]] = []

    @property
    def retriever(self) -> FakeBot:
        """Its own articles."""
        return self

    def ask(
        self, text: str, *, history: Sequence[Turn] = (), today: dt.date | None = None
    ) -> Answer:
        """The answer, whatever the question."""
        del today
        self.asked.append((text, list(history)))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def article(self, article_id: str) -> Article | None:
        """ARTICLE or nothing."""
        return ARTICLE if article_id == ARTICLE.id else None


def service_of(open_bot: Callable[[], FakeBot], folder: Path) -> Service:
    """A real service around a scripted bot, with its database in ``folder``."""
    store = open_store(local_settings(folder / "corpus", folder))
    return Service(cast(Callable[[], MerchantBot], open_bot), store)


def loaded(bot: FakeBot, folder: Path) -> Service:
    """A service that has loaded."""
    service = service_of(lambda: bot, folder)
    assert service.bot is cast(MerchantBot, bot)
    return service


def loading(bot: FakeBot, folder: Path) -> tuple[Service, Callable[[], None]]:
    """A service that goes on loading until the returned function is called."""
    allowed = threading.Event()

    def open_bot() -> FakeBot:
        allowed.wait()
        return bot

    service = service_of(open_bot, folder)
    service.start()
    return service, allowed.set
