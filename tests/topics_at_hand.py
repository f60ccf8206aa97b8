"""What stands on the topics of a test: what is committed, and where a partition ends."""

from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from producers.client import BusAddress
from producers.sealing import new_terminal_key
from producers.topics import ensure
from schemas.topics import Topic, within
from tests.bus import Bus


@dataclass(frozen=True, slots=True)
class Place:
    """One namespace of the broker: what is on its topics."""

    bootstrap_servers: str
    namespace: str

    @property
    def address(self) -> BusAddress:
        return BusAddress(self.bootstrap_servers, self.namespace)

    async def make(self, *topics: Topic) -> None:
        """Make topics where they are not there yet."""
        await ensure(self.bootstrap_servers, self.namespace, topics)

    async def read(self, topic: Topic, at_least: int = 0) -> list[ConsumerRecord[Any, Any]]:
        """Return what is committed, once there is *at_least* so much."""
        return await Bus(self.address, "", new_terminal_key()).records(topic, at_least)

    async def end(self, topic: Topic, partition: int) -> int:
        """Return where a partition ends, with all markers and whatever was aborted."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap_servers)
        await consumer.start()
        try:
            place = TopicPartition(within(self.namespace, topic).name, partition)
            ends = await consumer.end_offsets([place])
            return int(ends[place])
        finally:
            await consumer.stop()

    def producer(self, **options: Any) -> AIOKafkaProducer:
        return AIOKafkaProducer(bootstrap_servers=self.bootstrap_servers, **options)
