"""DingTalk's Stream in a process of its own: it needs no address, and no web server."""

from __future__ import annotations

import asyncio
import signal

from bot.limits import make_limits
from bot.server.channels.configured import KINDS, is_on, open_desk
from bot.service import Service
from ingest.errors import SettingsError
from ingest.settings import PREFIX, Settings

_CHANNELS = {name for kind in KINDS for name in (*kind.required, *kind.optional)}


async def run_dingtalk(service: Service, settings: Settings) -> None:
    """Answer DingTalk's messages until the process is told to stop.

    Raises SettingsError when DingTalk is not configured, or is run by the web server.
    """
    (kind,) = [kind for kind in KINDS if kind.module == "dingtalk"]
    if not is_on(kind, settings):
        raise SettingsError(
            f"钉钉还没有配置：请设置 {PREFIX}DINGTALK_CLIENT_ID 和 {PREFIX}DINGTALK_CLIENT_SECRET。"
        )
    if settings.dingtalk_mode != "worker":
        raise SettingsError(
            f"单独运行钉钉要设 {PREFIX}DINGTALK_MODE=worker，"
            f"现在是 {settings.dingtalk_mode}：那样由网页服务来接，两边会抢着回答。"
        )
    others = dict.fromkeys(_CHANNELS - set(kind.required))
    alone = settings.model_copy(update={**others, "dingtalk_mode": "stream"})
    desk = open_desk(service, alone, make_limits(settings))
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    service.start()
    await desk.start()
    try:
        await stopped.wait()
    finally:
        await desk.stop()
