"""Signing what a party publishes: topic, key, headers and the exact value, in one header."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from nacl.signing import SigningKey

from ledger.key_file import key_kept_in
from producers.records import Record
from schemas.envelope import Header
from schemas.keys import key_id_of, possession_of
from schemas.signatures import (
    AUTHENTICATION,
    CHANNEL,
    ON_BEHALF_OF,
    SIGNATURE,
    base64url,
    detached,
    header_of,
    payload_of,
    signing_input,
)


@dataclass(frozen=True, slots=True)
class MessageKey:
    """A sender's Ed25519 key; its representation does not show it.

    `key_id` and `public_key` (base64url) are what the directory is told of it.
    """

    key: SigningKey = field(repr=False)
    key_id: str
    public_key: str

    @classmethod
    def of(cls, key: SigningKey) -> Self:
        """Return the key with what it is called."""
        public = bytes(key.verify_key)
        return cls(key, key_id_of(public), base64url(public).decode())

    def possession(self, organisation: str) -> str:
        """Return what shows the directory that whoever registers this key holds it."""
        signature = self.key.sign(possession_of(organisation, self.key_id)).signature
        return base64url(signature).decode()


@dataclass(frozen=True, slots=True)
class SpokenFor:
    """For whom a gateway speaks: the NxtPort id, how it was known, and over what it came.

    `authentication` and `channel` are the gateway's own words, kept as evidence: `mutual TLS`,
    `https`.
    """

    organisation: str
    authentication: str
    channel: str

    def headers(self) -> tuple[Header, ...]:
        """Return the headers that say so; they are signed with the rest."""
        return (
            (ON_BEHALF_OF, self.organisation.encode()),
            (AUTHENTICATION, self.authentication.encode()),
            (CHANNEL, self.channel.encode()),
        )


def new_message_key() -> MessageKey:
    """Make a key for this run only."""
    return MessageKey.of(SigningKey.generate())


def message_key(file: Path) -> MessageKey:
    """Return the key kept in *file*, made where there is none; raise KeyUnusable."""
    return MessageKey.of(key_kept_in(file))


def signed(record: Record, key: MessageKey) -> Record:
    """Return *record* with its signature; nothing of it may change afterwards."""
    header = header_of(key.key_id)
    payload = payload_of(record.topic, record.key, dict(record.headers), record.value)
    signature = key.key.sign(signing_input(header, payload)).signature
    return record._replace(headers=(*record.headers, (SIGNATURE, detached(header, signature))))


def all_signed(records: Iterable[Record], key: MessageKey | None) -> list[Record]:
    """Return every record signed, or as it is where there is no key."""
    return list(records) if key is None else [signed(record, key) for record in records]
