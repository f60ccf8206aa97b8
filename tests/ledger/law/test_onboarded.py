"""Who has a step to take is given no right and uses none; what only takes back is always heard."""

from dataclasses import replace

import pytest

from ledger.law.onboarded import receiver_held_back, sender_held_back
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal
from schemas import facts as f
from schemas import messages as m
from schemas.messages import ContainerMessage, Role
from schemas.organisations import Organisation
from schemas.reasons import Reason
from schemas.steps import ENTRY, WALLET, Step
from schemas.system_messages import ObserveRelease
from schemas.value import altered
from tests.ledger.law.actions import DEEDS
from tests.ledger.law.world import (
    AGENT,
    CUSTOMS,
    DIRECTORY,
    FORWARDER,
    HAULIER,
    PORT,
    PORTBASE,
    TERMINAL,
    TO_FORWARDER,
    TO_HAULIER,
    UNFINISHED,
    Scene,
    assign,
    assigned,
    given,
    party,
    release,
    released,
    say,
    transferred,
)
from tests.rows import each_row

EXAMPLES = {type(deed): deed for deed in reversed(list(DEEDS.values()))}
FOUND_THERE = "NLRTM"
"""A port where a system decides."""

# docs/decisions/0018: whose want of a step forbids it to ask for this.
HELD_BACK = {
    m.Release: True,
    m.Update: True,
    m.Block: False,
    m.Unblock: True,
    m.Delete: False,
    m.Revoke: False,
    m.Transfer: True,
    m.Accept: True,
    m.Decline: False,
    m.AssignPickup: True,
    m.UpdatePickup: True,
    m.RevokePickup: False,
    m.SetMeansOfTransport: True,
    m.ConfirmPickupEnd: False,
}
REPORTS = (*m.TERMINAL_MESSAGES, m.ReportCustomsStatus)


def company(*lacks: Step, organisation: str = UNFINISHED) -> Organisation:
    return altered(DIRECTORY.by_id[organisation], lacks=lacks)


def where(scene: Scene, *companies: Organisation) -> Scene:
    """Return the scene with these companies as they are here."""
    directory = scene.directory
    for each in companies:
        directory = directory.joined_by(each, directory.version + 1)
    return replace(scene, directory=directory)


def in_words(refusal: Refusal | None) -> str:
    return "" if refusal is None else f"{refusal.reason} {refusal.detail}"


# --- who asks ------------------------------------------------------------------------------------


def test_the_table_has_every_request() -> None:
    assert HELD_BACK.keys() == {*m.AGENT_MESSAGES, *m.CHAIN_MESSAGES, m.ConfirmPickupEnd}


@each_row("step", [*ENTRY, *WALLET, Step.SUBSCRIPTION, Step.REINSTATEMENT])
@each_row("kind", HELD_BACK, ids=lambda kind: kind.__name__)
def test_who_lacks_a_step_is_told_that_step_by_whatever_would_give_or_use_a_right(
    kind: type[ContainerMessage], step: Step
) -> None:
    told = in_words(sender_held_back(company(step), EXAMPLES[kind]))

    assert told == (f"onboarding_incomplete {step}" if HELD_BACK[kind] else "")


@each_row("kind", HELD_BACK, ids=lambda kind: kind.__name__)
def test_who_lacks_nothing_is_held_back_by_nothing(kind: type[ContainerMessage]) -> None:
    assert sender_held_back(company(), EXAMPLES[kind]) is None


@each_row("kind", HELD_BACK, ids=lambda kind: kind.__name__)
def test_the_law_asks_every_sender_of_a_request_whether_it_may(
    kind: type[ContainerMessage],
) -> None:
    everything = (*Role,)
    stopped = altered(company(Step.BILLING), roles=everything, terminals=quays_of(TERMINAL))
    heard = where(given(released()), stopped).when(UNFINISHED, EXAMPLES[kind])

    assert (heard.words == ["no: onboarding_incomplete"]) is HELD_BACK[kind]
    if HELD_BACK[kind]:
        assert heard.answers[0].fact == f.Refused(
            reason=Reason.ONBOARDING_INCOMPLETE, detail=Step.BILLING
        )


@pytest.mark.parametrize("kind", REPORTS, ids=lambda kind: kind.__name__)
def test_what_happened_is_taken_from_whoever_saw_it(kind: type[ContainerMessage]) -> None:
    """A terminal that is suspended still says that a box has left: nothing physical is refused."""
    said_by = CUSTOMS if kind is m.ReportCustomsStatus else TERMINAL
    stopped = company(Step.BILLING, Step.REINSTATEMENT, organisation=said_by)

    heard = where(given(released(), *TO_HAULIER, assigned()), stopped).when(
        said_by, EXAMPLES[kind]
    )

    assert "no: onboarding_incomplete" not in heard.words


def test_the_step_that_is_named_is_the_next_one_but_a_suspension_before_all() -> None:
    asks = say(m.Accept)

    assert in_words(sender_held_back(company(Step.APPROVAL, Step.CPU_LOGIN), asks)) == (
        "onboarding_incomplete approval"
    )
    stopped = company(Step.APPROVAL, Step.SUBSCRIPTION, Step.REINSTATEMENT)
    assert in_words(sender_held_back(stopped, asks)) == "onboarding_incomplete reinstatement"


