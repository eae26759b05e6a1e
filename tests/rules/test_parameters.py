"""The rules' data: held against the articles, dated, and nowhere in code."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot import rules as rules_package
from bot import tools
from bot.errors import OutsideRulesError, RuleDataError
from bot.rules import build_rules, load_rules
from bot.rules.disputes import FACTS, GOODS, SPECIAL_CASES
from bot.rules.numerals import chinese_numeral, holds_number, percent, plain
from bot.rules.sections import list_items
from bot.rules.stores import SELLER_TYPES
from tests.rules.corpus import PARAMETERS, ROOT, data, rules, texts

DAY = dt.date(2021, 11, 5)
DAYS = "settlement.auto_confirm_days.domestic"
EARLY = "peak_season.early_months"
# Zero and one place things and count on; a percentage has two places.
PLAIN_NUMBERS = {0, 1, 2}


def test_the_rules_load_from_the_file_of_the_package() -> None:
    assert load_rules(texts()) == rules()


def test_every_number_carries_a_sentence_that_holds_it() -> None:
    for parameter in rules().parameters.values():
        for value in parameter.values:
            assert value.quote in texts()[value.article_id]
            assert holds_number(value.quote, value.amount, parameter.unit), parameter.id


def test_every_rule_a_calculation_can_cite_is_a_slice_of_its_article() -> None:
    found = rules()
    uses = list(found.statements.values())
    for rule_list in found.lists.values():
        uses += [found.list_entry(rule_list.id, item) for item in rule_list.items]
        uses += [found.item(rule_list.id, code) for code in rule_list.codes]
        uses += [found.named_item(rule_list.id, code) for code in rule_list.codes]
    assert len(uses) > 100
    for use in uses:
        assert use.quote in texts()[use.article_id], use.id


def test_a_number_of_a_list_is_its_place_in_the_article() -> None:
    found = rules()
    refusals = list(FACTS)[:6]
    assert [found.number("disputes.refusals", code) for code in refusals] == [1, 2, 3, 4, 5, 6]
    item = found.item("disputes.refusals", "fake_transaction")
    assert (item.id, item.value, item.unit) == ("disputes.refusals.fake_transaction", "4", "条")
    assert "虚假交易" in item.quote
    named = found.named_item("service.conditions", "staff")
    assert named.id == "service.conditions.staff"
    assert named.value == named.quote and "客服人力储备" in named.quote


def test_the_choices_of_the_tools_are_those_of_the_data() -> None:
    found = rules()
    codes = [*found.lists["disputes.refusals"].codes, *found.lists["disputes.suspensions"].codes]
    assert codes == list(FACTS)
    assert [f"disputes.window.{kind}" in found.parameters for kind in GOODS] == [True] * len(GOODS)
    unlimited = {key.rsplit(".", 1)[1] for key in found.statements if ".unlimited." in key}
    assert unlimited == set(SPECIAL_CASES)
    assert set(SELLER_TYPES) == {"personal", "individual_business", "enterprise"}


def test_main_categories_named_in_the_data_stand_in_the_article() -> None:
    found = rules()
    known = set(found.items("mini_store.main_categories"))
    assert set(found.categories.synonyms) <= known
    assert set(found.categories.near_virtual) <= known
    for special in (found.categories.food, found.categories.fridge):
        assert special.main in known


# --- values by day ------------------------------------------------------------------------


def dated(*values: dict[str, Any]) -> dict[str, Any]:
    """The data with other values for the domestic days."""
    changed = data()
    article = "xiaohongshu/settlement"
    twelve = changed["parameters"][DAYS]["values"][0]["quote"]
    thirty = changed["parameters"]["settlement.auto_confirm_days.overseas"]["values"][0]["quote"]
    changed["parameters"][DAYS]["values"] = [
        {"article": article, "quote": twelve if value["value"] == 12 else thirty, **value}
        for value in values
    ]
    return changed


def test_a_value_holds_from_its_day_until_the_next_begins() -> None:
    found = build_rules(
        dated({"from": None, "value": 12}, {"from": dt.date(2022, 3, 1), "value": 30}), texts()
    )
    assert found.value(DAYS, on=dt.date(1900, 1, 1)) == 12
    assert found.value(DAYS, on=dt.date(2022, 2, 28)) == 12
    assert found.value(DAYS, on=dt.date(2022, 3, 1)) == 30
    assert found.value(DAYS, on=dt.date(2199, 12, 31)) == 30
    assert found.known_days(DAYS) == "最早 至 2022-02-28、2022-03-01 至 今后"


def test_each_of_several_values_ends_when_the_next_begins() -> None:
    found = build_rules(
        dated(
            {"from": None, "value": 12},
            {"from": dt.date(2022, 3, 1), "value": 30},
            {"from": dt.date(2023, 3, 1), "value": 12},
        ),
        texts(),
    )
    days = "最早 至 2022-02-28、2022-03-01 至 2023-02-28、2023-03-01 至 今后"
    assert found.known_days(DAYS) == days


def test_a_day_outside_the_data_raises_and_says_which_days_there_are() -> None:
    found = build_rules(
        dated(
            {"from": dt.date(2021, 1, 1), "to": dt.date(2021, 6, 30), "value": 12},
            {"from": dt.date(2021, 8, 1), "value": 30},
        ),
        texts(),
    )
    for day in (dt.date(2020, 12, 31), dt.date(2021, 7, 1), dt.date(2021, 7, 31)):
        with pytest.raises(OutsideRulesError, match="2021-01-01 至 2021-06-30、2021-08-01 至 今后"):
            found.value(DAYS, on=day)
        with pytest.raises(OutsideRulesError, match=str(day)):
            found.use(DAYS, on=day)
    assert found.value(DAYS, on=dt.date(2021, 1, 1)) == 12
    assert found.value(DAYS, on=dt.date(2021, 6, 30)) == 12
    assert found.value(DAYS, on=dt.date(2021, 8, 1)) == 30


def test_the_early_start_is_known_for_2021_alone() -> None:
    assert rules().value(EARLY, on=dt.date(2021, 1, 1)) == 1
    assert rules().value(EARLY, on=dt.date(2021, 12, 31)) == 1
    for day in (dt.date(2020, 12, 31), dt.date(2022, 1, 1)):
        with pytest.raises(OutsideRulesError):
            rules().value(EARLY, on=day)


def test_a_use_carries_value_unit_and_sentence() -> None:
    use = rules().use("settlement.payment_channel_rate", on=DAY)
    assert (use.value, use.unit, use.article_id) == ("0.007", "比例", "xiaohongshu/settlement")
    assert "0.7%" in use.quote
    assert rules().use(DAYS, on=DAY).value == "12"


# --- what is refused ----------------------------------------------------------------------


def drop(section: str, key: str, field: str) -> Callable[[dict[str, Any]], None]:
    return lambda changed: changed[section][key].pop(field)


def put(*path: Any) -> Callable[[dict[str, Any]], None]:
    *way, last, value = path

    def change(changed: Any) -> None:
        for step in way:
            changed = changed[step]
        changed[last] = value

    return change


FIRST = ("parameters", DAYS, "values", 0)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (put(*FIRST, "quote", "这句话不在文章里，12天。"), f"规则 {DAYS}：文章 .*里没有这句原话"),
        (put(*FIRST, "quote", ""), "没有引文"),
        (put(*FIRST, "quote", None), "没有引文"),
        (put(*FIRST, "value", 13), f"规则 {DAYS}：引文里没有数值 13（单位 天）"),
        (put(*FIRST, "value", 2), "引文里没有数值 2"),
        (put(*FIRST, "value", "1.2"), "引文里没有数值 1.2"),
        (put(*FIRST, "value", "十二"), "不是数字"),
        (put(*FIRST, "value", "NaN"), "不是数字"),
        (put(*FIRST, "value", True), "不是数字"),
        (put(*FIRST, "article", "xiaohongshu/nothing"), "知识库里没有文章 xiaohongshu/nothing"),
        (put(*FIRST, "from", "2021"), "from 应是日期或 null"),
        (put(*FIRST, "from", dt.datetime(2021, 1, 1)), "from 应是日期或 null"),
        (put(*FIRST, "since", None), "不认识 since"),
        (put("parameters", DAYS, "values", 0, 12), "应是“字段: 值”的形式"),
        (put("parameters", DAYS, "values", []), "values 应是不空的列表"),
        (put("parameters", DAYS, "values", "12"), "values 应是不空的列表"),
        (put("parameters", DAYS, "unit", "个月"), "引文里没有数值 12（单位 个月）"),
        (put("parameters", DAYS, "12"), "应是“字段: 值”的形式"),
        (drop("parameters", DAYS, "label"), f"规则 {DAYS}：缺少 label"),
        (drop("statements", "settlement.completed", "holds"), "缺少 holds"),
        (put("statements", "settlement.completed", "holds", "未完成"), "引文里没有“未完成”"),
        (put("statements", "settlement.completed", "quote", "无"), "没有这句原话"),
        (put("lists", "disputes.refusals", "heading", "没有的标题"), "“没有的标题”下面没有列表"),
        (put("lists", "disputes.refusals", "size", "disputes.suspension_count"), "列表有 6 项"),
        (put("lists", "disputes.suspensions", "codes", {"a": 1}), "给列表的 2 项各一个名字"),
        (put("lists", "disputes.suspensions", "codes", {"a": 1, "b": 3}), "各一个名字"),
        (put("lists", "disputes.suspensions", "article", "x"), "知识库里没有文章 x"),
        (put("readings", "fees.base", ""), "读法 fees.base：应是一句话"),
        (put("readings", "fees.base", "  "), "读法 fees.base：应是一句话"),
        (put("readings", "fees.base", 5), "读法 fees.base：应是一句话"),
        (put("categories", "food", "statement", "nothing"), "没有 nothing 这条规则"),
        (put("categories", "toys", {}), "规则 categories：不认识 toys"),
        (drop("categories", "food", "names"), "规则 categories.food：缺少 names"),
        (put("calendar", "easter", {}), "规则 calendar：不认识 easter"),
        (put("limits", "largest_amount", "many"), "不是数字"),
        (put("limits", "colour", 1), "规则 limits：不认识 colour"),
        (lambda changed: changed.pop("limits"), "应有且只有这些部分"),
        (put("fees", {}), "应有且只有这些部分"),
    ],
)
def test_data_that_contradicts_itself_or_the_corpus_is_refused(
    change: Callable[[dict[str, Any]], None], problem: str
) -> None:
    changed = data()
    change(changed)
    with pytest.raises(RuleDataError, match=problem):
        build_rules(changed, texts())


@pytest.mark.parametrize("other", [None, [], "text"])
def test_a_file_that_is_no_table_is_refused(other: Any) -> None:
    with pytest.raises(RuleDataError, match="应有且只有这些部分"):
        build_rules(other, texts())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"from": None}, {"from": None}),
        ({"from": dt.date(2021, 1, 1)}, {"from": None}),
        ({"from": dt.date(2021, 1, 1)}, {"from": dt.date(2021, 1, 1)}),
        ({"from": dt.date(2021, 1, 2)}, {"from": dt.date(2021, 1, 1)}),
        ({"from": None, "to": dt.date(2021, 1, 1)}, {"from": dt.date(2021, 1, 1)}),
    ],
)
def test_values_that_are_not_in_order_of_time_are_refused(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    with pytest.raises(RuleDataError, match="应晚于前一个值"):
        build_rules(dated({"value": 12, **first}, {"value": 30, **second}), texts())


def test_a_value_that_ends_before_it_begins_is_refused() -> None:
    one_day = {"from": dt.date(2021, 1, 1), "to": dt.date(2021, 1, 1), "value": 12}
    assert build_rules(dated(one_day), texts()).value(DAYS, on=dt.date(2021, 1, 1)) == 12
    with pytest.raises(RuleDataError, match="早于 from"):
        build_rules(dated({**one_day, "to": dt.date(2020, 12, 31)}), texts())


def test_a_rule_follows_its_article_when_the_sentence_changes() -> None:
    changed = dict(texts())
    article = "xiaohongshu/settlement"
    changed[article] = changed[article].replace("平台确认发货后12天内", "平台确认发货后10天内")
    with pytest.raises(RuleDataError, match=DAYS):
        build_rules(data(), changed)


# --- numbers in sentences -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("quote", "number", "unit", "holds"),
    [
        ("延长到30天。", "30", "天", True),
        ("延长到130天。", "30", "天", False),
        ("延长到1.30天。", "30", "天", False),
        ("延长到1,030天。", "30", "天", False),
        ("延长到30个月。", "30", "天", False),
        ("延长到六个月。", "6", "个月", True),
        ("延长到十六个月。", "6", "个月", False),
        ("延长到十六个月。", "16", "个月", True),
        ("连续两个月。", "2", "个月", True),
        ("连续二个月。", "2", "个月", True),
        ("连续两个月。", "3", "个月", False),
        ("连续三十二个月。", "32", "个月", True),
        ("费率是0.7%。", "0.007", "比例", True),
        ("费率是10.7%。", "0.007", "比例", False),
        ("费率是0.7。", "0.007", "比例", False),
        ("费率是7%。", "0.007", "比例", False),
        ("一点五天。", "1.5", "天", False),
        ("1.5天。", "1.5", "天", True),
    ],
)
def test_a_sentence_holds_a_number_in_front_of_its_unit(
    quote: str, number: str, unit: str, holds: bool
) -> None:
    assert holds_number(quote, Decimal(number), unit) is holds


@pytest.mark.parametrize(
    ("number", "numeral"),
    [
        (0, "零"),
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (99, "九十九"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (1010, "一千零一十"),
        (9999, "九千九百九十九"),
    ],
)
def test_whole_numbers_in_chinese(number: int, numeral: str) -> None:
    assert chinese_numeral(number) == numeral


@pytest.mark.parametrize(
    ("number", "text"),
    [("10.40", "10.4"), ("100", "100"), ("1E+3", "1000"), ("0.00", "0"), ("1E-7", "0.0000001")],
)
def test_a_number_in_figures_has_no_exponent_and_no_idle_zeros(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def test_a_ratio_as_a_percentage() -> None:
    assert percent(Decimal("0.007")) == "0.7%"
    assert percent(Decimal("0.5")) == "50%"


# --- lists of an article ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("## 题\n\n- 甲\n- 乙\n", ("甲", "乙")),
        ("## 题\n1. 甲\n2. 乙\n\n后话\n\n- 丙\n", ("甲", "乙")),
        ("## 题\n先说一句：\n\n* 甲\n\n### 小题\n- 乙\n", ("甲",)),
        ("## 别的\n- 甲\n## 题\n- 乙\n", ("乙",)),
        ("## 题\n没有列表。\n## 别的\n- 甲\n", ()),
        ("- 甲\n", ()),
        ("## 题 ##\r\n- 甲 \r\n", ("甲",)),
    ],
)
def test_the_first_list_below_a_heading(text: str, items: tuple[str, ...]) -> None:
    assert list_items(text, "题") == items


# --- numbers stay out of code -------------------------------------------------------------


def test_no_rule_number_stands_in_code() -> None:
    files = [*PARAMETERS.parent.glob("*.py")]
    assert len(files) > 10
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
                assert node.value in PLAIN_NUMBERS, f"{path.name}:{node.lineno}"


def test_the_rules_public_names_are_listed_by_hand() -> None:
    names = {
        name
        for name, value in vars(rules_package).items()
        if not name.startswith("_") and not hasattr(value, "__path__") and callable(value)
    }
    assert names == set(rules_package.__all__)
    assert set(tools.TOOLS) <= names
    assert (ROOT / "bot" / "rules").is_dir()
