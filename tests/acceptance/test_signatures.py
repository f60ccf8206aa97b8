"""On a bus that requires signatures: who signs is heard, and nobody else is anybody."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from nacl.signing import VerifyKey

from consumers.intake.trust import Trust, trust_everywhere
from producers.client import Carrier, Client
from producers.doors import AtDoor
from producers.outbox import Outbox
from producers.own_keys import OwnKeys
from producers.raw import RawProducer
from producers.signing import MessageKey, SpokenFor, new_message_key
from schemas import key_messages as k
from schemas import messages as m
from schemas.doors import Door
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.facts import read
from schemas.identifiers import Scheme
from schemas.keys import Key, public_key_in
from schemas.messages import Message, RegisterOrganisation
from schemas.signatures import SignaturePolicy, base64url_in
from schemas.topics import CARRIER, DEAD_LETTERS, LEDGER_FACTS, PARTY, outbox
from tests.bus import AGENT, FORWARDER, PORT, QUAY, Bus, cast, join, running_bus
from tests.engines import KafkaAtHand

CONTAINER, OTHER_CONTAINER = "CPUU1000010", "CPUU1000026"
GATEWAY = "NXT21000000009"
ROOT, FIRST, SECOND, GATEWAYS = (new_message_key() for _ in range(4))
AT_DOORS: Mapping[Door, MessageKey] = dict.fromkeys(Door, ROOT)
Sent = TypeVar("Sent", bound=Message)


def trust() -> Trust:
    root = Key(ROOT.key_id, ROOT.public_key, datetime.now(UTC))
    policies = trust_everywhere(SignaturePolicy.REQUIRED, None).policies
    return Trust(policies, {door.source: (root,) for door in Door})


def registers(organisation: str, key: MessageKey) -> k.RegisterKey:
    proof = key.possession(organisation)
    return k.RegisterKey(organisation=organisation, public_key=key.public_key, proof=proof)


async def answer(client: Client[Sent], message: Sent) -> str:
    found = await client.outcome(await client.publish(message), timeout_seconds=60)
    return str(found.reason or found.outcome)


async def letters(bus: Bus, at_least: int) -> list[str]:
    """Return what is wrong with each dead letter, the oldest first."""
    found = sorted(await bus.records(DEAD_LETTERS, at_least), key=lambda each: each.timestamp)
    return [dict(each.headers)["dlq-reason-code"].decode() for each in found]


@pytest.mark.timeout(300)  # it waits for some fifty answers, on a machine that may be busy
async def test_who_signs_is_heard_and_nobody_else_is_anybody(
    kafka: KafkaAtHand, database_url: str, namespace: str
) -> None:
    servers = kafka.bootstrap_servers
    async with running_bus(servers, database_url, namespace, trust()) as bus:
        gateway = RegisterOrganisation(organisation=GATEWAY, name="Demo Gateway", roles=())
        await join(bus, (*cast(bus.terminal_key), gateway), AT_DOORS)
        await the_register_brings_the_first_keys(bus)
        await a_key_is_followed_by_another(bus)
        await a_gateway_speaks_for_who_appointed_it(bus)
        await what_was_said_is_not_said_again_elsewhere(bus)
        await the_ledger_keeps_the_evidence(bus)


async def the_register_brings_the_first_keys(bus: Bus) -> None:
    async with OwnKeys(bus.address, AGENT, FIRST) as own:
        await own.publish(registers(AGENT, FIRST))
        assert await letters(bus, 1) == ["key_unknown"]
    async with AtDoor(bus.address, Door.REGISTER, ROOT) as register:
        assert await answer(register, registers(AGENT, FIRST)) == "applied"
        assert await answer(register, registers(GATEWAY, GATEWAYS)) == "applied"


async def a_key_is_followed_by_another(bus: Bus) -> None:
    async with (
        OwnKeys(bus.address, AGENT, FIRST) as own,
        Carrier(bus.address, AGENT, FIRST) as before,
        Carrier(bus.address, AGENT, SECOND) as after,
        Carrier(bus.address, AGENT) as unsigned,
    ):
        assert await answer(before, release(CONTAINER)) == "applied"
        assert await answer(own, registers(AGENT, SECOND)) == "applied"
        revokes = k.RevokeKey(organisation=AGENT, key_id=FIRST.key_id)
        assert await answer(own, revokes) == "applied"
        assert await answer(after, release(OTHER_CONTAINER)) == "applied"
        for client in (before, unsigned):
            deletes = await client.publish(m.Delete(container=CONTAINER, port=PORT))
            with pytest.raises(TimeoutError):
                await client.outcome(deletes, timeout_seconds=1)
    assert (await letters(bus, 3))[1:] == ["key_revoked", "signature_missing"]


async def a_gateway_speaks_for_who_appointed_it(bus: Bus) -> None:
    appoints = k.AppointGateway(organisation=FORWARDER, gateway=GATEWAY)
    dismisses = k.DismissGateway(organisation=FORWARDER, gateway=GATEWAY)
    own, theirs = (_outbox(bus, party) for party in (GATEWAY, FORWARDER))
    own.expect(["accept-1"])
    theirs.expect(["accept-1"])
    async with AtDoor(bus.address, Door.REGISTER, ROOT) as register:
        await own.open()
        await theirs.open()
        await accept_through_the_gateway(bus, "accept-0")
        assert (await letters(bus, 4))[3:] == ["not_the_gateway"]
        assert await answer(register, appoints) == "applied"
        await accept_through_the_gateway(bus, "accept-1")
        for hears in (own, theirs):
            assert (await hears.answer("accept-1")).outcome == "applied"
            await hears.close()
        assert await answer(register, dismisses) == "applied"
        await accept_through_the_gateway(bus, "accept-2")
    assert (await letters(bus, 5))[4:] == ["not_the_gateway"]


async def what_was_said_is_not_said_again_elsewhere(bus: Bus) -> None:
    """Replayed on another topic, and under another key."""
    there, elsewhere = OTHER_CONTAINER.encode(), CONTAINER.encode()
    (said,) = [record for record in await bus.records(CARRIER) if record.key == there]
    async with RawProducer(bus.address) as raw:
        await raw.publish(PARTY, said.key, said.value, tuple(said.headers))
        await raw.publish(CARRIER, elsewhere, said.value, tuple(said.headers))
    assert (await letters(bus, 7))[5:] == ["signature_wrong", "signature_wrong"]
    heard = [read(r.value).cause.message_type for r in await bus.records(LEDGER_FACTS)]
    assert "releasebus.delete" not in heard
    answers = [r for r in await bus.records(outbox(AGENT)) if b"unreadable" in (r.value or b"")]
    assert answers == [], "a forger writes on nobody's outbox"


async def the_ledger_keeps_the_evidence(bus: Bus) -> None:
    facts = [read(record.value) for record in await bus.records(LEDGER_FACTS)]
    released = {each.container: each for each in facts if each.fact.type == "released"}
    (accepted,) = [each for each in facts if each.fact.type == "accepted"]

    for container, key in ((CONTAINER, FIRST), (OTHER_CONTAINER, SECOND)):
        assert released[container].cause.key_id == key.key_id
        proves(released[container].attested, key)
    assert (accepted.cause.organisation, accepted.cause.via) == (FORWARDER, GATEWAY)
    assert accepted.attested is not None
    assert accepted.attested.authentication == "mutual TLS"
    proves(accepted.attested, GATEWAYS)


def proves(attested: object, key: MessageKey) -> None:
    """Show, with the public key alone, that it signed what the entry says."""
    signed, _, written = str(getattr(attested, "signature", "")).rpartition(".")
    signature = base64url_in(written.encode())
    assert signature is not None
    VerifyKey(public_key_in(key.public_key)).verify(signed.encode(), signature)


async def accept_through_the_gateway(bus: Bus, message_id: str) -> None:
    now, source = datetime.now(UTC), ORGANISATION_SOURCE + GATEWAY
    envelope = Envelope(message_id, source, m.Accept.TYPE, now, CONTAINER)
    spoken = SpokenFor(FORWARDER, "mutual TLS", "https")
    value = m.Accept(container=CONTAINER, port=PORT).model_dump_json(exclude_none=True).encode()
    async with RawProducer(bus.address, GATEWAYS) as raw:
        headers = (*headers_of(envelope), *spoken.headers())
        await raw.publish(PARTY, CONTAINER.encode(), value, headers)


def release(container: str) -> m.Release:
    to = m.PartyRef(scheme=Scheme.NXTPORT, code=FORWARDER)
    return m.Release(
        container=container,
        port=PORT,
        terminal=QUAY,
        bills_of_lading=(f"BL-{container}",),
        release_identification=f"REL-{container}",
        release_to=to,
    )


def _outbox(bus: Bus, party: str) -> Outbox:
    return Outbox(bus.address.bootstrap_servers, bus.address.namespace, party)
