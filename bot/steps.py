"""Places in a list: the third step, the last one, what comes after one that is named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answers import Passage
from bot.composing import Span
from bot.text import fold, terms
from bot.units import Unit, units_of

_DIGITS = "一二三四五六七八九十"
_COUNT = r"(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九]|\d{1,3})"
_NTH = re.compile(
    rf"第(?P<nth>{_COUNT})(?:大|小)?(?:步|条|项|点|种|样|类|招|关|个(?!月|季|星期|工作))骤?"
    rf"|步骤(?P<label>{_COUNT})|第(?P<bare>{_COUNT})(?=[是呢嘞\s?？]*$)"
)
_LAST = re.compile(
    r"最后(?:一)?(?:步|条|项|点(?!哪|什么|啥)|种|样|个)|最后(?:还|要)*(?:做|干)(?:什么|啥|嘛)|^最后呢?[?？]?$"
)
_NEXT = re.compile(
    r"(?:做完|弄完|搞完|填完|完成|好|完|过)?(?:了|咗)?(?:之后|以后|后|然后|接着|紧接着)?"
    r"(?:下一步|下步|接下来|下面一步)"
    r"|(?:再)?(?:然后|接着|之后|以后|后面)(?:呢|嘞|咧|捏|咩|又|再|该|要|还要)*"
    r"(?:(?:点|做|干|按|弄|选|填|去|怎么做|怎么弄|咋弄|咋办)+(?:什么|啥|哪|嘛|咩|乜|呢|么)+.{0,3})?"
    r"[?？!！。 ]*$"
    r"|(?:完|好|过)(?:了|咗)?(?:之后|以后|后)?(?:再|又|该|要|还要)*"
    r"(?:点|做|干|按|弄|选|填)+(?:什么|啥|哪|嘛|咩|乜)+.{0,3}[?？!！。 ]*$"
    r"|what(?:'s| is| comes)? next"
)
_LABEL = re.compile(rf"步骤({_COUNT})")
_MARKER = re.compile(r"^(?:[-*+]|\d+[.)、])\s*")
_CLAUSE = re.compile(r"[,，。;；!！?？\s]+")
_FILLERS = re.compile(
    r"(?:再|具体|详细|帮我|给我|请)*(?:说|讲|看|列)(?:一遍|一下|说|讲|看)?"
    r"|(?:这|那|上)(?:一)?(?:步|项)|(?:弄|做|搞|填|办)(?:完|好)"
    r"|(?:是|要|该)?(?:干|做)?(?:什么|啥|嘛|咩)(?:内容)?|怎么做|[那呢嘞咧啊吧呀嘛是么的了,，\s]"
)
# An item is the one named when it holds this share of the words that name it.
_NAMED = 0.4
# Lists of passages that score this much below the best one are about something else.
_NEAR = 0.12


@dataclass(frozen=True)
class Place:
    """A place in a list: counted from 1, -1 for the last; or so many steps after the item named.

    ``rest`` is the message without the words of the place; what stands before them names
    the item. ``labelled`` when it is asked for as the article counts ("步骤二").
    """

    number: int
    after: bool
    rest: str
    labelled: bool = False


def place_asked(question: str) -> Place | None:
    """The place a question asks for; None when it asks for none."""
    text = fold(question)
    # The latest one counts: what stands before it is what the talk was about.
    if nth := list(_NTH.finditer(text)):
        found = nth[-1]
        number = _value(next(filter(None, found.groupdict().values())))
        labelled = found["label"] is not None
        return Place(number, after=False, rest=_without(text, found), labelled=labelled)
    if last := _LAST.search(text):
        return Place(-1, after=False, rest=_without(text, last))
    steps = 0
    while (following := _NEXT.search(text)) and following.group().strip():
        steps += 1 + following.group().startswith("再")
        text = text[: following.start()].strip()
    return Place(steps, after=True, rest=text) if steps else None


def step_asked(passages: Sequence[Passage], place: Place) -> list[Span]:
    """The item at that place with the line its list begins with; empty when there is none."""
    lists = list(_lists(passages))
    if not place.after and (whole := _section_of(lists, place)):
        return [whole]
    found = _after(lists, place) if place.after else _at(lists, place.number)
    if found is None:
        return []
    lead = _lead_in(found)
    own = Span(found.passage, found.start, found.end, is_list=True)
    return [lead, own] if lead else [own]


def named_item(passages: Sequence[Passage], place: Place) -> str | None:
    """What the item at that place is called: its words up to the first stop."""
    for span in step_asked(passages, place)[-1:]:
        called = re.split(r"[：:，,。；;]", _MARKER.sub("", span.quote), maxsplit=1)[0]
        return called.strip("“”")
    return None


def without_place(question: str) -> str:
    """The question as its list is best searched for: without the place that is asked for."""
    place = place_asked(question)
    if place is None or place.after or _LABEL.search(question) or not _FILLERS.sub("", place.rest):
        return question
    return f"{place.rest} {'步骤' if '步' in question else '有哪些'}"


def asks_more(place: Place) -> bool:
    """Whether something is asked of the item, not only which one it is."""
    return len(set(terms(_FILLERS.sub("", place.rest)))) > 1


def advanced(topic: str, message: str) -> str | None:
    """The topic with its place moved on, when a message only asks for the next or another one."""
    asked = place_asked(message)
    if asked is None or _FILLERS.sub("", asked.rest):
        return None
    before = place_asked(topic)
    if before is None or before.after:
        return f"{topic} {message}"
    if asked.after:
        if before.number < 1:
            return None
        following = before.number + asked.number
        return f"{before.rest} {f'步骤{following}' if before.labelled else f'第{following}步'}"
    return f"{before.rest} {message}"


def _section_of(lists: Sequence[list[Unit]], place: Place) -> Span | None:
    """The whole list under a heading that bears the number ("开张任务步骤三…") and is meant."""
    for steps in lists:
        passage, listing = steps[0].passage, steps[0].listing
        found = _LABEL.search(passage.heading)
        if found and listing and _value(found[1]) == place.number:
            named = passage.heading[: found.start()]
            if place.labelled or (named and named in place.rest):
                return Span(passage, *listing, is_list=True)
    return None


def _at(lists: Sequence[list[Unit]], number: int) -> Unit | None:
    for steps in lists:
        labels = [_label(step.text) for step in steps]
        if number in labels:
            return steps[len(labels) - 1 - labels[::-1].index(number)]
        if number == -1:
            return steps[-1]
        # Where the items are counted in words, their place in the list is another count.
        if number <= len(steps) and not any(labels):
            return steps[number - 1]
    return None


def _after(lists: Sequence[list[Unit]], place: Place) -> Unit | None:
    """The item so many steps after the one named best; None when none is named."""
    best, following = _NAMED, None
    for steps in lists:
        if not steps[0].text[0].isdigit():
            continue
        for at, step in enumerate(steps):
            # "看到已开通的提示后点…": the item that begins with what is done is the next one.
            begins = _share(step.text.partition("后")[0], place.rest) if "后" in step.text else 0.0
            then = at + place.number - (begins > _NAMED)
            share = max(begins, _share(step.text, place.rest))
            if share > best and then < len(steps):
                best, following = share, steps[then]
    return following


def _share(text: str, named: str) -> float:
    """The share of a clause's terms that a text holds; the clause of those that fits best."""
    held = set(terms(text))
    clauses = [set(terms(clause)) for clause in _CLAUSE.split(named)]
    return max((len(held & asked) / len(asked) for asked in clauses if len(asked) > 1), default=0.0)


