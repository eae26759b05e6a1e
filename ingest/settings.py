"""Every setting of the product, read from the environment and ``.env``."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any, Literal, get_args

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import SettingsError

PREFIX = "ZHANGGUI_"
ENV_FILE = ".env"
PACKAGED_MODEL = "packaged"
_MEANING = {
    "literal_error": "应为 {expected} 之一",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "greater_than_equal": "不能小于 {ge}",
    "bool_parsing": "应为 true 或 false",
    "less_than_equal": "不能大于 {le}",
    "string_too_short": "应有 {min_length} 个字符",
    "string_too_long": "应有 {max_length} 个字符",
    "too_short": "应有 {min_length} 个字符",
    "too_long": "应有 {max_length} 个字符",
    "string_pattern_mismatch": "应为 http://主机:端口 或 https://主机:端口",
}
_ROOT = Path(__file__).resolve().parent.parent


def _aes_key(description: str) -> Any:
    """The platforms' EncodingAESKey: 43 letters and digits."""
    return Field(None, min_length=43, max_length=43, description=description)


class Settings(BaseSettings):
    """One value a setting; the README's table is held against this class by a test."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        # Compose files and shells write an unset variable as an empty one.
        env_ignore_empty=True,
        # Other programs' variables may stand in .env; load_settings looks for ours.
        extra="ignore",
        frozen=True,
        # What is malformed may be a secret.
        hide_input_in_errors=True,
    )

    corpus_dir: Path = Field(_ROOT / "corpus", description="文章目录，每个平台一个子目录")
    cases_dir: Path = Field(
        _ROOT / "evals" / "cases", description="评测用例目录；网页里“加入评测”的问题也写到这里"
    )
    data_dir: Path = Field(_ROOT / "data", description="模型、向量库等运行数据所在目录")
    host: str = Field("127.0.0.1", description="网页监听的地址")
    port: int = Field(7860, ge=1, le=65535, description="网页监听的端口")
    chroma_url: str | None = Field(
        None,
        pattern=r"^https?://[^/\s]+/?$",
        description="Chroma 服务器地址；不设则用数据目录里的内嵌库",
    )
    embedding_model: str = Field(
        PACKAGED_MODEL,
        min_length=1,
        description="向量模型：packaged 为随包附带的 multilingual-e5-small，"
        "也可填任何 sentence-transformers 模型名或目录",
    )
    embedding_engine: Literal["auto", "onnx", "torch"] = Field(
        "auto",
        description="怎样算向量：onnx 用压成 int8 的模型（只做一次，快几倍），torch 用原来的模型，"
        "auto 在 CPU 有 int8 指令时用前者；换了要 sync --rebuild",
    )
    chat_model: str | None = Field(
        None, min_length=1, description="大模型的名字；不设则不用大模型，回答由原句组成"
    )
    chat_base_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+$",
        description="兼容 OpenAI 的服务地址，如 `http://127.0.0.1:11434/v1`",
    )
    chat_api_key: SecretStr | None = Field(None, description="大模型服务的密钥")
    chat_timeout_s: float = Field(
        20, ge=1, le=120, description="一个回答最多等大模型多少秒，超过就用原句组成的回答"
    )
    chat_retries: int = Field(2, ge=0, le=5, description="大模型服务忙或断线时最多再试几次")
    chat_tools: bool = Field(True, description="大模型可以请求规则工具；服务不支持时关掉")
    chat_rewrite: bool = Field(False, description="让大模型把追问改写成完整的问题")
    chat_input_price: float = Field(0, ge=0, description="每百万输入词元的价格，用来算费用")
    chat_output_price: float = Field(0, ge=0, description="每百万输出词元的价格，用来算费用")

    database_url: SecretStr | None = Field(
        None,
        description="记录会话、反馈的数据库：postgresql://用户:密码@主机/库；"
        "不设则用数据目录里的 SQLite",
    )
    redis_url: SecretStr | None = Field(
        None, description="限流计数的 Redis：redis://主机:端口/0；不设则记在进程内存里"
    )
    api_keys: SecretStr | None = Field(
        None,
        description="接口密钥，名字:密钥，多个用逗号隔开；密钥可写成 sha256$ 开头的摘要；"
        "不设则接口不要密钥",
    )
    errors_as_text: str | None = Field(
        None, description="哪些密钥（名字，逗号隔开）把限流、超长的提示当普通回答返回"
    )
    admin_password: SecretStr | None = Field(
        None, description="维护页面和维护接口的密码；不设则这些功能关闭"
    )
    user_limit: str = Field("10/minute;100/day", description="每个用户的提问次数上限")
    chat_limit: str = Field("30/minute", description="每个群的提问次数上限")
    key_limit: str = Field(
        "6000/minute", description="每个接口密钥（没有密钥时每个地址）的请求次数上限"
    )
    session_minutes: int = Field(60, ge=1, description="多久没有说话就算新的对话（分钟）")
    answer_threads: int = Field(2, ge=1, le=64, description="同时回答几个问题，其余排队")
    request_seconds: int = Field(30, ge=1, description="一个请求最多用多久（秒）")
    request_kilobytes: int = Field(256, ge=1, description="一个请求最大多少 KB")
    cors_origins: str | None = Field(
        None, description="允许哪些网站的页面调用接口，逗号隔开；不设则都不允许"
    )
    log_messages: bool = Field(False, description="日志里写不写问题和回答的文字，排查时才打开")

    # The channels: a channel is on when its settings are given.
    wecom_app_corp_id: str | None = Field(None, description="企业微信应用：企业 ID")
    wecom_app_agent_id: int | None = Field(None, ge=0, description="企业微信应用：AgentId")
    wecom_app_secret: SecretStr | None = Field(None, description="企业微信应用：Secret")
    wecom_app_token: SecretStr | None = Field(None, description="企业微信应用：接收消息的 Token")
    wecom_app_aes_key: SecretStr | None = _aes_key("企业微信应用：EncodingAESKey")
    wecom_bot_token: SecretStr | None = Field(None, description="企业微信智能机器人：Token")
    wecom_bot_aes_key: SecretStr | None = _aes_key("企业微信智能机器人：EncodingAESKey")
    wecom_bot_name: str | None = Field(
        None, description="企业微信智能机器人：名字，里面有空格时要填，用来去掉 @"
    )
    wechat_app_id: str | None = Field(None, description="微信公众号：AppID")
    wechat_token: SecretStr | None = Field(None, description="微信公众号：Token")
    wechat_aes_key: SecretStr | None = _aes_key("微信公众号：EncodingAESKey")
    wechat_app_secret: SecretStr | None = Field(
        None, description="微信公众号：AppSecret，有客服消息权限才填，用来主动发送回答"
    )
    feishu_app_id: str | None = Field(None, description="飞书：App ID")
    feishu_app_secret: SecretStr | None = Field(None, description="飞书：App Secret")
    feishu_encrypt_key: SecretStr | None = Field(None, description="飞书：Encrypt Key")
    feishu_verification_token: SecretStr | None = Field(
        None, description="飞书：Verification Token"
    )
    feishu_host: Literal["open.feishu.cn", "open.larksuite.com"] = Field(
        "open.feishu.cn", description="飞书的接口主机；国际版 Lark 填 open.larksuite.com"
    )
    dingtalk_client_id: str | None = Field(None, description="钉钉：Client ID（AppKey）")
    dingtalk_client_secret: SecretStr | None = Field(
        None, description="钉钉：Client Secret（AppSecret）"
    )
    dingtalk_mode: Literal["stream", "http", "worker"] = Field(
        "stream",
        description="钉钉：stream 不用公网地址；http 由钉钉来调用；"
        "worker 由 python -m bot dingtalk 单独连接",
    )
    group_session: Literal["member", "chat"] = Field(
        "member", description="群里的上下文：member 每人各记各的；chat 全群共用"
    )
    platform_url: str | None = Field(
        None,
        pattern=r"^http://(127\.0\.0\.1|localhost|\[::1\]):\d+$",
        description="只供测试：代替各平台官方接口的本机地址",
    )

    @property
    def models_dir(self) -> Path:
        """Folder of the converted models."""
        return self.data_dir / "models"

    @property
    def index_dir(self) -> Path:
        """Folder of the embedded vector store."""
        return self.data_dir / "chroma"


def load_settings() -> Settings:
    """Read the settings; raise SettingsError naming whatever is unknown or malformed."""
    try:
        for name in [*os.environ, *dotenv_values(ENV_FILE, encoding="utf-8")]:
            _check_name(name)
        return Settings()
    except ValidationError as exc:
        first = exc.errors()[0]
        name = f"{PREFIX}{str(first['loc'][0]).removeprefix(PREFIX.lower()).upper()}"
        limits = first.get("ctx", {})
        meaning = _MEANING.get(first["type"], first["msg"]).format(**limits)
        value = "" if _is_secret(name) else f" {first.get('input')!r} "
        raise SettingsError(
            f"设置 {name} 的值{value}不能用：{meaning}。见 README 的设置表。"
        ) from exc
    except UnicodeDecodeError as exc:
        raise SettingsError(f"{ENV_FILE} 不是 UTF-8 编码，请另存为 UTF-8。") from exc
    except OSError as exc:
        raise SettingsError(f"{ENV_FILE} 读不了：{exc.strerror}。") from exc


def _is_secret(name: str) -> bool:
    field = Settings.model_fields.get(name.removeprefix(PREFIX).lower())
    return field is not None and SecretStr in get_args(field.annotation)


def _check_name(name: str) -> None:
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    if not name.upper().startswith(PREFIX) or name.upper() in known:
        return
    near = difflib.get_close_matches(name.upper(), known, n=1)
    hint = f"是不是想写 {near[0]}？" if near else ""
    raise SettingsError(f"未知的设置 {name}。{hint}可用的设置：{'、'.join(sorted(known))}。")
