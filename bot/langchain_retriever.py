"""The bot's own search, for use in other people's LangChain chains.

Not imported by ``bot``: LangChain takes a second to load and the bot itself needs none of it.
"""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from bot.answers import Passage
from bot.retrieval import HybridRetriever


class MerchantRetriever(BaseRetriever):
    """Passages as Documents; ``page_content`` is the slice ``start:end`` of the article."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    search_with: HybridRetriever
    count: int = Field(8, ge=1)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = self.search_with.search(query, self.count)
        return [_document(passage) for passage in found.passages]


def _document(passage: Passage) -> Document:
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "article_id": passage.article_id,
            "title": passage.title,
            "section": passage.section,
            "start": passage.start,
            "end": passage.end,
            "score": passage.score,
        },
    )
