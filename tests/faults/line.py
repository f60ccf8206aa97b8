"""The line under test: its topics, its book and its parts, and when they have come to rest."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit, urlunsplit

import psycopg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from psycopg.rows import dict_row

from producers.log import log_record, partition_of, tick_record
from producers.records import Record, send_all
from producers.topics import ensure
from schemas.doors import Door
from schemas.envelope import Envelope, headers_of
from schemas.logged import Attestation
from schemas.messages import (
    AGENT_MESSAGES,
    CHAIN_MESSAGES,
    OrganisationMessage,
    ReportCustomsStatus,
    Tick,
)
from schemas.reading import ReadMessage, made_canonical
from schemas.topics import (
    CARRIER,
    CUSTOMS,
    DIRECTORY_INPUTS,
    FIXED,
    INPUTS,
    LEDGER_LOG,
    LOGS,
    PARTY,
    REGISTRATIONS,
    TERMINAL,
    Topic,
    within,
)
from tests.faults.orders import Orders
from tests.faults.parts import LOOK_SECONDS, Part
from tests.faults.workload import AGENT, NOW, RUBBISH, Said

PATIENCE_SECONDS = 90.0
# With its level: a migration may say of anything that it is stopped.
STOPPED = "CRITICAL Shard "
Fetched: TypeAlias = ConsumerRecord[Any, Any]


@dataclass
class Line:
    """One bus in a namespace and a database of its own."""

    bootstrap_servers: str
    database_url: str
    namespace: str
    folder: Path
    parts: list[Part] = field(default_factory=list)

    def ledger(self, name: str, **orders: Any) -> Part:
        """Start a ledger process; *orders* as in Orders."""
        return self._start("ledger", name, orders)

    def intake(self, name: str, **orders: Any) -> Part:
        """Start an intake process."""
        return self._start("intake", name, orders)

    def _start(self, part: str, name: str, orders: dict[str, Any]) -> Part:
        given: dict[str, Any] = {
            "part": part,
            "name": name,
            "bootstrap_servers": self.bootstrap_servers,
            "database_url": self.database_url,
            "namespace": self.namespace,
            "head_key_file": self.folder / "head.key",
            "armed": self.folder / f"{name}.armed",
        }
        started = Part(Orders(**given | orders))
        self.parts.append(started)
        return started

    async def log(self, said: Iterable[Said], *ticks: int) -> None:
        """Put messages on the logs in this order, as intake would; then a tick a partition."""
        records = [self._logged(each) for each in said]
        records.extend(self._tick(partition) for partition in ticks)
        await self._send(records)

    async def say(self, said: Sequence[Said], *, times: int = 1) -> None:
        """Let messages come in through the parties' topics, each *times* times over.

        In waves: what rests on something is said when intake has logged that.
        """
        for wave in waves(said):
            for _ in range(times):
                await self.publish(wave)
            await self.all_read()

    async def publish(self, said: Iterable[Said]) -> None:
        """Put messages on the parties' topics."""
        await self._send([_published(each, self.namespace) for each in said])

    async def publish_rubbish(self) -> None:
        """Put on the parties' topics what nobody can read."""
        good = _published(RUBBISH, self.namespace)
        await self._send(
            [
                good._replace(value=good.value[:-9] if good.value else None),
                good._replace(value=None),
                good._replace(headers=()),
            ]
        )

    async def all_read(self) -> None:
        """Wait until intake has done with everything on its topics."""
        group = f"{self.namespace}intake"
        ends = await self._ends([*INPUTS, *DIRECTORY_INPUTS])
        waited_for = {place: end for place, end in ends.items() if end > 0}
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while await self._behind(group, waited_for):
            if asyncio.get_running_loop().time() > deadline:
                raise NeverSeen(f"intake never read it all\n{self._last_words()}")
            await asyncio.sleep(LOOK_SECONDS)

    async def _behind(self, group: str, ends: dict[TopicPartition, int]) -> bool:
        try:
            async with self._admin() as admin:
                done = await admin.list_consumer_group_offsets(group)
        except KafkaError:
            return True  # a broker that has just started knows nothing of groups yet
        return any(place not in done or done[place].offset < end for place, end in ends.items())

    async def _send(self, records: Sequence[Record]) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap_servers, enable_idempotence=True, acks="all"
        )
        await producer.start()
        try:
            await send_all(producer, records)
        finally:
            await producer.stop()

    def _logged(self, said: Said) -> Record:
        canonical = made_canonical(said.message)
        assert isinstance(canonical, ReadMessage), canonical
        attestation = Attestation(said.sender, policy="off", received="")
        return log_record(_envelope(said), canonical.message, attestation, self.namespace)

    def _tick(self, partition: int) -> Record:
        envelope = Envelope(f"tick-{partition}", "urn:releasebus:clock", Tick.TYPE, NOW)
        place = (within(self.namespace, LEDGER_LOG).name, partition)
        return tick_record(envelope, Tick(at=NOW), Attestation("clock", "off", ""), place)

    async def at_rest(self) -> None:
        """Wait until every log is read to its end and every fact of it is published."""
        ends = await self.ends()
        await self.until(lambda: self._rests(ends), "everything was settled")

    def _rests(self, ends: dict[str, int]) -> bool:
        places = {row["shard"]: row["next_offset"] for row in self.shards() if row["published"]}
        # Beyond: ticks have come since.
        return all(places.get(shard, -1) >= end for shard, end in ends.items())

    def shards(self) -> list[dict[str, Any]]:
        """Return how every shard stands; `published` tells whether every fact of it is."""
        return self.query("SELECT *, relayed_seq = next_seq - 1 AS published FROM shard")

    def query(self, statement: str) -> list[dict[str, Any]]:
        """Ask the database; nothing comes of a database that is not there, or has no tables."""
        address = urlunsplit(urlsplit(self.database_url)._replace(scheme="postgresql"))
        try:
            with psycopg.connect(address, row_factory=dict_row) as connection:
                return connection.execute(statement).fetchall()
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
            return []

    async def until(self, seen: Callable[[], bool], what: str) -> None:
        """Wait until *seen*; fail with the last words of all parts."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while not seen():
            if asyncio.get_running_loop().time() > deadline or self._is_beyond_hope():
                raise NeverSeen(f"never {what}: {self.shards()}\n{self._last_words()}")
            await asyncio.sleep(LOOK_SECONDS)

    def _is_beyond_hope(self) -> bool:
        """Tell whether nobody is there to do anything, or a shard waits for an operator."""
        return not any(part.runs for part in self.parts) or any(
            part.said(STOPPED) for part in self.parts
        )

    def _last_words(self) -> str:
        return "\n".join(part.last_words() for part in self.parts)

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap_servers)
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()

    async def owned_by(self, *names: str) -> None:
        """Wait until each of *names* has shards, and nobody else has one."""
        await self.until(
            lambda: {row["owner"] for row in self.shards()} == set(names),
            f"{names} owned all shards",
        )

    async def ends(self) -> dict[str, int]:
        """Return the end of each shard's log."""
        return {
            f"{place.topic.removeprefix(self.namespace).split('.')[0]}-{place.partition}": end
            for place, end in (await self._ends(LOGS)).items()
        }

    async def _ends(self, topics: Iterable[Topic]) -> dict[TopicPartition, int]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap_servers)
        await consumer.start()
        try:
            places = _places(within(self.namespace, topic) for topic in topics)
            # Named at once: asked for one after the other, each topic would cost a tenth of a
            # second (aiokafka 0.14).
            consumer.assign(places)
            ends: dict[TopicPartition, int] = await consumer.end_offsets(places)
        finally:
            await consumer.stop()
        return ends

    async def read(self, topics: Sequence[Topic]) -> dict[str, list[Fetched]]:
        """Return what a fresh reader of committed records finds on each topic, in order."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap_servers,
            isolation_level="read_committed",
            enable_auto_commit=False,
            # Not seek_to_beginning: it loses against the first look for a place (aiokafka 0.14).
            auto_offset_reset="earliest",
        )
        await consumer.start()
        try:
            return await self._read(consumer, [within(self.namespace, each) for each in topics])
        finally:
            await consumer.stop()

    async def _read(
        self, consumer: AIOKafkaConsumer, topics: Sequence[Topic]
    ) -> dict[str, list[Fetched]]:
        found: dict[str, list[Fetched]] = {
            topic.name.removeprefix(self.namespace): [] for topic in topics
        }
        places = _places(topics)
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(place) < ends[place] for place in places]):
            for place, records in (await consumer.getmany(timeout_ms=200)).items():
                found[place.topic.removeprefix(self.namespace)].extend(records)
        return found


class NeverSeen(AssertionError):
    """What was waited for did not come."""


@asynccontextmanager
async def running_line(
    bootstrap_servers: str, database_url: str, namespace: str, folder: Path
) -> AsyncIterator[Line]:
    """Give a line without parts; end every part that was started, however the test ends."""
    await ensure(bootstrap_servers, namespace, FIXED)
    line = Line(bootstrap_servers, database_url, namespace, folder)
    try:
        yield line
    finally:
        for part in line.parts:
            part.kill()


def _places(topics: Iterable[Topic]) -> list[TopicPartition]:
    return [
        TopicPartition(topic.name, number)
        for topic in topics
        for number in range(topic.partitions)
    ]


def waves(said: Sequence[Said]) -> list[list[Said]]:
    """Split what is said so that no container comes twice in a wave."""
    waves: list[list[Said]] = []
    heard = Counter[str]()
    for each in said:
        about = _about(each)
        if heard[about] == len(waves):
            waves.append([])
        waves[heard[about]].append(each)
        heard[about] += 1
    return waves


def _about(said: Said) -> str:
    message = said.message
    return str(getattr(message, "container", None) or getattr(message, "organisation", ""))


def _published(said: Said, namespace: str) -> Record:
    topic, envelope = _input_of(said), _envelope(said)
    key = envelope.subject.encode()
    return Record(
        within(namespace, topic).name,
        partition_of(key, topic.partitions),
        key,
        said.message.model_dump_json(exclude_none=True).encode(),
        headers_of(envelope),
    )


def _envelope(said: Said) -> Envelope:
    source = "urn:releasebus:"
    source += said.sender if said.sender in set(Door) else f"organisation:{said.sender}"
    return Envelope(said.message_id, source, said.message.TYPE, NOW, _about(said))


def _input_of(said: Said) -> Topic:
    match said.message:
        case OrganisationMessage():
            return REGISTRATIONS
        case ReportCustomsStatus():
            return CUSTOMS
        case message if isinstance(message, AGENT_MESSAGES) and said.sender == AGENT:
            return CARRIER
        case message if isinstance(message, CHAIN_MESSAGES):
            return PARTY
        case _:
            return TERMINAL
