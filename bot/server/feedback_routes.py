"""``/api/feedback``, and the questions it leaves for the maintainers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from bot.server.access import Access
from bot.server.schemas import (
    DoneOut,
    ErrorOut,
    FeedbackIn,
    ResolveIn,
    UnansweredListOut,
    UnansweredOut,
)
from bot.service import Service

# The largest number both databases count to.
_LAST = 2**31 - 1
_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorOut, "description": "没有这个编号"}
}


def add_feedback_routes(router: APIRouter, service: Service, access: Access) -> None:
    """Add them."""

    @router.post(
        "/api/feedback",
        response_model=DoneOut,
        summary="说一个回答有没有帮助",
        tags=["反馈"],
        dependencies=[Depends(access.caller)],
        responses=_UNKNOWN,
    )
    def feedback(given: FeedbackIn) -> DoneOut:
        service.feedback(given.id, helpful=given.helpful, reason=given.reason)
        return DoneOut()

    @router.get(
        "/api/unanswered",
        response_model=UnansweredListOut,
        summary="没答上或没帮助的问题（维护用）",
        tags=["维护"],
        dependencies=[Depends(access.maintainer)],
    )
    def unanswered(
        resolved: bool = False,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=_LAST)] = 0,
    ) -> UnansweredListOut:
        rows = service.unanswered(resolved=resolved, limit=limit, offset=offset)
        return UnansweredListOut(questions=[UnansweredOut(**asdict(row)) for row in rows])

    @router.post(
        "/api/unanswered/{number}/resolve",
        response_model=DoneOut,
        summary="把一个问题标为已处理（维护用）",
        tags=["维护"],
        dependencies=[Depends(access.maintainer)],
        responses=_UNKNOWN,
    )
    def resolve(number: Annotated[int, Path(ge=1, le=_LAST)], given: ResolveIn) -> DoneOut:
        service.resolve_unanswered(number, note=given.note)
        return DoneOut()
