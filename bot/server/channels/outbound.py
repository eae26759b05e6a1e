"""Calls to the platforms: official hosts only, tried again while it may help."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from bot.errors import PushError

OFFICIAL_HOSTS = frozenset(
    {
        "qyapi.weixin.qq.com",
        "api.weixin.qq.com",
        "open.feishu.cn",
        "open.larksuite.com",
        "oapi.dingtalk.com",
        "api.dingtalk.com",
    }
)
_TIMEOUT_S = 10.0
_TRIES = 4
# What a platform says when it is busy; everything else it refuses stays refused.
_BUSY = -1
_EARLY_S = 120.0


class _TransientError(PushError):
    """Trying again may help."""


class Outbound:
    """A client that reaches ``OFFICIAL_HOSTS`` over https and follows no redirect.

    ``stand_in`` (tests only) is a loopback address that takes the place of all of them.
    """

    def __init__(self, *, stand_in: str | None = None, first_wait_s: float = 0.5) -> None:
        self._stand_in = stand_in
        self._first_wait_s = first_wait_s
        self._client = httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False)
        # At INFO it writes whole addresses, and WeCom's carry the secret.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)

    async def call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The JSON object the platform answers with.

        Network errors, 5xx and "busy" are tried again three times. Raises PushError, whose
        text holds neither query nor body.
        """
        address = self.address(url)
        trying = AsyncRetrying(
            stop=stop_after_attempt(_TRIES),
            wait=wait_exponential(multiplier=self._first_wait_s, max=8),
            retry=retry_if_exception_type(_TransientError),
            reraise=True,
        )
        return await trying(self._once, method, address, params, body, headers)

    async def _once(
        self,
        method: str,
        address: str,
        params: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
    ) -> dict[str, Any]:
        place = urlsplit(address).hostname
        # An address with a query of its own loses it to ``params``.
        url = httpx.URL(address).copy_merge_params(dict(params or {}))
        try:
            response = await self._client.request(method, url, json=body, headers=headers)
        except httpx.TransportError as exc:
            # Its chain would carry the address, secret and all, into a traceback.
            raise _TransientError(f"{place} 连不上：{type(exc).__name__}。") from None
        if response.status_code >= 500:
            raise _TransientError(f"{place} 出错：HTTP {response.status_code}。")
        if response.status_code not in (200, 400, 401, 403):
            raise PushError(f"{place} 不接受：HTTP {response.status_code}。")
        answer = _json_object(response)
        if answer.get("errcode") == _BUSY:
            raise _TransientError(f"{place} 忙。")
        if response.status_code != 200 and not answer:
            raise PushError(f"{place} 不接受：HTTP {response.status_code}。")
        return answer

    def address(self, url: str) -> str:
        """Where a call goes; raises PushError for what is no official https address."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as exc:
            raise PushError("要发往的地址不能用。") from exc
        if self._stand_in is not None:
            stand_in = urlsplit(self._stand_in)
            ours = (parts.scheme, parts.netloc) == (stand_in.scheme, stand_in.netloc)
            if ours or host in OFFICIAL_HOSTS:
                return urlunsplit((stand_in.scheme, stand_in.netloc, *parts[2:4], ""))
        safe = parts.scheme == "https" and port in (None, 443) and "@" not in parts.netloc
        if not safe or host not in OFFICIAL_HOSTS:
            raise PushError(f"{host or '这个地址'} 不是平台的官方 https 地址，没有发送。")
        return url

    def allows(self, url: str) -> bool:
        """Whether a call may go there."""
        try:
            self.address(url)
        except PushError:
            return False
        return True

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()


class AccessToken:
    """A token of a platform, kept until shortly before it ends.

    ``fetch`` returns the token and the seconds it lives, and raises PushError.
    """

    def __init__(self, fetch: Callable[[], Awaitable[tuple[str, float]]]) -> None:
        self._fetch = fetch
        self._value = ""
        self._ends = 0.0
        self._lock = asyncio.Lock()

    async def value(self) -> str:
        """The token, fetched when there is none that lives."""
        async with self._lock:
            if time.monotonic() >= self._ends:
                self._value, lives_s = await self._fetch()
                self._ends = time.monotonic() + max(lives_s - _EARLY_S, lives_s / 2)
            return self._value

    def forget(self) -> None:
        """The platform does not take it any more."""
        self._ends = 0.0


def _json_object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
