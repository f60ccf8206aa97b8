"""Patience for the embedded broker: it answers an empty fetch at once, where Kafka waits for data.

noida-db 0.2.3 ignores a fetch's `max_wait_ms`, so each idle consumer asks five hundred times a
second (measured) and a handful of them take the machine. Here the client waits in the broker's
place. Not for Apache Kafka, which waits by itself and answers the moment something comes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.fetch import FetchRequest

FIRST_WAIT_SECONDS = 0.005
LONGEST_WAIT_SECONDS = 0.05

Send = Callable[..., Awaitable[Any]]


def wait_for_the_embedded_broker() -> None:
    """Let every consumer of this process be patient from now on; a second call does nothing."""
    if not getattr(AIOKafkaClient.send, "is_patient", False):
        AIOKafkaClient.send = _patient(AIOKafkaClient.send)


def _patient(send: Send) -> Send:
    waits: WeakKeyDictionary[AIOKafkaClient, float] = WeakKeyDictionary()

    async def patient(client: AIOKafkaClient, node: int, request: Any, **options: Any) -> Any:
        response = await send(client, node, request, **options)
        if not isinstance(request, FetchRequest):
            return response
        if not _is_empty(response):
            waits.pop(client, None)
            return response
        seconds = waits.get(client, FIRST_WAIT_SECONDS)
        waits[client] = min(2 * seconds, LONGEST_WAIT_SECONDS)
        await asyncio.sleep(seconds)
        return response

    patient.is_patient = True  # type: ignore[attr-defined]  # a mark of our own
    return patient


def _is_empty(response: Any) -> bool:
    """Tell whether no partition of a fetch brought records or an error."""
    return not any(
        partition[1] or partition[-1]
        for _, partitions in response.topics
        for partition in partitions
    )
