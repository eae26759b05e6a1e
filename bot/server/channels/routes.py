"""The channels' routes; the page must be mounted after them, for it takes all that is left."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request, Response

from bot.server.channels.adapter import Call, Channel
from bot.server.channels.desk import Desk


def channel_routes(desk: Desk) -> APIRouter:
    """One route for every channel that is called; they are in no OpenAPI document."""
    router = APIRouter(include_in_schema=False)
    for channel in desk.channels:
        if channel.route is not None:
            path, methods = channel.route
            router.add_api_route(path, _endpoint(desk, channel), methods=list(methods))
    return router


def _endpoint(desk: Desk, channel: Channel):  # type: ignore[no-untyped-def]
    async def answer(request: Request) -> Response:
        async def connected() -> bool:
            return not await request.is_disconnected()

        call = Call(
            method=request.method,
            query=dict(request.query_params),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.body(),
            at=time.time(),
            connected=connected,
        )
        reply = await desk.handle(channel, call)
        return Response(reply.body, reply.status, media_type=reply.media_type)

    return answer
