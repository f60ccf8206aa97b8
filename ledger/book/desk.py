"""Where a batch is worked on: each record is looked up, put before the law, and written down."""

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection

from ledger.book import load, personal
from ledger.book.asked import Read
from ledger.book.bulk import Values
from ledger.book.draft import Page, digest, message_key
from ledger.book.faults import log_parked
from ledger.book.load import First
from ledger.book.moments import micros
from ledger.book.refile import set_aside
from ledger.book.registrar import PERSONAL, Registrar
from ledger.directory.directory import Directory
from ledger.law import answer as law
from ledger.law.context import Context, Question
from ledger.law.file import Answer, File
from ledger.law.policy import Policy
from ledger.law.resume import resume
from ledger.law.ruling import Refusal
from ledger.law.settle import settle
from schemas import facts as f
from schemas.facts import Cause, Outcome
from schemas.messages import ContainerMessage, Message, OrganisationMessage, Resume, Tick
from schemas.normalising import DRIVERS
from schemas.override_messages import SettleDispute
from schemas.reasons import Reason
from schemas.system_facts import RequestAnswered
from schemas.value import Value, altered

log = logging.getLogger(__name__)
# design.md §4: a tick that far from the broker's clock tells of a clock that jumped.
TICK_TOLERANCE = timedelta(hours=1)
DUE_AT_ONCE = 1000
NAME_DRIVERS = frozenset(model.TYPE for model, names in DRIVERS.items() if names)
"""The types of message that may name a driver."""

Files = dict[str, File]


class OutOfPlace(Exception):
    """A record lies before the place of its shard: it was settled already.

    Whoever feeds the book must begin at the lease's next offset. Stop the process and report it.
    """


class Change(Value, frozen=True):
    """A container's file before and after the batch, for the rows that must follow."""

    container: str
    shard: str
    before: File
    after: File


