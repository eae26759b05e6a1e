"""The rule tools and the articles over HTTP."""

from __future__ import annotations

import pytest

from bot.pipeline import MerchantBot
from bot.tools import TOOLS
from tests.server.conftest import MakeClient


def test_every_tool_is_listed_with_the_schema_of_its_inputs(make_client: MakeClient) -> None:
    client = make_client()
    listed = client.get("/api/tools").json()["tools"]
    assert [tool["name"] for tool in listed] == list(TOOLS)
    assert client.get("/api/tools/payment_channel_fee").json() == listed[3]
    assert listed[3]["inputs"]["properties"]["paid"]["title"] == "实付金额"


def test_every_example_of_the_document_can_be_computed(make_client: MakeClient) -> None:
    client = make_client()
    operation = client.get("/openapi.json").json()["paths"]["/api/tools/{name}"]["post"]
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    assert set(examples) == set(TOOLS)
    for name, example in examples.items():
        response = client.post(f"/api/tools/{name}", json=example["value"])
        assert response.status_code == 200, (name, response.text)


def test_a_tool_computes_and_names_its_sources(make_client: MakeClient) -> None:
    worked = make_client().post("/api/tools/payment_channel_fee", json={"paid": "1288"}).json()
    assert worked["result"]["fee"] == "9.02"
    assert "0.7%" in worked["rules"][0]["quote"]


@pytest.mark.parametrize(
    ("name", "inputs", "status", "code"),
    [
        ("payment_channel_fee", {}, 400, "invalid_input"),
        ("payment_channel_fee", {"paid": "many"}, 400, "invalid_input"),
        ("payment_channel_fee", {"paid": "1", "payd": "2"}, 400, "invalid_input"),
        ("no_such_tool", {}, 404, "unknown_tool"),
    ],
)
def test_what_a_tool_cannot_take_is_told(
    make_client: MakeClient, name: str, inputs: dict[str, str], status: int, code: str
) -> None:
    response = make_client().post(f"/api/tools/{name}", json=inputs)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    "value",
    [
        r'"\ud83d"',
        "NaN",
        "1e999",
        "1e99999999999999999999",
        "1e-400",
        "[[[1]]]",
        '{"a": 1}',
        '"1\\u0000"',
    ],
)
def test_odd_values_are_refused_and_break_nothing(make_client: MakeClient, value: str) -> None:
    client = make_client()
    for name, field in (("payment_channel_fee", "paid"), ("mini_store_requirements", "category")):
        body = f'{{"seller_type": "personal", "{field}": {value}}}'
        if field == "paid":
            body = f'{{"paid": {value}}}'
        response = client.post(
            f"/api/tools/{name}", content=body, headers={"Content-Type": "application/json"}
        )
        assert response.status_code in (200, 400), (name, response.text)
        assert name == "mini_store_requirements" or response.status_code == 400


@pytest.mark.parametrize("paid", ["99.99999999999999999", "[1288, 0.1000000000000000001]"])
def test_a_number_is_read_as_written_and_not_as_the_nearest_float(
    make_client: MakeClient, paid: str
) -> None:
    response = make_client().post(
        "/api/tools/payment_channel_fee",
        content=f'{{"paid": {paid}}}',
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 400
    assert "最多两位小数" in response.json()["error"]["message"]


def test_numbers_and_nulls_in_a_body_are_taken(make_client: MakeClient) -> None:
    client = make_client()
    paid = client.post("/api/tools/payment_channel_fee", json={"paid": [1288, 199.5]}).json()
    assert paid["inputs"] == {"paid": ["1288", "199.5"]}
    order = {"ship_confirmed": "2021-11-01", "origin": "domestic", "extended": None}
    confirmed = client.post("/api/tools/auto_confirm_receipt", json=order).json()
    assert confirmed["result"]["auto_confirm_date"] == "2021-11-13"


def test_the_articles_are_listed_and_each_has_its_text_and_passages(
    make_client: MakeClient, bot: MerchantBot
) -> None:
    client = make_client()
    listed = client.get("/api/articles").json()["articles"]
    assert len(listed) >= 8
    article = client.get("/api/articles/xiaohongshu/settlement").json()
    assert article["text"] == bot.retriever.article_text("xiaohongshu/settlement")
    for chunk in article["chunks"]:
        assert article["text"][chunk["start"] : chunk["end"]] == chunk["text"]
    indexed = bot.retriever.index.passages([chunk["id"] for chunk in article["chunks"]])
    assert len(indexed) == len(article["chunks"]) > 3


def test_an_article_that_is_not_there_is_an_error(make_client: MakeClient) -> None:
    response = make_client().get("/api/articles/no/such")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "unknown_article")
