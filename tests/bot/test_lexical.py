"""Ranking by shared words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.lexical import Document, LexicalIndex, Segment

DOCUMENTS = [
    ("cycle", "小红书的结算周期是一个自然月"),
    ("fee", "小红书的支付渠道费是0.7%"),
    ("prime", "亚马逊Prime Day有4种玩法"),
]


def ids(index: LexicalIndex, question: str, count: int = 10) -> list[str]:
    return [hit.passage_id for hit in index.search(question, count)]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex(DOCUMENTS)


@pytest.mark.parametrize(
    ("question", "best"),
    [("结算周期", "cycle"), ("結算週期", "cycle"), ("0.7%", "fee"), ("PRIME day", "prime")],
)
def test_the_passage_sharing_most_words_comes_first(
    index: LexicalIndex, question: str, best: str
) -> None:
    hits = index.search(question, 10)
    assert hits[0].passage_id == best and hits[0].share == 1.0
    assert [hit.share for hit in hits] == sorted((hit.share for hit in hits), reverse=True)


def test_passages_sharing_nothing_are_left_out(index: LexicalIndex) -> None:
    assert ids(index, "结算周期") == ["cycle"]
    assert ids(index, "完全无关") == [] and ids(index, "") == []


def test_no_more_than_asked_for_come_back(index: LexicalIndex) -> None:
    assert len(ids(index, "小红书的", 1)) == 1
    assert set(ids(index, "小红书的", 99)) == {"cycle", "fee"}


def test_an_index_of_nothing_finds_nothing() -> None:
    for empty in (LexicalIndex([]), LexicalIndex([("a", "，。")])):
        assert empty.search("结算", 5) == [] and not empty.knows("结算")


def test_a_rare_word_tells_more_than_one_found_everywhere(index: LexicalIndex) -> None:
    assert index.weight("小红") < index.weight("周期") < index.weight("从未见过")
    assert index.weight("小红") > 0


def test_coverage_is_the_weighted_share_of_the_words_held(index: LexicalIndex) -> None:
    asked = ["结算", "周期"]
    assert index.coverage(asked, {"结算", "周期", "别的"}) == 1.0
    assert index.coverage(asked, set()) == 0.0
    assert 0 < index.coverage(asked, {"结算"}) < 1
    assert index.coverage([], {"结算"}) == 0.0


SENTENCES = [
    f"第{n}条：{'结算周期' * (n % 3)}小红书{'的费率' * (n % 4)}是{n % 7}%，Prime Day{n % 5}天"
    for n in range(60)
]


def test_scores_are_those_of_bm25s() -> None:
    import bm25s

    from bot.text import terms

    documents = [list(terms(text)) for text in SENTENCES]
    ranker = bm25s.BM25()
    ranker.index(documents, show_progress=False)
    asked = "小红书结算周期 费率 3% prime"
    scores = ranker.get_scores(sorted(set(terms(asked))))
    hits = LexicalIndex((str(n), text) for n, text in enumerate(SENTENCES)).search(asked, 60)
    expected = {str(n): score / scores.max() for n, score in enumerate(scores) if score > 0}
    assert {hit.passage_id: hit.share for hit in hits} == pytest.approx(expected, rel=1e-4)


def test_pieces_with_dead_passages_rank_like_the_living_ones_indexed_at_once() -> None:
    documents = [Document(str(n), text, f"a{n // 6}", "v") for n, text in enumerate(SENTENCES)]
    pieces = [Segment.of(documents[:24]), Segment.of(documents[24:50]), Segment.of(documents[50:])]
    gone = {"a1", "a5", "a9"}
    dead = [{owned for owned in piece.owned if owned.article_id in gone} for piece in pieces]
    split = LexicalIndex(segments=pieces, dead=dead)
    living = [(d.passage_id, d.text) for d in documents if d.article_id not in gone]
    whole = LexicalIndex(living)
    for asked in ("结算周期几天", "费率是6%", "第12条 prime"):
        assert split.search(asked, 60) == whole.search(asked, 60)
    assert [split.weight(t) for t in ("结算", "6%")] == [whole.weight(t) for t in ("结算", "6%")]
    assert sorted(split.common_terms(least=3)) == sorted(whole.common_terms(least=3))


def test_a_saved_piece_is_the_same_when_mapped_again(tmp_path: Path) -> None:
    piece = Segment.of(Document(str(n), text, "a", "v") for n, text in enumerate(SENTENCES))
    piece.save(tmp_path / "piece")
    mapped = LexicalIndex(segments=[Segment.open(tmp_path / "piece")])
    asked = "结算周期 6% prime"
    assert mapped.search(asked, 60) == LexicalIndex(segments=[piece]).search(asked, 60)
    assert isinstance(Segment.open(tmp_path / "piece").postings, np.memmap)
