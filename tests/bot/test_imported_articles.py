"""Articles that somebody imported, with no word of how merchants ask for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.assembly import open_bot
from bot.pipeline import MerchantBot
from ingest.embedders import Embedder
from ingest.importers import import_file
from ingest.sync import sync
from tests.fakes import local_settings

PAGE = """某平台直播带货要注意什么?

商家在该平台直播前，需要先缴纳五百元的场次押金。押金在直播结束后的第三个工作日原路退回。直播时长不得少于四十分钟，否则本场不计入考核。主播需要佩戴工牌，工牌由商家在后台的“主播管理”里申请，审核通过后快递寄出。
1234人已学习 5人已赞同

某平台怎么申请运费险?

运费险在商家后台的“保障中心”里开通，点击“立即加入”并签署协议即可。加入以后，买家退货时由保险公司按首重赔付运费。商家可以随时退出，退出后已经生成的订单仍然有效。
88人已学习
"""


@pytest.fixture(scope="module")
def imported(
    tmp_path_factory: pytest.TempPathFactory,
    models_dir: Path,
    embedder: Embedder,
) -> MerchantBot:
    folder = tmp_path_factory.mktemp("imported")
    page = folder / "page.txt"
    page.write_text(PAGE, encoding="utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "models").symlink_to(models_dir, target_is_directory=True)
    settings = local_settings(folder / "corpus", folder / "data")
    import_file(page, settings.corpus_dir, platform="某平台", folder="imported")
    sync(settings, embedder)
    return open_bot(settings, embedder=embedder)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("直播的押金什么时候退回", "第三个工作日"),
        ("运费险在哪里开通", "保障中心"),
        ("直播时长最少多久", "四十分钟"),
    ],
)
def test_an_imported_page_is_answered_from(
    imported: MerchantBot, question: str, expected: str
) -> None:
    answer = imported.ask(question)
    assert answer.status == "answered"
    assert expected in "".join(citation.quote for citation in answer.citations)


def test_the_counts_of_the_page_never_reach_an_answer(imported: MerchantBot) -> None:
    answer = imported.ask("有多少人已学习")
    assert "1234" not in answer.text
    assert "人已学习" not in "".join(citation.quote for citation in answer.citations)


def test_what_the_imported_page_does_not_say_is_refused(imported: MerchantBot) -> None:
    assert imported.ask("明天北京会下雨吗").status == "not_found"


def test_without_the_articles_of_the_rules_nothing_is_computed(imported: MerchantBot) -> None:
    answer = imported.ask("11月1号国内发的货几号自动收货")
    assert not answer.calculations
    assert imported.calculator.problem
