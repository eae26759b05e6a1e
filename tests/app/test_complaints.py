"""A page's complaints are heard; only those it makes while it is left are not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.app.complaints import Complaints

_ABORTED = "AbortError: signal is aborted without reason"
_HTML = "data:text/html,<p>there"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A context of its own, with no rules for its pages."""
    opened = browser.new_context()
    yield opened
    opened.close()


def _opened(context: BrowserContext, complaints: Complaints) -> Page:
    page = context.new_page()
    complaints.listen(page, "data:")
    page.goto(_HTML)
    return page


def _say(page: Page, what: str, *, when_leaving: bool = False) -> None:
    said = f"console.error({what!r})"
    page.evaluate(f"addEventListener('beforeunload', () => {said})" if when_leaving else said)


def test_an_abort_while_the_page_is_in_use_is_a_complaint(context: BrowserContext) -> None:
    complaints = Complaints()
    _say(_opened(context, complaints), _ABORTED)
    assert complaints.heard(context) == [_ABORTED]


def test_an_abort_because_the_page_is_left_is_none(context: BrowserContext) -> None:
    complaints = Complaints()
    page = _opened(context, complaints)
    _say(page, _ABORTED, when_leaving=True)
    page.reload()
    assert complaints.heard(context) == []
    _say(page, _ABORTED)
    assert complaints.heard(context) == [_ABORTED]


def test_another_error_while_the_page_is_left_is_a_complaint(context: BrowserContext) -> None:
    complaints = Complaints()
    page = _opened(context, complaints)
    _say(page, "TypeError: x is undefined", when_leaving=True)
    page.reload()
    assert complaints.heard(context) == ["TypeError: x is undefined"]


def test_an_exception_and_a_request_for_another_host_are_complaints(
    context: BrowserContext,
) -> None:
    complaints = Complaints()
    page = _opened(context, complaints)
    page.evaluate("setTimeout(() => { throw Error('broken') })")
    page.wait_for_timeout(50)
    page.evaluate("new Image().src = 'http://127.0.0.1:9/a.png'; null")
    page.wait_for_timeout(200)
    heard = complaints.heard(context)
    assert "broken" in heard
    assert "http://127.0.0.1:9/a.png" in heard
