"""Sealing a driver's identity for one terminal: only that terminal's gate can read it again."""

import binascii
import hashlib
import unicodedata
from base64 import b64decode, b64encode
from typing import NamedTuple

from nacl.bindings import sodium_pad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from schemas.messages import SealedDriver

BLOCK_BYTES = 64
"""Every plaintext has this length, so that a box does not tell how long the identity is."""

SHORTEST_SHOWN = 5
"""From so many characters on the mask shows the last two; of a shorter identity, nothing."""

KEY_ID_DIGITS = 16


class UnusableIdentity(ValueError):
    """The driver's identity is empty, or longer than 63 bytes.

    Give the number of the card that the terminal reads (in Antwerp the Alfapass), nothing else.
    """


class UnusableKey(ValueError):
    """The terminal's public key is not 32 bytes in base64, or no key that can seal.

    Ask the register for the terminal's sealing key; it is made with `new_terminal_key`.
    """


class TerminalKey(NamedTuple):
    """A terminal's key pair in base64; `key_id` follows from the public key.

    The private key stays in the terminal: its representation does not show it.
    """

    key_id: str
    public_key: str
    private_key: str

    def __repr__(self) -> str:
        """Show what may be seen."""
        return f"TerminalKey(key_id={self.key_id!r}, public_key={self.public_key!r})"


def new_terminal_key() -> TerminalKey:
    """Make a key pair for a terminal: the id and the public key are registered."""
    private = PrivateKey.generate()
    public = bytes(private.public_key)
    key_id = hashlib.sha256(public).hexdigest()[:KEY_ID_DIGITS]
    return TerminalKey(key_id, b64encode(public).decode(), b64encode(bytes(private)).decode())


def seal(
    identity: str, terminal_public_key: str, key_id: str, alias: str | None = None
) -> SealedDriver:
    """Return *identity*, sealed for the terminal with this public key (base64).

    Raises UnusableIdentity or UnusableKey; neither repeats what it was given.
    """
    plaintext = padded(identity)
    try:
        box = SealedBox(PublicKey(b64decode(terminal_public_key, validate=True)))
        ciphertext = box.encrypt(plaintext)
    except (binascii.Error, ValueError, CryptoError) as error:
        raise UnusableKey(UnusableKey.__doc__) from error
    return SealedDriver(
        key_id=key_id,
        ciphertext=b64encode(ciphertext).decode(),
        mask=masked(identity),
        alias=alias,
    )


def masked(identity: str) -> str:
    """Return what all others may see of *identity*: `**12`, and `**` of a short one."""
    known = normalised_identity(identity)
    return f"**{known[-2:]}" if len(known) >= SHORTEST_SHOWN else "**"


def normalised_identity(identity: str) -> str:
    """Return *identity* as it is sealed and compared: no spaces, upper case.

    Publishers and gates must agree on it to the letter. NFKC, because card readers and
    spreadsheets write the same digits in more than one way.
    """
    return "".join(unicodedata.normalize("NFKC", identity).split()).upper()


def padded(identity: str) -> bytes:
    """Return the plaintext of a box: *identity* normalised, filled up to one block of 64 bytes.

    The filling is a byte 0x80 and zeros (ISO/IEC 7816-4). Raises UnusableIdentity.
    """
    try:
        text = normalised_identity(identity).encode()
    except UnicodeEncodeError:
        raise UnusableIdentity(UnusableIdentity.__doc__) from None  # it would show the identity
    if not 0 < len(text) < BLOCK_BYTES:
        raise UnusableIdentity(UnusableIdentity.__doc__)
    return sodium_pad(text, BLOCK_BYTES)
