"""What WeCom's and WeChat's servers share: access tokens and text messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.errors import PushError
from bot.server.channels.outbound import AccessToken, Outbound

# The token is wrong, or has ended before its time.
_TOKEN_GONE = frozenset({40001, 40014, 42001})


class WeixinApi:
    """Posts to an API whose token comes from ``token_url`` with ``token_params``."""

    def __init__(
        self, outbound: Outbound, *, token_url: str, token_params: Mapping[str, str]
    ) -> None:
        self._outbound = outbound
        self._token_url = token_url
        self._token_params = token_params
        self._token = AccessToken(self._fetch_token)

    async def post(self, url: str, body: Mapping[str, Any]) -> None:
        """Post; a token that has ended is fetched anew once. Raises PushError."""
        for may_renew in (True, False):
            params = {"access_token": await self._token.value()}
            code = (await self._outbound.call("POST", url, params=params, body=body)).get("errcode")
            if code not in _TOKEN_GONE or not may_renew:
                break
            self._token.forget()
        if code != 0:
            raise PushError(f"平台不接受这条消息：errcode {code}。")

    async def _fetch_token(self) -> tuple[str, float]:
        answer = await self._outbound.call("GET", self._token_url, params=self._token_params)
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise PushError(f"平台没有给出 access_token：errcode {answer.get('errcode')}。")
        return token, float(answer.get("expires_in", 7200))
