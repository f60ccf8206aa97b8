"""Waiting for something to happen, for a while, by who may be told to end meanwhile."""

import asyncio


async def happens(event: asyncio.Event, within_seconds: float) -> bool:
    """Return whether *event* was set in this time.

    `asyncio.wait_for` of Python 3.11 forgets that it was cancelled where the event is set at the
    same moment (python/cpython#86296): whoever was told to end would go on, and who told it so
    would wait for ever.
    """
    try:
        async with asyncio.timeout(within_seconds):
            return await event.wait()
    except TimeoutError:
        return False
