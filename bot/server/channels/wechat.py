"""微信公众号: encrypted XML; the answer goes into the reply, or by 客服消息 when that is on."""

from __future__ import annotations

from collections.abc import Sequence

from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.replies import TextReply
from wechatpy.utils import check_signature

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
)
from bot.server.channels.outbound import Outbound
from bot.server.channels.wecom_app import UNREADABLE, Signed
from bot.server.channels.weixin_api import WeixinApi
from ingest.settings import Settings

_TOKEN_URL = "https://api.weixin.qq.com/cgi-bin/token"
_SEND_URL = "https://api.weixin.qq.com/cgi-bin/message/custom/send"
_SUCCESS = Reply("success")
_WINDOW_S = 3600.0
# WeChat waits five seconds.
_PATIENCE_S = 4.5
_HOLD_S = 3600.0
_PROMISE = "正在查询，稍后回复任意字查看"
_MORE = "（还有下文，回复任意字查看）"
_UNREAD = "（您刚发的这条还没有回答，请再发一次）"
# Longer than this it was hardly meant as “任意字”.
_ANY_WORD_CHARACTERS = 4
# Room for both remarks in the reply.
_REMARK_BYTES = 160


class Wechat:
    """One 公众号 in 安全模式: in 明文模式 the signature does not cover the message.

    Without ``api`` (no 客服消息) the reply to a call carries the answer, or a promise which
    the member's next message redeems.
    """

    name = "wechat"
    route = ("/im/wechat", ("GET", "POST"))
    style = Style(markdown=False, part_bytes=2048 - _REMARK_BYTES)

    def __init__(
        self, *, app_id: str, token: str, crypto: WeChatCrypto, api: WeixinApi | None
    ) -> None:
        self._app_id = app_id
        self._token = token
        self._crypto = crypto
        self._api = api
        self.hold_s = 0.0 if api else _HOLD_S
        self.hands_over = api is None

    async def receive(self, call: Call) -> Reply | Incoming | Poll:
        """A verification of the address, or a message."""
        if call.method == "GET":
            return self._verified(call)
        signed = Signed.of(call)
        try:
            xml = self._crypto.decrypt_message(
                call.body, signed.signature, signed.timestamp, signed.nonce
            )
        except (InvalidSignatureException, InvalidAppIdException) as exc:
            raise ForbiddenCallError("签名不对，或不是这个公众号的") from exc
        except UNREADABLE as exc:
            raise MalformedCallError("内容读不懂，公众号后台要选“安全模式”") from exc
        return self._message(xml, call.at)

    def _verified(self, call: Call) -> Reply:
        signature, timestamp, nonce, echo = (
            call.query.get(key, "") for key in ("signature", "timestamp", "nonce", "echostr")
        )
        check_fresh(timestamp, now=call.at, window_s=_WINDOW_S)
        try:
            check_signature(self._token, signature, timestamp, nonce)
        except InvalidSignatureException as exc:
            raise ForbiddenCallError("签名不对") from exc
        return Reply(echo)

    def _message(self, xml: str, at: float) -> Reply | Incoming:
        try:
            message = parse_message(xml)
            kind = message._data["MsgType"]
            user, account = str(message.source or ""), str(message.target or "")
            message_id = str(message.id or "")
            text = str(message.content or "") if kind == "text" else ""
        except UNREADABLE as exc:
            raise MalformedCallError("消息读不懂") from exc
        if kind == "event":
            return _SUCCESS
        if not user or not message_id:
            raise MalformedCallError("消息没有编号或发送人")
        return Incoming(
            bot_id=self._app_id,
            message_id=message_id,
            chat=user,
            user=user,
            text=text.strip(),
            at=at,
            readable=kind == "text",
            address={"account": account},
        )

    async def reply(self, call: Call, asked: Incoming | Poll, job: Job | None) -> Reply:
        """The answer when it is there in time, else a promise; of several calls one gets it."""
        if self._api or job is None or not isinstance(asked, Incoming):
            return _SUCCESS
        parts = await job.parts(wait_s=_PATIENCE_S)
        if not await call.connected():
            return _SUCCESS
        if not job.answered:
            job.promised = True
            return self._text(call, asked, _PROMISE)
        # Another call may have taken it while this one asked.
        if not parts or job.delivered:
            return _SUCCESS
        text = job.take()
        if not job.delivered:
            job.promised = True
            text += f"\n\n{_MORE}"
        late = asked.message_id != job.incoming.message_id
        if late and len(asked.text) > _ANY_WORD_CHARACTERS:
            text += f"\n\n{_UNREAD}"
        return self._text(call, asked, text)

    def _text(self, call: Call, asked: Incoming, text: str) -> Reply:
        # The library puts it into CDATA as it is.
        content = text.replace("]]>", "]] >")
        reply = TextReply(
            source=asked.address["account"], target=asked.user, content=content, time=int(call.at)
        )
        sealed = self._crypto.encrypt_message(
            reply.render(), call.query["nonce"], call.query["timestamp"]
        )
        return Reply(sealed, "application/xml")

    async def push(self, incoming: Incoming, parts: Sequence[str]) -> None:
        """One 客服消息 a part."""
        if self._api is None:
            raise PushError("一小时内没有人来取这个回答；没有开通客服消息，不能主动发送。")
        for part in parts:
            body = {"touser": incoming.user, "msgtype": "text", "text": {"content": part}}
            await self._api.post(_SEND_URL, body)

    async def run(self, accept: Accept) -> None:
        """Nothing beside being called."""


def open_channel(settings: Settings, outbound: Outbound) -> Wechat:
    """The channel of complete settings."""
    assert settings.wechat_app_id and settings.wechat_token and settings.wechat_aes_key
    app_id, token = settings.wechat_app_id, settings.wechat_token.get_secret_value()
    secret = settings.wechat_app_secret
    api = secret and WeixinApi(
        outbound,
        token_url=_TOKEN_URL,
        token_params={
            "grant_type": "client_credential",
            "appid": app_id,
            "secret": secret.get_secret_value(),
        },
    )
    crypto = WeChatCrypto(token, settings.wechat_aes_key.get_secret_value(), app_id)
    return Wechat(app_id=app_id, token=token, crypto=crypto, api=api or None)
