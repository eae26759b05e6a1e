"""A service asked over HTTP gives the same answers as the bot behind it."""

from __future__ import annotations

import datetime as dt
import json

import httpx
import pytest

from bot import Answer, Turn
from evals.errors import ServiceError
from evals.service import ServiceBot
from tests.evals.making import make_answer, make_calculation


def service(respond: httpx.Response, seen: list[httpx.Request] | None = None) -> ServiceBot:
    def handle(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return respond

    return ServiceBot(
        "http://bot.test/", client=httpx.Client(transport=httpx.MockTransport(handle))
    )


def test_an_answer_comes_back_whole() -> None:
    said = make_answer(
        "小红书每月结算一次。", status="calculated", calculations=(make_calculation(fee="9.02"),)
    )
    seen: list[httpx.Request] = []
    bot = service(httpx.Response(200, json=said.as_dict()), seen)
    got = bot.ask("问", history=[Turn("user", "先前")], today=dt.date(2021, 11, 5))
    assert got == said
    assert str(seen[0].url) == "http://bot.test/api/ask"
    assert json.loads(seen[0].content) == {
        "question": "问",
        "history": [{"role": "user", "content": "先前"}],
        "today": "2021-11-05",
    }


def test_an_answer_with_the_least_there_can_be_is_read() -> None:
    got = service(httpx.Response(200, json={"status": "not_found", "text": "没有"})).ask("问")
    assert got == Answer("not_found", "没有")


@pytest.mark.parametrize(
    ("response", "named"),
    [
        (httpx.Response(500), "500"),
        (httpx.Response(200, text="<html>"), "不是 JSON"),
        (httpx.Response(200, json=["x"]), "不是约定的 Answer"),
        (httpx.Response(200, json={"status": "answered"}), "text"),
        (
            httpx.Response(200, json={"status": "answered", "text": "", "citations": [{"n": 1}]}),
            "不是约定的 Answer",
        ),
    ],
)
def test_what_is_no_answer_is_a_clear_error(response: httpx.Response, named: str) -> None:
    with pytest.raises(ServiceError, match=named):
        service(response).ask("问")


def test_a_service_that_is_not_there_is_a_clear_error() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    client = httpx.Client(transport=httpx.MockTransport(refuse))
    with pytest.raises(ServiceError, match=r"连不上 http://bot\.test/api/ask：refused"):
        ServiceBot("http://bot.test", client=client).ask("问")
