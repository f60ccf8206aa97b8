"""Which bill of lading a fact, a document or what came in is about: Portbase's correlation id."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any, Final

from adapters.contract import IN_REPLY_TO, Headers
from adapters.portbase.profile import NAME
from adapters.portbase.redact import REDACTED
from schemas.facts import RecordedFact
from schemas.identifiers import read_bills
from schemas.strict_json import JsonValue, UnreadableJson
from schemas.strict_json import read as read_json
from schemas.system_facts import RequestMade
from schemas.topics import MEBIBYTE

LONGEST: Final = 100
"""Of a correlation id, which stands in ids of documents; a bill has 35 characters in EDIFACT."""

_LISTS: Final = ("trackedBLs", "notTrackedBLs")


is_tracking_id = re.compile(r"[A-Za-z0-9_-]{1,100}").fullmatch
"""Matches an id that may stand in the path of a call; those that are known are UUIDs."""


def correlation_of(bill: str) -> str:
    """Return the correlation id of a bill of lading: itself, unless it is absurdly long."""
    if len(bill) <= LONGEST:
        return bill
    return f"sha256-{hashlib.sha256(bill.encode()).hexdigest()}"


def bill_of_fact(recorded: RecordedFact) -> str | None:
    """Return the bill that a fact is about, the first where there are several; None: it says none.

    Portbase follows bills one by one (identity_scr_portbase.md §C.5).
    """
    if recorded.stay is not None and recorded.stay.bills_of_lading:
        return recorded.stay.bills_of_lading[0]
    if not isinstance(recorded.fact, RequestMade):
        return None
    asked = read_json(recorded.fact.message.encode(), max_bytes=MEBIBYTE)
    bills = asked.get("bills_of_lading") if isinstance(asked, dict) else None
    return str(bills[0]) if isinstance(bills, list) and bills else None


def correlation_of_fact(recorded: RecordedFact) -> str:
    """Return the bill's correlation id; the container's number for what names no bill."""
    bill = bill_of_fact(recorded)
    return recorded.container if bill is None else correlation_of(bill)


def correlation_of_bytes(data: bytes, headers: Headers) -> str:
    """Return the correlation id of the one bill that *data*, or the call it answers, is about.

    Empty where several are named, or none.
    """
    content = read_json(data, max_bytes=MEBIBYTE)
    named = set() if isinstance(content, UnreadableJson) else set(bills_in(content))
    if len(named) == 1:
        return correlation_of(named.pop())
    return "" if named else bill_in_id(headers.get(IN_REPLY_TO, ""))


def bills_in(content: JsonValue) -> Iterator[str]:
    """Yield the bills that a body names, in the one spelling that they are compared in."""
    for each in content if isinstance(content, list) else [content]:
        if isinstance(each, dict):
            yield from _bills_of(each)


def _bills_of(one: dict[str, JsonValue]) -> Iterator[str]:
    inner = one.get("billOfLading")
    own: Any = one.get("blNumber") or (inner.get("blNumber") if isinstance(inner, dict) else None)
    # What was taken out as a secret is no bill: all of them would be the same one.
    if isinstance(own, str) and own != REDACTED:
        yield from read_bills(own)
    for name in _LISTS:
        listed = one.get(name)
        yield from bills_in(listed) if isinstance(listed, list) else ()


def kind_with_bill(kind: str, bill: str) -> str:
    """Return what names a call in its id: the answer to it may name nothing else."""
    return f"{kind}.{correlation_of(bill)}"


def request_id(unique: str, kind: str, bill: str) -> str:
    """Return the id of a call that is made of an answer, in the form of a document's."""
    return f"{unique}.{NAME}.{kind_with_bill(kind, bill)}.{NAME}"


def kind_in_id(identity: str) -> str:
    """Return what the call with this id asked, empty where it is none of ours."""
    return _parts(identity)[0]


def bill_in_id(identity: str) -> str:
    """Return the correlation id in a call's id, empty where it is none of ours."""
    return _parts(identity)[1]


def _parts(identity: str) -> tuple[str, str]:
    _, _, rest = identity.partition(f".{NAME}.")
    kind, _, bill = rest.removesuffix(f".{NAME}").partition(".")
    return (kind, bill) if rest.endswith(f".{NAME}") and bill else ("", "")
