"""Templates into HTML. Whatever they are given comes out escaped unless it is Markup."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from page.words import Words


def render(name: str, words: Words, **values: Any) -> Markup:
    """A template filled in; ``w`` in it is the words of the reader's language."""
    return Markup(_environment().get_template(name).render(w=words, **values))


def notice(message: str, words: Words, *, kind: str = "warn") -> Markup:
    """A sentence where something else would stand; ``kind`` is warn, good or plain."""
    return render("notice.html", words, message=message, kind=kind)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
