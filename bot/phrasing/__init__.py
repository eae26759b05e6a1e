"""A chat model phrases what the pipeline decided to say, and can add nothing to it."""

from bot.phrasing.opening import open_phraser
from bot.phrasing.phraser import Phraser

__all__ = ["Phraser", "open_phraser"]
