"""Is this answer right? Every check of one case, each failure in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot import Answer, Calculation
from evals.article_files import ArticleFiles
from evals.cases import Case, ExpectedCalculation
from evals.matching import holds, numbers

_MARK = re.compile(r"\[(\d+)\]")
_ECHO = re.compile(r"[“「]([^”」]+)[”」]")
_SAID = ("answered", "calculated")
_OPTIONS_OFFERED = 2
_ABSENT = object()
# In which words an input is asked for; any of them in the answer's text or its options will do.
ASKED_IN_WORDS = {
    "origin": ("境内", "境外", "国内", "海外", "发货地", "哪里发"),
    "ship_confirmed": ("发货", "发出"),
    "paid": ("金额", "实付", "付了多少", "支付了多少", "多少钱", "多少元", "货款"),
    "fee": ("渠道费", "手续费", "费用"),
    "goods": ("商品", "假货", "假冒", "三包", "类型"),
    "transaction_success": ("交易成功", "成交", "完成"),
    "last_closed": ("关闭", "关过", "被关", "关掉", "关停"),
    "months": ("每个月", "几个月", "各月", "哪几个月", "月份", "达标", "合格"),
    "order_completed": ("完成",),
    "confirmed_receipt": ("收货",),
    "seller_type": ("个人", "个体", "企业"),
    "category": ("类目", "品类", "卖什么", "商品"),
    "target": ("结算月", "确认收货", "自动收货", "哪一天", "哪个月", "日期"),
    "times": ("几点", "时间", "时刻"),
    "facts": ("情况", "原因"),
    "year": ("哪一年", "年份", "哪年"),
}


@dataclass(frozen=True)
class Verdict:
    """What is wrong with an answer (nothing, when it is right), and what the metrics count."""

    problems: tuple[str, ...]
    inexact: int
    cited_right: tuple[bool, ...]
    facts_held: bool | None
    calculations_exact: bool | None
    wrong_calculation: bool
    invented: tuple[str, ...]
    stated_wrong: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the answer is right."""
        return not self.problems


def judge(case: Case, answer: Answer, articles: ArticleFiles) -> Verdict:
    """Hold an answer against its case and against the article files."""
    inexact = list(inexact_quotes(answer, articles))
    exact = calculations_exact(case, answer)
    invented = invented_numbers(case, answer, articles)
    wrong = tuple(part for part in case.expect.not_facts if holds(_unmarked(answer.text), part))
    problems = [
        *_status_problems(case, answer),
        *_article_problems(case, answer),
        *_fact_problems(case, answer),
        *_clarify_problems(case, answer),
        *_calculation_problems(case, answer, exact),
        *(f"说了不该说的：{part}" for part in wrong),
        *(f"引文与文章不符：{where}" for where in inexact),
        *(f"数字没有出处：{number}" for number in invented),
    ]
    if case.expect.no_citations and answer.citations:
        problems.append("不该有引文")
    return Verdict(
        problems=tuple(problems),
        inexact=len(inexact),
        cited_right=_cited_right(case, answer),
        facts_held=_facts_held(case, answer),
        calculations_exact=exact,
        wrong_calculation=_wrong_calculation(case, answer, exact),
        invented=invented,
        stated_wrong=wrong if answer.status in _SAID else (),
    )


def cited_articles(answer: Answer) -> list[str]:
    """The articles an answer relies on, in the order it names them."""
    cited = [citation.article_id for citation in answer.citations]
    used = [rule.article_id for made in answer.calculations for rule in made.rules]
    return list(dict.fromkeys(cited or used))


def inexact_quotes(answer: Answer, articles: ArticleFiles) -> Iterator[str]:
    """Citations, rules' sentences and marks that are not what they claim to be."""
    for citation in answer.citations:
        text = articles.text(citation.article_id)
        if text is None or not citation.quote:
            yield f"[{citation.n}] {citation.article_id}"
        elif text[citation.start : citation.end] != citation.quote:
            yield f"[{citation.n}] {citation.article_id} {citation.start}-{citation.end}"
    for made in answer.calculations:
        for rule in made.rules:
            text = articles.text(rule.article_id)
            if text is None or not rule.quote or rule.quote not in text:
                yield f"{made.tool} 的规则 {rule.id}"
    known = {citation.n for citation in answer.citations}
    quoted = "".join(citation.quote for citation in answer.citations)
    for mark in dict.fromkeys(_MARK.findall(answer.text)):
        if int(mark) not in known and f"[{mark}]" not in quoted:
            yield f"[{mark}] 没有对应的引文"


def invented_numbers(case: Case, answer: Answer, articles: ArticleFiles) -> tuple[str, ...]:
    """Numbers in the text (in figures) that nothing the answer shows holds.

    They may come from quotes with their titles and dates, from calculations, from the merchant's
    own words set in quotation marks, and, where the answer is that there is none, from whatever
    the merchant typed and the headings offered instead. What only asks back or rejects an input
    states no rule: that February has 28 days is no invention.
    """
    if answer.status in ("clarify", "rejected") and not (answer.citations or answer.calculations):
        return ()
    typed = "\n".join([case.question, *(turn.content for turn in case.history)])
    known = numbers(_shown(answer)) | _ages(case, answer)
    if answer.status not in _SAID:
        offered = "\n".join([*answer.suggestions, articles.names])
        known |= numbers(typed) | numbers(offered)
    text = _ECHO.sub(lambda echo: "" if echo[1] in typed else echo[0], _unmarked(answer.text))
    # Every numbered line of a list that the program itself writes is no statement.
    text = re.sub(r"^\s*\d+[.、]\s", "", text, flags=re.MULTILINE)
    return tuple(f"{value:f}" for value in sorted(numbers(text) - known))


