"""Everything that a bus keeps, as bytes: its topics, its tables, its files."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from sqlalchemy import MetaData, select

from ledger.book.engine import open_book
from tests.topics_at_hand import Place

Found = tuple[str, bytes]
"""Where it stands, and what."""


async def topics_of(place: Place) -> set[str]:
    """Return the name of every topic of the namespace."""
    admin = AIOKafkaAdminClient(bootstrap_servers=place.bootstrap_servers)
    await admin.start()
    try:
        return {name for name in await admin.list_topics() if name.startswith(place.namespace)}
    finally:
        await admin.close()


async def partitions_of(place: Place, topics: Iterable[str]) -> list[TopicPartition]:
    """Return every partition of these topics."""
    admin = AIOKafkaAdminClient(bootstrap_servers=place.bootstrap_servers)
    await admin.start()
    try:
        return [
            TopicPartition(each["topic"], partition["partition"])
            for each in await admin.describe_topics(list(topics))
            for partition in each["partitions"]
        ]
    finally:
        await admin.close()


async def on_topics(place: Place, topics: Iterable[str]) -> list[Any]:
    """Return every record of these topics, what was aborted among them."""
    places = await partitions_of(place, topics)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=place.bootstrap_servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        found: list[Any] = []
        while any([await consumer.position(each) < ends[each] for each in places]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found.extend(records)
        return found
    finally:
        await consumer.stop()


def bytes_of(record: Any) -> Found:
    """Return all bytes of a record: key, value, names and values of headers."""
    headers = (part for name, value in record.headers for part in (name.encode(), value or b""))
    parts = (record.key or b"", record.value or b"", *headers)
    return f"{record.topic}/{record.partition}/{record.offset}", b"\1".join(parts)


def in_tables(database_url: str) -> Iterator[Found]:
    """Yield every row of every table, all its columns."""
    engine = open_book(database_url)
    try:
        tables = MetaData()
        tables.reflect(engine)
        with engine.connect() as connection:
            rows = [
                (name, row)
                for name, table in tables.tables.items()
                for row in connection.execute(select(table))
            ]
    finally:
        engine.dispose()
    yield from ((name, b"\1".join(map(_as_bytes, row))) for name, row in rows)


def in_files(folder: Path) -> Iterator[Found]:
    """Yield every file below *folder*."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield str(file), file.read_bytes()


def _as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
