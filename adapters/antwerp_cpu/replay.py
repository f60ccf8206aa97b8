"""Notifications given again, as CPu's `GET /notifications` has them (cpu.md §4.2 row 16)."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from adapters.antwerp_cpu import bodies
from adapters.antwerp_cpu.wire_read import StoredNotification


@dataclass(frozen=True, slots=True)
class Stored:
    """A notification as it was sent, and when it was stored."""

    content: bytes
    stored_on: datetime


@dataclass(frozen=True, slots=True)
class Replay:
    """Which notifications are asked for; what is None lets all of them pass.

    The container and the days are for whoever keeps them to look up.
    """

    event: str | None = None
    public_reference_id: str | None = None


def stored_notifications(kept: Iterable[Stored], asked: Replay) -> Iterator[StoredNotification]:
    """Yield those of *kept* that are asked for, in order, each with its text as it was sent.

    They are not read strictly: an older version of the bus may have written them.
    """
    for stored in kept:
        envelope = json.loads(stored.content)
        event = str(envelope["event"])
        reference = str(envelope["publicReferenceId"])
        if asked.event is not None and asked.event.casefold() != event.casefold():
            continue
        if asked.public_reference_id not in {None, reference}:
            continue
        yield StoredNotification(
            nxt_entity_id=envelope["receiverId"],
            equipment_number=envelope["id"],
            public_reference_id=reference,
            external_reference_id=envelope["externalReferenceId"],
            stored_on=bodies.moment(stored.stored_on),
            message=stored.content.decode(),
            type=envelope["type"],
            event=event,
        )
