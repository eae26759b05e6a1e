"""A chat model's service for tests: the OpenAI wire protocol over HTTP, on loopback."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

KEY = "test-key-that-nobody-may-see"
MODEL = "test-model"
_PIECE = 7


@dataclass(frozen=True)
class Says:
    """How the service answers one request.

    ``text`` is streamed in pieces, each after ``pause_s``, the last of them not before
    ``last_piece_after`` is set; ``calls`` are tools asked for. After ``cut_after`` pieces the
    connection is dropped; ``ends`` is how the reply says that it is complete, None where it never
    does. ``status`` other than 200 is an error of the service.
    """

    text: str = ""
    calls: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    pause_s: float = 0.0
    last_piece_after: Event | None = None
    cut_after: int | None = None
    ends: str | None = "stop"
    status: int = 200
    raw: str | None = None
    hangs: bool = False


# What is said to a request: its body, and how many were before it.
Script = Callable[[Mapping[str, Any], int], Says]


@dataclass
class ChatService:
    """A running service: its address, what it says, and what it was asked."""

    url: str
    script: Script
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    closing: Event = field(default_factory=Event)

    def says(self, *replies: Says) -> None:
        """Reply in turn; the last one is repeated. What was asked before is forgotten."""
        self.requests.clear()
        self.keys.clear()
        self.script = lambda _, number: replies[min(number, len(replies) - 1)]


def materials(request: Mapping[str, Any]) -> dict[int, str]:
    """The passages a request marks as such, by number."""
    sent = "\n".join(str(message.get("content")) for message in request["messages"][1:])
    found = re.findall(r'<材料 编号="(\d+)"[^>]*>\n(.*?)\n</材料>', sent, re.DOTALL)
    return {int(number): unescape(text) for number, text in found}


def quoting(request: Mapping[str, Any], _: int = 0) -> Says:
    """What an obedient model says: the first sentence of each passage, and where it stands."""
    said = []
    for number, text in materials(request).items():
        first = re.split(r"(?<=[。：])|\n", text.strip("- \n"))[0].rstrip("。：")
        said.append(f"{first}。[{number}]")
    return Says("".join(said))


@contextmanager
def chat_service() -> Iterator[ChatService]:
    """Serve until the block is left; obedient unless told otherwise."""

    class Handler(_Handler):
        pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        service = ChatService(f"http://127.0.0.1:{server.server_port}/v1", quoting)
        Handler.service = service
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield service
        finally:
            service.closing.set()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients that stop listening are part of what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: ChatService

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        service = self.service
        says = service.script(body, len(service.requests))
        service.requests.append(body)
        service.keys.append(self.headers.get("Authorization", ""))
        try:
            self._reply(says, body)
        except (BrokenPipeError, ConnectionResetError):
            # Whoever asked has stopped listening.
            self.close_connection = True

    def _reply(self, says: Says, body: Mapping[str, Any]) -> None:
        if self.path != "/v1/chat/completions":
            self._whole(404, {"error": {"message": "no such path"}})
        elif says.hangs:
            self.service.closing.wait(30)
            self.close_connection = True
        elif says.status != 200:
            message = f"told to fail; the key was {self.headers.get('Authorization')}"
            self._whole(says.status, {"error": {"message": message, "type": "told"}})
        else:
            assert body["stream"] is True
            self._stream(says)

    def _whole(self, status: int, content: Mapping[str, Any]) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, says: Says) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, line in enumerate(_events(says)):
            if says.cut_after is not None and number >= says.cut_after:
                self.close_connection = True
                return
            if says.pause_s:
                self.service.closing.wait(says.pause_s)
            # The one before the first is the role's.
            if says.last_piece_after and number == -(-len(says.text) // _PIECE):
                says.last_piece_after.wait(30)
            self._chunk(f"data: {line}\n\n".encode())
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Nothing is written to the terminal."""


def _events(says: Says) -> Iterator[str]:
    """The lines of the stream, as an OpenAI-compatible service writes them."""
    if says.raw is not None:
        yield says.raw
    yield _event({"role": "assistant", "content": ""})
    for start in range(0, len(says.text), _PIECE):
        yield _event({"content": says.text[start : start + _PIECE]})
    for index, (name, inputs) in enumerate(says.calls):
        function = {"name": name, "arguments": json.dumps(inputs, ensure_ascii=False)}
        call = {"index": index, "id": f"call-{index}", "type": "function", "function": function}
        yield _event({"tool_calls": [call]})
    if says.ends is not None:
        yield _event({}, ends="tool_calls" if says.calls else says.ends)
        yield _usage()
        yield "[DONE]"


def _event(delta: Mapping[str, Any], ends: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": ends}
    return _body([choice])


def _usage() -> str:
    return _body([], {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100})


def _body(choices: Sequence[Mapping[str, Any]], usage: Mapping[str, int] | None = None) -> str:
    content = {
        "id": "one",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": MODEL,
        "choices": choices,
        "usage": usage,
    }
    return json.dumps(content, ensure_ascii=False)
