"""Which case a question leaves open, and what follow-ups replace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.distinctions import Distinctions, load_distinctions
from bot.errors import BotError
from tests.bot.passages import passage

FILE = """
distinctions:
  - question: 个人还是企业？
    options:
      - {label: 个人开店, words: [个人, 自己], articles: [a/personal]}
      - {label: 企业开店, words: [企业, 公司], articles: [a/company]}
"""


@pytest.fixture
def distinctions(tmp_path: Path) -> Distinctions:
    (tmp_path / "distinctions.yaml").write_text(FILE, encoding="utf-8")
    return load_distinctions(tmp_path)


def found(**scores: float) -> list:  # type: ignore[type-arg]
    """Passages of the two articles with the given scores, best first."""
    base = passage("文字")
    entries = [replace(base, article_id=f"a/{name}", score=score) for name, score in scores.items()]
    return sorted(entries, key=lambda entry: -entry.score)


def test_two_cases_found_alike_are_asked_for(distinctions: Distinctions) -> None:
    unsaid = distinctions.unsaid("怎么开店", found(personal=1.0, company=0.98), margin=0.05)
    assert unsaid is not None
    assert [option.label for option in unsaid.options] == ["个人开店", "企业开店"]


def test_a_case_that_was_said_is_not_asked_for(distinctions: Distinctions) -> None:
    passages = found(personal=1.0, company=0.98)
    assert distinctions.unsaid("公司怎么开店", passages, margin=0.05) is None


def test_one_case_clearly_found_is_not_asked_for(distinctions: Distinctions) -> None:
    passages = found(personal=1.0, company=0.9)
    assert distinctions.unsaid("怎么开店", passages, margin=0.05) is None


def test_a_question_about_something_else_is_not_asked_back(distinctions: Distinctions) -> None:
    passages = found(other=1.1, personal=1.0, company=0.99)
    assert distinctions.unsaid("渠道费多少", passages, margin=0.05) is None


def test_the_named_case_tells_which_articles_are_meant(distinctions: Distinctions) -> None:
    assert distinctions.articles_meant("我是公司") == {"a/company"}
    assert distinctions.articles_meant("个人和公司有啥区别") == frozenset()


def test_a_text_about_another_case_contradicts_the_question(distinctions: Distinctions) -> None:
    assert distinctions.contradicts("公司怎么开店", "个人开店只要身份证")
    assert distinctions.contradicts("公司怎么开店", "只要身份证", "a/personal")
    assert not distinctions.contradicts("公司怎么开店", "个人和企业的区别")
    assert not distinctions.contradicts("怎么开店", "个人开店只要身份证")


def test_a_case_that_is_only_denied_is_taken_out(distinctions: Distinctions) -> None:
    assert distinctions.without_denied("我问的是公司，不是个人") == "我问的是公司"
    assert distinctions.without_denied("不是个人") == "不是个人"


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "distinctions.yaml").write_text("distinctions: [{question: x}]", encoding="utf-8")
    with pytest.raises(BotError, match=r"distinctions\.yaml"):
        load_distinctions(tmp_path)


SIDE_BY_SIDE = """
distinctions:
  - question: 境内还是境外？
    overview: 几天自动收货
    options:
      - {label: 境内, words: [境内, 国内], sections: [境内几天]}
      - {label: 境外, words: [境外], sections: [境外几天]}
"""


def test_the_other_cases_stand_beside_an_answer_for_one_that_was_not_asked_for(
    tmp_path: Path,
) -> None:
    (tmp_path / "distinctions.yaml").write_text(SIDE_BY_SIDE, encoding="utf-8")
    distinctions = load_distinctions(tmp_path)
    of_one = replace(passage("12天"), heading="境内几天")
    assert distinctions.beside("几天自动收货", of_one) == ["几天自动收货", "境外几天"]
    assert distinctions.beside("国内几天自动收货", of_one) == []
    assert distinctions.beside("几天", replace(of_one, heading="别的")) == []
