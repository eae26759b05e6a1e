"""What opening a mini store and selling a category takes (微信小商店)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.answers import Calculation, RuleUse
from bot.errors import InputError
from bot.rules.goods import read_goods
from bot.rules.ruleset import Rules, Special

SellerType = Literal["personal", "individual_business", "enterprise"]
SELLER_TYPES: dict[SellerType, str] = {
    "personal": "个人",
    "individual_business": "个体户",
    "enterprise": "企业",
}
_ENTERPRISE_DOCUMENTS = "mini_store.enterprise_documents"
_FOOD_DOCUMENTS = "mini_store.personal_food_documents"
_MAIN = "mini_store.main_categories"


@dataclass(frozen=True)
class _Category:
    """What is known of a category: the word it was read as, its main category, its rule."""

    said: str
    read_as: str | None = None
    main: str | None = None
    special: Special | None = None


def mini_store_requirements(
    rules: Rules, *, today: dt.date, seller_type: SellerType, category: str | None = None
) -> Calculation:
    """Documents and steps; ``supported`` is None when the articles do not say."""
    del today
    found = _category(rules, category)
    supported = _supported(rules, found)
    opening = () if supported is False else tuple(_documents(rules, seller_type, found))
    goods = () if supported is False else tuple(_goods_documents(rules, seller_type, found))
    documents = opening + goods
    may_need = () if supported is False else tuple(_may_need(rules, seller_type, found))
    steps = () if supported is False else rules.items(_steps_id(seller_type))
    return Calculation(
        tool="mini_store_requirements",
        inputs={"seller_type": seller_type, "category": found.said if found else None},
        result={
            "supported": supported,
            "documents": [use.value for use in documents],
            "steps": list(steps),
        },
        steps=tuple(_working(seller_type, found, supported, documents, may_need, len(steps))),
        assumptions=tuple(_assumptions(rules, seller_type, found, supported)),
        # Who names goods asks about them: what they take is cited first.
        rules=tuple(_rules(rules, seller_type, found, goods + opening + may_need)),
    )


def _is(found: _Category | None, special: Special) -> bool:
    return found is not None and found.special == special


def _supported(rules: Rules, found: _Category | None) -> bool | None:
    if found is None:
        return True
    if _is(found, rules.categories.unsupported):
        return False
    return True if found.main else None


def _documents(rules: Rules, seller_type: SellerType, found: _Category | None) -> Iterator[RuleUse]:
    """What opening a store takes: each document as a rule whose value is the document's name."""
    if seller_type == "personal":
        yield rules.statement("mini_store.personal_id")
    else:
        yield rules.named_item(_ENTERPRISE_DOCUMENTS, "business")
        yield rules.named_item(_ENTERPRISE_DOCUMENTS, "brand")
    if found and found.special and seller_type != "personal":
        yield rules.named_item(_ENTERPRISE_DOCUMENTS, "category_application")


def _may_need(rules: Rules, seller_type: SellerType, found: _Category | None) -> Iterator[RuleUse]:
    """What the articles ask of some goods, where they do not say whether of these."""
    if seller_type != "personal" and not (found and found.special):
        yield rules.named_item(_ENTERPRISE_DOCUMENTS, "category_application")


def _goods_documents(
    rules: Rules, seller_type: SellerType, found: _Category | None
) -> Iterator[RuleUse]:
    """What the goods themselves take."""
    if found is None or found.special is None:
        return
    yield rules.statement(found.special.statement)
    if seller_type == "personal" and _is(found, rules.categories.food):
        for code in rules.lists[_FOOD_DOCUMENTS].codes:
            yield rules.named_item(_FOOD_DOCUMENTS, code)


def _steps_id(seller_type: SellerType) -> str:
    return f"mini_store.steps.{'personal' if seller_type == 'personal' else 'enterprise'}"


def _working(
    seller_type: SellerType,
    found: _Category | None,
    supported: bool | None,
    documents: Sequence[RuleUse],
    may_need: Sequence[RuleUse],
    steps: int,
) -> Iterator[str]:
    yield f"开店类型：{SELLER_TYPES[seller_type]}。"
    if found and supported is False:
        yield f"类目“{found.said}”：微信小商店暂不支持售卖。"
        return
    if found and found.main == found.said:
        yield f"类目“{found.said}”：是文章列出的大类，可以售卖。"
    elif found and found.main:
        yield f"类目“{found.said}”：属于“{found.main}”，可以售卖。"
    elif found:
        yield f"类目“{found.said}”：不在文章列出的大类名称里，能不能卖没法确定。"
    more = f"，商品有资质要求时另加{len(may_need)}项" if may_need else ""
    yield f"要准备{len(documents)}项材料{more}，开店按{steps}步进行。"
    names = "；".join(use.value.rstrip("。") for use in (*documents, *may_need))
    yield f"{SELLER_TYPES[seller_type]}开店{_selling(found, supported)}，要准备：{names}。"


def _selling(found: _Category | None, supported: bool | None) -> str:
    if found is None:
        return ""
    return f"{'可以' if supported else '能不能'}卖“{found.said}”{'' if supported else '没法确定'}"


def _assumptions(
    rules: Rules, seller_type: SellerType, found: _Category | None, supported: bool | None
) -> Iterator[str]:
    if found and found.read_as and found.read_as not in found.said:
        yield rules.reading("mini_store.read_as", category=found.said, name=found.read_as)
    if supported is False:
        return
    if seller_type == "individual_business":
        yield rules.reading("mini_store.individual_business")
    if seller_type != "personal":
        yield rules.reading("mini_store.brand")
    if found is None:
        yield rules.reading("mini_store.no_category")
    elif found.main is None:
        yield rules.reading("mini_store.unknown_category", category=found.said)
    elif _is(found, rules.categories.food):
        yield rules.reading("mini_store.food_licence_either")
        if seller_type == "personal":
            yield rules.reading("mini_store.personal_food")
    elif found.special is None:
        yield rules.reading("mini_store.only_examples", category=found.said)
    if found and found.main in rules.categories.near_virtual:
        yield rules.reading("mini_store.near_virtual", main=found.main)


def _rules(
    rules: Rules,
    seller_type: SellerType,
    found: _Category | None,
    documents: tuple[RuleUse, ...],
) -> Iterator[RuleUse]:
    if _is(found, rules.categories.unsupported):
        yield rules.statement(rules.categories.unsupported.statement)
        return
    yield from documents
    if seller_type == "individual_business":
        yield rules.statement("mini_store.individual_business")
    if found and found.main:
        yield rules.list_entry(_MAIN, found.main)
    if found and found.special is None:
        yield rules.statement("mini_store.two_examples")
    if found and found.main is None:
        yield rules.statement("mini_store.names_not_listed")


def _category(rules: Rules, category: str | None) -> _Category | None:
    """What is known of a merchant's word."""
    if category is None:
        return None
    said = category.strip()
    if not said:
        raise InputError("category", "类目是空的：写要卖的东西，或者不给这一项。")
    if len(said) > rules.limits.longest_text:
        raise InputError("category", f"类目太长：最多 {rules.limits.longest_text} 个字。")
    kind = read_goods(rules.categories, said)
    if kind is None:
        return _Category(said)
    # A main category's own word needs no reading.
    own = kind.special is None and kind.main is not None and said in kind.main
    return _Category(said, None if own else kind.name, kind.main, kind.special)
