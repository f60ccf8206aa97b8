"""A seeded workload: who is on the bus, what each says of each container, and in which order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypedDict

from producers.sealing import new_terminal_key, seal
from producers.simulator.onboarding import stage_by_stage
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import (
    ContainerMessage,
    Message,
    Modality,
    PartyRef,
    RegisterOrganisation,
    Role,
    TerminalRef,
)
from schemas.registrations import DOORS

AGENT = "NXT21000000001"
FORWARDER = "NXT21000000002"
HAULIER = "NXT21000000003"
TERMINAL = "NXT21000000004"
CUSTOMS = "NXT21000000005"
STRANGER = "NXT21000000006"
PORT, QUAY = "BEANR", "1742"
PHASES = 3
PAPERS, LIGHTS, GATE = range(PHASES)
CAUSAL, SHUFFLED = "CAUU", "SHUU"

# One moment for everything of a run, so that two runs of it can be compared to the last date.
NOW = datetime.now(UTC).replace(microsecond=0)
VALID_FROM = NOW - timedelta(days=1)
EXPIRES_AT = NOW + timedelta(days=60)
_KEY = new_terminal_key()
DRIVER = seal("000000012", _KEY.public_key, _KEY.key_id)


@dataclass(frozen=True, slots=True)
class Said:
    """One message: who says it, under which id, and in which part of the run."""

    sender: str
    message_id: str
    message: Message
    phase: int = PAPERS


Line = tuple[int, str, ContainerMessage]


def cast() -> tuple[Said, ...]:
    """Return by which messages everybody joins, door after door."""
    quay = TerminalRef(port=PORT, code=QUAY)
    vat = PartyRef(scheme=Scheme.VAT, code="NL000000001B01")
    organisations = (
        _organisation(AGENT, Role.SHIP_AGENT),
        _organisation(FORWARDER, Role.RELEASE_PARTY),
        _organisation(HAULIER, Role.TRANSPORT_OPERATOR, codes=(vat,)),
        _organisation(TERMINAL, Role.TERMINAL_OPERATOR, terminals=(quay,)),
        _organisation(CUSTOMS, Role.CUSTOMS),
        _organisation(STRANGER, Role.TRANSPORT_OPERATOR),
    )
    joining = stage_by_stage(organisations)
    return tuple(Said(DOORS[type(each)], message_id, each) for message_id, each in joining)


def companies() -> tuple[str, ...]:
    """Return everybody who is on the bus."""
    said = (each.message for each in cast())
    return tuple(each.organisation for each in said if isinstance(each, RegisterOrganisation))


def causal(containers: int, seed: int = 1) -> tuple[Said, ...]:
    """Return stories told in their order: everything a message rests on stands before it.

    What comes of each does not depend on what happens to other containers in between, so every
    run ends alike.
    """
    chance = Random(f"causal {seed}")
    stories = [list(_story(_number(CAUSAL, each), chance)) for each in range(containers)]
    return tuple(said for phase in range(PHASES) for said in _mixed(stories, phase, chance))


def shuffled(containers: int, seed: int = 1) -> tuple[Said, ...]:
    """Return the same kind of stories told in any order at all, one message in six twice."""
    chance = Random(f"shuffled {seed}")
    told = [said for each in range(containers) for said in _story(_number(SHUFFLED, each), chance)]
    told.extend(chance.sample(told, len(told) // 6))
    chance.shuffle(told)
    share = len(told) // PHASES + 1
    return tuple(
        Said(said.sender, said.message_id, said.message, place // share)
        for place, said in enumerate(told)
    )


class About(TypedDict):
    """What every message about a container names."""

    container: str
    port: str
    terminal: str


def about(container: str) -> About:
    """Return what every message about *container* names."""
    return {"container": container, "port": PORT, "terminal": QUAY}


RUBBISH = Said(AGENT, "rubbish", m.Block(**about("RUUU0000001")))
"""A message to be spoiled."""


def _number(owner: str, place: int) -> str:
    return f"{owner}{place:07d}"


def _organisation(
    organisation_id: str,
    role: Role,
    codes: tuple[PartyRef, ...] = (),
    terminals: tuple[TerminalRef, ...] = (),
) -> RegisterOrganisation:
    return RegisterOrganisation(
        organisation=organisation_id,
        name=f"Test {role}",
        roles=(role,),
        codes=codes,
        terminals=terminals,
    )


def _mixed(stories: Sequence[list[Said]], phase: int, chance: Random) -> Iterator[Said]:
    """Yield what is said in *phase*, the stories mixed, each in its own order."""
    parts = [[said for said in story if said.phase == phase] for story in stories]
    while parts := [part for part in parts if part]:
        yield chance.choice(parts).pop(0)


def _story(container: str, chance: Random) -> Iterator[Said]:
    lines = [*_papers(container, chance), *_lights(container, chance), *_gate(container, chance)]
    for place, (phase, sender, message) in enumerate(lines):
        yield Said(sender, f"{container}-{place}", message, phase)


def _papers(container: str, chance: Random) -> Iterator[Line]:
    box = about(container)
    to_haulier = m.Transfer(**box, release_to=_by_id(HAULIER))
    for sender, message in (
        (AGENT, _release(container)),
        *chance.choice(_TROUBLE_ON_THE_WAY)(container),
        (FORWARDER, m.Accept(**box)),
        (FORWARDER, to_haulier),
        *chance.choice(_TROUBLE_AT_THE_END)(container),
        (HAULIER, m.Accept(**box)),
        (HAULIER, _assignment(container)),
    ):
        yield PAPERS, sender, message


def _lights(container: str, chance: Random) -> Iterator[Line]:
    box = about(container)
    lights: list[tuple[str, ContainerMessage]] = [
        (TERMINAL, m.ReportDischarge(**box)),
        (CUSTOMS, m.ReportCustomsStatus(**box, status=m.CustomsStatus.RELEASED)),
    ]
    if chance.random() < 0.3:
        control = m.ReportCustomsStatus(**box, status=m.CustomsStatus.DOCUMENTARY_CONTROL)
        lights.insert(1, (CUSTOMS, control))
    if chance.random() < 0.3:
        lights.append((TERMINAL, m.ReportTerminalBlock(**box)))
    for sender, message in (*lights, (TERMINAL, m.ReportTerminalRelease(**box))):
        yield LIGHTS, sender, message


def _gate(container: str, chance: Random) -> Iterator[Line]:
    for sender, message in chance.choice(_ENDINGS)(container):
        yield GATE, sender, message


def _release(container: str) -> m.Release:
    return m.Release(
        **about(container),
        bills_of_lading=(f"BL{container}",),
        release_identification=f"REL{container}",
        release_to=_by_id(FORWARDER),
        valid_from=VALID_FROM,
        expires_at=EXPIRES_AT,
    )


def _assignment(container: str) -> m.AssignPickup:
    return m.AssignPickup(**about(container), modality=Modality.TRUCK, driver=DRIVER)


def _by_id(organisation: str) -> PartyRef:
    return PartyRef(scheme=Scheme.NXTPORT, code=organisation)


Lines = tuple[tuple[str, ContainerMessage], ...]


def _smoothly(_container: str) -> Lines:
    return ()


def _declined_first(container: str) -> Lines:
    again = m.Transfer(**about(container), release_to=_by_id(FORWARDER))
    return ((FORWARDER, m.Decline(**about(container))), (AGENT, again))


def _frozen_meanwhile(container: str) -> Lines:
    box = about(container)
    return (
        (AGENT, m.Block(**box)),
        (FORWARDER, m.Accept(**box)),
        (AGENT, m.Unblock(**box)),
    )


def _an_intruder(container: str) -> Lines:
    box = about(container)
    return ((STRANGER, m.Accept(**box)), (STRANGER, _assignment(container)))


def _taken_back(container: str) -> Lines:
    box = about(container)
    again = m.Transfer(**box, release_to=_by_id(HAULIER))
    return ((FORWARDER, m.Revoke(**box)), (FORWARDER, again))


def _not_its_role(container: str) -> Lines:
    return ((FORWARDER, _assignment(container)),)


def _leaves(container: str) -> Lines:
    box = about(container)
    return ((TERMINAL, m.ReportGateIn(**box)), (TERMINAL, m.ReportGateOut(**box)))


def _chain_revoked(container: str) -> Lines:
    return ((AGENT, m.Revoke(**about(container), reason="wrong party")),)


def _pickup_made_anew(container: str) -> Lines:
    return ((HAULIER, m.RevokePickup(**about(container))), (HAULIER, _assignment(container)))


def _deleted(container: str) -> Lines:
    return ((AGENT, m.Delete(**about(container))),)


def _blocked_and_gone(container: str) -> Lines:
    box = about(container)
    return ((AGENT, m.Block(**box)), (TERMINAL, m.ReportGateOut(**box)))


_TROUBLE_ON_THE_WAY = (_smoothly, _declined_first, _frozen_meanwhile, _an_intruder)
_TROUBLE_AT_THE_END = (_smoothly, _taken_back, _not_its_role, _an_intruder)
_ENDINGS = (_leaves, _chain_revoked, _pickup_made_anew, _deleted, _blocked_and_gone)
