"""Apply on Apache Kafka and PostgreSQL: what it does by itself, and what stops a shard."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.records_to_delete import RecordsToDelete
from sqlalchemy import Engine, select, update

from consumers.apply.run import run
from consumers.apply.settings import ApplySettings
from ledger.book import tables
from ledger.book.engine import open_book, reading
from ledger.book.heads import check_head, head_key, public_half
from ledger.book.migrate import migrate
from ledger.book.read import buckets, now
from ledger.book.rebuild import check
from ledger.book.verify import verify
from ledger.law import hearing
from ledger.law.context import Case
from ledger.law.decide import decide
from ledger.law.file import File
from ledger.law.ruling import Ruling
from ledger.record import LogRecord
from producers.records import Record, send_all
from schemas import messages as m
from schemas.entitlement import ENTITLEMENT, HEARTBEAT
from schemas.facts import Outcome
from schemas.heads import HEAD, Head
from schemas.messages import ContainerMessage
from schemas.notices import NOTICE
from schemas.stay import Stay
from schemas.topics import DIRECTORY_LOG, HEADS, LEDGER_LOG, LOGS, outbox, pickup_rights, within
from tests.engines import KafkaAtHand
from tests.ledger.book.log import DIRECTORY, HAULIER, PORT, QUAY, Log, discharge
from tests.ledger.book.log import TERMINAL as OPERATOR
from tests.topics_at_hand import Place

BOXES = ("CPUU1000010", "CPUU1000026", "CPUU1000031")
PATIENCE_SECONDS = 90.0


@dataclass
class Port:
    """Logs that one may write to, and the book that apply keeps."""

    place: Place
    settings: ApplySettings
    engine: Engine
    log: Log = field(default_factory=lambda: Log(now=datetime.now(UTC)))

    def say(self, records: Sequence[LogRecord]) -> Awaitable[None]:
        """Put records on the logs; a shard's name says where."""
        return self._sent([self._record(record) for record in records])

    def day(self, number: int) -> list[LogRecord]:
        return self.log.whole_day(BOXES[number], shard=f"ledger-{number}")

    def report(self, number: int) -> LogRecord:
        """Return one more message to a shard."""
        return self.log.say(OPERATOR, discharge(BOXES[number]), shard=f"ledger-{number}")

    def file(self, number: int) -> File:
        """Return how a container stands in the book."""
        with reading(self.engine) as connection:
            return now(connection, BOXES[number])

    def row(self, shard: str) -> Any:
        with self.engine.connect() as connection:
            found = select(tables.shard).where(tables.shard.c.shard == shard)
            return connection.execute(found).one_or_none()

    def stands_at(self, shard: str) -> int:
        row = self.row(shard)
        return -1 if row is None else int(row.next_offset)

    def is_marked(self, shard: str) -> bool:
        """Tell whether all that the shard has told is known to be published."""
        row = self.row(shard)
        return row is not None and row.next_seq > 1 and row.relayed_seq == row.next_seq - 1

    def name_of(self, shard: str) -> TopicPartition:
        topic = DIRECTORY_LOG if shard == DIRECTORY else LEDGER_LOG
        number = int(shard.rpartition("-")[2])
        return TopicPartition(within(self.place.namespace, topic).name, number)

    def _record(self, record: LogRecord) -> Record:
        topic, partition = self.name_of(record.shard)
        return Record(topic, partition, None, record.value, record.headers)

    async def _sent(self, records: Sequence[Record]) -> None:
        async with self.place.producer() as producer:
            await send_all(producer, records)

    @asynccontextmanager
    async def applying(self) -> AsyncIterator[None]:
        """Run apply until the context ends; what ends it earlier is raised."""
        stop = asyncio.Event()
        applying = asyncio.create_task(run(self.settings, stop))
        try:
            yield
        finally:
            stop.set()
            await applying


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not happened():  # noqa: ASYNC110  the database has no events
            await asyncio.sleep(0.02)


