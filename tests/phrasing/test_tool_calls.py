"""A chat model may ask for a rule tool, with what the merchant said and with nothing else."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot import Answer, Question, Turn
from bot.errors import RuleError
from bot.phrasing.toolcalls import run_asked
from bot.pipeline import MerchantBot
from bot.tools import TOOLS
from tests.phrasing.conftest import Open
from tests.phrasing.service import ChatService, Says
from tests.phrasing.test_phrasing import SHIPPED, TODAY, phrasing, streamed, without_model

RECEIPT = "auto_confirm_receipt"
SAID = {"ship_confirmed": "2021-11-01", "origin": "domestic"}
DONE = Says("2021年11月13日自动确认收货[1]。")


def test_the_tools_offered_are_the_rule_tools(chatty: MerchantBot, service: ChatService) -> None:
    chatty.ask(SHIPPED, today=TODAY)
    offered = {tool["function"]["name"] for tool in service.requests[0]["tools"]}
    assert offered == set(TOOLS)


def test_no_tools_are_offered_where_they_are_turned_off(
    open_chatty: Open, service: ChatService
) -> None:
    bot = open_chatty(chat_tools=False)
    service.says(Says(calls=((RECEIPT, SAID),)), DONE)
    _, answer = streamed(bot, SHIPPED)
    assert "tools" not in service.requests[0]
    assert phrasing(answer)["phrased"] is True


def test_what_the_merchant_said_is_computed_and_told_to_the_model(
    chatty: MerchantBot, service: ChatService
) -> None:
    service.says(Says(calls=((RECEIPT, SAID),)), DONE)
    _, answer = streamed(chatty, SHIPPED)
    plain = without_model(chatty, SHIPPED)
    told = service.requests[1]["messages"][-1]
    assert told["role"] == "tool" and "2021-11-13" in told["content"]
    assert answer.text == f"{DONE.text}\n\n{plain.text}"
    assert answer.calculations == plain.calculations
    assert answer.status == plain.status == "calculated"
    assert phrasing(answer)["input_tokens"] == 2000


@pytest.mark.parametrize(
    "inputs",
    [
        {**SAID, "ship_confirmed": "2021-11-05"},
        {**SAID, "origin": "overseas"},
        {**SAID, "extended": True},
        {**SAID, "ship_confirmed": "昨天"},
        {"origin": "domestic"},
        {**SAID, "colour": "red"},
    ],
)
def test_an_input_that_was_not_said_is_refused_and_the_answer_stays_right(
    chatty: MerchantBot, service: ChatService, inputs: Mapping[str, Any]
) -> None:
    wrong = Says("2021年11月17日自动确认收货[1]。2021年12月1日自动确认收货[1]。")
    service.says(Says(calls=((RECEIPT, inputs),)), wrong)
    shown, answer = streamed(chatty, SHIPPED)
    plain = without_model(chatty, SHIPPED)
    assert service.requests[1]["messages"][-1]["content"].startswith("不能计算：")
    assert phrasing(answer)["refused_calls"] == 1
    assert shown == []
    assert (answer.text, answer.calculations) == (plain.text, plain.calculations)


def test_a_model_that_only_asks_for_tools_is_stopped(
    chatty: MerchantBot, service: ChatService
) -> None:
    service.says(Says(calls=((RECEIPT, SAID), ("no_such_tool", {}))))
    _, answer = streamed(chatty, SHIPPED)
    assert phrasing(answer)["reason"] == "rounds"
    assert answer.text == without_model(chatty, SHIPPED).text
    assert len(service.requests) == 3


def test_a_calculation_nothing_is_said_of_is_not_shown(
    chatty: MerchantBot, service: ChatService
) -> None:
    question = "小红书支付渠道费收几个点"
    said = Turn("user", "客户实付1000块")
    service.says(
        Says(calls=(("payment_channel_fee", {"paid": ["1000"]}),)),
        Says("小红书的支付渠道费费率是0.7%，按客户实际支付金额收取[1]。"),
    )
    *_, answer = chatty.stream(question, history=[said], today=TODAY)
    assert isinstance(answer, Answer)
    if answer.status == "answered":
        assert answer.calculations == ()
    assert [citation.n for citation in answer.citations] == list(
        range(1, len(answer.citations) + 1)
    )


TOLD = "境内11月1号发货，买家点了延长收货，实付1000块"


@pytest.mark.parametrize(
    ("tool", "inputs", "computed"),
    [
        (RECEIPT, {**SAID, "extended": True}, True),
        # The merchant said that it was extended: left out, the day would be wrong.
        (RECEIPT, SAID, False),
        ("payment_channel_fee", {"paid": ["1000"]}, True),
        ("payment_channel_fee", {"paid": ["1000", "200"]}, False),
        ("payment_from_fee", {"fee": "7"}, False),
        ("no_such_tool", {}, False),
    ],
)
def test_inputs_are_held_against_all_the_merchant_said(
    bot: MerchantBot, tool: str, inputs: Mapping[str, Any], computed: bool
) -> None:
    question = Question("那怎么算", dt.date(2021, 11, 20), (Turn("user", TOLD),))
    assert bot.calculator.rules is not None
    if computed:
        made = run_asked(tool, inputs, question, bot.calculator.rules)
        assert json.dumps(made.result, default=str)
    else:
        with pytest.raises(RuleError):
            run_asked(tool, inputs, question, bot.calculator.rules)


def test_what_only_an_answer_said_is_no_input(bot: MerchantBot) -> None:
    question = Question("那怎么算", dt.date(2021, 11, 20), (Turn("assistant", TOLD),))
    assert bot.calculator.rules is not None
    with pytest.raises(RuleError, match="对不上"):
        run_asked("payment_channel_fee", {"paid": ["1000"]}, question, bot.calculator.rules)
