"""Publishing records as they are: for operators who try something, and for what is no message."""

from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaProducer

from producers.client import BusAddress
from producers.log import partition_of
from producers.records import BATCH_BYTES, LARGEST_RECORD_BYTES, Record, send_all
from schemas.envelope import Header
from schemas.topics import Topic, within


class RawProducer:
    """Puts bytes and headers on a topic of the bus, unchecked; to be used as an async context."""

    def __init__(self, address: BusAddress) -> None:
        self._namespace = address.namespace
        self._producer = AIOKafkaProducer(
            bootstrap_servers=address.bootstrap_servers,
            enable_idempotence=True,
            acks="all",
            max_batch_size=BATCH_BYTES,
            max_request_size=LARGEST_RECORD_BYTES,
        )

    async def __aenter__(self) -> Self:
        try:
            await self._producer.start()
        except BaseException:
            await self._producer.stop()  # nobody leaves a context that was not entered
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._producer.stop()

    async def publish(
        self, topic: Topic, key: bytes | None, value: bytes | None, headers: tuple[Header, ...]
    ) -> None:
        """Publish one record; return when the broker has it for good."""
        partition = partition_of(key or b"", topic.partitions)
        name = within(self._namespace, topic).name
        await send_all(self._producer, [Record(name, partition, key, value, headers)])
