"""The page speaks two languages, and leaves nothing unsaid in either."""

from __future__ import annotations

import re

import pytest

from bot.confidence import FEATURES
from bot.tools import TOOLS
from page.fields import fields_of
from page.labels import RESULTS
from page.words import LANGUAGES, load_words
from tests.conftest import ROOT

_BLANK = re.compile(r"\{(\w+)")
_USED = re.compile(r"\b(?:w|words)\(\s*\"([a-z_0-9]+)\"")


def test_both_languages_have_the_same_texts_with_the_same_blanks() -> None:
    chinese, english = (load_words(language).texts for language in LANGUAGES)
    blanks = [
        {name: sorted(_BLANK.findall(text)) for name, text in texts.items()}
        for texts in (chinese, english)
    ]
    assert blanks[0] == blanks[1]


def test_every_text_that_the_page_asks_for_is_there() -> None:
    files = [*(ROOT / "page").glob("*.py"), *(ROOT / "page" / "templates").glob("*.html")]
    used = {name for file in files for name in _USED.findall(file.read_text(encoding="utf-8"))}
    whole = {name for name in used if not name.endswith("_")}
    assert len(whole) > 100
    assert whole <= load_words("zh").texts.keys()


@pytest.mark.parametrize("tool", sorted(TOOLS))
def test_every_term_of_the_tools_has_an_english_one(tool: str) -> None:
    fields = fields_of(tool)
    terms = {TOOLS[tool].title, TOOLS[tool].description, *RESULTS.values()}
    terms |= {text for field in fields for text in (field.title, field.help)}
    terms |= {label for field in fields for _, label in field.choices}
    assert terms <= load_words("en").terms.keys()


def test_every_feature_and_every_reason_of_the_bot_has_a_name() -> None:
    sources = (ROOT / "bot" / name for name in ("replies.py", "asking_back.py"))
    said = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    reasons = set(re.findall(r'"?reason"?(?:: str)?(?::| ?=) ?"(\w+)"', said))
    assert {"forgery", "not_sure", "other_platform", "ambiguous", "points_at_nothing"} <= reasons
    named = {f"feature_{name}" for name in FEATURES} | {f"because_{name}" for name in reasons}
    assert named <= load_words("zh").texts.keys()


def test_a_term_nobody_has_translated_stays_as_it_is() -> None:
    assert load_words("en").term("某个新词") == "某个新词"
