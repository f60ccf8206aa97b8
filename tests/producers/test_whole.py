"""A client of Kafka is started or stopped as a whole: neither is torn in the middle."""

import asyncio
import gc
from dataclasses import dataclass, field

import pytest

from producers.whole import start_whole, stop_whole


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


class Leaving:
    """A client whose stop waits for a task of its own that nobody else holds, as aiokafka's do."""

    async def start(self) -> None:
        """It is there."""

    async def stop(self) -> None:
        await asyncio.wait({asyncio.ensure_future(self._send_the_rest())})

    async def _send_the_rest(self) -> None:
        await asyncio.get_running_loop().create_future()


async def test_a_stop_that_nobody_waits_for_any_longer_is_not_destroyed_in_mid_air(
    caplog: pytest.LogCaptureFixture,
) -> None:
    torn: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, told: torn.append(told["message"]))

    await stop_whole(Leaving(), "the client", 0.01)
    gc.collect()

    assert torn == []
    assert "let go of the client yet" in caplog.text
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


async def test_a_stop_that_fails_is_told_and_ends_nobody(caplog: pytest.LogCaptureFixture) -> None:
    class Failing(Leaving):
        async def stop(self) -> None:
            raise OSError("no route")

    await stop_whole(Failing(), "the client", 10)
    await asyncio.sleep(0)

    assert "let go of the client: OSError" in caplog.text
