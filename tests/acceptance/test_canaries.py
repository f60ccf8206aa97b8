"""No card, PIN, TCT or one-time code is found again in anything that the bus keeps or tells."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from adapters.antwerp_cpu.profile import MEDIA
from cli.main import app
from consumers.dispatch import run as dispatch
from consumers.dispatch.settings import DispatchSettings
from ledger.book.engine import open_book
from producers.careful import careful_producer
from producers.log import partition_of
from producers.records import Record, send_all
from schemas.envelope import Header
from schemas.topics import (
    DEAD_LETTERS,
    DIRECTORY_INPUTS,
    DIRECTORY_LOG,
    INPUTS,
    LEDGER_LOG,
    PARTY,
    Topic,
    within,
)
from tests.acceptance.everything_kept import bytes_of, in_files, in_tables, on_topics, topics_of
from tests.acceptance.test_door import BOX, ROOT, Callers, open_door
from tests.adapters.antwerp_cpu.samples import PREFIX, changed, members, sample
from tests.bus import AGENT, HAULIER, PORT, TERMINAL, Bus, people, running_bus
from tests.canaries import CANARIES, CARD, seen_in
from tests.engines import KafkaAtHand
from tests.planted_canaries import NAMED, SPOKEN, planted, spoilt
from tests.topics_at_hand import Place

SHARE = 11
"""One in so many of the planted records: all of them are tried where no engine runs."""
LOOK_AGAIN_SECONDS, PATIENCE_SECONDS = 0.5, 180.0
TOPICS = {topic.name: topic for topic in (*INPUTS, *DIRECTORY_INPUTS)}


@dataclass(frozen=True, slots=True)
class Ground:
    """The running bus, and everything around it that may keep something."""

    bus: Bus
    callers: Callers
    place: Place
    folder: Path

    async def records(self, topics: Iterable[Topic]) -> list[Any]:
        """Return every record of these topics."""
        return await on_topics(
            self.place, [within(self.place.namespace, topic).name for topic in topics]
        )


@pytest.mark.faults
@pytest.mark.timeout(600)
async def test_nothing_that_is_planted_at_any_way_in_is_found_again(
    kafka: KafkaAtHand,
    database_url: str,
    namespace: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.WARNING, "httpx")  # the caller's own log of what it calls
    async with ground(kafka, database_url, namespace, tmp_path) as there:
        answers = await at_the_door(there.callers)
        await by_the_command(there)
        inputs = await there.records(TOPICS.values())
        assert found_in(map(bytes_of, inputs)) == []
        assert any(b'"driver"' in (each.value or b"") for each in inputs)  # sealed, by both ways

        answers += await in_free_words(there.callers)
        await onto_the_topics(there)
        answers += await by_the_command_badly(there)
        await again_from_the_dead(there)
        await settled(there)
        topics = await topics_of(there.place)
        kept = topics - {within(namespace, topic).name for topic in TOPICS.values()}
        assert found_in(map(bytes_of, await on_topics(there.place, kept))) == []
        heard = await there.records([LEDGER_LOG])
        assert any(b'"reason":"[redacted]"' in (each.value or b"") for each in heard)
        assert any(b'"order_reference":"[redacted]"' in (each.value or b"") for each in heard)
    assert found_in(in_tables(database_url)) == []
    assert found_in(in_files(tmp_path)) == []
    assert found_in([("log", line.encode()) for line in lines_of(caplog)]) == []
    assert found_in([("answer", each) for each in answers]) == []


def found_in(places: Iterable[tuple[str, bytes]]) -> list[str]:
    """Return which canaries stand where."""
    return [f"{where}: {what}" for where, data in places for what in seen_in(data)]


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return every line logged, with the errors that it tells of."""
    form = logging.Formatter("%(name)s %(message)s")
    return [form.format(record) for record in caplog.records]


@asynccontextmanager
async def ground(
    kafka: KafkaAtHand, database_url: str, namespace: str, folder: Path
) -> AsyncIterator[Ground]:
    """Run intake, apply, dispatch and the door, with a cast that joined."""
    stop = asyncio.Event()
    async with (
        running_bus(kafka.bootstrap_servers, database_url, namespace) as bus,
        people(bus),
        open_door(bus, folder) as callers,
    ):
        settings = DispatchSettings(
            kafka.bootstrap_servers, database_url, namespace, ledger_url=database_url
        )
        dispatching = asyncio.create_task(dispatch.run(settings, stop))
        try:
            yield Ground(bus, callers, Place(kafka.bootstrap_servers, namespace), folder)
        finally:
            stop.set()
            await dispatching


