"""Opening sealed drivers with the terminal's own keys, and comparing without a trace."""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Mapping

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.public import SealedBox as OpenBox

from consumers.gate.answers import Doubt
from consumers.gate.rights import SealedBox
from producers.sealing import UnusableIdentity, padded


class UnusablePrivateKey(ValueError):
    """A private key of the settings is not 32 bytes in base64: correct the settings."""


class TerminalKeys:
    """The private keys of one terminal by their id; several while one replaces another."""

    def __init__(self, private_keys: Mapping[str, str]) -> None:
        self._boxes = {key_id: _box(key_id, key) for key_id, key in private_keys.items()}

    def __repr__(self) -> str:
        return f"TerminalKeys({sorted(self._boxes)})"

    def names(self, driver: SealedBox, identity: str) -> bool | Doubt:
        """Tell whether *driver* is *identity*, or why that cannot be told.

        What is compared are the padded plaintexts, in constant time, so that neither content
        nor length shows; neither is kept.
        """
        box = self._boxes.get(driver.key_id)
        if box is None:
            return Doubt.KEY_UNKNOWN
        try:
            sealed = box.decrypt(b64decode(driver.ciphertext, validate=True))
        except (binascii.Error, ValueError, TypeError, CryptoError):
            return Doubt.DRIVER_UNREADABLE
        try:
            return hmac.compare_digest(sealed, padded(identity))
        except UnusableIdentity:
            return False  # nobody can have been sealed under it


def _box(key_id: str, private_key: str) -> "OpenBox[PrivateKey]":
    try:
        return OpenBox(PrivateKey(b64decode(private_key, validate=True)))
    except (binascii.Error, ValueError, CryptoError):
        # Without its cause: that would show the key.
        raise UnusablePrivateKey(f"key {key_id}: {UnusablePrivateKey.__doc__}") from None
