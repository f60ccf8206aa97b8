"""Putting what came in on its topic: answered only when the broker has it for good."""

import asyncio
import logging

from aiokafka.errors import KafkaError

from producers.careful import Courier
from producers.login import Servers
from producers.records import Record, send_all

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 15.0
RETRY_SECONDS = 5.0


class BrokerAway(Exception):
    """The broker did not confirm a record in time; it may or may not have it.

    Whoever sent it sends it again under the same reference: the ledger applies it once.
    """


class Posting:
    """One producer for all calls, made anew after trouble."""

    def __init__(
        self, bootstrap_servers: Servers, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._courier = Courier(bootstrap_servers, "the door")
        self._connecting = asyncio.Lock()
        self._patience_seconds = patience_seconds

    async def post(self, record: Record) -> None:
        """Publish *record*; return when every replica has it. Raises BrokerAway."""
        try:
            async with asyncio.timeout(self._patience_seconds):
                async with self._connecting:
                    producer = await self._courier.connected()
                await send_all(producer, [record])
        except (KafkaError, TimeoutError, OSError) as error:
            log.warning("The broker does not take what came in: %s", type(error).__name__)
            await self._drop()
            raise BrokerAway(type(error).__name__) from error

    async def close(self) -> None:
        """Let go of the producer."""
        await self._drop()

    async def _drop(self) -> None:
        async with self._connecting:
            await self._courier.drop()
