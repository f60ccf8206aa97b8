"""Signing the head of a chain, so that a book cut off behind it can be shown to be cut off."""

import logging
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from ledger.key_file import key_kept_in
from schemas.heads import Head, signed

log = logging.getLogger(__name__)
KEY_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class HeadKey:
    """The bus's own Ed25519 key; `key_id` is a digest of its public half."""

    key: SigningKey
    key_id: str

    @property
    def public_key(self) -> bytes:
        """What others check its signatures with."""
        return bytes(self.key.verify_key)


def head_key(file: Path | None) -> HeadKey:
    """Return the key kept in *file*, made on first use; without a file one for this run only.

    Raises KeyUnusable where the file is open to others or is no key.
    """
    if file is None:
        return _named(SigningKey.generate())
    return _named(key_kept_in(file))


def public_half(file: Path) -> Path:
    """Return where the public half of the key in *file* is kept: for whoever verifies."""
    return file.with_name(f"{file.name}.pub")


def keep_public_half(file: Path, key: HeadKey) -> None:
    """Write the public half of *key* beside its file, in hex, where it does not stand there yet.

    The keys of before stay in it, since they signed the heads of before.
    """
    half, line = public_half(file), f"{key.public_key.hex()}\n"
    try:
        if not half.is_file() or line not in half.read_text():
            with half.open("a") as kept:
                kept.write(line)
    except OSError as error:
        # A folder of secrets may take no file: nothing but a convenience is lost.
        why, shown = error.strerror, line.strip()
        log.warning("The public key is not kept at %s (%s): %s", half, why, shown)


def key_id_of(public_key: bytes) -> str:
    """Return what a public key is called wherever it signed."""
    return blake2b(public_key, digest_size=KEY_ID_BYTES).hexdigest()


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
    return HeadKey(key, key_id_of(bytes(key.verify_key)))
