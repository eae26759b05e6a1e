"""What each platform sends when a member writes, signed and encrypted by the libraries."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol
from urllib.parse import quote

import httpx
import xmltodict
from Crypto.Cipher import AES
from wechatpy.crypto import WeChatCrypto
from wechatpy.enterprise.crypto import WeChatCrypto as WecomCrypto
from wechatpy.utils import WeChatSigner
from wx_crypt import WXBizMsgCrypt, WxChannel_WecomAiBot

from tests.channels.platforms import BOT_OPEN_ID, Platform

# Known strings, which nothing but the platform may be shown.
TOKEN = "token-known-to-tests"
AES_KEY = "aeskeyknowntotests" + "k" * 25
SECRET = "secret-known-to-tests"
SECRETS = (TOKEN, AES_KEY, SECRET)
_NONCE = "nonce123"
_HOUR = 3600


# One a thread: making one takes longer than a call. Servers are killed under it, so that no
# connection may be kept.
class _Clients(threading.local):
    """A client for each thread: shared, one thread's closing meets another one's reading."""

    def __init__(self) -> None:
        self.http = httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0))


_CLIENTS = _Clients()
_numbers = itertools.count(1)


def new_id() -> str:
    """A message id never used before."""
    return str(7_000_000_000_000 + next(_numbers))


@dataclass(frozen=True)
class Sent:
    """A member's message. ``group`` is a group's id, None in a private chat."""

    text: str
    message_id: str
    user: str = "user-1"
    group: str | None = None
    mention: bool = True
    kind: str = "text"
    quoted: str = ""


class Simulator(Protocol):
    """One platform, seen from outside the service."""

    name: str
    settings: ClassVar[dict[str, str]]
    has_groups: bool
    has_verification: bool
    # The acknowledgement carries (or may carry) the answer.
    answers_in_reply: bool

    def send(self, sent: Sent, *, forged: bool = False, at: float | None = None) -> httpx.Response:
        """Deliver a message; ``forged``: with a signature that is not the platform's."""

    def send_body(self, body: bytes, *, signed: bool = True) -> httpx.Response:
        """Deliver bytes of any kind, as well signed as bytes of any kind can be."""

    def sealed(self, plain: str) -> bytes:
        """The body in which the platform would send this text."""

    def send_event(self) -> httpx.Response:
        """Deliver something that is no message."""

    def verify(self, *, forged: bool = False) -> tuple[httpx.Response, str]:
        """Verify the address; returns what came back and what should have."""

    def texts(self) -> list[str]:
        """What members have been shown."""


@dataclass
class Base:
    """What the simulators share."""

    address: str
    platform: Platform

    def texts(self) -> list[str]:
        """What was pushed."""
        return [text for _, text in self.platform.sent]


