"""An air waybill on the whole way: Cargonaut's bytes by the door and by its topic, to the gate."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from adapters.cargonaut import SYSTEM
from cli.certificate import CERTIFICATE
from cli.door_part import DoorSettings, run_door, webhooks_of
from cli.ledger import opened
from cli.main import app
from cli.options import Where
from compose.local.ports import free_port
from consumers.dispatch.delivery.targets import EVERYBODY
from ledger.book.read import history
from producers.raw import RawProducer
from schemas.air import AirMissing
from schemas.air_facts import ConsignmentObserved
from schemas.air_messages import ObserveConsignment
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.identifiers import Scheme
from schemas.messages import PartyRef, RegisterOrganisation, Role
from schemas.topics import DEAD_LETTERS, LEDGER_LOG, system_in
from tests.acceptance.test_customs import dispatching, facts_up_to, until
from tests.acceptance.test_door import listening
from tests.acceptance.test_line import book_adds_up
from tests.adapters.cargonaut.facts import sample
from tests.adapters.schiphol import CARGONAUT, NOTIFIED, PORT, WAYBILL
from tests.bus import FORWARDER, Bus, join, running_bus
from tests.engines import KafkaAtHand

JOIN = (
    RegisterOrganisation(organisation=CARGONAUT, name="Cargonaut", roles=(), system="cargonaut"),
    RegisterOrganisation(
        organisation=FORWARDER,
        name="Demo Forwarder BV",
        roles=(Role.RELEASE_PARTY,),
        codes=(PartyRef(scheme=Scheme.EXTERNAL, code=NOTIFIED),),
    ),
)
HOOK = "/hooks/cargonaut"
SECRET = "what-only-cargonaut-knows"
SPOILT = sample("cleared.xml").replace(b"-000003", b"-000008").replace(b"y>3<", b"y>some<")
NAME = b"Demo Forwarder BV"

# Everybody joins first, on a machine that may be busy.
pytestmark = [pytest.mark.searches, pytest.mark.timeout(300)]


@asynccontextmanager
async def door_of_cargonaut(bus: Bus, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Serve a door that Cargonaut is known at, by a secret in a header."""
    (folder / "secret").write_text(SECRET)
    file = folder / "webhooks.toml"
    file.write_text(
        f'[webhook.cargonaut]\nheader = "x-api-key"\nsecret_file = "{folder / "secret"}"\n'
    )
    port, stop = free_port(), asyncio.Event()
    where = Where(bus.address.bootstrap_servers, bus.database_url, bus.address.namespace)
    settings = DoorSettings(port, folder, webhooks=webhooks_of(file))
    serving = asyncio.create_task(run_door(where, settings, stop))
    try:
        await listening(port, serving)
        trusted = ssl.create_default_context(cafile=str(folder / CERTIFICATE))
        async with httpx.AsyncClient(
            base_url=f"https://127.0.0.1:{port}", verify=trusted, timeout=30
        ) as http:
            yield http
    finally:
        stop.set()
        await serving


async def say(bus: Bus, data: bytes, name: str) -> None:
    """Put *data* on Cargonaut's topic, as who speaks for it does: redacted first."""
    envelope = Envelope(
        name, ORGANISATION_SOURCE + CARGONAUT, "cargonaut.status", datetime.now(UTC), WAYBILL, "",
        min(SYSTEM.media_in),
    )  # fmt: skip
    content = SYSTEM.functions.redact(data)
    async with RawProducer(bus.address) as producer:
        topic = system_in("cargonaut")
        await producer.publish(topic, WAYBILL.encode(), content, headers_of(envelope))


def documents(folder: Path) -> list[bytes]:
    """Return what was brought there, XFNMs first."""
    return sorted(each.read_bytes() for each in folder.iterdir() if each.is_file())


async def test_a_waybill_may_leave_once_cargonaut_said_so_by_its_door_and_its_topic(
    kafka: KafkaAtHand, database_url: str, namespace: str, tmp_path: Path
) -> None:
    out, door = tmp_path / "out", tmp_path / "door"
    out.mkdir()
    door.mkdir()
    async with running_bus(kafka.bootstrap_servers, database_url, namespace) as bus:
        await join(bus, JOIN)
        async with (
            dispatching(bus, out, SYSTEM.name, EVERYBODY),
            door_of_cargonaut(bus, door) as at,
        ):
            known = {"x-api-key": SECRET}
            assert (await at.post(HOOK, content=sample("dlv.fsu"))).status_code == 401
            assert (await at.post(HOOK, content=sample("received.xml"), headers=known)).is_success
            await say(bus, sample("held.xml"), "said-2")
            await say(bus, b"<!DOCTYPE x>" + sample("cleared.xml"), "said-3")
            assert (await at.post(HOOK, content=SPOILT, headers=known)).is_success
            await say(bus, sample("cleared.xml"), "said-4")
            for _ in range(2):  # the second tells nothing new
                got = await at.post(HOOK, content=sample("notified.xml"), headers=known)
                assert (got.status_code, got.content) == (202, b"")
            await until(lambda: len(documents(out)) == 6)
            said = await bus.records(system_in(SYSTEM.name), 7)  # into a folder nobody answers
            # Hearing all of it takes until what is said last is on the log, or a dead letter.
            await say(bus, b"<last/>", "said-7")
            letters = await bus.records(DEAD_LETTERS, 3)
            log = await bus.records(LEDGER_LOG)

        assert not any(NAME in (each.value or b"") for each in (*said, *log))
        types = [dict(each.headers)["ce_type"] for each in log]
        assert types.count(ObserveConsignment.TYPE.encode()) == 4
        reasons = sorted(dict(each.headers)["dlq-reason-code"] for each in letters)
        assert reasons == [b"doctype", b"field_invalid", b"message_unknown"]
        facts = [each.fact for each in await facts_up_to(bus, "consignment_observed")]
        observed = [each for each in facts if isinstance(each, ConsignmentObserved)]
    assert [(each.may_leave, each.held) for each in observed] == [(0, 0), (0, 1), (0, 0), (3, 0)]
    assert AirMissing.HELD_BY_CUSTOMS in observed[1].missing
    assert (observed[3].missing, observed[3].notified) == ((), FORWARDER)
    *answers, status = documents(out)
    told = {
        each.partition(b"CGN-2026-")[2][:6]: b"<ram:StatusCode>Accepted<" in each
        for each in answers
    }
    taken = dict.fromkeys((b"000001", b"000002", b"000003", b"000004"), True)
    assert (len(answers), told) == (5, {**taken, b"000008": False})
    assert status.startswith(b"FSU/14\r\n020-12345675FRAAMS/T3\r\n")
    assert b"NFD/28FEB1020/AMS/T3" in status
    the_book_tells_it(database_url)


def the_book_tells_it(database_url: str) -> None:
    """Four entries stand in the ledger; by the number with a dash, too, all pieces may leave."""
    with opened(database_url) as connection:
        entries = tuple(history(connection, WAYBILL))
    observed = [each for each in entries if isinstance(each.fact, ConsignmentObserved)]
    assert [(each.container, each.port) for each in observed] == [(WAYBILL, PORT)] * 4
    for command in ("show", "why"):
        told = CliRunner().invoke(app, [command, "020-12345675", "--database-url", database_url])
        assert (told.exit_code, told.stderr) == (0, ""), command
        assert told.stdout.endswith("020-12345675, FRA-AMS\nAll 3 pieces may leave now.\n")
    told = CliRunner().invoke(app, ["why", WAYBILL, "--json", "--database-url", database_url])
    assert json.loads(told.stdout)["may_leave"] == 3
    book_adds_up(database_url)
