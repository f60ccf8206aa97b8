"""The work that is timed: containers from release to gate, every message changes a stay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from producers.log import log_record, partition_of
from producers.records import Record
from producers.sealing import new_terminal_key, seal
from schemas import messages as m
from schemas.envelope import Envelope, headers_of
from schemas.identifiers import Scheme, check_digit
from schemas.logged import Attestation
from schemas.message_types import ON_TOPIC
from schemas.messages import (
    ContainerMessage,
    CustomsStatus,
    Modality,
    PartyRef,
    Role,
    TerminalRef,
)
from schemas.topics import INPUTS, within

AGENT, FORWARDER, HAULIER = "NXT21000000001", "NXT21000000002", "NXT21000000003"
TERMINAL, CUSTOMS = "NXT21000000004", "NXT21000000005"
PORT, QUAY = "BEANR", "1742"
STEPS = 9


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the work, and who says it."""

    sender: str
    message_id: str
    message: ContainerMessage


def cast() -> tuple[m.RegisterOrganisation, ...]:
    """Return the organisations of the work."""
    key = new_terminal_key()
    quay = TerminalRef(port=PORT, code=QUAY, sealing_key_id=key.key_id, sealing_key=key.public_key)
    roles = {
        AGENT: Role.SHIP_AGENT,
        FORWARDER: Role.RELEASE_PARTY,
        HAULIER: Role.TRANSPORT_OPERATOR,
        TERMINAL: Role.TERMINAL_OPERATOR,
        CUSTOMS: Role.CUSTOMS,
    }
    return tuple(
        m.RegisterOrganisation(
            organisation=organisation,
            name=role,
            roles=(role,),
            terminals=(quay,) if role is Role.TERMINAL_OPERATOR else (),
        )
        for organisation, role in roles.items()
    )


def work(messages: int, first: int = 0) -> list[Said]:
    """Return about *messages* messages, the steps of many containers one after another.

    The containers are numbered from *first* on.
    """
    key = new_terminal_key()
    driver = seal("000000012", key.public_key, key.key_id)
    containers = range(first, first + messages // STEPS)
    stories = [list(_story(number, driver)) for number in containers]
    return [story[step] for step in range(STEPS) for story in stories]


def in_steps(said: Sequence[Said]) -> list[Sequence[Said]]:
    """Return the same step of all containers together: each rests on the one before."""
    size = max(1, len(said) // STEPS)
    return [said[begin : begin + size] for begin in range(0, len(said), size)]


def logged(said: Said, namespace: str) -> Record:
    """Return a message as intake would put it on the ledger's log."""
    envelope = Envelope(
        said.message_id,
        f"urn:releasebus:organisation:{said.sender}",
        said.message.TYPE,
        datetime.now(UTC),
    )
    return log_record(envelope, said.message, Attestation(said.sender, "off", "-"), namespace)


def at_the_door(said: Said, namespace: str) -> Record:
    """Return a message as its sender puts it on its own topic."""
    message = said.message
    # What both may say comes from its sender's own topic: the agent's, or the chain's.
    topics = [topic for topic in INPUTS if isinstance(message, ON_TOPIC[topic.name])]
    topic = topics[0] if said.sender == AGENT else topics[-1]
    envelope = Envelope(
        said.message_id,
        f"urn:releasebus:organisation:{said.sender}",
        message.TYPE,
        datetime.now(UTC),
        subject=message.container,
    )
    key = message.container.encode()
    return Record(
        within(namespace, topic).name,
        partition_of(key, topic.partitions),
        key,
        message.model_dump_json(exclude_none=True).encode(),
        headers_of(envelope),
    )


def _story(number: int, driver: m.SealedDriver) -> Iterator[Said]:
    letters = f"BNCU{number:06d}"
    container = f"{letters}{check_digit(letters)}"
    about = {"container": container, "port": PORT, "terminal": QUAY}
    haulier = PartyRef(scheme=Scheme.NXTPORT, code=HAULIER)
    spoken: list[tuple[str, ContainerMessage]] = [
        (AGENT, _release(container, number)),
        (FORWARDER, m.Accept.model_validate(about)),
        (FORWARDER, m.Transfer.model_validate({**about, "release_to": haulier})),
        (HAULIER, m.Accept.model_validate(about)),
        (
            HAULIER,
            m.AssignPickup.model_validate({**about, "modality": Modality.TRUCK, "driver": driver}),
        ),
        (TERMINAL, m.ReportDischarge.model_validate(about)),
        (TERMINAL, m.ReportTerminalRelease.model_validate(about)),
        (
            CUSTOMS,
            m.ReportCustomsStatus.model_validate({**about, "status": CustomsStatus.RELEASED}),
        ),
        (TERMINAL, m.ReportGateOut.model_validate(about)),
    ]
    for step, (sender, message) in enumerate(spoken):
        yield Said(sender, f"bench-{number}-{step}", message)


def _release(container: str, number: int) -> m.Release:
    return m.Release(
        container=container,
        port=PORT,
        terminal=QUAY,
        bills_of_lading=(f"BLBENCH{number:06d}",),
        release_identification=f"BENCH-{number:06d}",
        release_to=PartyRef(scheme=Scheme.NXTPORT, code=FORWARDER),
    )
