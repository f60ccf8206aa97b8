"""FastStream as we use it: raw records in batches, nothing decoded or acknowledged for us."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from aiokafka import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER

Records: TypeAlias = Sequence[ConsumerRecord[Any, Any]]
BATCH_TIMEOUT_MS = 10


async def as_it_came(records: tuple[ConsumerRecord[Any, Any], ...]) -> KafkaMessage:
    """Wrap the records untouched: FastStream's own parser loses records with bad headers."""
    return KafkaMessage(body=b"", raw_message=records, consumer=FAKE_CONSUMER)


async def undecoded(message: KafkaMessage) -> Any:
    """Hand the handler the records: decoding by the framework would raise outside of it."""
    return message.raw_message


def subscribe(
    broker: KafkaBroker,
    topics: Sequence[str],
    handler: Callable[[Records], Awaitable[None]],
    **options: Any,
) -> Any:
    """Subscribe *handler* to whole batches of raw records.

    No exception may leave the handler: FastStream would swallow it and move on (write-path).
    """
    subscriber = broker.subscriber(
        *topics,
        batch=True,
        batch_timeout_ms=BATCH_TIMEOUT_MS,
        ack_policy=AckPolicy.MANUAL,
        parser=as_it_came,
        decoder=undecoded,
        **options,
    )
    subscriber(handler)
    return subscriber
