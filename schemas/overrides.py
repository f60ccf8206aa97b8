"""What needs four eyes (design.md §8), and how one person signs for it.

An override is asked for by two people: one proposes, another confirms that very proposal. Each
signs an intent with a key of its own, as a compact JWS by EdDSA.
"""

from enum import StrEnum
from hashlib import sha256

from schemas.signatures import DetachedSignature, base64url_in, signing_input, taken_apart, whole
from schemas.unreadable import Unreadable
from schemas.value import Form, Misformed, Moment, Value

DOMAIN = b"releasebus override 1\n"
"""So that no signature made for anything else can stand for one of an intent."""

LONGEST = 8192


class Override(StrEnum):
    """What nobody may do alone; the subject of each is what its intent names."""

    SETTLE_DISPUTE = "settle_dispute"
    RESUME = "resume"
    REPLAY_EDITED_DEAD_LETTER = "replay_edited_dead_letter"
    CHANGE_KEY = "change_key"
    SUSPEND_ORGANISATION = "suspend_organisation"
    REINSTATE_ORGANISATION = "reinstate_organisation"


class NotAgreed(StrEnum):
    """Why two intents are no agreement; in this order the first that holds is told."""

    NOBODY_NAMED = "nobody_named"
    UNREADABLE = "unreadable"
    NOT_A_PERSONS_KEY = "not_a_persons_key"
    SIGNATURE_WRONG = "signature_wrong"
    ANOTHER_OVERRIDE = "another_override"
    NOT_A_PROPOSAL = "not_a_proposal"
    ANOTHER_PROPOSAL = "another_proposal"
    SAME_PERSON = "same_person"
    CLOCK_AHEAD = "clock_ahead"
    TOO_LATE = "too_late"
    ANOTHER_MESSAGE = "another_message"


SUBJECTS: dict[Override, str] = {
    Override.SETTLE_DISPUTE: "the release that is let out, by its id",
    Override.RESUME: "the container's number",
    Override.REPLAY_EDITED_DEAD_LETTER: "partition and offset of the letter",
    Override.CHANGE_KEY: "the organisation's id",
    Override.SUSPEND_ORGANISATION: "the organisation's id",
    Override.REINSTATE_ORGANISATION: "the organisation's id",
}


class Intent(Value, frozen=True, forbid_unknown_fields=True):
    """What one person wants to be done: `detail` is the rest of it, to the letter.

    `at` is when it was signed, by the signer's clock. `confirms` is the digest of the proposal
    that it confirms, None in a proposal.
    """

    override: Override
    subject: str
    detail: str
    at: Moment
    confirms: str | None = None


class SignedIntent(Value, frozen=True):
    """An intent as it came, taken apart and not verified: `signed` is what the key signed."""

    intent: Intent
    signature: DetachedSignature
    signed: bytes
    digest: str


INTENT: Form[Intent] = Form(Intent)


def to_sign(header: bytes, intent: Intent) -> bytes:
    """Return what a person's key signs; *header* names the key (schemas/signatures.py)."""
    return signing_input(header, DOMAIN + INTENT.written(intent))


def signed_form(signed: bytes, signature: bytes) -> str:
    """Return the intent with its signature, as it travels."""
    return whole(signed, signature)


def digest_of(written: str) -> str:
    """Return what a confirmation calls the proposal *written*."""
    return sha256(written.encode()).hexdigest()


def signed_intent_in(written: str) -> SignedIntent | Unreadable:
    """Return the intent in *written*, or why there is none; nothing is verified yet."""
    if len(written) > LONGEST or not written.isascii():
        return _malformed(f"It is no JWS of at most {LONGEST} characters.")
    came = written.encode()
    header, _, rest = came.partition(b".")
    payload, _, signature = rest.partition(b".")
    parts = taken_apart(b"%b..%b" % (header, signature))
    if isinstance(parts, Unreadable):
        return parts
    content = base64url_in(payload)
    if content is None or not content.startswith(DOMAIN):
        return _malformed("What is signed is no intent to override.")
    try:
        intent = INTENT.read(content.removeprefix(DOMAIN))
    except Misformed as error:
        return _malformed(f"What is signed is no intent to override: {error}.")
    return SignedIntent(intent, parts, b"%b.%b" % (header, payload), digest_of(written))


def _malformed(sentence: str) -> Unreadable:
    return Unreadable("signature_malformed", "override", sentence)
