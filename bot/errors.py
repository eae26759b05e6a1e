"""Everything that can go wrong above the index.

::

    BotError                   what was wrong, what is allowed, what to do
    ├── RuleError              a rule tool cannot compute
    │   ├── RuleDataError          the rules' data contradicts itself or the corpus
    │   ├── OutsideRulesError      a day or value the rules say nothing about
    │   └── InputError             an input that cannot be (names the input)
    ├── CitationError          a citation that is not an exact slice of its article
    ├── BatchError             a batch file cannot be read or written
    ├── ChatModelError         the chat model gave no usable answer, or not in time
    ├── StoreError             the database cannot be opened, read or written
    ├── ServiceError           the service cannot do what was asked of it
    │   ├── UnknownAnswerError     feedback on an answer that was never given
    │   ├── BusyError              too many questions wait already
    │   └── ClosedError            the service is being stopped
    └── ChannelError           an IM platform's call, or a call to it
        ├── ForbiddenCallError     not signed by the platform, or too old
        ├── MalformedCallError     signed or not, it cannot be read
        └── PushError              a platform did not take what was sent
"""

from __future__ import annotations


class BotError(Exception):
    """Base of all errors of this package; its text is fit for a user."""


class RuleError(BotError):
    """A rule tool cannot compute."""


class RuleDataError(RuleError):
    """The rules' data contradicts itself or the corpus."""


class OutsideRulesError(RuleError):
    """A day or value for which the rules hold nothing."""


class InputError(RuleError):
    """An input that cannot be: ``name`` says which, ``place`` which of several from 0 on.

    ``problem`` is for whoever filled it in; ``named``, the text of the error where it is given,
    for a caller, who has to know the input's name too.
    """

    def __init__(
        self, name: str, problem: str, *, named: str | None = None, place: int | None = None
    ) -> None:
        super().__init__(named or problem)
        self.name = name
        self.problem = problem
        self.place = place


class CitationError(BotError):
    """A citation that is not an exact slice of its article."""


class BatchError(BotError):
    """A batch file cannot be read or written."""


class ChatModelError(BotError):
    """The chat model gave no usable answer, or not in time; ``reason`` is a short code."""

    def __init__(self, reason: str, problem: str) -> None:
        super().__init__(problem)
        self.reason = reason


class StoreError(BotError):
    """The database cannot be opened, read or written."""


class ServiceError(BotError):
    """The service cannot do what was asked of it."""


class UnknownAnswerError(ServiceError):
    """Feedback on an answer that was never given, or a question that is on no list."""


class BusyError(ServiceError):
    """More questions wait already than can be answered in good time."""


class ClosedError(ServiceError):
    """The service is being stopped and takes no more questions."""


class ChannelError(BotError):
    """Something between an IM platform and the bot; its text holds no message and no secret."""


class ForbiddenCallError(ChannelError):
    """A call that is not the platform's: unsigned, wrongly signed, for another bot, too old."""


class MalformedCallError(ChannelError):
    """A call that cannot be read."""


class PushError(ChannelError):
    """A platform could not be reached, or did not take what was sent."""
