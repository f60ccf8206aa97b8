"""What a system shows of a release: it opens, overwrites, and unsays nothing that happened."""

from datetime import timedelta

import pytest

from ledger.law.evolve import evolve
from ledger.law.observed import as_it_stands
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import Modality, PartyRef
from schemas.observed import ObservedStatus
from schemas.stay import Hop
from tests.ledger.law.states import READY
from tests.ledger.law.system_world import (
    GREEN,
    RELEASED,
    REQUESTS,
    carried,
    held,
    later,
    shows,
    there,
)
from tests.ledger.law.world import (
    AGENT,
    BARGE,
    FORWARDER,
    HAULIER,
    NOW,
    PORTBASE,
    QUAY,
    TERMINAL,
    THE_NUMBER,
    given,
    party,
    stay_after,
)

STRANGER = PartyRef(scheme=Scheme.VAT, code="NL009999999B99")
BY_HAULIER = {"operator": party(HAULIER), "modality": Modality.TRUCK}


def test_it_opens_a_stay_where_none_is() -> None:
    stay = held().stay

    assert (stay.port, stay.authority, stay.agent) == ("NLRTM", "system", AGENT)
    assert stay.hops == (Hop(AGENT, FORWARDER, accepted=True),)
    assert stay.confirmed_at == stay.observed_as_of == NOW - timedelta(hours=1)
    assert stay.first_release_party == FORWARDER


def test_a_light_alone_opens_a_stay_whose_right_nobody_has_confirmed() -> None:
    heard = shows(given(), **GREEN, pickup=BY_HAULIER)

    assert heard.scene.stay.confirmed_at is None
    assert heard.answers[-1].missing == ("right_not_confirmed",)


def test_what_is_left_out_stands_as_it_did() -> None:
    before = carried()

    after = shows(before, status=ObservedStatus.BLOCKED).scene.stay

    assert after.hops == before.stay.hops
    assert (after.status, after.expires_at) == ("blocked", before.stay.expires_at)


def test_a_right_that_moved_is_overwritten_hop_by_hop() -> None:
    scene = shows(held(), holders=(party(FORWARDER), party(BARGE)), offered_to=party(HAULIER))

    assert scene.scene.stay.hops == (
        Hop(AGENT, FORWARDER, accepted=True),
        Hop(FORWARDER, BARGE, accepted=True),
        Hop(BARGE, HAULIER),
    )


def test_a_right_of_a_port_of_the_ledger_can_be_moved_by_what_another_shows() -> None:
    """SCR moves rights in Antwerp: the fact is there for it, the door is opened with SCR."""
    antwerp = stay_after(READY)
    moved = (*antwerp.hops, Hop(HAULIER, BARGE, accepted=True))

    after = evolve(antwerp, as_it_stands(antwerp, "scr", hops=moved))

    assert after.accepted_holder == BARGE
    assert after.authority == "ledger"


@pytest.mark.parametrize("holders", [(STRANGER,), (party(FORWARDER), STRANGER)])
def test_a_holder_who_is_not_of_the_bus_is_a_finding_and_nobody_here_holds_it(
    holders: tuple[PartyRef, ...],
) -> None:
    heard = shows(held(), holders=holders)

    assert heard.words == ["release_observed", "finding: party_not_registered"]
    assert heard.scene.stay.hops == ()
    assert STRANGER.code not in str(heard.answers[-1].fact)


def test_a_stranger_in_the_middle_of_a_chain_is_passed_over() -> None:
    heard = shows(held(), holders=(party(FORWARDER), STRANGER, party(HAULIER)))

    assert heard.scene.stay.accepted_holder == HAULIER


