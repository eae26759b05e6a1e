"""Who may use the service: named API keys and the maintainers' password, kept as digests."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.errors import SettingsError
from ingest.settings import PREFIX, Settings

_HASHED = "sha256$"
_NAME = re.compile(r"[\w.-]{1,64}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Caller:
    """Whoever a key belongs to. ``errors_as_text``: a notice comes as an ordinary answer."""

    name: str
    errors_as_text: bool = False


class ApiKeys:
    """Named keys; only their digests are kept."""

    def __init__(self, callers: Mapping[bytes, Caller]) -> None:
        self._callers = dict(callers)

    def __repr__(self) -> str:
        return f"ApiKeys({', '.join(sorted(c.name for c in self._callers.values()))})"

    @property
    def required(self) -> bool:
        """Whether a key has to be shown at all."""
        return bool(self._callers)

    def find(self, key: str) -> Caller | None:
        """Whose key it is; takes as long whether it is anybody's or not."""
        shown = _digest(key)
        found = None
        for digest, caller in self._callers.items():
            if hmac.compare_digest(digest, shown):
                found = caller
        return found


class Password:
    """The maintainers' password; None when none is set, and then nothing matches."""

    def __init__(self, password: str | None) -> None:
        self._digest = None if password is None else _digest(password)

    def __repr__(self) -> str:
        return f"Password(set={self.is_set})"

    @property
    def is_set(self) -> bool:
        """Whether there is one."""
        return self._digest is not None

    def matches(self, given: str) -> bool:
        """Whether it is the one."""
        return self._digest is not None and hmac.compare_digest(self._digest, _digest(given))


def make_key() -> tuple[str, str]:
    """A new key and the form in which the settings may hold it."""
    key = secrets.token_urlsafe(32)
    return key, _HASHED + _digest(key).hex()


def read_keys(settings: Settings) -> ApiKeys:
    """The keys of the settings; raises SettingsError, which repeats no key."""
    named = _names(settings.errors_as_text)
    callers: dict[bytes, Caller] = {}
    names: set[str] = set()
    written = settings.api_keys.get_secret_value() if settings.api_keys else ""
    for place, entry in enumerate(filter(None, map(str.strip, written.split(","))), start=1):
        name, colon, key = entry.partition(":")
        if not colon or not _NAME.fullmatch(name.strip()) or not key.strip():
            raise _problem(f"第 {place} 项不是“名字:密钥”")
        name, digest = name.strip(), _written_digest(key.strip(), name.strip())
        if name in names:
            raise _problem(f"名字 {name} 出现了两次")
        if digest in callers:
            raise _problem(f"{name} 和 {callers[digest].name} 的密钥相同")
        names.add(name)
        callers[digest] = Caller(name, errors_as_text=name in named)
    if unknown := sorted(named - names):
        raise SettingsError(
            f"设置 {PREFIX}ERRORS_AS_TEXT 里的 {unknown[0]!r} 不是密钥的名字。"
            f"{PREFIX}API_KEYS 里有：{'、'.join(sorted(names)) or '（没有）'}。"
        )
    return ApiKeys(callers)


def read_password(settings: Settings) -> Password:
    """The maintainers' password of the settings."""
    return Password(settings.admin_password.get_secret_value() if settings.admin_password else None)


def _written_digest(key: str, name: str) -> bytes:
    if not key.startswith(_HASHED):
        return _digest(key)
    written = key.removeprefix(_HASHED).lower()
    if not _DIGEST.fullmatch(written):
        raise _problem(f"{name} 的摘要应为 sha256$ 后跟 64 个十六进制数字")
    return bytes.fromhex(written)


def _problem(what: str) -> SettingsError:
    return SettingsError(
        f"设置 {PREFIX}API_KEYS 不能用：{what}。应为 名字:密钥，多个用逗号隔开；"
        "名字只用字母、数字、点、横线和下划线。"
    )


def _names(written: str | None) -> set[str]:
    return {name for entry in (written or "").split(",") if (name := entry.strip())}


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
