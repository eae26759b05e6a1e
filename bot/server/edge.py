"""Around every request: its id, its headers, its time, its line in the log."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from dataclasses import dataclass

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.server.metrics import Metrics
from bot.server.problems import answer_problem, http_problem

REQUEST_ID = "X-Request-ID"
_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_OURS = ("/api/", "/v1/", "/im/")
# Documents that hold nothing but data run no script and stand in no frame.
_DATA_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_log = structlog.get_logger(__name__)


class Edge:
    """The outermost part of the application that is ours."""

    def __init__(
        self, app: ASGIApp, *, metrics: Metrics, underway: Underway, allowed: Allowed
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._underway = underway
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; the page's own requests get their headers and no more."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ours = str(scope["path"]).startswith(_OURS)
        request = _Request(scope, receive, send, self._allowed if ours else None)
        structlog.contextvars.bind_contextvars(request_id=request.id)
        started = time.perf_counter()
        if ours:
            self._underway.count += 1
        try:
            if ours and request.announced > self._allowed.bytes:
                refused = answer_problem(Request(scope), http_problem(413))
                await refused(scope, request.receive, request.send)
            else:
                await self._app(scope, request.receive, request.send)
        finally:
            seconds = time.perf_counter() - started
            if ours:
                self._underway.count -= 1
            self._told(scope, request.status, seconds, logged=ours)
            structlog.contextvars.unbind_contextvars("request_id")

    def _told(self, scope: Scope, status: int, seconds: float, *, logged: bool) -> None:
        # The route, not the path: a path may hold anything.
        route = getattr(scope.get("route"), "path", "") or "other"
        self._metrics.requested(scope["method"], route, status, seconds)
        if logged:
            caller = scope.get("state", {}).get("caller")
            _log.info(
                "request",
                method=scope["method"],
                route=route,
                status=status,
                took_ms=round(seconds * 1000, 1),
                caller=caller.name if caller else None,
            )


@dataclass(frozen=True)
class Allowed:
    """How large a request's body may be, and how long it may take to come in."""

    bytes: int
    seconds: float


class Underway:
    """How many requests have been taken and not answered; stopping waits for them."""

    def __init__(self) -> None:
        self.count = 0


class _Request:
    """One request: wraps what it receives and sends."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, allowed: Allowed | None) -> None:
        headers = Headers(scope=scope)
        given = headers.get(REQUEST_ID, "")
        announced = headers.get("content-length", "")
        self.id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        self.announced = int(announced) if announced.isascii() and announced.isdigit() else 0
        self.status = 500
        self._receive = receive
        self._send = send
        self._headers = {**_HEADERS, REQUEST_ID: self.id}
        if allowed is not None:
            self._headers |= _DATA_HEADERS
        self._allowed = allowed
        self._received = 0
        self._started = time.monotonic()

    async def receive(self) -> Message:
        """The next piece of the body; 408 when it takes too long, 413 when it is too much."""
        if self._allowed is None:
            return await self._receive()
        left = self._started + self._allowed.seconds - time.monotonic()
        try:
            async with asyncio.timeout(left):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408) from None
        self._received += len(message.get("body", b""))
        if self._received > self._allowed.bytes:
            raise HTTPException(413)
        if not message.get("more_body", False):
            # What comes now is that the client has gone: that may take as long as it likes.
            self._allowed = None
        return message

    async def send(self, message: Message) -> None:
        """Add our headers where the route has not set its own."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)
