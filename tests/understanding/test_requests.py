"""What requests promise to whoever runs them, whatever was typed."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.understanding
from bot.answers import Turn
from bot.platforms import Platforms
from bot.tools import TOOLS, run_tool, tool_schema
from bot.understanding import understand
from bot.understanding.messages import read_message
from bot.understanding.vocabulary import load_vocabulary
from tests.rules.corpus import rules

_TODAY = dt.date(2021, 11, 5)
_CASES = Path(__file__).with_name("cases")
# One question for each input that can be missing, and the input it lacks.
_LACKING = [
    ("11月1号发的货几号自动收货", "origin"),
    ("11月1号保税仓发的货几号自动收货", "origin"),
    ("11月1号发到日本的货几号自动收货", "origin"),
    ("我有一单国内发的，几号自动确认收货", "ship_confirmed"),
    ("国内货最晚几号发才来得及结算", "target"),
    ("我这单显示已完成，算哪个月结算啊", "confirmed_receipt"),
    ("昨天买家确认收货了，算几月的账", "order_completed"),
    ("我这单普通商品买家还能维权吗", "transaction_success"),
    ("10月1号下单的普通商品，买家还能维权吗", "transaction_success"),
    ("10月20号交易成功的，买家今天还能维权吗", "goods"),
    ("我这单纠纷平台会受理吗", "facts"),
    ("我的自主客服被关了，我最早几号能申请", "last_closed"),
]


def _questions() -> Iterator[Any]:
    for path in sorted(_CASES.glob("*.yaml")):
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            if not row.get("turns"):
                yield row


@pytest.mark.parametrize(("question", "lacking"), _LACKING)
def test_every_option_typed_back_fills_what_is_missing(question: str, lacking: str) -> None:
    (request,) = understand(question, [], _TODAY)
    missing = next(missing for missing in request.missing if missing.name == lacking)
    assert missing.options
    assert "\n" not in missing.question
    for option in missing.options:
        history = [Turn("user", question), Turn("assistant", missing.question)]
        (filled,) = understand(option, history, _TODAY)
        assert lacking in filled.inputs, option
        assert lacking not in {still.name for still in filled.missing}, option


def test_the_inputs_of_every_complete_request_are_taken_by_the_tool() -> None:
    ran = 0
    for row in _questions():
        today = row.get("today", _TODAY)
        for request in understand(str(row["ask"]), [], today):
            if not request.missing and not request.invalid:
                run_tool(request.tool, request.inputs, today=request.as_of or today, rules=rules())
                ran += 1
    assert ran > 100


def test_inputs_are_those_of_the_tools() -> None:
    assert set(load_vocabulary().tools) == set(TOOLS)
    for row in _questions():
        for request in understand(str(row["ask"]), [], row.get("today", _TODAY)):
            assert set(request.inputs) <= set(tool_schema(request.tool)["properties"])
            assert "today" not in request.inputs
            json.dumps(request.inputs)


def test_every_word_a_tool_refers_to_is_in_the_vocabulary() -> None:
    words = load_vocabulary()
    for tool in words.tools.values():
        named = [*tool.goes_with, *tool.asks_again]
        assert {name for name in named if name not in words.concepts} <= {"facts", "goods"}
        for name in tool.required:
            assert name in words.questions


def test_facts_are_the_codes_of_the_tool() -> None:
    schema = json.dumps(tool_schema("dispute_acceptance"), ensure_ascii=False)
    assert all(code in schema for code in load_vocabulary().facts)


def test_a_platform_outside_the_corpus_is_never_computed_for() -> None:
    platforms = Platforms({}, {"某某": ("某某商城",)})
    assert understand("某某商城1288手续费多少", [], _TODAY, platforms=platforms) == ()
    assert understand("1288手续费多少", [], _TODAY, platforms=platforms)


def test_the_public_names_are_listed() -> None:
    assert bot.understanding.__all__ == [
        "Invalid",
        "Missing",
        "Offer",
        "ToolRequest",
        "asked_again",
        "left_open",
        "offered",
        "questions_left",
        "understand",
    ]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *"0123456789.,-/: 年月日号天点半块毛元万千百十一二三没不的了？",
                "发货", "境内", "境外", "自动收货", "几号", "手续费", "多少", "交易成功", "维权",
                "假货", "自主客服", "关了", "考核", "达标", "最晚", "结算", "确认收货", "延长",
                "退款", "昨天", "上个月", "周五", "双11", "客户付了", "黑五", "个人", "小商店",
                "2021", "-50", "1e9", "nov 31", "25:61",
            ]
        ),
        max_size=14,
    ).map("".join)
)  # fmt: skip
def test_whatever_is_typed_is_understood_or_not_but_never_fails(text: str) -> None:
    for request in understand(text, [Turn("user", "11月1号发的货几号自动收货")], _TODAY):
        json.dumps(request.inputs)
        assert request.tool in load_vocabulary().tools


def test_a_question_is_understood_within_twenty_milliseconds_at_the_median() -> None:
    questions = [(str(row["ask"]), row.get("today", _TODAY)) for row in _questions()]
    understand("11月1号国内发的货几号自动收货", [], _TODAY)
    read_message.cache_clear()
    taken = []
    for question, today in itertools.islice(questions, 200):
        start = time.perf_counter()
        understand(question, [], today)
        taken.append(time.perf_counter() - start)
    assert statistics.median(taken) < 0.020


def test_the_date_library_is_loaded_for_moving_festivals_only() -> None:
    script = (
        "import datetime, sys; from bot.understanding import understand\n"
        "day = datetime.date(2021, 11, 5)\n"
        "understand('上个月28号国内发的货几号自动收货，付了1288手续费多少', [], day)\n"
        "assert 'jionlp' not in sys.modules\n"
        "understand('中秋国内发的货几号自动收货', [], day)\n"
        "assert 'jionlp' in sys.modules\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == ""
