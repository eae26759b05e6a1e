"""The merchants' words of ``vocabulary.yaml``, compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.text import as_word

_FILE = Path(__file__).with_name("vocabulary.yaml")
_PLACES = Path(__file__).with_name("places.yaml")

Span = tuple[int, int]


@dataclass(frozen=True)
class ToolWords:
    """How a tool is asked for; the tokens are explained in the YAML file."""

    platform: str
    required: tuple[str, ...]
    asks: tuple[tuple[str, ...], ...]
    unless: tuple[str, ...]
    key: tuple[str, ...]
    case: tuple[tuple[str, ...], ...]
    left_open: Mapping[str, str]
    offer: str
    becomes: Mapping[str, str]
    goes_with: tuple[str, ...]
    asks_again: tuple[str, ...]


@dataclass(frozen=True)
class QuestionWords:
    """How a missing input is asked for."""

    ask: str
    english: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """Words by what they mean; patterns are matched against normalised text."""

    spelling: tuple[tuple[re.Pattern[str], str], ...]
    asides: tuple[re.Pattern[str], ...]
    concepts: Mapping[str, re.Pattern[str]]
    events: Mapping[str, re.Pattern[str]]
    facts: Mapping[str, re.Pattern[str]]
    day_parts: Mapping[str, re.Pattern[str]]
    relative_days: Mapping[str, int]
    relative_months: Mapping[str, int]
    relative_years: Mapping[str, int]
    relative_weeks: Mapping[str, int]
    festivals: Mapping[str, tuple[int, int]]
    moving_festivals: Mapping[str, str]
    tools: Mapping[str, ToolWords]
    bare_number: re.Pattern[str]
    questions: Mapping[str, QuestionWords]
    readings: Mapping[str, str]

    def has(self, concept: str, text: str) -> bool:
        """Whether a text holds a wording of the concept."""
        return bool(self.concepts[concept].search(text))

    def spans(self, concept: str, text: str) -> tuple[Span, ...]:
        """Where a text holds a wording of the concept."""
        return tuple(found.span() for found in self.concepts[concept].finditer(text))


@cache
def load_vocabulary() -> Vocabulary:
    """Read the packaged words (once a process)."""
    content, places = _read(_FILE), _read(_PLACES)
    for side in ("overseas", "domestic"):
        named = alternatives(places[side].split())
        content["concepts"][f"{side}_place"] += f"|{named}"
    return Vocabulary(
        spelling=tuple((re.compile(str(a)), str(b)) for a, b in content["spelling"]),
        asides=tuple(re.compile(str(pattern)) for pattern in content["asides"]),
        concepts=_compiled(content["concepts"]),
        events=_compiled(content["events"]),
        facts=_compiled(content["facts"]),
        day_parts=_compiled(content["day_parts"]),
        relative_days=content["relative_days"],
        relative_months=content["relative_months"],
        relative_years=content["relative_years"],
        relative_weeks=content["relative_weeks"],
        festivals={name: (day[0], day[1]) for name, day in content["festivals"].items()},
        moving_festivals=content["moving_festivals"],
        tools={name: _tool_words(words) for name, words in content["tools"].items()},
        bare_number=re.compile(content["bare_number"]),
        questions={
            name: QuestionWords(words["ask"], words["english"], tuple(words["options"]))
            for name, words in content["questions"].items()
        },
        readings=content["readings"],
    )


def alternatives(words: Sequence[str]) -> str:
    """A pattern for any of the literal words, the longest first; Latin words stand alone."""
    return "|".join(as_word(word) for word in sorted(words, key=len, reverse=True))


def _compiled(patterns: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {str(name): re.compile(str(pattern)) for name, pattern in patterns.items()}


def _tool_words(words: Mapping[str, Any]) -> ToolWords:
    return ToolWords(
        platform=words["platform"],
        required=tuple(words["required"]),
        asks=tuple(tuple(tokens) for tokens in words["asks"]),
        unless=tuple(words["unless"]),
        left_open=words.get("left_open", {}),
        offer=words.get("offer", ""),
        becomes=words.get("becomes", {}),
        key=tuple(words["key"]),
        case=tuple(tuple(tokens) for tokens in words["case"]),
        goes_with=tuple(words["goes_with"]),
        asks_again=tuple(words["asks_again"]),
    )


def _read(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
