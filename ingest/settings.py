"""Every setting of the product, read from the environment and ``.env``."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import SettingsError

PREFIX = "ZHANGGUI_"
PACKAGED_MODEL = "packaged"
_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """One value a setting; the README's table is held against this class by a test."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", frozen=True
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
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"是不是想写 {near[0]}？" if near else ""
            raise SettingsError(f"未知的设置 {name}。{hint}可用的设置：{'、'.join(sorted(known))}。")
    try:
        return Settings()
    except ValidationError as exc:
        first = exc.errors()[0]
        name = f"{PREFIX}{str(first['loc'][0]).removeprefix(PREFIX.lower()).upper()}"
        raise SettingsError(
            f"设置 {name} 的值 {first.get('input')!r} 不能用：{first['msg']}。见 README 的设置表。"
        ) from exc
    except UnicodeDecodeError as exc:
        raise SettingsError(".env 不是 UTF-8 编码，请另存为 UTF-8。") from exc
