"""What outlives a process: answers given, conversations, feedback, unanswered questions, inbox."""

from bot.storage.records import GivenAnswer, InboxMessage, UnansweredQuestion
from bot.storage.store import Store, open_store

__all__ = ["GivenAnswer", "InboxMessage", "Store", "UnansweredQuestion", "open_store"]
