"""Words by which a sentence asserts, denies, hedges, and those that only hold it together."""

from __future__ import annotations

import re

from bot.text import fold

# What a sentence is put together with, whatever it says; longer ones first.
_GLUE = re.compile(
    r"也就是说|换句话说|换言之|(?:需要|要|值得)?(?:注意|说明)的是|请注意|总的来说|总之|具体来说"
    r"|因此|所以|由于|因为|此外|另外|同时|其中|不过|但是|而且|并且|以及|或者|然后|之后|以后|之前|以前|接着"
    r"|最后|首先|其次|随后|如果|只要|的话|对于|关于|根据|按照|至于|包括|例如|比如|分别|方面|情况|时候|即可"
    r"|可以|就行|就能|不行|不可以|不能|能够|属于|目前|现在|具体|相关|同样|两种|一种|另一种|另一|同一|一笔|这笔"
    r"|这些|这个|这类|这样|那么|它们|双方|需要|应当|应该|必须|进行|计算|支持|大类|商家|卖家|买家|平台|订单|店铺|企业店|公司店|个人店"
    r"|开店|名字|网址|面向|特点|[您你它此该这那的了是在为会将和与及或即则就才都也还再把被从到由对按以后前时中里内上下之于]"
    r"|[有要能可并而但又地得着过等个吗呢么只先去两点加乘算句面方]"
)
_NEGATION = re.compile(r"不|没|未|无|非|别|勿|禁止|拒绝|除外")
# 不同, 无论, 非常: no negations.
_NO_NEGATION = re.compile(
    r"不同|不仅|不但|不管|不论|无论|非常|不过|不得不|别的|分别|级别|特别|类别|区别|辨别|不一致|未命名"
    r"|是不是|有没有|能不能|要不要|无误|没有?错|不少|差不多"
)
_OPEN = re.compile(
    r"(?:原文|文章)?.{0,12}?(?:没有|没|未)(?:写明|明说|说明|列明|列出|给出|逐个列出|交代|写)"
)
HEDGE = re.compile(
    r"可能|或许|也许|大概|一般|通常|大多|大部分|多数|部分|有的|某些|很多|原文认为|表现优异"
)
ABSOLUTE = re.compile(
    r"一定|必然|肯定|所有|全部|任何|一律|唯一|完全|永远|始终|马上|立即|随时|仍然|大幅|都要|就会|只会"
)


def without_glue(text: str) -> str:
    """A folded text with blanks for the words that say nothing of their own."""
    return _GLUE.sub(" ", text)


def is_open(text: str) -> bool:
    """Whether a text says that something is not written."""
    return bool(_OPEN.search(text))


def negations(text: str) -> int:
    """Negations modulo two, 不能不 asserts; that something is not written is none."""
    return len(_NEGATION.findall(_NO_NEGATION.sub("", _OPEN.sub("", fold(text))))) % 2
