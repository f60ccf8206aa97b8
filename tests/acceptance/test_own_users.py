"""Kafka's own door: every part and every party logs in as itself and may do its part alone."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from compose.local import SecuredKafka
from consumers.apply.run import run as run_apply
from consumers.apply.settings import ApplySettings
from consumers.dispatch.run import run as run_dispatch
from consumers.dispatch.settings import DispatchSettings
from consumers.gate import Gate
from consumers.intake.run import IntakeSettings
from consumers.intake.run import run as run_intake
from consumers.intake.trust import Trust
from producers.administration import Administration
from producers.careful import careful_producer
from producers.client import BusAddress, Carrier, Customs, Party, Terminal
from producers.doors import AtDoor, Doors
from producers.login import Broker
from producers.own_keys import OwnKeys
from producers.sealing import new_terminal_key
from producers.signing import new_message_key
from producers.simulator.onboarding import stage_by_stage
from producers.topics import TopicNotMade, ensure
from schemas import key_messages as k
from schemas import messages as m
from schemas.access import of_organisation, of_the_bus, together
from schemas.doors import Door
from schemas.facts import Outcome
from schemas.messages import Role
from schemas.organisations import Organisation
from schemas.organisations import Terminal as Quay
from schemas.rights import Deed, Kind, Right
from schemas.signatures import SignaturePolicy
from schemas.topics import (
    EDI_ANSWERS,
    EDI_IN,
    EDI_OUT,
    FIXED,
    KEYS,
    REGISTRATIONS,
    Topic,
    outbox,
    pickup_rights,
    system_out,
    within,
)
from tests.acceptance.test_line import at_quay, at_the_quay, heard, the_right_passes_down
from tests.acceptance.test_line import told as told_by
from tests.acceptance.test_signatures import registers
from tests.bus import (
    AGENT,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    PORT,
    QUAY,
    TERMINAL,
    Bus,
    People,
    cast,
)
from tests.engines import may_be_skipped, what_fetched_kafka_lacks
from tests.secured import Secured, allowed, joins, may, reads, writes

LACK = what_fetched_kafka_lacks()
pytestmark = [
    pytest.mark.searches,  # a broker of its own, and every user against every topic
    pytest.mark.skipif(may_be_skipped(LACK), reason=str(LACK)),
]

GATE, OTHER_GATE = "gate-beanr-1742", "gate-beanr-913"
OTHER_TERMINAL, WITHOUT_ROLE = "NXT21000000009", "NXT21000000010"
SYSTEM = "antwerp_cpu"
OWN_RIGHTS, OTHER_RIGHTS = pickup_rights(PORT, QUAY), pickup_rights(PORT, "913")
BUS_USERS = {
    "intake": "intake", "apply": "apply", "dispatch": "dispatch",
    "edi-gateway": "edi-gateway",
    **{door.value: door.value for door in Door},
    "door": "door", "dashboard": "dashboard", "operator": "operator",
}  # fmt: skip


def organisation(id_: str, role: Role, quay: str = "") -> Organisation:
    quays = (Quay(PORT, quay),) if quay else ()
    return Organisation(id_, 1, "Demo", (role,), (), quays)


ORGANISATIONS = (
    organisation(AGENT, Role.SHIP_AGENT),
    organisation(FORWARDER, Role.RELEASE_PARTY),
    organisation(HAULIER, Role.TRANSPORT_OPERATOR),
    organisation(TERMINAL, Role.TERMINAL_OPERATOR, QUAY),
    organisation(OTHER_TERMINAL, Role.TERMINAL_OPERATOR, "913"),
    organisation(CUSTOMS, Role.CUSTOMS),
    Organisation(WITHOUT_ROLE, 1, "Demo", ()),
)
TOPICS: tuple[Topic, ...] = (
    *FIXED, outbox(AGENT), outbox(TERMINAL), OWN_RIGHTS, OTHER_RIGHTS, system_out(SYSTEM),
)  # fmt: skip

CARRIERS, PARTIES, TERMINALS = "releases.carrier.v1", "releases.party.v1", "terminal.events.v1"
CUSTOMS_TOPIC, JOINING = "customs.events.v1", "registrations.v1"
OWN_KEYS = "keys.v1"
LOG, DIRECTORY = "ledger.log.v1", "directory.log.v1"
FACTS, ORGANISATION_FACTS = "ledger.facts.v1", "directory.facts.v1"
BOARD, HEADS, DEAD = "board.v1", "ledger.heads.v1", "dead-letters.v1"
AGENT_OUTBOX, TERMINAL_OUTBOX = (
    f"party.{AGENT.lower()}.outbox.v1",
    (f"party.{TERMINAL.lower()}.outbox.v1"),
)
OUTBOX_OF = {door.value: f"party.{door}.outbox.v1" for door in Door}
OUTBOXES = {AGENT_OUTBOX, TERMINAL_OUTBOX, *OUTBOX_OF.values()}
QUAY_1742 = "terminal.beanr-1742.pickup-rights.v1"
QUAY_913 = "terminal.beanr-913.pickup-rights.v1"
DOCUMENTS = "pcs.antwerp_cpu.out.v1"
INPUTS = {CARRIERS, PARTIES, TERMINALS, CUSTOMS_TOPIC}

# By hand: of these topics, which each user writes and reads. Everything else is refused.
MAY: dict[str, tuple[set[str], set[str]]] = {
    AGENT: ({CARRIERS, OWN_KEYS}, {AGENT_OUTBOX}),
    FORWARDER: ({PARTIES, OWN_KEYS}, set()),
    HAULIER: ({PARTIES, OWN_KEYS}, set()),
    TERMINAL: ({TERMINALS, OWN_KEYS}, {TERMINAL_OUTBOX, QUAY_1742}),
    OTHER_TERMINAL: ({TERMINALS, OWN_KEYS}, {QUAY_913}),
    CUSTOMS: ({CUSTOMS_TOPIC, OWN_KEYS}, set()),
    WITHOUT_ROLE: ({OWN_KEYS}, set()),
    GATE: (set(), {QUAY_1742}),
    OTHER_GATE: (set(), {QUAY_913}),
    **{door: ({JOINING}, {outbox}) for door, outbox in OUTBOX_OF.items()},
    "door": (INPUTS - {CUSTOMS_TOPIC}, {ORGANISATION_FACTS, QUAY_1742, QUAY_913}),
    "intake": (
        {LOG, DIRECTORY, DEAD, *OUTBOXES},
        {*INPUTS, JOINING, OWN_KEYS, ORGANISATION_FACTS},
    ),
    "apply": (
        {FACTS, ORGANISATION_FACTS, BOARD, HEADS, QUAY_1742, QUAY_913, *OUTBOXES},
        {LOG, DIRECTORY},
    ),
    "edi-gateway": (
        {EDI_IN.name, EDI_OUT.name, EDI_ANSWERS.name, LOG, DEAD},
        {EDI_IN.name, EDI_OUT.name, FACTS, ORGANISATION_FACTS},
    ),
    "dispatch": ({DOCUMENTS, LOG, DEAD}, {FACTS, ORGANISATION_FACTS}),
    "dashboard": (set(), {BOARD}),
    "operator": (
        {LOG, DIRECTORY, JOINING, OWN_KEYS, EDI_IN.name, *INPUTS},
        {topic.name for topic in FIXED} | {DOCUMENTS},
    ),
}


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """A broker of these tests alone, that knows its administrator."""
    with SecuredKafka(for_minutes=True) as kafka:
        yield Secured(kafka, tmp_path_factory.mktemp("passwords"))


async def furnish(administrator: Broker, namespace: str) -> None:
    """Make every topic, with one record on each."""
    await ensure(administrator, namespace, TOPICS)
    async with careful_producer(administrator) as producer:
        for topic in TOPICS:
            name = within(namespace, topic).name
            await producer.send_and_wait(name, b"{}", b"any", partition=0)


@pytest.fixture(scope="module")
def housed(secured: Secured) -> str:
    """A namespace with every topic, of which everybody has the rights of the plan."""
    namespace = "housed."
    asyncio.run(furnish(secured.administrator, namespace))
    door = Administration(secured.administrator)
    access = together(
        of_the_bus(BUS_USERS, [SYSTEM], namespace),
        *(of_organisation(each, namespace) for each in ORGANISATIONS),
    )
    door.grant((user, right) for user, rights in access.items() for right in rights)
    for user in access.keys() - door.users():
        (secured.passwords / user).write_text(f"{user}'s own", encoding="utf-8")
        door.set_password(user, f"{user}'s own")
    assert access.keys() == MAY.keys()
    return namespace


@pytest.mark.parametrize("user", MAY)
async def test_a_user_writes_and_reads_what_is_its_own_and_nothing_else(
    secured: Secured, housed: str, user: str
) -> None:
    broker = secured.at(user)
    names = [topic.name for topic in TOPICS]
    written = await allowed((name, writes(broker, housed + name)) for name in names)
    read = await allowed((name, reads(broker, housed + name)) for name in names)
    assert (written, read) == MAY[user]


async def test_groups_and_transactional_ids_begin_with_ones_own_name(
    secured: Secured, housed: str
) -> None:
    agent, own = secured.at(AGENT), f"{housed}party.{AGENT.lower()}."
    others = [f"{housed}party.{FORWARDER.lower()}.x", f"{housed}intake", f"{housed}apply", "x"]
    topic, answers = housed + CARRIERS, housed + AGENT_OUTBOX
    assert await may(writes(agent, topic, transactional_id=f"{own}nightly"))
    assert await may(joins(agent, answers, f"{own}tool"))
    for other in [*others, f"{housed}relay-ledger-0", own.rstrip(".")]:
        assert not await may(writes(agent, topic, transactional_id=other)), other
        assert not await may(joins(agent, answers, other)), other


async def test_only_apply_uses_the_relays_transactional_ids(secured: Secured, housed: str) -> None:
    relay = f"{housed}relay-ledger-0"
    assert await may(writes(secured.at("apply"), housed + FACTS, transactional_id=relay))
    assert not await may(writes(secured.at("intake"), housed + LOG, transactional_id=relay))


async def test_who_may_not_make_topics_is_let_start_where_they_are_there(
    secured: Secured, housed: str
) -> None:
    await ensure(secured.at("intake"), housed, FIXED)
    with pytest.raises(TopicNotMade):
        await ensure(secured.at("intake"), housed, [outbox("NXT21000000099")])
    await ensure(secured.at("apply"), housed, [outbox("NXT21000000098")])


async def test_an_unknown_user_and_a_wrong_password_are_told_what_to_do(
    secured: Secured, housed: str
) -> None:
    for user, password in (("nobody", "x"), ("intake", "not its own")):
        refused = await secured.run("topics", user=user, password=password)
        assert refused.exit_code == 3
        said = " ".join(refused.output.split())
        assert f"user {user}: The broker is there, and does not know this user" in said
        assert "RELEASEBUS_KAFKA_PASSWORD_FILE" in said
        assert "releasebus acl apply" in said
        assert password == "x" or password not in said
    assert (await secured.run("topics", "--namespace", housed)).exit_code == 0


@pytest.mark.usefixtures("housed")
async def test_who_is_no_administrator_changes_no_rights(secured: Secured) -> None:
    password = (secured.passwords / "operator").read_text("utf-8")
    asked = await secured.run("acl", "check", user="operator", password=password)
    assert asked.exit_code == 1
    assert "Log in as the administrator" in " ".join(asked.output.split())


async def test_check_finds_a_right_too_many_and_one_too_few_and_apply_mends_both(
    secured: Secured, namespace: str
) -> None:
    place = ("--namespace", namespace)
    renewed = [word for user in BUS_USERS for word in ("--renew", user)]
    given = ("--passwords", str(secured.passwords))
    assert (await secured.run("acl", "apply", *given, *place, *renewed)).exit_code == 0
    right = await secured.run("acl", "check", *place)
    assert (right.exit_code, right.output.strip()) == (
        0,
        f"{len(BUS_USERS)} users, each with its rights and no other",
    )
    files = [secured.passwords / user for user in BUS_USERS]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}

    door = Administration(secured.administrator)
    too_many = Right(Kind.TOPIC, f"{namespace}ledger.log.v1", Deed.READ)
    anybody = Right(Kind.TOPIC, "*", Deed.READ, host="127.0.0.1")
    too_few = Right(Kind.GROUP, f"{namespace}intake", Deed.READ)
    door.grant([("dashboard", too_many), ("*", anybody)])
    door.take([("intake", too_few)])
    wrong = json.loads((await secured.run("acl", "check", *place, "--json")).output)
    assert wrong == {
        "ok": False,
        "users_missing": [],
        "strangers": [],
        "missing": [{"user": "intake", "right": str(too_few)}],
        "too_many": [
            {"user": "*", "right": "read * from 127.0.0.1"},
            {"user": "dashboard", "right": str(too_many)},
        ],
    }
    kept = {file: file.read_text("utf-8") for file in files}
    assert (await secured.run("acl", "apply", *place)).exit_code == 0
    assert (await secured.run("acl", "check", *place)).exit_code == 0
    assert {file: file.read_text("utf-8") for file in files} == kept


KEYS_ARE_SIGNED = Trust({OWN_KEYS: SignaturePolicy.REQUIRED})
"""For whatever else is said here, who logged in is believed."""


@asynccontextmanager
async def running(secured: Secured, database_url: str, namespace: str) -> AsyncIterator[Bus]:
    """Run intake, apply and dispatch, each as its own user."""
    stop = asyncio.Event()
    at = secured.at
    parts = [
        run_intake(IntakeSettings(at("intake"), namespace, trust=KEYS_ARE_SIGNED), stop),
        run_apply(
            ApplySettings(at("apply"), database_url, namespace, heartbeat_seconds=0.5), stop
        ),
        run_dispatch(
            DispatchSettings(at("dispatch"), database_url, namespace, ledger_url=database_url),
            stop,
        ),
    ]
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        # What is looked at in between, the administrator looks at.
        address = BusAddress(secured.administrator, namespace)
        yield Bus(address, database_url, new_terminal_key())
    finally:
        stop.set()
        await asyncio.gather(*tasks)


@asynccontextmanager
async def own_clients(secured: Secured, namespace: str) -> AsyncIterator[People]:
    """Open the cast's clients, each logged in as the party that it is."""

    def at(user: str) -> BusAddress:
        return BusAddress(secured.at(user), namespace)

    async with AsyncExitStack() as open_clients:
        enter = open_clients.enter_async_context
        yield People(
            await enter(Carrier(at(AGENT), AGENT)),
            await enter(Party(at(FORWARDER), FORWARDER)),
            await enter(Party(at(HAULIER), HAULIER)),
            await enter(Terminal(at(TERMINAL), TERMINAL)),
            await enter(Customs(at(CUSTOMS), CUSTOMS)),
        )


