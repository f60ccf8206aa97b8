"""Publishing records as they are: for operators who try something, and for what is no message."""

from types import TracebackType
from typing import Self

from producers.careful import careful_producer
from producers.client import BusAddress
from producers.log import partition_of
from producers.records import Record, send_all
from producers.signing import MessageKey, all_signed
from producers.whole import start_whole
from schemas.envelope import Header
from schemas.topics import Topic, within


class RawProducer:
    """Puts bytes and headers on a topic of the bus, unchecked; to be used as an async context.

    They are signed with *key*, or are as they come where there is none.
    """

    def __init__(self, address: BusAddress, key: MessageKey | None = None) -> None:
        self._key = key
        self._namespace = address.namespace
        self._producer = careful_producer(address.bootstrap_servers)

    async def __aenter__(self) -> Self:
        await start_whole(self._producer)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._producer.stop()

    async def publish(
        self,
        topic: Topic,
        key: bytes | None,
        value: bytes | None,
        headers: tuple[Header, ...],
        signer: MessageKey | None = None,
    ) -> None:
        """Publish one record; return when the broker has it for good.

        *signer* signs it in the place of this producer's own key.
        """
        partition = partition_of(key or b"", topic.partitions)
        name = within(self._namespace, topic).name
        record = Record(name, partition, key, value, headers)
        await send_all(self._producer, all_signed([record], signer or self._key))
