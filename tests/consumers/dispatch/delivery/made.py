"""Documents and targets as the tests of deliveries need them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from consumers.dispatch.delivery.carriers import Carrier, carrier_to
from consumers.dispatch.delivery.targets import Target, Targets
from consumers.dispatch.documents import Unsent
from tests.consumers.dispatch.delivery.scripted import Receiver

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_document(number: int = 1, correlation_id: str = "CPUU1000010", **more: Any) -> Unsent:
    """Return a document as it stands in the store."""
    document = Unsent(
        id=f"ledger-3-{number}.portbase.request.portbase",
        type="portbase.request",
        system="portbase",
        receiver="portbase",
        content_type="application/json",
        content=b'{"number": %d}' % number,
        correlation_id=correlation_id,
        subject=correlation_id,
        made_at=NOON,
        headers=(),
    )
    return replace(document, **more)


def carrier_at(there: Receiver, opened: list[Carrier], **more: Any) -> Carrier:
    """Return what brings documents to */in* of the receiver; *opened* is closed with the test."""
    made = carrier_to(Target("Rotterdam", "portbase", url=f"{there.url}/in", **more))
    opened.append(made)
    return made


def to(*targets: Target) -> Targets:
    """Return these targets, as read from a file."""
    return Targets({(target.system, target.receiver): target for target in targets})
