"""Platforms as merchants name them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BotError
from bot.platforms import Platforms, load_platforms
from tests.conftest import CORPUS


@pytest.fixture(scope="module")
def platforms() -> Platforms:
    return load_platforms(CORPUS)


@pytest.mark.parametrize(
    ("text", "own", "others"),
    [
        ("小红书几天结算", {"小红书"}, set()),
        ("小紅書幾天結算", {"小红书"}, set()),
        ("XHS的渠道费", {"小红书"}, set()),
        ("抖音和淘宝呢", set(), {"抖音", "淘宝"}),
        ("小店怎么开", set(), set()),
        ("视频号小店怎么开", set(), {"视频号"}),
        ("TikTok Shop fee", set(), {"TikTok Shop"}),
        ("what is covered here", set(), set()),
        ("PRIME DAY有啥玩法", {"亚马逊"}, set()),
        ("", set(), set()),
    ],
)
def test_names_are_read_as_merchants_write_them(
    platforms: Platforms, text: str, own: set[str], others: set[str]
) -> None:
    assert set(platforms.named(text)) == own
    assert set(platforms.named_others(text)) == others


def test_the_corpus_s_own_platforms_are_left_out_of_what_is_searched(platforms: Platforms) -> None:
    assert platforms.without_names("小红书 多久结算") == "多久结算"
    assert platforms.without_names("抖音多久结算") == "抖音多久结算"
    assert platforms.without_names("小红书") == "小红书"


def test_a_corpus_without_the_file_knows_no_names(tmp_path: Path) -> None:
    assert load_platforms(tmp_path).named("小红书") == frozenset()


@pytest.mark.parametrize(
    "content",
    ["platforms: [小红书]", "platform: {}", "platforms: {小红书: {alias: [x]}}", "a: [", "\udcff"],
)
def test_a_malformed_file_is_named(tmp_path: Path, content: str) -> None:
    raw = content.encode("utf-8", "surrogateescape")
    (tmp_path / "platforms.yaml").write_bytes(raw)
    with pytest.raises(BotError, match=r"platforms\.yaml.*CONTRIBUTING"):
        load_platforms(tmp_path)
