"""FastStream as we use it: raw records in batches, nothing decoded or acknowledged for us."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from aiokafka import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER
from faststream.security import BaseSecurity, SASLScram256, SASLScram512

from producers.login import Login, Mechanism, Servers

Records: TypeAlias = Sequence[ConsumerRecord[Any, Any]]
BATCH_TIMEOUT_MS = 10


async def as_it_came(records: tuple[ConsumerRecord[Any, Any], ...]) -> KafkaMessage:
    """Wrap the records untouched: FastStream's own parser loses records with bad headers."""
    return KafkaMessage(body=b"", raw_message=records, consumer=FAKE_CONSUMER)


async def undecoded(message: KafkaMessage) -> Any:
    """Hand the handler the records: decoding by the framework would raise outside of it."""
    return message.raw_message


def stream_broker(servers: Servers, **settings: Any) -> KafkaBroker:
    """Return FastStream's broker at *servers*, logged in; *settings* are its own."""
    login = None if isinstance(servers, str) else servers.login
    security = None if login is None else _security(login)
    return KafkaBroker(str(servers), apply_types=False, logger=None, security=security, **settings)


def _security(login: Login) -> BaseSecurity:
    context = login.tls()
    kind = SASLScram512 if login.mechanism is Mechanism.SCRAM_SHA_512 else SASLScram256
    return kind(login.user, login.password, ssl_context=context, use_ssl=context is not None)


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
