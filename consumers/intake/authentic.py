"""Who stands behind a record: its sender, or a gateway that may speak for one."""

from functools import lru_cache

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError, CryptoError

from consumers.intake.claim import Claim
from consumers.intake.edited import NOT_AGREED, edited
from consumers.intake.trust import Trust
from ledger.directory.directory import Directory
from schemas.doors import door_of, is_a_doors
from schemas.envelope import MAX_ATTRIBUTE_LENGTH, ORGANISATION_SOURCE
from schemas.identifiers import Unusable, read_party_code
from schemas.keys import Key, public_key_in
from schemas.logged import Attestation
from schemas.plain_identity import shows_a_secret
from schemas.replays import REPLAYED
from schemas.signatures import (
    AUTHENTICATION,
    CHANNEL,
    ON_BEHALF_OF,
    SIGNATURE,
    SPOKEN_FOR,
    SignaturePolicy,
    payload_of,
    signing_input,
    taken_apart,
    whole,
)
from schemas.topics import DIRECTORY_INPUTS, KEYS, REGISTRATIONS
from schemas.unreadable import Unreadable
from schemas.value import altered

UNSIGNED = "unsigned: header rb_signature"
"""The finding about what a topic lets in without a signature, with a warning."""

FORGED = frozenset(
    {
        "signature_missing",
        "signature_malformed",
        "signature_algorithm",
        "key_unknown",
        "key_expired",
        "key_revoked",
        "signature_wrong",
        "key_of_a_person",
        "not_the_gateway",
        NOT_AGREED,
    }
)
"""What is alarmed: somebody says to be who it may not be, or has no signature where one is due."""

LATER_KNOWN = frozenset({"key_unknown", "not_the_gateway", NOT_AGREED})
"""What a directory that is a moment behind would say of who was registered just before."""

NO_KEYS: tuple[Key, ...] = ()
OF_ORGANISATIONS = frozenset(topic.name for topic in DIRECTORY_INPUTS)
"""Where nobody speaks for another."""


def attested(claim: Claim, directory: Directory, trust: Trust) -> Attestation | Unreadable:
    """Return who stands behind a record, or why nobody does; its value is not looked into."""
    source = claim.texts.get("ce_source", "")
    speaker = speaker_of(source, claim.topic)
    if isinstance(speaker, Unreadable):
        return speaker
    policy = trust.policy_of(claim.topic)
    own = Attestation(speaker, policy=policy, received=claim.received)
    if any(name in claim.texts for name in REPLAYED):
        agreed = edited(claim, own, trust.overrides_by, directory)
        if isinstance(agreed, Unreadable):
            return agreed
        own = agreed
    elif policy is not SignaturePolicy.OFF:
        known = directory.get(speaker)
        keys = trust.roots.get(source, NO_KEYS if known is None else known.keys)
        signed = _signed(claim, own, keys)
        if isinstance(signed, Unreadable):
            return signed
        own = signed
    if any(name in claim.texts for name in SPOKEN_FOR):
        return _spoken_for(claim, own, directory)
    return own


def speaker_of(source: str, topic: str) -> str | Unreadable:
    """Return who the source says it is: an NxtPort id in its one spelling, or a door."""
    if topic == REGISTRATIONS.name:
        door = door_of(source)
        if door is not None:
            return door.value
    if not source.startswith(ORGANISATION_SOURCE):
        return _unknown(
            f"The source of a message is {ORGANISATION_SOURCE} and the sender's NxtPort id."
        )
    code = read_party_code("nxtport", source.removeprefix(ORGANISATION_SOURCE))
    # A door's outbox is the door's own, however its name is spelt.
    if isinstance(code, Unusable) or is_a_doors(code.value):
        return _unknown("The source names no usable NxtPort id.")
    return code.value


def _signed(claim: Claim, own: Attestation, keys: tuple[Key, ...]) -> Attestation | Unreadable:
    came = claim.texts.get(SIGNATURE)
    if came is None:
        if own.policy == SignaturePolicy.WARN:
            return altered(own, findings=(UNSIGNED,))
        return _forged("signature_missing", "Messages on this topic have to be signed.")
    signature = taken_apart(came.encode())
    if isinstance(signature, Unreadable):
        return signature
    key = next((each for each in keys if each.id == signature.key_id), None)
    if key is None:
        return _forged("key_unknown", "The key is none of the sender that ce_source names.")
    if key.person is not None and claim.topic != KEYS.name:
        sentence = (
            "A person's key signs overrides, and its own end; an organisation's systems speak."
        )
        return _forged("key_of_a_person", sentence)
    over = _over(key, claim)
    if over is not None:
        return over
    record = claim.record
    payload = payload_of(record.topic, record.key, dict(record.headers), record.value)
    signed = signing_input(signature.header, payload)
    if not _verifies(signed, signature.signature, key):
        sentence = "The signature is not over this topic, key, headers and value."
        return _forged("signature_wrong", sentence)
    return altered(own, key_id=key.id, signature=whole(signed, signature.signature))


def _over(key: Key, claim: Claim) -> Unreadable | None:
    if key.revoked_at is None and key.expires_at is None:
        return None  # nearly every key: the moment need not be made of every record
    if key.revoked_by(claim.moment):
        return _forged("key_revoked", "The key was revoked before the message came.")
    if key.expired_by(claim.moment):
        return _forged("key_expired", "The key's term was over before the message came.")
    return None


def _verifies(signed: bytes, signature: bytes, key: Key) -> bool:
    try:
        crypto_sign_open(signature + signed, _public_key(key.public_key))
    except (BadSignatureError, CryptoError):
        return False
    return True


@lru_cache(4096)  # asked for every message
def _public_key(written: str) -> bytes:
    return public_key_in(written)


def _spoken_for(claim: Claim, own: Attestation, directory: Directory) -> Attestation | Unreadable:
    for name in SPOKEN_FOR:
        said = claim.texts.get(name, "")
        if not said:
            sentence = "Who speaks for another names it, and how and over what it was known."
            return Unreadable("header_missing", f"header {name}", sentence)
        if len(said) > MAX_ATTRIBUTE_LENGTH:
            sentence = f"The header exceeds {MAX_ATTRIBUTE_LENGTH} characters."
            return Unreadable("header_too_long", f"header {name}", sentence)
        if shows_a_secret(said):
            sentence = "How a party was known is told without its card, PIN or code."
            return Unreadable("plain_identity", f"header {name}", sentence, sensitive=True)
    code = read_party_code("nxtport", claim.texts[ON_BEHALF_OF])
    party = None if isinstance(code, Unusable) else directory.get(code.value)
    gateways = () if party is None or claim.topic in OF_ORGANISATIONS else party.gateways
    mine = next((each for each in gateways if each.organisation == own.organisation), None)
    stopped = own.organisation in directory.suspended
    if party is None or mine is None or stopped or not mine.speaks_at(claim.moment):
        sentence = "The directory does not say that the sender may speak for this organisation."
        return Unreadable("not_the_gateway", f"header {ON_BEHALF_OF}", sentence)
    return altered(
        own,
        organisation=party.id,
        via=own.organisation,
        authentication=claim.texts[AUTHENTICATION],
        channel=claim.texts[CHANNEL],
    )


def _forged(code: str, sentence: str) -> Unreadable:
    return Unreadable(code, f"header {SIGNATURE}", sentence)


def _unknown(sentence: str) -> Unreadable:
    return Unreadable("source_unknown", "header ce_source", sentence)
