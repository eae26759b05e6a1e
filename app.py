"""``python app.py``: the page, and the process that serves it over HTTP."""

from __future__ import annotations

import errno
import logging
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from bot.errors import BotError
from ingest.errors import IngestError
from ingest.settings import Settings, load_settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.service import Service

# Longer than any answer takes; open pages hold their connections for ever.
_GOODBYE_SECONDS = 2
_BACKLOG = 128

cli = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


class ServeError(BotError):
    """The server cannot listen where it was told to."""


@cli.command()
def main(
    host: Annotated[str | None, typer.Option(help="监听的地址，默认取自设置。")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="监听的端口，默认取自设置。")
    ] = None,
) -> None:
    """打开掌柜问答的网页。"""
    _log_warnings()
    settings = load_settings()
    serve(settings, host or settings.host, port or settings.port)


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve until stopped; raise what opening the bot raised, or ServeError."""
    listening = _listen(host, port)
    # Behind the port check, because they take seconds to import.
    import uvicorn

    from bot.assembly import open_service

    service = open_service(settings, progress=_tell)
    config = uvicorn.Config(
        make_server(service, settings),
        log_level="warning",
        timeout_graceful_shutdown=_GOODBYE_SECONDS,
    )
    server = uvicorn.Server(config)
    service.on_failure = lambda: setattr(server, "should_exit", True)
    # Open pages keep a connection each; that stopping cuts them off is no error to report.
    logging.getLogger("uvicorn.error").addFilter(lambda record: not server.should_exit)
    service.start()
    typer.echo(f"网页：http://{f'[{host}]' if ':' in host else host}:{port}（按 Ctrl+C 停止）")
    try:
        server.run(sockets=[listening])
    finally:
        service.close()
    if service.failure is not None:
        raise service.failure


def make_server(service: Service, settings: Settings) -> FastAPI:
    """Everything served over HTTP; the page comes last, because it takes what is left over."""
    from fastapi import FastAPI

    from page import add_page

    server = FastAPI(title="掌柜问答", docs_url=None, redoc_url=None, openapi_url=None)
    add_health_routes(server, lambda: service.ready)
    return add_page(server, service, settings)


def add_health_routes(server: FastAPI, ready: Callable[[], bool]) -> None:
    """``/healthz``: the process lives. ``/readyz``: it answers without loading first."""
    from fastapi.responses import JSONResponse

    @server.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @server.get("/readyz")
    def readyz() -> JSONResponse:
        if ready():
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "loading"}, status_code=503)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as exc:
        reason = "端口已被占用" if exc.errno == errno.EADDRINUSE else exc.strerror or str(exc)
        raise ServeError(
            f"不能在 {host}:{port} 上提供网页：{reason}。请用 --host、--port 换一个地址或端口。"
        ) from exc


def _log_warnings() -> None:
    # The handler's level, not the root's: some libraries set their own loggers to DEBUG.
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    logging.basicConfig(handlers=[handler], format="%(levelname)s %(name)s: %(message)s")


def _tell(line: str) -> None:
    typer.echo(line, err=True)


def run() -> None:
    """Run the command; every known error becomes one line and exit status 1."""
    try:
        cli()
    except (BotError, IngestError) as exc:
        typer.echo(f"错误：{exc}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    run()
