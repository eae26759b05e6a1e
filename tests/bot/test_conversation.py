"""What a message stands for after what was said before it."""

from __future__ import annotations

import pytest

from bot.answers import Turn
from bot.conversation import Conversation
from bot.distinctions import load_distinctions
from bot.platforms import load_platforms
from bot.wording import load_wording
from tests.conftest import CORPUS


@pytest.fixture(scope="module")
def conversation() -> Conversation:
    return Conversation(load_wording(), load_platforms(CORPUS), load_distinctions(CORPUS))


def said(*messages: str) -> list[Turn]:
    """A conversation whose messages alternate, the merchant's first."""
    roles = ("user", "assistant")
    return [Turn(roles[at % 2], message) for at, message in enumerate(messages)]


def test_without_a_history_a_message_is_the_question(conversation: Conversation) -> None:
    assert conversation.readings("渠道费几个点", []) == ("渠道费几个点",)


def test_a_follow_up_takes_the_topic_along(conversation: Conversation) -> None:
    first, *_ = conversation.readings("那要材料吗", said("个人怎么开微信小商店", "搜小程序"))
    assert "个人怎么开微信小商店" in first


def test_what_the_follow_up_replaces_is_taken_out_of_the_topic(conversation: Conversation) -> None:
    history = said("小红书境内的单子多少天自动收货", "12天")
    first, *_ = conversation.readings("那境外的呢", history)
    assert "境外" in first
    assert "境内" not in first
    assert "自动收货" in first


def test_another_platform_replaces_the_one_before(conversation: Conversation) -> None:
    first, *_ = conversation.readings("那抖音呢", said("小红书渠道费几个点", "0.7%"))
    assert "抖音" in first
    assert "小红书" not in first
    assert "渠道费" in first


def test_a_reply_to_the_question_for_the_case_is_the_case_it_names(
    conversation: Conversation,
) -> None:
    asked = conversation.distinctions.entries[0].question
    history = said("开微信小商店要什么材料", asked)
    first, *_ = conversation.readings("个体工商户，有执照的", history)
    assert first == "开微信小商店要什么材料 企业"
    later = [*history, *said("没执照，就我自己", "身份证")]
    first, *_ = conversation.readings("那要交钱吗", later)
    assert first.startswith("开微信小商店要什么材料 个人")


def test_doubt_asks_the_same_question_again(conversation: Conversation) -> None:
    history = said("小红书渠道费几个点", "5%")
    assert conversation.readings("不对吧，再查查", history) == ("小红书渠道费几个点",)


def test_only_what_the_merchant_said_is_taken_over(conversation: Conversation) -> None:
    readings = conversation.readings("那要多久呢", said("怎么开小商店", "要交999元押金"))
    assert not any("999" in reading for reading in readings)


def test_an_announced_new_topic_takes_nothing_along(conversation: Conversation) -> None:
    history = said("小红书渠道费几个点", "0.7%")
    (reading,) = conversation.readings("换个话题，Prime Day有什么玩法", history)
    assert "渠道费" not in reading
    assert "prime day有什么玩法" in reading


def test_a_full_question_of_its_own_is_read_alone_first(conversation: Conversation) -> None:
    history = said("小红书渠道费几个点", "0.7%")
    first, *_ = conversation.readings("个人开微信小商店需要上传什么证件", history)
    assert "渠道费" not in first


def test_thanks_in_between_do_not_end_the_topic(conversation: Conversation) -> None:
    history = said("小红书境内多少天自动收货", "12天", "谢谢", "不客气")
    first, *_ = conversation.readings("那境外的呢", history)
    assert "自动收货" in first


@pytest.mark.parametrize("message", ["不好意思，我说的是境外", "打错了，是境外", "不对，按境外算"])
def test_a_case_said_right_takes_the_place_of_the_wrong_one(
    conversation: Conversation, message: str
) -> None:
    history = said("小红书国内发货几天自动收货", "12天。")
    first, *_ = conversation.readings(message, history)
    assert "国内" not in first
    assert "境外" in first
    assert "几天自动收货" in first


def test_a_doubt_with_its_reason_asks_the_same_question_again(conversation: Conversation) -> None:
    history = said("小红书境外订单几天自动收货", "30天。")
    same = ("小红书境外订单几天自动收货",)
    assert conversation.readings("你确定？我隔壁店说没这么长", history) == same
    assert conversation.readings("你确定？那支付渠道费到底收几个点", history) != same


def test_a_step_that_is_done_leads_to_the_next(conversation: Conversation) -> None:
    history = said("企业小商店开张任务步骤二怎么弄", "验证账户。")
    (reading,) = conversation.readings("这步弄完了，接着干嘛", history)
    assert "步骤3" in reading


@pytest.mark.parametrize("message", ["哪些费用", "是哪些费用啊", "哪几种费用"])
def test_which_ones_are_looked_for_by_what_the_last_answer_said_of_them(
    conversation: Conversation, message: str
) -> None:
    history = said("小红书到账的钱比账单少", "有的费用在打款时自动扣除，别的不用管。")
    first, *rest = conversation.readings(message, history)
    assert "打款时自动扣除" in first
    assert "别的不用管" not in first
    assert "小红书" in first
    assert rest


def test_which_ones_of_what_was_not_said_take_nothing_from_the_last_answer(
    conversation: Conversation,
) -> None:
    history = said("小红书到账的钱比账单少", "有的费用在打款时自动扣除。")
    assert not any("打款" in reading for reading in conversation.readings("哪些证件", history))


def test_a_platform_of_ours_replaces_a_foreign_one(conversation: Conversation) -> None:
    history = said("小红书多久结算", "一个自然月", "淘宝呢", "没有淘宝的规则")
    for message in ("那小红书呢", "小红书的呢"):
        readings = conversation.readings(message, history)
        assert not any("淘宝" in reading for reading in readings)
        assert "多久结算" in readings[0]


def test_a_bare_platform_is_the_topic_on_it(conversation: Conversation) -> None:
    history = said("微信小商店能卖虚拟商品吗", "不能")
    (reading,) = conversation.readings("小红书呢", history)
    assert "能卖虚拟商品吗" in reading
    assert "小红书" in reading
    assert "小商店" not in reading


@pytest.mark.parametrize("message", ["那几天呢", "多久到账", "什么时候扣", "那境外的呢"])
def test_what_leans_on_a_foreign_platform_stays_with_it(
    conversation: Conversation, message: str
) -> None:
    history = said("当当多久结算", "没有当当的规则")
    readings = conversation.readings(message, history)
    assert all(conversation.platforms.named_others(reading) == {"当当"} for reading in readings)


@pytest.mark.parametrize("message", ["怎么关闭自主客服", "镇店之宝怎么报名", "渠道费几个点"])
def test_what_stands_alone_after_a_foreign_platform_is_read_alone_too(
    conversation: Conversation, message: str
) -> None:
    first, *rest = conversation.readings(message, said("淘宝多久结算", "没有淘宝的规则"))
    assert first == message
    assert any("淘宝" in reading for reading in rest)


def test_what_a_long_story_asks_is_looked_for_by_itself(conversation: Conversation) -> None:
    story = (
        "今年备货真不容易，三月份工厂停电，五月份海运涨价，七月份又换了美工，主图全部重拍了一遍。"
    )
    message = (
        f"{story}八月份总算把库存理顺了，两百多个款式都贴了标签。亚马逊Prime Day有哪几种玩法？"
    )
    first, whole = conversation.readings(message, [])
    assert first == "亚马逊prime day有哪几种玩法"
    assert "三月份工厂停电" in whole
