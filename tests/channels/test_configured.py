"""Channels are off until configured, and say so when they are by half."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.server.channels.configured import KINDS, open_channels
from bot.server.channels.outbound import Outbound
from ingest.errors import SettingsError
from ingest.settings import PREFIX, Settings, load_settings
from tests.channels.conftest import bench_of
from tests.channels.simulators import (
    SECRETS,
    SIMULATORS,
    Sent,
    WechatPush,
    WecomApp,
    new_id,
)
from tests.conftest import ROOT

LIBRARIES = ("dingtalk_stream", "lark_oapi", "wechatpy", "wx_crypt")


def opened(**settings: Any) -> list[str]:
    """The names of the channels that these settings turn on."""
    channels = open_channels(Settings(_env_file=None, **settings), Outbound())
    return [channel.name for channel in channels]


def test_without_settings_there_is_no_channel() -> None:
    assert opened() == []


def test_each_channel_is_turned_on_by_its_settings(kind: type[Any]) -> None:
    assert opened(**kind.settings) == [kind.name]


def test_all_channels_may_be_on_at_once() -> None:
    every = {name: value for kind in SIMULATORS for name, value in kind.settings.items()}
    assert opened(**every) == [kind.module for kind in KINDS]


@pytest.mark.parametrize(
    ("kind", "left_out"),
    [(kind, name) for kind in KINDS for name in kind.required],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_channel_configured_by_half_names_what_is_missing(kind: Any, left_out: str) -> None:
    every = {name: value for sim in SIMULATORS for name, value in sim.settings.items()}
    given = {name: every[name] for name in (*kind.required, *kind.optional) if name != left_out}
    with pytest.raises(SettingsError, match=f"缺 {PREFIX}{left_out.upper()}") as half:
        opened(**given)
    assert kind.title in str(half.value)
    assert not any(secret in str(half.value) for secret in SECRETS)


def test_an_optional_setting_alone_is_half_a_channel() -> None:
    with pytest.raises(SettingsError, match=f"缺 {PREFIX}WECOM_BOT_TOKEN"):
        opened(wecom_bot_name="掌柜")


@pytest.mark.parametrize("key", ["too-short", "x" * 44])
def test_a_malformed_secret_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(f"{PREFIX}WECOM_APP_AES_KEY", key)
    with pytest.raises(SettingsError, match=r"ZHANGGUI_WECOM_APP_AES_KEY.*43") as malformed:
        load_settings()
    assert key not in str(malformed.value) and key not in repr(malformed.value.__cause__)
    assert key not in str(malformed.value.__cause__)


def test_a_package_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wx_crypt", None)
    monkeypatch.delitem(sys.modules, "bot.server.channels.wecom_bot", raising=False)
    with pytest.raises(SettingsError, match=r"ZHANGGUI_WECOM_BOT_TOKEN.*wx_crypt.*\[wechat\]"):
        opened(wecom_bot_token="x", wecom_bot_aes_key="k" * 43)


def test_no_library_is_imported_for_a_channel_that_is_off() -> None:
    script = (
        "import sys, tempfile; from pathlib import Path; from bot.assembly import open_service;"
        "from bot.server import make_api; from ingest.settings import Settings;"
        "s = Settings(_env_file=None, data_dir=Path(tempfile.mkdtemp()));"
        "make_api(open_service(s), s);"
        f"print([name for name in {LIBRARIES!r} if name in sys.modules])"
    )
    finished = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert finished.stdout.strip() == "[]"


def test_no_secret_is_in_a_log_an_error_or_a_repr(
    stack: ExitStack, kind: type[Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bench = bench_of(stack, kind, tmp_path)
    bench.platform.failures = 100
    said = "只有我知道的一句话"
    bench.simulator.send(Sent(said, new_id()))
    bench.simulator.send(Sent(said, new_id()), forged=True)
    bench.simulator.send_body(b'{"encrypt": "' + said.encode() + b'"}')
    time.sleep(1)
    told = caplog.text + repr(bench.settings) + str(bench.settings)
    for channel in open_channels(bench.settings, Outbound()):
        told += repr(channel) + str(channel)
    assert "refused a call" in told
    assert not [secret for secret in (*SECRETS, said) if secret in told]


def test_a_channel_that_is_off_has_no_route(stack: ExitStack, tmp_path: Path) -> None:
    bench = bench_of(stack, WecomApp, tmp_path)
    address = bench.simulator.address  # type: ignore[attr-defined]
    other = WechatPush(address, bench.platform)
    assert other.send(Sent("多久结算一次", new_id())).status_code in (404, 405)
