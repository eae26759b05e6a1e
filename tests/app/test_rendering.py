"""Answers as HTML: marks lead to passages, and what was said or written stays text."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot import Answer, Citation
from bot.answers import Status
from bot.tools import TOOLS, run_tool
from page.conversation import Exchange
from page.labels import RESULTS, input_rows, spoken, tool_title
from page.marks import render_text
from page.rendering import render_conversation, render_reply
from page.words import load_words
from tests.app.fakes import QUOTE, calculation, citation
from tests.rules.corpus import rules

_ZH = load_words("zh")
_EN = load_words("en")


def _render(text: str, *citations: Citation) -> str:
    return str(render_text(text, citations))


def _reply(answer: Answer) -> str:
    return render_reply(Exchange("问", answer), _ZH)


def test_a_mark_is_a_link_to_the_quote_in_its_article() -> None:
    html = _render(f"{QUOTE}[1]", citation())
    assert (
        f'href="articles/%E5%B9%B3%E5%8F%B0/%E8%B4%B9%20%E7%94%A8?start={citation().start}&amp;'
        in html
    )
    assert ">[1]</a>" in html


def test_a_number_in_brackets_that_cites_nothing_stays_text() -> None:
    html = _render("见[2]和[1]。", citation())
    assert "见[2]和<a" in html


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "行内 <b onclick=x>字</b>"],
)
def test_html_in_an_answer_stays_text(text: str) -> None:
    html = _render(text)
    assert "<script" not in html
    assert "<img" not in html
    assert "<b" not in html
    assert "&lt;" in html


def test_a_picture_in_an_answer_is_not_fetched() -> None:
    assert "<img" not in _render("![图](https://example.com/a.png)")


def test_an_address_that_would_run_code_is_no_link() -> None:
    assert "href" not in _render("[点我](javascript:alert(1))")


def test_a_line_that_defines_a_link_does_not_turn_marks_into_it() -> None:
    html = _render("文字[1]\n\n[1]: https://example.com", citation())
    assert "https://example.com" in html
    assert 'href="https://example.com' not in html


def test_a_list_in_an_answer_becomes_a_list() -> None:
    html = _render("要交：\n\n- 身份证\n- 银行卡 [1]", citation())
    assert html.count("<li>") == 2


@pytest.mark.parametrize(
    ("status", "badge"),
    [("not_found", "知识库里没有"), ("clarify", "还差一点信息"), ("rejected", "没有读懂")],
)
def test_an_answer_that_is_none_looks_like_it(status: Status, badge: str) -> None:
    html = _reply(Answer(status, "文字"))
    assert f"answer--{status}" in html
    assert badge in html


def test_an_answer_lists_its_sources_escaped_and_with_their_age() -> None:
    cited = replace(citation(), published="2021-10", source_url="https://example.com/a?b=1&c=2")
    html = _reply(Answer("answered", f"{QUOTE}[1]", citations=(cited,)))
    assert "《费用 &amp; &lt;结算&gt;》" in html
    assert "发布于 2021-10" in html
    assert 'href="https://example.com/a?b=1&amp;c=2"' in html


def test_a_source_that_is_no_web_address_is_no_link() -> None:
    cited = replace(citation(), source_url="javascript:alert(1)")
    html = _reply(Answer("answered", f"{QUOTE}[1]", citations=(cited,)))
    assert "javascript" not in html


def test_a_calculation_shows_inputs_steps_result_assumptions_and_the_sentence() -> None:
    answer = Answer(
        "calculated", "手续费0.70元", citations=(citation(),), calculations=(calculation(),)
    )
    html = _reply(answer)
    for shown in ("支付渠道费", "100.00", "0.70", "99.30", "100.00元 × 0.7% = 0.7元"):
        assert shown in html
    assert "按实付金额收取" in html
    assert "实付金额" in html
    assert f"“{QUOTE}”" in html
    assert "data-passage" in html


def test_a_rule_whose_sentence_is_gone_is_shown_without_a_link() -> None:
    answer = Answer("calculated", "文字", calculations=(calculation(),))
    html = _reply(answer)
    assert f"“{QUOTE}”" in html
    assert "data-passage" not in html


def test_values_are_spoken_as_merchants_read_them() -> None:
    choices = {"overseas": "境外发货", "ordinary": "一般商品"}
    assert spoken(True, choices, _ZH) == "是"
    assert spoken(None, choices, _ZH) == "无"
    assert spoken("overseas", choices, _ZH) == "境外发货"
    assert spoken(["ordinary", "2021-10"], choices, _ZH) == "一般商品、2021-10"
    assert spoken({"08:59": False, "09:00": True}, choices, _ZH) == "08:59：否；09:00：是"
    assert spoken([], choices, _ZH) == "无"


def test_inputs_are_named_as_the_tool_names_them() -> None:
    given = {"transaction_success": "2021-11-01", "goods": ["sanbao"], "special_case": None}
    assert input_rows("dispute_window", given, _ZH) == [
        ("交易成功日", "2021-11-01"),
        ("商品情况", "属于“三包”的商品"),
        ("特殊情形", "无"),
    ]


def test_a_tool_nobody_knows_is_shown_by_its_own_names() -> None:
    assert tool_title("new_tool", _ZH) == "new_tool"
    assert input_rows("new_tool", {"size": 3}, _ZH) == [("size", "3")]


@pytest.mark.parametrize("name", sorted(TOOLS))
def test_every_result_of_every_tool_has_a_chinese_title(name: str) -> None:
    fields = TOOLS[name].inputs.model_fields
    given = {field: info.examples[0] for field, info in fields.items() if info.examples}
    worked = run_tool(name, given, today=dt.date(2021, 11, 5), rules=rules())
    assert worked.result.keys() <= RESULTS.keys()


def test_what_a_visitor_typed_is_shown_escaped() -> None:
    typed = "<script>alert(1)</script>"
    waiting = render_conversation((), _ZH, asking=typed, waiting="正在查找…")
    said = render_conversation([Exchange(typed, None, problem="坏了")], _ZH)
    for html in (waiting, said):
        assert "<script>" not in html
        assert "&lt;script&gt;" in html


def test_before_the_first_question_the_page_says_what_it_knows() -> None:
    assert "想查哪条规则" in render_conversation((), _ZH)
    assert "想查哪条规则" not in render_conversation((), _ZH, asking="问")
