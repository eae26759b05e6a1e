"""Places in a list: read from the question, found in the passages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answers import Passage
from bot.steps import (
    Told,
    advanced,
    asks_more,
    last_told,
    named_item,
    place_asked,
    step_asked,
    without_place,
)
from tests.bot.passages import passage

STEPS = passage(
    "开通按以下步骤操作：\n\n"
    "1. 打开系统，用主账号登录。\n"
    "2. 在菜单栏里打开客服服务。\n"
    "3. 看到蓝条后点击蓝条。\n"
    "4. 勾选规则，再点击确认开通。"
)
KINDS = passage("玩法有以下2种：\n\n- 镇店之宝：只有一天\n- “秒杀”类活动", name="b")


def found(question: str, *passages: Passage) -> str:
    place = place_asked(question)
    assert place is not None
    return "".join(span.quote for span in step_asked(passages or (STEPS,), place)[-1:])


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("第三步呢", 3),
        ("违规第十一条是啥", 11),
        ("步骤二怎么做", 2),
        ("第2种玩法", 2),
        ("最后一步", -1),
        ("步骤一二都要做吗", 1),
    ],
)
def test_a_place_is_read_from_the_question(question: str, number: int) -> None:
    place = place_asked(question)
    assert place is not None
    assert place.number == number


@pytest.mark.parametrize(
    "question",
    ["第三方能参加吗", "第一个月算不算", "中止以后什么时候恢复", "15天之后还能维权吗", "一共几步"],
)
def test_what_asks_for_no_place_is_left_alone(question: str) -> None:
    assert place_asked(question) is None
    assert without_place(question) == question


def test_the_item_at_the_place_is_quoted_with_the_line_its_list_begins_with() -> None:
    place = place_asked("第二步是什么")
    assert place is not None
    lead_in, item = step_asked([STEPS], place)
    assert lead_in.quote == "开通按以下步骤操作："
    assert item.quote == "2. 在菜单栏里打开客服服务。"


def test_the_last_one_is_the_last_of_its_list() -> None:
    assert found("最后一步做什么") == "4. 勾选规则，再点击确认开通。"


def test_what_comes_after_a_step_that_is_named_is_the_next_one() -> None:
    assert found("打开客服服务之后点啥") == "3. 看到蓝条后点击蓝条。"


def test_a_step_that_begins_with_what_was_done_is_itself_the_next() -> None:
    assert found("看到蓝条了，下一步点哪里") == "3. 看到蓝条后点击蓝条。"


@pytest.mark.parametrize("question", ["第九步", "确认开通之后呢", "交完税之后呢"])
def test_a_place_the_lists_do_not_have_gives_nothing(question: str) -> None:
    assert found(question) == ""


def test_only_lists_of_passages_near_the_best_one_count() -> None:
    best = replace(passage("没有列表。", name="c"), score=1.5)
    assert found("第二步", best, STEPS) == ""


def test_an_item_is_called_by_its_words_up_to_the_first_stop() -> None:
    place = place_asked("第一个怎么报名")
    assert place is not None
    assert named_item([KINDS], place) == "镇店之宝"


def test_a_follow_up_moves_the_place_of_the_topic_on() -> None:
    assert advanced("怎么开通 第一步", "第三步呢") == "怎么开通 第三步呢"
    assert place_asked(advanced("怎么开通 第一步", "然后呢") or "").number == 2  # type: ignore[union-attr]
    assert "步骤3" in (advanced("任务步骤二怎么弄", "验证完了,下一步") or "")
    assert advanced("怎么开通", "要多久") is None
    assert advanced("怎么开通", "第二步要多久") is None


REVIEW = replace(
    passage(
        "审核后按以下步骤开张：\n\n"
        "1. 收到通知后再次进入程序，点签约按钮。\n"
        "2. 核对信息，确认后点同意。"
    ),
    heading="怎么签约",
)
WAY = passage(
    "整体流程如下：\n\n1. 完善信息：上传证件。\n2. 签约：点签约按钮。\n3. 发布商品：点发布。",
    start=500,
)


def next_told(message: str, said: str) -> str:
    """What is quoted for a message after an answer, where nothing else was found."""
    place = place_asked(message)
    assert place is not None
    told = Told(message, said, REVIEW, [WAY, REVIEW])
    return "".join(span.quote for span in step_asked([KINDS], place, told=told)[-1:])


@pytest.mark.parametrize("message", ["然后呢", "再然后呢", "弄完了,然后呢", "点了以后点哪儿"])
def test_what_comes_next_goes_on_from_the_item_that_the_last_answer_told(message: str) -> None:
    assert next_told(message, "再次进入程序，点签约按钮。") == "2. 核对信息，确认后点同意。"


def test_after_the_last_item_of_a_list_the_whole_way_goes_on() -> None:
    assert next_told("然后呢", "核对信息，确认后点同意。") == "3. 发布商品：点发布。"


def test_what_the_message_names_as_done_counts_more_than_the_last_answer() -> None:
    said = "核对信息，确认后点同意。"
    assert next_told("收到通知了,接着点哪", said) == REVIEW.text.split("\n")[2]


def test_what_the_last_answer_made_up_leads_to_no_step() -> None:
    assert next_told("然后呢", "先交九百九十九元押金，再等三个月。") == ""


def test_asked_for_all_that_is_left_the_rest_of_the_list_is_quoted() -> None:
    assert found("打开客服服务之后要做哪些事") == STEPS.text.split("\n", 4)[4]


def test_more_about_an_item_is_not_the_item_again() -> None:
    for question, more in (("第一个具体说说", True), ("第一个是什么", False)):
        place = place_asked(question)
        assert place is not None
        assert asks_more(place) is more


def test_after_the_last_step_of_the_way_there_is_none_to_make_up() -> None:
    said = "3. 发布商品：点发布。"
    assert next_told("再下一步", said) == ""
    last = last_told(Told("再下一步", said, WAY, [WAY, REVIEW]))
    assert [span.quote for span in last] == ["整体流程如下：", said]
    assert last_told(Told("再下一步", "2. 签约：点签约按钮。", WAY, [WAY, REVIEW])) == []
    assert last_told(Told("要多久", said, WAY, [WAY, REVIEW])) == []


def test_a_step_is_not_taken_from_a_list_that_counts_none() -> None:
    assert found("开店第2步是什么", KINDS) == ""


def test_where_a_list_counts_anew_both_steps_of_a_number_are_quoted() -> None:
    way = passage(
        "流程：\n\n1. 开店前第1步：进入。\n2. “任务”步骤一：填写。\n3. “任务”步骤二：验证。"
    )
    place = place_asked("开店第一步是什么")
    assert place is not None
    _, *items = step_asked([way], place)
    assert [span.quote for span in items] == way.text.split("\n")[2:4]
    assert found("步骤一怎么做", way) == way.text.split("\n")[3]
