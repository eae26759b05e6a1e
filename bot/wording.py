"""What the words of a question ask for, read by the patterns of ``wording.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from bot.answers import Turn
from bot.text import fold, is_english, terms

_FILE = Path(__file__).with_name("wording.yaml")
# Characters of the shortest order to the program.
_AN_ORDER = 4
AROUND = " \t\n,，。.!！?？~～…、;；:：\"'"
_LEADS = re.compile(
    r"^(?:那么|那|咁|要是|如果|假如|若|换成|改成|还有|另外|所以|然后|他要是|她要是|他|她|它|就是|,|，|\s)+"
)
_TAILS = re.compile(r"[呢咧捏呐嘞咩啊吧呀?？!！。~～\s]+$")
# A message is read part by part, each with the stop that ends it.
_PARTS = re.compile(
    r"(?:[^,，。;；!！?？\n:：.]|\.(?!\s|$))+[,，。;；!！?？\n:：.]*|[,，。;；!！?？\n:：.]+"
)
# What parts clauses in Chinese, and an afterthought.
_BLANKS = re.compile(r"(?<=[\u4e00-\u9fff”\"?？])\s+(?=[\u4e00-\u9fff—])|[—–]{1,2}")
# Where a question may begin that stands by itself: at a sentence, in Chinese after a blank; and
# at a clause.
_SENTENCES = re.compile(r"(?<=[。！!？?；;\n])|(?<=[\u4e00-\u9fff])[ \t]+(?=[\u4e00-\u9fffA-Za-z])")
_CLAUSES = re.compile(rf"{_SENTENCES.pattern}|(?<=[,，、])")
# 《小红书商家出现争议纠纷怎么办？》 asks nothing.
_TITLES = re.compile("《[^《》]*》")
# Characters beside the words that ask; what is asked of less is asked of nothing.
_A_SUBJECT = 4
# Rules drawn between what belongs to a program and what does not: << >>, ---, ###.
_DELIMITERS = re.compile(r"<{2,}|>{2,}|-{3,}|={3,}|#{3,}|\*{3,}|\|{2,}")
_STOP = re.compile("[。：]")
_NOTHING = "(?!)"
_FIGURE = re.compile(r"20\d\d|\d:\d\d|[\d一二三四五六七八九十](?:月|号|日|点|块|元|天)")
# 镇店之宝 专享折扣: two words, nothing between them.
_TWO_WORDS = re.compile(r"\S{2,6}(?P<stop>\s+)\S{2,6}")
# Characters of what a thing is called, its platform before it.
_LONGEST_NAME = 20
_A_CHART = "张图表"
# 这么短: how much, no question.
_SO = re.compile("[这那多]么")
# 不管文章里有没有: whether or not, which asks nothing.
_EITHER_WAY = re.compile("(?:不管|无论|不论|甭管|别管)[^,，。;；!！?？]*")
# Where one question ends and another may begin.
_PIECES = re.compile(r"[,，。;；!！?？\n]+|、(?=[^、]*$)|还有|以及|另外|顺便")
# What a word that asks is about: 什么时候, 几个点.
_MEASURES = re.compile("时候|时间|个?点|[个天次种钱]")
# One question asked of two things: 什么是A和B, A和B分别是多少, A和B是什么.
_TWO_ASKED = re.compile(
    r"(?!.*(?:区别|不同|差别|差异|一样|关系|哪))"
    r"(?P<lead>(?:什么是|啥是|(?:请|帮我)?(?:介绍|解释|说说|讲讲)(?:一下|下)?)?)"
    r"(?P<one>[^和跟与及、]{2,12})(?:和|跟|与|及|、)(?P<other>[^和跟与及、]{2,12}?)"
    r"(?P<rest>(?:分别|各自|各|都)*(?:是|要|有|收|交)?(?:什么|啥|多少|几|多久|怎么|如何|咋).{0,6}?)?"
)
_EACH = re.compile(r"分别|各自|各|都")
# "要是实付变成650块" is a case to work out, no order.
_SUPPOSES = re.compile(r"要是|如果|假如|若是|万一|倘若")
# Where another question surely begins.
_ENDS = re.compile(r"[。;；!！?？\n]+|还有|以及|另外|顺便")
# What is asked for after something else to do, without a stop between them.
_THEN = re.compile(
    r"(?:然后|接着|之后|随后|再|顺便|另外|最后|\band|\bthen|\balso)[ ,，]*"
    r"(?=(?:请|你|再)*(?:告诉|回答|跟我说|说说|讲讲|问|查|tell|answer|explain|what|how))"
)


@dataclass(frozen=True)
class FigureKind:
    """A kind of figure: how it is asked for, how a sentence looks that holds one, its name.

    Asked for in the words of ``needed``, nothing without it is an answer. ``open`` is how an
    article speaks of it where it says that it is not written; ``also_yes_no`` when questions
    answered with yes or no ask for it too.
    """

    name: str
    asks: re.Pattern[str]
    holds: re.Pattern[str]
    needed: re.Pattern[str]
    open: re.Pattern[str]
    also_yes_no: bool = False


@dataclass(frozen=True)
class Compared:
    """One of two things set side by side: what it is called and what is asked of it, empty where
    it is only asked what tells the two apart; ``of`` is what both belong to."""

    name: str
    aspect: str
    of: str = ""

    @property
    def question(self) -> str:
        """The question about this one alone."""
        return f"{self.of} {self.name}{self.aspect or '是什么'}".strip()

    @property
    def title(self) -> str:
        """What it is called, to stand above what is said of it."""
        return self.name.strip(AROUND + "的")


@dataclass(frozen=True)
class SmallTalk:
    """How small talk reads, the whole message of it, and what is replied in either language."""

    pattern: re.Pattern[str]
    chinese: str
    english: str


@dataclass(frozen=True)
class Wording:
    """The compiled patterns; made by ``load_wording``."""

    lists: re.Pattern[str]
    steps: re.Pattern[str]
    paths: re.Pattern[str]
    open_points: re.Pattern[str]
    open_in_part: re.Pattern[str]
    sides: re.Pattern[str]
    of_its_year: re.Pattern[str]
    slips: re.Pattern[str]
    back_references: re.Pattern[str]
    only_pointing: re.Pattern[str]
    corrections: re.Pattern[str]
    taken_back: re.Pattern[str]
    switches: re.Pattern[str]
    forgeries: re.Pattern[str]
    alterations: re.Pattern[str]
    instructions: re.Pattern[str]
    rule_changes: re.Pattern[str]
    abuse: re.Pattern[str]
    errands: re.Pattern[str]
    asked_by_noun: re.Pattern[str]
    proper: re.Pattern[str]
    markup: re.Pattern[str]
    interrogatives: re.Pattern[str]
    yes_no: re.Pattern[str]
    between: re.Pattern[str]
    compares: re.Pattern[str]
    aspects: re.Pattern[str]
    figures: tuple[FigureKind, ...]
    small_talk: tuple[SmallTalk, ...]
    # The reply to a message that only takes up what was said.
    acknowledgement: SmallTalk

    def wants_list(self, question: str) -> bool:
        """Whether a list or steps are asked for."""
        return bool(self.lists.search(fold(question)))

    def wants_steps(self, question: str) -> bool:
        """Whether it is asked how something is done."""
        return bool(self.steps.search(fold(question)))

    def wants_path(self, question: str) -> bool:
        """Whether it is asked where to click, or what to click next."""
        return bool(self.paths.search(fold(question)))

    def is_open_point(self, sentence: str) -> bool:
        """Whether a sentence of an article says that something is not written there."""
        return bool(self.open_points.search(sentence))

    def is_one_side(self, sentence: str) -> bool:
        """Whether a sentence says one of several things that do not fit together."""
        return bool(self.sides.search(sentence))

    def is_of_its_year(self, sentence: str) -> bool:
        """Whether a sentence says that figures hold for their year only."""
        return bool(self.of_its_year.search(sentence))

    def is_slip(self, sentence: str) -> bool:
        """Whether a sentence only notes how the original is written."""
        return bool(self.slips.search(sentence))

    def parts_of_open_point(self, sentence: str) -> tuple[str, str]:
        """What such a sentence does say, and what it says is not written."""
        found = self.open_points.search(sentence)
        return (sentence[: found.start()], sentence[found.end() :]) if found else (sentence, "")

    def says_part(self, question: str, sentence: str) -> bool:
        """Whether a sentence that leaves something open says the part that is asked for: 15天从哪天
        算 of "只写明15天从交易成功后起算，没有写明90天从哪天起算"."""
        if not self.open_in_part.search(sentence):
            return False
        asked = set(terms(question))
        said, unsaid = (asked & set(terms(part)) for part in self.parts_of_open_point(sentence))
        return any(term[0].isdigit() for term in said - unsaid)

    def refers_back(self, message: str) -> bool:
        """Whether a message points at what was said before."""
        return bool(self.back_references.search(fold(message)))

    def only_points(self, message: str) -> bool:
        """Whether a message names nothing, and only points at something (那个东西怎么弄)."""
        return bool(self.only_pointing.search(fold(message)))

    def without_lead(self, message: str) -> str:
        """A follow-up without "那要是" before and "呢" after what it says; never empty."""
        rest = _LEADS.sub("", _TAILS.sub("", message)).strip()
        return rest if sum(char.isalnum() for char in rest) > 1 else message

    def switches_topic(self, message: str) -> bool:
        """Whether a message says that it begins a new topic."""
        return bool(self.switches.search(fold(message)))

    def without_switch(self, message: str) -> str:
        """The message without the words that announce a new topic; never empty."""
        return self.switches.sub("", fold(message)).strip(AROUND) or message

    def asks(self, text: str) -> bool:
        """Whether a text holds a word that asks something."""
        told = _EITHER_WAY.sub("", _SO.sub("", fold(text)))
        return bool(self.interrogatives.search(told))

    def subject_length(self, text: str) -> int:
        """How many characters a text has beside the words that ask something."""
        rest = _MEASURES.sub("", self.interrogatives.sub("", fold(text)))
        return sum(char.isalnum() for char in rest)

    def said_right(self, message: str) -> str:
        """A message without the words that take back what was said before (说错了，我是…)."""
        return self.taken_back.sub("", message, count=1).strip(AROUND) or message

    def without_correction(self, message: str) -> str:
        """The message without the words that only doubt the last answer."""
        folded = fold(message)
        rest = self.corrections.sub("", folded)
        return message if rest == folded else rest.strip(AROUND)

    def asks_to_forge(self, message: str) -> bool:
        """Whether a message asks to make up a rule, a notice or a source, or asks nothing but to
        change one."""
        folded = fold(message)
        if self.forgeries.search(folded):
            return True
        others = [part for part in self._parts(folded) if not self.alterations.search(part)]
        return bool(self.alterations.search(folded)) and not any(map(self.asks, others))

    def question_in(self, message: str) -> str:
        """The message without what tells the program to do other than answer; empty when it
        holds nothing else.

        Small talk is left as it is, abuse beside a question left out. A part that also asks
        something loses only the words of the instruction; a part that
        asks for another kind of work goes whole.
        """
        if self.smalltalk(message):
            return message
        message = self.without_abuse(message)
        folded = fold(message)
        bare = _DELIMITERS.sub(",", self.markup.sub(" ", folded))
        proper = self._proper(bare)
        parts = self._parts(proper if self.asks(proper) else bare)
        honest = [part for part in parts if not self._is_forged(part)]
        parts = honest if any(map(self.asks, honest)) else parts
        kept = [self._asked_in(part) for part in parts]
        if "".join(kept) == folded:
            return message
        rest = "".join(kept).strip(AROUND)
        told = self.rule_changes.search(bare) or any(map(self.errands.search, parts))
        # What is left beside an order asks for something, or belongs to the order.
        orders = filter(None, map(self.instructions.search, parts))
        # 急！ is none.
        ordered = any(len(order.group().strip(AROUND)) >= _AN_ORDER for order in orders)
        ordered = ordered and not self.asked_by_noun.search(rest)
        if (told or ordered) and not self.asks(rest):
            return ""
        return rest if sum(char.isalnum() for char in rest) > 1 else ""

    def asked_alone(self, message: str, *, clauses: bool = False) -> tuple[str, ...]:
        """The sentences of a message, or its ``clauses``, that ask something by themselves, and
        tell the program to do nothing; those in the end first."""
        cut = _CLAUSES if clauses else _SENTENCES
        parts = cut.split(_TITLES.sub("", message))
        asked = (self.question_in(part) for part in parts if part.strip())
        return tuple(
            each
            for each in reversed([part for part in asked if self.asks(part)])
            if self.subject_length(each) > _A_SUBJECT
            and not self.asks_to_forge(each)
            and not (is_english(each) and not each.rstrip().endswith("?"))
        )

    def _proper(self, text: str) -> str:
        """What follows the words that announce the question proper (我真正想请教的是); the whole
        text where what stands before them tells figures, which may be those of a case."""
        ends = [found.end() for found in self.proper.finditer(text)]
        return text[ends[-1] :] if ends and not _FIGURE.search(text[: ends[-1]]) else text

    def _parts(self, text: str) -> list[str]:
        """The parts of a message; one in which a blank or a dash parts a question from a request
        to make something up (渠道费多少 出处写成内部文件) in its pieces."""
        parts: list[str] = []
        for part in _PARTS.findall(text):
            pieces = [piece for piece in _BLANKS.split(part) if piece]
            forged = {p for p in pieces if self._is_forged(p)} if len(pieces) > 1 else set()
            parted = forged and any(self.asks(p) for p in pieces if p not in forged)
            parts += pieces if parted else [part]
        return parts

    def _is_forged(self, part: str) -> bool:
        """Whether a part asks to make something up, or to change what is quoted."""
        return bool(self.forgeries.search(part) or self.alterations.search(part))

    def questions_in(self, history: Sequence[Turn]) -> tuple[Turn, ...]:
        """A conversation, the merchant's turns without what they tell the program to do."""
        return tuple(
            replace(turn, content=self.question_in(turn.content) or turn.content)
            if turn.role == "user"
            else turn
            for turn in history
        )

    def without_abuse(self, message: str) -> str:
        """A message without the abuse beside what it says; as it is where it says no more."""
        folded = fold(message)
        rest = self.abuse.sub(" ", folded).strip(AROUND)
        is_said = rest != folded.strip(AROUND) and sum(map(str.isalnum, rest)) > 1
        return rest if is_said else message

    def _asked_in(self, part: str) -> str:
        if self.errands.search(part):
            *_, last = _THEN.split(part)
            return "" if last == part or self.errands.search(last) else last
        if _SUPPOSES.match(part):
            return part
        part = self.rule_changes.sub("", part)
        if not self.instructions.search(part):
            return part
        return self.instructions.sub("", part) if self.asks(part) else ""

    def asks_figure(self, question: str) -> bool:
        """Whether a price, a time or a number is asked for."""
        folded = fold(question)
        kinds = (kind for kind in self.figures if not kind.also_yes_no)
        return any(kind.asks.search(folded) for kind in kinds)

    def missing_figure(self, question: str, sentences: Iterable[str]) -> str | None:
        """The name of a figure asked for (a price, a time, a number) that no sentence holds."""
        missing = self._missing(question, list(sentences))
        return missing[0].name if missing else None

    def needed_figure(self, question: str, sentences: Iterable[str]) -> str | None:
        """The name of a figure without which nothing answers the question, if none is there."""
        folded = fold(question)
        missing = self._missing_plainly(question, list(sentences))
        return next((kind.name for kind in missing if kind.needed.search(folded)), None)

    def figure_left_open(self, question: str, quotes: Sequence[str]) -> str | None:
        """The name of a figure asked for that no quote holds and one says is not written.

        It may leave something else open: "原文没有写明以哪种读法为准" is no word on a rate.
        """
        sentences = [part for quote in quotes for part in _STOP.split(quote)]
        # "写了前90天内不能有关闭记录，没有写明再次申请的间隔": what it holds is another figure.
        told = [
            part
            for part in sentences
            if not self.is_open_point(part) or self.open_in_part.search(part)
        ]
        missing = self._missing_plainly(question, told)
        return next((kind.name for kind in missing if self._open_in(sentences, kind)), None)

    def leaves_figure_open(self, question: str, quotes: Sequence[str], sentence: str) -> bool:
        """Whether a sentence says that a figure asked for, and in no quote, is not written."""
        missing = self._missing_plainly(question, quotes)
        return any(self._open_in([sentence], kind) for kind in missing)

    def _open_in(self, sentences: Iterable[str], kind: FigureKind) -> bool:
        for sentence in sentences:
            if not self.is_open_point(sentence):
                continue
            said, unsaid = self.parts_of_open_point(sentence)
            # "具体指标见一张图表，但本知识库的原文里没有这张图表": the chart is of what is said.
            if kind.open.search(said if unsaid.startswith(_A_CHART) else unsaid):
                return True
        return False

    def _missing_plainly(self, question: str, sentences: Sequence[str]) -> list[FigureKind]:
        """What is missing, leaving out what a question answered with yes or no may do without."""
        yes_no = self.yes_no.search(fold(question))
        missing = self._missing(question, sentences)
        return [kind for kind in missing if kind.also_yes_no or not yes_no]

    def _missing(self, question: str, sentences: Sequence[str]) -> list[FigureKind]:
        folded = fold(question)
        return [
            kind
            for kind in self.figures
            if kind.asks.search(folded) and not any(kind.holds.search(text) for text in sentences)
        ]

    def parts_asking(self, question: str, *, cut: re.Pattern[str] = _PIECES) -> tuple[str, ...]:
        """The parts of a question that each ask something, with what is told before them; none
        where it asks one thing only."""
        parts: list[str] = []
        begins = at = 0
        for stop in [*cut.finditer(question), None]:
            ends = stop.start() if stop else len(question)
            if self.asks(question[at:ends]):
                parts.append(question[begins:ends].strip(AROUND))
                begins = ends
            at = stop.end() if stop else ends
            if not question[begins:ends].strip(AROUND):
                begins = at
        return tuple(parts) if len(parts) > 1 else ()

    def questions_in_one(self, question: str, *, surely: bool = False) -> tuple[str, ...]:
        """As ``parts_asking``; what is asked of two things at once as a question of each, too.

        ``surely`` cuts only where a sentence ends, and where it is asked what two things are.
        """
        cut = _ENDS if surely else _PIECES
        parts = self.parts_asking(question, cut=cut) or (question.strip(AROUND),)
        questions = tuple(one for part in parts for one in _of_each(part, surely=surely))
        return questions if len(questions) > 1 else ()

    def compared(self, question: str) -> tuple[Compared, ...]:
        """The two things that a question sets side by side (A跟B有什么区别); empty where it asks
        of one thing only."""
        folded = fold(question).strip(AROUND)
        asks = self.compares.search(folded)
        if asks is None:
            return ()
        named = folded[: asks.start()].strip(AROUND)
        between = self.between.search(named) or _TWO_WORDS.fullmatch(named)
        if between is None:
            return ()
        one, other = named[: between.start("stop")], named[between.end("stop") :]
        # 旺季 热销的和缺货的, 卖吃的和卖冰箱 要的证: what both are of, and what of each is asked.
        *of, one = one.split() or [""]
        other, *asked = other.split() or [""]
        found = self.aspects.search(folded[between.end("stop") :])
        aspect = "".join(asked) or (found.group() if found else "")
        names = [name.removesuffix(aspect) for name in (one, other)]
        if not all(map(_is_a_name, names)):
            return ()
        return tuple(Compared(name, aspect, " ".join(of)) for name in names)

    def smalltalk(self, message: str) -> SmallTalk | None:
        """What a message is that is small talk and nothing else."""
        parts = re.split(rf"[{re.escape(AROUND)}]+", fold(message))
        if talk := self._small_talk("".join(parts)):
            return talk
        talks = [self._small_talk(part) for part in filter(None, parts)]
        # 你好 吃了没: small talk of several kinds; the last is replied to.
        return talks[-1] if talks and all(talks) else None

    def _small_talk(self, words: str) -> SmallTalk | None:
        return next((talk for talk in self.small_talk if talk.pattern.fullmatch(words)), None)


