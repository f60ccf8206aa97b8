"""A partner's interchange through the whole gateway but for broker, database and signatures."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from aiokafka import ConsumerRecord

from adapters.edifact.partners import Partner
from consumers.gateway.came import Came, Entrance
from consumers.gateway.desk import Desk
from consumers.gateway.handled import Handled
from consumers.gateway.meaning import MEANING
from consumers.gateway.meant import Understanding
from consumers.intake.claim import LOG_APPEND_TIME
from ledger.directory.directory import Directory, directory_of
from producers.log import partition_of
from schemas.messages import PartyRef
from schemas.organisations import Organisation
from schemas.topics import EDI_IN


@dataclass(frozen=True, slots=True)
class Believing(Directory):
    """A directory of the partner alone, which is whomever it names: a COPINO's VAT number too."""

    def find(self, party: PartyRef) -> Organisation:
        """Return the partner."""
        del party
        return next(iter(self.by_id.values()))


def simulated(
    partner: Partner, interchanges: Sequence[bytes], now: datetime
) -> tuple[Handled, ...]:
    """Return what each of *interchanges* comes to, one after the other, as if *partner* sent them.

    The directory knows nobody but the partner's organisation, and believes it: whether it may say
    what it says the ledger tells when it is asked.
    """
    known = directory_of((Organisation(partner.organisation, 1, partner.name, ()),), 1)
    who = Believing(*(getattr(known, each.name) for each in fields(known)))
    understand, aperak = MEANING
    # A folder takes a file of any size, to the same end as a record of the same bytes.
    entrance = Entrance({partner.name: partner}, who, largest_bytes=max(map(len, interchanges)))
    desk = Desk(entrance, Understanding(who, understand, aperak))
    seen: set[str] = set()
    settled = []
    for offset, data in enumerate(interchanges):
        record = _record(partner.name, data, offset, now)
        came = desk.came(record)
        one = desk.settled(came, seen) if isinstance(came, Came) else desk.dead(record, came)
        seen.update(one.identities)
        settled.append(one)
    return tuple(settled)


def _record(name: str, data: bytes, offset: int, now: datetime) -> "ConsumerRecord[bytes, bytes]":
    key = name.encode()
    place = (EDI_IN.name, partition_of(key, EDI_IN.partitions), offset)
    came_at = int(now.astimezone(UTC).timestamp() * 1000)
    return ConsumerRecord(*place, came_at, LOG_APPEND_TIME, key, data, None, -1, -1, ())
