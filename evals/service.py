"""A running service, asked over HTTP as if it were a bot in this process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from bot import Answer, Calculation, Citation, RuleUse, Turn
from evals.errors import ServiceError

_TIMEOUT_S = 60.0


class ServiceBot:
    """Asks ``{url}/api/ask``; the answers are the contract's."""

    def __init__(self, url: str, *, client: httpx.Client | None = None) -> None:
        self._address = url.rstrip("/") + "/api/ask"
        self._client = client or httpx.Client(timeout=_TIMEOUT_S)

    def ask(
        self, text: str, *, history: Sequence[Turn] = (), today: dt.date | None = None
    ) -> Answer:
        """One question; raises ServiceError when no answer comes back."""
        body = {
            "question": text,
            "history": [{"role": turn.role, "content": turn.content} for turn in history],
            "today": today.isoformat() if today else None,
        }
        try:
            response = self._client.post(self._address, json=body)
            response.raise_for_status()
            return answer_of(response.json())
        except httpx.HTTPStatusError as exc:
            raise ServiceError(
                f"{self._address} 对问题“{text[:30]}”的回应是 {exc.response.status_code}。"
            ) from exc
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            reason = str(exc) or type(exc).__name__
            raise ServiceError(
                f"连不上 {self._address}：{reason}。请先运行 make run，或检查 --url。"
            ) from exc
        except ValueError as exc:
            raise ServiceError(f"{self._address} 的回应不是 JSON。") from exc


def answer_of(content: Any) -> Answer:
    """The Answer of its JSON; raises ServiceError when it is none."""
    try:
        return _answer(content)
    except (KeyError, TypeError, ValueError, AttributeError) as exc:
        raise ServiceError(f"服务的回应不是约定的 Answer：{exc!r}。") from exc


def _answer(content: Mapping[str, Any]) -> Answer:
    return Answer(
        status=content["status"],
        text=content["text"],
        citations=tuple(Citation(**one) for one in content.get("citations", ())),
        calculations=tuple(_calculation(one) for one in content.get("calculations", ())),
        confidence=float(content.get("confidence", 0.0)),
        suggestions=tuple(content.get("suggestions", ())),
        timings_ms=dict(content.get("timings_ms", {})),
    )


def _calculation(content: Mapping[str, Any]) -> Calculation:
    return Calculation(
        tool=content["tool"],
        inputs=dict(content["inputs"]),
        result=dict(content["result"]),
        steps=tuple(content.get("steps", ())),
        assumptions=tuple(content.get("assumptions", ())),
        rules=tuple(RuleUse(**rule) for rule in content.get("rules", ())),
    )
