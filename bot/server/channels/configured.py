"""Which channels the settings turn on, and what must be set for each."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from bot.limits import RateLimits
from bot.server.channels.adapter import Channel
from bot.server.channels.desk import Desk
from bot.server.channels.outbound import Outbound
from bot.service import Service
from ingest.errors import SettingsError
from ingest.settings import PREFIX, Settings


@dataclass(frozen=True)
class Kind:
    """A channel's file, and its settings.

    ``title`` is what people call it; ``extra`` holds its libraries; all of ``required`` must
    be set or none; ``optional`` are of no use without them.
    """

    module: str
    title: str
    extra: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


KINDS = (
    Kind(
        "wecom_app",
        "企业微信应用",
        "wechat",
        (
            "wecom_app_corp_id",
            "wecom_app_agent_id",
            "wecom_app_secret",
            "wecom_app_token",
            "wecom_app_aes_key",
        ),
    ),
    Kind(
        "wecom_bot",
        "企业微信智能机器人",
        "wechat",
        ("wecom_bot_token", "wecom_bot_aes_key"),
        ("wecom_bot_name",),
    ),
    Kind(
        "wechat",
        "微信公众号",
        "wechat",
        ("wechat_app_id", "wechat_token", "wechat_aes_key"),
        ("wechat_app_secret",),
    ),
    Kind(
        "feishu",
        "飞书",
        "feishu",
        (
            "feishu_app_id",
            "feishu_app_secret",
            "feishu_encrypt_key",
            "feishu_verification_token",
        ),
    ),
    Kind("dingtalk", "钉钉", "dingtalk", ("dingtalk_client_id", "dingtalk_client_secret")),
)


def open_desk(
    service: Service, settings: Settings, limits: RateLimits, *, first_wait_s: float = 0.5
) -> Desk:
    """The desk with every channel that is on; with none it has nothing to do.

    ``first_wait_s``: how long to wait before a push is tried again, doubled each time. Raises
    SettingsError.
    """
    outbound = Outbound(stand_in=settings.platform_url, first_wait_s=first_wait_s)
    channels = open_channels(settings, outbound)
    per_member = settings.group_session == "member"
    return Desk(service, limits, channels, outbound, per_member=per_member)


def open_channels(settings: Settings, outbound: Outbound) -> list[Channel]:
    """The channels whose settings are given; no other one's library is imported.

    Raises SettingsError naming what is missing: a setting, or the package.
    """
    on = [kind for kind in KINDS if is_on(kind, settings)]
    return [_opened(kind, settings, outbound) for kind in on if not _runs_elsewhere(kind, settings)]


def _runs_elsewhere(kind: Kind, settings: Settings) -> bool:
    """Whether ``python -m bot dingtalk`` is to run it."""
    return kind.module == "dingtalk" and settings.dingtalk_mode == "worker"


def is_on(kind: Kind, settings: Settings) -> bool:
    """Whether a channel is configured; raises SettingsError when it is so by half."""
    given = [name for name in (*kind.required, *kind.optional) if _is_set(settings, name)]
    missing = [name for name in kind.required if not _is_set(settings, name)]
    if not given:
        return False
    if missing:
        raise SettingsError(
            f"{kind.title}只配置了一半：有 {_names(given)}，缺 {_names(missing)}。"
            "请补上，或者都不设。"
        )
    return True


def _opened(kind: Kind, settings: Settings, outbound: Outbound) -> Channel:
    try:
        module = import_module(f"bot.server.channels.{kind.module}")
    except ModuleNotFoundError as exc:
        raise SettingsError(
            f"设置了 {_names(kind.required[:1])}，但{kind.title}要用的包 {exc.name} 没有安装。"
            f"请运行：pip install -c constraints.txt -e '.[{kind.extra}]'"
        ) from exc
    channel: Channel = module.open_channel(settings, outbound)
    return channel


def _is_set(settings: Settings, name: str) -> bool:
    return getattr(settings, name) is not None


def _names(fields: list[str] | tuple[str, ...]) -> str:
    return "、".join(f"{PREFIX}{name.upper()}" for name in fields)
