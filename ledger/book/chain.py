"""The hash chain of a shard: any edit, deletion, reordering or insertion shows."""

import hashlib
import os
from collections.abc import Iterator

GENESIS = bytes(32)
SALT_BYTES = 16
SALTS_AT_ONCE = 256


def salts() -> Iterator[bytes]:
    """Yield salts, so that an entry can be hidden from a proof that shows its neighbour.

    Many are drawn at once: a call to the system costs more than the hashes of an entry.
    """
    while True:
        drawn = os.urandom(SALT_BYTES * SALTS_AT_ONCE)
        for at in range(0, len(drawn), SALT_BYTES):
            yield drawn[at : at + SALT_BYTES]


def leaf(salt: bytes, body: bytes) -> bytes:
    """Return what stands for an entry in the chain without showing it."""
    return hashlib.sha256(salt + body).digest()


def link(previous: bytes, salt: bytes, body: bytes) -> bytes:
    """Return the hash of an entry: H(previous, H(salt, bytes))."""
    leaf_digest = hashlib.sha256(salt + body).digest()  # leaf(), without the price of a call
    return hashlib.sha256(previous + leaf_digest).digest()
