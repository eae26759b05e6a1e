"""Every setting of the product, read from the environment and ``.env``."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Literal

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
    "string_pattern_mismatch": "应为 http://主机:端口 或 https://主机:端口",
}
_ROOT = Path(__file__).resolve().parent.parent


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
    )

    corpus_dir: Path = Field(_ROOT / "corpus", description="文章目录，每个平台一个子目录")
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
        raise SettingsError(
            f"设置 {name} 的值 {first.get('input')!r} 不能用：{meaning}。见 README 的设置表。"
        ) from exc
    except UnicodeDecodeError as exc:
        raise SettingsError(f"{ENV_FILE} 不是 UTF-8 编码，请另存为 UTF-8。") from exc
    except OSError as exc:
        raise SettingsError(f"{ENV_FILE} 读不了：{exc.strerror}。") from exc


def _check_name(name: str) -> None:
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
    if not name.upper().startswith(PREFIX) or name.upper() in known:
        return
    near = difflib.get_close_matches(name.upper(), known, n=1)
    hint = f"是不是想写 {near[0]}？" if near else ""
    raise SettingsError(f"未知的设置 {name}。{hint}可用的设置：{'、'.join(sorted(known))}。")
