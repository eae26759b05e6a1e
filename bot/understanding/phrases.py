"""Sentences shown to the merchant, from ``vocabulary.yaml``."""

from __future__ import annotations

from bot.understanding.requests import Missing
from bot.understanding.vocabulary import load_vocabulary


def phrase(name: str, **values: str) -> str:
    """A reading in words."""
    return load_vocabulary().readings[name].format(**values)


def question(name: str, ask: str | None = None, **values: str) -> Missing:
    """The question for an input; ``ask`` names a more exact wording of it."""
    wording = load_vocabulary().questions[ask or name]
    options = tuple(option.format(**values) for option in wording.options)
    english = wording.english.format(**values)
    return Missing(name, wording.ask.format(**values), options, english)


def asked_again(tool: str, name: str) -> tuple[Missing, ...]:
    """The question for an input that cannot be; empty for one that is not asked for."""
    return (question(name),) if name in load_vocabulary().tools[tool].required else ()
