"""Whom a fact names: that and no more of the directory is handed to a system."""

from adapters.parties import operators_of, organisations_named, port_of, quays_named
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
