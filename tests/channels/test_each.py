"""What only one platform does."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import pytest

from bot.answers import Answer, Turn
from bot.errors import PushError
from bot.limits import make_limits
from bot.pipeline import MerchantBot
from bot.server.channels.adapter import Incoming, Style
from bot.server.channels.configured import open_desk
from bot.service import Service
from bot.storage import open_store
from ingest.settings import PREFIX, Settings
from tests.channels.conftest import Bench, NotingBot, bench_of
from tests.channels.platforms import Platform, served_platform, wait_until
from tests.channels.simulators import (
    SECRET,
    DingTalkHttp,
    Feishu,
    Sent,
    WechatReply,
    WecomApp,
    WecomBot,
    new_id,
)
from tests.conftest import ROOT

PROMISE = "正在查询，稍后回复任意字查看"


# -- 微信公众号 ----------------------------------------------------------------------------


def test_of_a_long_answer_each_message_fetches_the_next_part(
    stack: ExitStack, tmp_path: Path
) -> None:
    bench = bench_of(stack, WechatReply, tmp_path)
    bench.bot.answers["长"] = Answer("answered", "一句话。" * 400)
    for text in ("长", "1", "好"):
        bench.simulator.send(Sent(text, new_id()))
    first, second, third = bench.simulator.texts()
    assert first.startswith("（1/3）") and first.endswith("（还有下文，回复任意字查看）")
    assert second.startswith("（2/3）") and third.startswith("（3/3）")
    assert "回复任意字" not in third
    assert all(len(text.encode()) <= 2048 for text in (first, second, third))
    assert len(bench.bot.asked) == 1


def test_a_question_that_fetched_an_answer_is_said_to_be_unanswered(
    stack: ExitStack, tmp_path: Path
) -> None:
    bench = bench_of(stack, WechatReply, tmp_path, NotingBot(delay_s=5))
    bench.simulator.send(Sent("第一个问题", new_id()))
    time.sleep(1)
    bench.simulator.send(Sent("完全不同的第二个问题", new_id()))
    first, second = bench.simulator.texts()
    assert first == PROMISE
    assert second.startswith("回答：第一个问题") and "还没有回答" in second


def test_a_followers_promise_is_not_redeemed_by_somebody_else(
    stack: ExitStack, tmp_path: Path
) -> None:
    bench = bench_of(stack, WechatReply, tmp_path)
    bench.bot.answers["长"] = Answer("answered", "一句话。" * 400)
    bench.simulator.send(Sent("长", new_id()))
    bench.simulator.send(Sent("1", new_id(), user="user-2"))
    assert bench.simulator.texts()[1] == "回答：1"


def test_a_repeated_call_joins_the_answer_under_way(stack: ExitStack, tmp_path: Path) -> None:
    bench = bench_of(stack, WechatReply, tmp_path, NotingBot(delay_s=6))
    sent = Sent("多久结算一次", new_id())
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(bench.simulator.send, sent)
        time.sleep(3)
        second = pool.submit(bench.simulator.send, sent)
        assert {first.result().status_code, second.result().status_code} == {200}
    assert bench.simulator.texts() == [PROMISE, "回答：多久结算一次"]
    assert len(bench.bot.asked) == 1


# -- 企业微信智能机器人 ---------------------------------------------------------------------


def test_a_finished_stream_shows_the_same_again(stack: ExitStack, tmp_path: Path) -> None:
    bench = bench_of(stack, WecomBot, tmp_path)
    simulator = cast(WecomBot, bench.simulator)
    sent = Sent("多久结算一次", new_id())
    simulator.send(sent)
    bench.simulator_shows(1)
    (stream_id,) = simulator.stream_ids()
    for _ in range(2):
        stream = simulator.poll(stream_id)
        assert stream == {"id": stream_id, "finish": True, "content": "回答：多久结算一次"}


def test_an_unknown_stream_is_ended(stack: ExitStack, tmp_path: Path) -> None:
    simulator = cast(WecomBot, bench_of(stack, WecomBot, tmp_path).simulator)
    stream = simulator.poll("0" * 32)
    assert stream["finish"] is True and "过期" in stream["content"]


def test_an_answer_nobody_polls_for_goes_to_the_response_url(
    stack: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.server.channels.wecom_bot.WecomBot.hold_s", 1.5)
    bench = bench_of(stack, WecomBot, tmp_path, NotingBot(delay_s=1))
    simulator = cast(WecomBot, bench.simulator)
    simulator.polls = False
    simulator.send(Sent("多久结算一次", new_id()))
    assert bench.platform.wait_for(1) == [("user-1", "回答：多久结算一次")]


def test_a_name_without_spaces_needs_no_setting(stack: ExitStack, tmp_path: Path) -> None:
    bench = bench_of(stack, WecomBot, tmp_path, wecom_bot_name=None)
    simulator = cast(WecomBot, bench.simulator)
    simulator.bot_name = "掌柜"
    simulator.send(Sent("多久结算一次", new_id(), group="group-1"))
    bench.simulator_shows(1)
    assert bench.bot.asked == [("多久结算一次", ())]


# -- quoted messages -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [WecomBot, DingTalkHttp])
def test_what_a_message_quotes_is_context(
    stack: ExitStack, kind: type[Any], tmp_path: Path
) -> None:
    bench = bench_of(stack, kind, tmp_path)
    bench.simulator.send(Sent("那境外的呢", new_id(), quoted="境内的单子几号自动收货"))
    bench.simulator_shows(1)
    assert bench.bot.asked == [("那境外的呢", (Turn("user", "境内的单子几号自动收货"),))]


# -- 企业微信应用 ---------------------------------------------------------------------------


def test_a_message_for_another_app_is_refused(stack: ExitStack, tmp_path: Path) -> None:
    bench = bench_of(stack, WecomApp, tmp_path, wecom_app_agent_id=1000003)
    assert bench.simulator.send(Sent("多久结算一次", new_id())).status_code == 403
    assert bench.bot.asked == []


def test_a_message_for_another_company_is_refused(stack: ExitStack, tmp_path: Path) -> None:
    bench = bench_of(stack, WecomApp, tmp_path, wecom_app_corp_id="ww9999")
    assert bench.simulator.send(Sent("多久结算一次", new_id())).status_code == 403
    assert bench.bot.asked == []


# -- 飞书 ----------------------------------------------------------------------------------


@pytest.fixture
def feishu(stack: ExitStack, tmp_path: Path) -> Bench:
    """飞书 on the bench."""
    return bench_of(stack, Feishu, tmp_path)


def test_a_group_message_that_mentions_others_only_is_left_alone(feishu: Bench) -> None:
    sent = Sent("@_user_1 你看下", new_id(), group="oc_1", mention=False)
    response = feishu.simulator.send(sent)
    assert (response.status_code, response.json()) == (200, {})
    time.sleep(0.3)
    assert feishu.bot.asked == []


def test_other_peoples_mentions_become_names(feishu: Bench) -> None:
    feishu.simulator.send(Sent("@_user_1 的单子多久结算", new_id(), group="oc_1"))
    feishu.simulator_shows(1)
    assert feishu.bot.asked[0][0] == "@小王 的单子多久结算"


def test_an_event_of_another_app_is_refused(stack: ExitStack, tmp_path: Path) -> None:
    bench = bench_of(stack, Feishu, tmp_path, feishu_app_id="cli_other")
    assert bench.simulator.send(Sent("多久结算一次", new_id())).status_code == 403


def test_an_event_that_is_not_encrypted_is_not_taken(feishu: Bench) -> None:
    plain = json.dumps({"type": "url_verification", "challenge": "x", "token": "y"}).encode()
    assert feishu.simulator.send_body(plain).status_code == 400


# -- 钉钉 ----------------------------------------------------------------------------------


def test_a_webhook_that_is_not_dingtalks_is_never_called(stack: ExitStack, tmp_path: Path) -> None:
    bench = bench_of(stack, DingTalkHttp, tmp_path)
    simulator = cast(DingTalkHttp, bench.simulator)
    for webhook in ("https://evil.example/", "http://169.254.169.254/", "file:///etc/passwd"):
        message = {**simulator.message(Sent("多久结算", new_id())), "sessionWebhook": webhook}
        assert simulator.send_body(json.dumps(message).encode()).status_code == 403
    assert bench.bot.asked == []


STREAM = {**DingTalkHttp.settings, "dingtalk_mode": "stream"}


class Stream(DingTalkHttp):
    """钉钉, connected to by us."""

    settings = STREAM

    def callback(self, sent: Sent) -> dict[str, Any]:
        """The frame that holds a message."""
        headers = {
            "topic": "/v1.0/im/bot/messages/get",
            "messageId": f"frame-{new_id()}",
            "contentType": "application/json",
            "time": str(int(time.time() * 1000)),
        }
        return {
            "specVersion": "1.0",
            "type": "CALLBACK",
            "headers": headers,
            "data": json.dumps(self.message(sent), ensure_ascii=False),
        }


def acknowledged(platform: Platform, frame: dict[str, Any]) -> dict[str, Any]:
    """The acknowledgement of a frame, which must come within a second."""
    identifier = frame["headers"]["messageId"]
    platform.push_frame(frame)
    wait_until(lambda: identifier in platform.acks)
    return platform.acks[identifier]


def test_a_streamed_message_is_acknowledged_and_answered_once(
    stack: ExitStack, tmp_path: Path
) -> None:
    bench = bench_of(stack, Stream, tmp_path, NotingBot(delay_s=6))
    simulator = cast(Stream, bench.simulator)
    wait_until(lambda: bench.platform.frames is not None)
    sent = Sent("多久结算一次", new_id(), group="cid-1")
    for _ in range(3):
        started = time.monotonic()
        assert acknowledged(bench.platform, simulator.callback(sent))["code"] == 200
        assert time.monotonic() - started < 1
    assert bench.platform.wait_for(1) == [("user-1", "回答：多久结算一次")]
    assert len(bench.bot.asked) == 1


def test_a_ping_is_sent_back_and_a_hang_up_is_followed_by_another_connection(
    stack: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.server.channels.dingtalk._RECONNECT_S", 0.1)
    bench = bench_of(stack, Stream, tmp_path)
    simulator, platform = cast(Stream, bench.simulator), bench.platform
    wait_until(lambda: platform.frames is not None)
    ping = {
        "type": "SYSTEM",
        "headers": {"topic": "ping", "messageId": "ping-1"},
        "data": '{"opaque":"x"}',
    }
    assert acknowledged(platform, ping)["data"] == '{"opaque":"x"}'
    platform.push_frame({"type": "CALLBACK", "headers": [], "data": 3})
    platform.push_frame({"type": "SYSTEM", "headers": {"topic": "disconnect", "messageId": "d"}})
    wait_until(lambda: platform.connections == 2)
    acknowledged(platform, simulator.callback(Sent("多久结算一次", new_id())))
    assert platform.wait_for(1) == [("user-1", "回答：多久结算一次")]


def test_in_stream_mode_nothing_is_served(stack: ExitStack, tmp_path: Path) -> None:
    bench = bench_of(stack, Stream, tmp_path)
    assert bench.simulator.send(Sent("多久结算一次", new_id())).status_code in (404, 405)


def test_dingtalk_runs_alone_until_it_is_told_to_stop(
    stack: ExitStack, tmp_path: Path, models_dir: Path
) -> None:
    platform = stack.enter_context(served_platform())
    (tmp_path / "models").symlink_to(models_dir, target_is_directory=True)
    settings = {**STREAM, "dingtalk_mode": "worker", "platform_url": platform.url}
    given = {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}
    environment = {**os.environ, **given, f"{PREFIX}DATA_DIR": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-m", "bot", "dingtalk"], cwd=ROOT, env=environment)
    try:
        wait_until(lambda: platform.connections == 1, seconds=60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    assert platform.secrets_seen[0]["clientSecret"] == SECRET


@pytest.mark.parametrize(
    ("settings", "said"),
    [({}, "ZHANGGUI_DINGTALK_CLIENT_ID"), (STREAM, "ZHANGGUI_DINGTALK_MODE=worker")],
)
def test_dingtalk_alone_says_what_must_be_set(
    tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    given = {f"{PREFIX}{name.upper()}": value for name, value in settings.items()}
    finished = subprocess.run(
        [sys.executable, "-m", "bot", "dingtalk"],
        cwd=ROOT,
        env={**os.environ, **given, f"{PREFIX}DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert finished.returncode == 1
    assert said in finished.stderr and "Traceback" not in finished.stderr


# -- sessions ------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_two_bots_do_not_share_a_session(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    bot = NotingBot()
    service = Service(lambda: cast(MerchantBot, bot), open_store(settings))
    desk = open_desk(service, settings, make_limits(settings))
    await desk.start()
    for bot_id in ("one", "two", "one"):
        await desk.take(PushNowhere(), incoming(bot_id))
        await asyncio.sleep(0.3)
    assert [len(history) for _, history in bot.asked] == [0, 0, 2]
    await desk.stop()
    service.close()


def incoming(bot_id: str) -> Incoming:
    """The same member in the same chat."""
    return Incoming(bot_id, new_id(), "chat", "user", "多久结算一次", time.time())


class PushNowhere:
    """A channel whose answers nobody sees."""

    name = "nowhere"
    route = None
    style = Style(markdown=False, part_bytes=2048)
    hold_s = 0.0
    hands_over = False

    async def receive(self, call: Any) -> Any:
        """Nobody calls it."""
        raise NotImplementedError

    async def reply(self, call: Any, asked: Any, job: Any) -> Any:
        """Nobody calls it."""
        raise NotImplementedError

    async def push(self, incoming: Any, parts: Any) -> None:
        """It fails, which the desk survives."""
        raise PushError("到不了。")

    async def run(self, accept: Any) -> None:
        """Nothing."""
