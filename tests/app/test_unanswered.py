"""Questions that were not answered well, and what is made of them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot import MerchantBot
from bot.storage import UnansweredQuestion
from page.unanswered import Group, alike, as_csv, grouped, render_groups
from page.words import load_words

_AT = dt.datetime(2026, 11, 25, 8, 0, tzinfo=dt.UTC)


def _question(number: int, text: str, times: int = 1) -> UnansweredQuestion:
    return UnansweredQuestion(
        id=number, question=text, reason="not_found", times=times,
        first_at=_AT, last_at=_AT, answer_id="x",
    )  # fmt: skip


def test_questions_that_mean_the_same_are_counted_together(bot: MerchantBot) -> None:
    groups = grouped(
        [
            _question(1, "抖音保证金多少", times=2),
            _question(2, "发票怎么开", times=4),
            _question(3, "抖音的保证金要交多少钱", times=3),
        ],
        bot,
    )
    assert [[one.id for one in group.questions] for group in groups] == [[1, 3], [2]]
    assert [group.times for group in groups] == [5, 4]


def test_vectors_join_the_first_group_that_is_near() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [0.99, 0.14]], dtype=np.float32)
    assert alike(vectors) == [[0, 2], [1]]


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@sum", "＝1＋1", "\t=1", "\n=1"])
def test_the_list_as_csv_runs_no_formula(typed: str) -> None:
    group = Group((replace(_question(1, typed), note=typed),))
    rows = list(csv.reader(io.StringIO(as_csv([group]), newline="")))
    assert rows[0][:3] == ["group", "question", "times"]
    assert rows[1][:5] == ["1", f"'{typed}", "1", "not_found", f"'{typed}"]


def test_the_list_as_csv_is_read_as_it_was_typed() -> None:
    typed = '他说："要,多久?"\n第二行 <b>'
    (_, row) = csv.reader(io.StringIO(as_csv([Group((_question(1, typed),))]), newline=""))
    assert row[1] == typed


def test_a_group_is_shown_escaped_with_sections_that_may_answer_it(bot: MerchantBot) -> None:
    group = Group((_question(1, "<script>x</script>几个点"),))
    html = render_groups([group], bot, load_words("zh"))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert 'value="xiaohongshu/settlement#' in html


def test_an_empty_list_says_so(bot: MerchantBot, tmp_path: Path) -> None:
    assert "没有等待处理的问题" in render_groups([], bot, load_words("zh"))
