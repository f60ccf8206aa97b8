"""By HTTPS on a bus that requires signatures: the door signs, and names for whom it speaks."""

import asyncio
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from nacl.signing import VerifyKey

from cli.certificate import CERTIFICATE
from cli.door_part import SIGNING_KEY, callers_file
from compose.local.ports import free_port
from consumers.intake.trust import entry_for
from ledger.directory.directory import directory_of
from producers.client import BusAddress
from producers.door.allowance import Allowances, Rate, Strangers
from producers.door.app import app_of
from producers.door.callers import Callers, Credential, new_token, write_credentials
from producers.door.door import Door, Voice
from producers.door.posting import Posting
from producers.doors import Doors
from producers.outbox import Outbox
from producers.sealing import new_terminal_key
from producers.signing import MessageKey, message_key, new_message_key
from producers.topics import ensure
from schemas import key_messages as k
from schemas.attested import Attested
from schemas.doors import Door as OnboardingDoor
from schemas.facts import RecordedFact, read
from schemas.keys import Gateway, Key, public_key_in
from schemas.messages import OrganisationMessage, RegisterOrganisation, Role
from schemas.organisations import Organisation
from schemas.signatures import base64url_in
from schemas.topics import DEAD_LETTERS, FIXED, LEDGER_FACTS, PARTY, outbox
from tests.adapters.antwerp_cpu.samples import changed, sample
from tests.bus import AGENT, FORWARDER, HAULIER, Bus, cast, join
from tests.engines import KafkaAtHand

GATEWAY = "NXT21000000009"
ROOT = new_message_key()
BOX = "/certified-pickup/v1/BEANR/containers/CPUU1000010/import"
PATIENCE_SECONDS = 120.0
PLENTY = Rate(1000, 1000)


@dataclass(frozen=True, slots=True)
class House:
    """Where this test's bus keeps its door: its folder, its port, and who may call with what."""

    folder: Path
    port: int
    tokens: dict[str, str]
    credentials: dict[str, Credential]

    @property
    def key(self) -> MessageKey:
        """What the door signs with."""
        return message_key(self.folder / SIGNING_KEY)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"https://127.0.0.1:{self.port}"

    def headers(self, who: str, reference: str) -> dict[str, str]:
        """Return what *who* sends with each call."""
        return {"authorization": f"Bearer {self.tokens[who]}", "x-request-id": reference}


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A door's folder, with a token for each of three parties."""
    folder = tmp_path / "door"
    folder.mkdir()
    given = {who: new_token(who) for who in (AGENT, FORWARDER, HAULIER)}
    credentials = {who: credential for who, (_, credential) in given.items()}
    write_credentials(callers_file(folder), {each.id: each for each in credentials.values()})
    tokens = {who: token for who, (token, _) in given.items()}
    return House(folder, free_port(), tokens, credentials)


@asynccontextmanager
async def up(bus: Bus, house: House) -> AsyncIterator[None]:
    """Run `releasebus up` with a door, as an operator does."""
    log, trust = house.folder / "up.log", house.folder / "trust.toml"
    trust.write_text("".join(entry_for(d.source, ROOT.public_key) for d in OnboardingDoor))
    address = bus.address
    command = ["up", "--parts", "intake,apply", "--database-url", bus.database_url]
    command += ["--bootstrap-servers", str(address.bootstrap_servers)]
    command += ["--namespace", address.namespace, "--trust", str(trust), "--while-stdin"]
    command += ["--door", str(house.port), "--door-folder", str(house.folder)]
    command += ["--door-speaks-as", GATEWAY]
    await ensure(address.bootstrap_servers, address.namespace, FIXED)
    process = started(command, log)
    try:
        while f"The door is open at {house.url}" not in log.read_text():
            assert process.poll() is None, log.read_text()
            await asyncio.sleep(0.1)
        yield
    finally:
        process.terminate()
        await asyncio.to_thread(process.communicate, timeout=60)
    assert "Traceback" not in log.read_text(), log.read_text()


def started(command: list[str], log: Path) -> "subprocess.Popen[bytes]":
    """Start `releasebus`; it ends with this process, whatever happens."""
    with log.open("wb") as written:
        return subprocess.Popen(
            [sys.executable, "-m", "cli.main", *command],
            stdin=subprocess.PIPE,
            stdout=written,
            stderr=subprocess.STDOUT,
        )


@pytest.mark.timeout(600)  # everybody joins first, on a machine that may be busy
async def test_a_partys_call_is_signed_by_the_door_and_its_entry_says_how_it_came(
    kafka: KafkaAtHand, database_url: str, namespace: str, house: House
) -> None:
    address = BusAddress(kafka.bootstrap_servers, namespace)
    bus = Bus(address, database_url, new_terminal_key())
    async with up(bus, house):
        await everybody_joins(bus, house)
        trusted = ssl.create_default_context(cafile=str(house.folder / CERTIFICATE))
        async with httpx.AsyncClient(base_url=house.url, verify=trusted, timeout=60) as http:
            await the_party_is_heard(bus, house, http)
            await who_did_not_appoint_the_door_is_told_so(bus, house, http)
        await a_door_that_is_behind_is_a_dead_letter_and_tells_the_party_nothing(bus, house)
        await the_entry_keeps_the_evidence(bus, house)


