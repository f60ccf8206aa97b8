"""How the release right passes from hand to hand."""

import pytest

from schemas import messages as m
from schemas.facts import Refused
from schemas.identifiers import Scheme
from schemas.messages import PartyRef
from schemas.reasons import Missing, Reason
from tests.ledger.law.world import (
    AGENT,
    AGENT_AND_HAULIER,
    BARGE,
    FORWARDER,
    HAULIER,
    OTHER_HAULIER,
    SHARED_VAT,
    TO_FORWARDER,
    TO_HAULIER,
    accepted,
    given,
    party,
    release,
    released,
    say,
    transferred,
)

TO_HAULIER_AND_BACK = (
    *TO_HAULIER,
    transferred(HAULIER, FORWARDER),
    accepted(HAULIER, FORWARDER),
)


def to(organisation: str) -> m.Transfer:
    return say(m.Transfer, release_to=party(organisation))


def test_the_giver_holds_the_right_until_the_receiver_accepts() -> None:
    scene = given(released(), *TO_FORWARDER).when(FORWARDER, to(HAULIER)).then("transferred")
    assert scene.stay.holder == FORWARDER

    assert scene.when(HAULIER, say(m.Accept)).scene.stay.holder == HAULIER
    assert scene.when(HAULIER, say(m.Decline)).scene.stay.holder == FORWARDER
    assert scene.when(FORWARDER, say(m.Revoke)).scene.stay.holder == FORWARDER


def test_what_was_declined_or_taken_back_can_be_given_to_another() -> None:
    scene = given(released(), *TO_FORWARDER).when(FORWARDER, to(HAULIER)).scene

    for sender, answer in ((HAULIER, m.Decline), (FORWARDER, m.Revoke)):
        scene.when(sender, say(answer)).scene.when(FORWARDER, to(BARGE)).then("transferred")


def test_a_declined_right_cannot_be_accepted_after_all() -> None:
    scene = given(released(), *TO_FORWARDER).when(FORWARDER, to(HAULIER)).scene
    scene = scene.when(HAULIER, say(m.Decline)).then("declined")

    scene.when(HAULIER, say(m.Accept)).then("no: no_transfer_pending")


def test_an_accepted_transfer_is_undone_by_giving_the_right_back() -> None:
    scene = given(released(), *TO_HAULIER_AND_BACK)

    assert scene.stay.holder == FORWARDER
    scene.when(FORWARDER, say(m.Revoke)).then("no: nothing_to_revoke")
    scene.when(HAULIER, say(m.Revoke)).then("no: transfer_already_accepted")


def test_the_first_release_party_stays_the_first_wherever_the_right_goes() -> None:
    assert given(released(), *TO_HAULIER_AND_BACK).stay.first_release_party == FORWARDER


def test_who_declined_does_not_pay() -> None:
    scene = given(released(), transferred(AGENT, FORWARDER))
    scene = scene.when(FORWARDER, say(m.Decline)).scene.when(AGENT, to(HAULIER)).scene

    assert scene.when(HAULIER, say(m.Accept)).scene.stay.first_release_party == HAULIER


@pytest.mark.parametrize(
    ("release_to", "reason"),
    [
        (PartyRef(scheme=Scheme.VAT, code="BE9999999999"), "receiver_unknown"),
        (PartyRef(scheme=Scheme.VAT, code=SHARED_VAT), "receiver_ambiguous"),
        (party(AGENT), "receiver_role_not_allowed"),
        (party(FORWARDER), "receiver_is_holder"),
    ],
)
def test_a_transfer_needs_one_receiver_that_can_hold_the_right(
    release_to: PartyRef, reason: str
) -> None:
    scene = given(released(), *TO_FORWARDER)

    scene.when(FORWARDER, say(m.Transfer, release_to=release_to)).then(f"no: {reason}")


def test_a_receiver_is_found_by_its_vat_number() -> None:
    by_vat = PartyRef(scheme=Scheme.VAT, code="NL000000001B01")
    scene = given(released(), *TO_FORWARDER)

    scene = scene.when(FORWARDER, say(m.Transfer, release_to=by_vat)).scene

    assert scene.stay.pending is not None
    assert scene.stay.pending.receiver == BARGE


def test_an_agent_does_not_nominate_itself() -> None:
    itself = release(release_to=party(AGENT_AND_HAULIER))

    given().when(AGENT_AND_HAULIER, itself).then(
        "released", "nomination_refused: receiver_is_holder"
    )


def test_a_right_given_back_to_the_agent_is_held_by_it() -> None:
    scene = given(
        released(agent=AGENT_AND_HAULIER),
        transferred(AGENT_AND_HAULIER, OTHER_HAULIER),
        accepted(AGENT_AND_HAULIER, OTHER_HAULIER),
        transferred(OTHER_HAULIER, AGENT_AND_HAULIER),
    )

    heard = scene.when(AGENT_AND_HAULIER, say(m.Accept))

    assert heard.words == ["accepted"]
    assert Missing.NO_HOLDER not in heard.answers[0].missing


def test_a_disputed_right_may_still_pass() -> None:
    scene = given(released(), *TO_FORWARDER)
    scene = scene.when("NXT21000000002", release(release_identification="RIVAL1")).scene
    assert scene.stay.disputed

    scene.when(FORWARDER, to(HAULIER)).then("transferred")


def test_who_has_no_part_in_a_release_is_told_no_detail_of_it() -> None:
    scene = given(released(), transferred(AGENT, FORWARDER)).later(days=58)

    (outsider,) = scene.when(OTHER_HAULIER, say(m.Accept)).answers
    (insider,) = scene.when(FORWARDER, say(m.Accept)).answers

    assert isinstance(outsider.fact, Refused)
    assert isinstance(insider.fact, Refused)
    assert outsider.fact.reason is insider.fact.reason is Reason.RELEASE_EXPIRED
    assert (outsider.fact.detail, bool(insider.fact.detail)) == ("", True)