def test_the_same_pickup_shown_again_is_the_same_right() -> None:
    first = shows(carried(), pickup=BY_HAULIER).then("release_observed", "pickup_assigned")

    again = shows(first, pickup=BY_HAULIER).then("release_observed")

    assert again.stay.pickup == first.stay.pickup


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        ({"no_pickup": True}, "revoked"),
        ({"status": ObservedStatus.DELETED}, "release_deleted"),
        ({"terminal": "RWG"}, "terminal_changed"),
        ({"status": ObservedStatus.EXPIRED}, "release_expired"),
        ({"expires_at": NOW - timedelta(hours=1)}, "release_expired"),
        ({"holders": (party(FORWARDER), party(BARGE))}, "revoked"),
        ({"holders": ()}, "revoked"),
        ({"offered_to": party(BARGE)}, "revoked"),
    ],
)
def test_a_pickup_ends_with_what_the_system_shows(shown: dict[str, object], why: str) -> None:
    scene = shows(carried(), pickup=BY_HAULIER).scene

    heard = shows(scene, **shown)

    assert heard.words[0] == f"pickup_ended: {why}"
    assert heard.scene.stay.pickup is None
    assert heard.answers[-1].missing


def test_the_quay_that_a_shown_release_left_is_waited_for() -> None:
    scene = shows(carried(), pickup=BY_HAULIER).scene

    heard = shows(scene, terminal="RWG", pickup=BY_HAULIER)

    assert heard.words[:3] == [
        "pickup_ended: terminal_changed", "release_observed", "pickup_assigned"
    ]  # fmt: skip
    assert "previous_quay_not_confirmed" in heard.answers[-1].missing


def test_another_operator_ends_one_right_and_makes_another() -> None:
    scene = shows(carried(), pickup=BY_HAULIER).scene

    heard = shows(scene, pickup={"operator": party(BARGE), "modality": Modality.BARGE})

    assert heard.words == ["pickup_ended: revoked", "release_observed", "pickup_assigned"]
    assert heard.scene.stay.pickup is not None
    assert heard.scene.stay.pickup.operator == BARGE


def test_a_pickup_stands_where_the_same_chain_is_shown_again() -> None:
    scene = shows(carried(), pickup=BY_HAULIER).scene

    shows(scene, holders=(party(FORWARDER), party(HAULIER))).then("release_observed")


def test_whom_the_system_names_collects_though_another_holds_it() -> None:
    heard = shows(carried(), pickup={"operator": party(BARGE), "modality": Modality.BARGE})

    assert heard.answers[-1].missing == ()


def test_a_pickup_of_our_own_that_is_shown_beside_another_holder_is_the_systems_from_then_on() -> (
    None
):
    scene, _ = REQUESTS["assigned"]

    heard = shows(scene, holders=(party(FORWARDER), party(BARGE)), pickup=BY_HAULIER)

    assert heard.words == ["pickup_ended: replaced", "release_observed", "pickup_assigned"]
    assert heard.answers[-1].missing == ()


@pytest.mark.parametrize(
    "shown",
    [{"status": ObservedStatus.EXPIRED}, {"expires_at": NOW - timedelta(hours=1)}],
)
def test_no_pickup_is_made_on_a_release_that_is_over(shown: dict[str, object]) -> None:
    shows(carried(), pickup=BY_HAULIER, **shown).then("release_observed")


def test_a_pickup_whose_own_date_has_passed_is_not_made() -> None:
    past = {**BY_HAULIER, "expires_at": NOW - timedelta(hours=1)}

    shows(carried(), pickup=past).then("release_observed")


LATER = {"status": RELEASED, "expires_at": NOW + timedelta(days=60)}


def test_a_pickup_does_not_come_back_with_a_release_that_had_expired() -> None:
    scene, _ = REQUESTS["assigned"]
    expired = shows(scene, status=ObservedStatus.EXPIRED).scene

    heard = shows(expired, **LATER)

    assert heard.answers[-1].missing == ("no_pickup_assigned",)


