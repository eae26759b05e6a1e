"""A follow-up put by the chat model as a question of its own; only what was said may be in it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from bot.answers import Answer, Turn
from bot.distinctions import Distinctions
from bot.errors import ChatModelError
from bot.figures import unsourced
from bot.phrasing.model import Call, GuardedModel, Reply
from bot.phrasing.prompts import conversation_data, tagged
from bot.platforms import Platforms
from bot.text import terms

_FILE = Path(__file__).with_name("rewriting.md")
_LONGEST = 200
_LEAST_KEPT = 0.5
_TURNS = 6


def traced(answer: Answer, calls: Sequence[Call]) -> Answer:
    """The answer with what its rewriting took in the trace; as it is where there was none."""
    if not calls:
        return answer
    taken = {
        "input_tokens": sum(call.usage.input_tokens for call in calls),
        "output_tokens": sum(call.usage.output_tokens for call in calls),
        "cost": round(sum(call.cost for call in calls), 6),
        "failures": [call.failure for call in calls if call.failure],
    }
    return replace(answer, trace={**answer.trace, "rewriting": taken})


@dataclass(frozen=True)
class Rewriter:
    """Rewrites follow-ups; safe to share between threads."""

    model: GuardedModel
    platforms: Platforms
    distinctions: Distinctions
    timeout_s: float

    def rewrite(self, message: str, history: Sequence[Turn]) -> str | None:
        """The message as a question that stands alone.

        None where the model fails or is too slow, and where what it wrote loses or adds a
        platform, a figure or a case (境内, 个人), or is about something else.
        """
        said = [turn.content for turn in history if turn.role == "user"][-_TURNS:]
        try:
            written = self._written(message, said)
        except ChatModelError:
            return None
        return written if self._keeps(written, message, said) else None

    def _written(self, message: str, said: Sequence[str]) -> str:
        from langchain_core.messages import HumanMessage, SystemMessage

        data = "\n".join([*conversation_data(said), tagged("问题", message)])
        asked = [SystemMessage(_instructions()), HumanMessage(data)]
        deadline = time.monotonic() + self.timeout_s
        *_, reply = self.model.stream(asked, deadline=deadline)
        return reply.text.strip().strip("“”\"'") if isinstance(reply, Reply) else ""

    def _keeps(self, written: str, message: str, said: Sequence[str]) -> bool:
        if not written or len(written) > _LONGEST or "\n" in written:
            return False
        everything = "\n".join([*said, message])
        if any(unsourced(message, written)) or any(unsourced(written, everything)):
            return False
        # The platform spoken of is the one named last.
        meant = next(
            filter(None, map(self.platforms.all_named, [message, *reversed(said)])), frozenset()
        )
        if self.platforms.all_named(written) != meant:
            return False
        for entry in self.distinctions.entries:
            cases = set(entry.said(written))
            if set(entry.said(message)) - cases or cases - set(entry.said(everything)):
                return False
        asked = set(terms(message))
        return len(asked & set(terms(written))) >= _LEAST_KEPT * len(asked)


@cache
def _instructions() -> str:
    return _FILE.read_text(encoding="utf-8")
