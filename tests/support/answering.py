"""A server on this machine that answers as a test wants it to, and takes down what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class Endpoint:
    """The server's address, what it answers, and what it was asked."""

    url: str
    answer: Callable[[BaseHTTPRequestHandler], None]
    asked: list[dict[str, Any]] = field(default_factory=list)
    """Each request's path, its headers and its JSON."""

    def says(self, content: object) -> None:
        """Let it answer as a model does that says this."""
        said = content if isinstance(content, str) else json.dumps(content)
        self.sends(json.dumps({"choices": [{"message": {"role": "assistant", "content": said}}]}).encode())

    def sends(self, body: bytes, kind: str = "application/json", status: int = 200, **headers: str) -> None:
        """Let it answer with this body."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answer = answer


@contextmanager
def answering() -> Iterator[Endpoint]:
    """Start the server, and end it afterwards."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.asked.append({"path": self.path, "headers": dict(self.headers), "json": json.loads(body)})
            try:
                endpoint.answer(self)
            except (BrokenPipeError, ConnectionResetError):  # whoever asked has heard enough
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}/v1", lambda _: None)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
