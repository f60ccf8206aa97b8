"""Two people suspend an organisation and reinstate it, and nobody does it alone."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ledger.directory.answer import answer
from ledger.directory.directory import Directory, directory_of
from ledger.directory.onboarding import Known
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal, Ruling
from producers.signing import new_message_key
from schemas import override_messages as o
from schemas.facts import OrganisationRegistered
from schemas.key_facts import KeyRevoked
from schemas.key_messages import RegisterKey
from schemas.keys import Key
from schemas.messages import OrganisationMessage, Role
from schemas.onboarding_facts import Onboarding, OnboardingMoved, Progress
from schemas.organisations import Organisation
from schemas.override_facts import Overridden
from schemas.overrides import Intent, NotAgreed, Override, digest_of
from schemas.reasons import Reason
from schemas.steps import Step
from schemas.value import altered
from tests.people import (
    ADA,
    ADAS_OTHER,
    BEN,
    OPERATOR,
    SYSTEM,
    Signer,
    both_sign,
    id_of,
    overseer,
)
from tests.rows import each_row
from tests.schemas.samples import NOW

COMPANY, OTHER = "NXT21000000002", "NXT21000000003"
STANDS = Organisation(COMPANY, 4, "Demo", (Role.TRANSPORT_OPERATOR,))
STOPPED = altered(STANDS, lacks=(Step.REINSTATEMENT,))
SUSPENDED = Onboarding(organisation=COMPANY, suspended=True)
Kind = type[o.SuspendOrganisation] | type[o.ReinstateOrganisation]
SUSPEND, REINSTATE = o.SuspendOrganisation, o.ReinstateOrganisation
OVERRIDES: dict[Kind, Override] = {
    SUSPEND: Override.SUSPEND_ORGANISATION,
    REINSTATE: Override.REINSTATE_ORGANISATION,
}


def directory(company: Organisation = STANDS) -> Directory:
    return directory_of((company, overseer(ADA, BEN, ADAS_OTHER, SYSTEM)), 7)


def asked(
    kind: Kind,
    people: tuple[Signer, Signer] = (ADA, BEN),
    reason: str = "stolen codes",
    **changed: Any,
) -> tuple[OrganisationMessage, str]:
    """The message as two people signed it, and its id; afterwards *changed*."""
    both = both_sign(OVERRIDES[kind], COMPANY, reason, NOW, people)
    message = kind(organisation=COMPANY, reason=reason, **both)
    return message.model_copy(update=changed), id_of(both)


def ruled(
    said: tuple[OrganisationMessage, str],
    company: Organisation = STANDS,
    standing: Onboarding | None = None,
    **known: Any,
) -> Ruling:
    message, message_id = said
    policy = Policy(overrides_by=OPERATOR)
    values = {"policy": policy, "now": NOW, "message_id": message_id, **known}
    return answer(message, Known(directory=directory(company), standing=standing, **values))


def test_two_people_suspend_and_what_it_lacks_is_a_reinstatement() -> None:
    ruling = ruled(asked(SUSPEND))

    assert not isinstance(ruling, Refusal)
    agreed, moved, stands = ruling
    assert isinstance(agreed, Overridden)
    assert (agreed.override, agreed.subject) == (Override.SUSPEND_ORGANISATION, COMPANY)
    assert (agreed.proposed_by, agreed.confirmed_by) == ("ada", "ben")
    assert isinstance(moved, OnboardingMoved)
    assert (moved.progress, moved.reason) == (Progress.SUSPENDED, "stolen codes")
    assert moved.standing.suspended
    assert isinstance(stands, OrganisationRegistered)
    assert stands.organisation.lacks == (Step.REINSTATEMENT,)
    assert directory(stands.organisation).suspended == {COMPANY}


def test_two_people_reinstate_and_it_stands_as_it_had_come() -> None:
    ruling = ruled(asked(REINSTATE), STOPPED, SUSPENDED)

    assert not isinstance(ruling, Refusal)
    agreed, moved, stands = ruling
    assert isinstance(agreed, Overridden)
    assert isinstance(moved, OnboardingMoved)
    assert moved.progress is Progress.REINSTATED
    assert isinstance(stands, OrganisationRegistered)
    # How far it was is kept by its standing alone: this one had taken no step.
    assert Step.REINSTATEMENT not in stands.organisation.lacks
    assert directory(stands.organisation).suspended == set()


def test_a_directory_that_grows_knows_who_is_suspended() -> None:
    suspended = directory_of((), 0).joined_by(STOPPED, 1)

    assert suspended.suspended == {COMPANY}
    assert suspended.joined_by(overseer(), 2).suspended == {COMPANY}
    assert suspended.joined_by(STANDS, 2).suspended == set()


@each_row(
    ("said", "standing", "reason", "detail"),
    [
        (asked(SUSPEND, organisation=OTHER), None, Reason.ORGANISATION_UNKNOWN, OTHER),
        (asked(SUSPEND), SUSPENDED, Reason.STEP_NOT_AWAITED, "suspended"),
        (asked(REINSTATE), None, Reason.STEP_NOT_AWAITED, "reinstatement"),
        (asked(SUSPEND, (ADA, ADA)), None, Reason.FOUR_EYES_NEEDED, "same_person"),
        (asked(SUSPEND, (ADA, ADAS_OTHER)), None, Reason.FOUR_EYES_NEEDED, "same_person"),
        (asked(SUSPEND, (ADA, SYSTEM)), None, Reason.FOUR_EYES_NEEDED, "not_a_persons_key"),
        (
            (*asked(SUSPEND, reason="x")[:1], "y"),
            None,
            Reason.FOUR_EYES_NEEDED,
            "another_message",
        ),
        (asked(SUSPEND, reason="x"), None, None, ""),
        (
            (asked(SUSPEND)[0].model_copy(update={"reason": "x"}), ""),
            None,
            Reason.FOUR_EYES_NEEDED,
            "another_override",
        ),
        (asked(SUSPEND, proposal=None), None, Reason.FOUR_EYES_NEEDED, "unreadable"),
        (asked(SUSPEND, confirmation=None), None, Reason.FOUR_EYES_NEEDED, "unreadable"),
    ],
)
def test_what_is_refused_and_why(
    said: tuple[OrganisationMessage, str],
    standing: Onboarding | None,
    reason: Reason | None,
    detail: str,
) -> None:
    ruling = ruled(said, standing=standing)

    found = (ruling.reason, ruling.detail) if isinstance(ruling, Refusal) else (None, "")
    assert found == (reason, detail)


def test_what_was_signed_to_suspend_does_not_reinstate() -> None:
    message, message_id = asked(SUSPEND)
    turned = o.ReinstateOrganisation.model_validate(message.model_dump())

    ruling = ruled((turned, message_id), STOPPED, SUSPENDED)

    assert ruling == Refusal(Reason.FOUR_EYES_NEEDED, NotAgreed.ANOTHER_OVERRIDE)


@pytest.mark.parametrize("minutes", [-1, 16])
def test_it_is_refused_before_its_time_and_after_it(minutes: int) -> None:
    ruling = ruled(asked(SUSPEND), now=NOW + timedelta(minutes=minutes))

    assert isinstance(ruling, Refusal)
    assert ruling.reason is Reason.FOUR_EYES_NEEDED


def test_where_nobody_is_named_not_even_two_people_suspend() -> None:
    ruling = ruled(asked(SUSPEND), policy=Policy())

    assert ruling == Refusal(Reason.FOUR_EYES_NEEDED, NotAgreed.NOBODY_NAMED)


# --- keys ---------------------------------------------------------------------------------------

SYSTEMS, NEW, PERSONS = new_message_key(), new_message_key(), new_message_key()
KEYED = altered(
    STANDS,
    keys=(
        Key(SYSTEMS.key_id, SYSTEMS.public_key, NOW),
        Key(PERSONS.key_id, PERSONS.public_key, NOW, "P-7"),
    ),
)
ENDS: dict[str, Any] = {"key_id": SYSTEMS.key_id}
FOLLOWS: dict[str, Any] = {"public_key": NEW.public_key, "proof": NEW.possession(COMPANY)}


def change(
    people: tuple[Signer, Signer] = (ADA, BEN),
    after: dict[str, Any] | None = None,
    **values: Any,
) -> Ruling:
    """What a change of keys comes to that two people signed, and *after* that was altered."""
    asked = o.ChangeKey(organisation=COMPANY, reason="lost", **values)
    both = both_sign(Override.CHANGE_KEY, COMPANY, o.detail_of(asked), NOW, people)
    message = asked.model_copy(update=both | (after or {}))
    return ruled((message, id_of(both)), KEYED)


def told(ruling: Ruling) -> list[str] | str:
    if isinstance(ruling, Refusal):
        return f"{ruling.reason} {ruling.detail}".rstrip()
    return [fact.type for fact in ruling]


def keys_after(ruling: Ruling) -> dict[str, bool]:
    """Which keys it has, and whether each still signs."""
    assert not isinstance(ruling, Refusal)
    *_, stands = ruling
    assert isinstance(stands, OrganisationRegistered)
    return {key.id: not key.revoked_by(NOW) for key in stands.organisation.keys}


def test_two_people_replace_a_key() -> None:
    ruling = change(**ENDS, **FOLLOWS)

    registered = "organisation_registered"
    assert told(ruling) == ["overridden", "key_revoked", "key_registered", registered]
    assert keys_after(ruling) == {SYSTEMS.key_id: False, PERSONS.key_id: True, NEW.key_id: True}
    assert not isinstance(ruling, Refusal)
    assert isinstance(ruling[0], Overridden)
    detail = f"revoke {SYSTEMS.key_id}, register {NEW.key_id}: lost"
    assert (ruling[0].subject, ruling[0].detail) == (COMPANY, detail)


def test_two_people_end_a_key_or_bring_one() -> None:
    since = NOW - timedelta(hours=3)
    assert keys_after(change(**ENDS))[SYSTEMS.key_id] is False
    assert keys_after(change(key_id=PERSONS.key_id))[PERSONS.key_id] is False
    assert keys_after(change(**FOLLOWS)) == {
        SYSTEMS.key_id: True,
        PERSONS.key_id: True,
        NEW.key_id: True,
    }
    revoked = change(**ENDS, effective_at=since)
    assert not isinstance(revoked, Refusal)
    assert isinstance(revoked[1], KeyRevoked)
    assert (revoked[1].key.revoked_at, revoked[1].reason) == (since, "lost")


OTHER_KEY: dict[str, Any] = {
    "public_key": SYSTEMS.public_key,
    "proof": SYSTEMS.possession(COMPANY),
}


@each_row(
    ("ruling", "why"),
    [
        (change((ADA, ADA), **ENDS), "four_eyes_needed same_person"),
        (change(**ENDS, after={"key_id": PERSONS.key_id}), "four_eyes_needed another_override"),
        (change(**ENDS, after={"effective_at": NOW}), "four_eyes_needed another_override"),
        (change(**ENDS, after={"reason": ""}), "four_eyes_needed another_override"),
        (change(**ENDS, after=FOLLOWS), "four_eyes_needed another_override"),
        (change(**ENDS, **FOLLOWS, after={"key_id": None}), "four_eyes_needed another_override"),
        (change(key_id=PERSONS.key_id, **FOLLOWS), f"key_of_a_person {PERSONS.key_id}"),
        (change(key_id=NEW.key_id), f"key_unknown {NEW.key_id}"),
        (change(), "key_unknown"),
        (change(public_key=NEW.public_key), f"key_not_held {NEW.key_id}"),
        (change(**FOLLOWS | {"proof": NEW.possession(OTHER)}), f"key_not_held {NEW.key_id}"),
        (change(**OTHER_KEY), f"key_taken {SYSTEMS.key_id}"),
        (change(**ENDS, **OTHER_KEY), f"key_taken {SYSTEMS.key_id}"),
    ],
    ids=range(13),  # the keys are new ones
)
def test_what_changes_no_key_and_why(ruling: Ruling, why: str) -> None:
    assert told(ruling) == why


def test_a_key_in_another_spelling_is_no_key() -> None:
    """Its spare bits: the law would stop at it, and every shard with it."""
    spelt = NEW.public_key[:-1] + chr(ord(NEW.public_key[-1]) + 1)
    for kind in (o.ChangeKey, RegisterKey):
        with pytest.raises(ValidationError):
            kind(organisation=COMPANY, public_key=spelt, proof=NEW.possession(COMPANY))


ONE_PERSONS = st.sampled_from([ADA, ADAS_OTHER])
INTENTS = st.builds(
    Intent,
    st.sampled_from(Override),
    st.sampled_from([COMPANY, OTHER]),
    st.sampled_from(["", "x", f"revoke {SYSTEMS.key_id}"]),
    st.integers(-20, 5).map(lambda minutes: NOW + timedelta(minutes=minutes)),
)


@given(
    kinds=st.lists(st.sampled_from([SUSPEND, REINSTATE, o.ChangeKey]), min_size=1, max_size=4),
    words=st.lists(st.tuples(ONE_PERSONS, INTENTS), min_size=1, max_size=6),
    data=st.data(),
)
def test_whatever_one_person_signs_in_whatever_order_nothing_comes_of_it(
    kinds: Sequence[Kind | type[o.ChangeKey]],
    words: Sequence[tuple[Signer, Intent]],
    data: st.DataObject,
) -> None:
    """Each word may confirm one before it, and any two are handed on for anything."""
    said: list[str] = []
    for signer, intent in words:
        confirms = data.draw(
            st.none() | st.sampled_from(said).map(digest_of) if said else st.none()
        )
        said.append(signer.sign(altered(intent, confirms=confirms)))
    for kind in kinds:
        first, second = data.draw(st.sampled_from(said)), data.draw(st.sampled_from(said))
        detail = data.draw(st.sampled_from(["", "x"]))
        changes = ENDS if kind is o.ChangeKey else {}
        signed = {"proposal": first, "confirmation": second}
        message = kind.model_validate(
            {"organisation": COMPANY, "reason": detail} | changes | signed
        )
        reinstated = (altered(KEYED, lacks=STOPPED.lacks), SUSPENDED)
        company, standing = reinstated if kind is REINSTATE else (KEYED, None)

        ruling = ruled((message, digest_of(first)), company, standing)

        assert isinstance(ruling, Refusal)
        assert ruling.reason is Reason.FOUR_EYES_NEEDED
