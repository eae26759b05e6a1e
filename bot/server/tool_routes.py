"""``/api/tools``: the rule tools, by name."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request, Response
from fastapi.routing import APIRoute

from bot.errors import InputError, RuleDataError
from bot.pipeline import today_in_shanghai
from bot.server.access import Access
from bot.server.problems import Problem, ProblemError
from bot.server.readiness import ready_bot
from bot.server.schemas import CalculationOut, ErrorOut, ToolOut, ToolsOut
from bot.service import Service
from bot.tools import TOOLS, Tool, find_tool, run_tool, tool_schema


class _ExactRequest(Request):
    """Reads 99.99 in its body as it was written, not as the float nearest to it."""

    async def json(self) -> Any:
        return json.loads(await self.body(), parse_float=Decimal)


class _ExactRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def exactly(request: Request) -> Response:
            return await handle(_ExactRequest(request.scope, request.receive))

        return exactly


def _example(tool: Tool) -> dict[str, Any]:
    fields = tool.inputs.model_fields
    given = {
        name: field.examples[0]
        for name, field in fields.items()
        if field.is_required() and field.examples
    }
    return {"summary": tool.title, "description": f"工具 {tool.name}", "value": given}


_EXAMPLES: Any = {name: _example(tool) for name, tool in TOOLS.items()}
_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorOut, "description": "没有这个工具"}
}


def add_tool_routes(router: APIRouter, service: Service, access: Access) -> None:
    """Add them."""
    known = [Depends(access.caller)]

    @router.get(
        "/api/tools",
        response_model=ToolsOut,
        summary="列出规则工具和它们的输入",
        tags=["规则工具"],
        dependencies=known,
    )
    def tools() -> ToolsOut:
        return ToolsOut(tools=[_described(tool) for tool in TOOLS.values()])

    @router.get(
        "/api/tools/{name}",
        response_model=ToolOut,
        summary="一个规则工具的输入",
        tags=["规则工具"],
        dependencies=known,
        responses=_UNKNOWN,
    )
    def tool(name: str) -> ToolOut:
        return _described(_found(name))

    def run(name: str, inputs: Annotated[dict[str, Any], Body(openapi_examples=_EXAMPLES)]) -> Any:
        _found(name)
        _check_text(inputs)
        calculator = ready_bot(service).calculator
        if calculator.rules is None:
            raise RuleDataError(calculator.problem)
        today: dt.date = today_in_shanghai()
        return asdict(run_tool(name, inputs, today=today, rules=calculator.rules))

    router.add_api_route(
        "/api/tools/{name}",
        run,
        methods=["POST"],
        route_class_override=_ExactRoute,
        response_model=CalculationOut,
        summary="用一个规则工具计算",
        description="正文就是工具的输入；每个工具要什么，见 GET /api/tools。",
        tags=["规则工具"],
        dependencies=known,
        responses=_UNKNOWN,
    )


def _check_text(inputs: dict[str, Any]) -> None:
    """Half a character could be computed with and not be sent back."""
    try:
        json.dumps(inputs, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError as exc:
        raise ProblemError(Problem(400, "invalid_request", "输入里含有半个字符。")) from exc


def _described(tool: Tool) -> ToolOut:
    return ToolOut(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        inputs=tool_schema(tool.name),
    )


def _found(name: str) -> Tool:
    try:
        return find_tool(name)
    except InputError as exc:
        raise ProblemError(Problem(404, "unknown_tool", str(exc))) from exc
