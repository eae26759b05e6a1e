"""``/api/ask``, streamed and not, and the conversations it keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
from fastapi.testclient import TestClient

from bot.answers import Answer
from bot.errors import CitationError, StoreError
from bot.pipeline import MerchantBot
from tests.server.conftest import MakeClient, ScriptedBot, Serve

QUESTION = "小红书多久结算一次货款？"


def events(body: str) -> list[tuple[str, Any]]:
    """Names and data of a stream's events."""
    found = []
    for block in body.strip().split("\n\n"):
        if block.startswith("event: "):
            name, data = block.split("\n", 1)
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def ask(client: TestClient, question: str, **others: Any) -> dict[str, Any]:
    """The answer to a question."""
    response = client.post("/api/ask", json={"question": question, **others})
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_an_answer_has_the_keys_of_the_contract_and_exact_citations(
    make_client: MakeClient, bot: MerchantBot
) -> None:
    answer = ask(make_client(), QUESTION, today="2021-10-20")
    contract = {"status", "text", "citations", "calculations", "confidence", "suggestions"}
    assert {"id", "timings_ms", *contract} <= answer.keys()
    assert answer["status"] == "answered"
    assert "自然月" in answer["text"]
    for cited in answer["citations"]:
        text = bot.retriever.article_text(cited["article_id"])
        assert text is not None
        assert text[cited["start"] : cited["end"]] == cited["quote"]


def test_a_calculation_takes_the_day_it_is_asked_for(make_client: MakeClient) -> None:
    question = "境内订单11月1号确认发货，哪天自动确认收货？"
    answer = ask(make_client(), question, today="2021-11-02")
    assert answer["status"] == "calculated"
    assert answer["calculations"][0]["result"]["auto_confirm_date"] == "2021-11-13"


def test_what_is_no_question_is_answered_as_rejected(make_client: MakeClient) -> None:
    client = make_client()
    assert [ask(client, text)["status"] for text in ("", "！！", "长" * 2000)] == ["rejected"] * 3
    half = client.post(
        "/api/ask", content=rb'{"question": "\ud83d"}', headers={"Content-Type": "application/json"}
    )
    assert half.json()["status"] == "rejected"


def test_the_stream_joined_is_the_answer(make_client: MakeClient) -> None:
    client = make_client()
    with client.stream("POST", "/api/ask/stream", json={"question": QUESTION}) as response:
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["x-accel-buffering"] == "no"
        told = events(response.read().decode())
    assert [name for name, _ in told[-2:]] == ["delta", "answer"]
    whole = told[-1][1]
    assert "".join(data["text"] for name, data in told if name == "delta") == whole["text"]
    assert whole["text"] == ask(client, QUESTION)["text"]
    assert client.post("/api/feedback", json={"id": whole["id"], "helpful": True}).is_success


class SentenceBySentence(ScriptedBot):
    """Shows a sentence, and goes on only when it may."""

    def stream(self, text: str, **_: Any) -> Iterator[str | Answer]:
        yield "先看到的。[1]"
        assert self.go_on.wait(20)
        yield Answer("answered", "先看到的。[1]后看到的。[2]")


def test_a_sentence_that_is_ready_is_sent_before_the_rest(serve: Serve) -> None:
    bot = SentenceBySentence()
    bot.go_on.clear()
    address = f"{serve(scripted=bot)}/api/ask/stream"
    with httpx.stream("POST", address, json={"question": "问"}, timeout=20) as response:
        lines = response.iter_lines()
        first = next(line for line in lines if line.startswith("data: "))
        assert json.loads(first.removeprefix("data: ")) == {"text": "先看到的。[1]"}
        bot.go_on.set()
        told = events("\n".join(["event: delta", first, *lines]))
    deltas = [data["text"] for name, data in told if name == "delta"]
    assert "".join(deltas) == told[-1][1]["text"] == "先看到的。[1]后看到的。[2]"


def test_what_fails_while_streaming_is_told_in_the_stream(make_client: MakeClient) -> None:
    client = make_client(scripted=ScriptedBot(ZeroDivisionError("geheim")))
    response = client.post("/api/ask/stream", json={"question": "问"})
    ((name, data),) = events(response.text)
    assert (name, data["error"]["code"]) == ("error", "internal")
    assert "geheim" not in response.text


def test_a_session_is_remembered_and_can_be_forgotten(make_client: MakeClient) -> None:
    scripted = ScriptedBot()
    client = make_client(scripted=scripted)
    ask(client, "境内几天自动收货", session="店/1")
    ask(client, "那境外的呢", session="店/1")
    assert [turn.content for turn in scripted.asked[1][1]] == [
        "境内几天自动收货",
        "结算周期是一个自然月。",
    ]
    assert client.delete("/api/sessions/店%2F1").status_code in (200, 404)
    ask(client, "一", session="s")
    assert client.delete("/api/sessions/s").json() == {"status": "ok"}
    ask(client, "二", session="s")
    assert scripted.asked[-1] == ("二", [])


def test_a_follow_up_is_understood_with_the_history_the_caller_sends(
    make_client: MakeClient,
) -> None:
    history = [
        {"role": "user", "content": "境内的订单几天自动确认收货？"},
        {"role": "assistant", "content": "12天。"},
    ]
    assert "30天" in ask(make_client(), "那境外的呢", history=history)["text"]


def test_an_answer_that_takes_too_long_is_given_up(make_client: MakeClient) -> None:
    scripted = ScriptedBot()
    client = make_client(scripted=scripted, request_seconds=1)
    scripted.go_on.clear()
    response = client.post("/api/ask", json={"question": "问"})
    scripted.go_on.set()
    assert response.status_code == 504
    assert response.json()["error"]["code"] == "timeout"


def test_the_services_own_problems_are_told_without_its_inner_workings(
    make_client: MakeClient,
) -> None:
    for problem, status, code in (
        (StoreError("数据库 /srv/geheim.sqlite 用不了"), 503, "unavailable"),
        (CitationError("geheim"), 503, "unavailable"),
        (ZeroDivisionError("geheim"), 500, "internal"),
    ):
        response = make_client(scripted=ScriptedBot(problem)).post(
            "/api/ask", json={"question": "问"}
        )
        assert (response.status_code, response.json()["error"]["code"]) == (status, code)
        assert "geheim" not in response.text


def test_a_request_that_cannot_be_read_is_told_what_is_wrong(make_client: MakeClient) -> None:
    client = make_client()
    json_headers = {"Content-Type": "application/json"}
    cases: list[tuple[bytes, str]] = [
        (b"{", "不是 JSON"),
        (b"[]", "应为 JSON 对象"),
        (b"{}", '"question"：缺少这一项'),
        (b'{"question": 5}', '"question"：应为文字'),
        ('{"question": "问", "sesion": "x"}'.encode(), '"sesion"：没有这一项'),
        ('{"question": "问", "today": "2021-02-30"}'.encode(), '"today"：应为存在的日期'),
        ('{"question": "问", "history": [{"role": "system", "content": ""}]}'.encode(), "role"),
    ]
    for body, said in cases:
        response = client.post("/api/ask", content=body, headers=json_headers)
        error = response.json()["error"]
        assert (response.status_code, error["code"]) == (400, "invalid_request"), body
        assert said in error["message"]


def test_markup_in_an_answer_is_sent_as_it_is(make_client: MakeClient) -> None:
    client = make_client(scripted=ScriptedBot(Answer("answered", "<b>\n\ndata: x\n\n[DONE]")))
    told = events(client.post("/api/ask/stream", json={"question": "问"}).text)
    assert told[-1][1]["text"] == "<b>\n\ndata: x\n\n[DONE]"
