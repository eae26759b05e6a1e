"""Puts together what uses a chat model; nothing is loaded unless the settings name one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot.distinctions import Distinctions
from bot.phrasing.checking import Checker
from bot.phrasing.model import GuardedModel, OnCall, Prices, Streams, nobody
from bot.phrasing.phraser import Phraser
from bot.phrasing.rewriting import Rewriter
from bot.phrasing.support import Embed, load_support
from bot.platforms import Platforms
from bot.rules.ruleset import Rules
from ingest.articles import Article
from ingest.errors import SettingsError
from ingest.settings import Settings

if TYPE_CHECKING:
    from langchain_core.tools import StructuredTool

_FAILURES = 5
_PAUSE_S = 30
_REMEMBERED = 1024
# The share of the time limit that rewriting a follow-up may take.
_REWRITING = 0.25
_COMPATIBLE = "openai"
_NO_KEY = "none"


@dataclass(frozen=True)
class Chat:
    """What a chat model is used for; None for what is not wanted."""

    phraser: Phraser | None = None
    rewriter: Rewriter | None = None


def open_chat(
    settings: Settings,
    *,
    platforms: Platforms,
    distinctions: Distinctions,
    rules: Rules | None,
    embed: Embed,
    article: Callable[[str], Article | None],
    on_call: OnCall = nobody,
) -> Chat:
    """What the settings ask for; nothing without ``CHAT_MODEL``.

    ``on_call`` is told of every call to the service. Raises SettingsError naming what is
    missing or cannot be used.
    """
    name = settings.chat_model
    if name is None:
        return Chat()
    model = GuardedModel(
        _opener(settings, name),
        _breaker(),
        name=name,
        retries=settings.chat_retries,
        prices=Prices(settings.chat_input_price, settings.chat_output_price),
        on_call=on_call,
    )
    # Both together keep the limit.
    rewriting_s = settings.chat_timeout_s * _REWRITING if settings.chat_rewrite else 0.0
    phraser = Phraser(
        model=model,
        checker=Checker(load_support(), platforms, distinctions, _remembering(embed)),
        rules=rules if settings.chat_tools else None,
        article=article,
        timeout_s=settings.chat_timeout_s - rewriting_s,
    )
    if not settings.chat_rewrite:
        return Chat(phraser)
    return Chat(phraser, Rewriter(model, platforms, distinctions, rewriting_s))


def _remembering(embed: Embed) -> Embed:
    """Quotes are compared with every sentence of a draft: their vectors are made once."""
    import numpy as np

    @lru_cache(maxsize=_REMEMBERED)
    def vector(text: str) -> Any:
        return embed([text])[0]

    return lambda texts: np.stack([vector(text) for text in texts])


def _breaker() -> Any:
    try:
        from pybreaker import CircuitBreaker
    except ImportError as exc:
        raise _not_installed() from exc
    # Whoever stops listening has not met a failure.
    return CircuitBreaker(
        fail_max=_FAILURES,
        reset_timeout=_PAUSE_S,
        exclude=[GeneratorExit],
        throw_new_error_on_trip=False,
    )


def _opener(settings: Settings, name: str) -> Callable[[Sequence[StructuredTool]], Streams]:
    """How a model is made: by its base URL as an OpenAI-compatible one, else by its name."""
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {
        "temperature": 0,
        "timeout": settings.chat_timeout_s,
        # Repeating is done in one place.
        "max_retries": 0,
        "stream_usage": True,
    }
    key = settings.chat_api_key
    if settings.chat_base_url:
        options |= {"base_url": settings.chat_base_url, "model_provider": _COMPATIBLE}
        # Services on one's own machine ask for none, but the client does.
        key = key or SecretStr(_NO_KEY)
    if key:
        options["api_key"] = key
    try:
        model = init_chat_model(name, **options)
    except ImportError as exc:
        raise _not_installed() from exc
    except Exception as exc:
        raise SettingsError(
            f"ZHANGGUI_CHAT_MODEL 的值 {name!r} 不能用：{type(exc).__name__}。"
            "自建或兼容 OpenAI 的服务请同时设 ZHANGGUI_CHAT_BASE_URL；"
            "否则写成 服务商:模型，并设 ZHANGGUI_CHAT_API_KEY。"
        ) from exc
    return lambda tools: model.bind_tools(tools) if tools else model


def _not_installed() -> SettingsError:
    return SettingsError(
        "设了 ZHANGGUI_CHAT_MODEL，但没有安装大模型所需的包。"
        "请运行：.venv/bin/pip install -c constraints.txt -e '.[chat]'"
    )
