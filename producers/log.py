"""The one way to the ledger's logs: authentic, canonical, keyed, counted."""

from aiokafka.partitioner import murmur2

from producers.records import Record
from schemas.envelope import Envelope
from schemas.logged import Attestation, log_headers
from schemas.messages import ContainerMessage, Message, OrganisationMessage, Resume
from schemas.override_messages import SettleDispute
from schemas.reading import canonical_bytes
from schemas.topics import DIRECTORY_LOG, LEDGER_LOG, Topic, within


def log_record(
    envelope: Envelope, message: Message, attestation: Attestation, namespace: str
) -> Record:
    """Return the log record of a message that was read, checked and found authentic.

    Its key, container or organisation, decides the partition and so the shard that orders it.
    """
    topic, key = _place(message)
    return Record(
        topic=within(namespace, topic).name,
        partition=partition_of(key, topic.partitions),
        key=key,
        value=canonical_bytes(message),
        headers=log_headers(envelope, attestation),
    )


def tick_record(
    envelope: Envelope, message: Message, attestation: Attestation, place: tuple[str, int]
) -> Record:
    """Return a tick for one partition of a log: *place* is the topic's name and the partition."""
    topic, partition = place
    return Record(
        topic=topic,
        partition=partition,
        key=None,
        value=canonical_bytes(message),
        headers=log_headers(envelope, attestation),
    )


def partition_of(key: bytes, partitions: int) -> int:
    """Return Kafka's own partition for *key*: the same in every client that uses the default."""
    hashed: int = murmur2(key) & 0x7FFFFFFF
    return hashed % partitions


def _place(message: Message) -> tuple[Topic, bytes]:
    match message:
        case (
            ContainerMessage(container=container)
            | Resume(container=container)
            | SettleDispute(container=container)
        ):
            return LEDGER_LOG, container.encode()
        case OrganisationMessage(organisation=organisation):
            return DIRECTORY_LOG, organisation.encode()
        case _:
            raise TypeError(f"{type(message).__name__} belongs on no log by its key")
