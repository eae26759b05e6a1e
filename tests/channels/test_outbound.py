"""Where calls to the platforms go, and what is told when they fail."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from fastapi import FastAPI, Request, Response

from bot.errors import PushError
from bot.server.channels.outbound import AccessToken, Outbound
from scripts.serving import free_port
from tests.channels.platforms import served, served_platform
from tests.channels.simulators import SECRET

SEND = "https://qyapi.weixin.qq.com/cgi-bin/message/send"


@pytest_asyncio.fixture
async def outbound() -> AsyncIterator[Outbound]:
    """One that reaches the official hosts."""
    outbound = Outbound(first_wait_s=0.01)
    yield outbound
    await outbound.close()


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/robot/send",
        "http://oapi.dingtalk.com/robot/send",
        "https://oapi.dingtalk.com.evil.example/robot/send",
        "https://oapi.dingtalk.com@evil.example/robot/send",
        "https://evil.example@oapi.dingtalk.com/robot/send",
        "https://oapi.dingtalk.com:8443/robot/send",
        "https://127.0.0.1/robot/send",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://[",
        "https://oapi.dingtalk.com:port/",
        "",
    ],
)
@pytest.mark.asyncio
async def test_nothing_is_sent_but_to_official_hosts(outbound: Outbound, url: str) -> None:
    assert not outbound.allows(url)
    with pytest.raises(PushError):
        await outbound.call("POST", url, body={})


@pytest.mark.asyncio
async def test_an_official_address_stays_as_it_is(outbound: Outbound) -> None:
    for url in (SEND, "https://oapi.dingtalk.com/robot/sendBySession?session=x"):
        assert outbound.address(url) == url


@pytest.mark.asyncio
async def test_with_a_stand_in_everything_goes_there_and_nothing_elsewhere() -> None:
    outbound = Outbound(stand_in="http://127.0.0.1:9")
    assert outbound.address(SEND + "?a=1") == "http://127.0.0.1:9/cgi-bin/message/send?a=1"
    assert not outbound.allows("http://127.0.0.1:10/")
    assert not outbound.allows("https://evil.example/")
    await outbound.close()


@pytest.mark.asyncio
async def test_a_redirect_is_not_followed() -> None:
    app, seen = FastAPI(), []

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    def anything(path: str) -> Response:
        seen.append(path)
        return Response(status_code=307, headers={"Location": "/elsewhere"})

    with served(app) as address:
        outbound = Outbound(stand_in=address, first_wait_s=0.01)
        with pytest.raises(PushError, match="307"):
            await outbound.call("POST", SEND, body={})
        await outbound.close()
    assert seen == ["cgi-bin/message/send"]


@pytest.mark.asyncio
async def test_errors_and_logs_hold_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with served_platform() as platform:
        platform.failures = 10
        outbound = Outbound(stand_in=platform.url, first_wait_s=0.01)
        with pytest.raises(PushError, match="HTTP 502") as refused:
            await outbound.call(
                "POST", SEND, params={"access_token": "access-token-of-the-platform"}, body={}
            )
        assert platform.tries == 4
        await outbound.close()
    unreachable = Outbound(stand_in=f"http://127.0.0.1:{free_port()}", first_wait_s=0.01)
    with pytest.raises(PushError, match="连不上") as lost:
        await unreachable.call("GET", SEND, params={"corpsecret": SECRET})
    await unreachable.close()
    told = caplog.text + repr(refused.value) + repr(lost.value) + repr(lost.value.__cause__)
    assert SECRET not in told and "access-token" not in told


@pytest.mark.asyncio
async def test_a_busy_platform_is_asked_again() -> None:
    app, answers = FastAPI(), [{"errcode": -1}, {"errcode": -1}, {"errcode": 0}]

    @app.post("/cgi-bin/message/send")
    def send(request: Request) -> dict[str, int]:
        return answers.pop(0)

    with served(app) as address:
        outbound = Outbound(stand_in=address, first_wait_s=0.01)
        assert await outbound.call("POST", SEND, body={}) == {"errcode": 0}
        await outbound.close()


@pytest.mark.asyncio
async def test_a_token_is_fetched_once_until_it_ends_or_is_refused() -> None:
    fetched: list[str] = []

    async def fetch() -> tuple[str, float]:
        fetched.append(f"token-{len(fetched)}")
        return fetched[-1], 7200

    token = AccessToken(fetch)
    assert [await token.value(), await token.value()] == ["token-0", "token-0"]
    token.forget()
    assert await token.value() == "token-1"
