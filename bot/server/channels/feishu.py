"""飞书: encrypted JSON events, verified by lark-oapi; answers are replies to the message."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from lark_oapi import EventDispatcherHandler, RawRequest
from lark_oapi.core.utils import AESCipher

from bot.errors import ForbiddenCallError, MalformedCallError, PushError
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
    needed_text,
    text_at,
)
from bot.server.channels.outbound import AccessToken, Outbound
from ingest.settings import Settings

_log = logging.getLogger(__name__)
_MESSAGE = "im.message.receive_v1"
# It calls again for 7.1 hours; what is older than seen ids are kept is a replay.
_WINDOW_S = 8 * 3600.0
_TOKEN_GONE = frozenset({99991661, 99991663, 99991668})
_ASK_AGAIN_S = 30.0


class Feishu:
    """One app of a tenant; in groups it answers when it is mentioned."""

    name = "feishu"
    route = ("/im/feishu", ("POST",))
    style = Style(markdown=False, part_bytes=20000)
    hold_s = 0.0
    hands_over = False

    def __init__(
        self,
        *,
        app_id: str,
        app_secret: str,
        encrypt_key: str,
        verification_token: str,
        base_url: str,
        outbound: Outbound,
    ) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._encrypt_key = encrypt_key
        self._verification_token = verification_token
        self._base_url = base_url
        self._outbound = outbound
        self._token = AccessToken(self._fetch_token)
        self._open_id = ""
        # It logs every call it refuses with a traceback; the desk says it in a line.
        logging.getLogger("Lark").setLevel(logging.CRITICAL)

    async def receive(self, call: Call) -> Reply | Incoming | Poll:
        """A verification of the address, or a message that is meant for the bot."""
        event, told = self._verified(call)
        if "challenge" in event:
            return Reply(told, "application/json")
        if text_at(event, "header", "app_id") not in ("", self._app_id):
            raise ForbiddenCallError("不是这个应用的事件")
        if text_at(event, "header", "event_type") != _MESSAGE:
            return _acknowledged()
        body = event.get("event")
        if not isinstance(body, dict) or not isinstance(body.get("message"), dict):
            raise MalformedCallError("事件里没有消息")
        return await self._message(body, body["message"], call.at)

    def _verified(self, call: Call) -> tuple[dict[str, Any], str]:
        """The event, and what lark-oapi tells the caller; it must be encrypted and signed.

        What cannot be decrypted is refused like what is wrongly signed: to tell them apart
        would tell a forger how far he got.
        """
        sealed = needed_text(json_object(call.body), "encrypt")
        try:
            base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError) as exc:
            raise MalformedCallError("encrypt 不是 base64") from exc
        try:
            event = json_object(AESCipher(self._encrypt_key).decrypt_str(sealed))
        except (ValueError, MalformedCallError) as exc:
            raise ForbiddenCallError("解不开，Encrypt Key 不对或内容被改过") from exc
        if text_at(event, "type") != "url_verification":
            stamp = call.headers.get("x-lark-request-timestamp", "")
            check_fresh(stamp, now=call.at, window_s=_WINDOW_S)
        request = RawRequest()
        request.uri, request.body = self.route[0], call.body
        # It looks its headers up by their exact spelling.
        request.headers = {name.title(): value for name, value in call.headers.items()}
        response = self._dispatcher(event).do(request)
        if response.status_code != 200:
            raise ForbiddenCallError("签名或 Verification Token 不对")
        return event, response.content.decode()

    def _dispatcher(self, event: Mapping[str, Any]) -> EventDispatcherHandler:
        """One that knows this event's type: an unknown one it would fail instead of verifying."""
        builder = EventDispatcherHandler.builder(self._encrypt_key, self._verification_token)
        kind = text_at(event, "header", "event_type")
        if event.get("schema"):
            return builder.register_p2_customized_event(kind, _ignore).build()
        kind = text_at(event, "event", "type")
        return builder.register_p1_customized_event(kind, _ignore).build()

    async def _message(
        self, event: Mapping[str, Any], message: Mapping[str, Any], at: float
    ) -> Reply | Incoming:
        user = needed_text(event, "sender", "sender_id", "open_id")
        if text_at(event, "sender", "sender_type") not in ("", "user"):
            return _acknowledged()
        kind, text = needed_text(message, "message_type"), ""
        if kind == "text":
            text = text_at(json_object(needed_text(message, "content")), "text")
        mentions = [one for one in message.get("mentions") or [] if isinstance(one, dict)]
        if text_at(message, "chat_type") == "group":
            if not mentions:
                return _acknowledged()
            open_id = await self._own_open_id()
            if open_id not in [text_at(one, "id", "open_id") for one in mentions]:
                return _acknowledged()
        return Incoming(
            bot_id=self._app_id,
            message_id=needed_text(message, "message_id"),
            chat=needed_text(message, "chat_id"),
            user=user,
            text=_with_names(text, mentions, bot=self._open_id).strip(),
            at=at,
            readable=kind == "text",
        )

    async def reply(self, call: Call, asked: Incoming | Poll, job: Job | None) -> Reply:
        """Taken; the answer is pushed."""
        return _acknowledged()

    async def push(self, incoming: Incoming, parts: Sequence[str]) -> None:
        """One reply a part; ``uuid`` makes a repeated one harmless."""
        path = f"/open-apis/im/v1/messages/{incoming.message_id}/reply"
        for number, part in enumerate(parts):
            name = hashlib.sha256(f"{incoming.message_id}:{number}".encode()).hexdigest()[:32]
            content = json.dumps({"text": part}, ensure_ascii=False)
            body = {"msg_type": "text", "content": content, "uuid": name}
            await self._call("POST", path, body)

    async def run(self, accept: Accept) -> None:
        """Learn the bot's own id, which mentions of it carry."""
        while True:
            try:
                await self._own_open_id()
                return
            except PushError as exc:
                _log.warning("feishu: 还不知道机器人自己的 open_id，群里的消息暂时答不了：%s", exc)
                await asyncio.sleep(_ASK_AGAIN_S)

    async def _own_open_id(self) -> str:
        if not self._open_id:
            answer = await self._call("GET", "/open-apis/bot/v3/info")
            self._open_id = text_at(answer, "bot", "open_id")
            if not self._open_id:
                raise PushError("飞书没有给出机器人的 open_id，应用要添加“机器人”能力。")
        return self._open_id

    async def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        for may_renew in (True, False):
            headers = {"authorization": f"Bearer {await self._token.value()}"}
            answer = await self._outbound.call(
                method, self._base_url + path, body=body, headers=headers
            )
            if answer.get("code") not in _TOKEN_GONE or not may_renew:
                break
            self._token.forget()
        if answer.get("code") != 0:
            raise PushError(f"飞书不接受：code {answer.get('code')}。")
        return answer

    async def _fetch_token(self) -> tuple[str, float]:
        answer = await self._outbound.call(
            "POST",
            f"{self._base_url}/open-apis/auth/v3/tenant_access_token/internal",
            body={"app_id": self._app_id, "app_secret": self._app_secret},
        )
        token = text_at(answer, "tenant_access_token")
        if answer.get("code") != 0 or not token:
            raise PushError(f"飞书没有给出 tenant_access_token：code {answer.get('code')}。")
        return token, float(answer.get("expire", 7200))


