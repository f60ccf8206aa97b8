"""The hash chain of a shard: any edit, deletion, reordering or insertion shows."""

import hashlib
import os

GENESIS = bytes(32)
SALT_BYTES = 16


def new_salt() -> bytes:
    """Return a salt, so that an entry can be hidden from a proof that shows its neighbour."""
    return os.urandom(SALT_BYTES)


def leaf(salt: bytes, body: bytes) -> bytes:
    """Return what stands for an entry in the chain without showing it."""
    return hashlib.sha256(salt + body).digest()


def link(previous: bytes, salt: bytes, body: bytes) -> bytes:
    """Return the hash of an entry: H(previous, H(salt, bytes))."""
    leaf_digest = hashlib.sha256(salt + body).digest()  # leaf(), without the price of a call
    return hashlib.sha256(previous + leaf_digest).digest()
