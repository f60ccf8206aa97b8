"""People with keys of their own, for tests of what needs four eyes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from nacl.signing import SigningKey

from schemas.keys import Key, key_id_of
from schemas.organisations import Organisation
from schemas.overrides import Intent, Override, digest_of, signed_form, to_sign
from schemas.signatures import base64url, header_of
from schemas.value import altered

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Signer:
    """One key of one person; of a system where *person* is None."""

    person: str | None
    seed: int

    @property
    def _key(self) -> SigningKey:
        return SigningKey(self.seed.to_bytes(32, "big"))

    @property
    def key(self) -> Key:
        """The public half, as the directory has it."""
        public_key = bytes(self._key.verify_key)
        return Key(key_id_of(public_key), base64url(public_key).decode(), LONG_AGO, self.person)

    def held(self, possession: bytes) -> bytes:
        """Show that it is held, as who registers a key has to."""
        return self._key.sign(possession).signature

    def sign(self, intent: Intent) -> str:
        """Sign *intent*."""
        signed = to_sign(header_of(self.key.id), intent)
        return signed_form(signed, self._key.sign(signed).signature)


def both_sign(
    override: Override,
    subject: str,
    detail: str,
    at: datetime,
    people: tuple[Signer, Signer],
) -> dict[str, str]:
    """What two people's word for it is in a message; its id has to be `id_of` it."""
    first, second = people
    intent = Intent(override, subject, detail, at)
    proposal = first.sign(intent)
    confirmation = second.sign(altered(intent, confirms=digest_of(proposal)))
    return {"proposal": proposal, "confirmation": confirmation}


def id_of(signed: Mapping[str, str]) -> str:
    """The id that a message has to have: two people's word is good for one message."""
    return digest_of(signed["proposal"])


OPERATOR = "NXT21000000090"
ADA, BEN = Signer("ada", 1), Signer("ben", 2)
ADAS_OTHER, CLEO, SYSTEM = Signer("ada", 3), Signer("cleo", 5), Signer(None, 4)
"""Cleo is nobody that the operator knows."""


def overseer(*people: Signer) -> Organisation:
    """The organisation whose people may override, with the keys of *people*."""
    return Organisation(OPERATOR, 1, "Demo Operator", (), keys=tuple(each.key for each in people))
