"""掌柜问答: from a merchant's question to a cited answer."""

from bot.answers import Answer, Calculation, Citation, Question, RuleUse, Turn
from bot.assembly import open_bot
from bot.errors import BotError
from bot.pipeline import MerchantBot

__all__ = [
    "Answer",
    "BotError",
    "Calculation",
    "Citation",
    "MerchantBot",
    "Question",
    "RuleUse",
    "Turn",
    "open_bot",
]
