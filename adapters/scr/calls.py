"""What is asked of SCR: the path is INFERRED (`release_path`), and stands here alone."""

import uuid
from typing import Final

from adapters.contract import Request
from adapters.scr.profile import PROFILE

REQUESTS: Final = uuid.UUID("0f3c7a52-9d1b-5f6e-8a44-6b2f1c9e7d30")


def release_of(address: str, request_id: str) -> Request:
    """Return the request for a release as it stands now; *address* as SCR spells it."""
    return Request(
        id=request_id,
        method="GET",
        path=f"/releases/{address}",
        correlation_id=same(address),
        headers=(PROFILE.header,),
    )


def same(address: str) -> str:
    """Return *address* in the one spelling that it is compared, kept and keyed in."""
    return address.lower()


def request_id_for(address: str, event_id: str) -> str:
    """Return the id of the request that an event leads to.

    An event has neither id nor time (identity_scr_portbase.md §B.5), and two that look the same
    are two: each has the id under which it came. The address stands in it for `asked_about`.
    """
    about = same(address)
    return f"{about}/{uuid.uuid5(REQUESTS, f'{about}/{event_id}')}"


def asked_about(request_id: str) -> str:
    """Return the address that a request was about, empty where the id is none of ours."""
    about, separator, _ = request_id.partition("/")
    return about if separator else ""
