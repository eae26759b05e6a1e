"""企业微信智能机器人: JSON callbacks; the platform asks for the answer until it is there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from wx_crypt import WXBizMsgCrypt, WxChannel_WecomAiBot
from wx_crypt.ierror import (
    WXBizMsgCrypt_OK,
    WXBizMsgCrypt_ValidateCorpid_Error,
    WXBizMsgCrypt_ValidateSignature_Error,
)

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
from bot.server.channels.outbound import Outbound
from ingest.settings import Settings

_WINDOW_S = 3600.0
# A quick answer goes out with the acknowledgement, which must come within a second.
_QUICK_S = 0.4
# The platform asks for six minutes; after that only its response_url takes the answer.
_POLLING_S = 360.0
_WORKING = "正在查询…"
_GONE = "这个回答已经过期，请再问一次。"
_FORBIDDEN = frozenset({WXBizMsgCrypt_ValidateCorpid_Error, WXBizMsgCrypt_ValidateSignature_Error})


class WecomBot:
    """A 智能机器人, in private chats and in groups.

    Its stream id is the message's bot and id, so that a poll leads back to the message, after
    a restart too.
    """

    name = "wecom_bot"
    route = ("/im/wecom/bot", ("GET", "POST"))
    style = Style(markdown=True, part_bytes=20480)
    hold_s = _POLLING_S
    hands_over = False

    def __init__(self, *, crypto: WXBizMsgCrypt, bot_name: str | None, outbound: Outbound) -> None:
        self._crypto = crypto
        self._bot_name = bot_name
        self._outbound = outbound

    async def receive(self, call: Call) -> Reply | Incoming | Poll:
        """A verification of the address, a message, or a question how far its answer is."""
        signature, nonce = call.query.get("msg_signature", ""), call.query.get("nonce", "")
        timestamp = call.query.get("timestamp", "")
        if not signature or not nonce:
            raise ForbiddenCallError("没有签名")
        check_fresh(timestamp, now=call.at, window_s=_WINDOW_S)
        if call.method == "GET":
            echo = call.query.get("echostr", "")
            return Reply(_opened(self._crypto.VerifyURL(signature, timestamp, nonce, echo)))
        encrypted = needed_text(json_object(call.body), "encrypt")
        envelope = json.dumps({"encrypt": encrypted})
        opened = _opened(self._crypto.DecryptMsg(envelope, signature, timestamp, nonce))
        return self._message(json_object(opened), call.at)

    def _message(self, message: Mapping[str, Any], at: float) -> Reply | Incoming | Poll:
        kind = needed_text(message, "msgtype")
        if kind == "event":
            return Reply()
        bot_id = needed_text(message, "aibotid")
        if kind == "stream":
            return Poll(bot_id, needed_text(message, "stream", "id"))
        message_id, user = needed_text(message, "msgid"), needed_text(message, "from", "userid")
        in_group = text_at(message, "chattype") == "group"
        text = _text(message).strip()
        return Incoming(
            bot_id=bot_id,
            message_id=_stream_id(message_id),
            chat=needed_text(message, "chatid") if in_group else user,
            user=user,
            text=self._without_mention(text) if in_group else text,
            at=at,
            quoted=_text(quote).strip() if isinstance(quote := message.get("quote"), dict) else "",
            readable=kind == "text" or bool(text),
            address={"response_url": text_at(message, "response_url")},
        )

    def _without_mention(self, text: str) -> str:
        mention = f"@{self._bot_name}"
        if self._bot_name and mention in text:
            return text.replace(mention, "", 1).strip()
        if not text.startswith("@"):
            return text
        # The name ends at the first space; one with a space in it needs the setting.
        _, *rest = text.split(maxsplit=1)
        return rest[0] if rest else ""

    async def reply(self, call: Call, asked: Incoming | Poll, job: Job | None) -> Reply:
        """The answer, when it is there; else that it is being worked on."""
        if job is None:
            gone = isinstance(asked, Poll)
            return self._stream(call, asked.message_id, _GONE, finish=True) if gone else Reply()
        parts = await job.parts(wait_s=_QUICK_S)
        if not job.answered:
            return self._stream(call, asked.message_id, _WORKING, finish=False)
        if parts:
            job.shown = "\n\n".join(job.remaining())
        return self._stream(call, asked.message_id, job.shown or _GONE, finish=True)

    def _stream(self, call: Call, stream_id: str, content: str, *, finish: bool) -> Reply:
        stream = {"id": stream_id, "finish": finish, "content": content}
        body = json.dumps({"msgtype": "stream", "stream": stream}, ensure_ascii=False)
        code, sealed = self._crypto.EncryptMsg(
            body.encode(), call.query["nonce"], call.query["timestamp"]
        )
        if code != WXBizMsgCrypt_OK:
            raise PushError(f"回复加密不了：{code}。")
        return Reply(sealed, "application/json")

    async def push(self, incoming: Incoming, parts: Sequence[str]) -> None:
        """What was not asked for in time; the address takes one message."""
        body = {"msgtype": "markdown", "markdown": {"content": "\n\n".join(parts)}}
        answer = await self._outbound.call("POST", incoming.address["response_url"], body=body)
        if answer.get("errcode", 0) != 0:
            raise PushError(f"平台不接受这条消息：errcode {answer['errcode']}。")

    async def run(self, accept: Accept) -> None:
        """Nothing beside being called."""


def _opened(result: tuple[int, str | bytes | None]) -> str:
    """What the library decrypted; it tells by a number what was wrong."""
    code, opened = result
    if code in _FORBIDDEN:
        raise ForbiddenCallError("签名不对，或不是发给这个机器人的")
    if code != WXBizMsgCrypt_OK or opened is None:
        raise MalformedCallError(f"内容解不开：{code}")
    try:
        return opened.decode() if isinstance(opened, bytes) else opened
    except UnicodeDecodeError as exc:
        raise MalformedCallError("内容不是 UTF-8") from exc


def _text(message: Mapping[str, Any]) -> str:
    """The text of a message or of a quoted one; of a mixed one its text items."""
    if message.get("msgtype") != "mixed":
        return text_at(message, "text", "content")
    mixed = message.get("mixed")
    items = mixed.get("msg_item") if isinstance(mixed, dict) else None
    listed = items if isinstance(items, list) else []
    return "\n".join(
        text for item in listed if isinstance(item, dict) and (text := _text(item)) != ""
    )


def _stream_id(message_id: str) -> str:
    return hashlib.sha256(message_id.encode()).hexdigest()[:32]


def open_channel(settings: Settings, outbound: Outbound) -> WecomBot:
    """The channel of complete settings."""
    assert settings.wecom_bot_token and settings.wecom_bot_aes_key
    crypto = WXBizMsgCrypt(
        settings.wecom_bot_token.get_secret_value(),
        settings.wecom_bot_aes_key.get_secret_value(),
        "",
        channel=WxChannel_WecomAiBot,
    )
    return WecomBot(crypto=crypto, bot_name=settings.wecom_bot_name, outbound=outbound)