def _acknowledged() -> Reply:
    return Reply("{}", "application/json")


def _ignore(_: object) -> None:
    """The event is read from its JSON; the library's part is to verify it."""


def _with_names(text: str, mentions: Sequence[Mapping[str, Any]], *, bot: str) -> str:
    """The text without the mention of the bot, and with the names of other people."""
    # "@_user_1" is the beginning of "@_user_10".
    for mention in sorted(mentions, key=lambda one: -len(text_at(one, "key"))):
        key = text_at(mention, "key")
        if key:
            ours = bool(bot) and text_at(mention, "id", "open_id") == bot
            text = text.replace(key, "" if ours else f"@{text_at(mention, 'name')}")
    return text


def open_channel(settings: Settings, outbound: Outbound) -> Feishu:
    """The channel of complete settings."""
    assert settings.feishu_app_id and settings.feishu_app_secret
    assert settings.feishu_encrypt_key and settings.feishu_verification_token
    return Feishu(
        app_id=settings.feishu_app_id,
        app_secret=settings.feishu_app_secret.get_secret_value(),
        encrypt_key=settings.feishu_encrypt_key.get_secret_value(),
        verification_token=settings.feishu_verification_token.get_secret_value(),
        base_url=f"https://{settings.feishu_host}",
        outbound=outbound,
    )
