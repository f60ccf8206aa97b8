"""A producer that loses nothing and repeats nothing by itself, made anew after trouble."""

from typing import Any

from aiokafka import AIOKafkaProducer

from producers.login import Servers, connection
from producers.records import BATCH_BYTES, LARGEST_RECORD_BYTES
from producers.whole import start_whole, stop_whole

REQUEST_TIMEOUT_MS = 10_000
STOP_SECONDS = 5.0


def careful_producer(bootstrap_servers: Servers, **settings: Any) -> AIOKafkaProducer:
    """Return a producer, not started, that every replica acknowledges; *settings* are aiokafka's.

    Idempotent: what it tries again stands once, and in its order.
    """
    return AIOKafkaProducer(
        **connection(bootstrap_servers),
        enable_idempotence=True,
        acks="all",
        max_batch_size=BATCH_BYTES,
        max_request_size=LARGEST_RECORD_BYTES,
        **settings,
    )


class Courier:
    """Keeps one producer at hand for what is sent again until the broker has it.

    *who* is told in the log: "intake".
    """

    def __init__(self, bootstrap_servers: Servers, who: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._who = who
        self._producer: AIOKafkaProducer | None = None

    async def connected(self) -> AIOKafkaProducer:
        """Return the producer, connecting first where there is none."""
        if self._producer is None:
            producer = careful_producer(
                self._bootstrap_servers, linger_ms=0, request_timeout_ms=REQUEST_TIMEOUT_MS
            )
            await start_whole(producer)
            self._producer = producer
        return self._producer

    async def drop(self) -> None:
        """Let go of the producer; what it did not deliver is for the next one to send again."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await stop_whole(producer, f"the producer of {self._who}", STOP_SECONDS)
