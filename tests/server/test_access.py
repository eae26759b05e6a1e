"""Keys, the maintainers' password, and how often somebody may call."""

from __future__ import annotations

import pytest

from bot.keys import make_key
from tests.server.conftest import MakeClient, ScriptedBot

ASK = {"question": "问"}


def bearer(key: str) -> dict[str, str]:
    """The header that shows a key."""
    return {"Authorization": f"Bearer {key}"}


def test_with_keys_set_every_route_of_the_api_wants_one(make_client: MakeClient) -> None:
    client = make_client(api_keys="cow:geheim-1", admin_password="geheim-2")
    operations = [
        (method, path)
        for path, methods in client.get("/openapi.json").json()["paths"].items()
        for method in methods
        if path.startswith(("/api", "/v1"))
    ]
    assert len(operations) >= 12
    for method, path in operations:
        address = path.replace("{number}", "1").replace("{", "").replace("}", "")
        # A valid body, so that nothing but the key is missing.
        body = {"question": "问", "model": "merchant-kb", "id": "x", "helpful": True} | {
            "messages": [{"role": "user", "content": "问"}]
        }
        for headers in ({}, bearer("geheim-3"), bearer("geheim-2"), {"Authorization": "geheim-1"}):
            response = client.request(method, address, headers=headers, json=body)
            assert response.status_code in (400, 401), (method, path)
            if response.status_code == 400:  # the key is looked at once the body is readable
                assert response.json()["error"]["code"] == "invalid_request"
            else:
                assert response.headers["www-authenticate"].split()[0] in ("Bearer", "Basic")
            assert "geheim" not in response.text


def test_a_key_opens_and_health_needs_none(make_client: MakeClient) -> None:
    key, digest = make_key()
    client = make_client(scripted=ScriptedBot(), api_keys=f"old:geheim-1,new:{digest}")
    for shown in ("geheim-1", key):
        assert client.post("/api/ask", json=ASK, headers=bearer(shown)).status_code == 200
    assert client.post("/api/ask", json=ASK).json()["error"]["code"] == "invalid_api_key"
    for path in ("/healthz", "/readyz", "/metrics", "/docs", "/openapi.json"):
        assert client.get(path).status_code == 200


def test_a_conversation_under_one_key_is_closed_to_the_other(make_client: MakeClient) -> None:
    scripted = ScriptedBot()
    client = make_client(scripted=scripted, api_keys="a:geheim-1,b:geheim-2")
    client.post("/api/ask", json={**ASK, "session": "s"}, headers=bearer("geheim-1"))
    client.post("/api/ask", json={**ASK, "session": "s"}, headers=bearer("geheim-2"))
    assert scripted.asked[1][1] == []


def test_a_key_that_calls_too_often_has_to_wait_and_the_other_has_not(
    make_client: MakeClient,
) -> None:
    client = make_client(
        scripted=ScriptedBot(), api_keys="a:geheim-1,b:geheim-2", key_limit="3/minute"
    )
    told = [
        client.post("/api/ask", json=ASK, headers=bearer("geheim-1")).status_code for _ in range(4)
    ]
    assert told == [200, 200, 200, 429]
    refused = client.post("/api/ask", json=ASK, headers=bearer("geheim-1"))
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert client.post("/api/ask", json=ASK, headers=bearer("geheim-2")).status_code == 200
    assert 'zhanggui_limited_total{rule="key"} 2.0' in client.get("/metrics").text


def test_the_eleventh_question_of_a_user_in_a_minute_has_to_wait(make_client: MakeClient) -> None:
    client = make_client(scripted=ScriptedBot())
    for path in ("/api/ask", "/api/ask/stream"):
        user = f"u{path}"
        told = [client.post(path, json={**ASK, "user": user}).status_code for _ in range(11)]
        assert told == [200] * 10 + [429]
    assert client.post("/api/ask", json={**ASK, "user": "another"}).status_code == 200
    assert client.post("/api/ask", json=ASK).status_code == 200


def test_the_maintainers_routes_want_the_password(make_client: MakeClient) -> None:
    client = make_client(admin_password="geheim-2")
    assert client.get("/api/unanswered").status_code == 401
    assert client.get("/api/unanswered", auth=("x", "geheim-1")).status_code == 401
    assert client.get("/api/unanswered", auth=("x", "geheim-2")).json() == {"questions": []}


def test_without_a_password_the_maintainers_routes_are_closed(make_client: MakeClient) -> None:
    response = make_client().get("/api/unanswered", auth=("", ""))
    assert (response.status_code, response.json()["error"]["code"]) == (403, "admin_disabled")


def test_guessing_the_password_is_slow(make_client: MakeClient) -> None:
    client = make_client(admin_password="geheim-2")
    told = [
        client.get("/api/unanswered", auth=("x", str(number))).status_code for number in range(11)
    ]
    assert told == [401] * 10 + [429]


def test_feedback_and_refusals_reach_the_maintainer_and_can_be_resolved(
    make_client: MakeClient,
) -> None:
    client = make_client(admin_password="geheim-2")
    admin = ("x", "geheim-2")
    refused = client.post("/api/ask", json={"question": "抖音小店的保证金是多少？"}).json()
    assert refused["status"] == "not_found"
    answer = client.post("/api/ask", json={"question": "小红书多久结算一次货款？"}).json()
    told = {"id": answer["id"], "helpful": False, "reason": "没说几号打款"}
    assert client.post("/api/feedback", json=told).json() == {"status": "ok"}
    listed = client.get("/api/unanswered", auth=admin).json()["questions"]
    assert {one["reason"] for one in listed} == {"not_found", "unhelpful"}
    address = f"/api/unanswered/{listed[0]['id']}/resolve"
    assert client.post(address, json={"note": "已补"}, auth=admin).json() == {"status": "ok"}
    assert len(client.get("/api/unanswered", auth=admin).json()["questions"]) == 1
    done = client.get("/api/unanswered?resolved=true", auth=admin).json()["questions"]
    assert [one["note"] for one in done] == ["已补"]
    assert client.post("/api/unanswered/9999/resolve", json={}, auth=admin).status_code == 404


@pytest.mark.parametrize("identifier", ["nope", "", "a\0b"])
def test_feedback_on_an_unknown_answer_is_an_error(
    make_client: MakeClient, identifier: str
) -> None:
    response = make_client().post("/api/feedback", json={"id": identifier, "helpful": True})
    assert (response.status_code, response.json()["error"]["code"]) == (404, "unknown_id")
