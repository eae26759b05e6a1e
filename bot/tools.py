"""The rule tools, defined once: forms, HTTP, command line and tool calls are made from this."""

from __future__ import annotations

import calendar
import datetime as dt
import difflib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from bot.answers import Calculation
from bot.errors import InputError, RuleError
from bot.rules import dates, disputes, fees, seasons, service, stores
from bot.rules.ruleset import Rules
from bot.text import fold

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

_DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_MONTH = re.compile(r"(\d{4})([-/.])(\d{1,2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")
_AMOUNT = re.compile(
    r"[¥$]?\s*(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d{1,2})?)\s*[元块]?",
    re.IGNORECASE,
)
_ENTRY_ENDS = re.compile(r"[\s、;]+")
_YES = {"true", "yes", "y", "1", "是", "有", "对"}
_NO = {"false", "no", "n", "0", "否", "没有", "不"}
_REVIEWS = {"pass": "达标", "fail": "不达标"}


def _folded(value: str) -> str:
    """Full-width figures and signs as their usual forms."""
    return unicodedata.normalize("NFKC", value).strip()


def _shown(value: Any) -> str:
    """A value in an error message; a number as it was written."""
    return str(value) if isinstance(value, Decimal) else repr(value)


def _told(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """What is empty counts as not given."""
    return {key: value for key, value in inputs.items() if value is not None and value != ""}


def _day(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    written = _DAY.fullmatch(_folded(value)) if isinstance(value, str) else None
    if written is None:
        raise ValueError(f"{_shown(value)} 不是日期，应写成 2021-11-01 这样的年-月-日")
    return _existing_day(value, int(written[1]), int(written[3]), int(written[4]))


def _existing_day(value: str, year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        why = "年份、月份或日子超出了历法"
        if year >= dt.MINYEAR and 1 <= month <= len(calendar.month_name) - 1:
            why = f"{year}年{month}月是1日到{calendar.monthrange(year, month)[1]}日"
        raise ValueError(f"{_shown(value)} 不是存在的日期：{why}") from None


def _day_or_month(value: Any) -> str:
    if isinstance(value, str) and (written := _MONTH.fullmatch(_folded(value))):
        return _existing_day(value, int(written[1]), int(written[3]), 1).isoformat()[:-3]
    try:
        return _day(value).isoformat()
    except ValueError as exc:
        raise ValueError(f"{exc}；也可以只写月份，如 2021-11") from None


def _time(value: Any) -> dt.time:
    if isinstance(value, dt.time):
        return value
    written = _TIME.fullmatch(_folded(value)) if isinstance(value, str) else None
    if written:
        try:
            return dt.time(int(written[1]), int(written[2]))
        except ValueError:
            pass
    raise ValueError(f"{_shown(value)} 不是时刻，应写成 00:00 到 23:59 之间的时:分，如 22:30")


def _amount(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        # The shortest text of a float is what was typed.
        return Decimal(str(value))
    written = _AMOUNT.fullmatch(_folded(value)) if isinstance(value, str) else None
    number = written["number"].replace(",", "") if written else ""
    if not re.search(r"\d", number.lower().partition("e")[0]):
        raise ValueError(f"{_shown(value)} 不是金额，应写成 1288 或 1288.50 这样的数")
    return Decimal(number)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = _folded(str(value)).lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError(f"{_shown(value)} 不能用：只能是 true（是）或 false（否）")


def _year(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}年?", word := _folded(value)):
        return int(word.removesuffix("年"))
    raise ValueError(f"{_shown(value)} 不是年份，应写成 2021 这样的四位数")


def _words(value: Any) -> str:
    if isinstance(value, str):
        # Read as in a question: 貓糧 is 猫粮.
        return fold(value).strip()
    raise ValueError(f"{_shown(value)} 不能用：应是文字")


def _passed(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return _code(_REVIEWS)(value) == "pass"


def _code(labels: Mapping[str, str]) -> Callable[[Any], str]:
    """Read a code, or the label a form shows for it."""
    codes = {label: code for code, label in labels.items()} | {code: code for code in labels}
    allowed = "、".join(f"{code}（{label}）" for code, label in labels.items())

    def read(value: Any) -> str:
        word = _folded(value) if isinstance(value, str) else None
        if word not in codes:
            raise ValueError(f"{_shown(value)} 不能用：只能是 {allowed}")
        return codes[word]

    return read


def _entries(value: Any) -> Any:
    """One or many: a single value is a list of one, a text may hold several."""
    if isinstance(value, str):
        return [entry for entry in _ENTRY_ENDS.split(_folded(value)) if entry]
    return list(value) if isinstance(value, list | tuple) else [value]


def _choices(labels: Mapping[str, str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(labels), "x-labels": dict(labels)}


def _many(entry: dict[str, Any], least: int = 1) -> dict[str, Any]:
    return {"type": "array", "items": entry, "minItems": least}


def _set(entry: dict[str, Any], least: int = 1) -> dict[str, Any]:
    """Of which each value is either in or not, and their order says nothing."""
    return _many(entry, least) | {"uniqueItems": True}


_DAY_SCHEMA = {"type": "string", "format": "date"}
_FLAG_SCHEMA = {"type": "boolean"}
_AMOUNT_SCHEMA = {"type": "string", "format": "decimal"}
_TIME_SCHEMA = {"type": "string", "format": "time", "pattern": r"^\d{1,2}:\d{2}$"}

Day = Annotated[dt.date, BeforeValidator(_day), WithJsonSchema(_DAY_SCHEMA)]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema(_FLAG_SCHEMA)]
Amount = Annotated[
    # What is no sum of money is for the rules to say.
    Decimal,
    Field(allow_inf_nan=True),
    BeforeValidator(_amount),
    WithJsonSchema(_AMOUNT_SCHEMA),
]
Amounts = Annotated[list[Amount], BeforeValidator(_entries), WithJsonSchema(_many(_AMOUNT_SCHEMA))]
Target = Annotated[
    str,
    BeforeValidator(_day_or_month),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}(-\d{2})?$"}),
]
Origin = Annotated[
    dates.Origin, BeforeValidator(_code(dates.ORIGINS)), WithJsonSchema(_choices(dates.ORIGINS))
]
Goods = Annotated[disputes.Goods, BeforeValidator(_code(disputes.GOODS))]
ManyGoods = Annotated[
    list[Goods],
    BeforeValidator(_entries),
    WithJsonSchema(_set(_choices(disputes.GOODS))),
]
SpecialCase = Annotated[
    disputes.SpecialCase,
    BeforeValidator(_code(disputes.SPECIAL_CASES)),
    WithJsonSchema(_choices(disputes.SPECIAL_CASES)),
]
Fact = Annotated[disputes.Fact, BeforeValidator(_code(disputes.FACTS))]
Facts = Annotated[
    list[Fact],
    BeforeValidator(_entries),
    WithJsonSchema(_set(_choices(disputes.FACTS), least=0)),
]
Times = Annotated[
    list[Annotated[dt.time, BeforeValidator(_time)]],
    BeforeValidator(_entries),
    WithJsonSchema(_many(_TIME_SCHEMA)),
]
Reviews = Annotated[
    list[Annotated[bool, BeforeValidator(_passed)]],
    BeforeValidator(_entries),
    WithJsonSchema(_many(_choices(_REVIEWS))),
]
SellerType = Annotated[
    stores.SellerType,
    BeforeValidator(_code(stores.SELLER_TYPES)),
    WithJsonSchema(_choices(stores.SELLER_TYPES)),
]
Words = Annotated[str, BeforeValidator(_words), WithJsonSchema({"type": "string"})]
Year = Annotated[int, BeforeValidator(_year), WithJsonSchema({"type": "integer"})]


def _input(title: str, description: str, example: Any, **options: Any) -> Any:
    return Field(title=title, description=description, examples=[example], **options)


class ToolInputs(BaseModel):
    """Base of the tools' inputs: nothing unknown, nothing changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, inputs: Any) -> Any:
        return _told(inputs) if isinstance(inputs, Mapping) else inputs


_ORIGIN = _input("发货地", "境内发货（domestic）还是境外发货（overseas）", "domestic")
_EXTENDED = _input("延长收货", "消费者是否点过延长收货", False, default=False)


class AutoConfirmInputs(ToolInputs):
    ship_confirmed: Day = _input("确认发货日", "平台确认发货的日期", "2021-11-01")
    origin: Origin = _ORIGIN
    extended: Flag = _EXTENDED
    refund_requested: Flag = _input("申请退款", "消费者是否申请了退款", False, default=False)


class LatestShipInputs(ToolInputs):
    target: Target = _input(
        "目标", "想要的自动确认收货日（2021-11-30）或结算月（2021-11）", "2021-11"
    )
    origin: Origin = _ORIGIN
    extended: Flag = _EXTENDED


class SettlementMonthInputs(ToolInputs):
    confirmed_receipt: Day = _input("确认收货日", "消费者或平台确认收货的日期", "2021-11-13")
    order_completed: Flag = _input("已完成", "订单状态是否已是“已完成”", True)


class PaymentFeeInputs(ToolInputs):
    paid: Amounts = _input("实付金额", "客户实际支付的金额（元），可以多笔", ["1288", "199"])


class PaymentFromFeeInputs(ToolInputs):
    fee: Amount = _input("支付渠道费", "被收取的支付渠道费（元）", "9.02")


class DisputeWindowInputs(ToolInputs):
    transaction_success: Day = _input("交易成功日", "交易成功的日期", "2021-11-01")
    goods: ManyGoods = _input("商品情况", "符合的都选，取最长的期限", ["ordinary"])
    special_case: SpecialCase | None = _input(
        "特殊情形", "不受受理期限限制的情形；没有就不填", "court_document", default=None
    )
    today: Day | None = _input(
        "今天", "按哪一天判断；不填就是提问的日子", "2021-11-05", default=None
    )


class DisputeAcceptanceInputs(ToolInputs):
    facts: Facts = _input("情形", "符合的都选；都不符合就给空的列表", ["fake_transaction"])


class EligibilityInputs(ToolInputs):
    last_closed: Day = _input("上次关闭日", "上次关闭自主客服的日期", "2021-08-01")
    today: Day | None = _input("今天", "哪一天申请；不填就是提问的日子", "2021-11-05", default=None)


class ServiceHoursInputs(ToolInputs):
    times: Times = _input("时刻", "一天里的时刻（时:分），可以多个", ["07:30", "23:00"])


class ServiceReviewInputs(ToolInputs):
    months: Reviews = _input("各月考核", "从最早的月份起，逐月是否达标", ["pass", "fail", "fail"])


class MiniStoreInputs(ToolInputs):
    seller_type: SellerType = _input("开店类型", "以什么身份开店", "personal")
    category: Words | None = _input("类目", "卖什么；没想好就不填", "食品", default=None)


class PeakSeasonInputs(ToolInputs):
    year: Year = _input("年份", "哪一年的旺季", 2021)


@dataclass(frozen=True)
class Tool:
    """A rule tool: what it is called, what it takes, what computes it."""

    name: str
    title: str
    description: str
    inputs: type[ToolInputs]
    function: Callable[..., Calculation]

    @property
    def takes_today(self) -> bool:
        """Whether the day it is asked on is one of the inputs a user may give."""
        return "today" in self.inputs.model_fields


_ALL = (
    Tool(
        "auto_confirm_receipt",
        "自动确认收货日",
        "由确认发货日算出小红书自动确认收货的日期和结算月。",
        AutoConfirmInputs,
        dates.auto_confirm_receipt,
    ),
    Tool(
        "latest_ship_date",
        "最晚发货日",
        "由想要的自动确认收货日或结算月，倒算最晚哪天确认发货。",
        LatestShipInputs,
        dates.latest_ship_date,
    ),
    Tool(
        "settlement_month",
        "结算月",
        "由确认收货日和订单状态判断小红书订单在哪个月结算。",
        SettlementMonthInputs,
        dates.settlement_month,
    ),
    Tool(
        "payment_channel_fee",
        "支付渠道费",
        "由客户实际支付的金额算出小红书的支付渠道费和扣除后的金额。",
        PaymentFeeInputs,
        fees.payment_channel_fee,
    ),
    Tool(
        "payment_from_fee",
        "由渠道费反推实付金额",
        "由小红书收取的支付渠道费反推客户实际支付的金额。",
        PaymentFromFeeInputs,
        fees.payment_from_fee,
    ),
    Tool(
        "dispute_window",
        "维权截止日",
        "由交易成功日和商品情况算出小红书消费者维权的截止日，判断是否超期。",
        DisputeWindowInputs,
        disputes.dispute_window,
    ),
    Tool(
        "dispute_acceptance",
        "争议是否受理",
        "按小红书不予受理和中止处理的情形，判断一件争议会不会被受理。",
        DisputeAcceptanceInputs,
        disputes.dispute_acceptance,
    ),
    Tool(
        "self_service_eligibility",
        "能否再申请自主客服",
        "由上次关闭自主客服的日期判断现在能不能申请，最早哪天能申请。",
        EligibilityInputs,
        service.self_service_eligibility,
    ),
    Tool(
        "service_hours",
        "是否在考核时段",
        "判断一个或多个时刻是否在小红书自主客服的考核时段内。",
        ServiceHoursInputs,
        service.service_hours,
    ),
    Tool(
        "service_review",
        "客服考核结果",
        "由逐月的考核结果判断自主客服权限会不会因连续不达标被关闭。",
        ServiceReviewInputs,
        service.service_review,
    ),
    Tool(
        "mini_store_requirements",
        "微信小商店开店要求",
        "由开店类型和类目列出微信小商店能不能卖、要什么材料、怎样开店。",
        MiniStoreInputs,
        stores.mini_store_requirements,
    ),
    Tool(
        "peak_season",
        "跨境旺季日期",
        "算出黑色星期五、网络星期一和旺季提早开始的日期。",
        PeakSeasonInputs,
        seasons.peak_season,
    ),
)
TOOLS: Mapping[str, Tool] = {tool.name: tool for tool in _ALL}


def run_tool(name: str, inputs: Mapping[str, Any], *, today: dt.date, rules: Rules) -> Calculation:
    """Run a tool on inputs as they were typed, clicked or sent.

    ``today`` among the inputs goes before the argument. Empty inputs count as not given.
    Raise InputError naming the input for whatever cannot be, OutsideRulesError for a day the
    rules hold nothing for.
    """
    tool = find_tool(name)
    given = _told(inputs)
    asked_on = _asked_on(given.pop("today", today))
    if tool.takes_today:
        given["today"] = asked_on
    try:
        read = tool.inputs.model_validate(given)
    except ValidationError as exc:
        raise _input_error(tool, exc) from exc
    try:
        return tool.function(rules, **(dict(read) | {"today": asked_on}))
    except InputError as exc:
        raise _named(tool, exc.name, f"：{exc.problem}", place=exc.place) from exc


def find_tool(name: str) -> Tool:
    """The tool of that name; raise InputError naming the nearest when there is none."""
    if name not in TOOLS:
        raise InputError("tool", f"没有 {name!r} 这个工具。{_meant(name, TOOLS)}")
    return TOOLS[name]


def tool_schema(name: str) -> dict[str, Any]:
    """JSON schema of a tool's inputs; ``x-labels`` holds the Chinese names of the choices."""
    tool = find_tool(name)
    schema = tool.inputs.model_json_schema()
    return schema | {"title": tool.title, "description": tool.description}


def restated(name: str, inputs: Mapping[str, Any], missing: Sequence[str] = ()) -> str:
    """What a tool is asked to work out, in a line: its title, its inputs, those not told."""
    tool = find_tool(name)
    shapes = tool_schema(name)["properties"]
    given = [
        f"{shapes[key]['title']} {_in_words(value, _labels(shapes[key]))}"
        for key, value in inputs.items()
        if key in shapes and value is not None and value is not False and value != ""
    ]
    untold = [f"{shapes[key]['title']} 未说" for key in missing if key in shapes]
    return f"{tool.title}：{'，'.join([*given, *untold])}" if given or untold else tool.title


def _labels(shape: Mapping[str, Any]) -> Mapping[str, str]:
    """The Chinese names of an input's choices."""
    places = [shape, shape.get("items", {}), *shape.get("anyOf", ())]
    return {code: label for place in places for code, label in place.get("x-labels", {}).items()}


def _in_words(value: Any, labels: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(_in_words(each, labels) for each in value) or "无"
    return labels.get(str(value), str(value))


def structured_tools(rules: Rules, today: dt.date) -> list[StructuredTool]:
    """The tools for a chat model; they return a calculation as plain data.

    What cannot be computed comes back as the message of the error, for the model to read.
    """
    return [_structured_tool(tool, rules, today) for tool in TOOLS.values()]


def parse_assignments(assignments: Sequence[str]) -> dict[str, Any]:
    """Inputs of a command line: ``["paid=1288", "paid=199"]`` is ``{"paid": ["1288", "199"]}``.

    A value that is a JSON list is read as one, ``null`` as nothing given. Raise InputError for
    what is no assignment.
    """
    values: dict[str, list[Any]] = {}
    for assignment in assignments:
        name, equals, value = _folded(assignment).partition("=")
        if not equals or not name.strip():
            raise InputError(
                "inputs", f"{assignment!r} 不能用：应写成 名字=值，如 paid=1288，等号两边都不能少。"
            )
        values.setdefault(name.strip(), []).extend(_typed(value.strip()))
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def _typed(value: str) -> list[Any]:
    if value == "null":
        return [None]
    if value.startswith("["):
        try:
            # Decimals stay what was typed; an empty list is an input of its own.
            found = json.loads(value, parse_float=Decimal)
        except json.JSONDecodeError:
            return [value]
        return found if found else [[]]
    return [value]


def _asked_on(value: Any) -> dt.date:
    try:
        return _day(value)
    except ValueError as exc:
        raise InputError("today", f"今天：{exc}。", named=f"今天（today）：{exc}。") from exc


def _input_error(tool: Tool, exc: ValidationError) -> InputError:
    """The first problem in words: which input, what value, why, what is allowed."""
    problems = exc.errors(include_url=False)
    # A misspelt name also leaves the right one missing: the misspelling is the cause.
    problem = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
    name = str(problem["loc"][0])
    names = tool.inputs.model_fields
    if name not in names:
        return InputError(name, f"{tool.name} 没有 {name} 这个输入。{_meant(name, names)}")
    if problem["type"] == "missing":
        return _named(tool, name, f"：{names[name].description}。", before="缺少")
    place = next((part for part in problem["loc"][1:] if isinstance(part, int)), None)
    where = "" if place is None else f"第{place + 1}项 "
    why = problem.get("ctx", {}).get("error") or f"{_shown(problem['input'])} 不能用"
    return _named(tool, name, f"：{where}{why}。", place=place)


def _named(
    tool: Tool, name: str, after: str, *, before: str = "", place: int | None = None
) -> InputError:
    """The error with the input's title in it, and for callers with its name."""
    title = tool.inputs.model_fields[name].title
    named = f"{before}{title}（{name}）{after}"
    return InputError(name, f"{before}{title}{after}", named=named, place=place)


def _meant(name: str, names: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"是不是想写 {near[0]}？" if near else ""
    return f"{hint}可用的有：{'、'.join(names)}。"


def _structured_tool(tool: Tool, rules: Rules, today: dt.date) -> StructuredTool:
    # Only a chat model needs it, and it takes long to import.
    from langchain_core.tools import StructuredTool, ToolException

    def call(**inputs: Any) -> dict[str, Any]:
        try:
            return asdict(run_tool(tool.name, inputs, today=today, rules=rules))
        except RuleError as exc:
            raise ToolException(str(exc)) from exc

    return StructuredTool.from_function(
        func=call,
        name=tool.name,
        description=f"{tool.title}。{tool.description}",
        args_schema=tool.inputs,
        handle_tool_error=True,
        handle_validation_error=lambda exc: str(_input_error(tool, cast(ValidationError, exc))),
    )
