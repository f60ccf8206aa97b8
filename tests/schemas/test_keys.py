"""What a key is called, and up to when it counts."""

from datetime import timedelta

import pytest

from schemas.keys import Gateway, Key, UnusableMessageKey, key_id_of, possession_of, public_key_in
from schemas.signatures import base64url
from tests.schemas.samples import NOW

LATER, INSTANT = NOW + timedelta(hours=1), timedelta(microseconds=1)


def test_a_key_is_called_by_its_jwk_thumbprint() -> None:
    # RFC 8037 appendix A.2 and A.3.
    public = public_key_in("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")

    assert key_id_of(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_what_shows_that_a_key_is_held_names_whose_it_is_and_which() -> None:
    assert possession_of("NXT21000000001", "k1") == b"releasebus key\nNXT21000000001\nk1"


@pytest.mark.parametrize(
    "written", ["", "AAAA", "A" * 44, "+" * 43, base64url(bytes(33)).decode()]
)
def test_what_is_no_key_is_said_to_be_none(written: str) -> None:
    with pytest.raises(UnusableMessageKey, match="32 bytes"):
        public_key_in(written)


def test_a_revocation_takes_effect_at_its_moment_and_not_before() -> None:
    key = Key("k1", "", NOW, revoked_at=LATER)

    assert not key.revoked_by(LATER - INSTANT)
    assert key.revoked_by(LATER)
    assert not Key("k1", "", NOW).revoked_by(LATER)


def test_a_term_is_over_at_its_moment_and_not_before() -> None:
    key = Key("k1", "", NOW, expires_at=LATER)

    assert not key.expired_by(LATER - INSTANT)
    assert key.expired_by(LATER)
    assert not Key("k1", "", NOW).expired_by(LATER)


def test_a_gateway_speaks_until_its_moment() -> None:
    gateway = Gateway("NXT21000000009", NOW, LATER)

    assert gateway.speaks_at(LATER - INSTANT)
    assert not gateway.speaks_at(LATER)
    assert Gateway("NXT21000000009", NOW).speaks_at(LATER)
