"""The state made anew from the entries alone: they are evolved, nothing is decided again."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from ledger.book import load, tables, write
from ledger.book.bulk import prepare_staging
from ledger.book.chain import GENESIS, link
from ledger.book.desk import Change, Files
from ledger.book.engine import open_book, reading
from ledger.book.refile import refiled, stay_in_file
from ledger.book.state import Difference, alike, differences, replace_state, state_hash
from ledger.book.stored import recorded_in
from ledger.book.verify import Progress, entries, shards_with_entries
from ledger.book.walk import Finding, is_of_its_kinds
from ledger.law.file import File
from schemas.facts import OrganisationRegistered, RecordedFact
from schemas.onboarding_facts import Onboarding, OnboardingMoved
from schemas.organisations import Organisation
from schemas.value import Misformed

FILES_AT_ONCE = 20_000
FINDINGS_KEPT = 1000
DIFFERENCES_KEPT = 1000


class WrittenMeanwhile(Exception):
    """The ledger was written while its state was rebuilt, so nothing was replaced.

    Stop every process that applies (`releasebus up` with the part apply), and rebuild again.
    """


@dataclass(slots=True)
class Rebuilt:
    """How a rebuild went: the last entry of each shard, and what was wrong on the way.

    `findings` are the first thousand of `faults`.
    """

    entries: int = 0
    ends: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    faults: int = 0
    findings: list[Finding] = field(default_factory=list)

    def found(self, shard: str, seq: int, what: str) -> None:
        """Take note of something that is not as it should be."""
        self.faults += 1
        if len(self.findings) < FINDINGS_KEPT:
            self.findings.append(Finding(shard, seq, what))


@dataclass(frozen=True, slots=True)
class Checked:
    """How the tables compare with what the entries lead to; `differences` are the first ones."""

    rebuilt: Rebuilt
    stored_hash: str
    rebuilt_hash: str
    differences: tuple[Difference, ...]

    @property
    def sound(self) -> bool:
        """Tell whether the state is what the entries lead to, and nothing else was found."""
        alike = self.stored_hash == self.rebuilt_hash and not self.differences
        return alike and not self.rebuilt.faults


def check(engine: Engine, *, progress: Progress = lambda _entries: None) -> Checked:
    """Rebuild the state beside the book and compare; nothing in the book is changed."""
    with reading(engine) as stored, scratch() as rebuilt:
        result = rebuild(stored, rebuilt, progress=progress)
        hashes = state_hash(stored), state_hash(rebuilt)
        same = alike(stored, rebuilt)
        found = () if same else islice(differences(stored, rebuilt), DIFFERENCES_KEPT)
        return Checked(result, *hashes, tuple(found))


def restore(engine: Engine, *, progress: Progress = lambda _entries: None) -> Rebuilt:
    """Rebuild the state and put it in the place of the book's, unless anything was found.

    Every process that applies is fenced, since what it keeps in memory may be of the old state.
    Raises WrittenMeanwhile.
    """
    with scratch() as rebuilt:
        with reading(engine) as stored:
            result = rebuild(stored, rebuilt, progress=progress)
        if not result.faults:
            with engine.begin() as connection:
                _hold_all(connection, result)
                replace_state(connection, rebuilt)
    return result


def rebuild(
    connection: Connection, into: Connection, *, progress: Progress = lambda _entries: None
) -> Rebuilt:
    """Make the state of the entries in *into*, whose tables of the state are there and empty.

    Every hash is checked, and every snapshot is compared with the stay that its entry leads to;
    what differs is a finding. Memory stays flat: of many containers the files are written out
    and read again. Give it a connection of `reading`.
    """
    result = Rebuilt()
    prepare_staging(into, write.STAGED)
    for shard in shards_with_entries(connection):
        shelf = _Shelf(into, shard)
        end = (0, GENESIS)
        # Closed also where an entry of a newer version ends it half-way.
        with entries(connection, shard) as found:
            for rows in found.partitions():
                sound = _sound(result, shard, rows)
                end = _chained(result, shard, end, sound)
                shelf.take(result, sound)
                result.entries += len(rows)
                progress(result.entries)
        shelf.write()
        result.ends[shard] = end
    return result


@contextmanager
def scratch() -> Iterator[Connection]:
    """Open an empty state in a throw-away SQLite file."""
    with tempfile.TemporaryDirectory(prefix="releasebus-rebuild-") as folder:
        engine = open_book(f"sqlite:///{Path(folder) / 'state.db'}")
        try:
            with engine.begin() as connection:
                tables.metadata.create_all(connection, tables=tables.STATE)
                yield connection
        finally:
            engine.dispose()


@dataclass(slots=True)
class _Shelf:
    """The files of a shard's containers as the entries come: some in memory, the rest written."""

    into: Connection
    shard: str
    files: Files = field(default_factory=dict)
    before: Files = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    organisations: list[tuple[Organisation, int]] = field(default_factory=list)
    standings: dict[str, Onboarding] = field(default_factory=dict)

    def take(self, result: Rebuilt, rows: Sequence[Row[Any]]) -> None:
        """Evolve the files by the entries in *rows*."""
        facts = [fact for row in rows if (fact := _fact_in(result, row)) is not None]
        unknown = {fact.container for fact in facts if fact.container} - self.files.keys()
        loaded = load.files(self.into, unknown)
        self.files.update(loaded)
        self.before.update(loaded)
        for fact in facts:
            if fact.container:
                self._refile(result, fact)
            elif isinstance(fact.fact, OrganisationRegistered):
                self.organisations.append((fact.fact.organisation, fact.seq))
            elif isinstance(fact.fact, OnboardingMoved):
                self.standings[fact.fact.organisation] = fact.fact.standing
        if len(self.files) > FILES_AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write out what is in memory, and make room."""
        changes = (
            Change(container, self.shard, self.before[container], file)
            for container, file in self.files.items()
        )
        write.changes(self.into, changes)
        write.organisations(self.into, self.organisations)
        write.standings(self.into, self.standings.values(), self.shard)
        self.files.clear()
        self.before.clear()
        self.organisations.clear()
        self.standings.clear()

    def _refile(self, result: Rebuilt, fact: RecordedFact) -> None:
        before = self.last.get(fact.container, 0)
        if fact.previous_seq not in (None, before):
            what = f"it names {fact.previous_seq} as the container's entry before it, not {before}"
            result.found(fact.shard, fact.seq, what)
        self.last[fact.container] = fact.seq
        file = self.files[fact.container] = refiled(self.files[fact.container], fact)
        if fact.stay is not None and _differs(file, fact):
            result.found(fact.shard, fact.seq, "its stay is not what the entries before lead to")


def _differs(file: File, fact: RecordedFact) -> bool:
    return fact.stay is not None and stay_in_file(file, fact.stay.release_id) != fact.stay


def _fact_in(result: Rebuilt, row: Row[Any]) -> RecordedFact | None:
    try:
        return recorded_in(row.body)
    except Misformed as error:
        what = f"its bytes are no entry: {error}"
        result.found(row.shard, row.seq, what)
        return None


def _sound(result: Rebuilt, shard: str, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    sound = [row for row in rows if is_of_its_kinds(row)]
    if len(sound) < len(rows):
        last = sound[-1].seq if sound else 0
        what = "a column up to here holds what does not belong there; `verify` tells more"
        result.found(shard, last, what)
    return sound


def _chained(
    result: Rebuilt, shard: str, end: tuple[int, bytes], rows: Sequence[Row[Any]]
) -> tuple[int, bytes]:
    seq, head = end
    for row in rows:
        if row.seq != seq + 1 or row.hash != link(head, row.salt, row.body):
            result.found(shard, row.seq, "the chain is broken here; `verify` tells more")
        seq, head = row.seq, row.hash
    return seq, head


def _hold_all(connection: Connection, result: Rebuilt) -> None:
    """Lock every shard, fence its owner, and see that it still ends where the rebuild did."""
    columns = tables.shard.c
    for shard in connection.execute(select(columns.shard).order_by(columns.shard)).scalars().all():
        this = columns.shard == shard
        connection.execute(update(tables.shard).where(this).values(epoch=columns.epoch + 1))
        row = connection.execute(select(tables.shard).where(this)).one()
        if (row.next_seq - 1, row.head) != result.ends.get(shard, (0, GENESIS)):
            raise WrittenMeanwhile(shard)
