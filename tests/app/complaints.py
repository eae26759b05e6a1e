"""What an open page complains of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

_ARRIVED, _LEAVING = "page: arrived", "page: leaving"
# Told through the page's own console, so that they stand in their order among its complaints.
_TELL = f"""
console.debug({_ARRIVED!r});
addEventListener("beforeunload", () => console.debug({_LEAVING!r}), {{capture: true}});
"""
# On "beforeunload" gradio's client aborts the stream its answers come by, and reports its own
# abort: ``addEventListener("beforeunload", () => client.close())`` in its Index-*.js, ``onerror``
# of ``open_stream`` in its index-*.js. Whoever leaves sees neither; while the page is open and in
# use the same words would mean that an answer was lost.
_OF_LEAVING = ("AbortError: signal is aborted", "Unexpected error Connection errored out")


@dataclass
class Complaints:
    """Errors of pages and requests for other hosts, until the pages are closed."""

    _problems: list[str] = field(default_factory=list)

    def listen(self, page: Page, address: str) -> None:
        """Begin, before the page is opened at ``address``."""
        page.add_init_script(_TELL)
        page.on("console", self._console())
        page.on("pageerror", lambda error: self._problems.append(str(error)))
        page.on("request", lambda request: self._requested(request.url, address))

    def heard(self, context: BrowserContext) -> list[str]:
        """Everything so far; what has been said and not arrived is waited for."""
        for page in context.pages:
            page.evaluate("null")
        return self._problems

    def _console(self) -> Callable[[ConsoleMessage], None]:
        leaving = False

        def hear(message: ConsoleMessage) -> None:
            nonlocal leaving
            if message.text in (_ARRIVED, _LEAVING):
                leaving = message.text == _LEAVING
            elif message.type == "error" and not (leaving and message.text.startswith(_OF_LEAVING)):
                self._problems.append(message.text)

        return hear

    def _requested(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:", "blob:")):
            self._problems.append(url)
