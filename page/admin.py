"""Who may change the knowledge base: whoever knows the maintainers' password."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from bot.keys import Password
from bot.limits import RateLimits
from page.parts import part
from page.templating import notice, render
from page.words import Words

COOKIE = "zhanggui_admin"
_HOURS = 8
_TRIES = "10/minute"
# Where a login may lead: the part that asked for it, and the place it stands in.
_NEXT = {"maintenance": "#reading", "unanswered": "#unanswered"}
_Clock = Callable[[], float]


@dataclass
class Admins:
    """Open logins, kept in memory: a restart ends them. Safe to share between threads."""

    password: Password
    clock: _Clock = time.monotonic

    def __post_init__(self) -> None:
        self._ends: dict[str, float] = {}
        self._lock = threading.Lock()
        self._limits = RateLimits({"user": _TRIES})

    def enter(self, password: str, address: str) -> str | None:
        """A new login's token; None for a wrong password or too many tries."""
        if not self._limits.hit("user", "admin", address).allowed:
            return None
        if not self.password.matches(password):
            return None
        token = secrets.token_urlsafe(32)
        with self._lock:
            now = self.clock()
            self._ends = {known: end for known, end in self._ends.items() if end > now}
            self._ends[token] = now + _HOURS * 3600
        return token

    def leave(self, token: str) -> None:
        """End a login."""
        with self._lock:
            self._ends.pop(token, None)

    def knows(self, request: Request) -> bool:
        """Whether a request comes from an open login, and from our page."""
        # A form on somebody else's page cannot set this header.
        ours = request.method == "GET" or "x-part" in request.headers
        return ours and self.holds(request.cookies.get(COOKIE, ""))

    def holds(self, token: str) -> bool:
        """Whether a login is open."""
        with self._lock:
            return self._ends.get(token, float("-inf")) > self.clock()

    def guard(
        self, request: Request, then: str, work: Callable[[], str], words: Words
    ) -> Callable[[], str]:
        """``work`` for whoever is logged in, the login form for others."""
        return work if self.knows(request) else lambda: render_login(self, then, words)


def add_admin_routes(router: APIRouter, admins: Admins, words: Words) -> None:
    """``login`` and ``logout``."""

    @router.post("/login")
    def login(request: Request, password: str = Form(""), then: str = Form("")) -> HTMLResponse:
        then = then if then in _NEXT else "maintenance"
        address = request.client.host if request.client else ""
        token = admins.enter(password, address)
        if token is None:
            return part(lambda: render_login(admins, then, words, wrong=True), words)
        # The cookie comes with this answer; what it opens is fetched with the next.
        entered = {"address": then, "text": words("logged_in"), "every": 0}
        response = part(lambda: render("loading.html", words, **entered), words)
        secure = request.url.scheme == "https"
        response.set_cookie(
            COOKIE, token, max_age=_HOURS * 3600, httponly=True, samesite="strict", secure=secure
        )
        return response

    @router.post("/logout")
    def logout(request: Request) -> HTMLResponse:
        admins.leave(request.cookies.get(COOKIE, ""))
        response = part(lambda: notice(words("logged_out"), words, kind="good"), words)
        response.delete_cookie(COOKIE)
        return response


def render_login(admins: Admins, then: str, words: Words, *, wrong: bool = False) -> str:
    """The form that asks for the password, or why there is none."""
    if not admins.password.is_set:
        return notice(words("no_password_set"), words, kind="plain")
    return render("login.html", words, then=then, target=_NEXT[then], wrong=wrong)
