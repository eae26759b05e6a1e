"""Passages: nothing lost, nothing changed, and cut where a reader would cut."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.articles import Article
from ingest.chunks import Chunk, ChunkSettings, cut
from ingest.markdown import read_blocks

WORDS = st.text(alphabet="甲乙丙 店铺结算ab7.。！？；，：:…”)\t\u3000é🙂`*[]()|<>&#", max_size=60)
SMALL = ChunkSettings(passage=30, listing=60)


def article(text: str) -> Article:
    return Article("平台/篇", "标题", "小红书", text, "0" * 64)


def passages(text: str, settings: ChunkSettings | None = None) -> list[Chunk]:
    return cut(article(text), settings or ChunkSettings())


KINDS: tuple[Callable[[list[str]], str], ...] = (
    lambda lines: f"## {lines[0]}",
    lambda lines: f"{lines[0]}\n===",
    lambda lines: f"#### {lines[0]} ####",
    "\n".join,
    lambda lines: "\n".join(f"- {line}" for line in lines),
    lambda lines: "\n\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1)),
    lambda lines: "- 外\n" + "\n".join(f"  - {line}\n    续{line}" for line in lines),
    lambda lines: "一 | 二\n--- | ---\n" + "\n".join(f"{line} | x" for line in lines),
    lambda lines: "```\n" + "\n".join(lines) + "\n```",
    lambda lines: "\n".join(f"    {line}" for line in lines),
    lambda lines: "<div>\n" + "\n".join(lines) + "\n</div>",
    lambda lines: "\n".join(f"> {line}" for line in lines),
    lambda lines: f"[引]: http://example.com/{len(lines)} '{lines[0]}'",
    lambda lines: "---",
    lambda lines: f"{lines[0]}：\n\n- 甲项\n- 乙项",
    lambda lines: "\t- 制表\n\f\v",
)


@st.composite
def blocks(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(KINDS))
    lines = draw(st.lists(WORDS, min_size=1, max_size=4))
    return kind(lines)


TEXTS = st.lists(blocks(), max_size=8).flatmap(
    lambda parts: st.sampled_from(["\n\n", "\n", "\r\n\r\n", "\r\n", "\r"]).map(
        lambda between: between.join(
            part.replace("\n", between[: len(between) // 2 or 1]) for part in parts
        )
    )
)


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.sampled_from([ChunkSettings(), SMALL, ChunkSettings(passage=7, listing=9)]))
@example("[只有]: http://example.com/x", SMALL)
@example("- \n- \n", SMALL)
@example("> # 引文里的标题\n> 正文", SMALL)
@example("1. 甲\n\n   ```\n   码\n   ```\n2. 乙", SMALL)
@example("甲" + " " * 40 + "乙", SMALL)
@example("甲。\r乙。\r\n丙。", SMALL)
@example("a\x85b\u2028c\x1cd", SMALL)
def test_every_character_outside_headings_lies_in_exactly_one_passage(
    text: str, sizes: ChunkSettings
) -> None:
    found = passages(text, sizes)
    times = [0] * len(text)
    for chunk in found:
        assert chunk.text == text[chunk.start : chunk.end]
        for at in range(chunk.start, chunk.end):
            times[at] += 1
    in_headings = [False] * len(text)
    for block in read_blocks(text):
        if block.kind == "heading":
            in_headings[block.start : block.end] = [True] * (block.end - block.start)
    for at, char in enumerate(text):
        expected = 0 if in_headings[at] else 1
        assert char.isspace() or times[at] == expected, (at, char)
    assert len({chunk.id for chunk in found}) == len(found)
    assert all(chunk.text.strip() == chunk.text != "" for chunk in found)
    assert [chunk.start for chunk in found] == sorted(chunk.start for chunk in found)


def test_a_heading_alone_makes_no_passage() -> None:
    found = passages("# 空的\n\n## 有字的\n\n正文。\n\n## 又一个空的\n")
    assert [(chunk.section, chunk.text) for chunk in found] == [("空的 › 有字的", "正文。")]


def test_a_passage_never_reaches_over_a_heading() -> None:
    found = passages("## 一\n\n短。\n\n## 二\n\n也短。")
    assert [(chunk.heading, chunk.text) for chunk in found] == [("一", "短。"), ("二", "也短。")]


def test_a_deeper_heading_keeps_the_ones_above_it() -> None:
    found = passages("# 上\n\n## 中\n\n甲。\n\n### 下\n\n乙。\n\n## 旁\n\n丙。")
    assert [chunk.section for chunk in found] == ["上 › 中", "上 › 中 › 下", "上 › 旁"]


def test_a_list_stays_with_the_line_that_leads_in_to_it() -> None:
    before = "这一段很长，" * 40 + "完。"
    found = passages(f"{before}\n\n要准备以下材料：\n\n- 营业执照\n- 身份证\n")
    assert found[-1].text == "要准备以下材料：\n\n- 营业执照\n- 身份证"
    assert "要准备以下材料" not in found[0].text


def test_the_last_sentence_before_a_list_leads_in_to_it_without_the_others() -> None:
    text = "甲。" * 60 + "分为2种：\n\n- 一\n- 二"
    assert passages(text, SMALL)[-1].text == "分为2种：\n\n- 一\n- 二"


def test_a_list_that_is_too_long_is_parted_between_its_items() -> None:
    items = [f"- 第{n}种违规行为，后果自负" for n in range(1, 12)]
    found = passages("违规有以下11种：\n\n" + "\n".join(items), SMALL)
    assert len(found) > 1
    whole = [line for chunk in found for line in chunk.text.splitlines() if line.startswith("-")]
    assert whole == items


def test_the_later_parts_of_a_list_are_found_by_its_lead_in() -> None:
    items = "\n".join(f"- 第{n}种违规行为，后果自负" for n in range(1, 12))
    first, *others = passages(f"违规有以下11种：\n\n{items}", SMALL)
    assert first.text.startswith("违规有以下11种：")
    assert "违规有以下11种：" not in first.context
    assert others and all(chunk.context.endswith("违规有以下11种：") for chunk in others)
    assert all("违规有以下11种" not in chunk.text for chunk in others)


def test_title_and_headings_are_embedded_and_not_quoted() -> None:
    (chunk,) = passages("## 结算周期\n\n一个自然月。")
    assert chunk.embedded_text == "标题\n结算周期\n一个自然月。"
    assert chunk.text == "一个自然月。"


def test_a_long_sentence_is_parted_after_a_comma() -> None:
    sentence = "，".join(["十个字的一个小分句吧"] * 12) + "。"
    found = passages(sentence, ChunkSettings(passage=60, listing=60))
    assert len(found) > 1
    assert all(re.search(r"[，。]$", chunk.text) for chunk in found)


def test_a_number_is_not_parted_at_its_comma_or_point() -> None:
    text = "费率是0.7%，金额1,234.50元。" * 8
    found = passages(text, ChunkSettings(passage=20, listing=20))
    assert all(chunk.text.count("0.7%") == chunk.text.count("费率是") for chunk in found)
    assert sum(chunk.text.count("1,234.50元") for chunk in found) == 8


def test_short_neighbours_share_a_passage_and_long_ones_do_not() -> None:
    assert len(passages("甲。\n\n乙。\n\n丙。")) == 1
    assert len(passages("\n\n".join(["这一段有三十多个字，" * 4 + "完。"] * 8))) > 1


def test_another_version_of_an_article_has_other_passage_ids() -> None:
    one = cut(Article("a", "t", "p", "正文。", "1" * 64), ChunkSettings())
    two = cut(Article("a", "t", "p", "正文。", "2" * 64), ChunkSettings())
    assert {chunk.id for chunk in one}.isdisjoint(chunk.id for chunk in two)


def test_other_sizes_have_another_fingerprint() -> None:
    assert ChunkSettings().fingerprint != SMALL.fingerprint
