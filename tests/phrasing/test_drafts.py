"""A draft is cut into sentences as it arrives, in whatever pieces."""

from __future__ import annotations

import pytest

from bot.phrasing.drafts import DraftReader


def read(text: str, *, piece: int) -> list[str]:
    """The sentences of a draft that arrives in pieces, blank ones left out."""
    reader = DraftReader()
    found = []
    for start in range(0, len(text), piece):
        found += reader.feed(text[start : start + piece])
    found += reader.finish()
    return [sentence.text.strip() for sentence in found if not sentence.says_nothing]


CASES = [
    ("费率是0.7%。[1]按实付收取[2]。", ["费率是0.7%。[1]", "按实付收取[2]。"]),
    ("费率是0.7%。 [1][2]\n另外[3]。", ["费率是0.7%。 [1][2]", "另外[3]。"]),
    ("他说“可以。”[1]对。[2]", ["他说“可以。”[1]", "对。[2]"]),
    ("- 一项[1]\n- 二项[2]", ["- 一项[1]", "- 二项[2]"]),
    ("两段都说[1,2]。又说【3】。", ["两段都说[1][2]。", "又说[3]。"]),
    ("两段都说。[材料1、材料2]", ["两段都说。[1][2]"]),
    ("<think>先想想。[1]</think>\n答案[1]。", ["答案[1]。"]),
    ("<think>没有想完。[1]", []),
    ("<三包>商品[1]。", ["<三包>商品[1]。"]),
    ("", []),
]


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(("text", "sentences"), CASES)
def test_sentences_are_the_same_however_they_arrive(
    text: str, sentences: list[str], piece: int
) -> None:
    assert read(text, piece=piece) == sentences


def test_a_sentence_is_handed_out_only_when_no_mark_can_follow() -> None:
    reader = DraftReader()
    assert reader.feed("费率是0.7%。") == []
    assert reader.feed("[1") == []
    assert reader.feed("]") == []
    assert [one.text for one in reader.feed("按")] == ["费率是0.7%。[1]"]


def test_the_marks_and_the_words_of_a_sentence() -> None:
    (sentence,) = [one for one in DraftReader().feed("费率[2]是0.7%。[1]\n") if one.marks]
    assert sentence.marks == (2, 1)
    assert sentence.words == "费率是0.7%。"
