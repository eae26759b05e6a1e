"""What every channel does the same; a new channel's simulator joins SIMULATORS."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.answers import Answer
from tests.channels.conftest import Bench, NotingBot, bench_of, cited
from tests.channels.platforms import wait_until
from tests.channels.simulators import SIMULATORS, Sent, WechatReply, malformed_bodies, new_id

LONG = "字" * 1001


def only(name: str, value: bool = True) -> pytest.MarkDecorator:
    """The platforms that have something, or have it not."""
    kinds = [kind for kind in SIMULATORS if getattr(kind, name) is value]
    return pytest.mark.parametrize("kind", kinds, ids=lambda kind: str(kind.__name__))


in_groups = only("has_groups")
pushing = only("answers_in_reply", False)
verifying = only("has_verification")


def shown(bench: Bench, count: int, *, seconds: float = 15) -> list[str]:
    """What members see, once there is so much of it and a moment has passed for more."""
    bench.simulator_shows(count, seconds=seconds)
    time.sleep(0.3)
    texts = bench.simulator.texts()
    assert len(texts) == count
    return texts


@verifying
def test_the_platform_verifies_the_address(bench: Bench) -> None:
    response, expected = bench.simulator.verify()
    assert (response.status_code, response.text) == (200, expected)
    response, _ = bench.simulator.verify(forged=True)
    assert (response.status_code, response.content) == (403, b"")


def test_a_message_is_acknowledged_and_answered(bench: Bench) -> None:
    response = bench.simulator.send(Sent("多久结算一次", new_id()))
    assert response.status_code == 200
    assert shown(bench, 1) == ["回答：多久结算一次"]
    assert [text for text, _ in bench.bot.asked] == ["多久结算一次"]


def test_a_forged_message_is_refused_without_a_word(bench: Bench) -> None:
    response = bench.simulator.send(Sent("多久结算一次", new_id()), forged=True)
    assert (response.status_code, response.content) == (403, b"")
    assert bench.simulator.send_body(b"{}", signed=False).status_code in (400, 403)
    time.sleep(0.2)
    assert bench.bot.asked == []


@pytest.mark.parametrize("hours", [-9, 9, -24 * 365 * 5])
def test_a_message_from_another_time_is_refused(bench: Bench, hours: int) -> None:
    at = time.time() + hours * 3600
    response = bench.simulator.send(Sent("多久结算一次", new_id()), at=at)
    assert (response.status_code, response.content) == (403, b"")
    assert bench.bot.asked == []


def test_a_message_delivered_three_times_at_once_is_answered_once(bench: Bench) -> None:
    bench.bot.delay_s = 0.5
    sent = Sent("多久结算一次", new_id())
    with ThreadPoolExecutor(3) as pool:
        responses = list(pool.map(bench.simulator.send, [sent] * 3))
    assert [response.status_code for response in responses] == [200] * 3
    assert shown(bench, 1) == ["回答：多久结算一次"]
    assert bench.simulator.send(sent).status_code == 200
    assert shown(bench, 1) == ["回答：多久结算一次"]
    assert len(bench.bot.asked) == 1


def test_what_cannot_be_read_is_a_bad_request(bench: Bench) -> None:
    for body in malformed_bodies(bench.simulator):
        response = bench.simulator.send_body(body)
        assert response.status_code == 400, body[:40]
    assert bench.bot.asked == []


def test_a_body_beyond_any_size_is_not_read(bench: Bench) -> None:
    assert bench.simulator.send_body(b" " * 300_000).status_code == 413


def test_what_is_no_message_is_acknowledged_and_nothing_else(bench: Bench) -> None:
    assert bench.simulator.send_event().status_code == 200
    time.sleep(0.2)
    assert bench.simulator.texts() == []
    assert bench.bot.asked == []


def test_a_picture_is_answered_with_what_can_be_asked(bench: Bench) -> None:
    assert bench.simulator.send(Sent("", new_id(), kind="image")).status_code == 200
    assert shown(bench, 1) == ["目前只支持文字提问。"]
    assert bench.bot.asked == []


def test_a_question_that_is_too_long_is_told_so_without_asking_the_bot(bench: Bench) -> None:
    assert bench.simulator.send(Sent(LONG, new_id())).status_code == 200
    (text,) = shown(bench, 1)
    assert "1001 个字" in text and "最多 1000 个字" in text
    assert bench.bot.asked == []


def test_the_eleventh_message_of_a_minute_gets_one_notice_and_then_silence(
    stack: ExitStack, kind: type[Any], tmp_path: Path
) -> None:
    bench = bench_of(stack, kind, tmp_path, user_limit="10/minute;100/day")
    for number in range(13):
        assert bench.simulator.send(Sent(f"问题{number}", new_id())).status_code == 200
        if number < 11:
            bench.simulator_shows(number + 1)
    *answers, notice = shown(bench, 11)
    assert answers == [f"回答：问题{number}" for number in range(10)]
    assert notice.startswith("提问太快，请 ") and notice.endswith(" 秒后再试。")
    assert len(bench.bot.asked) == 10
    # Somebody else is not kept waiting.
    bench.simulator.send(Sent("别人的问题", new_id(), user="user-2"))
    assert "回答：别人的问题" in shown(bench, 12)


@in_groups
def test_a_group_is_limited_as_a_whole(stack: ExitStack, kind: type[Any], tmp_path: Path) -> None:
    bench = bench_of(stack, kind, tmp_path, chat_limit="2/minute")
    for user in ("a", "b", "c", "d"):
        bench.simulator.send(Sent(f"{user}的问题", new_id(), user=user, group="group-1"))
    texts = shown(bench, 3)
    assert len([text for text in texts if text.startswith("提问太快")]) == 1


@in_groups
def test_in_a_group_the_mention_is_no_part_of_the_question(bench: Bench) -> None:
    bench.simulator.send(Sent("多久结算一次", new_id(), group="group-1"))
    shown(bench, 1)
    assert [text for text, _ in bench.bot.asked] == ["多久结算一次"]


@in_groups
def test_two_members_of_a_group_share_no_context(bench: Bench) -> None:
    for number, user in enumerate(("user-1", "user-2", "user-1"), 1):
        bench.simulator.send(Sent(f"第{number}问", new_id(), user=user, group="group-1"))
        shown(bench, number)
    histories = [[turn.content for turn in history] for _, history in bench.bot.asked]
    assert histories == [[], [], ["第1问", "回答：第1问"]]


@in_groups
def test_a_group_may_share_its_context(stack: ExitStack, kind: type[Any], tmp_path: Path) -> None:
    bench = bench_of(stack, kind, tmp_path, group_session="chat")
    for number, user in enumerate(("user-1", "user-2"), 1):
        bench.simulator.send(Sent(f"第{number}问", new_id(), user=user, group="group-1"))
        shown(bench, number)
    assert [turn.content for turn in bench.bot.asked[1][1]] == ["第1问", "回答：第1问"]


@in_groups
def test_a_group_and_a_private_chat_share_no_context(bench: Bench) -> None:
    bench.simulator.send(Sent("群里问", new_id(), group="group-1"))
    shown(bench, 1)
    bench.simulator.send(Sent("私下问", new_id()))
    shown(bench, 2)
    assert bench.bot.asked[1] == ("私下问", ())


def test_saying_so_begins_the_conversation_anew(bench: Bench) -> None:
    for number, text in enumerate(("第一问", "第二问", "新对话", "第三问"), 1):
        bench.simulator.send(Sent(text, new_id()))
        shown(bench, number)
    assert [len(history) for _, history in bench.bot.asked] == [0, 2, 0]
    assert "开始新的对话" in bench.simulator.texts()[2]


def test_an_answer_of_six_seconds_does_not_delay_the_acknowledgement(
    stack: ExitStack, kind: type[Any], tmp_path: Path
) -> None:
    bench = bench_of(stack, kind, tmp_path, NotingBot(delay_s=6))
    started = time.monotonic()
    response = bench.simulator.send(Sent("多久结算一次", new_id()))
    took = time.monotonic() - started
    assert response.status_code == 200
    if kind is WechatReply:
        # Its reply is the only way to answer: it waits as long as WeChat does.
        assert took < 5
        assert shown(bench, 1) == ["正在查询，稍后回复任意字查看"]
        bench.simulator.send(Sent("1", new_id()))
        assert shown(bench, 2)[1] == "回答：多久结算一次"
    else:
        assert took < 1
        assert shown(bench, 1) == ["回答：多久结算一次"]
    assert len(bench.bot.asked) == 1


@pushing
def test_a_push_that_fails_twice_is_made_a_third_time(bench: Bench) -> None:
    bench.platform.failures = 2
    bench.simulator.send(Sent("多久结算一次", new_id()))
    assert shown(bench, 1) == ["回答：多久结算一次"]
    assert bench.platform.tries == 3
    assert len(bench.bot.asked) == 1


@pushing
def test_a_push_that_keeps_failing_is_given_up_and_not_asked_again(bench: Bench) -> None:
    bench.platform.failures = 100
    bench.simulator.send(Sent("多久结算一次", new_id()))
    wait_until(lambda: bench.platform.tries == 4)
    wait_until(lambda: not bench.service.store.unfinished_messages(bench.simulator.name))
    assert bench.simulator.texts() == []


def test_an_answer_ends_with_what_it_cites(bench: Bench) -> None:
    bench.bot.answers["问"] = cited("是**一个月**。[1]", url="https://example.com/a")
    bench.bot.answers["再问"] = Answer("answered", "没有引用。")
    bench.simulator.send(Sent("问", new_id()))
    (text,) = shown(bench, 1)
    assert "[1]" in text and "来源：\n[1] " in text and "https://example.com/a" in text
    bench.simulator.send(Sent("再问", new_id()))
    assert shown(bench, 2)[1] == "没有引用。"