async def everybody_joins(bus: Bus, house: House) -> None:
    """The forwarder alone lets nobody speak for it."""
    gateway = RegisterOrganisation(organisation=GATEWAY, name="Demo Door", roles=())
    keys = dict.fromkeys(OnboardingDoor, ROOT)
    await join(bus, (*cast(bus.terminal_key), gateway), keys)
    proof = house.key.possession(GATEWAY)
    said: list[OrganisationMessage] = [
        k.RegisterKey(organisation=GATEWAY, public_key=house.key.public_key, proof=proof),
        *(k.AppointGateway(organisation=who, gateway=GATEWAY) for who in (AGENT, HAULIER)),
    ]
    async with Doors(bus.address, keys) as register:
        for message in said:
            answer = await register.outcome(
                await register.publish(message), message, timeout_seconds=60
            )
            assert answer.outcome == "applied", answer


async def the_party_is_heard(bus: Bus, house: House, http: httpx.AsyncClient) -> None:
    told = Outbox(bus.address.bootstrap_servers, bus.address.namespace, HAULIER)
    told.expect(["BUS-accept"])
    await told.open()
    haulier = {"identificationType": "NxtEntityId", "identificationCode": HAULIER}
    dates = {"releaseDateTimeUtc": None, "expirationDateTimeUtc": None}
    release = changed("E1", releaseTo=haulier, **dates)
    for who, path, body, reference in (
        (AGENT, "commercial-release", release, "BUS-release"),
        (HAULIER, "release-rights", sample("E6"), "BUS-accept"),
    ):
        headers = house.headers(who, reference)
        got = await once_known(http, f"{BOX}/{path}", body, headers)
        assert (got.status_code, got.json()["externalReferenceId"]) == (202, reference)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await told.answer("BUS-accept")
            if answer.outcome == "waiting":
                # It came by another topic than the release, and may have been quicker.
                answer = await told.answer_after("BUS-accept", answer)
            assert answer.outcome == "applied"
    finally:
        await told.close()


async def once_known(
    http: httpx.AsyncClient, path: str, body: bytes, headers: dict[str, str]
) -> httpx.Response:
    """Call until the door, which follows the directory, has heard who is who."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        got = await http.put(path, content=body, headers=headers)
        if got.status_code not in {403, 503} or time.monotonic() > until:
            return got
        await asyncio.sleep(0.1)


async def who_did_not_appoint_the_door_is_told_so(
    bus: Bus, house: House, http: httpx.AsyncClient
) -> None:
    before = len(await bus.records(PARTY))
    headers = house.headers(FORWARDER, "BUS-forwarder")

    got = await http.put(f"{BOX}/release-rights", content=sample("E6"), headers=headers)

    assert (got.status_code, got.json()["type"]) == (
        403,
        "urn:releasebus:problem:not_your_gateway",
    )
    assert len(await bus.records(PARTY)) == before


async def a_door_that_is_behind_is_a_dead_letter_and_tells_the_party_nothing(
    bus: Bus, house: House
) -> None:
    """It believes that the forwarder appointed it; intake, which decides, knows better."""
    posting = Posting(bus.address.bootstrap_servers)
    transport = httpx.ASGITransport(app=app_of(behind(bus, house, posting)))
    async with httpx.AsyncClient(transport=transport, base_url="https://door") as http:
        headers = house.headers(FORWARDER, "BUS-behind")
        got = await http.put(f"{BOX}/release-rights", content=sample("E6"), headers=headers)
    await posting.close()

    assert got.status_code == 202
    (letter,) = await bus.records(DEAD_LETTERS, 1)
    assert dict(letter.headers)["dlq-reason-code"] == b"not_the_gateway"
    heard = await bus.records(outbox(FORWARDER))
    assert not [each for each in heard if b"BUS-behind" in (each.value or b"")]


def behind(bus: Bus, house: House, posting: Posting) -> Door:
    now = datetime.now(UTC)
    key = Key(house.key.key_id, house.key.public_key, now)
    known = (
        Organisation(GATEWAY, 1, "Demo Door", (), keys=(key,)),
        Organisation(
            FORWARDER, 1, "Forwarder", (Role.RELEASE_PARTY,), gateways=(Gateway(GATEWAY, now),)
        ),
    )
    directory = directory_of(known, 1)
    return Door(
        callers=Callers(callers_file(house.folder)),
        allowances=Allowances(PLENTY, time.monotonic),
        strangers=Strangers(PLENTY, time.monotonic),
        post=posting,
        directory=lambda: directory,
        clock=lambda: datetime.now(UTC),
        namespace=bus.address.namespace,
        voice=Voice(GATEWAY, house.key),
    )


async def the_entry_keeps_the_evidence(bus: Bus, house: House) -> None:
    facts = [read(record.value) for record in await bus.records(LEDGER_FACTS)]
    for kind, party in (("released", AGENT), ("accepted", HAULIER)):
        (entry,) = [each for each in facts if each.fact.type == kind]
        assert (entry.cause.organisation, entry.cause.via) == (party, GATEWAY)
        assert entry.cause.key_id == house.key.key_id
        attested = evidence(entry)
        assert attested.policy == "required"
        assert attested.authentication == f"bearer token {house.credentials[party].id}"
        assert attested.channel == "https"
        assert proven(attested, house.key)


def evidence(entry: RecordedFact) -> Attested:
    """Return how it was known who said it."""
    assert entry.attested is not None
    return entry.attested


def proven(attested: Attested, key: MessageKey) -> bytes:
    """Return what was signed, shown with the public key alone."""
    signed, _, written = str(attested.signature).rpartition(".")
    signature = base64url_in(written.encode())
    assert signature is not None
    return VerifyKey(public_key_in(key.public_key)).verify(signed.encode(), signature)
