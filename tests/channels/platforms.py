"""The platforms' own servers, on loopback: what a channel sends is what they received."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from scripts.serving import free_port

BOT_OPEN_ID = "ou_bot"
ACCESS_TOKEN = "access-token-of-the-platform"
_START_S = 20


@dataclass
class Platform:
    """All platforms in one server; ``sent`` are the texts that reached a member, in order.

    ``failures``: how many of the next pushes are answered with a server error.
    """

    url: str
    sent: list[tuple[str, str]] = field(default_factory=list)
    failures: int = 0
    tries: int = 0
    secrets_seen: list[dict[str, Any]] = field(default_factory=list)
    frames: asyncio.Queue[dict[str, Any]] | None = None
    acks: dict[str, dict[str, Any]] = field(default_factory=dict)
    connections: int = 0
    loop: asyncio.AbstractEventLoop | None = None
    uuids: set[str] = field(default_factory=set)

    def wait_for(self, count: int, *, seconds: float = 15) -> list[tuple[str, str]]:
        """What was sent, once there are so many; fails when they do not come."""
        wait_until(lambda: len(self.sent) >= count, seconds=seconds)
        return list(self.sent)

    def push_frame(self, frame: dict[str, Any]) -> None:
        """Send a frame down DingTalk's websocket."""
        wait_until(lambda: self.frames is not None)
        assert self.loop and self.frames
        self.loop.call_soon_threadsafe(self.frames.put_nowait, frame)

    def failing(self) -> bool:
        """Whether this try is one of those that fail."""
        self.tries += 1
        if self.failures:
            self.failures -= 1
            return True
        return False


def wait_until(true: Callable[[], bool], *, seconds: float = 15) -> None:
    """Look until it is true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def platform_app(platform: Platform) -> FastAPI:
    """The routes of WeCom, WeChat, Feishu and DingTalk that a bot calls."""
    app = FastAPI()

    def delivered(user: str, text: str) -> JSONResponse:
        platform.sent.append((user, text))
        return JSONResponse({"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"})

    @app.get("/cgi-bin/gettoken")
    @app.get("/cgi-bin/token")
    def token(request: Request) -> dict[str, Any]:
        platform.secrets_seen.append(dict(request.query_params))
        return {"errcode": 0, "access_token": ACCESS_TOKEN, "expires_in": 7200}

    @app.post("/cgi-bin/message/send")
    @app.post("/cgi-bin/message/custom/send")
    async def send(request: Request) -> Response:
        if request.query_params.get("access_token") != ACCESS_TOKEN:
            return JSONResponse({"errcode": 40014, "errmsg": "invalid access_token"})
        if platform.failing():
            return Response(status_code=502)
        body = await request.json()
        return delivered(body["touser"], body["text"]["content"])

    @app.post("/aibot/response")
    @app.post("/robot/sendBySession")
    async def markdown(request: Request) -> Response:
        if platform.failing():
            return Response(status_code=502)
        body = (await request.json())["markdown"]
        return delivered(request.query_params.get("user", ""), body.get("text") or body["content"])

    @app.post("/open-apis/auth/v3/tenant_access_token/internal")
    async def tenant_token(request: Request) -> dict[str, Any]:
        platform.secrets_seen.append(await request.json())
        return {"code": 0, "tenant_access_token": ACCESS_TOKEN, "expire": 7200}

    @app.get("/open-apis/bot/v3/info")
    def bot_info(request: Request) -> dict[str, Any]:
        assert request.headers["authorization"] == f"Bearer {ACCESS_TOKEN}"
        return {"code": 0, "msg": "ok", "bot": {"open_id": BOT_OPEN_ID}}

    @app.post("/open-apis/im/v1/messages/{message_id}/reply")
    async def reply(message_id: str, request: Request) -> Response:
        assert request.headers["authorization"] == f"Bearer {ACCESS_TOKEN}"
        if platform.failing():
            return Response(status_code=502)
        body = await request.json()
        if body["uuid"] in platform.uuids:
            return JSONResponse({"code": 0})
        platform.uuids.add(body["uuid"])
        return delivered(message_id, json.loads(body["content"])["text"])

    @app.post("/v1.0/gateway/connections/open")
    async def open_connection(request: Request) -> dict[str, Any]:
        platform.secrets_seen.append(await request.json())
        endpoint = platform.url.replace("http://", "ws://") + "/connect"
        return {"endpoint": endpoint, "ticket": "ticket-of-the-connection"}

    @app.websocket("/connect")
    async def connect(socket: WebSocket) -> None:
        assert socket.query_params["ticket"] == "ticket-of-the-connection"
        await socket.accept()
        platform.loop, platform.frames = asyncio.get_running_loop(), asyncio.Queue()
        platform.connections += 1
        frames = platform.frames

        async def listen() -> None:
            while True:
                ack = json.loads(await socket.receive_text())
                platform.acks[ack["headers"]["messageId"]] = ack

        listening = asyncio.create_task(listen())
        try:
            while not listening.done():
                try:
                    frame = await asyncio.wait_for(frames.get(), 0.1)
                except TimeoutError:
                    continue
                await socket.send_text(json.dumps(frame))
        except WebSocketDisconnect:
            pass
        finally:
            listening.cancel()

    return app


@contextmanager
def served(app: Any, port: int | None = None) -> Iterator[str]:
    """Serve an ASGI app on loopback from a thread; yields its address."""
    port = port or free_port()
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        wait_until(lambda: server.started, seconds=_START_S)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(_START_S)


@contextmanager
def served_platform() -> Iterator[Platform]:
    """The platforms, with nothing sent yet."""
    port = free_port()
    platform = Platform(f"http://127.0.0.1:{port}")
    with served(platform_app(platform), port):
        yield platform