def calculations_exact(case: Case, answer: Answer) -> bool | None:
    """Whether every expected result is among the calculations, and no other of the same tool; None
    when none is expected."""
    if not case.expect.calculations:
        return None
    expected = case.expect.calculations
    found = all(any(_fits(made, one) for made in answer.calculations) for one in expected)
    return found and not _not_expected(case, answer)


def _not_expected(case: Case, answer: Answer) -> list[Calculation]:
    """Results of a tool that is expected, with other values: a number too many is a wrong one."""
    expected = case.expect.calculations
    tools = {one.tool for one in expected}
    return [
        made
        for made in answer.calculations
        if made.tool in tools and not any(_fits(made, one) for one in expected)
    ]


def _fits(made: Calculation, expected: ExpectedCalculation) -> bool:
    wanted = {key: comparable(value) for key, value in expected.result.items()}
    got = {key: comparable(value) for key, value in made.result.items()}
    return made.tool == expected.tool and wanted == {key: got.get(key, _ABSENT) for key in wanted}


def comparable(value: Any) -> Any:
    """Numbers as they are written; booleans, null, lists and objects as they are."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dict):
        return {str(key): comparable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [comparable(inner) for inner in value]
    return str(value)


def _wrong_calculation(case: Case, answer: Answer, exact: bool | None) -> bool:
    """Something was computed, and it is not what should have been."""
    if not answer.calculations:
        return False
    return exact is False or case.expect.no_calculation or "calculated" not in case.expect.status


def _status_problems(case: Case, answer: Answer) -> Iterator[str]:
    if answer.status not in case.expect.status:
        yield f"状态是 {answer.status}，应为 {' 或 '.join(case.expect.status)}"


def _article_problems(case: Case, answer: Answer) -> Iterator[str]:
    if answer.status in _SAID and case.expect.articles:
        cited = cited_articles(answer)
        if not cited or cited[0] not in case.expect.articles:
            got = cited[0] if cited else "没有引文"
            yield f"先引的文章是 {got}，应为 {' 或 '.join(case.expect.articles)}"


def _fact_problems(case: Case, answer: Answer) -> Iterator[str]:
    if answer.status in _SAID:
        for group in case.expect.facts:
            if not _group_held(group, answer):
                yield f"引文里没有：{' / '.join(group)}"


def _facts_held(case: Case, answer: Answer) -> bool | None:
    """None when no facts are asked for, or the case may also be answered by asking back."""
    asked_back = answer.status == "clarify" and "clarify" in case.expect.status
    if not case.expect.facts or asked_back:
        return None
    return answer.status in _SAID and not list(_fact_problems(case, answer))


def _group_held(group: tuple[str, ...], answer: Answer) -> bool:
    places = [citation.quote for citation in answer.citations]
    for made in answer.calculations:
        places += [rule.quote for rule in made.rules]
        places += [_flat(value) for value in made.result.values()]
    return any(holds(place, part) for part in group for place in places)


def _clarify_problems(case: Case, answer: Answer) -> Iterator[str]:
    if answer.status != "clarify":
        return
    said = "\n".join([answer.text, *answer.suggestions])
    options = case.expect.clarify_options
    offered = [option for option in options if holds(said, option)]
    if len(offered) < min(_OPTIONS_OFFERED, len(options)):
        yield f"没有给出可选项（{' / '.join(options)}），只有 {len(offered)} 个"
    for name in case.expect.asks:
        if not any(holds(said, word) for word in ASKED_IN_WORDS.get(name, (name,))):
            yield f"没有问到 {name}"


def _calculation_problems(case: Case, answer: Answer, exact: bool | None) -> Iterator[str]:
    if exact is False and answer.status == "calculated":
        wanted = "；".join(f"{one.tool} {_flat(one.result)}" for one in case.expect.calculations)
        got = "；".join(f"{made.tool} {_flat(made.result)}" for made in answer.calculations)
        yield f"算得 {got}，应为 {wanted}"
    if case.expect.no_calculation and answer.calculations:
        yield "不该计算"


def _cited_right(case: Case, answer: Answer) -> tuple[bool, ...]:
    if not case.expect.articles or answer.status not in _SAID:
        return ()
    return tuple(c.article_id in case.expect.articles for c in answer.citations)


def _unmarked(text: str) -> str:
    return _MARK.sub("", text)


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _shown(answer: Answer) -> str:
    cited = ["\n".join([c.quote, c.title, c.section, c.published or ""]) for c in answer.citations]
    traces = [
        "\n".join(
            [
                _flat(made.inputs),
                _flat(made.result),
                *made.steps,
                *made.assumptions,
                *(f"{rule.value}\n{rule.quote}" for rule in made.rules),
            ]
        )
        for made in answer.calculations
    ]
    return "\n".join([*cited, *traces])


def _ages(case: Case, answer: Answer) -> set[Any]:
    """Years since publication: the one number the program itself may say about a citation."""
    years = {int(c.published[:4]) for c in answer.citations if c.published}
    return {number for year in years for number in numbers(str(abs(case.today.year - year)))}
