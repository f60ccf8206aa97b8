"""Keys of organisations and gateways that may speak for them, as the directory has them."""

from datetime import datetime
from hashlib import sha256

from schemas.signatures import base64url, base64url_in
from schemas.value import Moment, Value

KEY_BYTES = 32


class Key(Value, frozen=True):
    """A public Ed25519 key of an organisation, `public_key` in base64url (a JWK's `x`).

    `id` follows from the key. `person` is the organisation's own id for the one person that
    holds it, None for its systems'. A message counts as signed where the broker had it before
    `expires_at` and before `revoked_at`.
    """

    id: str
    public_key: str
    registered_at: Moment
    person: str | None = None
    expires_at: Moment | None = None
    revoked_at: Moment | None = None

    def revoked_by(self, moment: datetime) -> bool:
        """Tell whether the key had been revoked at *moment*, the broker's time of a record."""
        return self.revoked_at is not None and moment >= self.revoked_at

    def expired_by(self, moment: datetime) -> bool:
        """Tell whether the key's term was over at *moment*."""
        return self.expires_at is not None and moment >= self.expires_at


class Gateway(Value, frozen=True):
    """Who may speak for an organisation: `until` the broker's time from which no longer."""

    organisation: str
    appointed_at: Moment
    until: Moment | None = None

    def speaks_at(self, moment: datetime) -> bool:
        """Tell whether it may speak at *moment*, the broker's time of a record."""
        return self.until is None or moment < self.until


class UnusableMessageKey(ValueError):
    """A public key is not 32 bytes in base64url; take it from `releasebus key show`."""


def public_key_in(written: str) -> bytes:
    """Return the public key in base64url; raise UnusableMessageKey for what is none."""
    data = base64url_in(written.encode())
    if data is None or len(data) != KEY_BYTES:
        raise UnusableMessageKey(UnusableMessageKey.__doc__)
    return data


def key_id_of(public_key: bytes) -> str:
    """Return what a key is called: its JWK thumbprint (RFC 7638, RFC 8037 appendix A.3)."""
    jwk = b'{"crv":"Ed25519","kty":"OKP","x":"%b"}' % base64url(public_key)
    return base64url(sha256(jwk).digest()).decode()


def possession_of(organisation: str, key_id: str) -> bytes:
    """Return what a new key signs to show that whoever registers it holds it."""
    return f"releasebus key\n{organisation}\n{key_id}".encode()
