"""Searching the index: what is found, and what no longer is."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.pipeline import MerchantBot
from bot.platforms import Platforms
from bot.retrieval import HybridRetriever
from ingest.chunks import ChunkSettings
from ingest.embedders import Embedder
from ingest.index import open_index
from ingest.settings import Settings
from ingest.sync import manifest_of, sync
from tests.conftest import ROOT
from tests.fakes import CharacterEmbedder, local_settings, write_article

EMBEDDER = CharacterEmbedder()
PLATFORMS = Platforms({"小红书": ("小红书", "xhs"), "亚马逊": ("亚马逊",)}, {"抖音": ("抖音",)})
SYNC = """
import sys
from pathlib import Path
from ingest.sync import sync
from tests.fakes import CharacterEmbedder, local_settings
settings = local_settings(Path(sys.argv[1]), Path(sys.argv[2]))
sync(settings, CharacterEmbedder(), rebuild="rebuild" in sys.argv)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    corpus = tmp_path / "corpus"
    write_article(corpus, "settle", "## 周期\n\n结算周期是一个自然月。", platform="小红书")
    write_article(corpus, "prime", "## 会员日\n\n会员日有4种玩法。", platform="亚马逊")
    write_article(corpus, "fee", "## 费率\n\n支付渠道费是0.7%。", questions={"费率": ["扣几个点"]})
    settings = local_settings(corpus, tmp_path / "data")
    sync(settings, EMBEDDER)
    return settings


def retriever_of(settings: Settings) -> HybridRetriever:
    index = open_index(settings, manifest_of(EMBEDDER, ChunkSettings()))
    index.attach()
    return HybridRetriever(index, EMBEDDER, PLATFORMS)


def sync_elsewhere(settings: Settings, *more: str) -> None:
    arguments = [str(settings.corpus_dir), str(settings.data_dir), *more]
    subprocess.run([sys.executable, "-c", SYNC, *arguments], cwd=ROOT, check=True)


def texts(retriever: HybridRetriever, question: str) -> list[str]:
    return [passage.text for passage in retriever.search(question).passages]


def test_every_passage_is_an_exact_slice_of_its_article(settings: Settings) -> None:
    retriever = retriever_of(settings)
    for passage in retriever.search("结算周期").passages:
        text = retriever.article_text(passage.article_id)
        assert text is not None and text[passage.start : passage.end] == passage.text


def test_the_best_passage_comes_first_and_scores_fall(settings: Settings) -> None:
    found = retriever_of(settings).search("结算周期是多久").passages
    assert found[0].article_id == "settle"
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)


def test_a_passage_is_found_by_the_words_merchants_use_for_it(settings: Settings) -> None:
    found = {p.text: p.asked for p in retriever_of(settings).search("扣几个点").passages}
    assert found.pop("支付渠道费是0.7%。") == pytest.approx(1, abs=1e-5)
    assert found and all(asked == 0 for asked in found.values())


def test_naming_a_platform_prefers_its_articles(settings: Settings) -> None:
    retriever = retriever_of(settings)
    plain = {p.article_id: p.score for p in retriever.search("有哪些规则和办法").passages}
    named = {p.article_id: p.score for p in retriever.search("亚马逊有哪些规则和办法").passages}
    assert named["prime"] - plain["prime"] > named["settle"] - plain["settle"]


def test_a_deleted_article_stops_answering_a_bot_that_is_running(settings: Settings) -> None:
    retriever = retriever_of(settings)
    assert "结算周期是一个自然月。" in texts(retriever, "结算周期")
    (settings.corpus_dir / "settle.md").unlink()
    sync(settings, EMBEDDER)
    assert "结算周期是一个自然月。" not in texts(retriever, "结算周期")
    assert retriever.article_text("settle") is None
    assert not retriever.lexical().knows("自然")


def test_what_another_process_syncs_is_seen_by_the_next_question(settings: Settings) -> None:
    retriever = retriever_of(settings)
    assert texts(retriever, "结算周期")[0] == "结算周期是一个自然月。"
    (settings.corpus_dir / "prime.md").unlink()
    write_article(settings.corpus_dir, "settle", "## 周期\n\n结算周期改成了半个月。")
    write_article(settings.corpus_dir, "new", "## 保证金\n\n保证金是一万元。")
    sync_elsewhere(settings)
    assert texts(retriever, "结算周期")[0] == "结算周期改成了半个月。"
    best = retriever.search("保证金是多少").passages[0]
    assert best.text == "保证金是一万元。" and best.dense > 0.5
    left = set(texts(retriever, "结算周期 会员日 自然月"))
    assert left.isdisjoint({"结算周期是一个自然月。", "会员日有4种玩法。"})


def test_an_article_added_by_another_process_is_found_by_its_meaning(settings: Settings) -> None:
    retriever = retriever_of(settings)
    # Not a word in common: only its vector leads there.
    assert "保证金是一万元。" not in texts(retriever, "金证保")
    write_article(settings.corpus_dir, "new", "## 押金\n\n保证金是一万元。")
    sync_elsewhere(settings)
    assert "保证金是一万元。" in texts(retriever, "金证保")


