"""Where a system may tell by itself, put into the call that asks it to, at the last moment.

The address is a setting, and secret where a system is known by it: the same fact makes the same
document wherever the door is, and no topic or store holds it (adapters/contract.py, `callback`).
"""

import json
from collections.abc import Mapping
from dataclasses import replace

from adapters.contract import callback
from consumers.dispatch.documents import Unsent

NOT_TOLD = (
    "it asks the system to tell by itself, and the door's address is not configured: --webhooks"
)


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
