"""Counts for Prometheus; nothing that anybody typed is in them."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from bot.phrasing import Call
from bot.service import Service
from bot.storage import GivenAnswer

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """One server's counts, in a registry of their own."""

    def __init__(self, service: Service) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Counter(
            "zhanggui_requests",
            "Requests, by method, route and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._request_seconds = Histogram(
            "zhanggui_request_seconds",
            "Time from a request to the end of its response.",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._answers = Counter(
            "zhanggui_answers",
            "Answers given, by status and channel.",
            ["status", "channel"],
            registry=self.registry,
        )
        self._answer_seconds = Histogram(
            "zhanggui_answer_seconds",
            "Time the bot took for an answer, waiting left out.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._limited = Counter(
            "zhanggui_limited",
            "Refusals of those who ask too often, by rule.",
            ["rule"],
            registry=self.registry,
        )
        self._chat_calls = Counter(
            "zhanggui_chat_calls",
            "Calls to the chat model, by outcome: ok, or a short code of the failure.",
            ["outcome"],
            registry=self.registry,
        )
        self._chat_tokens = Counter(
            "zhanggui_chat_tokens",
            "Tokens the chat model took, as its service counts them.",
            ["kind"],
            registry=self.registry,
        )
        self._chat_cost = Counter(
            "zhanggui_chat_cost",
            "What the chat model cost, by the prices of the settings.",
            registry=self.registry,
        )
        ready = Gauge("zhanggui_ready", "1 once the bot is loaded.", registry=self.registry)
        ready.set_function(lambda: float(service.ready))
        service.observers.append(self.answered)
        service.chat_observers.append(self.chat_called)

    def answered(self, given: GivenAnswer) -> None:
        """Count an answer."""
        self._answers.labels(given.status, given.channel).inc()
        self._answer_seconds.observe(given.took_ms / 1000)

    def chat_called(self, call: Call) -> None:
        """Count a call to the chat model."""
        self._chat_calls.labels(call.failure or "ok").inc()
        self._chat_tokens.labels("input").inc(call.usage.input_tokens)
        self._chat_tokens.labels("output").inc(call.usage.output_tokens)
        self._chat_cost.inc(call.cost)

    def requested(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def limited(self, rule: str) -> None:
        """Count a refusal."""
        self._limited.labels(rule).inc()

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self.registry)
