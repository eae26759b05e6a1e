"""Platforms as merchants name them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import BotError
from bot.platforms import Platforms, load_platforms
from bot.text import fold
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


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("得物渠道费几个点", "得物"),
        ("得物1000元渠道费扣多少", "得物"),
        ("转转自动确认收货几天", "转转"),
        ("那当当呢", "当当"),
        ("换成tb几天自动收货", "淘宝"),
        ("DY小店多久结算", "抖音"),
        ("What is the payment channel fee on Wish?", "Wish"),
        ("在转转开店要什么材料", "转转"),
        ("买家说在得物买到假货,多少天内能维权呀", "得物"),
        ("企业微信客服怎么考核", "企业微信"),
    ],
)
def test_an_ordinary_word_is_a_name_where_the_subject_stands(
    platforms: Platforms, text: str, named: str
) -> None:
    assert platforms.named_others(text) == {named}


@pytest.mark.parametrize(
    "text",
    [
        "我觉得物流太慢，多久自动收货",
        "稳稳当当收货要几天",
        "帮我转转货款多久到",
        "多多指教，渠道费几个点",
        "I wish to know the fee",
        "target audience怎么定",
        "小红书货款能打到支付宝吗",
        "买家用支付宝付的款，渠道费几个点",
        "企业微信怎么开小商店",
        "企业微信开店要什么材料",
        "京东快递发的货，显示签收了怎么没结算",
        "我们快递用京东",
        "发淘宝链接给买家违规吗",
    ],
)
def test_an_ordinary_word_a_courier_or_a_link_is_no_platform(
    platforms: Platforms, text: str
) -> None:
    assert platforms.named_others(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("晶东自动收货几天", "京东"),
        ("拼哆多渠道费几个点", "拼多多"),
        ("Zzshopper货款多久结算", "zzshopper"),
    ],
)
def test_a_misspelt_or_unknown_name_is_recognised_where_the_subject_stands(
    platforms: Platforms, text: str, named: str
) -> None:
    assert platforms.named_others(text) == {named}


@pytest.mark.parametrize(
    "text",
    [
        "未点确认收货会结算吗",
        "属于三包的能维权几天",
        "小洪书渠道费几个点",
        "xiaohongsu渠道费几个点",
        "huokuan多久结算",
        "emmm货款多久结",
        "November货款多久结",
        "plan一下：latest几号要confirm发货",
    ],
)
def test_our_own_names_misspelt_and_common_words_are_no_other_platform(
    platforms: Platforms, text: str
) -> None:
    assert platforms.named_others(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "is_platform"),
    [
        ("1688的支付手续费几个点", True),
        ("我在1688扣多少手续费", True),
        ("1688货款多久结算", True),
        ("从1688进的货", True),
        ("付了1688，手续费多少", False),
        ("1688元渠道费", False),
        ("一单1688扣多少", False),
        ("现在1688渠道费多少", False),
        ("我在1688元以上的订单扣多少", False),
        ("1688的单子渠道费多少", False),
    ],
)
def test_figures_are_a_platform_or_an_amount_by_what_stands_around_them(
    platforms: Platforms, text: str, is_platform: bool
) -> None:
    assert platforms.named_others(text) == ({"1688"} if is_platform else frozenset())


def asks(clause: str) -> bool:
    return any(word in clause for word in ("几", "多少", "怎么", "吗"))


@pytest.mark.parametrize(
    ("text", "part", "others"),
    [
        ("我们做抖音的，小红书几天自动收货", "小红书几天自动收货", ()),
        ("从淘宝转来小红书开店，怎么开通自主客服", "转来小红书开店,怎么开通自主客服", ()),
        ("抖音上看到说小红书渠道费是1%，是真的吗", "小红书渠道费是1%,是真的吗", ()),
        ("小红书和淘宝的渠道费各多少", "小红书的渠道费各多少", ("淘宝",)),
        ("小红书的渠道费跟淘宝一样吗", "小红书的渠道费吗", ("淘宝",)),
        ("小红书多少，淘宝呢", "小红书多少", ("淘宝",)),
        ("淘宝几天自动收货？小红书呢？", "小红书几天自动收货?", ("淘宝",)),
        ("小红书自动收货是几天，不像淘宝10天", "小红书自动收货是几天", ()),
    ],
)
def test_what_is_asked_of_ours_is_found_beside_other_names(
    platforms: Platforms, text: str, part: str, others: tuple[str, ...]
) -> None:
    found, left = platforms.asked_of_own(text, asks)
    assert fold(found) == fold(part)
    assert left == others


@pytest.mark.parametrize(
    "text",
    [
        "淘宝的渠道费也是像小红书一样0.7%吗",
        "小红书0.7%，那淘宝渠道费多少",
        "在小红书开了店，淘宝怎么结算",
        "淘宝和小红书哪个渠道费低",
        "小红书几天自动收货",
        "淘宝几天自动收货",
    ],
)
def test_a_message_that_asks_of_another_platform_stays_as_it_is(
    platforms: Platforms, text: str
) -> None:
    assert platforms.asked_of_own(text, asks) == (text, ())


def test_a_name_is_given_as_it_was_typed(platforms: Platforms) -> None:
    assert platforms.as_typed("在阿里国际站开店", {"阿里巴巴国际站"}) == {
        "阿里巴巴国际站": "阿里国际站"
    }
    assert platforms.as_typed("淘寶幾天收貨", {"淘宝"}) == {"淘宝": "淘寶"}
    assert platforms.as_typed("晶东自动收货几天", {"京东"}) == {"京东": "京东"}


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
