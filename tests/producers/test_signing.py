"""What a party signs is what any library of JOSE can check, and shows no key."""

from pathlib import Path

from nacl.signing import VerifyKey

from ledger.key_file import key_kept_in
from producers.records import Record
from producers.signing import SpokenFor, all_signed, message_key, new_message_key, signed
from schemas.envelope import headers_of
from schemas.keys import key_id_of, possession_of, public_key_in
from schemas.signatures import SIGNATURE, base64url_in, payload_of, signing_input, taken_apart
from schemas.unreadable import Unreadable
from tests.schemas.samples import envelope

RECORD = Record("t1.releases.party.v1", 3, b"MSCU7029147", b"{}", headers_of(envelope("accept")))


def test_a_record_is_signed_as_a_whole_in_one_header_more() -> None:
    key = new_message_key()

    found = signed(RECORD, key)

    assert found[:4] == RECORD[:4]
    assert found.headers[:-1] == RECORD.headers
    name, value = found.headers[-1]
    signature = taken_apart(value)
    assert name == SIGNATURE
    assert not isinstance(signature, Unreadable)
    assert signature.key_id == key.key_id
    payload = payload_of(RECORD.topic, RECORD.key, dict(RECORD.headers), RECORD.value)
    public = VerifyKey(public_key_in(key.public_key))
    public.verify(signing_input(signature.header, payload), signature.signature)


def test_for_whom_a_gateway_speaks_is_signed_with_the_rest() -> None:
    spoken = SpokenFor("NXT21000000002", "mutual TLS", "https")
    headers = (*RECORD.headers, *spoken.headers())
    changed = (*RECORD.headers, *SpokenFor("NXT21000000003", "mutual TLS", "https").headers())
    key = new_message_key()

    first = signed(RECORD._replace(headers=headers), key)
    other = signed(RECORD._replace(headers=changed), key)

    assert first.headers[-1] != other.headers[-1]


def test_without_a_key_records_stay_as_they_are() -> None:
    assert all_signed([RECORD], None) == [RECORD]
    key = new_message_key()
    assert all_signed([RECORD], key) == [signed(RECORD, key)]


def test_a_key_shows_that_it_is_held_for_this_organisation_alone() -> None:
    key = new_message_key()
    proof = base64url_in(key.possession("NXT21000000001").encode())
    public = VerifyKey(public_key_in(key.public_key))

    assert key.key_id == key_id_of(bytes(public))
    assert proof is not None
    public.verify(possession_of("NXT21000000001", key.key_id), proof)
    assert key.possession("NXT21000000002") != key.possession("NXT21000000001")


def test_a_key_in_a_file_is_the_same_each_time_and_never_shown(tmp_path: Path) -> None:
    key = message_key(tmp_path / "sender.key")

    assert message_key(tmp_path / "sender.key") == key
    assert key.public_key in repr(key)
    assert bytes(key_kept_in(tmp_path / "sender.key")).hex() not in repr(key)
    assert "SigningKey" not in repr(key)
