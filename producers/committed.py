"""A reader of topics that belongs to no group: it keeps its own place, and sees commits alone."""

from typing import Any

from aiokafka import AIOKafkaConsumer

from producers.login import Servers, connection

FETCH_MAX_WAIT_MS = 50


def committed_reader(bootstrap_servers: Servers, **settings: Any) -> AIOKafkaConsumer:
    """Return a reader, neither started nor assigned; *settings* are aiokafka's."""
    return AIOKafkaConsumer(
        **connection(bootstrap_servers),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        **{"fetch_max_wait_ms": FETCH_MAX_WAIT_MS, **settings},
    )
