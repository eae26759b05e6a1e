"""Logs as JSON lines on the error output, with request ids and without what people typed."""

from __future__ import annotations

import logging
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.storage import GivenAnswer

# What somebody typed, or what was made of it.
_TYPED = ("question", "answer")
_log = structlog.get_logger(__name__)


def configure_logging(*, messages: bool) -> None:
    """Send everything to the error output as JSON; ``messages``: with what people typed."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _Traceback(with_message=messages),
                _keep_typed if messages else _drop_typed,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    # The handler's level, not the loggers': some libraries set their own to DEBUG.
    handler.addFilter(_ours_or_warning)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)


def log_answer(given: GivenAnswer) -> None:
    """One line an answer; what was asked and answered is dropped unless logs may hold it."""
    _log.info(
        "answered",
        id=given.id,
        channel=given.channel,
        status=given.status,
        reason=given.reason,
        confidence=given.confidence,
        took_ms=given.took_ms,
        question=given.question,
        answer=given.text,
    )


def _ours_or_warning(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.split(".")[0] in ("app", "bot")


def _keep_typed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    return event


def _drop_typed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    for name in _TYPED:
        event.pop(name, None)
    return event


class _Traceback:
    """Where it went wrong. The error's own words may repeat what was typed."""

    def __init__(self, *, with_message: bool) -> None:
        self._with_message = with_message

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
        given = event.pop("exc_info", None)
        exc = given[1] if isinstance(given, tuple) else given
        if isinstance(exc, BaseException):
            event["error"] = type(exc).__name__
            if self._with_message:
                event["error_message"] = str(exc)
            frames = traceback.extract_tb(exc.__traceback__)
            event["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return event
