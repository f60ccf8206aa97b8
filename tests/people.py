"""People with keys of their own, for tests of what needs four eyes."""

from dataclasses import dataclass
from datetime import UTC, datetime

from nacl.signing import SigningKey

from schemas.keys import Key, key_id_of
from schemas.overrides import Intent, signed_form, to_sign
from schemas.signatures import base64url, header_of

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

    def sign(self, intent: Intent) -> str:
        """Sign *intent*."""
        signed = to_sign(header_of(self.key.id), intent)
        return signed_form(signed, self._key.sign(signed).signature)
