"""A client of Kafka whose start is cut off, or fails, is stopped, and its start never torn."""

import asyncio
from dataclasses import dataclass, field

import pytest

from producers.whole import start_whole


@dataclass(slots=True)
class ClientByHand:
    """A client that connects when it is let, or fails."""

    may_connect: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None
    did: list[str] = field(default_factory=list)

    async def start(self) -> None:
        self.did.append("connecting")
        await self.may_connect.wait()
        if self.error is not None:
            raise self.error
        self.did.append("connected")

    async def stop(self) -> None:
        self.did.append("stopped")


async def test_a_start_that_goes_well_is_left_alone() -> None:
    client = ClientByHand()
    client.may_connect.set()

    await start_whole(client)

    assert client.did == ["connecting", "connected"]


async def test_a_start_that_is_cancelled_comes_to_its_end_and_is_stopped() -> None:
    client = ClientByHand()
    starting = asyncio.create_task(start_whole(client))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    starting.cancel()
    await asyncio.sleep(0)
    client.may_connect.set()

    with pytest.raises(asyncio.CancelledError):
        await starting
    assert client.did == ["connecting", "connected", "stopped"]


async def test_a_start_that_fails_is_stopped_and_told() -> None:
    client = ClientByHand(error=OSError("no route"))
    client.may_connect.set()

    with pytest.raises(OSError, match="no route"):
        await start_whole(client)
    assert client.did == ["connecting", "stopped"]
