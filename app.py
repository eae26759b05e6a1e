"""``python app.py``: the page, and the process that serves it over HTTP."""

from __future__ import annotations

import errno
import logging
import socket
import sys
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
_BACKLOG = 2048

cli = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


class ServeError(BotError):
    """The server cannot listen where it was told to."""


@cli.command()
def main(
    host: Annotated[str | None, typer.Option(help="监听的地址，默认取自设置。")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="监听的端口，默认取自设置。")
    ] = None,
    page: Annotated[bool, typer.Option(help="要不要网页；不要就只有 HTTP 接口。")] = True,
) -> None:
    """打开掌柜问答的网页和 HTTP 接口。"""
    settings = load_settings()
    serve(settings, host or settings.host, port or settings.port, page=page)


def serve(settings: Settings, host: str, port: int, *, page: bool = True) -> None:
    """Serve until stopped; raise what opening the bot raised, or ServeError."""
    listening = _listen(host, port)
    # Behind the port check, because they take seconds to import.
    import uvicorn

    from bot.assembly import open_service
    from bot.server.logs import configure_logging
    from bot.server.stopping import PatientServer

    configure_logging(messages=settings.log_messages)
    service = open_service(settings, progress=_tell)
    application = make_server(service, settings, page=page)
    config = uvicorn.Config(
        application,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GOODBYE_SECONDS,
    )
    server = PatientServer(config, application.state.underway, patience=settings.request_seconds)
    # Open pages keep a connection each; that stopping cuts them off is no error to report.
    logging.getLogger("uvicorn.error").addFilter(lambda record: not server.should_exit)
    service.on_failure = lambda: setattr(server, "should_exit", True)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    typer.echo(
        f"{'网页' if page else '接口'}：{address}{'' if page else '/docs'}（按 Ctrl+C 停止）"
    )
    server.run(sockets=[listening])
    if service.failure is not None:
        raise service.failure


def make_server(service: Service, settings: Settings, *, page: bool = True) -> FastAPI:
    """Everything served over HTTP; the page comes last, because it takes what is left over."""
    from bot.server import make_api

    server = make_api(service, settings)
    if not page:
        return server
    from page import add_page

    return add_page(server, service, settings)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as exc:
        reason = "端口已被占用" if exc.errno == errno.EADDRINUSE else exc.strerror or str(exc)
        raise ServeError(
            f"不能在 {host}:{port} 上提供网页：{reason}。请用 --host、--port 换一个地址或端口。"
        ) from exc


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
