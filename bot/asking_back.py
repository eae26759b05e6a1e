"""What is asked back instead of answering, or beside being unsure: which case, topic or sum."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answers import Question
from bot.confidence import LEANING_FEATURE
from bot.conversation import last_answer
from bot.examining import Examined
from bot.quoting import Quoter
from bot.text import fold, terms
from bot.understanding import Offer
from bot.wording import AROUND

# Two cases are told apart by a question when the articles about them score this close.
_UNSAID_MARGIN = 0.08
# Of so few words a question may well fit several platforms.
_VAGUE_TERMS = 4
# A word of so few is a topic, no question.
_BARE_TERMS = 3
_MOST_OPTIONS = 6


@dataclass(frozen=True)
class AskedBack:
    """What a merchant is asked back, with the options to choose from."""

    question: str
    options: tuple[str, ...]
    english: str = ""
    reason: str = "ambiguous"


@dataclass(frozen=True)
class Asker(Quoter):
    """Asks back where a message can be meant in several ways; safe to share between threads."""

    def asked_back(
        self, seen: Examined, question: Question, offered: Offer | None
    ) -> AskedBack | None:
        """What to ask back; to ask needs less certainty than to answer.

        ``offered`` can be computed of what a message tells without asking anything.
        """
        if not question.history and self.wording.only_points(question.text):
            return _what_is_meant(seen)
        if not question.history and (topics := self.sections_on(question.text, seen)):
            return topics
        is_sure = self.is_sure(seen)
        if offered and (offered.facts_only or not is_sure or self._is_vague(seen.question)):
            return AskedBack(
                "这些记下了。想算哪一项？",
                offered.questions,
                "Noted. Which of these shall I work out?",
            )
        if seen.foreign or seen.features.get("figure_missing") or not self.may_be_answered(seen):
            return None
        if self.lacks_needed(seen):
            return None
        if seen.topic_named or seen.features.get("other_platform"):
            return None
        if not is_sure and seen.features.get(LEANING_FEATURE, 0.0) < 0:
            # More like what no article answers: whichever case it is, that is not written.
            return None
        passages = seen.found.passages
        unsaid = self.conversation.distinctions.unsaid(
            seen.question, passages, margin=_UNSAID_MARGIN
        )
        # What the last answer asked is not asked again.
        if unsaid and unsaid.question not in last_answer(question.history):
            return AskedBack(unsaid.question, unsaid.labels, unsaid.english)
        if seen.found.named or not is_sure or not self._is_vague(seen.question):
            return None
        near = [p.platform for p in passages if p.score >= passages[0].score - _UNSAID_MARGIN]
        platforms = tuple(dict.fromkeys(near))
        return AskedBack("您问的是哪个平台？", platforms) if len(platforms) > 1 else None

    def sections_on(self, text: str, seen: Examined) -> AskedBack | None:
        """The sections to choose from where a message is a bare word of several headings."""
        word = fold(text).strip(AROUND)
        if len(set(terms(word))) > _BARE_TERMS or self.wording.asks(word) or seen.topic_named:
            return None
        headings = [p.heading for p in seen.found.passages if word in fold(p.heading)]
        options = tuple(dict.fromkeys(headings))[:_MOST_OPTIONS]
        return AskedBack(f"“{word}”想问哪一方面？", options) if len(options) > 1 else None

    @staticmethod
    def _is_vague(question: str) -> bool:
        return len(set(terms(question))) <= _VAGUE_TERMS


def _what_is_meant(seen: Examined) -> AskedBack:
    """那个要几天啊, before which nothing was said."""
    headings = dict.fromkeys(passage.heading for passage in seen.found.passages)
    return AskedBack(
        "您指的是哪件事？请把事情说出来，例如：",
        tuple(headings)[:_MOST_OPTIONS],
        "What do you mean? Please name it, for example:",
        reason="points_at_nothing",
    )
