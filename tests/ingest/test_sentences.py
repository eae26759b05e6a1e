"""Where sentences end."""

from __future__ import annotations

import pytest

from ingest.sentences import clause_spans, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲。乙！丙？丁", ["甲。", "乙！", "丙？", "丁"]),
        ("他说：“行。”然后走了。", ["他说：“行。”", "然后走了。"]),
        ("费率是0.7%，见a.com。", ["费率是0.7%，见a.com。"]),
        ("It is 0.7%. See a.com for more.", ["It is 0.7%.", "See a.com for more."]),
        ("真的？！是的……好", ["真的？！", "是的……", "好"]),
        ("上行\n下行\r\n又一行\r末行", ["上行", "下行", "又一行", "末行"]),
        (" \n\t ", []),
        ("", []),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_clauses_are_parted_after_their_comma_and_numbers_stay_whole() -> None:
    text = "甲，乙；金额1,234元，丙"
    assert [text[a:b] for a, b in clause_spans(text, 0, len(text))] == [
        "甲，",
        "乙；",
        "金额1,234元，",
        "丙",
    ]