async def register_all(secured: Secured, bus: Bus) -> None:
    own = {door: BusAddress(secured.at(door), bus.address.namespace) for door in Door}
    said = list(stage_by_stage(cast(bus.terminal_key)))
    async with Doors(bus.address, logged_in=own) as doors:
        await doors.publish_all(said)
        for message_id, message in said:
            answer = await doors.outcome(message_id, message, timeout_seconds=60)
            assert answer.outcome == Outcome.APPLIED


async def test_the_thin_line_runs_with_everybody_logged_in_as_itself(
    secured: Secured, postgres_url: str, namespace: str
) -> None:
    place = ("--namespace", namespace)
    given = ("--passwords", str(secured.passwords), "--database-url", postgres_url, *place)
    # They may be there from another test: then they get a new password, as any user can.
    renewed = [word for user in BUS_USERS for word in ("--renew", user)]
    await secured.run("topics", "--create", *place)
    applied = await secured.run("acl", "apply", *given, *renewed)
    assert applied.exit_code == 0, applied.output
    async with running(secured, postgres_url, namespace) as bus:
        await register_all(secured, bus)
        everybody = [word for user in (*PEOPLE, GATE) for word in ("--renew", user)]
        applied = await secured.run("acl", "apply", "--all", *given, *everybody)
        assert applied.exit_code == 0, applied.output
        async with own_clients(secured, namespace) as people:
            at_gate = dataclasses.replace(at_the_quay(bus), bootstrap_servers=secured.at(GATE))
            async with Gate(at_gate) as gate:
                await gate.ready(60)
                await it_leaves(people, bus, gate)
        await a_carriers_user_rotates_its_key(secured, bus)
        assert len(await bus.records(system_out(SYSTEM), 1)) >= 1


