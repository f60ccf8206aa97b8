"""Who may send what, before any look at a release."""

import pytest

from ledger.law.authority import is_request, roles_for
from ledger.law.policy import Policy
from schemas import messages as m
from schemas.air_messages import AIR_MESSAGES
from schemas.message_types import BY_TYPE
from schemas.messages import ContainerMessage, Role
from schemas.note_messages import NOTE_MESSAGES, AddNote, WithdrawNote
from schemas.system_messages import SYSTEM_MESSAGES
from tests.ledger.law.actions import DEEDS
from tests.ledger.law.world import (
    AGENT,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    NEIGHBOUR,
    PORTBASE,
    TERMINAL,
    UNREGISTERED,
    given,
    released,
)
from tests.rows import each_row

A, P, O, T, C = (  # noqa: E741 - the heads of the table's columns
    Role.SHIP_AGENT,
    Role.RELEASE_PARTY,
    Role.TRANSPORT_OPERATOR,
    Role.TERMINAL_OPERATOR,
    Role.CUSTOMS,
)
WHO = {A: AGENT, P: FORWARDER, O: HAULIER, T: TERMINAL, C: CUSTOMS}

# cpu.md §1.1
MAY_SEND: dict[type[ContainerMessage], set[Role]] = {
    m.Release: {A},
    m.Update: {A},
    m.Block: {A},
    m.Unblock: {A},
    m.Delete: {A},
    m.Revoke: {A, P, O},
    m.Transfer: {A, P, O},
    m.Accept: {P, O},
    m.Decline: {P, O},
    m.AssignPickup: {O},
    m.UpdatePickup: {O},
    m.RevokePickup: {O},
    m.SetMeansOfTransport: {P, O},
    m.ReportDischarge: {T},
    m.ReportTerminalRelease: {T},
    m.ReportTerminalBlock: {T},
    m.ReportScanning: {T},
    m.ReportTerminalUnblock: {T},
    m.ReportGateIn: {T},
    m.ReportGateOut: {T},
    m.ConfirmPickupEnd: {T},
    m.ReportCustomsStatus: {C},
    AddNote: {O},
    WithdrawNote: {O, T},
}
EXAMPLES = {type(deed): deed for deed in reversed(list(DEEDS.values()))}


def test_the_table_has_every_message_about_a_container() -> None:
    of_containers = {kind for kind in BY_TYPE.values() if issubclass(kind, ContainerMessage)}

    assert MAY_SEND.keys() == of_containers - {*SYSTEM_MESSAGES, *AIR_MESSAGES}
    assert of_containers - {*AIR_MESSAGES} == EXAMPLES.keys()


@each_row("kind", MAY_SEND, ids=lambda kind: kind.__name__)
def test_a_role_may_send_what_the_table_says(kind: type[ContainerMessage]) -> None:
    scene, example = given(released()), EXAMPLES[kind]

    words = {role: scene.when(WHO[role], example).words for role in Role}

    heard = {role for role, said in words.items() if said != ["no: role_not_allowed"]}
    assert heard == set(MAY_SEND[kind])
    assert heard == {role for role in Role if role in roles_for(example, Policy())}


@each_row("kind", MAY_SEND, ids=lambda kind: kind.__name__)
def test_who_is_not_registered_may_send_nothing(kind: type[ContainerMessage]) -> None:
    heard = given(released()).when(UNREGISTERED, EXAMPLES[kind])

    heard.then("no: sender_unknown")


@pytest.mark.parametrize("kind", m.TERMINAL_MESSAGES, ids=lambda kind: kind.__name__)
def test_a_terminal_speaks_for_its_own_quay_only(kind: type[ContainerMessage]) -> None:
    given(released()).when(NEIGHBOUR, EXAMPLES[kind]).then("no: not_the_terminal")


@pytest.mark.parametrize("kind", m.TERMINAL_MESSAGES, ids=lambda kind: kind.__name__)
def test_a_quay_of_the_same_code_in_another_port_is_another(kind: type[ContainerMessage]) -> None:
    there = EXAMPLES[kind].model_copy(update={"port": "FRLEH"})

    given(released()).when(TERMINAL, there).then("no: not_the_terminal")


def test_reports_of_what_happened_are_no_requests() -> None:
    requests = {kind for kind, example in EXAMPLES.items() if is_request(example)}

    assert requests == {*m.AGENT_MESSAGES, *m.CHAIN_MESSAGES, m.ConfirmPickupEnd, *NOTE_MESSAGES}


@each_row("kind", SYSTEM_MESSAGES, ids=lambda kind: kind.__name__)
@each_row("role", list(Role))
def test_nobody_says_what_a_system_says_but_its_gateway(
    kind: type[ContainerMessage], role: Role
) -> None:
    there = EXAMPLES[kind].model_copy(update={"port": "NLRTM"})

    given().when(WHO[role], there).then("no: role_not_allowed")
    assert given().when(PORTBASE, there).words != ["no: role_not_allowed"]


@pytest.mark.parametrize("kind", SYSTEM_MESSAGES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("port", ["BEANR", "FRLEH", "XXNNN"])
def test_a_system_speaks_for_its_own_ports_only(kind: type[ContainerMessage], port: str) -> None:
    elsewhere = EXAMPLES[kind].model_copy(update={"port": port})

    given().when(PORTBASE, elsewhere).then("no: not_the_system")


@each_row("kind", MAY_SEND, ids=lambda kind: kind.__name__)
def test_a_port_that_the_bus_does_not_know_is_asked_nothing(kind: type[ContainerMessage]) -> None:
    elsewhere = EXAMPLES[kind].model_copy(update={"port": "XXNNN"})
    (role, *_) = MAY_SEND[kind]

    heard = given().when(WHO[role], elsewhere)

    # No terminal has a quay in such a port, so of its own gate it is not heard at all.
    asked = is_request(elsewhere) and kind is not m.ConfirmPickupEnd
    assert (heard.words == ["no: port_unknown"]) is asked
