"""The law of keys and gateways: who may change them, and what may become of them."""

from datetime import datetime
from typing import TypeAlias

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from ledger.directory.onboarding import Known
from ledger.law.ruling import Refusal, Ruling
from schemas import key_messages as k
from schemas.doors import Door
from schemas.facts import Fact, OrganisationRegistered
from schemas.key_facts import (
    GatewayAppointed,
    GatewayDismissed,
    KeyFact,
    KeyRegistered,
    KeyRevoked,
)
from schemas.keys import Gateway, Key, key_id_of, possession_of, public_key_in
from schemas.messages import OrganisationMessage
from schemas.organisations import Organisation
from schemas.override_messages import ChangeKey
from schemas.reasons import Reason
from schemas.signatures import base64url_in
from schemas.value import altered

Changed: TypeAlias = tuple[KeyFact, OrganisationRegistered] | Refusal

MOST_KEYS = 100
"""Of one organisation, revoked ones among them: a directory is kept in memory, whole."""


def change_keys(message: OrganisationMessage, known: Known) -> Ruling:
    """Return what a message about keys or gateways comes to, or why it is not followed."""
    organisation = known.directory.get(message.organisation)
    if organisation is None:
        return Refusal(Reason.ORGANISATION_UNKNOWN, message.organisation)
    if refusal := _may_not(organisation, message, known):
        return refusal
    match message:
        case k.RegisterKey():
            return _registered(organisation, message, known)
        case k.RevokeKey():
            return _revoked(organisation, message, known)
        case k.AppointGateway():
            return _appointed(organisation, message, known)
        case k.DismissGateway():
            return _dismissed(organisation, message, known)
        case _:
            raise TypeError(f"{type(message).__name__} is about no key and no gateway")


def replace_key(organisation: Organisation, message: ChangeKey, known: Known) -> Ruling:
    """Return what a change of keys comes to that two people ask for; whether, is not asked here.

    A person's key may be ended so, and none is registered: that is the register's alone, or two
    who agreed once could make a third out of one of them (docs/decisions/0013).
    """
    told: tuple[Fact, ...] = ()
    if message.key_id is not None:
        ended = organisation.key(message.key_id)
        if ended is not None and ended.person is not None and message.public_key is not None:
            return Refusal(Reason.KEY_OF_A_PERSON, ended.id)
        changed = _revoked(organisation, _revocation(message, message.key_id), known)
        if isinstance(changed, Refusal) or message.public_key is None:
            return changed
        revoked, stands = changed
        told, organisation = (revoked,), stands.organisation
    if message.public_key is None:
        return Refusal(Reason.KEY_UNKNOWN)
    if message.proof is None:
        return Refusal(Reason.KEY_NOT_HELD, key_id_of(public_key_in(message.public_key)))
    new = k.RegisterKey(
        organisation=organisation.id, public_key=message.public_key, proof=message.proof
    )
    registered = _registered(organisation, new, known)
    return registered if isinstance(registered, Refusal) else (*told, *registered)


def _revocation(message: ChangeKey, key_id: str) -> k.RevokeKey:
    return k.RevokeKey(
        organisation=message.organisation,
        key_id=key_id,
        effective_at=message.effective_at,
        reason=message.reason,
    )


def _may_not(
    organisation: Organisation, message: OrganisationMessage, known: Known
) -> Refusal | None:
    """Return why the sender may not change keys: it is the register, or signed with its own.

    A person's key changes nothing alone but itself: who holds one could give another person's
    name to a second one, and have four eyes (docs/decisions/0013).
    """
    if known.sender == Door.REGISTER:
        return None
    if known.sender != organisation.id or known.signed_by is None:
        return Refusal(Reason.NOT_SIGNED, known.sender)
    signer = organisation.key(known.signed_by)
    if signer is None or signer.revoked_by(known.now) or signer.expired_by(known.now):
        return Refusal(Reason.NOT_SIGNED, known.signed_by)
    revokes_itself = isinstance(message, k.RevokeKey) and message.key_id == signer.id
    for_a_person = isinstance(message, k.RegisterKey) and message.person is not None
    if for_a_person or (signer.person is not None and not revokes_itself):
        return Refusal(Reason.KEY_OF_A_PERSON, signer.id)
    return None


