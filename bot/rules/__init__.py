"""Rule tools: pure functions over days and amounts, with numbers tied to quoted sentences."""

from bot.rules.dates import auto_confirm_receipt, latest_ship_date, settlement_month
from bot.rules.disputes import dispute_acceptance, dispute_window
from bot.rules.fees import payment_channel_fee, payment_from_fee
from bot.rules.parameters import build_rules, load_rules
from bot.rules.ruleset import Rules
from bot.rules.seasons import peak_season
from bot.rules.service import self_service_eligibility, service_hours, service_review
from bot.rules.stores import mini_store_requirements

__all__ = [
    "Rules",
    "auto_confirm_receipt",
    "build_rules",
    "dispute_acceptance",
    "dispute_window",
    "latest_ship_date",
    "load_rules",
    "mini_store_requirements",
    "payment_channel_fee",
    "payment_from_fee",
    "peak_season",
    "self_service_eligibility",
    "service_hours",
    "service_review",
    "settlement_month",
]
