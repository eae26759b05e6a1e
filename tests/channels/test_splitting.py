"""Long answers, cut into messages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.server.channels.splitting import split_message

_NUMBER = re.compile(r"^（(\d+)/(\d+)）\n")
URL = "https://example.com/" + "path;a:b?c=d,e&f!/" * 3


def without_number(part: str) -> str:
    """A part as it was before it was numbered."""
    return _NUMBER.sub("", part)


def test_what_fits_is_one_message_without_a_number() -> None:
    assert split_message("答", "来源：\n[1] 题", part_bytes=2048) == ["答\n\n来源：\n[1] 题"]


def test_parts_are_numbered_and_the_sources_stand_in_the_last() -> None:
    tail = "来源：\n[1] 标题 " + URL
    parts = split_message("一句话。" * 300, tail, part_bytes=2048)
    numbers = [_NUMBER.match(part) for part in parts]
    assert [found.groups() for found in numbers if found] == [
        (str(number), str(len(parts))) for number in range(1, len(parts) + 1)
    ]
    assert len(parts) == 2
    assert parts[-1].endswith(tail) and "来源" not in parts[0]


def test_a_cut_stands_where_a_paragraph_line_or_sentence_ends() -> None:
    assert [
        without_number(part)
        for part in split_message("甲" * 20 + "\n\n" + "乙" * 20, "", part_bytes=90)
    ] == [
        "甲" * 20,
        "乙" * 20,
    ]
    sentences = split_message("甲乙丙丁戊己庚辛壬癸。[1]" * 5, "", part_bytes=100)
    assert all(part.endswith("。[1]") for part in sentences)


@pytest.mark.parametrize("before", range(0, 60, 7))
def test_an_address_is_never_cut(before: int) -> None:
    parts = split_message("字" * before + URL + "字" * 60, "", part_bytes=200)
    assert len(parts) > 1
    assert sum(URL in part for part in parts) == 1


@given(
    body=st.text(alphabet="甲乙。，\n a🙂[1]", min_size=1, max_size=600).filter(str.strip),
    tail=st.text(alphabet="来源\n", max_size=40),
    room=st.integers(60, 300),
)
def test_every_part_fits_and_nothing_is_lost(body: str, tail: str, room: int) -> None:
    parts = split_message(body, tail, part_bytes=room)
    assert all(len(part.encode()) <= room for part in parts)
    told = "".join(without_number(part) for part in parts)
    assert "".join(told.split()) == "".join((body + tail).split())
    assert all(without_number(part).strip() for part in parts)
