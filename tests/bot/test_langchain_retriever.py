"""The search as others use it."""

from __future__ import annotations

import subprocess
import sys

from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from bot.langchain_retriever import MerchantRetriever
from bot.pipeline import MerchantBot
from tests.conftest import ROOT


def test_a_chain_gets_the_passages_the_bot_finds_in_the_same_order(bot: MerchantBot) -> None:
    question = "小红书支付渠道费收多少"
    retriever = MerchantRetriever(search_with=bot.retriever, count=3)
    found = bot.retriever.search(question, 3).passages
    documents = retriever.invoke(question)
    assert [document.id for document in documents] == [passage.id for passage in found]
    assert [document.metadata["score"] for document in documents] == [p.score for p in found]


def test_a_document_says_where_exactly_its_text_stands(bot: MerchantBot) -> None:
    for document in MerchantRetriever(search_with=bot.retriever).invoke("怎么开通自主客服"):
        where = document.metadata
        assert set(where) == {"article_id", "title", "section", "start", "end", "score"}
        text = bot.retriever.article_text(where["article_id"])
        assert text is not None and text[where["start"] : where["end"]] == document.page_content


def test_it_can_stand_in_a_chain(bot: MerchantBot) -> None:
    def titles(documents: list[Document]) -> set[str]:
        return {document.metadata["title"] for document in documents}

    chain = MerchantRetriever(search_with=bot.retriever, count=2) | RunnableLambda(titles)
    assert any("小红书" in title for title in chain.invoke("小红书多久结算一次"))


def test_the_bot_itself_does_without_langchain() -> None:
    code = "import bot, sys; sys.exit(any(name.startswith('langchain') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
