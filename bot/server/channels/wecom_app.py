"""企业微信自建应用: encrypted XML comes in, answers are pushed with ``message/send``."""

from __future__ import annotations

import binascii
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from xml.parsers.expat import ExpatError

from wechatpy.enterprise import parse_message
from wechatpy.enterprise.crypto import WeChatCrypto
from wechatpy.enterprise.exceptions import InvalidCorpIdException
from wechatpy.exceptions import InvalidSignatureException

from bot.errors import ForbiddenCallError, MalformedCallError
from bot.server.channels.adapter import (
    Accept,
    Call,
    Incoming,
    Job,
    Poll,
    Reply,
    Style,
    check_fresh,
)
from bot.server.channels.outbound import Outbound
from bot.server.channels.weixin_api import WeixinApi
from ingest.settings import Settings

_TOKEN_URL = "https://qyapi.weixin.qq.com/cgi-bin/gettoken"
_SEND_URL = "https://qyapi.weixin.qq.com/cgi-bin/message/send"
_SUCCESS = Reply("success")
# It calls again within seconds; the rest allows for a clock that goes wrong.
_WINDOW_S = 3600.0
# What reading somebody else's bytes raises in the library.
UNREADABLE = (
    AttributeError,
    ExpatError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
    binascii.Error,
    struct.error,
)


@dataclass(frozen=True)
class Signed:
    """The query every call carries."""

    signature: str
    timestamp: str
    nonce: str

    @classmethod
    def of(cls, call: Call, *, window_s: float = _WINDOW_S) -> Signed:
        """Raises ForbiddenCallError when the call is unsigned or too old."""
        signature = call.query.get("msg_signature", "")
        timestamp, nonce = call.query.get("timestamp", ""), call.query.get("nonce", "")
        if not signature or not nonce:
            raise ForbiddenCallError("没有签名")
        check_fresh(timestamp, now=call.at, window_s=window_s)
        return cls(signature, timestamp, nonce)


class WecomApp:
    """One self-built app of one company; the platform delivers its private chats only."""

    name = "wecom_app"
    route = ("/im/wecom/app", ("GET", "POST"))
    style = Style(markdown=False, part_bytes=2048)
    hold_s = 0.0
    hands_over = False

    def __init__(
        self, *, corp_id: str, agent_id: int, crypto: WeChatCrypto, api: WeixinApi
    ) -> None:
        self._corp_id = corp_id
        self._agent_id = agent_id
        self._crypto = crypto
        self._api = api

    async def receive(self, call: Call) -> Reply | Incoming | Poll:
        """A verification of the address, or a message."""
        signed = Signed.of(call)
        if call.method == "GET":
            return Reply(self._opened(signed, call.query.get("echostr", "")))
        return self._message(self._opened_body(signed, call.body), call.at)

    def _opened(self, signed: Signed, echo: str) -> str:
        try:
            opened: str = self._crypto.check_signature(
                signed.signature, signed.timestamp, signed.nonce, echo
            )
        except (InvalidSignatureException, InvalidCorpIdException) as exc:
            raise ForbiddenCallError("签名不对，或不是这个企业的") from exc
        except UNREADABLE as exc:
            raise MalformedCallError("echostr 读不懂") from exc
        return opened

    def _opened_body(self, signed: Signed, body: bytes) -> str:
        try:
            opened: str = self._crypto.decrypt_message(
                body, signed.signature, signed.timestamp, signed.nonce
            )
        except (InvalidSignatureException, InvalidCorpIdException) as exc:
            raise ForbiddenCallError("签名不对，或不是这个企业的") from exc
        except UNREADABLE as exc:
            raise MalformedCallError("内容读不懂") from exc
        return opened

    def _message(self, xml: str, at: float) -> Reply | Incoming:
        try:
            message = parse_message(xml)
            agent_id, kind = int(message._data.get("AgentID") or 0), message._data["MsgType"]
            user, message_id = str(message.source or ""), str(message.id or "")
            text = str(message.content or "") if kind == "text" else ""
        except UNREADABLE as exc:
            raise MalformedCallError("消息读不懂") from exc
        if agent_id != self._agent_id:
            raise ForbiddenCallError("不是这个应用的消息")
        if kind == "event":
            return _SUCCESS
        if not user or not message_id:
            raise MalformedCallError("消息没有编号或发送人")
        return Incoming(
            bot_id=f"{self._corp_id}:{self._agent_id}",
            message_id=message_id,
            chat=user,
            user=user,
            text=text.strip(),
            at=at,
            readable=kind == "text",
        )

    async def reply(self, call: Call, asked: Incoming | Poll, job: Job | None) -> Reply:
        """Taken; the answer is pushed."""
        return _SUCCESS

    async def push(self, incoming: Incoming, parts: Sequence[str]) -> None:
        """One text message a part."""
        for part in parts:
            body = {
                "touser": incoming.user,
                "msgtype": "text",
                "agentid": self._agent_id,
                "text": {"content": part},
            }
            await self._api.post(_SEND_URL, body)

    async def run(self, accept: Accept) -> None:
        """Nothing beside being called."""


def open_channel(settings: Settings, outbound: Outbound) -> WecomApp:
    """The channel of complete settings."""
    assert settings.wecom_app_corp_id and settings.wecom_app_agent_id is not None
    assert settings.wecom_app_token and settings.wecom_app_aes_key and settings.wecom_app_secret
    corp_id = settings.wecom_app_corp_id
    return WecomApp(
        corp_id=corp_id,
        agent_id=settings.wecom_app_agent_id,
        crypto=WeChatCrypto(
            settings.wecom_app_token.get_secret_value(),
            settings.wecom_app_aes_key.get_secret_value(),
            corp_id,
        ),
        api=WeixinApi(
            outbound,
            token_url=_TOKEN_URL,
            token_params={
                "corpid": corp_id,
                "corpsecret": settings.wecom_app_secret.get_secret_value(),
            },
        ),
    )
