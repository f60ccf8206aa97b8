"""Who waits for an event ends when told to, also where it is set at that very moment."""

import asyncio

from consumers.awaiting import happens


async def test_an_event_is_waited_for_as_long_as_was_said() -> None:
    event = asyncio.Event()

    assert not await happens(event, 0.01)
    event.set()
    assert await happens(event, 0.01)


async def test_whoever_is_cancelled_ends_whenever_the_event_is_set() -> None:
    for steps in range(8):
        event = asyncio.Event()

        async def look_again(event: asyncio.Event = event) -> None:
            while True:
                await happens(event, 60)
                event.clear()

        task = asyncio.create_task(look_again())
        await asyncio.sleep(0)
        event.set()
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task}, timeout=1)

        assert task.cancelled(), f"it goes on when it is cancelled {steps} steps after the event"
