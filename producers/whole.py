"""Starting a client of Kafka whole or not at all: cut off, aiokafka leaves connections open."""

import asyncio
import logging
from typing import Protocol

log = logging.getLogger(__name__)
CLOSE_SECONDS = 10.0


class Client(Protocol):
    """A producer or consumer of aiokafka."""

    async def start(self) -> None:
        """Connect."""

    async def stop(self) -> None:
        """Let go of every connection."""


async def start_whole(client: Client) -> None:
    """Start *client*; where that fails or is cancelled, nothing of it is left open.

    A start that is cut off would leave behind a connection that is just being made, and nobody
    who could close it. So it is let come to its end first, and stopped then.
    """
    starting = asyncio.ensure_future(client.start())
    try:
        await asyncio.shield(starting)
    except BaseException:
        await asyncio.wait({starting}, timeout=CLOSE_SECONDS)
        await _stop(client, starting)
        raise


async def _stop(client: Client, starting: "asyncio.Future[None]") -> None:
    stopping = asyncio.ensure_future(client.stop())
    await asyncio.wait({stopping}, timeout=CLOSE_SECONDS)
    for task in (starting, stopping):
        if not task.done():
            task.cancel()
            log.warning("A client of Kafka neither started nor stopped in time; it is left behind")
        elif not task.cancelled() and (error := task.exception()) is not None:
            log.info("A client of Kafka did not start: %r", error)