def _is_a_name(text: str) -> bool:
    return 1 < sum(map(str.isalnum, text)) <= _LONGEST_NAME


def _of_each(question: str, *, surely: bool) -> tuple[str, ...]:
    """The question asked of each of the two things that it names."""
    found = _TWO_ASKED.fullmatch(question)
    if found is None or bool(found["lead"]) == bool(found["rest"]):
        return (question,)
    rest = _EACH.sub("", found["rest"] or "是什么")
    if rest != "是什么" and surely:
        return (question,)
    return found["one"] + rest, found["other"] + rest


def load_wording() -> Wording:
    """Read the packaged patterns."""
    content = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return Wording(
        lists=_any_of(content["wants_list"]),
        steps=_any_of(content["wants_steps"]),
        paths=_any_of(content["wants_path"]),
        open_points=_any_of(content["open_point"]),
        open_in_part=_any_of(content["open_in_part"]),
        sides=_any_of(content["one_side"]),
        of_its_year=_any_of(content["of_its_year"]),
        slips=_any_of(content["slip"]),
        back_references=_any_of(content["refers_back"]),
        only_pointing=_any_of(content["only_points"]),
        corrections=_any_of(content["correction"]),
        taken_back=_any_of(content["taken_back"]),
        switches=_any_of(content["switch"]),
        forgeries=_any_of(content["forgery"]),
        alterations=_any_of(content["alteration"]),
        instructions=_any_of(content["instruction"]),
        rule_changes=_any_of(content["rule_change"]),
        abuse=_any_of(content["abuse"]),
        errands=_any_of(content["errand"]),
        asked_by_noun=_any_of(content["asks_by_noun"]),
        proper=_any_of(content["proper"]),
        markup=_any_of(content["markup"]),
        interrogatives=_any_of(content["interrogative"]),
        yes_no=_any_of(content["yes_no"]),
        between=re.compile(content["between"], re.ASCII),
        compares=_any_of(content["compares"]),
        aspects=re.compile(content["aspect"]),
        figures=tuple(
            FigureKind(
                kind["name"],
                re.compile(kind["asks"]),
                re.compile(kind["holds"]),
                re.compile(kind.get("needed", _NOTHING)),
                re.compile(kind["open"]),
                kind.get("also_yes_no", False),
            )
            for kind in content["figures"]
        ),
        small_talk=tuple(map(_small_talk, content["smalltalk"])),
        acknowledgement=_small_talk(content["acknowledgement"]),
    )


def _small_talk(entry: Mapping[str, str]) -> SmallTalk:
    pattern = entry.get("pattern", _NOTHING).replace(" ", "")
    return SmallTalk(re.compile(pattern), entry["reply"], entry["english"])


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    # A word ends where Chinese characters begin: 你的system prompt.
    return re.compile("|".join(patterns), re.ASCII)
