"""By what means the container is to leave (cpu.md §2.6)."""

import pytest

from schemas import facts as f
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import Modality, PartyRef
from tests.ledger.law.states import READY
from tests.ledger.law.world import (
    AGENT,
    ALL_GREEN,
    BARGE,
    FORWARDER,
    HAULIER,
    OTHER_HAULIER,
    QUAY,
    TERMINAL,
    TO_FORWARDER,
    TO_HAULIER,
    accepted,
    assign,
    assigned,
    given,
    party,
    released,
    say,
    transferred,
)

BARGE_VAT = "NL000000001B01"
TO_BARGE = (*TO_FORWARDER, transferred(FORWARDER, BARGE), accepted(FORWARDER, BARGE))
BY_BARGE = (
    released(),
    *TO_BARGE,
    assigned(operator=BARGE, operator_vat=BARGE_VAT, modality=Modality.BARGE, driver=None),
    *ALL_GREEN,
)


def means(modality: Modality) -> m.SetMeansOfTransport:
    return say(m.SetMeansOfTransport, means_of_transport=modality)


def without_driver(modality: Modality) -> m.AssignPickup:
    return assign(modality=modality, driver=None)


def test_what_the_holder_says_stands_on_the_stay_until_it_says_otherwise() -> None:
    scene = given(released(), *TO_HAULIER)
    assert scene.stay.means_of_transport is None

    for said in Modality:
        scene = scene.when(HAULIER, means(said)).then("means_of_transport_set")
        assert scene.stay.means_of_transport is said
        assert scene.stay.leaves_by is said


def test_the_agents_revoke_takes_it_back_with_the_chain() -> None:
    scene = given(released(), *TO_HAULIER).when(HAULIER, means(Modality.RAIL)).scene

    assert scene.when(AGENT, say(m.Revoke)).scene.stay.means_of_transport is None


@pytest.mark.parametrize("said", [Modality.BARGE, Modality.RAIL])
def test_a_pickup_whose_body_does_not_say_goes_by_the_means_that_were_set(said: Modality) -> None:
    scene = given(released(), *TO_BARGE).when(BARGE, means(said)).scene

    scene = scene.when(BARGE, without_driver(Modality.UNKNOWN)).then("pickup_assigned")

    assert scene.stay.pickup is not None
    assert scene.stay.pickup.modality is said


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (None, "no: modality_unknown"),
        (Modality.UNKNOWN, "no: modality_unknown"),
        (Modality.TRUCK, "no: driver_missing"),
    ],
)
def test_a_pickup_by_nobody_knows_what_is_refused(said: Modality | None, answer: str) -> None:
    scene = given(released(), *TO_BARGE)
    if said is not None:
        scene = scene.when(BARGE, means(said)).scene

    scene.when(BARGE, without_driver(Modality.UNKNOWN)).then(answer)


def test_a_pickup_by_other_means_than_were_set_is_told() -> None:
    scene = given(released(), *TO_BARGE).when(BARGE, means(Modality.RAIL)).scene

    heard = scene.when(BARGE, without_driver(Modality.BARGE))

    scene = heard.then("pickup_assigned", "finding: transport_differs")
    assert scene.stay.leaves_by is Modality.BARGE
    strict = scene.under(transport_binds_pickup=True).when(BARGE, say(m.RevokePickup)).scene
    strict.when(BARGE, without_driver(Modality.BARGE)).then("no: transport_differs")


@pytest.mark.parametrize(
    ("who", "by", "findings"),
    [
        (party(BARGE), Modality.BARGE, []),
        (PartyRef(scheme=Scheme.VAT, code=BARGE_VAT), Modality.BARGE, []),
        (None, Modality.BARGE, []),
        (None, Modality.UNKNOWN, []),
        (None, Modality.RAIL, ["finding: transport_differs"]),
        (party(OTHER_HAULIER), Modality.RAIL, ["finding: left_by_another"]),
        (PartyRef(scheme=Scheme.VAT, code="DE1"), Modality.BARGE, ["finding: left_by_another"]),
    ],
)
def test_by_barge_the_vat_of_who_came_is_compared(
    who: PartyRef | None, by: Modality, findings: list[str]
) -> None:
    left = say(m.ReportGateOut, terminal=QUAY, picked_up_by=who, modality=by)

    given(*BY_BARGE).when(TERMINAL, left).then("gated_out", "pickup_ended: picked_up", *findings)


def test_whose_vat_it_is_stands_in_the_leaving() -> None:
    left = say(
        m.ReportGateOut, terminal=QUAY, picked_up_by=PartyRef(scheme=Scheme.VAT, code=BARGE_VAT)
    )

    fact = given(*BY_BARGE).when(TERMINAL, left).answers[0].fact

    assert isinstance(fact, f.GatedOut)
    assert fact.picked_up_by == BARGE


def test_a_truck_with_a_driver_and_a_barge_without() -> None:
    scene = given(released(), *TO_BARGE)

    scene.when(BARGE, without_driver(Modality.TRUCK)).then("no: driver_missing")
    for modality in (Modality.BARGE, Modality.RAIL):
        scene.when(BARGE, assign(modality=modality)).then("no: driver_not_expected")
        right = scene.when(BARGE, without_driver(modality)).then("pickup_assigned").stay.pickup
        assert right is not None
        assert (right.operator_vat, right.driver) == (BARGE_VAT, None)


def test_who_has_no_vat_number_assigns_neither_barge_nor_rail() -> None:
    to_other = (transferred(FORWARDER, OTHER_HAULIER), accepted(FORWARDER, OTHER_HAULIER))
    scene = given(released(), *TO_FORWARDER, *to_other)

    for modality in (Modality.BARGE, Modality.RAIL):
        scene.when(OTHER_HAULIER, without_driver(modality)).then("no: operator_vat_missing")
    scene.when(OTHER_HAULIER, assign()).then("pickup_assigned")


def test_a_truck_right_that_left_by_truck_is_no_news() -> None:
    left = say(m.ReportGateOut, terminal=QUAY, modality=Modality.TRUCK)

    given(*READY).when(TERMINAL, left).then("gated_out", "pickup_ended: picked_up")
