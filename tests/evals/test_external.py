"""The benchmark on foreign texts, with the real model and a real Chroma."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.platforms import Platforms
from bot.retrieval import HybridRetriever
from evals.errors import SquadError
from evals.external import External, Measured, run_external
from evals.removal import HidingRetriever
from evals.squad import read_squad
from ingest.chunks import ChunkSettings
from ingest.embedders import Embedder
from ingest.index import open_index
from ingest.settings import Settings
from ingest.sync import manifest_of, sync
from tests.fakes import CharacterEmbedder, local_settings, write_article

TEXTS = {
    "锣鼓经": (
        "锣鼓经是大陆传统器乐及戏曲里面常用的打击乐记谱方法。它以中文字的声音模拟敲击乐的声音，"
        "纪录打击乐的各种不同的演奏方法。常用的节奏型称为锣鼓点。"
    ),
    "广茂铁路": (
        "广茂铁路是中国广东省的一条铁路，东起广州，西到茂名。全长364公里，1991年全线通车。"
        "沿线经过佛山、肇庆、云浮和阳江。"
    ),
    "红茶菌": "# 红茶菌\n红茶菌是用红茶和糖水发酵的饮料。它喝起来又酸又甜。发酵要大约七天。",
    "信天翁": "信天翁是一种大型海鸟，翅膀张开可以超过三米。它们大部分时间在海上飞行。",
}
QUESTIONS = {
    "锣鼓经": ("锣鼓经用什么来模拟敲击乐的声音？", "中文字的声音"),
    "广茂铁路": ("广茂铁路有多长？", "364公里"),
    "红茶菌": ("红茶菌要发酵几天？", "七天"),
    "信天翁": ("信天翁的翅膀张开有多宽？", "超过三米"),
}


def squad_file(folder: Path) -> Path:
    data = [
        {
            "title": title,
            "paragraphs": [
                {
                    "context": text,
                    "qas": [
                        {
                            "id": f"q-{title}",
                            "question": QUESTIONS[title][0],
                            "answers": [
                                {
                                    "text": QUESTIONS[title][1],
                                    "answer_start": text.index(QUESTIONS[title][1]),
                                }
                            ],
                        }
                    ],
                }
            ],
        }
        for title, text in TEXTS.items()
    ]
    path = folder / "squad.json"
    path.write_text(json.dumps({"version": "1", "data": data}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def ran(
    tmp_path_factory: pytest.TempPathFactory,
    embedder: Embedder,
    corpus_settings: Settings,
) -> tuple[External, list[Measured]]:
    squad = read_squad(squad_file(tmp_path_factory.mktemp("squad")))
    return run_external(squad, corpus_settings, embedder)


def test_every_paragraph_is_found_and_every_citation_exact(
    ran: tuple[External, list[Measured]],
) -> None:
    summary, measured = ran
    assert (summary.paragraphs, summary.questions) == (4, 4)
    assert (summary.hit_1, summary.hit_5, summary.mrr_10) == (1, 1, 1)
    assert summary.citations_exact == 1
    assert [one.ranked[0] for one in measured] == [one.query.paragraph for one in measured]
    assert all(len(one.ranked) == 4 for one in measured)


def test_the_composed_answers_hold_what_people_marked(
    ran: tuple[External, list[Measured]],
) -> None:
    summary, measured = ran
    assert summary.gold_share == sum(one.holds_gold for one in measured) / 4
    assert next(one for one in measured if one.query.id == "q-信天翁").holds_gold
    assert 0 < summary.median_answer_length < 140
    assert not any("[1]" in one.answer for one in measured)


def test_a_question_is_less_sure_of_an_answer_when_its_paragraph_is_gone(
    ran: tuple[External, list[Measured]],
) -> None:
    summary, measured = ran
    assert summary.auroc_removed is not None
    assert summary.auroc_removed > 0.8
    assert all(one.confidence_removed != one.confidence for one in measured)
    assert summary.refused is not None
    assert summary.refused_removed is not None
    assert summary.refused <= summary.refused_removed


def test_the_limit_takes_questions_from_the_whole_file(tmp_path: Path) -> None:
    squad = read_squad(squad_file(tmp_path))
    assert [query.paragraph for query in squad.spread(2)] == ["p00000", "p00002"]
    assert squad.spread(None) == squad.spread(99) == squad.queries


def hiding(settings: Settings) -> tuple[HidingRetriever, HybridRetriever]:
    embedder = CharacterEmbedder()
    index = open_index(settings, manifest_of(embedder, ChunkSettings()))
    index.attach()
    nothing = Platforms({}, {})
    return HidingRetriever(index, embedder, nothing), HybridRetriever(index, embedder, nothing)


def test_hiding_an_article_ranks_as_if_it_were_deleted(tmp_path: Path) -> None:
    settings = local_settings(tmp_path / "corpus", tmp_path / "data")
    bodies = {f"a{n}": f"第{n}种货的运费是{n}元。第{n}种货三天发出。" for n in range(30)}
    for name, body in bodies.items():
        write_article(settings.corpus_dir, name, body)
    sync(settings, CharacterEmbedder())
    question = "第7种货的运费是几元"
    hider, _ = hiding(settings)
    best = hider.search(question).passages[0].article_id
    assert best == "a7"
    hider.hidden = best
    hidden = hider.search(question, count=5)

    (settings.corpus_dir / f"{best}.md").unlink()
    sync(settings, CharacterEmbedder())
    _, real = hiding(settings)
    deleted = real.search(question, count=5)
    assert [p.id for p in hidden.passages] == [p.id for p in deleted.passages]
    for one, other in zip(hidden.passages, deleted.passages, strict=True):
        assert one.score == pytest.approx(other.score, abs=0.01)
        assert one.dense == pytest.approx(other.dense, abs=1e-5)


def test_words_of_the_hidden_article_alone_are_unknown(tmp_path: Path) -> None:
    settings = local_settings(tmp_path / "corpus", tmp_path / "data")
    write_article(settings.corpus_dir, "one", "独有的鸵鸟毛。")
    write_article(settings.corpus_dir, "two", "共有的运费。")
    write_article(settings.corpus_dir, "three", "共有的天数。")
    sync(settings, CharacterEmbedder())
    hider, real = hiding(settings)
    assert hider.lexical().knows("鸵鸟")
    hider.hidden = "one"
    without = hider.lexical()
    assert not without.knows("鸵鸟")
    assert without.knows("共有")

    (settings.corpus_dir / "one.md").unlink()
    sync(settings, CharacterEmbedder())
    for term in ("鸵鸟", "共有", "运费"):
        assert without.weight(term) == pytest.approx(real.lexical().weight(term))


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"data": 3},
        {"data": [{"paragraphs": [{"context": "x"}]}]},
        {"data": []},
    ],
)
def test_a_file_of_another_layout_is_a_clear_error(tmp_path: Path, content: Any) -> None:
    path = tmp_path / "other.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(SquadError, match=r"other\.json"):
        read_squad(path)


def test_a_missing_or_broken_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SquadError, match="读不了"):
        read_squad(tmp_path / "none.json")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    with pytest.raises(SquadError, match="读不了"):
        read_squad(tmp_path / "broken.json")
