"""Places in a list: the third step, the last one, what comes after one that is named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.answers import Passage
from bot.composing import Span
from bot.text import fold, terms
from bot.units import MARKER, Unit, units_of

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
    r"|(?:再)?(?:然后|接着|之后|以后|后面|往后|往下)(?:呢|嘞|咧|捏|咩|又|再|该|要|还要)*"
    r"(?:(?:点|做|干|按|弄|选|填|去|怎么做|怎么弄|咋弄|咋办)+(?:什么|啥|哪|嘛|咩|乜|呢|么)+.{0,3})?"
    r"[?？!！。 ]*$"
    r"|(?:完|好|过|了|咗)+(?:之后|以后|后)?[,，\s]*(?:再|又|该|要|还要)*"
    r"(?:点|做|干|按|弄|选|填)+(?:什么|啥|哪|嘛|咩|乜)+.{0,3}[?？!！。 ]*$"
    r"|(?<!不)(?:完|好|过)(?:了|咗)?(?:呢|嘞|咧|捏)[?？!！。 ]*$"
    r"|what(?:'s| is| comes)? next"
)
_LABEL = re.compile(rf"步骤({_COUNT})")
_CLAUSE = re.compile(r"[,，。;；!！?？\s]+")
# What an item says is done before the next thing to do in it.
_PARTS = re.compile(r"[,，。;；：]|(?<![之以最])后")
_DONE = re.compile(r"[完好过]$")
_CLOSELY = re.compile(r"具体|详细|展开|细说|介绍|怎么回事|什么意思|说说|讲讲")
_HOW = re.compile(r"(?:怎么|咋|如何)[\u4e00-\u9fff]")
_SEVERAL = re.compile(r"哪些|哪几|还剩|还有几|(?:几|多少)步|步骤")
_FILLERS = re.compile(
    r"(?:再|具体|详细|帮我|给我|请)*(?:说|讲|看|列)(?:一遍|一下|说|讲|看)?"
    r"|(?:这|那|上)(?:一)?(?:步|项)|(?:弄|做|搞|填|办)(?:完|好)"
    r"|(?:是|要|该)?(?:干|做)?(?:什么|啥|嘛|咩)(?:内容)?|(?:怎么|咋)(?:做|弄|搞|办|操作)|[那再呢嘞咧啊吧呀嘛是么的了,，\s]"
)
# An item is the one named when it holds this share of the words that name it.
_NAMED = 0.4
# Lists of passages that score this much below the best one are about something else.
_NEAR = 0.12
# The last answer is of the item that holds this share of one of its clauses.
_SAID = 0.6
# An item that goes on after what is named is rather meant than one that ends with it.
_GOES_ON = 0.1


@dataclass(frozen=True)
class Place:
    """A place in a list: counted from 1, -1 for the last; or so many steps after the item named.

    ``rest`` is the message without the words of the place; what stands before them names
    the item. ``labelled`` when it is asked for as the article counts ("步骤二"); ``several`` when
    all that comes after is; ``step`` when it is one of things to do one after another.
    """

    number: int
    after: bool
    rest: str
    labelled: bool = False
    several: bool = False
    step: bool = False


@dataclass(frozen=True)
class Told:
    """What the talk is at: the merchant's message, the last answer, the passage it was of and,
    where a place is asked for, all of that article."""

    message: str
    said: str
    passage: Passage
    article: Sequence[Passage]

    @property
    def done(self) -> str:
        """What the message names as done; empty where it only asks on."""
        place = place_asked(self.message)
        return _FILLERS.sub("", place.rest) and place.rest if place else ""

    @cached_property
    def lists(self) -> list[list[Unit]]:
        """The lists of the article, in its order."""
        return [steps for passage in self.article for steps in _lists([passage])]


def place_asked(question: str) -> Place | None:
    """The place a question asks for; None when it asks for none."""
    text = fold(question)
    # The latest one counts: what stands before it is what the talk was about.
    if nth := list(_NTH.finditer(text)):
        found = nth[-1]
        number = _value(next(filter(None, found.groupdict().values())))
        labelled = found["label"] is not None
        rest, step = _without(text, found), "步" in found.group()
        return Place(number, after=False, rest=rest, labelled=labelled, step=step)
    if last := _LAST.search(text):
        return Place(-1, after=False, rest=_without(text, last))
    steps, several = 0, False
    while (following := _NEXT.search(text)) and following.group().strip():
        several |= bool(_SEVERAL.search(following.group()))
        steps += 1 + following.group().startswith("再")
        text = text[: following.start()].strip()
    return Place(steps, after=True, rest=text, several=several) if steps else None


def step_asked(
    passages: Sequence[Passage], place: Place, *, told: Told | None = None
) -> list[Span]:
    """The item at that place with the line its list begins with; empty when there is none."""
    lists = list(_lists(passages))
    if not place.after and (whole := _section_of(lists, place)):
        return [whole]
    if place.after:
        return _quoted(_after(lists, place, told))
    return _quoted(*([item] for item in _at(lists, place)))


def last_told(told: Told) -> list[Span]:
    """The item that the last answer told, where the message asks what comes after it and
    nothing does; else empty."""
    place = place_asked(told.message)
    if place is None or not place.after or told.done:
        return []
    lists = _numbered(told.lists)
    at = _told_place(lists, told.said)
    if at is None or _told_next(lists, told.said):
        return []
    return _quoted([lists[at[0]][at[1]]])


def _quoted(*runs: Sequence[Unit]) -> list[Span]:
    """Runs of items of one list, after the line it begins with."""
    spans = [Span(run[0].passage, run[0].start, run[-1].end, is_list=True) for run in runs if run]
    lead = _lead_in(runs[0][0]) if spans else None
    return [lead, *spans] if lead else spans


def named_item(passages: Sequence[Passage], place: Place) -> str | None:
    """What the item at that place is called: its words up to the first stop."""
    for span in step_asked(passages, place)[-1:]:
        called = re.split(r"[：:，,。；;]", MARKER.sub("", span.quote), maxsplit=1)[0]
        return called.strip("“”")
    return None


def without_place(question: str) -> str:
    """The question as its list is best searched for: without the place that is asked for."""
    place = place_asked(question)
    if place is None or place.after or _LABEL.search(question) or not _FILLERS.sub("", place.rest):
        return question
    return f"{place.rest} {'步骤' if '步' in question else '有哪些'}"


def asked_of_item(place: Place) -> str:
    """What is asked of the item; empty where it is only to be told more closely."""
    return "" if _CLOSELY.search(place.rest) else place.rest


def asks_more(place: Place) -> bool:
    """Whether something is asked of the item, not only which one it is."""
    rest = _FILLERS.sub("", place.rest)
    how = _HOW.search(rest)
    return bool(_CLOSELY.search(place.rest)) or len(set(terms(rest))) > 1 or bool(how)


def advanced(topic: str, message: str) -> str | None:
    """The topic with its place moved on, when a message only asks for the next or another one."""
    asked = place_asked(message)
    # "验证完了,下一步": a word for the step that is done names no other one.
    if asked is None or len(set(terms(_DONE.sub("", _FILLERS.sub("", asked.rest))))) > asked.after:
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


def _at(lists: Sequence[list[Unit]], place: Place) -> list[Unit]:
    """The item at a place; empty where no list has it, several where a list counts anew."""
    number = place.number
    for steps in lists:
        labels = [_label(step.text) for step in steps]
        if number in labels:
            last = steps[len(labels) - 1 - labels[::-1].index(number)]
            if place.labelled:
                return [last]
            # "开店前第3步" and "“开张任务”步骤三" are both a third step.
            return [step for step in steps if step is last or _nth(step.text) == number]
        if number == -1:
            return steps[-1:]
        # Where the items are counted in words, their place in the list is another count.
        counts = steps[0].text[0].isdigit() or not place.step
        if counts and number <= len(steps) and not any(labels):
            return [steps[number - 1]]
    return []


def _after(lists: Sequence[list[Unit]], place: Place, told: Told | None) -> list[Unit]:
    """The items from so many steps after the one that is done; empty when none is known."""
    of_talk = _numbered(told.lists) if told else []
    counted = [*of_talk, *_numbered(lists)]
    found = _named_next(counted, told.done if told else place.rest, place.number)
    if found is None and told:
        found = _told_next(of_talk, told.said)
    if found is None:
        found = _named_next(counted, place.rest, place.number)
    return (found if place.several else found[:1]) if found else []


def _numbered(lists: Sequence[list[Unit]]) -> list[list[Unit]]:
    return [steps for steps in lists if steps[0].text[0].isdigit()]


def _named_next(lists: Sequence[list[Unit]], done: str, number: int) -> list[Unit] | None:
    """The items from so many steps after the one that is named best; None when none is."""
    last = next((part for part in _CLAUSE.split(done)[::-1] if len(set(terms(part))) > 1), "")
    best, following = _NAMED, None
    for steps in lists:
        for at, step in enumerate(steps):
            # "看到已开通的提示后点…": the item that goes on after what is done is the next one.
            *begun, _ = filter(None, _PARTS.split(step.text.rstrip("。")))
            goes_on = max((_share(part, last) for part in begun), default=0.0)
            ends = _share(step.text, done)
            is_begun = goes_on > _NAMED and goes_on + _GOES_ON > ends
            share = goes_on + _GOES_ON if is_begun else ends
            then = at + number - is_begun
            if share > best:
                best, following = share, steps[then:]
    return following


def _told_place(lists: Sequence[list[Unit]], said: str) -> tuple[int, int] | None:
    """Where the item stands that was told last: its list and its place there."""
    best, told = _SAID, None
    for at, steps in enumerate(lists):
        for nth, step in enumerate(steps):
            # Quoted as it stands, rather than told in other words.
            share = 2.0 if step.text in said else _share(step.text, said, least=4)
            if share >= best:
                best, told = share, (at, nth)
    return told


def _told_next(lists: Sequence[list[Unit]], said: str) -> list[Unit] | None:
    """What comes after the item that was told last, be it of the list that goes on from there;
    None where none was told."""
    told = _told_place(lists, said)
    if told is None:
        return None
    own = lists[told[0]]
    if following := own[told[1] + 1 :]:
        return following
    heading = own[0].passage.heading
    best = _SAID
    going_on: list[Unit] = []
    for steps in lists:
        for nth, step in enumerate(steps if steps is not own else ()):
            called = MARKER.sub("", step.text).partition("：")[0]
            share = _share(heading, called, least=1)
            if share >= best:
                best, going_on = share, steps[nth + 1 :]
    return going_on


def _share(text: str, naming: str, *, least: int = 2) -> float:
    """The share of a clause's terms that a text holds; the clause of those that fits best.

    A clause of less than ``least`` terms names nothing.
    """
    held = set(terms(text))
    clauses = [set(terms(clause)) for clause in _CLAUSE.split(naming)]
    return max(
        (len(held & asked) / len(asked) for asked in clauses if len(asked) >= least), default=0.0
    )


def _label(text: str) -> int | None:
    """The number a step gives itself in words: “开张任务”步骤三."""
    found = _LABEL.search(text.partition("：")[0])
    return _value(found[1]) if found else None


def _nth(text: str) -> int | None:
    """The number a step is called by: 开店前第3步."""
    found = _NTH.search(fold(text.partition("：")[0]))
    return _value(found["nth"]) if found and found["nth"] else None


def _lists(passages: Sequence[Passage]) -> Iterator[list[Unit]]:
    """The lists of the passages, the best passage's first."""
    near = [passage for passage in passages if passage.score >= passages[0].score - _NEAR]
    for passage in near:
        by_list: dict[tuple[int, int], list[Unit]] = {}
        for unit in units_of(passage):
            if unit.kind == "item" and unit.listing and MARKER.match(unit.text):
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
