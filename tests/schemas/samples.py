"""A valid message of every type, small, for tests that spoil them."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from schemas.envelope import Envelope
from schemas.message_types import BY_TYPE
from schemas.messages import OrganisationMessage
from schemas.reading import ReadMessage, read_message
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
SEALED = b64encode(bytes(112)).decode()
DRIVER = {"key_id": "k1", "ciphertext": SEALED, "mask": "**12", "alias": "Jan"}

PLACE = {"container": "MSCU7029147", "port": "BEANR", "terminal": "1742"}
COMPANY = {"organisation": "NXT21000000002"}
PARTY = {"scheme": "nxtport", "code": "NXT21000000002"}
MORE: dict[str, dict[str, Any]] = {
    "release": {"bills_of_lading": ["BLTEST0001"], "release_identification": "AGT-REL-0001"},
    "transfer": {"release_to": PARTY},
    "assign_pickup": {"modality": "truck", "driver": DRIVER},
    "set_means_of_transport": {"means_of_transport": "barge"},
    "confirm_pickup_end": {"pickup_id": "p-0001"},
    "report_gate_out": {"picked_up_by": PARTY},
    "report_customs_status": {"status": "released"},
    "observe_release": {"status": "released", "agent": PARTY, "holders": [PARTY]},
    "observe_consignment": {"container": "020-12345675", "port": "NLSPL", "pieces": 3},
    "add_note": {"state": "barge_slot_requested", "reference": "BTS-4711"},
    "withdraw_note": {"about": "barge_slot", "reference": "BTS-4711"},
    "answer_request": {"request_id": "6f1a2f6e", "accepted": True},
}
ALONE: dict[str, dict[str, Any]] = {
    "resume": {"container": "MSCU7029147", "port": "BEANR", "note": "mended in 0.2"},
    "tick": {"at": "2026-03-01T08:00:00Z"},
    "register_organisation": {
        "organisation": "NXT21000000002",
        "name": "Demo Forwarder NV",
        "roles": ["release_party"],
        "codes": [PARTY],
        "terminals": [{"port": "BEANR", "code": "1742"}],
        "address": "Kaai 1, 2000 Antwerpen, BE",
        "language": "nl",
    },
    "submit_registration": COMPANY
    | {
        "flow": "new",
        "roles": ["transport_operator"],
        "name": "Demo Haulier BV",
        "codes": [{"scheme": "vat", "code": "BE0429672881"}],
        "admin": {"name": "An Admin", "email": "admin@example.test"},
    },
    "confirm_billing": COMPANY
    | {
        "billing": {"name": "Demo Haulier BV", "email": "invoices@example.test"},
        "contact": {"name": "Planning"},
    },
    "link_scr_account": COMPANY | {"account": "0xAb01", "external_id": "cp-4711"},
    "register_at_system": COMPANY
    | {"system": "portbase", "code": "CC-123", "carrier": "HLCU", "status": "pending"},
    "register_key": COMPANY
    | {
        "public_key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "proof": "A" * 86,
        "person": "P-7",
        "expires_at": "2027-03-01T08:00:00Z",
    },
    "revoke_key": COMPANY
    | {"key_id": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "reason": "lost"},
    "appoint_gateway": COMPANY | {"gateway": "NXT21000000009"},
    "settle_dispute": {
        "container": "MSCU7029147",
        "release_id": "6f1a2f6e",
        "note": "the carrier's own paper was seen",
    },
    "change_key": COMPANY
    | {
        "key_id": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        "effective_at": "2026-03-01T08:00:00Z",
        "public_key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "proof": "A" * 86,
        "reason": "lost",
    },
    "suspend_organisation": COMPANY | {"reason": "stolen codes"},
    "reinstate_organisation": COMPANY | {"reason": "cleared"},
    "dismiss_gateway": COMPANY
    | {"gateway": "NXT21000000009", "effective_at": "2026-03-01T08:00:00Z"},
}


def sample(name: str) -> dict[str, Any]:
    """Return the content of a valid message; *name* is its type without `releasebus.`."""
    if name in ALONE:
        return ALONE[name]
    of_a_company = issubclass(BY_TYPE.get(f"releasebus.{name}", object), OrganisationMessage)
    return COMPANY if of_a_company else PLACE | MORE.get(name, {})


def envelope(name: str) -> Envelope:
    """Return an envelope for it."""
    return Envelope(
        f"{name}-1", "urn:releasebus:organisation:NXT21000000001", f"releasebus.{name}", NOW
    )


NAMES = tuple(sorted(name.removeprefix("releasebus.") for name in BY_TYPE))


def written(content: Any) -> bytes:
    """Return *content* as JSON."""
    return json.dumps(content).encode()


def read(name: str, content: Any) -> ReadMessage:
    """Return the message of type *name* that *content* is."""
    value = content if isinstance(content, bytes) else written(content)
    got = read_message(envelope(name), value)
    assert isinstance(got, ReadMessage), got
    return got


def told(name: str, content: Any, *, max_bytes: int = MEBIBYTE) -> Unreadable:
    """Return why *content* is no message of type *name*; None and bytes go as they are."""
    value = content if content is None or isinstance(content, bytes) else written(content)
    got = read_message(envelope(name), value, max_bytes=max_bytes)
    assert isinstance(got, Unreadable), got
    return got