def test_what_a_killed_sync_left_behind_is_not_answered_from(
    settings: Settings, tmp_path: Path
) -> None:
    before = set(texts(retriever_of(settings), "结算周期"))
    kept = "## 周期\n\n结算周期是一个自然月。"
    write_article(settings.corpus_dir, "settle", f"{kept}\n\n## 例外\n\n结算周期也有例外。")
    folders = [str(folder) for folder in (settings.corpus_dir, settings.data_dir, tmp_path / "k")]
    subprocess.run(
        [sys.executable, "-m", "tests.ingest.killed_sync", *folders], cwd=ROOT, check=True
    )
    seen = set()
    for data_dir in (tmp_path / "k").iterdir():
        found = texts(retriever_of(local_settings(settings.corpus_dir, data_dir)), "结算周期")
        assert len(found) == len(set(found))
        seen.add(frozenset(found))
    assert seen == {frozenset(before), frozenset({*before, "结算周期也有例外。"})}


def test_an_index_rebuilt_by_another_process_goes_on_answering(settings: Settings) -> None:
    retriever = retriever_of(settings)
    before = texts(retriever, "结算周期")
    sync_elsewhere(settings, "rebuild")
    assert texts(retriever, "结算周期") == before


def test_the_same_articles_put_back_are_found_again(settings: Settings) -> None:
    retriever = retriever_of(settings)
    path = settings.corpus_dir / "settle.md"
    content = path.read_text(encoding="utf-8")
    path.unlink()
    sync_elsewhere(settings)
    path.write_text(content, encoding="utf-8")
    sync_elsewhere(settings)
    assert texts(retriever, "结算周期")[0] == "结算周期是一个自然月。"


def test_questions_are_answered_while_another_process_writes(settings: Settings) -> None:
    retriever = retriever_of(settings)
    assert texts(retriever, "结算周期")
    done = threading.Event()

    def keep_writing() -> None:
        for number in range(3):
            write_article(settings.corpus_dir, "settle", f"## 周期\n\n结算周期是{number}个月。")
            write_article(settings.corpus_dir, f"more{number}", f"## 更多\n\n更多规则{number}。")
            sync_elsewhere(settings)
        done.set()

    writer = threading.Thread(target=keep_writing)
    writer.start()
    asked = 0
    while not done.is_set():
        for passage in retriever.search("结算周期是几个月").passages:
            assert passage.text
        asked += 1
    writer.join()
    assert asked > 3
    assert texts(retriever, "结算周期是2个月")[0] == "结算周期是2个月。"


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    settings = local_settings(tmp_path / "corpus", tmp_path / "data")
    sync(settings, EMBEDDER)
    assert texts(retriever_of(settings), "结算周期") == []


def test_no_question_finds_a_sentence_of_a_deleted_article(
    own_corpus_settings: Settings, embedder: Embedder
) -> None:
    from bot.assembly import open_bot

    path = own_corpus_settings.corpus_dir / "xiaohongshu" / "settlement.md"
    questions = ["小红书多久结算一次", "几个点", "支付渠道费收多少", "自动确认收货几天", "延长收货"]
    bot = open_bot(own_corpus_settings, embedder=embedder)
    text = bot.retriever.article_text("xiaohongshu/settlement")
    assert text is not None
    assert {c.article_id for c in bot.ask(questions[0]).citations} == {"xiaohongshu/settlement"}
    path.unlink()
    sync(own_corpus_settings, embedder)
    assert "xiaohongshu/settlement" not in {c.article_id for c in bot.ask(questions[0]).citations}
    for question in questions:
        found = bot.retriever.search(question, 100).passages
        assert all(passage.text not in text for passage in found)


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("小红书几天自动确认收货", "xiaohongshu/settlement"),
        ("小紅書幾多日自動確認收貨", "xiaohongshu/settlement"),
        ("客服几点上班才考核", "xiaohongshu/customer-service"),
        ("Prime Day有哪些玩法", "amazon/prime-day"),
        ("个人能不能开小商店", "weixin/open-personal"),
    ],
)
def test_merchants_questions_find_the_right_article_first(
    bot: MerchantBot, question: str, article: str
) -> None:
    assert bot.retriever.search(question).passages[0].article_id == article


def test_every_citation_is_character_exact(bot: MerchantBot) -> None:
    asked = ["小红书多久结算一次", "31个大类有哪些", "自主客服的11种违规行为", "怎么申请平台介入"]
    cited = [citation for question in asked for citation in bot.ask(question).citations]
    assert len(cited) >= len(asked)
    for citation in cited:
        text = bot.retriever.article_text(citation.article_id)
        assert text is not None and text[citation.start : citation.end] == citation.quote


def test_what_the_talk_is_of_gains_only_within_its_article(settings: Settings) -> None:
    retriever = retriever_of(settings)
    before = {passage.id: passage.score for passage in retriever.search("周期").passages}
    (talked_of,) = retriever.passages_of("settle")
    after = retriever.search("周期", talked_of=talked_of).passages
    gained = {passage.article_id for passage in after if passage.score > before[passage.id]}
    assert gained == {"settle"}
