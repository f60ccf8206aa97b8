"""A log to try the book on: who says what, record by record, and a clerk who settles it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from ledger.book.book import Book, Settled
from ledger.book.draft import Entry
from ledger.book.lease import Lease, open_shard, take
from ledger.law.policy import Policy
from ledger.record import LogRecord
from producers.simulator.onboarding import stage_by_stage
from schemas import messages as m
from schemas.envelope import Envelope
from schemas.identifiers import Scheme
from schemas.logged import Attestation, log_headers
from schemas.messages import Message, Modality, PartyRef, Role, SealedDriver, TerminalRef
from schemas.registrations import DOORS

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
AGENT, RIVAL = "NXT21000000001", "NXT21000000006"
FORWARDER, HAULIER = "NXT21000000002", "NXT21000000003"
TERMINAL, CUSTOMS = "NXT21000000004", "NXT21000000005"
REGISTER = "register"
PORT, QUAY = "BEANR", "1742"
LEDGER, DIRECTORY = "ledger-0", "directory-0"

CAST = (
    (AGENT, Role.SHIP_AGENT),
    (RIVAL, Role.SHIP_AGENT),
    (FORWARDER, Role.RELEASE_PARTY),
    (HAULIER, Role.TRANSPORT_OPERATOR),
    (TERMINAL, Role.TERMINAL_OPERATOR),
    (CUSTOMS, Role.CUSTOMS),
)


@dataclass(slots=True)
class Log:
    """The logs of some shards as the broker would hold them."""

    next_offset: dict[str, int] = field(default_factory=dict)
    serial: int = 0
    now: datetime = NOW

    def say(
        self, sender: str, message: Message, *, message_id: str = "", shard: str = LEDGER
    ) -> LogRecord:
        """Append one message; its id is a new one where none is given."""
        self.serial += 1
        name = message_id or f"m{self.serial}"
        envelope = Envelope(name, f"urn:x:{sender}", message.TYPE, self.now)
        attestation = Attestation(sender, "off", f"topic/0/{self.serial}")
        offset = self.next_offset.get(shard, 0)
        self.next_offset[shard] = offset + 1
        return LogRecord(
            shard=shard,
            offset=offset,
            recorded_at=self.now,
            headers=log_headers(envelope, attestation),
            value=message.model_dump_json(exclude_none=True).encode(),
        )

    def again(self, record: LogRecord) -> LogRecord:
        """Append the same message once more."""
        offset = self.next_offset[record.shard]
        self.next_offset[record.shard] = offset + 1
        return LogRecord(record.shard, offset, self.now, record.headers, record.value)

    def tick(self, *, shard: str = LEDGER, ahead: timedelta = timedelta(0)) -> LogRecord:
        """Let time be told."""
        return self.say("clock", m.Tick(at=self.now + ahead), shard=shard)

    def pass_by(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span

    def joined(self, *, shard: str = DIRECTORY) -> list[LogRecord]:
        """Register the whole cast."""
        return self.joins(*(registration(each, role) for each, role in CAST), shard=shard)

    def joins(
        self, *organisations: m.RegisterOrganisation, shard: str = DIRECTORY
    ) -> list[LogRecord]:
        """Let organisations join, door after door."""
        return [
            self.say(DOORS[type(message)], message, message_id=message_id, shard=shard)
            for message_id, message in stage_by_stage(organisations)
        ]

    def whole_day(self, container: str, *, shard: str = LEDGER) -> list[LogRecord]:
        """Say everything from the discharge to the gate-out; the first message has to wait."""
        return [self.say(sender, message, shard=shard) for sender, message in day_of(container)]


@dataclass(slots=True)
class Clerk:
    """A book with its leases, kept in step."""

    engine: Engine
    log: Log = field(default_factory=Log)
    leases: dict[str, Lease] = field(default_factory=dict)
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        self.book = Book(self.engine, Policy())

    def take(self, *shards: str, owner: str = "clerk") -> None:
        """Open and take shards."""
        for shard in shards:
            open_shard(self.engine, shard, 0)
            self.leases[shard] = take(self.engine, shard, owner)

    def settle(self, records: Sequence[LogRecord]) -> list[Entry]:
        """Settle one batch and return its entries, shard by shard."""
        leases = {record.shard: self.leases[record.shard] for record in records}
        return self.keep(self.book.settle(leases, records))

    def keep(self, settled: Settled) -> list[Entry]:
        """Go on with the leases that a batch led to."""
        self.leases.update(settled.leases)
        return [entry for entries in settled.entries.values() for entry in entries]

    def say(self, sender: str, message: Message, *, message_id: str = "") -> list[Entry]:
        """Say one thing and settle it alone."""
        return self.settle([self.log.say(sender, message, message_id=message_id)])


def clerk_of(engine: Engine) -> Clerk:
    """Return a clerk with two shards taken and the whole cast registered."""
    clerk = Clerk(engine)
    clerk.take(LEDGER, DIRECTORY)
    clerk.settle(clerk.log.joined())
    return clerk


def registration(organisation: str, role: Role) -> m.RegisterOrganisation:
    quays = (TerminalRef(port=PORT, code=QUAY),) if role is Role.TERMINAL_OPERATOR else ()
    return m.RegisterOrganisation(
        organisation=organisation, name=organisation, roles=(role,), terminals=quays
    )


def release(container: str, *, bill: str = "BL1", number: str = "REL1") -> m.Release:
    return m.Release(
        container=container,
        port=PORT,
        terminal=QUAY,
        bills_of_lading=(bill,),
        release_identification=number,
        release_to=party(FORWARDER),
    )


def party(organisation: str) -> PartyRef:
    return PartyRef(scheme=Scheme.NXTPORT, code=organisation)


def accept(container: str) -> m.Accept:
    return m.Accept(container=container, port=PORT)


def discharge(container: str) -> m.ReportDischarge:
    return m.ReportDischarge(container=container, port=PORT, terminal=QUAY)


def day_of(container: str) -> Iterable[tuple[str, Message]]:
    """Yield who says what from the discharge to the gate-out."""
    driver = SealedDriver(key_id="quay", ciphertext="c2VhbGVk", mask="**12")
    yield TERMINAL, discharge(container)
    yield AGENT, release(container, bill=f"BL-{container}", number=f"REL-{container}")
    yield FORWARDER, accept(container)
    yield FORWARDER, m.Transfer(container=container, port=PORT, release_to=party(HAULIER))
    yield HAULIER, accept(container)
    yield (
        HAULIER,
        m.AssignPickup(container=container, port=PORT, modality=Modality.TRUCK, driver=driver),
    )
    yield TERMINAL, m.ReportTerminalRelease(container=container, port=PORT, terminal=QUAY)
    yield (
        CUSTOMS,
        m.ReportCustomsStatus(container=container, port=PORT, status=m.CustomsStatus.RELEASED),
    )
    yield TERMINAL, m.ReportGateOut(container=container, port=PORT, terminal=QUAY)
