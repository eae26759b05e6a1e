"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever runs the service."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST

from bot.errors import StoreError
from bot.pipeline import MerchantBot
from bot.server.metrics import Metrics
from bot.server.problems import Problem, ProblemError
from bot.service import Service


def add_health_routes(router: APIRouter, service: Service, metrics: Metrics) -> None:
    """Add them; none needs a key."""

    @router.get("/healthz", summary="进程还在", tags=["运行"])
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="能马上回答", tags=["运行"])
    def readyz() -> Response:
        status = _status(service)
        return JSONResponse({"status": status}, status_code=200 if status == "ready" else 503)

    @router.get(
        "/metrics",
        summary="Prometheus 指标",
        tags=["运行"],
        response_class=PlainTextResponse,
    )
    def prometheus() -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)


def ready_bot(service: Service) -> MerchantBot:
    """The bot; ends the request while it is still loading."""
    if not service.ready and service.failure is None:
        raise ProblemError(
            Problem(503, "loading", "正在加载模型，请稍后再试。", headers={"Retry-After": "5"})
        )
    return service.bot


def _status(service: Service) -> str:
    if not service.ready:
        return "failed" if service.failure else "loading"
    try:
        service.store.ping()
    except StoreError:
        return "storage_unavailable"
    return "ready"
