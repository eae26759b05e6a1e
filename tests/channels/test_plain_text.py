"""Answers as a chat shows them."""

from __future__ import annotations

import pytest

from bot.answers import Answer, Citation
from bot.server.channels.plain_text import body_of, plain_text, sources_of


def citation(n: int, title: str = "结算", url: str | None = None) -> Citation:
    """A citation; where in the article does not matter."""
    return Citation(n, "x/y", title, "节", "句", 0, 1, None, url)


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("是**一个月**，*不是*两个。[1]", "是一个月，不是两个。[1]"),
        ("# 标题\n\n正文", "标题\n\n正文"),
        ("用 `--port` 换", "用 --port 换"),
        ("```\na = 1\n```", "a = 1"),
        ("1. 甲\n2. 乙", "1. 甲\n2. 乙"),
        ("3. 甲\n4. 乙", "3. 甲\n4. 乙"),
        ("- 甲\n- 乙\n  - 丙", "· 甲\n· 乙\n  · 丙"),
        ("> 引用", "引用"),
        ("甲\n\n---\n\n乙", "甲\n\n乙"),
        ("| 项 | 费率 |\n|---|---|\n| 渠道费 | 0.7% |", "项: 渠道费；费率: 0.7%"),
        ("见[规则](https://a.cn/b)。", "见规则 (https://a.cn/b)。"),
        ("<https://a.cn/b>", "https://a.cn/b"),
        ("[点这里](javascript:alert)", "[点这里](javascript:alert)"),
        ("[点这里](/articles/1)", "点这里"),
        ("![图](https://a.cn/b.png)", "图 (https://a.cn/b.png)"),
        ("一行\n另一行", "一行\n另一行"),
        ("<b>不是标签</b> & 3 < 5", "<b>不是标签</b> & 3 < 5"),
        (r"3 \* 5", "3 * 5"),
        ("", ""),
    ],
)
def test_markdown_loses_its_marks_and_keeps_what_it_says(markdown: str, plain: str) -> None:
    assert plain_text(markdown) == plain


def test_only_cited_articles_are_sources_each_once() -> None:
    cited = (citation(1), citation(2), citation(3, "纠纷"), citation(4, "客服"))
    answer = Answer("answered", "一。[1] 二。[2] 三。[4]", cited)
    assert sources_of(answer, markdown=False) == "来源：\n[1][2] 结算\n[4] 客服"


def test_an_answer_without_marks_has_no_sources() -> None:
    assert sources_of(Answer("not_found", "没有。", (citation(1),)), markdown=False) == ""


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://a.cn", "https://", "https://a.cn/\nb", "https://[", "/a"]
)
def test_a_source_shows_web_addresses_only(url: str) -> None:
    answer = Answer("answered", "[1]", (citation(1, url=url),))
    assert sources_of(answer, markdown=False) == "来源：\n[1] 结算"
    assert sources_of(answer, markdown=True) == "来源：\n[1] 结算"


def test_a_title_can_neither_break_the_line_nor_the_link() -> None:
    hostile = citation(1, "标\n题\x07](https://evil.cn) **x**", "https://a.cn/b_(c)")
    answer = Answer("answered", "[1]", (hostile,))
    plain, markdown = (sources_of(answer, markdown=flag) for flag in (False, True))
    assert plain == "来源：\n[1] 标 题 ](https://evil.cn) **x** https://a.cn/b_(c)"
    assert markdown == (
        "来源：\n[1] [标 题 \\]\\(https://evil.cn\\) \\*\\*x\\*\\*](https://a.cn/b_%28c%29)"
    )


def test_what_is_asked_back_comes_with_its_replies() -> None:
    answer = Answer("clarify", "哪种？", suggestions=("个人", "企业"))
    assert body_of(answer, markdown=False) == "哪种？\n\n可以回复：个人 / 企业"
    assert body_of(Answer("not_found", "没有。", suggestions=("甲",)), markdown=True) == "没有。"
