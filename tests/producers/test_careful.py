"""A producer is made when it is first needed, kept, and made anew after it was dropped."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from producers import careful as module
from producers.careful import Courier


class Client:
    """A producer as far as a courier knows it."""

    def __init__(
        self,
        *,
        refuses: bool = False,
        ends: BaseException | None = None,
        stops_after: asyncio.Event | None = None,
    ) -> None:
        self.started = self.stopped = False
        self.stops_after = stops_after
        self._refuses = refuses
        self._ends = ends

    async def start(self) -> None:
        if self._refuses:
            raise KafkaConnectionError
        self.started = True

    async def stop(self) -> None:
        if self.stops_after is not None:
            await self.stops_after.wait()
        self.stopped = True
        if self._ends is not None:
            raise self._ends


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Client]:
    """The clients that come next, the last one first."""
    coming: list[Client] = []

    def producer(_: str, **settings: Any) -> Client:
        assert settings["linger_ms"] == 0
        return coming.pop()

    monkeypatch.setattr(module, "careful_producer", producer)
    return coming


async def test_one_producer_is_kept_until_it_is_dropped(made: list[Client]) -> None:
    first, second = Client(), Client()
    made += [second, first]
    courier = Courier("nowhere:9", "the test")

    assert await courier.connected() is first
    assert await courier.connected() is first
    await courier.drop()
    assert await courier.connected() is second
    assert (first.stopped, second.stopped) == (True, False)


async def test_a_producer_that_cannot_connect_is_not_kept(made: list[Client]) -> None:
    made += [Client(), Client(refuses=True)]
    courier = Courier("nowhere:9", "the test")

    with pytest.raises(KafkaConnectionError):
        await courier.connected()

    assert (await courier.connected()) is not None


@pytest.mark.parametrize("error", [KafkaConnectionError(), TimeoutError()])
async def test_a_broker_that_is_away_does_not_keep_a_producer_from_being_dropped(
    made: list[Client], error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    made += [Client(ends=error)]
    courier = Courier("nowhere:9", "intake")
    await courier.connected()

    async with asyncio.timeout(10):
        await courier.drop()
        await courier.drop()

        await asyncio.sleep(0)
    assert "producer of intake" in caplog.text


async def test_a_producer_that_the_broker_does_not_let_go_yet_is_dropped_and_goes_by_itself(
    made: list[Client], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "STOP_SECONDS", 0.01)
    slow = Client(stops_after=asyncio.Event())
    made += [slow]
    courier = Courier("nowhere:9", "intake")
    await courier.connected()

    async with asyncio.timeout(10):
        await courier.drop()
    assert "the producer of intake yet" in caplog.text
    assert not slow.stopped

    assert slow.stops_after is not None
    slow.stops_after.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert slow.stopped, "it was not cut off"
