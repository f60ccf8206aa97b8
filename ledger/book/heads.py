"""Signing the head of a chain, so that a book cut off behind it can be shown to be cut off."""

import os
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from schemas.heads import Head, signed

KEY_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class HeadKey:
    """The bus's own Ed25519 key; `key_id` is a digest of its public half."""

    key: SigningKey
    key_id: str


def head_key(file: Path | None) -> HeadKey:
    """Return the key kept in *file*, made on first use; without a file one for this run only."""
    if file is None:
        return _named(SigningKey.generate())
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(bytes(SigningKey.generate()))
    return _named(SigningKey(file.read_bytes()))


def sign_head(key: HeadKey, shard: str, seq: int, head: bytes, at: datetime) -> Head:
    """Return the signed head of *shard*, whose entry *seq* has the hash *head*."""
    digest = head.hex()
    signature = key.key.sign(signed(shard, seq, digest)).signature
    return Head(
        shard=shard, seq=seq, hash=digest, at=at, key_id=key.key_id, signature=signature.hex()
    )


def check_head(head: Head, public_key: bytes) -> bool:
    """Tell whether *head* was signed by the owner of *public_key*."""
    try:
        VerifyKey(public_key).verify(
            signed(head.shard, head.seq, head.hash), bytes.fromhex(head.signature)
        )
    except (BadSignatureError, ValueError):
        return False
    return True


def _named(key: SigningKey) -> HeadKey:
    return HeadKey(key, blake2b(bytes(key.verify_key), digest_size=KEY_ID_BYTES).hexdigest())
