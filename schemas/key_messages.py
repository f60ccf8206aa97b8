"""Which keys sign for an organisation, and which gateways may speak for it: as it is asked."""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from schemas.messages import OrganisationMessage, Reason, Text

# 32 bytes in base64url in their one spelling: the last two bits stand for nothing.
PublicKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
Proof = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{86}$")]


class RegisterKey(OrganisationMessage):
    """A new public key of the organisation; its id follows from it (schemas/keys.py).

    `public_key` is Ed25519 in base64url; `proof` the new key's own signature that it is held,
    as `releasebus key show FILE --organisation ID` writes both. `person` is the organisation's
    own id, never a name, for the one person that holds it.
    """

    TYPE: ClassVar[str] = "releasebus.register_key"

    public_key: PublicKey
    proof: Proof
    person: Text | None = None
    expires_at: AwareDatetime | None = None


class RevokeKey(OrganisationMessage):
    """A key signs no more, from `effective_at` on: now by default, or since it was lost."""

    TYPE: ClassVar[str] = "releasebus.revoke_key"

    key_id: Text
    effective_at: AwareDatetime | None = None
    reason: Reason = ""


class AppointGateway(OrganisationMessage):
    """The organisation lets `gateway`, another one, speak for it."""

    TYPE: ClassVar[str] = "releasebus.appoint_gateway"

    gateway: Text


class DismissGateway(OrganisationMessage):
    """The gateway speaks for the organisation no more, from `effective_at` on: now by default."""

    TYPE: ClassVar[str] = "releasebus.dismiss_gateway"

    gateway: Text
    effective_at: AwareDatetime | None = None


KEY_MESSAGES: tuple[type[OrganisationMessage], ...] = (
    RegisterKey,
    RevokeKey,
    AppointGateway,
    DismissGateway,
)
"""What comes from the register, or signed from the organisation itself."""
