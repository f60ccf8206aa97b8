"""Serving the door over TLS until it is told to stop."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

CONNECTIONS = 500
HEADERS_BYTES = 16 * 1024
IDLE_SECONDS = 15
LEAVE_SECONDS = 10
BACKLOG = 100


@dataclass(frozen=True, slots=True)
class Address:
    """Where the door is: host, port (0 takes a free one), certificate and key as PEM files."""

    host: str
    port: int
    certificate: Path
    key: Path


class CannotOpen(Exception):
    """The door cannot be opened: the port is taken or not allowed, or the files do not fit.

    Give another --port, or the PEM files of a certificate and its own key.
    """


class Serving(uvicorn.Server):
    """Uvicorn without signal handlers of its own: who runs the parts stops them all."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the command."""
        yield


async def serve(
    app: ASGIApp,
    address: Address,
    stop: asyncio.Event,
    opened: "asyncio.Future[int] | None" = None,
) -> None:
    """Serve *app* until *stop* is set; *opened* is told the port. Raises CannotOpen.

    Nothing of a call is logged: its path, query and headers may show what may not be kept.
    """
    listening = _listening(address)
    server = Serving(_config(app, address))
    if opened is not None:
        opened.set_result(int(listening.getsockname()[1]))
    serving = asyncio.create_task(server.serve(sockets=[listening]), name="door")
    stopping = asyncio.create_task(stop.wait(), name="door's end")
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        stopping.cancel()
        await serving


def _listening(address: Address) -> socket.socket:
    try:
        # Loaded here once, so that a wrong file is told before anything is started.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(address.certificate, address.key)
        return socket.create_server((address.host, address.port), backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        raise CannotOpen(f"{address.host}:{address.port}: {error}") from error


def _config(app: ASGIApp, address: Address) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        limit_concurrency=CONNECTIONS,
        h11_max_incomplete_event_size=HEADERS_BYTES,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=LEAVE_SECONDS,
        ssl_certfile=address.certificate,
        ssl_keyfile=address.key,
    )
