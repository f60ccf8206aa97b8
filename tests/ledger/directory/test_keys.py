"""Who may change keys and gateways, and that no key comes back, moves on, or is taken first."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.directory.directory import Directory, directory_of
from ledger.directory.keys import MOST_KEYS, change_keys
from ledger.directory.onboarding import Known
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal
from producers.signing import MessageKey, new_message_key
from schemas import key_messages as k
from schemas.facts import OrganisationRegistered
from schemas.key_facts import GatewayAppointed, GatewayDismissed, KeyRegistered, KeyRevoked
from schemas.keys import Gateway, Key
from schemas.messages import OrganisationMessage, Role
from schemas.organisations import Organisation
from schemas.reasons import Reason
from schemas.value import altered
from tests.rows import each_row
from tests.schemas.samples import NOW

COMPANY, OTHER, DOOR = "NXT21000000002", "NXT21000000003", "NXT21000000009"
REGISTER = "register"
HOUR = timedelta(hours=1)
SYSTEMS, PERSONS, NEW, OTHERS = (new_message_key() for _ in range(4))


def known_as(key: MessageKey, **more: Any) -> Key:
    return Key(key.key_id, key.public_key, NOW - HOUR, **more)


def directory(*keys: Key, gateways: tuple[Gateway, ...] = ()) -> Directory:
    roles = (Role.RELEASE_PARTY,)
    company = Organisation(COMPANY, 4, "Demo", roles, keys=keys, gateways=gateways)
    other = Organisation(OTHER, 1, "Other", roles, keys=(known_as(OTHERS),))
    return directory_of((company, other, Organisation(DOOR, 1, "Door", ())), 7)


SIGNED = directory(known_as(SYSTEMS), known_as(PERSONS, person="P-7"))


def asked(
    message: OrganisationMessage,
    *,
    sender: str = REGISTER,
    signed_by: str | None = None,
    of: Directory = SIGNED,
) -> Any:
    """Return the facts, or the reason why there are none."""
    known = Known(of, NOW, Policy(), sender=sender, signed_by=signed_by)
    ruling = change_keys(message, known)
    return ruling.reason if isinstance(ruling, Refusal) else ruling


def registers(key: MessageKey = NEW, organisation: str = COMPANY, **more: Any) -> k.RegisterKey:
    return k.RegisterKey(
        organisation=organisation,
        public_key=key.public_key,
        proof=key.possession(organisation),
        **more,
    )


def revokes(key: MessageKey = SYSTEMS, **more: Any) -> k.RevokeKey:
    return k.RevokeKey(organisation=COMPANY, key_id=key.key_id, **more)


APPOINTS = k.AppointGateway(organisation=COMPANY, gateway=DOOR)
DISMISSES = k.DismissGateway(organisation=COMPANY, gateway=DOOR)


# --- what becomes of it -----------------------------------------------------------------------


def test_a_key_is_registered_and_the_organisation_stands_anew() -> None:
    until = NOW + HOUR

    registered, stands = asked(registers(person="P-1", expires_at=until))

    key = Key(NEW.key_id, NEW.public_key, NOW, "P-1", until)
    assert registered == KeyRegistered(organisation=COMPANY, key=key)
    before = SIGNED.by_id[COMPANY]
    again = altered(before, version=5, keys=(*before.keys, key))
    assert stands == OrganisationRegistered(organisation=again)


def test_a_key_is_revoked_now_or_from_when_it_was_lost() -> None:
    revoked, stands = asked(revokes(reason="lost"))
    earlier, _ = asked(revokes(effective_at=NOW - 9 * HOUR))

    key = known_as(SYSTEMS, revoked_at=NOW)
    assert revoked == KeyRevoked(organisation=COMPANY, key=key, reason="lost")
    assert stands.organisation.key(key.id) == key
    assert stands.organisation.key(PERSONS.key_id) == known_as(PERSONS, person="P-7")
    assert earlier.key.revoked_at == NOW - 9 * HOUR


def test_a_gateway_is_appointed_and_dismissed() -> None:
    appointed, stands = asked(APPOINTS)
    of = directory(known_as(SYSTEMS), gateways=stands.organisation.gateways)
    dismissed, after = asked(DISMISSES, of=of)

    assert appointed == GatewayAppointed(organisation=COMPANY, gateway=Gateway(DOOR, NOW))
    gone = Gateway(DOOR, NOW, NOW)
    assert dismissed == GatewayDismissed(organisation=COMPANY, gateway=gone)
    assert after.organisation.gateways == (gone,)
    again, stands = asked(APPOINTS, of=directory(gateways=(gone,)))
    assert stands.organisation.gateways == (Gateway(DOOR, NOW),)
    assert isinstance(again, GatewayAppointed)


def test_a_gateway_is_dismissed_from_when_it_was_lost_or_at_the_end_of_a_contract() -> None:
    of = directory(gateways=(Gateway(DOOR, NOW - 9 * HOUR),))
    for moment in (NOW - HOUR, NOW + HOUR):
        message = k.DismissGateway(organisation=COMPANY, gateway=DOOR, effective_at=moment)

        dismissed, _ = asked(message, of=of)

        assert dismissed.gateway == Gateway(DOOR, NOW - 9 * HOUR, moment)


def test_one_gateway_comes_and_goes_and_the_others_stay() -> None:
    other = Gateway(OTHER, NOW - HOUR)

    _, stands = asked(APPOINTS, of=directory(gateways=(other,)))
    assert set(stands.organisation.gateways) == {other, Gateway(DOOR, NOW)}
    of = directory(gateways=stands.organisation.gateways)
    _, stands = asked(DISMISSES, of=of)
    assert set(stands.organisation.gateways) == {other, Gateway(DOOR, NOW, NOW)}


# --- who may ----------------------------------------------------------------------------------

BY_SYSTEM, BY_PERSON = SYSTEMS.key_id, PERSONS.key_id
MAY: list[tuple[OrganisationMessage, str, str | None, Reason | None]] = [
    (registers(), REGISTER, None, None),
    (registers(), COMPANY, BY_SYSTEM, None),
    (registers(), COMPANY, None, Reason.NOT_SIGNED),
    (registers(), COMPANY, OTHERS.key_id, Reason.NOT_SIGNED),
    (registers(), COMPANY, NEW.key_id, Reason.NOT_SIGNED),
    (registers(), OTHER, OTHERS.key_id, Reason.NOT_SIGNED),
    (registers(), OTHER, BY_SYSTEM, Reason.NOT_SIGNED),
    (registers(), "c-point", None, Reason.NOT_SIGNED),
    (registers(), COMPANY, BY_PERSON, Reason.KEY_OF_A_PERSON),
    (registers(person="P-8"), REGISTER, None, None),
    (registers(person="P-8"), COMPANY, BY_SYSTEM, Reason.KEY_OF_A_PERSON),
    (registers(person="P-8"), COMPANY, BY_PERSON, Reason.KEY_OF_A_PERSON),
    (revokes(), REGISTER, None, None),
    (revokes(), COMPANY, BY_SYSTEM, None),
    (revokes(PERSONS), COMPANY, BY_SYSTEM, None),
    (revokes(PERSONS), COMPANY, BY_PERSON, None),
    (revokes(), COMPANY, BY_PERSON, Reason.KEY_OF_A_PERSON),
    (revokes(), COMPANY, None, Reason.NOT_SIGNED),
    (revokes(), OTHER, OTHERS.key_id, Reason.NOT_SIGNED),
    (APPOINTS, REGISTER, None, None),
    (APPOINTS, COMPANY, BY_SYSTEM, None),
    (APPOINTS, COMPANY, BY_PERSON, Reason.KEY_OF_A_PERSON),
    (APPOINTS, DOOR, None, Reason.NOT_SIGNED),
    (DISMISSES, COMPANY, BY_PERSON, Reason.KEY_OF_A_PERSON),
    (DISMISSES, DOOR, None, Reason.NOT_SIGNED),
]


@each_row(
    ("message", "sender", "signed_by", "reason"),
    MAY,
    ids=[f"{row[0].TYPE}-{number}" for number, row in enumerate(MAY)],  # the keys are new ones
)
def test_keys_are_changed_by_the_register_or_by_the_organisations_own_systems(
    message: OrganisationMessage, sender: str, signed_by: str | None, reason: Reason | None
) -> None:
    found = asked(message, sender=sender, signed_by=signed_by)

    assert (found if isinstance(found, Reason) else None) == reason


@pytest.mark.parametrize("over", [{"revoked_at": NOW}, {"expires_at": NOW}])
def test_a_key_whose_time_is_over_changes_none(over: dict[str, Any]) -> None:
    of = directory(known_as(SYSTEMS, **over))

    found = asked(registers(), sender=COMPANY, signed_by=BY_SYSTEM, of=of)

    assert found is Reason.NOT_SIGNED


# --- what cannot be ---------------------------------------------------------------------------


@each_row(
    ("message", "reason"),
    [
        (registers(organisation="NXT21000000077"), Reason.ORGANISATION_UNKNOWN),
        (registers(SYSTEMS), Reason.KEY_TAKEN),
        (registers(OTHERS), Reason.KEY_TAKEN),
        (registers(expires_at=NOW), Reason.EXPIRY_IN_THE_PAST),
        (revokes(NEW), Reason.KEY_UNKNOWN),
        (revokes(OTHERS), Reason.KEY_UNKNOWN),
        (altered_proof := registers().model_copy(update={"proof": "A" * 86}), Reason.KEY_NOT_HELD),
        (altered_proof.model_copy(update={"proof": "A" * 85 + "B"}), Reason.KEY_NOT_HELD),
        (
            registers().model_copy(update={"proof": NEW.possession(OTHER)}),
            Reason.KEY_NOT_HELD,
        ),
        (
            registers().model_copy(update={"public_key": OTHERS.public_key}),
            Reason.KEY_NOT_HELD,
        ),
        (
            k.AppointGateway(organisation=COMPANY, gateway="NXT21000000077"),
            Reason.GATEWAY_UNKNOWN,
        ),
        (k.AppointGateway(organisation=COMPANY, gateway=COMPANY), Reason.GATEWAY_UNKNOWN),
        (DISMISSES, Reason.GATEWAY_UNKNOWN),
    ],
)
def test_what_cannot_be_is_refused(message: OrganisationMessage, reason: Reason) -> None:
    assert asked(message) is reason


def test_a_key_that_was_revoked_never_signs_again() -> None:
    of = directory(known_as(SYSTEMS, revoked_at=NOW - HOUR))

    assert asked(registers(SYSTEMS), of=of) is Reason.KEY_TAKEN
    assert asked(revokes(effective_at=NOW + HOUR), of=of) is Reason.KEY_UNKNOWN
    earlier, _ = asked(revokes(effective_at=NOW - 2 * HOUR), of=of)
    assert earlier.key.revoked_at == NOW - 2 * HOUR


def test_a_gateway_is_appointed_once() -> None:
    of = directory(gateways=(Gateway(DOOR, NOW - HOUR),))

    assert asked(APPOINTS, of=of) is Reason.GATEWAY_KNOWN


def test_a_directory_is_kept_in_memory_and_so_is_bounded() -> None:
    of = directory(*(Key(f"k{n}", "", NOW) for n in range(MOST_KEYS)))

    assert asked(registers(), of=of) is Reason.TOO_MANY_KEYS


HELD = tuple(new_message_key() for _ in range(3))
SENDERS = st.sampled_from(
    [(REGISTER, None), *((each, key.key_id) for each in (COMPANY, OTHER) for key in HELD)]
)
MESSAGES = st.one_of(
    st.builds(registers, st.sampled_from(HELD), st.sampled_from([COMPANY, OTHER])),
    st.builds(
        lambda organisation, key: k.RevokeKey(organisation=organisation, key_id=key.key_id),
        st.sampled_from([COMPANY, OTHER]),
        st.sampled_from(HELD),
    ),
)


@given(st.lists(st.tuples(MESSAGES, SENDERS), max_size=12))
def test_whatever_is_asked_a_key_is_one_organisations_and_revoked_for_ever(
    story: list[tuple[OrganisationMessage, tuple[str, str | None]]],
) -> None:
    now, revoked = directory(), set[str]()
    for version, (message, (sender, signed_by)) in enumerate(story):
        found = asked(message, sender=sender, signed_by=signed_by, of=now)
        if isinstance(found, Reason):
            continue
        signer = None if signed_by is None else now.with_key(signed_by)
        assert sender == REGISTER or (signer is not None and signer.id == message.organisation)
        now = now.joined_by(found[1].organisation, version)
        owners = [key.id for each in now.by_id.values() for key in each.keys]
        assert len(owners) == len(set(owners))
        assert revoked <= {key.id for o in now.by_id.values() for key in o.keys if key.revoked_at}
        revoked |= {key.id for o in now.by_id.values() for key in o.keys if key.revoked_at}