@pytest.mark.parametrize("ticked", [True, False])
def test_a_pickup_does_not_come_back_when_its_date_had_passed(*, ticked: bool) -> None:
    scene, _ = REQUESTS["assigned"]
    late = scene.when_time_passes(days=21).scene if ticked else later(scene, days=21)
    if ticked:
        assert late.stay.status == "released"

    heard = shows(late, **LATER)

    assert heard.scene.stay.pickup is None
    assert heard.answers[-1].missing == ("no_pickup_assigned",)


def test_a_late_word_after_the_date_ends_the_pickup_and_confirms_as_before() -> None:
    late = later(shows(carried(), pickup=BY_HAULIER).scene, days=21)

    heard = shows(late, status=RELEASED, confirmed_at=NOW - timedelta(hours=2))

    assert heard.words == ["pickup_ended: release_expired", "finding: stale_observation"]


def test_a_new_quay_does_not_take_over_what_the_old_one_reported() -> None:
    heard = shows(carried(), terminal="RWG")

    assert heard.words == ["release_observed", "finding: observed_otherwise"]
    assert not heard.scene.stay.discharged


def test_that_a_box_was_discharged_is_not_unsaid() -> None:
    heard = shows(carried(), discharged=False)

    assert heard.words == ["release_observed", "finding: observed_otherwise"]
    assert heard.scene.stay.discharged


def test_what_left_is_not_brought_back_by_a_late_word() -> None:
    gone = carried().when(TERMINAL, there(m.ReportGateOut, terminal=QUAY)).scene

    heard = shows(gone, status=RELEASED)

    assert heard.words == ["release_observed"]
    assert [stay.status for stay in heard.scene.file.stays] == ["gated_out"]


def test_another_cargo_in_the_same_box_is_another_stay() -> None:
    gone = carried().when(TERMINAL, there(m.ReportGateOut, terminal=QUAY)).scene

    heard = shows(gone, status=RELEASED, bills_of_lading=("BL2",))

    assert heard.words == ["released", "release_observed"]
    assert len(heard.scene.file.stays) == 2


def test_a_withdrawn_release_that_is_shown_again_is_the_same() -> None:
    withdrawn = shows(carried(), status=ObservedStatus.DELETED).scene

    after = shows(withdrawn, status=RELEASED).scene

    assert [stay.status for stay in after.file.stays] == ["released"]
    assert after.stay.hops == ()


def test_what_fits_two_releases_holds_both_until_the_system_says_which() -> None:
    two = shows(held(), status=RELEASED, bills_of_lading=("BL2",), release_identification="R2")
    assert len(two.scene.file.stays) == 2

    heard = shows(two.scene, status=ObservedStatus.BLOCKED, bills_of_lading=())

    assert heard.words == [
        "finding: unplaced_observation", "confirmation_lost", "confirmation_lost"
    ]  # fmt: skip
    named = shows(heard.scene, status=RELEASED, release_identification=THE_NUMBER)
    assert [stay.confirmed_at is None for stay in named.scene.file.stays] == [False, True]


def test_a_late_word_that_says_the_same_leaves_the_right_confirmed() -> None:
    heard = shows(held(), status=RELEASED, confirmed_at=NOW - timedelta(hours=2))

    assert heard.words == ["finding: stale_observation"]
    assert heard.scene.stay.confirmed_at is not None


def test_dates_that_cannot_be_meant_change_nothing_and_are_told() -> None:
    before = held()
    absurd = NOW.replace(year=1999)

    heard = shows(
        before, valid_from=absurd, expires_at=absurd, confirmed_at=NOW + timedelta(hours=1)
    )

    assert heard.words == ["release_observed", *["finding: absurd_time"] * 3]
    assert heard.scene.stay.expires_at == before.stay.expires_at
    assert heard.scene.stay.observed_as_of == NOW


def test_the_gateway_stands_for_an_agent_that_is_not_told() -> None:
    assert shows(given(), status=RELEASED).scene.stay.agent == PORTBASE
