"""What goes wrong, as a caller is told: one shape, a code and a Chinese message.

``/v1`` speaks OpenAI's shape instead; which one is decided here and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from bot.errors import (
    BotError,
    BusyError,
    ClosedError,
    InputError,
    OutsideRulesError,
    RuleDataError,
    StoreError,
    UnknownAnswerError,
)
from ingest.errors import IngestError

OPENAI_PREFIX = "/v1/"
_RETRY_SECONDS = "5"
# Some clients go by the kind and not by the status.
_OPENAI_KINDS = {401: "authentication_error", 429: "rate_limit_error"}
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Problem:
    """What is answered; ``param`` names the field at fault, where there is one."""

    status: int
    code: str
    message: str
    param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The shape of ``/api``."""
        return {"error": {"code": self.code, "message": self.message}}

    def as_openai(self) -> dict[str, Any]:
        """The shape of ``/v1``."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        kind = _OPENAI_KINDS.get(self.status, kind)
        error = {"message": self.message, "type": kind, "param": self.param, "code": self.code}
        return {"error": error}


class ProblemError(Exception):
    """Ends a request with its problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


_HTTP = {
    400: ("invalid_request", "请求的内容读不懂。"),
    404: ("not_found", "没有这个地址，接口见 /docs。"),
    405: ("method_not_allowed", "这个地址不支持这种请求方法，接口见 /docs。"),
    408: ("timeout", "请求传得太慢，没有收完。"),
    413: ("too_large", "请求太大。"),
}
_LATER = "请稍后再试；还是不行的话，请告诉维护人员。"
_INTERNAL = Problem(500, "internal", f"出错了，这个请求没有完成。{_LATER}")
TIMEOUT = Problem(504, "timeout", "回答用的时间太长，已经放弃。请稍后再试。")


def problem_of(exc: Exception) -> Problem:
    """The problem that an error is to whoever called; the unknown is logged."""
    match exc:
        case ProblemError():
            return exc.problem
        case TimeoutError():
            return TIMEOUT
        case BusyError():
            return Problem(503, "busy", str(exc), headers={"Retry-After": _RETRY_SECONDS})
        case ClosedError():
            return Problem(503, "stopping", str(exc), headers={"Retry-After": _RETRY_SECONDS})
        case UnknownAnswerError():
            return Problem(404, "unknown_id", str(exc))
        case InputError():
            return Problem(400, "invalid_input", str(exc), exc.name)
        case OutsideRulesError():
            return Problem(400, "outside_rules", str(exc))
        case RuleDataError():
            _log.error("the rules cannot be used", exc_info=exc)
            return Problem(503, "rules_unavailable", f"规则和文章对不上，暂时不能计算。{_LATER}")
        case StoreError() | IngestError() | BotError():
            # Its words are for whoever runs the service: they may name hosts and folders.
            _log.error("a request failed", exc_info=exc, told=str(exc))
            return Problem(503, "unavailable", f"知识库或数据库暂时用不了。{_LATER}")
        case _:
            _log.error("a request failed", exc_info=exc)
            return _INTERNAL


class _Json(JSONResponse):
    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def answer_problem(request: Request, problem: Problem) -> Response:
    """The response that tells it in the shape of the path."""
    openai = request.url.path.startswith(OPENAI_PREFIX)
    content = problem.as_openai() if openai else problem.as_dict()
    # A message may repeat what was sent, and that may hold half a character.
    return _Json(content, status_code=problem.status, headers=dict(problem.headers))


def add_problem_handlers(app: FastAPI) -> None:
    """Every error of a route ends in one of the two shapes."""

    async def known(request: Request, exc: Exception) -> Response:
        return answer_problem(request, problem_of(exc))

    async def invalid(request: Request, exc: Exception) -> Response:
        errors = cast(RequestValidationError, exc).errors()
        return answer_problem(request, _invalid(errors))

    async def http(request: Request, exc: Exception) -> Response:
        return answer_problem(request, _of_http(cast(HTTPException, exc)))

    for kind in (ProblemError, TimeoutError, BotError, IngestError, Exception):
        app.add_exception_handler(kind, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)


def _of_http(exc: HTTPException) -> Problem:
    return http_problem(exc.status_code, exc.headers)


def http_problem(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """The problem behind a bare status."""
    code, message = _HTTP.get(status, (f"http_{status}", "请求没有完成。"))
    return Problem(status, code, message, headers=headers or {})


_MEANINGS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "json_invalid": "不是 JSON",
    "string_type": "应为文字",
    "string_too_short": "不能为空",
    "string_too_long": "太长，最多 {max_length} 个字",
    "string_unicode": "含有半个字符",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "list_type": "应为列表",
    "dict_type": "应为 JSON 对象",
    "model_type": "应为 JSON 对象",
    "model_attributes_type": "应为 JSON 对象，且 Content-Type 为 application/json",
    "literal_error": "应为 {expected}",
    "too_long": "太多，最多 {max_length} 项",
    "too_short": "不能为空",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "value_error": "{error}",
}


def _invalid(errors: Sequence[Any]) -> Problem:
    """The first thing wrong with a request; what was sent is not repeated."""
    error = errors[0]
    meaning = _MEANINGS.get(error["type"], "不能用")
    place = ".".join(str(part) for part in error["loc"][1:] if isinstance(part, str | int))
    if error["type"] == "json_invalid":
        place = ""
    try:
        meaning = meaning.format(**error.get("ctx", {}))
    except (KeyError, IndexError):
        meaning = "不能用"
    shown = json.dumps(place[:100], ensure_ascii=False) if place else ""
    return Problem(400, "invalid_request", f"请求的内容{shown}：{meaning}。", place[:100] or None)
