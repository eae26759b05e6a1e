"""A chat model phrases what the pipeline decided to say, and can add nothing to it."""

from bot.phrasing.model import Call, Usage
from bot.phrasing.opening import open_chat
from bot.phrasing.phraser import Phraser
from bot.phrasing.rewriting import Rewriter

__all__ = ["Call", "Phraser", "Rewriter", "Usage", "open_chat"]
