"""What a record says of who stands behind it, before anybody looks whether that is true."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

LOG_APPEND_TIME = 1
"""Kafka's mark of a time that the broker gave a record; without it the sender did."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A record with its headers as text, and the topic it came on, without the namespace."""

    record: ConsumerRecord[Any, Any]
    texts: Mapping[str, str]
    topic: str

    @property
    def received(self) -> str:
        """Where it stands, for a person."""
        return received(self.record)

    @property
    def moment(self) -> datetime:
        """The broker's time of the record: what keys are judged by, not the sender's ce_time.

        Where a topic was made to keep the sender's time, the end of all time: what ends is over.
        """
        if self.record.timestamp_type != LOG_APPEND_TIME:
            return datetime.max.replace(tzinfo=UTC)
        return datetime.fromtimestamp(self.record.timestamp / 1000, UTC)


def received(record: ConsumerRecord[Any, Any]) -> str:
    """Return where a record stands, `topic/partition/offset`."""
    return f"{record.topic}/{record.partition}/{record.offset}"
