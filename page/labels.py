"""The merchant's words for the names and values in a calculation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from bot.tools import TOOLS, tool_schema
from page.words import Words

RESULTS = {
    "auto_confirm_date": "自动确认收货日",
    "black_friday": "黑色星期五",
    "closed_after_month": "在第几个月后关闭",
    "confirm_date": "确认收货日",
    "cyber_monday": "网络星期一",
    "days_since_close": "距上次关闭的天数",
    "deadline": "维权截止日",
    "decision": "处理结果",
    "documents": "要交的材料",
    "earliest_apply_date": "最早可申请的日期",
    "early_start": "提前开始的日期",
    "eligible": "是否可以申请",
    "fee": "支付渠道费（元）",
    "fee_exact": "舍入前（元）",
    "in_assessed_hours": "是否在考核时段内",
    "in_time": "是否还在期限内",
    "latest_ship_date": "最晚发货日",
    "net": "扣除后（元）",
    "paid": "实付金额（元）",
    "paid_exact": "舍入前（元）",
    "permission_closed": "权限是否会关闭",
    "rule_numbers": "依据的条款",
    "settlement_month": "结算月",
    "steps": "步骤",
    "supported": "是否支持",
    "unlimited": "是否不限期限",
}
_VALUES = {"accepted": "可以受理", "not_accepted": "不予受理", "suspended": "中止处理"}


def tool_title(tool: str, words: Words) -> str:
    """A tool's name for merchants."""
    return words.term(TOOLS[tool].title) if tool in TOOLS else tool


def input_titles(tool: str) -> dict[str, str]:
    """What a tool calls its inputs, in Chinese."""
    return {name: str(entry["title"]) for name, entry in _properties(tool).items()}


def result_title(name: str, words: Words) -> str:
    """What a value that came out is called."""
    return words.term(RESULTS.get(name, name))


def input_rows(tool: str, inputs: Mapping[str, Any], words: Words) -> list[tuple[str, str]]:
    """Titles and values of what a tool was given, as the tool itself names and orders them."""
    properties = _properties(tool)
    rows = []
    for name in sorted(inputs, key=[*properties, *inputs].index):
        known = properties.get(name, {})
        title = words.term(str(known.get("title", name)))
        rows.append((title, spoken(inputs[name], _choices(known), words)))
    return rows


def result_rows(result: Mapping[str, Any], words: Words) -> list[tuple[str, str | tuple[str, ...]]]:
    """Titles and values of what came out; several sentences stay apart."""
    return [(result_title(name, words), _told(value, words)) for name, value in result.items()]


def _told(value: Any, words: Words) -> str | tuple[str, ...]:
    if isinstance(value, (list, tuple)):
        each = tuple(spoken(item, _VALUES, words) for item in value)
        if any(text.endswith("。") for text in each):
            return each
    return spoken(value, _VALUES, words)


def spoken(value: Any, choices: Mapping[str, str], words: Words) -> str:
    """A value as a merchant reads it; ``choices`` names what stands for something else."""
    if value is None:
        return words("none")
    if isinstance(value, bool):
        return words("yes") if value else words("no")
    if isinstance(value, Mapping):
        pairs = (
            f"{key}{words('colon')}{spoken(item, choices, words)}" for key, item in value.items()
        )
        return words("semicolon").join(pairs)
    if isinstance(value, (list, tuple)):
        spoken_items = [spoken(item, choices, words) for item in value]
        return words("comma").join(spoken_items) or words("none")
    return words.term(choices.get(str(value), str(value)))


@cache
def _properties(tool: str) -> dict[str, dict[str, Any]]:
    return dict(tool_schema(tool)["properties"]) if tool in TOOLS else {}


def _choices(schema: Mapping[str, Any]) -> dict[str, str]:
    """The named choices of an input, wherever its schema holds them."""
    places = [schema, schema.get("items", {}), *schema.get("anyOf", [])]
    return {code: name for place in places for code, name in place.get("x-labels", {}).items()}