@pytest.fixture
def engine(database_url: str, apache_kafka: KafkaAtHand) -> Iterator[Engine]:
    del apache_kafka
    engine = open_book(database_url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
async def port(kafka: KafkaAtHand, database_url: str, engine: Engine, tmp_path: Path) -> Port:
    """A bus whose logs are empty."""
    place = Place(kafka.bootstrap_servers, f"t{secrets.token_hex(4)}.")
    settings = ApplySettings(
        place.bootstrap_servers,
        database_url,
        place.namespace,
        heartbeat_seconds=0.1,
        flush_seconds=0.05,
        head_key_file=tmp_path / "head.key",
    )
    await place.make(*LOGS)
    return Port(place, settings, engine)


async def read_heads(port: Port) -> list[Head]:
    return [HEAD.read(record.value) for record in await port.place.read(HEADS)]


async def beats_of(port: Port, shard: str) -> list[int]:
    """Return what each heartbeat of the shard promised."""
    records = await port.place.read(pickup_rights(PORT, QUAY))
    beats = [HEARTBEAT.read(each.value) for each in records if b"heartbeat/" in each.key]
    return [beat.seq for beat in beats if beat.shard == shard]


async def until_beaten(port: Port, shard: str, seq: int, times: int) -> None:
    """Wait until so many heartbeats have promised *seq*."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await beats_of(port, shard)).count(seq) < times:
            pass


async def test_while_nothing_comes_in_marks_move_hearts_beat_and_heads_are_signed_once(
    port: Port,
) -> None:
    await port.say(port.log.joined())
    async with port.applying():
        await until(lambda: port.is_marked(DIRECTORY))
        await port.say(port.day(0))
        await until(lambda: port.is_marked("ledger-0"))
        told = port.row("ledger-0").next_seq - 1
        await until_beaten(port, "ledger-0", told, times=3)
        moved = [head.seq for head in await read_heads(port) if head.shard == "ledger-0"]
        await port.say([port.report(0)])
        await until_beaten(port, "ledger-0", told + 1, times=3)
        heads = await read_heads(port)

    key = head_key(port.settings.head_key_file)
    assert all(check_head(head, key.public_key) for head in heads)
    assert port.settings.head_key_file is not None
    assert public_half(port.settings.head_key_file).read_text().split() == [key.public_key.hex()]
    assert moved[-1] == told
    # Each once, however often the heart beat, and of no shard that has told nothing.
    assert len(heads) == len({(head.shard, head.seq) for head in heads})
    assert {head.shard for head in heads} == {DIRECTORY, "ledger-0"}
    last = [head for head in heads if head.shard == "ledger-0"][-1]
    assert (last.seq, last.hash) == (told + 1, port.row("ledger-0").head.hex())


async def test_what_broke_is_parked_and_resumed_and_ends_as_if_never_broken(port: Port) -> None:
    """The terminal hears that it may leave when all was heard, and the sender what it came to."""
    broken, resume = port.day(0)[:-1], m.Resume(container=BOXES[0], note="mended")
    await port.say(port.log.joined())
    async with port.applying():
        await until(lambda: port.is_marked(DIRECTORY))
        await port.say(port.day(1)[:-1])
        await until(lambda: port.stands_at("ledger-1") == 8)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(hearing, "decide", breaks_on_assignments)
            await port.say(broken)
            await until(lambda: port.stands_at("ledger-0") == 8)
        assert port.file(0).parked
        await port.say([port.log.say("operator", resume, shard="ledger-0")])
        await until(lambda: port.stands_at("ledger-0") == 9)
        await until(lambda: port.is_marked("ledger-0"))

    assert as_it_stands(port.file(0)) == as_it_stands(port.file(1))
    # Not before the last message that stood behind it was heard.
    assert await may_leave_as_told(port, BOXES[0]) == [False, False, False, True]
    assigned = dict(broken[5].headers)["ce_id"].decode()
    notices = [NOTICE.read(each.value) for each in await port.place.read(outbox(HAULIER))]
    answers = [notice.answer for notice in notices if notice.answer is not None]
    told = [answer.outcome for answer in answers if answer.message_id == assigned]
    assert told == [Outcome.PARKED, Outcome.APPLIED]
    assert check(port.engine).sound
    with reading(port.engine) as connection:
        assert list(verify(connection)) == []
        assert [each.shard for each in buckets(connection) if each.unaccounted] == []


def breaks_on_assignments(stay: Stay, message: ContainerMessage, case: Case) -> Ruling:
    """The law, with a bug in it."""
    if isinstance(message, m.AssignPickup):
        raise ZeroDivisionError
    return decide(stay, message, case)


def as_it_stands(file: File) -> tuple[object, ...]:
    """How a container stands, but for its number and the moments."""
    (stay,) = file.stays
    hops = [(hop.giver, hop.receiver, hop.accepted) for hop in stay.hops]
    lights = (stay.discharged, stay.terminal_light, stay.customs)
    pickup = stay.pickup and (stay.pickup.operator, stay.pickup.modality)
    return (file.parked, file.waiting, stay.status, stay.suspended, hops, lights, pickup)


async def may_leave_as_told(port: Port, container: str) -> list[bool]:
    """Return what the terminal was told of the container's right, in order."""
    records = await port.place.read(pickup_rights(PORT, QUAY))
    rights = [ENTITLEMENT.read(each.value) for each in records if b"heartbeat/" not in each.key]
    return [right.may_leave for right in rights if right.container == container]


async def test_a_shard_whose_log_was_truncated_stops_loudly_and_the_others_go_on(
    port: Port, caplog: pytest.LogCaptureFixture
) -> None:
    await port.say([*port.log.joined(), *port.day(0), *port.day(1), *port.day(2)])
    async with port.applying():
        await until(lambda: all(port.stands_at(f"ledger-{number}") == 9 for number in range(3)))
        await until(lambda: port.is_marked("ledger-2"))

    await port.say([port.report(0), port.report(0)])
    await truncate(port, port.name_of("ledger-0"), 11)
    with port.engine.begin() as connection:
        ahead = update(tables.shard).where(tables.shard.c.shard == "ledger-1")
        connection.execute(ahead.values(next_offset=1000))
    with caplog.at_level(logging.CRITICAL):
        async with port.applying():
            await until(lambda: caplog.text.count("is stopped") == 2)
            await port.say([port.report(number) for number in range(3)])
            await until(lambda: port.stands_at("ledger-2") == 10)

    assert "ledger-0 stands at 9; its log holds 11 to 11" in caplog.text
    assert "ledger-1 stands at 1000; its log holds 0 to 9" in caplog.text
    # Nothing was read of them, and their places were left for an operator to see.
    assert (port.stands_at("ledger-0"), port.stands_at("ledger-1")) == (9, 1000)


async def truncate(port: Port, partition: TopicPartition, before_offset: int) -> None:
    """Delete what lies below an offset, as retention would."""
    admin = AIOKafkaAdminClient(bootstrap_servers=port.place.bootstrap_servers)
    await admin.start()
    try:
        await admin.delete_records({partition: RecordsToDelete(before_offset=before_offset)})
    finally:
        await admin.close()
