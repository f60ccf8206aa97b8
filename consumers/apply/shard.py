"""A shard in the hands of this process: its lease, its relay, its place in the log."""

from dataclasses import dataclass

from aiokafka import TopicPartition

from ledger.book.lease import Lease
from producers.relay import Relay
from schemas.topics import DIRECTORY_LOG, LEDGER_LOG, within

LEDGER, DIRECTORY = "ledger", "directory"


@dataclass(slots=True)
class HeldShard:
    """What the loop needs to go on with a shard; it exists only while the lease is believed held.

    `sought` remembers that the consumer was sent back once because records were missing.
    """

    partition: TopicPartition
    lease: Lease
    relay: Relay
    relayed_seq: int
    headed_seq: int = 0
    sought: bool = False


def shard_of(partition: TopicPartition, namespace: str) -> str:
    """Return the shard that a partition of a log is: `ledger-3`, `directory-0`."""
    names = {
        within(namespace, LEDGER_LOG).name: LEDGER,
        within(namespace, DIRECTORY_LOG).name: DIRECTORY,
    }
    return f"{names[partition.topic]}-{partition.partition}"


def log_topics(namespace: str) -> tuple[str, str]:
    """Return the logs that apply reads, as Kafka calls them."""
    return within(namespace, LEDGER_LOG).name, within(namespace, DIRECTORY_LOG).name