@each_row("kind", HELD_BACK, ids=lambda kind: kind.__name__)
def test_where_a_system_decides_it_knows_its_own_parties_and_a_suspension_counts_alone(
    kind: type[ContainerMessage],
) -> None:
    there = EXAMPLES[kind].model_copy(update={"port": FOUND_THERE})

    assert sender_held_back(company(*ENTRY, Step.SUBSCRIPTION), there) is None
    told = in_words(sender_held_back(company(*ENTRY, Step.REINSTATEMENT), there))
    assert told == ("onboarding_incomplete reinstatement" if HELD_BACK[kind] else "")


def test_who_is_suspended_cannot_accept_what_was_sent_to_it_before() -> None:
    scene = given(released(), transferred(AGENT, FORWARDER))
    stopped = company(Step.REINSTATEMENT, organisation=FORWARDER)

    scene = where(scene, stopped).when(FORWARDER, say(m.Accept)).then("no: onboarding_incomplete")

    where(scene, company(organisation=FORWARDER)).when(FORWARDER, say(m.Accept)).then("accepted")


def test_who_is_suspended_cannot_collect_with_a_right_that_it_holds_but_can_give_it_up() -> None:
    held = where(given(released(), *TO_HAULIER), company(Step.REINSTATEMENT, organisation=HAULIER))

    held.when(HAULIER, assign()).then("no: onboarding_incomplete")
    to = say(m.Transfer, release_to=party(FORWARDER))
    held.when(HAULIER, to).then("no: onboarding_incomplete")
    collecting = where(
        given(released(), *TO_HAULIER, assigned()),
        company(Step.REINSTATEMENT, organisation=HAULIER),
    )
    collecting.when(HAULIER, say(m.RevokePickup)).then("pickup_ended: revoked")


def test_who_was_suspended_while_its_request_waited_is_refused_when_it_is_called() -> None:
    scene = given().when(FORWARDER, say(m.Accept, port=FOUND_THERE)).then("waiting")
    scene = where(scene, company(Step.REINSTATEMENT, organisation=FORWARDER))

    heard = scene.when(PORTBASE, EXAMPLES[ObserveRelease].model_copy(update={"port": FOUND_THERE}))

    assert heard.words[-1] == "no: onboarding_incomplete"
    assert heard.scene.file.waiting == ()


# --- who receives --------------------------------------------------------------------------------


@each_row("step", [*ENTRY, *WALLET, Step.SUBSCRIPTION, Step.REINSTATEMENT])
def test_nobody_is_given_a_right_who_lacks_a_step_and_the_step_is_named(step: Step) -> None:
    scene = where(given(released(), *TO_FORWARDER), company(step))
    to = say(m.Transfer, release_to=party(UNFINISHED))

    (answer,) = scene.when(FORWARDER, to).answers

    assert answer.fact == f.Refused(reason=Reason.RECEIVER_ONBOARDING_INCOMPLETE, detail=step)


@each_row("step", [*ENTRY, *WALLET, Step.SUBSCRIPTION, Step.REINSTATEMENT])
def test_nobody_is_nominated_who_lacks_a_step_and_the_release_stands_without(step: Step) -> None:
    heard = where(given(), company(step)).when(AGENT, release(release_to=party(UNFINISHED)))

    opened, refused = heard.answers
    assert opened.fact.type == "released"
    assert refused.fact == f.NominationRefused(
        reason=Reason.RECEIVER_ONBOARDING_INCOMPLETE, detail=step
    )
    assert heard.scene.stay.hops == ()


def test_who_lacks_nothing_is_given_a_right() -> None:
    scene = where(given(released(), *TO_FORWARDER), company())

    scene.when(FORWARDER, say(m.Transfer, release_to=party(UNFINISHED))).then("transferred")


def test_a_receiver_is_told_the_next_step_but_a_suspension_before_all() -> None:
    policy = Policy()

    next_one = receiver_held_back(company(Step.BILLING, Step.CPU_LOGIN), PORT, policy)
    assert in_words(next_one) == "receiver_onboarding_incomplete billing"
    stopped = receiver_held_back(company(Step.BILLING, Step.REINSTATEMENT), PORT, policy)
    assert in_words(stopped) == "receiver_onboarding_incomplete reinstatement"


def test_the_wallet_keeps_nobody_from_receiving_where_the_policy_says_so_but_all_else_does() -> (
    None
):
    policy = replace(Policy(), wallet_before_receiving=False)

    assert receiver_held_back(company(*WALLET), PORT, policy) is None
    for step in (*ENTRY, Step.SUBSCRIPTION, Step.REINSTATEMENT):
        told = receiver_held_back(company(*WALLET, step), PORT, policy)
        assert in_words(told) == f"receiver_onboarding_incomplete {step}"


def test_where_a_system_decides_a_receiver_is_held_back_by_a_suspension_alone() -> None:
    policy = Policy()

    assert receiver_held_back(company(*ENTRY, *WALLET), FOUND_THERE, policy) is None
    stopped = company(*ENTRY, Step.REINSTATEMENT)
    assert in_words(receiver_held_back(stopped, FOUND_THERE, policy)) == (
        "receiver_onboarding_incomplete reinstatement"
    )


def test_a_right_that_comes_back_to_who_lacks_a_step_by_now_comes_back_all_the_same() -> None:
    """A decline gives nobody a new right: the giver holds it still."""
    scene = given(released(), *TO_FORWARDER, transferred(FORWARDER, HAULIER))
    stopped = company(Step.SUBSCRIPTION, organisation=FORWARDER)

    scene = where(scene, stopped).when(HAULIER, say(m.Decline)).then("declined")

    assert scene.stay.holder == FORWARDER


def quays_of(organisation: str) -> tuple[object, ...]:
    return DIRECTORY.by_id[organisation].terminals
