"""Running several things at once, all or none of them."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def all_or_none(main: Coroutine[Any, Any, None], *beside: Coroutine[Any, Any, None]) -> None:
    """Run *main* to its end with the others beside it; where one of them breaks, all end."""
    leading = asyncio.create_task(main, name="leading")
    others = [asyncio.create_task(other) for other in beside]
    try:
        await asyncio.wait({leading, *others}, return_when=asyncio.FIRST_COMPLETED)
        for task in others:
            if task.done():
                await task
        await leading
    finally:
        for task in (leading, *others):
            task.cancel()
        await asyncio.wait({leading, *others})