@dataclass(slots=True)
class Desk:
    """What is known while one batch is answered; `files` are those of each shard.

    After a rollback nothing of it is true any more.
    """

    connection: Connection
    registrar: Registrar
    policy: Policy
    files: dict[str, Files]
    first: dict[bytes, First]
    keys: dict[str, Values] = field(default_factory=dict)
    keys_gone: list[str] = field(default_factory=list)
    _before: dict[tuple[str, str], File] = field(default_factory=dict)

    @property
    def directory(self) -> Directory:
        """The directory as it stands by now."""
        return self.registrar.directory

    def answer(self, page: Page, asked: Read, broken: str | None) -> None:
        """Answer one record onto its shard's page; *broken* parks it unheard, naming the error."""
        if asked.record.offset < page.next_offset:
            raise OutOfPlace(f"{page.lease.shard}: {asked.record.offset} < {page.next_offset}")
        page.next_offset = asked.record.offset + 1
        page.recorded_at = max(page.recorded_at, asked.record.recorded_at)
        message = asked.logged.message
        if isinstance(message, Tick):
            self._tick(page, asked, message, broken)
        elif isinstance(message, ContainerMessage) and self._from_stranger(asked):
            self._turn_away(page, asked)
        elif asked.seen.key in self.first:
            self._repeated(page, asked, self.first[asked.seen.key])
        elif isinstance(message, ContainerMessage):
            question = Question(self._locked(page, asked, message), self._cause(asked))
            self._ask(page, asked, question, broken)
        elif isinstance(message, Resume):
            self._resume(page, asked, message, broken)
        elif isinstance(message, SettleDispute):
            self._settle_dispute(page, asked, message, broken)
        elif broken is not None:
            self._park_alone(page, asked, broken)
        elif isinstance(message, OrganisationMessage):
            self._register(page, asked, message)
        else:
            raise TypeError(f"no answer is known to {asked.logged.envelope.type}")

    def changes(self) -> Iterator[Change]:
        """Yield every file that the batch changed."""
        for (shard, container), before in self._before.items():
            after = self.files[shard][container]
            if after is not before:
                yield Change(container, shard, before, after)

    def _from_stranger(self, asked: Read) -> bool:
        return self.directory.get(asked.logged.attestation.organisation) is None

    def _turn_away(self, page: Page, asked: Read) -> None:
        """Refuse a stranger, as the law does, also where it repeats itself or breaks our code.

        An answer of another kind would not tell that it goes to a stranger, who has no outbox;
        and nobody's container stands still on its word.
        """
        organisation = asked.logged.attestation.organisation
        fact = f.Refused(reason=Reason.SENDER_UNKNOWN, detail=organisation)
        answer = self._plain(asked, fact, Outcome.REFUSED)
        if asked.seen.key in self.first:
            page.add(answer, attested=asked.attested)
        else:
            self._write_down(page, asked, (answer,))

    def _ask(self, page: Page, asked: Read, question: Question, broken: str | None) -> None:
        file = self.files[page.lease.shard][asked.container]
        context = self._context(page)
        if broken is None:
            try:
                after, answers = law.answer(file, question, context)
            except Exception as error:  # noqa: BLE001  logged by its kind, for it may quote all
                # Our own bug must not stop other containers.
                log_parked(asked.place, error)
                after, answers = law.park(file, question, context, type(error).__name__)
        else:
            after, answers = law.park(file, question, context, broken)
        self._write_down(page, asked, answers)
        self._destroy_keys(page, answers)
        self._change(page, asked.container, after)

    def _resume(self, page: Page, asked: Read, message: Resume, broken: str | None) -> None:
        if broken is not None:
            fact = f.Refused(reason=Reason.STILL_BREAKS, detail=broken)
            self._write_down(page, asked, (self._plain(asked, fact, Outcome.REFUSED),))
            return
        about = ContainerMessage(container=message.container, port=_port_of(message))
        question = Question(about, self._cause(asked))
        file = self.files[page.lease.shard][message.container]
        aside = self._set_aside(page, message.container) if file.parked else ()
        resumption = resume(file, question, aside, message, self._context(page))
        if resumption.broke is not None:
            log_parked(f"again what was resumed at {asked.place}", resumption.broke)
        self._write_down(page, asked, resumption.answers)
        self._destroy_keys(page, resumption.answers)
        self._change(page, message.container, resumption.file)

    def _settle_dispute(
        self, page: Page, asked: Read, message: SettleDispute, broken: str | None
    ) -> None:
        if broken is not None:
            fact = f.Refused(reason=Reason.STILL_BREAKS, detail=broken)
            self._write_down(page, asked, (self._plain(asked, fact, Outcome.REFUSED),))
            return
        about = ContainerMessage(container=message.container, port="-")
        question = Question(about, self._cause(asked))
        file = self.files[page.lease.shard][message.container]
        after, answers = settle(file, question, message, self._context(page))
        self._write_down(page, asked, answers)
        self._change(page, message.container, after)

    def _set_aside(self, page: Page, container: str) -> list[Question]:
        stored = load.parkings(self.connection, page.lease.shard, container)
        of_this_batch = (entry.recorded for entry in page.entries)
        unwritten = (recorded for recorded in of_this_batch if recorded.container == container)
        return set_aside([*stored, *unwritten])

    def _locked(self, page: Page, asked: Read, message: ContainerMessage) -> ContainerMessage:
        """Return the message with the driver that it may name locked under a key of its own.

        Before the law hears it: so whatever comes of it is never anything but locked.
        """
        changed = {}
        for name in DRIVERS[type(message)]:
            driver = getattr(message, name)
            if driver is not None:
                key_id, key = asked.seen.key.hex(), personal.new_key()
                made_at = micros(page.recorded_at)
                self.keys[key_id] = (key_id, asked.container, made_at, key)
                kept = page.drivers[key_id] = personal.kept(driver)
                changed[name] = personal.locked(kept, key_id, key)
        return message.model_copy(update=changed) if changed else message

    def _destroy_keys(self, page: Page, answers: Collection[Answer]) -> None:
        """Destroy the keys whose term is over, and those of drivers who were named in vain."""
        for key_id in _keys_ended_by(answers):
            page.drivers.pop(key_id, None)
            if self.keys.pop(key_id, None) is None:
                self.keys_gone.append(key_id)

    def _park_alone(self, page: Page, asked: Read, broken: str) -> None:
        message = asked.logged.message
        # An entry is for ever: whom a registration names stands on the log alone meanwhile.
        kept = message.model_dump_json(
            exclude_none=True, exclude={*PERSONAL.get(type(message), ())}
        )
        fact = f.Parked(error=broken, message=kept)
        self._write_down(page, asked, (self._plain(asked, fact, Outcome.PARKED),))

    def _write_down(self, page: Page, asked: Read, answers: tuple[Answer, ...]) -> None:
        first, *rest = answers
        entry = page.add(first, asked.seen, asked.attested)
        if first.outcome is not None:
            self.first[asked.seen.key] = First(
                asked.seen.content_hash, page.lease.shard, entry.recorded.seq, first.outcome
            )
        for following in rest:
            page.add(following)

    def _repeated(self, page: Page, asked: Read, first: First) -> None:
        if first.content_hash == asked.seen.content_hash:
            fact: f.Fact = f.Repeated(
                first_shard=first.shard, first_seq=first.seq, first=first.outcome
            )
            outcome = Outcome.DUPLICATE
        else:
            log.warning("Same id, other content: %s", asked.logged.envelope.source)
            fact = f.Refused(reason=Reason.SAME_ID_OTHER_CONTENT)
            outcome = Outcome.REFUSED
        page.add(self._plain(asked, fact, outcome), attested=asked.attested)

    def _register(self, page: Page, asked: Read, message: OrganisationMessage) -> None:
        key_id = asked.seen.key.hex()
        ruling = self.registrar.rule(message, asked.logged, page.recorded_at, key_id)
        if isinstance(ruling, Refusal):
            refused = f.Refused(reason=ruling.reason, detail=ruling.detail)
            self._write_down(page, asked, (self._plain(asked, refused, Outcome.REFUSED),))
            return
        first, *rest = ruling
        answers = [self._plain(asked, first, Outcome.APPLIED)]
        answers.extend(self._plain(asked, fact, None) for fact in rest)
        seq = page.next_seq
        self._write_down(page, asked, tuple(answers))
        self.registrar.keep(ruling, seq)

    def _tick(self, page: Page, asked: Read, tick: Tick, broken: str | None) -> None:
        page.ticks += 1
        if broken is not None:
            return  # time will pass with the next tick
        if abs(tick.at - asked.record.recorded_at) > TICK_TOLERANCE:
            log.error("A clock jumped: the tick says %s, the broker %s", tick.at, page.recorded_at)
            return
        now = micros(page.recorded_at)
        files = self.files[page.lease.shard]
        due = self._due(page.lease.shard, now)
        unknown = [each for each in due if each not in files]
        files.update(load.files(self.connection, unknown))
        last = load.last_seqs(self.connection, {page.lease.shard: unknown})
        page.last.update(last.get(page.lease.shard, {}))
        for container in due:
            if not files[container].parked:
                self._pass_time(page, asked, container)
        self._move_organisations(page, asked, now)

    def _due(self, shard: str, now: int) -> list[str]:
        by_time = load.due(self.connection, shard, now, DUE_AT_ONCE)
        suspended = self.directory.suspended
        moved = load.of_moved_operators(self.connection, shard, suspended, DUE_AT_ONCE)
        return list(dict.fromkeys((*by_time, *moved)))

    def _move_organisations(self, page: Page, asked: Read, now: int) -> None:
        shard = page.lease.shard
        overdue = load.due_organisations(self.connection, shard, now, DUE_AT_ONCE)
        moved = tuple(self.registrar.moved_by_time(overdue, page.recorded_at))
        seq = page.next_seq
        for fact in moved:
            page.add(self._plain(asked, fact, None))
        self.registrar.keep(moved, seq)

    def _pass_time(self, page: Page, asked: Read, container: str) -> None:
        file, context = self.files[page.lease.shard][container], self._context(page)
        question = Question(ContainerMessage(container=container, port="-"), self._cause(asked))
        try:
            after, answers = law.pass_time(file, question, context)
        except Exception as error:  # noqa: BLE001  logged by its kind, for it may quote all
            log_parked(f"a container of {asked.place}, for which time cannot pass", error)
            after, answers = law.park(file, question, context, type(error).__name__)
            # A tick is no message: it has no outcome.
            answers = tuple(altered(answer, outcome=None) for answer in answers)
        for answer in answers:
            page.add(answer)
        self._destroy_keys(page, answers)
        self._change(page, container, after)

    def _change(self, page: Page, container: str, after: File) -> None:
        shard = page.lease.shard
        self._before.setdefault((shard, container), self.files[shard][container])
        self.files[shard][container] = after

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
            waited=False,
            findings=attestation.findings,
        )

    def _plain(self, asked: Read, fact: f.Fact, outcome: Outcome | None) -> Answer:
        message = asked.logged.message
        return Answer(asked.container, _port_of(message), fact, self._cause(asked), outcome)


def _port_of(message: Message) -> str:
    match message:
        case ContainerMessage(port=port):
            return port
        case Resume(port=port):
            return port or "-"  # as with a tick: the stays name theirs
        case SettleDispute():
            return "-"
        case _:
            return ""


def _keys_ended_by(answers: Collection[Answer]) -> Iterator[str]:
    for answer in answers:
        fact = answer.fact
        if isinstance(fact, f.PersonalPartsErased):
            yield from fact.keys
        elif answer.outcome is Outcome.REFUSED and answer.cause.message_type in NAME_DRIVERS:
            yield message_key(answer.cause).hex()
        elif isinstance(fact, RequestAnswered) and not fact.again:
            key_id = digest(fact.asked_by.encode(), fact.message_id.encode()).hex()
            yield from () if _locks_a_right(key_id, answers) else (key_id,)


def _locks_a_right(key_id: str, answers: Iterable[Answer]) -> bool:
    rights = [each.fact.pickup for each in answers if isinstance(each.fact, f.PickupAssigned)]
    return any(right.driver is not None and right.driver.under == key_id for right in rights)
