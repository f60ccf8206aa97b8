"""Where a batch is worked on: each record is looked up, put before the law, and written down."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection

from ledger.book import load
from ledger.book.draft import Page, digest
from ledger.book.load import Seen
from ledger.book.moments import micros
from ledger.directory.directory import Directory
from ledger.directory.register import register
from ledger.law import answer as law
from ledger.law.context import Context, Question
from ledger.law.file import Answer, File
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal
from ledger.record import LogRecord
from schemas import facts as f
from schemas.facts import Cause, Outcome
from schemas.logged import Logged, read_logged
from schemas.messages import ContainerMessage, RegisterOrganisation, Tick
from schemas.organisations import Organisation
from schemas.reasons import Reason

log = logging.getLogger(__name__)
# design.md §4: a tick that far from the broker's clock tells of a clock that jumped.
TICK_TOLERANCE = timedelta(hours=1)
DUE_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Read:
    """A record of the log, read, with what its message is known by."""

    record: LogRecord
    logged: Logged
    container: str
    key: bytes
    content_hash: bytes


def read(record: LogRecord) -> Read:
    """Return *record* as a message; raise NotOfTheLog where the log was written by others."""
    logged = read_logged(record.headers, record.value)
    message, envelope = logged.message, logged.envelope
    container = message.container if isinstance(message, ContainerMessage) else ""
    sender = logged.attestation.organisation.encode()
    key = b"" if isinstance(message, Tick) else digest(sender, envelope.id.encode())
    return Read(record, logged, container, key, digest(envelope.type.encode(), record.value))


@dataclass(frozen=True, slots=True)
class Change:
    """A container's file before and after the batch, for the rows that must follow."""

    container: str
    shard: str
    before: File
    after: File


@dataclass(slots=True)
class Desk:
    """What is known while one batch is answered; nothing here outlives a rollback."""

    connection: Connection
    directory: Directory
    policy: Policy
    files: dict[str, File]
    seen: dict[bytes, Seen]
    organisations: list[tuple[Organisation, int]] = field(default_factory=list)
    _before: dict[str, tuple[str, File]] = field(default_factory=dict)

    def answer(self, page: Page, asked: Read, broken: str | None) -> None:
        """Answer one record onto its shard's page; *broken* parks it unheard, naming the error."""
        page.next_offset = asked.record.offset + 1
        page.recorded_at = max(page.recorded_at, asked.record.recorded_at)
        message = asked.logged.message
        if isinstance(message, Tick):
            self._tick(page, asked, message)
        elif asked.key in self.seen:
            self._repeated(page, asked, self.seen[asked.key])
        elif isinstance(message, RegisterOrganisation):
            self._register(page, asked, message)
        elif isinstance(message, ContainerMessage):
            self._ask(page, asked, Question(message, self._cause(asked)), broken)

    def changes(self) -> Iterator[Change]:
        """Yield every file that the batch changed."""
        for container, (shard, before) in self._before.items():
            if self.files[container] is not before:
                yield Change(container, shard, before, self.files[container])

    def _ask(self, page: Page, asked: Read, question: Question, broken: str | None) -> None:
        file = self.files[asked.container]
        context = self._context(page)
        try:
            if broken is not None:
                file, answers = law.park(file, question, context, broken)
            else:
                file, answers = law.answer(file, question, context)
        except Exception as error:  # noqa: BLE001 - our own bug must not stop other containers
            log.exception("Parked %s offset %s", page.lease.shard, asked.record.offset)
            file, answers = law.park(self.files[asked.container], question, context, repr(error))
        self._write_down(page, asked, answers)
        self._change(page, asked.container, file)

    def _write_down(self, page: Page, asked: Read, answers: tuple[Answer, ...]) -> None:
        first, *rest = answers
        entry = page.add(first, asked.content_hash)
        if first.outcome is not None:
            self.seen[asked.key] = Seen(
                asked.content_hash, page.lease.shard, entry.recorded.seq, first.outcome
            )
        for following in rest:
            page.add(following)

    def _repeated(self, page: Page, asked: Read, first: Seen) -> None:
        if first.content_hash == asked.content_hash:
            fact: f.Fact = f.Repeated(
                first_shard=first.shard, first_seq=first.seq, first=first.outcome
            )
            outcome = Outcome.DUPLICATE
        else:
            log.warning("Same id, other content: %s", asked.logged.envelope.source)
            fact = f.Refused(reason=Reason.SAME_ID_OTHER_CONTENT)
            outcome = Outcome.REFUSED
        page.add(self._plain(asked, fact, outcome))

    def _register(self, page: Page, asked: Read, message: RegisterOrganisation) -> None:
        ruling = register(self.directory, message)
        if isinstance(ruling, Refusal):
            refused = f.Refused(reason=ruling.reason, detail=ruling.detail)
            self._write_down(page, asked, (self._plain(asked, refused, Outcome.REFUSED),))
            return
        organisation, seq = ruling.organisation, page.next_seq
        self._write_down(page, asked, (self._plain(asked, ruling, Outcome.APPLIED),))
        self.directory = self.directory.joined_by(organisation, seq)
        self.organisations.append((organisation, seq))

    def _tick(self, page: Page, asked: Read, tick: Tick) -> None:
        page.ticks += 1
        if abs(tick.at - asked.record.recorded_at) > TICK_TOLERANCE:
            log.error("A clock jumped: the tick says %s, the broker %s", tick.at, page.recorded_at)
            return
        now = micros(page.recorded_at)
        due = load.due(self.connection, page.lease.shard, now, DUE_AT_ONCE)
        unknown = [container for container in due if container not in self.files]
        self.files.update(load.files(self.connection, unknown))
        for container in due:
            message = ContainerMessage(container=container, port="-")
            question = Question(message, self._cause(asked))
            file, answers = law.pass_time(self.files[container], question, self._context(page))
            for answer in answers:
                page.add(answer)
            self._change(page, container, file)

    def _change(self, page: Page, container: str, file: File) -> None:
        self._before.setdefault(container, (page.lease.shard, self.files[container]))
        self.files[container] = file

    def _context(self, page: Page) -> Context:
        return Context(self.directory, page.recorded_at, self.policy)

    def _cause(self, asked: Read) -> Cause:
        envelope, attestation = asked.logged.envelope, asked.logged.attestation
        return Cause(
            message_id=envelope.id,
            message_type=envelope.type,
            source=envelope.source,
            organisation=attestation.organisation,
            occurred_at=envelope.time,
            log_offset=asked.record.offset,
            directory_version=self.directory.version,
            policy_version=self.policy.version,
            via=attestation.via,
            key_id=attestation.key_id,
            findings=attestation.findings,
        )

    def _plain(self, asked: Read, fact: f.Fact, outcome: Outcome) -> Answer:
        message = asked.logged.message
        port = message.port if isinstance(message, ContainerMessage) else ""
        return Answer(asked.container, port, fact, self._cause(asked), outcome)


