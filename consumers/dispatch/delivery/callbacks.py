"""Where a system may tell by itself, put into the call that asks it to, at the last moment.

The address is a setting, and secret where a system is known by it: the same fact makes the same
document wherever the door is, and no topic or store holds it (adapters/contract.py, `callback`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from adapters.contract import callback
from consumers.dispatch.documents import Unsent
from schemas.disguises import disguises

NOT_TOLD = (
    "it asks the system to tell by itself, and the door's address is not configured: --webhooks"
)

HIDDEN = b"[redacted]"
_secret = re.compile(r".*/([A-Za-z0-9_-]{22,200})").fullmatch
"""An address that ends in a secret, as the door has it where a system can send none (hooks)."""


class NoCallback(Exception):
    """A call asks its system to tell by itself, and nobody said where."""


def addressed(document: Unsent, callbacks: Mapping[str, str]) -> Unsent:
    """Return *document* with the door's address in it where it has a place for one.

    Raises NoCallback where it has, and *callbacks* know none for its system.
    """
    place = json.dumps(callback(document.system)).encode()
    if place not in document.content:
        return document
    address = callbacks.get(document.system)
    if address is None:
        raise NoCallback(document.id)
    filled = document.content.replace(place, json.dumps(address).encode())
    return replace(document, content=filled)


def unaddressed(content: bytes, address: str | None) -> bytes | None:
    """Return what was answered without the secret that the door's *address* ends in.

    A fault quotes what it refuses, and a tracking what it was asked with. None where the secret
    shows in a dress that it cannot be cut out of.
    """
    found = None if address is None else _secret(address)
    if found is None:
        return content
    hidden = re.compile(re.escape(found[1].encode()), re.IGNORECASE)
    bare = hidden.sub(HIDDEN, content)
    return None if any(map(hidden.search, disguises(bare))) else bare
