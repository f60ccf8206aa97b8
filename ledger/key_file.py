"""A signing key in a file that its owner alone can read, made whole on first use."""

import os
import stat
import tempfile
from pathlib import Path

from nacl.signing import SigningKey

KEY_BYTES = 32


class KeyUnusable(Exception):
    """The file with a signing key cannot be used as it is.

    It has to hold exactly 32 bytes, readable by its own user and nobody else (chmod 600). Where
    it is lost, name a new file: what the old key signed stays checkable by the old public key.
    """


def key_kept_in(file: Path) -> SigningKey:
    """Return the key kept in *file*, made where there is none.

    Raises KeyUnusable where the file is open to others or is no key.
    """
    if not file.exists():
        _make(file)
    if stat.S_IMODE(file.stat().st_mode) & stat.S_IRWXO:
        raise KeyUnusable(f"{file} is open to every user of this machine")
    seed = file.read_bytes()
    if len(seed) != KEY_BYTES:
        raise KeyUnusable(f"{file} holds {len(seed)} bytes")
    return SigningKey(seed)


def _make(file: Path) -> None:
    """Make the key whole or not at all: two processes that start at once must share one."""
    # Nobody else may read what mkstemp makes.
    descriptor, draft = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(bytes(SigningKey.generate()))
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            return  # the other process was first
    finally:
        Path(draft).unlink()