async def at_the_door(callers: Callers) -> list[bytes]:
    """Call with canaries in body, path, query and headers; return what was answered."""
    haulier = {"identificationType": "NxtEntityId", "identificationCode": HAULIER}
    now = datetime.now(UTC).isoformat()
    dates = {"releaseDateTimeUtc": None, "expirationDateTimeUtc": None}
    truck = {"partyType": "Truck", "identificationType": "Alfapass", "identificationCode": CARD}
    good = (
        (AGENT, f"{BOX}/commercial-release", changed("E1", releaseTo=haulier, **dates)),
        (HAULIER, f"{BOX}/release-rights", sample("E6")),
        (HAULIER, f"{BOX}/pickup-rights", changed("E11", timestamp=now, pickupParty=truck)),
    )
    for who, path, body in good:
        got = await callers.put(who, path, body, "")
        assert got.status_code == 202, got.text
    answered = []
    for canary in CANARIES.values():
        for who, path, number in (
            (HAULIER, f"{BOX}/pickup-rights", "E11"),
            (HAULIER, f"{BOX}/release-rights", "E6"),
            (TERMINAL, f"{BOX}/terminal-release", "E13"),
        ):
            bodies = [body for _, body in spoilt(members(number), canary)][:: SHARE // 2]
            answered += [await callers.put(who, path, body, "") for body in bodies]
        answered += await beside_the_body(callers, canary)
    assert {each.status_code for each in answered} >= {202, 400, 401, 404}
    return [each.content for each in answered]


async def beside_the_body(callers: Callers, canary: str) -> list[httpx.Response]:
    """Call with the canary in path, query, header and token."""
    name = NAMED[canary][0]
    paths = (
        f"{ROOT}/containers/{canary}/import/release-rights?{name}={canary}",
        f"{BOX}/release-rights?{name}={canary}",
        f"{ROOT}/{canary}",
    )
    body = changed("E6", equipmentNumber=None)
    known = {"authorization": f"Bearer {callers.tokens[HAULIER]}"}
    odd: tuple[dict[str, str], ...] = ({}, {name.lower(): canary}, {"terminal-code": canary})
    headers = [*({**known, **each} for each in odd), {"authorization": f"Bearer rb1.x.{canary}"}]
    return [
        await callers.http.put(path, content=body, headers=each)
        for path, each in product(paths, headers)
    ]


async def in_free_words(callers: Callers) -> list[bytes]:
    """Say canaries in the free text of what is well formed; return what was answered."""
    answered = []
    for words in (form.format(canary) for canary, forms in SPOKEN.items() for form in forms):
        for who, path, body in (
            (AGENT, "commercial-release", changed("E1", releaseOrderReference=words)),
            (HAULIER, "release-rights", changed("E7", reasonForAction=words)),
        ):
            answered.append(await callers.put(who, f"{BOX}/{path}", body, ""))
    assert {each.status_code for each in answered} == {202}
    return [each.content for each in answered]


async def by_the_command(there: Ground) -> None:
    """Publish CPu's own pick-up right with `releasebus publish`, which seals the card."""
    file = there.folder.parent / f"{there.folder.name}-E11.json"
    file.write_bytes(changed("E11", pickupParty={**members("E11")["pickupParty"], **_CARD}))
    key = there.bus.terminal_key
    command = [
        *("publish", str(file), "--topic", PARTY.name, "--source", HAULIER),
        *("--type", f"{PREFIX}SubmitPickupRight", "--content-type", MEDIA),
        *("--sealing-key", f"{key.key_id}:{key.public_key}", "--wait-seconds", "0"),
        *("--bootstrap-servers", there.place.bootstrap_servers),
        *("--namespace", there.place.namespace),
    ]
    got = await asyncio.to_thread(CliRunner().invoke, app, command)
    assert got.exit_code == 0, got.output
    assert seen_in(got.output.encode()) == []


_CARD = {"identificationCode": CARD}


async def by_the_command_badly(there: Ground) -> list[bytes]:
    """Publish by the command what may not be said, or is no message; return what it says."""
    file, told = there.folder.parent / f"{there.folder.name}-bad.json", []
    command = [
        *("publish", str(file), "--topic", PARTY.name, "--source", HAULIER, "--type", "accept"),
        *("--bootstrap-servers", there.place.bootstrap_servers),
        *("--namespace", there.place.namespace, "--wait-seconds", "60"),
    ]
    for canary in CANARIES.values():
        whole = json.dumps({"container": "CPUU1000010", "port": PORT, NAMED[canary][0]: canary})
        for value in (whole, whole[:-1]):
            file.write_text(value)
            got = await asyncio.to_thread(CliRunner().invoke, app, command)
            assert got.exit_code == 1, got.output
            told.append(got.output.encode())
    return told


async def onto_the_topics(there: Ground) -> None:
    """Write to the parties' own topics whatever a party may write there."""
    ways = list(planted(HAULIER))[::SHARE]
    assert {each.topic for each in ways} == TOPICS.keys()
    await publish(there, [(TOPICS[w.topic], w.key, w.value, w.headers) for w in ways])


async def again_from_the_dead(there: Ground) -> None:
    """Publish dead letters again as they stand, on the topics they came on."""
    await settled(there)
    letters = (await there.records([DEAD_LETTERS]))[::SHARE]
    assert letters
    again = []
    for each in letters:
        name = dict(each.headers)["dlq-original-topic"].decode()
        topic = TOPICS[name.removeprefix(there.place.namespace)]
        own = tuple((n, v) for n, v in each.headers if not n.startswith("dlq-"))
        again.append((topic, each.key, each.value, own))
    await publish(there, again)


Posted = tuple[Topic, bytes | None, bytes | None, tuple[Header, ...]]


async def publish(there: Ground, posts: Sequence[Posted]) -> None:
    """Put records on topics as they are, all in few batches."""
    producer = careful_producer(there.place.bootstrap_servers)
    await producer.start()
    try:
        await send_all(
            producer,
            [
                Record(
                    within(there.place.namespace, topic).name,
                    partition_of(key or b"", topic.partitions),
                    key,
                    value,
                    headers,
                )
                for topic, key, value, headers in posts
            ],
        )
    finally:
        await producer.stop()


async def settled(there: Ground) -> None:
    """Wait until every input is a dead letter or on a log, and apply has heard all of the logs."""
    for _ in range(int(PATIENCE_SECONDS / LOOK_AGAIN_SECONDS)):
        if not await waiting(there):
            return
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    raise AssertionError(f"still waiting for {sorted(await waiting(there))[:5]}")


async def waiting(there: Ground) -> set[str]:
    """Return the places of inputs of which nothing became yet, and the shards that are behind."""
    everything = await there.records([*TOPICS.values(), DEAD_LETTERS, LEDGER_LOG, DIRECTORY_LOG])
    dead = [each for each in everything if each.topic.endswith(DEAD_LETTERS.name)]
    logged = [
        each for each in everything if each.topic.endswith((LEDGER_LOG.name, DIRECTORY_LOG.name))
    ]
    inputs = {
        f"{each.topic}/{each.partition}/{each.offset}"
        for each in everything
        if each.topic.removeprefix(there.place.namespace) in TOPICS
    }
    sorted_out = {_origin(dict(each.headers)) for each in dead}
    sorted_out |= {dict(each.headers).get("rb_received", b"").decode() for each in logged}
    return (inputs - sorted_out) | await asyncio.to_thread(behind, there.bus.database_url, logged)


def _origin(headers: dict[str, bytes]) -> str:
    parts = ("topic", "partition", "offset")
    return "/".join(headers[f"dlq-original-{part}"].decode() for part in parts)


def behind(database_url: str, logged: Sequence[Any]) -> set[str]:
    """Return the shards that have not heard, or not told, all that their partition holds."""
    engine = open_book(database_url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(
                text("SELECT shard, next_offset, next_seq, relayed_seq FROM shard")
            ).all()
    finally:
        engine.dispose()
    heard = {row.shard: row.next_offset for row in rows}
    ends: dict[str, int] = {}
    for each in logged:
        kind = "ledger" if LEDGER_LOG.name in each.topic else "directory"
        shard = f"{kind}-{each.partition}"
        ends[shard] = max(ends.get(shard, 0), each.offset + 1)
    return {shard for shard, end in ends.items() if heard.get(shard, -1) < end}
