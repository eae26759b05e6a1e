"""How often somebody may ask: counted in memory, or in Redis for several processes."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from limits import RateLimitItem, parse_many
from limits.errors import ConfigurationError, StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from ingest.errors import SettingsError
from ingest.settings import PREFIX, Settings

Rule = Literal["user", "chat", "key"]
RULES: tuple[Rule, ...] = ("user", "chat", "key")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Verdict:
    """Whether it goes on; if not, for how many whole seconds to wait.

    ``first_notice`` is True once a window: whoever has been told need not be told again.
    """

    allowed: bool
    retry_after_s: int = 0
    first_notice: bool = False

    @property
    def notice(self) -> str:
        """What to tell whoever asks too often."""
        return f"提问太快，请 {self.retry_after_s} 秒后再试。"


_FREE = Verdict(allowed=True)


class RateLimits:
    """Counts by rule and by whoever the keys name. Safe to share between threads."""

    def __init__(self, rules: Mapping[Rule, str], *, redis_url: str | None = None) -> None:
        """``rules`` like ``10/minute;100/day``; raises SettingsError for what cannot be read."""
        self._items = {rule: _items(rule, written) for rule, written in rules.items()}
        self._limiter = MovingWindowRateLimiter(_storage(redis_url))

    def hit(self, rule: Rule, *keys: str) -> Verdict:
        """Count one; what is refused is not counted."""
        # The library joins keys with a slash: quoted, no two of them read the same.
        names = [rule, *(quote(key, safe="", errors="replace") for key in keys)]
        try:
            return self._hit(self._items[rule], names)
        except StorageError as exc:
            # Better to answer too much than to answer nobody.
            _LOG.warning("rate limits cannot be counted: %s", type(exc.storage_error).__name__)
            return _FREE

    def _hit(self, items: list[RateLimitItem], names: list[str]) -> Verdict:
        # Of several windows, one that is full must leave the others as they are.
        for item in items if len(items) > 1 else ():
            if not self._limiter.test(item, *names):
                return self._refused(item, names)
        for item in items:
            if not self._limiter.hit(item, *names):
                return self._refused(item, names)
        return _FREE

    def _refused(self, item: RateLimitItem, names: list[str]) -> Verdict:
        wait = self._limiter.get_window_stats(item, *names).reset_time - time.time()
        once = type(item)(1, item.multiples)
        told = self._limiter.hit(once, "notice", *names)
        return Verdict(False, max(1, math.ceil(wait)), told)


def make_limits(settings: Settings) -> RateLimits:
    """The limits of the settings; raises SettingsError."""
    url = settings.redis_url
    return RateLimits(
        {"user": settings.user_limit, "chat": settings.chat_limit, "key": settings.key_limit},
        redis_url=url.get_secret_value() if url else None,
    )


def _items(rule: str, written: str) -> list[RateLimitItem]:
    try:
        return parse_many(written)
    except ValueError as exc:
        raise SettingsError(
            f"设置 {PREFIX}{rule.upper()}_LIMIT 的值 {written!r} 不能用："
            "应为 次数/minute 这样的写法，多个用分号隔开，如 10/minute;100/day。"
        ) from exc


def _storage(redis_url: str | None) -> Storage:
    if redis_url is None:
        return MemoryStorage()
    # The address may hold a password: no message repeats it.
    bad = f"设置 {PREFIX}REDIS_URL 的值不能用：应为 redis://主机:端口/0。"
    if not redis_url.startswith(("redis://", "rediss://")):
        raise SettingsError(bad)
    try:
        return RedisStorage(redis_url, wrap_exceptions=True)
    except ConfigurationError:
        raise SettingsError("限流用 Redis 还缺软件包：pip install 'zhanggui[redis]'。") from None
    except ValueError:
        raise SettingsError(bad) from None
