"""A document as a call of an interface, and what the answer to it means for the document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeAlias

from adapters.contract import HTTP_IF_MATCH, HTTP_METHOD, HTTP_PATH
from consumers.dispatch.documents import Unsent

LONGEST_WAIT_SECONDS = 3600.0
ASKS = "GET"
METHODS = frozenset({ASKS, "POST", "PUT", "PATCH", "DELETE"})
AGAIN = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""What a receiver says of itself and not of the document, beside all from 500 on."""

NOTHING_THERE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE})
"""Said at a target's own address it is the address that is wrong, and no document."""

NOT_LET_IN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
NO_CALL = "it can never be made as a call: its adapter has to be mended"
# A path below the configured address: no other host, and no way up.
_path = re.compile(r"/(?!/)[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*").fullmatch
_of_a_header = re.compile(r"[\x20-\x7e]*").fullmatch


class NotACall(ValueError):
    """A document's headers name no call of an interface: however often, it can never be made."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked of the interface at a target; `path` begins below its address."""

    method: str
    path: str
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver took the document."""

    status: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """The receiver will never take the document as it is; whoever asked for it has to know.

    `why` is for an operator, where nobody but the bus refused it.
    """

    status: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """The document is brought again; `wait_seconds` is what the receiver asked for.

    `why` is for an operator. With `not_let_in` the credentials may be old.
    """

    why: str
    wait_seconds: float | None = None
    not_let_in: bool = False


Verdict: TypeAlias = Delivered | Rejected | Again


def call_of(document: Unsent) -> Call:
    """Return the call that *document* is; raise NotACall.

    With one that changes something goes its id, the same whenever it is brought again, as the
    `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
    """
    said = {name: value.decode() for name, value in document.headers}
    method, path = said.get(HTTP_METHOD, "POST"), said.get(HTTP_PATH, "")
    if method not in METHODS or (path and (not _path(path) or ".." in path)):
        raise NotACall(document.id)
    # Asking changes nothing; an answer that was kept under a key would be none of now.
    headers = {} if method == ASKS else {"Idempotency-Key": document.id}
    if document.content:
        headers["Content-Type"] = document.content_type
    if HTTP_IF_MATCH in said:
        headers["If-Match"] = said[HTTP_IF_MATCH]
    if not all(map(_of_a_header, headers.values())):
        raise NotACall(document.id)
    return Call(method, path, headers, document.content)


def verdict_on(call: Call, status: int, headers: Mapping[str, str], now: datetime) -> Verdict:
    """Return what the receiver's answer to *call* means for the document."""
    if status in NOT_LET_IN:
        return Again(f"it does not let us in ({status}): look at its credentials", not_let_in=True)
    if status in AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        wait_seconds = _asked_to_wait(headers.get("retry-after", ""), now)
        return Again(f"it answers {status}", wait_seconds)
    if status < HTTPStatus.OK:
        return Again(f"it answers {status}, and nothing behind it")
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return Delivered(status)
    if status < HTTPStatus.BAD_REQUEST or (status in NOTHING_THERE and not call.path):
        return Again(f"it answers {status}: its address has changed, or never was this one")
    return Rejected(status)


def _asked_to_wait(said: str, now: datetime) -> float | None:
    """Return the seconds of a Retry-After (RFC 9110 §10.2.3), bounded; None where it says none."""
    if said.isdecimal():
        return min(float(said[:9]), LONGEST_WAIT_SECONDS)
    try:
        then = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    aware = then if then.tzinfo else then.replace(tzinfo=UTC)
    return min(max((aware - now).total_seconds(), 0.0), LONGEST_WAIT_SECONDS)
