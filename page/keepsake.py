"""The conversation as the reader's own browser keeps it, between two visits."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter, ValidationError

from page.conversation import Conversation, Exchange

_LOG = logging.getLogger(__name__)
_KEPT = 20
_EXCHANGES: TypeAdapter[Conversation] = TypeAdapter(tuple[Exchange, ...])


def keep(conversation: Conversation) -> list[dict[str, Any]]:
    """The last exchanges as plain data."""
    return [asdict(exchange) for exchange in conversation[-_KEPT:]]


def recall(kept: Any) -> Conversation:
    """What was kept; nothing where it is from another version, or somebody changed it."""
    try:
        return _EXCHANGES.validate_python(kept or ())
    except ValidationError as exc:
        _LOG.warning("a kept conversation cannot be read: %d problems", exc.error_count())
        return ()
