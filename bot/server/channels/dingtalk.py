"""钉钉机器人: signed HTTP calls, or a websocket of our own (Stream); answers go to a webhook."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

import websockets
from dingtalk_stream import AckMessage, CallbackMessage, ChatbotMessage
from websockets.asyncio.client import ClientConnection

from bot.errors import BotError, ForbiddenCallError, MalformedCallError, PushError
from bot.server.channels.adapter import (
    Accept,
    Call,
    Incoming,
    Job,
    Poll,
    Reply,
    Style,
    check_fresh,
    json_object,
    text_at,
)
from bot.server.channels.outbound import Outbound
from ingest.settings import Settings

_log = logging.getLogger(__name__)
_OPEN_URL = "https://api.dingtalk.com/v1.0/gateway/connections/open"
_WINDOW_S = 3600.0
_GROUP = "2"
_RECONNECT_S = 3.0
_DONE = Reply("{}", "application/json")


class DingTalk:
    """One robot of a company. In Stream mode it is not called, but connects to the platform."""

    name = "dingtalk"
    style = Style(markdown=True, part_bytes=18000)
    hold_s = 0.0
    hands_over = False

    def __init__(
        self, *, client_id: str, client_secret: str, stream: bool, outbound: Outbound
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._stream = stream
        self._outbound = outbound
        self.route = None if stream else ("/im/dingtalk", ("POST",))

    async def receive(self, call: Call) -> Reply | Incoming | Poll:
        """A message; the signature covers the time only, so the webhook is looked at."""
        stamp = call.headers.get("timestamp", "")
        signature = call.headers.get("sign", "")
        if not hmac.compare_digest(self._signature(stamp).encode(), signature.encode()):
            raise ForbiddenCallError("签名不对")
        # It is in milliseconds.
        check_fresh(stamp[:-3], now=call.at, window_s=_WINDOW_S)
        return self._message(json_object(call.body), call.at)

    def _signature(self, stamp: str) -> str:
        signed = f"{stamp}\n{self._client_secret}".encode()
        return base64.b64encode(
            hmac.digest(self._client_secret.encode(), signed, hashlib.sha256)
        ).decode()

    def _message(self, body: Mapping[str, Any], at: float) -> Reply | Incoming:
        try:
            message = ChatbotMessage.from_dict(body)
        except (AttributeError, KeyError, TypeError, ValueError) as exc:
            raise MalformedCallError("消息读不懂") from exc
        user = message.sender_staff_id or message.sender_id
        webhook = message.session_webhook
        named = (message.message_id, message.conversation_id, user, webhook)
        if not all(isinstance(one, str) and one for one in named):
            raise MalformedCallError("消息没有编号、会话、发送人或 sessionWebhook")
        if not self._outbound.allows(webhook):
            raise ForbiddenCallError("sessionWebhook 不是钉钉的地址")
        if message.conversation_type == _GROUP and not message.is_in_at_list:
            return _DONE
        text = message.text.content if message.text else ""
        return Incoming(
            bot_id=str(message.robot_code or self._client_id),
            message_id=message.message_id,
            chat=message.conversation_id,
            user=user,
            text=text.strip() if isinstance(text, str) else "",
            at=at,
            quoted=text_at(body, "text", "repliedMsg", "content", "text").strip(),
            readable=message.message_type == "text",
            address={"webhook": webhook},
        )

    async def reply(self, call: Call, asked: Incoming | Poll, job: Job | None) -> Reply:
        """Taken; the answer is pushed."""
        return _DONE

    async def push(self, incoming: Incoming, parts: Sequence[str]) -> None:
        """One Markdown message a part, into the conversation the question came from."""
        for part in parts:
            body = {"msgtype": "markdown", "markdown": {"title": "掌柜问答", "text": part}}
            answer = await self._outbound.call("POST", incoming.address["webhook"], body=body)
            if answer.get("errcode", 0) != 0:
                raise PushError(f"钉钉不接受这条消息：errcode {answer['errcode']}。")

    async def run(self, accept: Accept) -> None:
        """In Stream mode: stay connected, and take what comes."""
        while self._stream:
            try:
                await self._connected(accept)
            except (BotError, OSError, websockets.WebSocketException) as exc:
                # The address holds a ticket, and so may what the library says of it.
                why = str(exc) if isinstance(exc, BotError) else type(exc).__name__
                _log.warning("dingtalk: Stream 断开，%g 秒后重连：%s", _RECONNECT_S, why)
            await asyncio.sleep(_RECONNECT_S)

    async def _connected(self, accept: Accept) -> None:
        """One connection, from the gateway's address to its end."""
        opened = await self._outbound.call(
            "POST",
            _OPEN_URL,
            body={
                "clientId": self._client_id,
                "clientSecret": self._client_secret,
                "subscriptions": [{"type": CallbackMessage.TYPE, "topic": ChatbotMessage.TOPIC}],
                "ua": "zhanggui",
            },
        )
        endpoint, ticket = text_at(opened, "endpoint"), text_at(opened, "ticket")
        if not endpoint or not ticket:
            raise PushError(f"钉钉没有给出连接地址：{text_at(opened, 'code') or '原因不明'}。")
        if not self._may_connect(endpoint):
            raise PushError("钉钉给出的连接地址不是钉钉的。")
        async with websockets.connect(f"{endpoint}?{urlencode({'ticket': ticket})}") as socket:
            async for frame in socket:
                if not await self._frame(socket, frame, accept):
                    return

    def _may_connect(self, endpoint: str) -> bool:
        parts = urlsplit(endpoint)
        official = parts.scheme == "wss" and (parts.hostname or "").endswith(".dingtalk.com")
        return official or (
            parts.scheme == "ws" and self._outbound.allows(f"http://{parts.netloc}")
        )

    async def _frame(self, socket: ClientConnection, frame: str | bytes, accept: Accept) -> bool:
        """Take one frame and acknowledge it; False when the platform wants to hang up."""
        try:
            read = json_object(frame)
        except MalformedCallError as exc:
            _log.warning("dingtalk: %s", exc)
            return True
        try:
            await self._taken(read, accept)
        except (ForbiddenCallError, MalformedCallError) as exc:
            # Acknowledged all the same: it would only come again.
            _log.warning("dingtalk: %s", exc)
        await socket.send(json.dumps(_acknowledgement(read)))
        return text_at(read, "headers", "topic") != "disconnect"

    async def _taken(self, frame: Mapping[str, Any], accept: Accept) -> None:
        if frame.get("type") != CallbackMessage.TYPE:
            return
        try:
            data = CallbackMessage.from_dict(frame).data
        except (AttributeError, TypeError, ValueError) as exc:
            raise MalformedCallError("收到读不懂的一帧") from exc
        asked = self._message(data, time.time())
        if isinstance(asked, Incoming):
            await accept(asked)


def _acknowledgement(frame: Mapping[str, Any]) -> dict[str, Any]:
    """That a frame was taken; a ping is sent back what it said."""
    taken = AckMessage()
    taken.code, taken.message = AckMessage.STATUS_OK, "OK"
    taken.headers.message_id = text_at(frame, "headers", "messageId")
    taken.headers.content_type = "application/json"
    acknowledged: dict[str, Any] = taken.to_dict()
    if frame.get("type") == "SYSTEM":
        acknowledged["data"] = text_at(frame, "data")
    return acknowledged


def open_channel(settings: Settings, outbound: Outbound) -> DingTalk:
    """The channel of complete settings."""
    assert settings.dingtalk_client_id and settings.dingtalk_client_secret
    return DingTalk(
        client_id=settings.dingtalk_client_id,
        client_secret=settings.dingtalk_client_secret.get_secret_value(),
        stream=settings.dingtalk_mode != "http",
        outbound=outbound,
    )