def _label(text: str) -> int | None:
    """The number a step gives itself in words: “开张任务”步骤三."""
    found = _LABEL.search(text.partition("：")[0])
    return _value(found[1]) if found else None


def _lists(passages: Sequence[Passage]) -> Iterator[list[Unit]]:
    """The lists of the passages, the best passage's first."""
    near = [passage for passage in passages if passage.score >= passages[0].score - _NEAR]
    for passage in near:
        by_list: dict[tuple[int, int], list[Unit]] = {}
        for unit in units_of(passage):
            if unit.kind == "item" and unit.listing and _MARKER.match(unit.text):
                by_list.setdefault(unit.listing, []).append(unit)
        yield from (items for items in by_list.values() if len(items) > 1)


def _lead_in(item: Unit) -> Span | None:
    for unit in units_of(item.passage):
        if unit.kind == "lead_in" and unit.listing == item.listing:
            return Span(item.passage, unit.start, unit.end)
    return None


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}".strip(" ,，。?？!！")


def _value(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text == "两":
        return 2
    if len(text) == 1:
        return _DIGITS.index(text) + 1
    tens, _, ones = text.partition("十")
    return (_DIGITS.index(tens) + 1 if tens else 1) * 10 + (_DIGITS.index(ones) + 1 if ones else 0)
