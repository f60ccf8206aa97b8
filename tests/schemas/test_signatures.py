"""What is signed of a message, byte for byte, and that nothing but the one form is taken."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from schemas.signatures import (
    CALL_HEADERS,
    COVERED_HEADERS,
    LONGEST_SIGNATURE,
    SIGNED_HEADERS,
    DetachedSignature,
    base64url,
    base64url_in,
    detached,
    header_of,
    payload_of,
    signing_input,
    taken_apart,
    whole,
)
from schemas.unreadable import Unreadable
from tests.rows import each_row

HEADERS: dict[str, bytes | None] = {
    "ce_id": b"1",
    "ce_source": b"urn:releasebus:organisation:NXT21000000001",
    "ce_type": b"releasebus.accept",
    "ce_specversion": b"1.0",
    "ce_time": b"2026-03-01T08:00:00Z",
    "content-type": b"application/json",
}
SIGNATURE = bytes(range(64))


def b64(text: bytes) -> bytes:
    return urlsafe_b64encode(text).rstrip(b"=")


def test_what_is_signed_is_these_very_bytes() -> None:
    payload = payload_of("t1.releases.party.v1", b"MSCU7029147", HEADERS, b"{}")

    assert payload == (
        b"20:releasebus message 1,20:t1.releases.party.v1,11:MSCU7029147,"
        b"1:1,42:urn:releasebus:organisation:NXT21000000001,17:releasebus.accept,3:1.0,"
        b"20:2026-03-01T08:00:00Z,0:,0:,16:application/json,0:,0:,0:,"
        b"64:" + sha256(b"{}").hexdigest().encode() + b","
    )


def test_what_stood_in_the_path_of_a_call_is_signed_where_it_is_there() -> None:
    without = payload_of("t", b"k", HEADERS, b"{}")
    there = HEADERS | {"port-locode": b"BEZEE", "terminal-code": b""}

    # So that what was signed before these were, and has none of them, is signed as it was.
    assert payload_of("t", b"k", there, b"{}") == (
        without + b"11:port-locode,5:BEZEE,13:terminal-code,0:,"
    )


def test_what_ed25519_signs_is_what_jws_has_it_sign() -> None:
    # RFC 7515 section 5.1: ASCII(BASE64URL(header) || '.' || BASE64URL(payload)).
    header = header_of("k1")

    assert header == b64(b'{"alg":"EdDSA","kid":"k1"}')
    assert signing_input(header, b"said") == header + b"." + b64(b"said")
    assert detached(header, SIGNATURE) == header + b".." + b64(SIGNATURE)
    attached = whole(signing_input(header, b"said"), SIGNATURE)
    assert attached == b".".join((header, b64(b"said"), b64(SIGNATURE))).decode()


PARTS = st.binary(max_size=20)
SAID = st.tuples(
    st.text(max_size=9),
    PARTS,
    st.dictionaries(st.sampled_from(sorted(COVERED_HEADERS)), PARTS),
    st.binary(max_size=40),
)


def meant(said: tuple[str, bytes, dict[str, bytes], bytes]) -> object:
    topic, key, headers, value = said
    always = [headers.get(name, b"") for name in SIGNED_HEADERS]
    return topic, key, always, [headers.get(name) for name in CALL_HEADERS], value


@given(SAID, SAID)
def test_two_records_that_differ_in_anything_signed_have_other_bytes(
    one: tuple[str, bytes, dict[str, bytes], bytes],
    other: tuple[str, bytes, dict[str, bytes], bytes],
) -> None:
    assert (payload_of(*one) == payload_of(*other)) == (meant(one) == meant(other))


@given(PARTS, PARTS)
def test_no_boundary_between_two_parts_can_be_moved(first: bytes, second: bytes) -> None:
    moved = payload_of("t", first + second, {"ce_id": b""}, b"")

    assert (payload_of("t", first, {"ce_id": second}, b"") == moved) == (second == b"")


def test_a_signature_is_taken_apart_again() -> None:
    header = header_of("k1")

    assert taken_apart(detached(header, SIGNATURE)) == DetachedSignature("k1", header, SIGNATURE)


def test_the_order_and_spacing_of_the_header_are_the_signers_own() -> None:
    header = b64(b'{ "kid": "k1", "alg": "EdDSA" }')

    assert taken_apart(detached(header, SIGNATURE)) == DetachedSignature("k1", header, SIGNATURE)


def jws(header: object, signature: bytes = SIGNATURE) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return detached(b64(text), signature)


GOOD = {"alg": "EdDSA", "kid": "k1"}
ALGORITHMS = ["none", "None", "HS256", "ES256", "Ed25519", "eddsa", "", None, ["EdDSA"], 1]
OTHERS = {
    "nothing": b"",
    "no JWS": b"EdDSA",
    "two parts": b"e30.e30",
    "four parts": jws(GOOD) + b".e30",
    "a payload that is not left out": header_of("k1") + b".e30." + b64(SIGNATURE),
    "crit": jws(GOOD | {"crit": ["b64"], "b64": False}),
    "b64": jws(GOOD | {"b64": False}),
    "a key of its own": jws(GOOD | {"jwk": {"kty": "OKP"}}),
    "where to fetch a key": jws(GOOD | {"jku": "https://example.org"}),
    "no kid": jws({"alg": "EdDSA"}),
    "an empty kid": jws({"alg": "EdDSA", "kid": ""}),
    "a kid that is no text": jws({"alg": "EdDSA", "kid": 1}),
    "alg twice": jws(b'{"alg":"none","alg":"EdDSA","kid":"k1"}'),
    "a header that is a list": jws(["EdDSA", "k1"]),
    "a header that is no JSON": jws(b"{"),
    "an empty header": b".." + b64(SIGNATURE),
    "no signature": jws(GOOD, b""),
    "a signature too short": jws(GOOD, SIGNATURE[:-1]),
    "a signature too long": jws(GOOD, SIGNATURE + b"\0"),
    "padding": jws(GOOD) + b"==",
    "trailing bytes": jws(GOOD) + b"\n",
    "a blank": jws(GOOD).replace(b"..", b".. "),
    "base64 that is not for URLs": jws(GOOD, b"\xff" * 64).replace(b"_", b"/"),
    "bits left over": jws(GOOD)[:-1] + b"x",
    "too long": jws(GOOD | {"kid": "k" * 400}),
}


def test_the_longest_signature_is_taken_and_a_longer_one_is_not() -> None:
    by_length = {
        len(each): each for each in (detached(header_of("k" * n), SIGNATURE) for n in range(400))
    }

    assert not isinstance(taken_apart(by_length[LONGEST_SIGNATURE]), Unreadable)
    assert isinstance(taken_apart(by_length[LONGEST_SIGNATURE + 2]), Unreadable)


@each_row("algorithm", ALGORITHMS, ids=str)
def test_no_other_algorithm_is_taken(algorithm: object) -> None:
    found = taken_apart(jws(GOOD | {"alg": algorithm}))

    assert isinstance(found, Unreadable)
    assert found.code == "signature_algorithm"


@each_row("came", OTHERS.values(), ids=OTHERS.keys())
def test_no_other_form_is_taken(came: bytes) -> None:
    found = taken_apart(came)

    assert isinstance(found, Unreadable)
    assert (found.code, found.position) == ("signature_malformed", "header rb_signature")


@given(st.binary(max_size=200))
def test_whatever_stands_in_the_header_is_taken_apart_or_told(came: bytes) -> None:
    found = taken_apart(came)

    assert isinstance(found, Unreadable) or detached(found.header, found.signature) == came


@given(st.binary(max_size=100))
def test_base64url_is_read_in_its_one_spelling(data: bytes) -> None:
    assert base64url_in(base64url(data)) == data
    assert base64url_in(base64url(data) + b"=") is None
