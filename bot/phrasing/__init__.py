"""A chat model phrases what the pipeline decided to say, and can add nothing to it."""

from bot.phrasing.model import Call, OnCall, Usage, calls_made
from bot.phrasing.opening import open_chat
from bot.phrasing.phraser import Phraser
from bot.phrasing.rewriting import Rewriter, traced

__all__ = [
    "Call",
    "OnCall",
    "Phraser",
    "Rewriter",
    "Usage",
    "calls_made",
    "open_chat",
    "traced",
]
