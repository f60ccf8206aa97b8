"""What one person signs for an override is read as it was signed, and nothing else is taken."""

from datetime import UTC, datetime

import pytest

from schemas.keys import possession_of
from schemas.overrides import (
    DOMAIN,
    INTENT,
    LONGEST,
    SUBJECTS,
    Intent,
    Override,
    SignedIntent,
    signed_form,
    signed_intent_in,
    to_sign,
)
from schemas.signatures import base64url, header_of, payload_of, signing_input
from schemas.unreadable import Unreadable
from tests.people import Signer

ADA = Signer("ada", 1)
MOMENT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
INTENT_TO_RESUME = Intent(Override.RESUME, "CPUU1000010", "0.2", MOMENT)


def signed_over(payload: bytes) -> str:
    signed = signing_input(header_of(ADA.key.id), payload)
    return signed_form(signed, ADA._key.sign(signed).signature)


def test_an_intent_is_read_as_it_was_signed() -> None:
    found = signed_intent_in(ADA.sign(INTENT_TO_RESUME))
    assert isinstance(found, SignedIntent)
    assert found.intent == INTENT_TO_RESUME
    assert found.signature.key_id == ADA.key.id
    assert found.signed == to_sign(header_of(ADA.key.id), INTENT_TO_RESUME)


def test_every_override_says_what_its_subject_is() -> None:
    assert SUBJECTS.keys() == set(Override)


@pytest.mark.parametrize(
    "payload",
    [
        INTENT.written(INTENT_TO_RESUME),
        DOMAIN,
        DOMAIN + b"{}",
        DOMAIN + b'{"override":"anything","subject":"","detail":"","at":"2026-11-28T12:00:00Z"}',
        DOMAIN + b'{"override":"resume","subject":"","detail":"","at":"2026-11-28T12:00:00"}',
        DOMAIN + INTENT.written(INTENT_TO_RESUME)[:-1] + b',"unless":"it rains"}',
        payload_of("releases.party.v1", b"CPUU1000010", {}, INTENT.written(INTENT_TO_RESUME)),
        possession_of("NXT21000000001", ADA.key.id),
    ],
)
def test_what_was_signed_for_anything_else_is_no_intent(payload: bytes) -> None:
    assert isinstance(signed_intent_in(signed_over(payload)), Unreadable)


@pytest.mark.parametrize(
    "written",
    [
        "",
        ".",
        "..",
        "é.b.c",
        "x" * (LONGEST + 1),
        ADA.sign(INTENT_TO_RESUME) + ".x",
        ADA.sign(INTENT_TO_RESUME).replace(".", "..", 1),
        base64url(b'{"alg":"none"}').decode() + "." + ADA.sign(INTENT_TO_RESUME).split(".", 1)[1],
    ],
)
def test_what_is_no_signed_intent_is_unreadable(written: str) -> None:
    assert isinstance(signed_intent_in(written), Unreadable)
