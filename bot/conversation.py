"""A message read together with what was said before it: the questions it may stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from bot.answers import Question, Turn
from bot.distinctions import Distinctions
from bot.platforms import Platforms
from bot.steps import advanced
from bot.text import sentences, terms
from bot.wording import Wording

# Older turns than these say nothing about what "那境外的呢" means.
_TURNS = 6
_FEW_TERMS = 5
# Characters beside those that ask; fewer are no subject: 多久结算, 什么时候扣.
_OWN_SUBJECT = 3
# Characters; fewer are particles.
_SAYS_SOMETHING = 3
_WHICH = re.compile(
    r"(?:那|都|具体|分别|到底|究竟|是|有|包括|包含|指的?)*(?:哪|什么|啥)(?:些|几|两|三)?(?:种|个|样|类|项|条)?"
    r"(?P<what>[\u4e00-\u9fff]{2,5}?)[啊呀呢吗嘞咧?？!！。 ]*"
)
# What a question asks of its subject: 去哪看, 要多久.
_ASKED = re.compile(
    r"(?:[去在到要能会得有是]|可以|需要)*(?:哪|怎么|怎样|如何|咋|什么|啥|多少|多久|几)[^ ]*$"
)
# Characters.
_A_NAME = 8
# A message of more characters tells a story; what it asks is looked for by itself.
_LONG = 70
_PART = re.compile(r"[,，。;；!！?？]")
_LINE_OR_PART = re.compile(r"[,，。;；!！?？：:\n]")


class Rewrites(Protocol):
    """Puts a follow-up as a question of its own; None where it cannot."""

    def rewrite(self, message: str, history: Sequence[Turn]) -> str | None:
        """The question."""


@dataclass(frozen=True)
class Conversation:
    """Reads follow-ups by their words and what they leave out; a chat model may read along."""

    wording: Wording
    platforms: Platforms
    distinctions: Distinctions
    rewriter: Rewrites | None = None

    def readings(
        self, message: str, history: Sequence[Turn], *, platform: str | None = None
    ) -> tuple[str, ...]:
        """Questions that stand on their own, the likelier first; never empty.

        Only what the merchant said counts: a wrong statement of an earlier answer is not
        taken over, save to find what a bare "which ones" is about.
        ``platform`` is whose articles answer the topic, where it names none.
        """
        message = self._said_right(self.distinctions.without_denied(message))
        message = self._chosen(message, last_answer(history))
        topic = self.topic(history)
        if topic is None or self.wording.switches_topic(message):
            alone = self.wording.without_switch(message)
            return tuple(dict.fromkeys((*self._asked_in_long(alone), alone)))
        if moved := advanced(topic, message):
            return (moved,)
        if self._is_correction(message):
            return (topic,)
        if self.platforms.named_others(topic) and self._stands_alone(message):
            # It may be about what the corpus has, whatever was asked about another platform.
            return tuple(dict.fromkeys((message, self.placed(topic, message))))
        joined = self._joined(topic, message)
        if self._only_names(message):
            return (joined,)
        if platform and not self.platforms.all_named(joined):
            joined = f"{platform} {joined}"
        placed = self.placed(topic, message, platform=platform)
        by_rule = (
            (joined, placed)
            if self._leans_on_topic(message)
            else tuple(dict.fromkeys((placed, joined, message)))
        )
        if asked := self._asked_of(topic, message):
            by_rule = (*by_rule, self.placed(topic, asked, platform=platform))
        if meant := self._of_what_was_said(message, history):
            by_rule = (f"{' '.join(sorted(self.platforms.all_named(topic)))} {meant}", *by_rule)
        rewritten = self.rewriter.rewrite(message, history) if self.rewriter else None
        return (rewritten, *by_rule) if rewritten else by_rule

    def doubted(self, question: Question) -> Question | None:
        """The question whose answer a message only doubts (不对吧，再查查), to be asked again; None
        where it says something of its own."""
        said = [at for at, turn in enumerate(question.history) if turn.role == "user"]
        if not said or not self._is_correction(self._said_right(question.text)):
            return None
        last = said[-1]
        asked = question.history[last].content
        return replace(question, text=asked, history=question.history[:last])

    def _asked_in_long(self, message: str) -> Iterator[str]:
        """What a long message asks, apart from the story it is told with."""
        asked = "".join(part for part in sentences(message) if self.wording.asks(part)).strip()
        if len(message) > _LONG and asked and 2 * len(asked) < len(message):
            named = " ".join(sorted(self.platforms.all_named(message)))
            yield asked if self.platforms.all_named(asked) else f"{named} {asked}".strip()

    def topic(self, history: Sequence[Turn]) -> str | None:
        """What the merchant's messages have been about, as one question."""
        topic: str | None = None
        for message in self._said(history):
            if self.wording.smalltalk(message):
                continue
            if topic and (moved := advanced(topic, message)):
                topic = moved
            elif topic and self._is_correction(message):
                continue
            elif topic and self.platforms.named_others(topic) and self._stands_alone(message):
                topic = message
            elif (
                topic and not self.wording.switches_topic(message) and self._leans_on_topic(message)
            ):
                topic = self._joined(topic, message)
            else:
                topic = self.placed(topic, message) if topic else message
        return topic

    def _only_names(self, message: str) -> bool:
        """Whether a message says a platform's name and nothing else: 小红书呢."""
        if not self.platforms.all_named(message):
            return False
        rest = self.platforms.without_names(self.wording.without_lead(message), others=True)
        return not self.wording.without_lead(rest).strip("的上里 ")

    def _stands_alone(self, message: str) -> bool:
        """Whether a message has a subject of its own and names no platform."""
        if self.platforms.all_named(message) or self.wording.refers_back(message):
            return False
        says_more = self.wording.without_lead(message) != message.rstrip("?？。!！")
        return not says_more and self.wording.subject_length(message) >= _OWN_SUBJECT

    def _said(self, history: Sequence[Turn]) -> list[str]:
        """The merchant's latest messages, as they are meant."""
        said, asked = [], ""
        for turn in history:
            if turn.role == "user":
                content, _ = self.platforms.asked_of_own(turn.content, self.wording.asks)
                said.append(self._chosen(self._said_right(content), asked))
            asked = turn.content if turn.role == "assistant" else ""
        return said[-_TURNS:]

    def _chosen(self, message: str, asked: str) -> str:
        """The option that a message takes of those asked about, where it asks nothing itself."""
        return (
            message
            if self.wording.asks(message)
            else (self.distinctions.chosen(message, asked) or message)
        )

    def _said_right(self, message: str) -> str:
        """A case that takes the place of one said wrongly, without the words that say so."""
        rest = self.wording.said_right(message)
        return rest if self.distinctions.cases_said(rest) else message

    def _leans_on_topic(self, message: str) -> bool:
        return (
            self.distinctions.is_reply(message)
            or self.wording.refers_back(message)
            or len(set(terms(message))) <= _FEW_TERMS
        )

    def _is_correction(self, message: str) -> bool:
        if self.distinctions.cases_said(message):
            return False
        rest = self.wording.without_correction(message)
        if rest == message:
            return False
        # 你确定？我隔壁店说没这么短: why it is doubted asks nothing new.
        first, *more = _PART.split(message, maxsplit=1)
        doubts_first = len(self.wording.without_correction(first)) < _SAYS_SOMETHING
        few = len(set(terms(rest))) <= _FEW_TERMS
        # 电器要食品证？搞错了吧: what was answered is said again, and doubted.
        *told, last = filter(None, map(str.strip, _PART.split(message)))
        doubts_last = len(self.wording.without_correction(last)) < _SAYS_SOMETHING
        said = "".join(more) if doubts_first else "".join(told)
        return few or ((doubts_first or doubts_last) and not self.wording.asks(said))

    def _asked_of(self, topic: str, message: str) -> str | None:
        """What the topic asked, asked of what the message names ("那物流费呢"); None where it
        says more than a name."""
        name = self.wording.without_lead(message)
        asks = _ASKED.search(topic)
        is_name = name != message and not self.wording.asks(name) and len(name) <= _A_NAME
        return f"{name}{asks.group()}" if asks and is_name else None

    def _of_what_was_said(self, message: str, history: Sequence[Turn]) -> str | None:
        """A message that only asks which ones ("是哪些费用"), with the words of the last answer
        that speak of them. They steer where to look; only articles are quoted."""
        asked = _WHICH.fullmatch(message.strip())
        if asked is None:
            return None
        parts = map(str.strip, _LINE_OR_PART.split(last_answer(history)))
        # "依据：" is a heading, which says nothing of what it is about.
        clause = next((part for part in parts if asked["what"] in part != asked["what"]), None)
        return f"{clause} 有哪些{asked['what']}" if clause else None

    def _joined(self, topic: str, message: str) -> str:
        """Topic and message as one question; what the message replaces is taken out."""
        if self.platforms.all_named(message):
            topic = self.platforms.without_names(topic, others=True)
        kept = self.distinctions.without_contrasts(topic, message)
        return self._still_of(message, f"{kept} {self.focus(message)}")

    def with_topic(self, readings: Sequence[str], topic: str, message: str) -> tuple[str, ...]:
        """The readings of a message that leans on its topic, and the one of another topic."""
        if len(readings) < 2:
            return tuple(readings)
        return tuple(dict.fromkeys((*readings, self._joined(topic, message))))

    def focus(self, message: str) -> str:
        """What is new in a follow-up."""
        return self.distinctions.in_articles_words(self.wording.without_lead(message))

    def placed(self, topic: str, message: str, *, platform: str | None = None) -> str:
        """The message alone, said of the topic's platform and case where it names none itself."""
        if self.platforms.all_named(message):
            return message
        named = sorted(self.platforms.named(topic))
        if platform and not self.platforms.all_named(topic):
            named = [platform]
        kept = self.distinctions.cases_kept(topic, message)
        return self._still_of(topic, " ".join([*named, *kept, message]))

    def _still_of(self, said: str, reading: str) -> str:
        """A reading with the foreign platforms that were said, in a place where they are named."""
        names = self.platforms.named_others(said) - self.platforms.named_others(reading)
        typed = self.platforms.as_typed(said, names)
        return " ".join([*(f"在{typed[name]}上" for name in sorted(names)), reading])


def last_answer(history: Sequence[Turn]) -> str:
    """What was answered last; empty where nothing was."""
    return next((turn.content for turn in reversed(history) if turn.role == "assistant"), "")
