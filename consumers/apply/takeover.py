"""Taking a shard over: lease, publish what is missing, find the place in the log."""

import logging
from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import Engine

from consumers.apply.settings import ApplySettings
from consumers.apply.shard import HeldShard, shard_of
from consumers.apply.thread import TROUBLE, DatabaseThread
from ledger.book.lease import Lease, mark_relayed, open_shard, retake, take
from ledger.book.unrelayed import check_last_entry, unrelayed
from producers.relay import Relay
from producers.topics import TopicMaker

log = logging.getLogger(__name__)


class LogLost(Exception):
    """The ledger's place lies outside what the log still holds, so records are lost to it.

    The log was truncated, recreated, or kept too short. Nothing was read; do not move the place
    by hand before it is known what happened to the records in between.
    """

    def __init__(self, shard: str, place: int, begin: int, end: int) -> None:
        super().__init__(f"{shard} stands at {place}; its log holds {begin} to {end}")
        self.shard = shard


class EntriesLost(Exception):
    """The shard's row counts entries that the table lacks: never written, or taken out.

    Nothing was published past the gap. Run `releasebus verify`, and restore the table from a
    backup; do not move the row by hand.
    """

    def __init__(self, shard: str, published_seq: int, last_seq: int) -> None:
        super().__init__(f"{shard} counts {last_seq} entries; behind {published_seq} some lack")
        self.shard = shard


class Takeover:
    """How this process takes a shard, first or again after trouble."""

    def __init__(
        self,
        settings: ApplySettings,
        engine: Engine,
        thread: DatabaseThread,
        topics: TopicMaker,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._thread = thread
        self._topics = topics

    async def take(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> HeldShard:
        """Take a shard that the group assigned to us, whoever had it before.

        Raises LogLost where the stored place is not in the log any more, EntriesLost where
        entries are not in the table any more, OfANewerVersion where a newer bus wrote them.
        """
        shard = shard_of(partition, self._settings.namespace)
        begin = (await consumer.beginning_offsets([partition]))[partition]
        end = (await consumer.end_offsets([partition]))[partition]
        await self._thread.run(open_shard, self._engine, shard, begin)
        # Before anybody is fenced: who must not go on takes nothing from who may.
        await self._thread.run(check_last_entry, self._engine, shard)
        lease = await self._thread.run(take, self._engine, shard, self._settings.owner)
        if not begin <= lease.next_offset <= end:
            raise LogLost(shard, lease.next_offset, begin, end)
        return await self._held(partition, lease)

    async def again(self, held: HeldShard) -> HeldShard:
        """Take a shard again that is still ours, after trouble; raises Fenced where it is not."""
        await held.relay.stop()
        lease = await self._thread.run(retake, self._engine, held.lease, self._settings.owner)
        return await self._held(held.partition, lease)

    async def _held(self, partition: TopicPartition, lease: Lease) -> HeldShard:
        relay = Relay(
            lease.shard, self._settings.bootstrap_servers, self._settings.namespace, self._topics
        )
        # First the epoch in the database (take), then the broker refuses the predecessor's
        # producer, then what it may have left unpublished goes out again from the table.
        try:
            await relay.start(lease.relayed_seq)
            await self._publish_missing(relay, lease)
        except BaseException:
            await relay.stop()
            raise
        relay.run()
        return HeldShard(partition, lease, relay, relayed_seq=lease.relayed_seq)

    async def _publish_missing(self, relay: Relay, lease: Lease) -> None:
        while relay.published_seq < lease.next_seq - 1:
            entries = await self._thread.run(
                unrelayed, self._engine, lease.shard, relay.published_seq
            )
            numbers = [entry.recorded.seq for entry in entries]
            next_seq = relay.published_seq + 1
            if not numbers or numbers != list(range(next_seq, next_seq + len(numbers))):
                raise EntriesLost(lease.shard, relay.published_seq, lease.next_seq - 1)
            log.info("Shard %s: publishing %s facts from the table", lease.shard, len(entries))
            await relay.publish(entries)

    async def mark(self, shards: Sequence[HeldShard]) -> None:
        """Move the relay's marks to what is published, so that nobody publishes it anew."""
        behind = [
            (held, held.relay.published_seq)
            for held in shards
            if held.relay.published_seq > held.relayed_seq
        ]
        if not behind:
            return
        try:
            await self._thread.run(
                mark_relayed, self._engine, [(held.lease, seq) for held, seq in behind]
            )
        except TROUBLE as error:
            log.warning("The relay's marks stay where they were: %s", error)
            return
        for held, seq in behind:
            held.relayed_seq = seq
