"""A dead letter: the record untouched, and in headers of its own what was wrong with it."""

import hashlib
from datetime import datetime
from typing import Any

from aiokafka import ConsumerRecord

from producers.records import Record
from schemas.envelope import written_time
from schemas.plain_identity import may_show_identity
from schemas.topics import CONTAINER_PARTITIONS, DEAD_LETTERS, within
from schemas.unreadable import Unreadable


def dead_letter(
    record: ConsumerRecord[Any, Any], why: Unreadable, now: datetime, namespace: str
) -> Record:
    """Return the dead letter of *record*: key, headers and bytes as they came.

    What may hold an identity, a PIN or a one-time code in plain is kept as a digest only.
    """
    value = record.value
    redacted = value is not None and (why.sensitive or may_show_identity(value))
    if value is not None and redacted:
        value = b"sha256:" + hashlib.sha256(value).hexdigest().encode()
    return Record(
        topic=within(namespace, DEAD_LETTERS).name,
        partition=record.partition % CONTAINER_PARTITIONS,
        key=record.key,
        value=value,
        headers=(*record.headers, *_headers(record, why, now, redacted=redacted)),
    )


def _headers(
    record: ConsumerRecord[Any, Any], why: Unreadable, now: datetime, *, redacted: bool
) -> list[tuple[str, bytes]]:
    told = {
        "dlq-original-topic": record.topic,
        "dlq-original-partition": str(record.partition),
        "dlq-original-offset": str(record.offset),
        "dlq-original-timestamp": str(record.timestamp),
        "dlq-reason-code": why.code,
        "dlq-position": why.position,
        "dlq-error": why.sentence,
        "dlq-redacted": str(redacted).lower(),
        "dlq-first-failed-at": written_time(now),
    }
    return [(name, text.encode()) for name, text in told.items()]