def _signature(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


class _Weixin(Base):
    """Encrypted XML, of WeCom apps and 公众号."""

    path = ""
    target = ""
    has_groups = False
    has_verification = True
    crypto: Any

    def _query(self, sealed: str, *, forged: bool, at: float | None) -> dict[str, str]:
        stamp = str(int(at if at is not None else time.time()))
        signature = _signature("another token" if forged else TOKEN, stamp, _NONCE, sealed)
        return {"msg_signature": signature, "timestamp": stamp, "nonce": _NONCE}

    def sealed(self, plain: str) -> bytes:
        """XML around the ciphertext."""
        envelope = self.crypto.encrypt_message(plain, _NONCE, "1")
        sealed = xmltodict.parse(envelope)["xml"]["Encrypt"]
        return (
            f"<xml><ToUserName>{self.target}</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
        )

    def _post(self, xml: str, *, forged: bool = False, at: float | None = None) -> httpx.Response:
        body = self.sealed(xml)
        query = self._query(xmltodict.parse(body)["xml"]["Encrypt"], forged=forged, at=at)
        return _CLIENTS.http.post(self.address + self.path, params=query, content=body)

    def _xml(self, sent: Sent) -> str:
        inner = {
            "ToUserName": self.target,
            "FromUserName": sent.user,
            "CreateTime": str(int(time.time())),
            "MsgType": sent.kind,
            "MsgId": sent.message_id,
            "AgentID": "1000002",
            **({"Content": sent.text} if sent.kind == "text" else {"PicUrl": "http://x/y"}),
        }
        return str(xmltodict.unparse({"xml": inner}, full_document=False))

    def send(self, sent: Sent, *, forged: bool = False, at: float | None = None) -> httpx.Response:
        """A message of a follower or member."""
        return self._post(self._xml(sent), forged=forged, at=at)

    def send_body(self, body: bytes, *, signed: bool = True) -> httpx.Response:
        """The signature covers the ciphertext: these bytes, where they hold one."""
        try:
            sealed = str(xmltodict.parse(body)["xml"]["Encrypt"])
        except Exception:  # whatever they are, they are sent
            sealed = ""
        query = self._query(sealed, forged=False, at=None) if signed else {}
        return _CLIENTS.http.post(self.address + self.path, params=query, content=body)

    def send_event(self) -> httpx.Response:
        """Somebody opened the app, or follows the account."""
        return self._post(
            f"<xml><ToUserName>{self.target}</ToUserName><FromUserName>u</FromUserName>"
            "<CreateTime>1</CreateTime><MsgType>event</MsgType><Event>subscribe</Event>"
            "<AgentID>1000002</AgentID></xml>"
        )


class WecomApp(_Weixin):
    """企业微信应用."""

    name = "wecom_app"
    path = "/im/wecom/app"
    target = "ww1234"
    answers_in_reply = False
    settings: ClassVar[dict[str, str]] = {
        "wecom_app_corp_id": "ww1234",
        "wecom_app_agent_id": "1000002",
        "wecom_app_secret": SECRET,
        "wecom_app_token": TOKEN,
        "wecom_app_aes_key": AES_KEY,
    }
    crypto = WecomCrypto(TOKEN, AES_KEY, "ww1234")

    def verify(self, *, forged: bool = False) -> tuple[httpx.Response, str]:
        """The echo is encrypted."""
        envelope = self.crypto.encrypt_message("echo-1234", _NONCE, "1")
        sealed = xmltodict.parse(envelope)["xml"]["Encrypt"]
        query = {**self._query(sealed, forged=forged, at=None), "echostr": sealed}
        return _CLIENTS.http.get(self.address + self.path, params=query), "echo-1234"


class WechatPush(_Weixin):
    """微信公众号 with 客服消息."""

    name = "wechat"
    path = "/im/wechat"
    target = "gh_1234"
    answers_in_reply = False
    settings: ClassVar[dict[str, str]] = {
        "wechat_app_id": "wx1234",
        "wechat_token": TOKEN,
        "wechat_aes_key": AES_KEY,
        "wechat_app_secret": SECRET,
    }
    crypto = WeChatCrypto(TOKEN, AES_KEY, "wx1234")

    def verify(self, *, forged: bool = False) -> tuple[httpx.Response, str]:
        """The echo is plain, and signed without it."""
        stamp = str(int(time.time()))
        signature = _signature("another token" if forged else TOKEN, stamp, _NONCE)
        query = {"signature": signature, "timestamp": stamp, "nonce": _NONCE, "echostr": "echo-1"}
        return _CLIENTS.http.get(self.address + self.path, params=query), "echo-1"


class WechatReply(WechatPush):
    """微信公众号 without 客服消息: the reply to the call is what the follower sees."""

    answers_in_reply = True
    settings: ClassVar[dict[str, str]] = {
        name: value for name, value in WechatPush.settings.items() if value != SECRET
    }

    def __init__(self, address: str, platform: Platform) -> None:
        super().__init__(address, platform)
        self._seen: list[str] = []

    def texts(self) -> list[str]:
        """What replies held."""
        return list(self._seen)

    def send(self, sent: Sent, *, forged: bool = False, at: float | None = None) -> httpx.Response:
        """Shows the follower what the reply holds."""
        response = super().send(sent, forged=forged, at=at)
        if response.status_code == 200 and response.text.startswith("<xml"):
            envelope = xmltodict.parse(response.text)["xml"]
            opened = self.crypto.decrypt_message(
                response.text, envelope["MsgSignature"], envelope["TimeStamp"], envelope["Nonce"]
            )
            reply = xmltodict.parse(opened)["xml"]
            assert reply["ToUserName"] == sent.user
            assert reply["FromUserName"] == self.target
            self._seen.append(reply["Content"])
        return response


class WecomBot(Base):
    """企业微信智能机器人: asks for the answer until it is there."""

    name = "wecom_bot"
    path = "/im/wecom/bot"
    has_groups = True
    has_verification = True
    answers_in_reply = True
    settings: ClassVar[dict[str, str]] = {
        "wecom_bot_token": TOKEN,
        "wecom_bot_aes_key": AES_KEY,
        "wecom_bot_name": "掌柜 问答",
    }

    def __init__(self, address: str, platform: Platform) -> None:
        super().__init__(address, platform)
        self._crypto = WXBizMsgCrypt(TOKEN, AES_KEY, "", channel=WxChannel_WecomAiBot)
        self._streams: dict[str, str] = {}
        self.polls = True
        self.bot_name = "掌柜 问答"
        self._lock = threading.Lock()

    def texts(self) -> list[str]:
        """What finished streams show, and what came by response_url."""
        return [*self._streams.values(), *super().texts()]

    def send(self, sent: Sent, *, forged: bool = False, at: float | None = None) -> httpx.Response:
        """Starts to poll when the reply is a stream that goes on."""
        mention = f"@{self.bot_name} " if sent.group and sent.mention else ""
        message: dict[str, Any] = {
            "msgid": sent.message_id,
            "aibotid": "bot-1",
            "chattype": "group" if sent.group else "single",
            "from": {"userid": sent.user},
            "response_url": f"https://qyapi.weixin.qq.com/aibot/response?user={quote(sent.user)}",
            "msgtype": sent.kind,
        }
        if sent.group:
            message["chatid"] = sent.group
        if sent.kind == "text":
            message["text"] = {"content": mention + sent.text}
        else:
            message[sent.kind] = {"url": "http://x/y"}
        if sent.quoted:
            message["quote"] = {"msgtype": "text", "text": {"content": sent.quoted}}
        response = self._post(message, forged=forged, at=at)
        if response.status_code == 200 and response.content:
            self._follow(self._opened(response))
        return response

    def stream_ids(self) -> list[str]:
        """The streams that have finished."""
        return list(self._streams)

    def poll(self, stream_id: str) -> dict[str, Any]:
        """Ask how far an answer is."""
        message = {"msgid": new_id(), "aibotid": "bot-1", "msgtype": "stream"}
        return self._opened(self._post({**message, "stream": {"id": stream_id}}))

    def _follow(self, stream: dict[str, Any]) -> None:
        if stream["finish"]:
            with self._lock:
                self._streams[stream["id"]] = stream["content"]
            return
        if not self.polls:
            return
        threading.Thread(target=self._poll_on, args=(stream["id"],), daemon=True).start()

    def _poll_on(self, stream_id: str) -> None:
        for _ in range(200):
            time.sleep(0.1)
            try:
                stream = self.poll(stream_id)
            except httpx.TransportError:
                continue
            if stream["finish"]:
                self._follow(stream)
                return

    def _post(
        self, message: dict[str, Any], *, forged: bool = False, at: float | None = None
    ) -> httpx.Response:
        body = self.sealed(json.dumps(message, ensure_ascii=False))
        query = self._query(json.loads(body)["encrypt"], forged=forged, at=at)
        return _CLIENTS.http.post(self.address + self.path, params=query, content=body)

    def sealed(self, plain: str) -> bytes:
        """JSON around the ciphertext."""
        code, envelope = self._crypto.EncryptMsg(plain.encode(), _NONCE, "1")
        assert code == 0
        return json.dumps({"encrypt": json.loads(envelope)["encrypt"]}).encode()

    def _query(self, encrypted: str, *, forged: bool, at: float | None) -> dict[str, str]:
        stamp = str(int(at if at is not None else time.time()))
        token = "another token" if forged else TOKEN
        signature = _signature(token, stamp, _NONCE, encrypted)
        return {"msg_signature": signature, "timestamp": stamp, "nonce": _NONCE}

    def _opened(self, response: httpx.Response) -> dict[str, Any]:
        envelope = response.json()
        code, opened = self._crypto.DecryptMsg(
            response.content,
            envelope["msgsignature"],
            str(envelope["timestamp"]),
            envelope["nonce"],
        )
        assert code == 0
        message = json.loads(opened)
        assert message["msgtype"] == "stream"
        stream: dict[str, Any] = message["stream"]
        return stream

    def send_body(self, body: bytes, *, signed: bool = True) -> httpx.Response:
        """The signature covers the ciphertext: these bytes, where they hold one."""
        try:
            encrypted = str(json.loads(body)["encrypt"])
        except Exception:  # whatever they are, they are sent
            encrypted = ""
        query = self._query(encrypted, forged=False, at=None) if signed else {}
        return _CLIENTS.http.post(self.address + self.path, params=query, content=body)

    def send_event(self) -> httpx.Response:
        """Somebody opened the chat."""
        return self._post({"msgid": new_id(), "aibotid": "bot-1", "msgtype": "event"})

    def verify(self, *, forged: bool = False) -> tuple[httpx.Response, str]:
        """The echo is encrypted."""
        _, sealed = self._crypto.EncryptMsg(b"echo-1234", _NONCE, "1")
        encrypted = json.loads(sealed)["encrypt"]
        query = {**self._query(encrypted, forged=forged, at=None), "echostr": encrypted}
        return _CLIENTS.http.get(self.address + self.path, params=query), "echo-1234"


class Feishu(Base):
    """飞书."""

    name = "feishu"
    path = "/im/feishu"
    has_groups = True
    has_verification = True
    answers_in_reply = False
    settings: ClassVar[dict[str, str]] = {
        "feishu_app_id": "cli_1234",
        "feishu_app_secret": SECRET,
        "feishu_encrypt_key": AES_KEY,
        "feishu_verification_token": TOKEN,
    }

    def send(self, sent: Sent, *, forged: bool = False, at: float | None = None) -> httpx.Response:
        """An im.message.receive_v1 event."""
        mentions = [{"key": "@_user_1", "id": {"open_id": "ou_other"}, "name": "小王"}]
        text = sent.text
        if sent.group and sent.mention:
            mentions.append({"key": "@_user_2", "id": {"open_id": BOT_OPEN_ID}, "name": "掌柜"})
            text = f"@_user_2 {text}"
        content = {"text": text} if sent.kind == "text" else {"image_key": "x"}
        message = {
            "message_id": f"om_{sent.message_id}",
            "chat_id": sent.group or f"oc_{sent.user}",
            "chat_type": "group" if sent.group else "p2p",
            "message_type": sent.kind,
            "content": json.dumps(content, ensure_ascii=False),
            **({"mentions": mentions} if sent.group else {}),
        }
        sender = {"sender_id": {"open_id": sent.user}, "sender_type": "user"}
        event = {"sender": sender, "message": message}
        return self._post(self._event("im.message.receive_v1", event), forged=forged, at=at)

    def _event(self, kind: str, event: dict[str, Any]) -> dict[str, Any]:
        header = {
            "event_id": new_id(),
            "event_type": kind,
            "token": TOKEN,
            "app_id": "cli_1234",
            "create_time": str(int(time.time() * 1000)),
        }
        return {"schema": "2.0", "header": header, "event": event}

    def _post(
        self, event: dict[str, Any], *, forged: bool = False, at: float | None = None
    ) -> httpx.Response:
        body = self.sealed(json.dumps(event, ensure_ascii=False))
        return self._post_body(body, forged=forged, at=at)

    def sealed(self, plain: str) -> bytes:
        """JSON around the ciphertext."""
        return json.dumps({"encrypt": _feishu_encrypted(plain)}).encode()

    def _post_body(
        self, body: bytes, *, forged: bool = False, at: float | None = None
    ) -> httpx.Response:
        stamp = str(int(at if at is not None else time.time()))
        key = "another key" if forged else AES_KEY
        signature = hashlib.sha256(f"{stamp}{_NONCE}{key}".encode() + body).hexdigest()
        headers = {
            "X-Lark-Request-Timestamp": stamp,
            "X-Lark-Request-Nonce": _NONCE,
            "X-Lark-Signature": signature,
        }
        return _CLIENTS.http.post(self.address + self.path, content=body, headers=headers)

    def send_body(self, body: bytes, *, signed: bool = True) -> httpx.Response:
        """The signature covers the bytes themselves."""
        return self._post_body(body, forged=not signed)

    def send_event(self) -> httpx.Response:
        """The bot was added to a group."""
        return self._post(self._event("im.chat.member.bot.added_v1", {"chat_id": "oc_1"}))

    def verify(self, *, forged: bool = False) -> tuple[httpx.Response, str]:
        """The challenge is encrypted, and not signed."""
        token = "another token" if forged else TOKEN
        challenge = {"type": "url_verification", "challenge": "echo-1234", "token": token}
        sealed = _feishu_encrypted(json.dumps(challenge))
        response = _CLIENTS.http.post(self.address + self.path, json={"encrypt": sealed})
        return response, '{"challenge":"echo-1234"}'


def _feishu_encrypted(text: str) -> str:
    """The platform's side of the cipher, which the library has only the other side of."""
    key = hashlib.sha256(AES_KEY.encode()).digest()
    data = text.encode()
    pad = AES.block_size - len(data) % AES.block_size
    iv = os.urandom(AES.block_size)
    sealed = AES.new(key, AES.MODE_CBC, iv).encrypt(data + bytes([pad]) * pad)
    return base64.b64encode(iv + sealed).decode()


class _DingTalkMessages(Base):
    """The robot's messages, the same in both modes."""

    name = "dingtalk"
    has_groups = True
    has_verification = False
    answers_in_reply = False

    def message(self, sent: Sent) -> dict[str, Any]:
        """The platform has taken the mention out."""
        text: dict[str, Any] = {"content": f" {sent.text}"}
        if sent.quoted:
            text["repliedMsg"] = {"msgType": "text", "content": {"text": sent.quoted}}
        return {
            "msgId": sent.message_id,
            "msgtype": sent.kind,
            **({"text": text} if sent.kind == "text" else {"content": {"downloadCode": "x"}}),
            "conversationType": "2" if sent.group else "1",
            "conversationId": sent.group or f"cid-{sent.user}",
            "senderStaffId": sent.user,
            "senderId": f"$:{sent.user}",
            "isInAtList": bool(sent.group and sent.mention),
            "robotCode": "ding1234",
            "sessionWebhook": "https://oapi.dingtalk.com/robot/sendBySession"
            f"?session=webhook-session&user={quote(sent.user)}",
            "sessionWebhookExpiredTime": int((time.time() + _HOUR) * 1000),
        }


class DingTalkHttp(_DingTalkMessages):
    """钉钉, calling us."""

    path = "/im/dingtalk"
    settings: ClassVar[dict[str, str]] = {
        "dingtalk_client_id": "ding1234",
        "dingtalk_client_secret": SECRET,
        "dingtalk_mode": "http",
    }

    def send(self, sent: Sent, *, forged: bool = False, at: float | None = None) -> httpx.Response:
        """The signature covers the time."""
        return self._post(json.dumps(self.message(sent)).encode(), forged=forged, at=at)

    def _post(
        self, body: bytes, *, forged: bool = False, at: float | None = None
    ) -> httpx.Response:
        stamp = str(int((at if at is not None else time.time()) * 1000))
        secret = ("another secret" if forged else SECRET).encode()
        signed = stamp.encode() + b"\n" + secret
        sign = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
        headers = {"timestamp": stamp, "sign": sign}
        return _CLIENTS.http.post(self.address + self.path, content=body, headers=headers)

    def send_body(self, body: bytes, *, signed: bool = True) -> httpx.Response:
        """The signature does not cover the bytes."""
        return self._post(body, forged=not signed)

    def sealed(self, plain: str) -> bytes:
        """Nothing is encrypted."""
        return plain.encode()

    def send_event(self) -> httpx.Response:
        """Somebody wrote in a group without a mention."""
        return self.send(Sent("大家好", new_id(), group="cid-1", mention=False))

    def verify(self, *, forged: bool = False) -> tuple[httpx.Response, str]:
        """DingTalk verifies no address."""
        raise NotImplementedError


SIMULATORS = (WecomApp, WecomBot, WechatPush, WechatReply, Feishu, DingTalkHttp)


def malformed_bodies(simulator: Simulator) -> Iterator[bytes]:
    """What no platform would send."""
    yield from (b"", b"\xff\xfe\x00", b"<xml>", b"{", b"[]", b"null", b'{"encrypt": 3}')
    yield b"<xml><Encrypt>not base64!</Encrypt></xml>"
    yield b'{"encrypt": "not base64!"}'
    yield b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>'
    yield b"[" * 100_000
