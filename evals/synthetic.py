"""Articles made up by a seeded generator: any number of them, always the same.

The text is invented rules of invented platforms, with the shape of the real corpus (headed
sections, lists, conditions, numbers), so that cutting, storing and ranking do the same work.
"""

from __future__ import annotations

import random
from pathlib import Path


def _words(text: str) -> list[str]:
    return text.split()


_PLATFORMS = tuple(f"{name}{kind}" for name in "青蓝紫橙金银星海山云" for kind in ("商城", "集市"))
_THINGS = _words(
    "保证金 货款 运费险 退换货 发票 店铺评分 直播间 优惠券 库存 仓库 物流单号 商品主图 类目资质 "
    "品牌授权 客服响应 违规扣分 申诉材料 活动报名 广告账户 会员等级 结算账户 跨境清关 定金 尾款 "
    "预售 秒杀 赠品 签收 拒收 破损 缺件 错发 假货 质检 溯源 备案 税号 提现 冻结 解冻"
)
_ACTS = _words(
    "提交 审核 缴纳 退还 冻结 公示 复核 开通 关闭 变更 续期 撤回 上传 核对 签收 入账 扣除 补齐 "
    "下架 恢复"
)
_WHO = _words("商家 买家 平台 服务商 主播 承运方 仓库 品牌方")
_WHEN = _words(
    "每月{n}日前 {n}个工作日内 {n}小时内 自签收起{n}天内 连续{n}个自然月 活动开始前{n}天 "
    "订单完成后第{n}天"
)
_RULES = (
    "{who}应当在{when}{act}{thing}，逾期视为放弃。",
    "{thing}的标准是{n}元，{who}可以在{when}申请{act}。",
    "{when}没有{act}{thing}的，{platform}会按第{n}条处理。",
    "{who}{act}{thing}以后，{platform}在{when}给出结果。",
    "{thing}超过{n}件时，需要{who}另外{act}{other}。",
    "如果{thing}和{other}不一致，以{who}{act}的为准。",
    "{platform}不受理{when}以外提出的{thing}问题。",
)
_QUESTIONS = (
    "{platform}的{thing}要多少钱",
    "{thing}多久能{act}",
    "{who}怎么{act}{thing}",
    "{thing}和{other}不一致怎么办",
    "{platform}{act}{thing}要等几天",
)


def write_corpus(folder: Path, count: int, *, seed: int = 7) -> None:
    """Write so many articles below the folder, a thousand a subfolder."""
    for number in range(count):
        subfolder = folder / f"{number // 1000:03d}"
        if number % 1000 == 0:
            subfolder.mkdir(parents=True, exist_ok=True)
        (subfolder / f"{number:06d}.md").write_text(article(number, seed=seed), encoding="utf-8")


def article(number: int, *, seed: int = 7) -> str:
    """One article's file: about 700 characters in four sections."""
    chance = random.Random(f"{seed}/{number}")
    platform = chance.choice(_PLATFORMS)
    topics = chance.sample(_THINGS, 4)
    lines = [f"---\ntitle: {platform}的{topics[0]}规则{number}\nplatform: {platform}\n---\n"]
    for topic in topics:
        lines.append(f"## {topic}怎样{chance.choice(_ACTS)}\n")
        lines.append("".join(_sentence(chance, platform, topic) for _ in range(3)) + "\n")
        if chance.random() < 0.4:
            items = (f"- {_sentence(chance, platform, topic)}" for _ in range(3))
            lines.append(f"{topic}分3种情况：\n\n" + "\n".join(items) + "\n")
    return "\n".join(lines)


def questions(count: int, *, seed: int = 7) -> list[str]:
    """So many different questions in the words of the articles."""
    chance = random.Random(f"{seed}/questions")
    asked: dict[str, None] = {}
    while len(asked) < count:
        asked[_filled(chance, chance.choice(_QUESTIONS), chance.choice(_PLATFORMS), "")] = None
    return list(asked)


def _sentence(chance: random.Random, platform: str, topic: str) -> str:
    return _filled(chance, chance.choice(_RULES), platform, topic)


def _filled(chance: random.Random, pattern: str, platform: str, topic: str) -> str:
    number = chance.randint(1, 99)
    return pattern.format(
        who=chance.choice(_WHO),
        when=chance.choice(_WHEN).format(n=number),
        act=chance.choice(_ACTS),
        thing=topic or chance.choice(_THINGS),
        other=chance.choice(_THINGS),
        platform=platform,
        n=chance.randint(1, 999),
    )