async def a_carriers_user_rotates_its_key(secured: Secured, bus: Bus) -> None:
    """The register brings the first; every later one it brings itself, where it may write."""
    first, second = new_message_key(), new_message_key()
    namespace = bus.address.namespace
    own = BusAddress(secured.at(AGENT), namespace)
    at_register = BusAddress(secured.at(Door.REGISTER.value), namespace)
    async with AtDoor(at_register, Door.REGISTER) as register:
        assert await told_by(register, registers(AGENT, first)) == Outcome.APPLIED
    async with OwnKeys(own, AGENT, first) as before, OwnKeys(own, AGENT, second) as after:
        assert await told_by(before, registers(AGENT, second)) == Outcome.APPLIED
        ends = k.RevokeKey(organisation=AGENT, key_id=first.key_id)
        assert await told_by(after, ends) == Outcome.APPLIED
        appoints = k.AppointGateway(organisation=AGENT, gateway=FORWARDER)
        assert await told_by(after, appoints) == Outcome.APPLIED
    broker = secured.at(AGENT)
    assert await may(writes(broker, within(namespace, KEYS).name))
    assert not await may(writes(broker, within(namespace, REGISTRATIONS).name))


PEOPLE = (AGENT, FORWARDER, HAULIER, TERMINAL, CUSTOMS)


async def it_leaves(people: People, bus: Bus, gate: Gate) -> None:
    """Go from the release to the entitlement, and out."""
    await the_right_passes_down(people, bus)
    assert await told_by(people.terminal, at_quay(m.ReportTerminalRelease)) == Outcome.APPLIED
    cleared = at_quay(m.ReportCustomsStatus, status="released")
    assert await told_by(people.customs, cleared) == Outcome.APPLIED
    await heard(gate, "leaves")
    assert await told_by(people.terminal, at_quay(m.ReportGateOut)) == Outcome.APPLIED
    await heard(gate, "pickup_ended")
