"""Starting and stopping a client of Kafka whole: cut off, aiokafka leaves pieces of it behind."""

import asyncio
import logging
from functools import partial
from typing import Protocol

log = logging.getLogger(__name__)
CLOSE_SECONDS = 10.0
_LEAVING: set["asyncio.Future[None]"] = set()
"""Whose stop takes longer than anybody waits for: the event loop itself holds no task for good."""


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


async def stop_whole(client: Client, who: str, seconds: float) -> None:
    """Stop *client*, for *seconds* at most; after that it goes on by itself, and *who* is logged.

    A stop that is cut off would leave the client's own tasks behind with nobody who holds them:
    they are destroyed while they wait, in the middle of whatever runs then.
    """
    stopping = asyncio.ensure_future(client.stop())
    _LEAVING.add(stopping)
    stopping.add_done_callback(_LEAVING.discard)
    stopping.add_done_callback(partial(_left, who))
    done, _ = await asyncio.wait({stopping}, timeout=seconds)
    if not done:
        log.warning("The broker does not let go of %s yet", who)


def _left(who: str, stopped: "asyncio.Future[None]") -> None:
    if not stopped.cancelled() and (error := stopped.exception()) is not None:
        log.warning("The broker did not let go of %s: %r", who, error)


async def _stop(client: Client, starting: "asyncio.Future[None]") -> None:
    stopping = asyncio.ensure_future(client.stop())
    await asyncio.wait({stopping}, timeout=CLOSE_SECONDS)
    for task in (starting, stopping):
        if not task.done():
            task.cancel()
            log.warning("A client of Kafka neither started nor stopped in time; it is left behind")
        elif not task.cancelled() and (error := task.exception()) is not None:
            log.info("A client of Kafka did not start: %r", error)
