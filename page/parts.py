"""Parts of the page that the browser fetches: how they are sent, and what goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable

from fastapi.responses import HTMLResponse

from bot import BotError
from evals.errors import EvalError
from ingest.errors import IngestError
from page.templating import notice, render
from page.words import Words

_LOG = logging.getLogger(__name__)
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def part(work: Callable[[], str], words: Words) -> HTMLResponse:
    """The part that ``work`` makes; what goes wrong becomes words where it would stand.

    Always status 200: a browser reports any other as an error of the page, and it is none.
    """
    try:
        content = work()
    except (BotError, EvalError, IngestError) as exc:
        content = notice(words("told", problem=exc), words)
    except Exception:
        _LOG.exception("a part of the page failed")
        content = notice(words("failed"), words)
    return HTMLResponse(content, headers=HEADERS)


def loading(words: Words, address: str) -> str:
    """Shown until the model is there; the browser asks ``address`` again."""
    return render("loading.html", words, address=address, text=words("loading"), every=800)
