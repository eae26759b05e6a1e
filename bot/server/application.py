"""The FastAPI application: everything but the page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import Response
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline

from bot.keys import read_keys, read_password
from bot.limits import RateLimits, make_limits
from bot.server.access import Access
from bot.server.article_routes import add_article_routes
from bot.server.asking import add_asking_routes
from bot.server.channels import Desk, channel_routes, open_desk
from bot.server.edge import REQUEST_ID, Allowed, Edge, Underway
from bot.server.feedback_routes import add_feedback_routes
from bot.server.logs import log_answer
from bot.server.metrics import Metrics
from bot.server.openai_routes import add_openai_routes
from bot.server.problems import Problem, ProblemError, add_problem_handlers
from bot.server.readiness import add_health_routes
from bot.server.schemas import ErrorOut
from bot.server.tool_routes import add_tool_routes
from bot.service import Service
from ingest.settings import Settings

_ABOUT = """按平台规则文章的原句回答商家的问题；日期和费用按规则算。

出错时返回 `{"error": {"code", "message"}}`（`/v1` 下是 OpenAI 的写法）。设置了接口密钥时，
`/api` 和 `/v1` 都要带 `Authorization: Bearer 密钥`。

*Answers merchants' questions with exact quotes from platform-rule articles.*
"""
_ERRORS: dict[int | str, dict[str, Any]] = {
    "default": {"model": ErrorOut, "description": "出错：code 给程序看，message 给人看"}
}
_PRUNE_SECONDS = 3600
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def make_api(service: Service, settings: Settings, *, limits: RateLimits | None = None) -> FastAPI:
    """The application over a service; raises SettingsError.

    It starts the service and closes it. ``app.state.underway.count`` is the number of requests
    taken and not yet answered. A page is mounted at the root afterwards.
    """
    metrics = Metrics(service)
    limits = limits or make_limits(settings)
    access = Access(read_keys(settings), read_password(settings), limits, metrics)
    desk = open_desk(service, settings, limits)
    service.observers.append(log_answer)
    app = FastAPIOffline(
        title="掌柜问答",
        description=_ABOUT,
        redoc_url=None,
        lifespan=_lifespan(service, desk),
        responses=_ERRORS,
    )
    app.state.underway = Underway()
    app.include_router(_routes(service, access, metrics, settings))
    app.include_router(channel_routes(desk))
    add_problem_handlers(app)
    _add_middleware(app, metrics, settings)
    return app


def _routes(service: Service, access: Access, metrics: Metrics, settings: Settings) -> APIRouter:
    router = APIRouter()
    seconds = float(settings.request_seconds)
    add_asking_routes(router, service, access, seconds=seconds)
    add_tool_routes(router, service, access)
    add_article_routes(router, service, access)
    add_feedback_routes(router, service, access)
    add_openai_routes(router, service, access, seconds=seconds)
    add_health_routes(router, service, metrics)
    _add_fences(router)
    return router


def _add_fences(router: APIRouter) -> None:
    """Nothing below ``/api`` and ``/v1`` falls through to the page."""
    routes = [route for route in router.routes if isinstance(route, APIRoute)]

    async def nothing(request: Request) -> Response:
        path = request.url.path
        allowed = {
            method
            for route in routes
            if route.path_regex.match(path)
            for method in route.methods or ()
        }
        if not allowed:
            raise ProblemError(Problem(404, "not_found", "没有这个地址，接口见 /docs。"))
        raise ProblemError(
            Problem(
                405,
                "method_not_allowed",
                "这个地址不支持这种请求方法，接口见 /docs。",
                headers={"Allow": ", ".join(sorted(allowed))},
            )
        )

    for prefix in ("/api", "/v1"):
        router.add_api_route(
            f"{prefix}/{{rest:path}}", nothing, methods=_METHODS, include_in_schema=False
        )


def _add_middleware(app: FastAPI, metrics: Metrics, settings: Settings) -> None:
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=[one.strip() for one in settings.cors_origins.split(",") if one.strip()],
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type", REQUEST_ID],
            expose_headers=[REQUEST_ID, "Retry-After"],
        )
    app.add_middleware(
        Edge,
        metrics=metrics,
        underway=app.state.underway,
        allowed=Allowed(settings.request_kilobytes * 1024, float(settings.request_seconds)),
    )


def _lifespan(service: Service, desk: Desk) -> Any:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.start()
        await desk.start()
        pruning = asyncio.create_task(_prune_hourly(service))
        try:
            yield
        finally:
            pruning.cancel()
            await desk.stop()
            await asyncio.to_thread(service.close)

    return lifespan


async def _prune_hourly(service: Service) -> None:
    while True:
        await asyncio.to_thread(service.store.prune, idle=service.options.idle)
        await asyncio.sleep(_PRUNE_SECONDS)
