"""What a sealed driver shows, and to whom."""

from base64 import b64decode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey, SealedBox

from producers.sealing import (
    BLOCK_BYTES,
    UnusableIdentity,
    UnusableKey,
    new_terminal_key,
    normalised_identity,
    padded,
    seal,
)

KEY = new_terminal_key()
IDENTITIES = st.text(min_size=1, max_size=15).filter(lambda text: bool(normalised_identity(text)))


def opened(ciphertext: str, private_key: str) -> bytes:
    return SealedBox(PrivateKey(b64decode(private_key))).decrypt(b64decode(ciphertext))


def test_only_the_terminals_private_key_opens_what_is_sealed() -> None:
    sealed = seal("000000012", KEY.public_key, KEY.key_id)

    assert opened(sealed.ciphertext, KEY.private_key) == padded("000000012")
    with pytest.raises(Exception, match="An error occurred trying to decrypt"):
        opened(sealed.ciphertext, new_terminal_key().private_key)


def test_the_same_driver_sealed_twice_does_not_look_the_same() -> None:
    twice = {seal("000000012", KEY.public_key, KEY.key_id).ciphertext for _ in range(2)}

    assert len(twice) == 2


@pytest.mark.parametrize(
    ("identity", "mask"),
    [
        ("000000012", "**12"),
        (" 0000 000 12 ", "**12"),
        ("be-7x", "**7X"),
        ("1234", "**"),
        ("12", "**"),
    ],
)
def test_a_mask_shows_two_characters_of_a_long_identity_and_none_of_a_short(
    identity: str, mask: str
) -> None:
    assert seal(identity, KEY.public_key, KEY.key_id).mask == mask


def test_what_is_sealed_carries_the_key_id_and_the_alias() -> None:
    sealed = seal("000000012", KEY.public_key, KEY.key_id, alias="Jan, night shift")

    assert (sealed.key_id, sealed.alias) == (KEY.key_id, "Jan, night shift")


@settings(deadline=None)
@given(st.tuples(IDENTITIES, IDENTITIES))
def test_no_box_tells_how_long_the_identity_is(two: tuple[str, str]) -> None:
    lengths = {len(seal(each, KEY.public_key, KEY.key_id).ciphertext) for each in two}

    assert len(lengths) == 1


@settings(deadline=None)
@given(IDENTITIES, IDENTITIES)
def test_plaintexts_are_equal_exactly_where_identities_are(one: str, other: str) -> None:
    same = normalised_identity(one) == normalised_identity(other)

    assert (padded(one) == padded(other)) is same
    assert len(padded(one)) == BLOCK_BYTES


@pytest.mark.parametrize(
    "spelling", ["ab12345", " AB12345", "AB 123 45\n", "ab\u00a012345", "AB\uff11\uff12345"]
)
def test_an_identity_is_the_same_however_it_is_spelt(spelling: str) -> None:
    assert normalised_identity(spelling) == "AB12345"


@pytest.mark.parametrize("identity", ["", "  ", "7" * 64, "\u00e9" * 40, "\ud800000000"])
def test_an_unusable_identity_is_refused_without_being_repeated(identity: str) -> None:
    with pytest.raises(UnusableIdentity) as refused:
        seal(identity, KEY.public_key, KEY.key_id)

    assert not identity.strip() or identity not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "key",
    ["", "no base64", "AAAA", "A" * 43 + "=", KEY.public_key + "AAAA"],
    ids=["empty", "no base64", "too short", "no point", "too long"],
)
def test_an_unusable_key_is_refused(key: str) -> None:
    with pytest.raises(UnusableKey):
        seal("000000012", key, KEY.key_id)


def test_a_key_pair_does_not_show_its_private_key() -> None:
    key = new_terminal_key()

    assert key.private_key not in f"{key!r} {key}"
    assert key == (key.key_id, key.public_key, key.private_key)
    assert new_terminal_key().key_id != key.key_id
