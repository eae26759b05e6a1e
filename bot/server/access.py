"""Who may call, and how often."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import (
    HTTPAuthorizationCredentials,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
)

from bot.keys import ApiKeys, Caller, Password
from bot.limits import RateLimits, Rule, Verdict
from bot.server.metrics import Metrics
from bot.server.problems import Problem, ProblemError

# Without keys everybody is the same caller, counted by address.
_ANYBODY = "-"
_BEARER = HTTPBearer(auto_error=False, description="设置了 ZHANGGUI_API_KEYS 时要带密钥。")
_BASIC = HTTPBasic(auto_error=False, description="维护用：用户名任意，密码是维护密码。")

Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
Basic = Annotated[HTTPBasicCredentials | None, Depends(_BASIC)]


class Access:
    """Checks keys, the maintainers' password and limits; its methods are dependencies."""

    def __init__(
        self, keys: ApiKeys, password: Password, limits: RateLimits, metrics: Metrics
    ) -> None:
        self._keys = keys
        self._password = password
        self._limits = limits
        self._metrics = metrics

    def caller(self, request: Request, bearer: Bearer) -> Caller:
        """Whose key it is; ends the request with 401 or 429."""
        caller = self._identified(bearer)
        request.state.caller = caller
        address = (self._address(request),) if not self._keys.required else ()
        self._demand(self._hit("key", caller.name, *address))
        return caller

    def maintainer(self, request: Request, basic: Basic) -> None:
        """Ends the request unless it comes with the maintainers' password."""
        if not self._password.is_set:
            raise ProblemError(
                Problem(403, "admin_disabled", "没有设置 ZHANGGUI_ADMIN_PASSWORD，维护接口关闭。")
            )
        if basic is not None and self._password.matches(basic.password):
            return
        # Guessing costs time.
        if basic is not None:
            self._demand(self._hit("user", "admin", self._address(request)))
        raise ProblemError(
            Problem(
                401,
                "wrong_password",
                "维护接口要用维护密码。",
                headers={"WWW-Authenticate": 'Basic realm="zhanggui"'},
            )
        )

    def asks(self, caller: Caller, user: str | None) -> Verdict:
        """Count a question of a user whom the caller names; others have the key's limit alone."""
        if user is None:
            return Verdict(allowed=True)
        return self._hit("user", "api", caller.name, user)

    def _identified(self, bearer: HTTPAuthorizationCredentials | None) -> Caller:
        if not self._keys.required:
            return Caller(_ANYBODY)
        found = self._keys.find(bearer.credentials) if bearer is not None else None
        if found is None:
            what = "缺少密钥" if bearer is None else "密钥不对"
            raise ProblemError(
                Problem(
                    401,
                    "invalid_api_key",
                    f"{what}。请在请求头里写 Authorization: Bearer 密钥。",
                    headers={"WWW-Authenticate": "Bearer"},
                )
            )
        return found

    def _hit(self, rule: Rule, *keys: str) -> Verdict:
        verdict = self._limits.hit(rule, *keys)
        if not verdict.allowed:
            self._metrics.limited(rule)
        return verdict

    def _demand(self, verdict: Verdict) -> None:
        if not verdict.allowed:
            raise too_often(verdict)

    @staticmethod
    def _address(request: Request) -> str:
        return request.client.host if request.client else _ANYBODY


def called_by(request: Request) -> Caller:
    """Who the request comes from, once ``Access.caller`` let it in."""
    caller: Caller = request.state.caller
    return caller


Called = Annotated[Caller, Depends(called_by)]


def too_often(verdict: Verdict) -> ProblemError:
    """The problem of whoever asks too often."""
    return ProblemError(
        Problem(
            429,
            "rate_limit_exceeded",
            verdict.notice,
            headers={"Retry-After": str(verdict.retry_after_s)},
        )
    )
