"""schemathesis over the OpenAPI document: no 5xx, nothing that the document does not say."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bot.pipeline import MerchantBot
from tests.server.conftest import Serve

PASSWORD = "geheim"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_SETTINGS = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
def test_whatever_is_sent_is_answered_as_the_document_says(
    serve: Serve, bot: MerchantBot, mode: GenerationMode
) -> None:
    address = serve(admin_password=PASSWORD)
    document = schemathesis.openapi.from_url(f"{address}/openapi.json")
    # The first question loads the model, which takes longer than schemathesis waits.
    bot.examine("多久结算一次")
    tried = 0
    for found in document.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]

        @given(case=operation.as_strategy(generation_mode=mode))
        @_SETTINGS
        def check(case: Any) -> None:
            nonlocal tried
            tried += 1
            guarded = case.path.startswith("/api/unanswered")
            case.call_and_validate(checks=CHECKS, **({"auth": ("x", PASSWORD)} if guarded else {}))

        if mode is GenerationMode.POSITIVE or operation.body or operation.path_parameters:
            check()
    assert tried > 50
