"""The merchant's words for the names in a calculation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TOOLS = {
    "auto_confirm_receipt": "自动确认收货日期",
    "latest_ship_date": "最晚发货日期",
    "settlement_month": "结算月份",
    "payment_channel_fee": "支付渠道费",
    "payment_from_fee": "由支付渠道费倒推实付金额",
    "dispute_window": "维权期限",
    "dispute_acceptance": "争议是否受理",
    "self_service_eligibility": "自助申请资格",
    "service_hours": "是否在考核时段内",
    "service_review": "客服考核结果",
    "mini_store_requirements": "开店要求",
    "peak_season": "旺季日期",
}
_FIELDS = {
    "accepted": "是否受理",
    "auto_confirm_date": "自动确认收货日期",
    "black_friday": "黑色星期五",
    "category": "类目",
    "closed_after_month": "第几个月后关闭",
    "confirm_date": "确认收货日期",
    "confirmed_receipt": "确认收货日期",
    "cyber_monday": "网络星期一",
    "days_since_close": "距上次关闭的天数",
    "deadline": "截止日期",
    "decision": "处理结果",
    "documents": "要交的材料",
    "earliest_apply_date": "最早可申请日期",
    "early_start": "提前开始的日期",
    "eligible": "是否符合",
    "extended": "买家是否延长收货",
    "facts": "情形",
    "fee": "支付渠道费（元）",
    "fee_exact": "未舍入的费用（元）",
    "goods": "商品",
    "in_assessed_hours": "是否在考核时段内",
    "in_time": "是否还在期限内",
    "last_closed": "上次关闭日期",
    "latest_ship_date": "最晚发货日期",
    "months": "各月考核",
    "net": "扣除费用后（元）",
    "order_completed": "订单是否已完成",
    "origin": "发货地",
    "paid": "实付金额（元）",
    "paid_exact": "未舍入的实付金额（元）",
    "permission_closed": "权限是否关闭",
    "refund_requested": "是否申请过退款",
    "rule_numbers": "依据的条款",
    "seller_type": "商家类型",
    "settlement_month": "结算月份",
    "ship_confirmed": "平台确认发货日期",
    "special_case": "特殊情形",
    "steps": "步骤",
    "supported": "是否支持",
    "target": "目标日期或月份",
    "times": "时间",
    "today": "今天",
    "transaction_success": "交易成功日期",
    "unlimited": "是否不受期限限制",
    "year": "年份",
}
_VALUES = {
    "accepted": "受理",
    "authority_found_counterfeit_or_banned": "行政机关认定的假冒或禁售商品",
    "counterfeit": "涉及假冒",
    "court_document": "有生效的法律文书",
    "domestic": "境内发货",
    "durable_defect": "耐用商品有问题",
    "enterprise": "企业",
    "fail": "不合格",
    "individual_business": "个体工商户",
    "late_with_quality_proof": "超期但有品质问题凭证",
    "not_accepted": "不受理",
    "ordinary": "一般商品",
    "overseas": "境外发货",
    "pass": "合格",
    "personal": "个人",
    "promised_or_agreed_term": "有承诺或另行约定",
    "sanbao": "属于三包",
    "suspended": "中止处理",
}


def tool_title(name: str) -> str:
    """A tool's name for merchants."""
    return TOOLS.get(name, name)


def field_title(name: str) -> str:
    """The name of an input or of a part of the result."""
    return _FIELDS.get(name, name)


def spoken(value: Any) -> str:
    """A value as a merchant reads it."""
    if value is None:
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return "；".join(f"{field_title(str(key))}：{spoken(item)}" for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return "、".join(spoken(item) for item in value) or "无"
    return _VALUES.get(value, value) if isinstance(value, str) else str(value)
