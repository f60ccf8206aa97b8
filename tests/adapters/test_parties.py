"""Whom a fact names: that and no more of the directory is handed to a system."""

import pytest

from adapters.contract import Part
from adapters.parties import (
    ON_BEHALF_OF,
    Unlinked,
    linked,
    operators_of,
    organisations_named,
    port_of,
    quays_named,
)
from schemas.identifiers import Scheme
from schemas.messages import Accept, Modality, PartyRef, Transfer
from schemas.system_messages import ObservedPickup, ObserveRelease
from schemas.value import altered
from tests.adapters.story import (
    AGENT,
    FORWARDER,
    HAULIER,
    OTHER_TERMINAL,
    PARTIES,
    TERMINAL,
    Story,
    a_day,
    facts_by_type,
    to,
)

ACCOUNTS = {"0xab01": to(FORWARDER), "0xab02": to(HAULIER)}
IN_PLACE = PartyRef(scheme=Scheme.EXTERNAL, code="0xab02")
PASSED_ON = Part(
    Transfer(container="CPUU1000010", port="BEANR", release_to=IN_PLACE),
    "1",
    ("odd: $.x",),
    accounts={ON_BEHALF_OF: "0xab01", "release_to": "0xab02"},
)


def test_who_is_called_by_an_account_is_found_where_somebody_is_linked_to_it() -> None:
    there, nobody, elsewhere = (
        PartyRef(scheme=Scheme.EXTERNAL, code=code)
        for code in ("kribi:0xab01", "kribi:0xab99", "douala:0xab01")
    )
    shown = ObserveRelease(
        container="CPUU1000010",
        port="CMKBI",
        terminal="QUAY1",
        agent=there,
        holders=(there, nobody, elsewhere),
        pickup=ObservedPickup(operator=there, modality=Modality.TRUCK),
    )

    found = linked(Part(shown, "1"), ACCOUNTS.get, "kribi")

    assert isinstance(found, Part)
    assert found.message == shown.model_copy(
        update={
            "agent": to(FORWARDER),
            "holders": (to(FORWARDER), nobody, elsewhere),
            "pickup": ObservedPickup(operator=to(FORWARDER), modality=Modality.TRUCK),
        }
    )


def test_a_transfer_names_the_agent_and_both_hands() -> None:
    named = organisations_named(facts_by_type()["transferred"])

    assert named == {AGENT, FORWARDER}


def test_a_gate_out_names_who_picked_up_and_who_reported_it() -> None:
    assert organisations_named(a_day().of("gated_out")) == {AGENT, FORWARDER, HAULIER, TERMINAL}


def test_a_revoked_chain_still_names_those_who_were_in_it() -> None:
    assert organisations_named(facts_by_type()["chain_revoked"]) >= {FORWARDER, HAULIER}


def test_an_update_names_the_old_quay_and_the_new() -> None:
    assert quays_named(facts_by_type()["updated"]) == {("BEANR", "1742"), ("BEANR", "913")}


def test_what_time_did_is_of_the_port_of_the_stay() -> None:
    story = Story()
    story.released()
    expired, *_ = story.wait(days=61)

    of_no_port = altered(expired, port="-")

    assert port_of(of_no_port) == "BEANR"


def test_each_operator_is_named_once() -> None:
    quays = ("1742", "1742", "913", "nowhere")

    assert operators_of(PARTIES, "BEANR", quays) == (TERMINAL, OTHER_TERMINAL)


def test_whom_a_system_names_by_account_is_put_where_the_part_names_them() -> None:
    part = linked(PASSED_ON, ACCOUNTS.get)

    assert part == Part(
        Transfer(container="CPUU1000010", port="BEANR", release_to=to(HAULIER)),
        "1",
        ("odd: $.x",),
        on_behalf_of=to(FORWARDER),
    )


def test_who_speaks_alone_is_put_there_and_the_message_stays() -> None:
    accepted = Part(
        Accept(container="CPUU1000010", port="BEANR"), "2", accounts={ON_BEHALF_OF: "0xab02"}
    )

    part = linked(accepted, ACCOUNTS.get)

    assert isinstance(part, Part)
    assert (part.message, part.on_behalf_of) == (accepted.message, to(HAULIER))


def test_a_part_without_accounts_stays_as_it_is() -> None:
    part = Part(PASSED_ON.message, "3", on_behalf_of=to(FORWARDER))

    assert linked(part, ACCOUNTS.get) == part


@pytest.mark.parametrize("account", ["0xab01", "0xab02"])
def test_a_part_of_which_one_party_is_linked_to_nobody_is_not_to_be_logged(account: str) -> None:
    others = {known: party for known, party in ACCOUNTS.items() if known != account}

    assert linked(PASSED_ON, others.get) == Unlinked(account)
