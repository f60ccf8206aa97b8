"""Everybody of a day has a key of its own, which the register can prove to be held."""

from nacl.signing import VerifyKey

from producers.simulator import cast_of
from producers.simulator.signers import new_signers
from schemas.doors import Door
from schemas.key_messages import RegisterKey
from schemas.keys import possession_of, public_key_in
from schemas.signatures import base64url_in


def test_everybody_and_every_door_has_another_key() -> None:
    ids = [company.id for company in cast_of(1).companies]
    signers = new_signers(ids)

    keys = [*signers.doors.values(), *signers.organisations.values()]
    assert set(signers.doors) == set(Door)
    assert set(signers.organisations) == set(ids)
    assert len({key.key_id for key in keys}) == len(keys)


def test_the_register_brings_each_with_proof() -> None:
    signers = new_signers(["NXT21000000001", "NXT21000000002"])

    said = list(signers.registrations())

    assert len({message_id for message_id, _ in said}) == 2
    for _, message in said:
        assert isinstance(message, RegisterKey)
        key = signers.organisations[message.organisation]
        proof = base64url_in(message.proof.encode())
        assert proof is not None
        VerifyKey(public_key_in(message.public_key)).verify(
            possession_of(message.organisation, key.key_id), proof
        )


def test_no_private_half_is_shown() -> None:
    signers = new_signers(["NXT21000000001"])
    seed = bytes(signers.organisations["NXT21000000001"].key)

    assert seed.hex() not in repr(signers)
    assert "SigningKey" not in repr(signers)
