"""A wire to the database that can be cut in the middle of a commit."""

import asyncio
import enum
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

CHUNK_BYTES = 64 * 1024
ENTRIES, COMMIT = b"COPY entry ", b"COMMIT\x00"
LOOPBACK = "127.0.0.1"
PATIENCE_SECONDS = 60


class Lost(enum.Enum):
    """What of a commit is lost when the wire is cut; who asked cannot tell which it was."""

    QUESTION = "the database never hears of it"
    ANSWER = "the database has done it, and nobody hears of that"


class Wire:
    """Carries bytes between processes and their database, and cuts one commit of entries."""

    def __init__(self) -> None:
        self.next: Lost | None = None
        self.cut = asyncio.Event()
        self.sessions: set[asyncio.Task[None]] = set()

    def cut_next(self, lost: Lost) -> None:
        """Cut the next commit of entries that comes by."""
        self.cut.clear()
        self.next = lost

    async def has_cut(self) -> None:
        """Wait until it did."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.cut.wait()


class Session:
    """One connection through the wire."""

    def __init__(
        self, wire: Wire, server: asyncio.StreamReader, to_client: asyncio.StreamWriter
    ) -> None:
        self._wire = wire
        self._server = server
        self._to_client = to_client
        self._entries = False
        self._muted = False

    async def ask(self, client: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> None:
        """Carry what the client asks, until it leaves or its commit is cut off."""
        while chunk := await client.read(CHUNK_BYTES):
            self._entries = self._entries or ENTRIES in chunk
            lost = self._lost() if COMMIT in chunk else None
            if lost is Lost.QUESTION:
                self._wire.cut.set()
                return
            self._muted = self._muted or lost is Lost.ANSWER
            to_server.write(chunk)

    async def answer(self) -> None:
        """Carry what the database answers, until it leaves or has done what nobody hears of."""
        while chunk := await self._server.read(CHUNK_BYTES):
            if not self._muted:
                self._to_client.write(chunk)
            elif COMMIT in chunk:
                self._wire.cut.set()
                return

    def _lost(self) -> Lost | None:
        entries, self._entries = self._entries, False
        if not entries:
            return None
        lost, self._wire.next = self._wire.next, None
        return lost


@asynccontextmanager
async def wired(database_url: str) -> AsyncIterator[tuple[Wire, str]]:
    """Give a wire to the database, and the URL of its other end."""
    wire = Wire()

    def accept(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        session = asyncio.create_task(_carried(wire, database_url, client, to_client))
        wire.sessions.add(session)
        session.add_done_callback(wire.sessions.discard)

    server = await asyncio.start_server(accept, LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    to = urlsplit(database_url)
    try:
        who = to.netloc.rpartition("@")[0]
        yield wire, urlunsplit(to._replace(netloc=f"{who}@{LOOPBACK}:{port}"))
    finally:
        server.close()
        sessions = list(wire.sessions)
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)


async def _carried(
    wire: Wire, database_url: str, client: asyncio.StreamReader, to_client: asyncio.StreamWriter
) -> None:
    to = urlsplit(database_url)
    server, to_server = await asyncio.open_connection(to.hostname, to.port)
    session = Session(wire, server, to_client)
    ways = [
        asyncio.create_task(session.ask(client, to_server)),
        asyncio.create_task(session.answer()),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        # What a broken connection raises is what this is for.
        await asyncio.gather(*ways, return_exceptions=True)
        to_server.transport.abort()
        to_client.transport.abort()
