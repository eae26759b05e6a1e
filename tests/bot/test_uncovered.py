"""Topics no article covers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot import MerchantBot
from bot.errors import BotError
from bot.uncovered import Topic, Uncovered, load_uncovered
from evals.calibrate import labelled_questions
from evals.cases import load_cases
from ingest.embedders import Vectors
from ingest.settings import load_settings
from tests.fakes import CharacterEmbedder

TOPICS = (
    Topic("发票", ("发票抬头怎么填", "专票在哪里开"), ("发票",)),
    Topic("直播", ("直播间怎么装修",)),
)


def test_the_nearest_topic_is_that_of_the_most_alike_question() -> None:
    embedder = CharacterEmbedder()
    asked = embedder.embed_queries(["直播间怎么装修"])[0]
    near = Uncovered(TOPICS, embedder).near(asked, 1)[0]
    assert near is not None
    assert near.topic == "直播"
    assert near.similarity == pytest.approx(1.0, abs=1e-5)


def test_where_no_topic_is_listed_nothing_is_near(tmp_path: Path) -> None:
    embedder = CharacterEmbedder()
    nothing = load_uncovered(tmp_path, embedder)
    assert nothing.near(embedder.embed_queries(["发票"])[0], 1)[0] is None
    assert nothing.named("发票怎么开", "") is None


def test_vectors_are_kept_and_made_again_when_the_file_is_broken(tmp_path: Path) -> None:
    embedder = CharacterEmbedder()
    asked = embedder.embed_queries(["专票在哪里开"])[0]
    first = Uncovered(TOPICS, embedder, tmp_path).near(asked, 1)[0]
    [kept] = tmp_path.iterdir()
    assert np.load(kept).shape[0] == 3
    kept.write_bytes(b"half")
    assert Uncovered(TOPICS, embedder, tmp_path).near(asked, 1)[0] == first
    assert np.load(kept).shape[0] == 3


def test_the_nearest_ways_of_asking_come_first_and_no_more_than_there_are() -> None:
    embedder = CharacterEmbedder()
    uncovered = Uncovered(TOPICS, embedder)
    asked = embedder.embed_queries(["专票在哪里开"])[0]
    [best, second] = uncovered.near(asked, 2)[1]
    assert best @ asked == pytest.approx(1.0, abs=1e-5)
    assert second @ asked < best @ asked
    assert uncovered.near(asked, 60)[1].shape == (3, asked.size)
    assert Uncovered((), embedder).near(asked, 60)[1].shape == (0, asked.size)


def test_what_is_prepared_need_not_be_made_by_the_first_question(tmp_path: Path) -> None:
    class Broken(CharacterEmbedder):
        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            raise AssertionError(texts)

    embedder = CharacterEmbedder()
    Uncovered(TOPICS, embedder, tmp_path).prepare()
    asked = embedder.embed_queries(["专票在哪里开"])[0]
    near = Uncovered(TOPICS, Broken(), tmp_path).near(asked, 1)[0]
    assert near is not None
    assert near.topic == "发票"


def test_a_topic_is_named_by_its_word_unless_the_passage_holds_it() -> None:
    uncovered = Uncovered(TOPICS, CharacterEmbedder())
    assert uncovered.named("發票怎么开", "结算周期是一个自然月") == "发票"
    assert uncovered.named("发票怎么开", "还要有供货商的发票") is None


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "uncovered.yaml").write_text("uncovered: [{topic: 税}]", encoding="utf-8")
    with pytest.raises(BotError, match=r"uncovered\.yaml"):
        load_uncovered(tmp_path, CharacterEmbedder())


def test_no_topic_is_asked_for_in_the_words_of_a_question_it_is_judged_by() -> None:
    settings = load_settings()
    listed = set(load_uncovered(settings.corpus_dir, CharacterEmbedder()).questions)
    judged = {case.question for case in load_cases()}
    fitted = {question for question, _ in labelled_questions()}
    assert listed & (judged | fitted) == set()


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("货在路上被快递弄没了找谁赔", "物流丢件"),
        ("个人微信小商店注销要走什么流程", "注销"),
        ("小红书收入怎么缴税", "税"),
    ],
)
def test_a_question_about_a_topic_without_articles_is_refused_by_its_name(
    bot: MerchantBot, question: str, topic: str
) -> None:
    answer = bot.ask(question)
    assert answer.status == "not_found"
    assert answer.citations == ()
    assert topic in answer.text


def test_a_platform_s_question_is_not_answered_from_another_platform_s_article(
    bot: MerchantBot,
) -> None:
    assert bot.ask("小红书入驻要什么资质").status == "not_found"
    assert bot.ask("入驻要什么资质").status == "clarify"