def _registered(organisation: Organisation, message: k.RegisterKey, known: Known) -> Changed:
    public_key = public_key_in(message.public_key)
    key_id = key_id_of(public_key)
    if not _held(organisation, key_id, public_key, message.proof):
        return Refusal(Reason.KEY_NOT_HELD, key_id)
    if known.directory.with_key(key_id) is not None:
        return Refusal(Reason.KEY_TAKEN, key_id)
    if message.expires_at is not None and message.expires_at <= known.now:
        return Refusal(Reason.EXPIRY_IN_THE_PAST, message.expires_at.isoformat())
    if len(organisation.keys) >= MOST_KEYS:
        return Refusal(Reason.TOO_MANY_KEYS, str(MOST_KEYS))
    key = Key(key_id, message.public_key, known.now, message.person, message.expires_at)
    stands = _anew(organisation, keys=(*organisation.keys, key))
    return KeyRegistered(organisation=organisation.id, key=key), stands


def _revoked(organisation: Organisation, message: k.RevokeKey, known: Known) -> Changed:
    key = organisation.key(message.key_id)
    if key is None:
        return Refusal(Reason.KEY_UNKNOWN, message.key_id)
    moment = message.effective_at or known.now
    if key.revoked_at is not None and key.revoked_at <= moment:
        # What was revoked signs no more: a later moment would let it sign again.
        return Refusal(Reason.KEY_UNKNOWN, message.key_id)
    revoked = altered(key, revoked_at=moment)
    keys = tuple(revoked if each is key else each for each in organisation.keys)
    fact = KeyRevoked(organisation=organisation.id, key=revoked, reason=message.reason)
    return fact, _anew(organisation, keys=keys)


def _appointed(organisation: Organisation, message: k.AppointGateway, known: Known) -> Ruling:
    gateway = known.directory.get(message.gateway)
    if gateway is None or gateway.id == organisation.id:
        return Refusal(Reason.GATEWAY_UNKNOWN, message.gateway)
    if _speaking(organisation, gateway.id, known.now) is not None:
        return Refusal(Reason.GATEWAY_KNOWN, gateway.id)
    appointed = Gateway(gateway.id, known.now)
    others = tuple(each for each in organisation.gateways if each.organisation != gateway.id)
    fact = GatewayAppointed(organisation=organisation.id, gateway=appointed)
    return fact, _anew(organisation, gateways=(*others, appointed))


def _dismissed(organisation: Organisation, message: k.DismissGateway, known: Known) -> Ruling:
    gateway = _speaking(organisation, message.gateway, known.now)
    if gateway is None:
        return Refusal(Reason.GATEWAY_UNKNOWN, message.gateway)
    dismissed = altered(gateway, until=message.effective_at or known.now)
    others = tuple(each for each in organisation.gateways if each is not gateway)
    fact = GatewayDismissed(organisation=organisation.id, gateway=dismissed)
    return fact, _anew(organisation, gateways=(*others, dismissed))


def _speaking(organisation: Organisation, gateway: str, now: datetime) -> Gateway | None:
    found = (each for each in organisation.gateways if each.organisation == gateway)
    return next((each for each in found if each.speaks_at(now)), None)


def _held(organisation: Organisation, key_id: str, public_key: bytes, proof: str) -> bool:
    """Tell whether who registers the key holds it: else it could be another's, taken first."""
    signature = base64url_in(proof.encode())
    if signature is None:
        return False
    try:
        VerifyKey(public_key).verify(possession_of(organisation.id, key_id), signature)
    except (BadSignatureError, ValueError):
        return False
    return True


def _anew(organisation: Organisation, **changed: object) -> OrganisationRegistered:
    version = organisation.version + 1
    return OrganisationRegistered(organisation=altered(organisation, version=version, **changed))
