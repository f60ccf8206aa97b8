"""A receiver that answers as it was told: fails, is slow, says nonsense; it keeps what came."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Came:
    """One call as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes


@dataclass(slots=True)
class Answer:
    """What is answered; `waits` until the test lets it."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    waits: threading.Event | None = None


@dataclass(slots=True)
class Receiver:
    """What came by path, and the answers still to be given; without one it takes everything."""

    url: str = ""
    came: list[Came] = field(default_factory=list)
    answers: dict[str, list[Answer]] = field(default_factory=dict)

    def at(self, path: str) -> list[Came]:
        """Return what came to *path*."""
        return [each for each in self.came if each.path == path]

    def next_answer(self, path: str) -> Answer:
        """Return the next answer for *path*."""
        waiting = self.answers.get(path) or []
        return waiting.pop(0) if waiting else Answer()


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run a receiver on this machine meanwhile."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            came = Came(self.command, self.path, headers, self.rfile.read(length))
            answer = told.next_answer(self.path)
            told.came.append(came)
            if answer.waits is not None:
                answer.waits.wait(30)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _take  # noqa: N815  the library's names

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
