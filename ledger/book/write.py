"""Writing a batch: entries, shard rows, stays, the waiting room, organisations."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, bindparam, update

from ledger.book import tables
from ledger.book.bulk import Values, append, remove, upsert
from ledger.book.desk import Change
from ledger.book.draft import Page, message_key
from ledger.book.lease import Lease
from ledger.book.moments import micros
from ledger.book.stored import held_row, onboarding_row, organisation_row, request_row, stay_row
from schemas.onboarding_facts import Onboarding
from schemas.organisations import Organisation
from schemas.stay import Stay

STAGED = (tables.stay, tables.request, tables.organisation, tables.onboarding)
"""Whose rows go through temporary tables."""


def pages(connection: Connection, written: Collection[Page]) -> None:
    """Append the entries and move each shard on, in the same transaction."""
    append(connection, tables.entry, [row for page in written for row in page.rows])
    statement = (
        update(tables.shard)
        .where(tables.shard.c.shard == bindparam("this_shard"))
        .values(
            next_offset=bindparam("offset_after"),
            next_seq=bindparam("seq_after"),
            head=bindparam("head_after"),
            recorded_at=bindparam("recorded_after"),
            ticks=tables.shard.c.ticks + bindparam("ticked"),
        )
    )
    connection.execute(statement, [_shard_values(page) for page in written])


def changes(connection: Connection, changed: Iterable[Change]) -> None:
    """Bring the rows of stays, bills, waiting messages and parked containers up to the files."""
    rows = _Rows()
    for change in changed:
        rows.follow(change)
    upsert(connection, tables.stay, rows.stays)
    remove(connection, tables.bill, rows.bills_gone)
    append(connection, tables.bill, rows.bills)
    remove(connection, tables.waiting, rows.left)
    append(connection, tables.waiting, rows.held)
    append(connection, tables.parked, rows.parked)
    remove(connection, tables.parked, rows.unparked)
    upsert(connection, tables.request, rows.requests)


def organisations(connection: Connection, registered: Sequence[tuple[Organisation, int]]) -> None:
    """Bring the organisations' rows up to date."""
    newest = {organisation.id: (organisation, seq) for organisation, seq in registered}
    rows = [organisation_row(organisation, seq) for organisation, seq in newest.values()]
    upsert(connection, tables.organisation, rows)


def standings(connection: Connection, moved: Iterable[Onboarding], shard: str) -> None:
    """Bring the rows of how far organisations are up to date."""
    upsert(connection, tables.onboarding, [onboarding_row(each, shard) for each in moved])


def organisation_keys(connection: Connection, made: Iterable[Values], gone: Sequence[str]) -> None:
    """The same for what is personal of organisations."""
    append(connection, tables.organisation_key, list(made))
    remove(connection, tables.organisation_key, [(key_id,) for key_id in gone])


def keys(connection: Connection, made: Iterable[Values], gone: Sequence[str]) -> None:
    """Keep the keys of what was locked, and destroy those whose time has come."""
    append(connection, tables.stay_key, list(made))
    remove(connection, tables.stay_key, [(key_id,) for key_id in gone])


def lease_after(page: Page) -> Lease:
    """Return the shard's lease as it stands when the page is committed."""
    return replace(
        page.lease,
        next_offset=page.next_offset,
        next_seq=page.next_seq,
        head=page.head,
        recorded_at=page.recorded_at,
    )


def _shard_values(page: Page) -> dict[str, Any]:
    return {
        "this_shard": page.lease.shard,
        "offset_after": page.next_offset,
        "seq_after": page.next_seq,
        "head_after": page.head,
        "recorded_after": micros(page.recorded_at),
        "ticked": page.ticks,
    }


@dataclass(slots=True)
class _Rows:
    """What has to be written for the files that a batch changed."""

    stays: list[Values] = field(default_factory=list)
    bills: list[Values] = field(default_factory=list)
    bills_gone: list[Values] = field(default_factory=list)
    held: list[Values] = field(default_factory=list)
    left: list[Values] = field(default_factory=list)
    parked: list[Values] = field(default_factory=list)
    unparked: list[Values] = field(default_factory=list)
    requests: list[Values] = field(default_factory=list)

    def follow(self, change: Change) -> None:
        """Take note of what is other after the change than before."""
        before, after = change.before, change.after
        if after.stays is not before.stays:
            self._follow_stays(change)
        if after.waiting is not before.waiting:
            self._follow_waiting(change)
        if after.requests is not before.requests:
            self._follow_requests(change)
        if after.parked and not before.parked:
            self.parked.append((change.container, change.shard))
        if before.parked and not after.parked:
            self.unparked.append((change.container,))

    def _follow_stays(self, change: Change) -> None:
        before = {stay.release_id: stay for stay in change.before.stays}
        for position, stay in enumerate(change.after.stays):
            known = before.get(stay.release_id)
            if known is stay:
                continue
            self.stays.append(stay_row(stay, change.shard, position))
            bills_before = () if known is None else known.bills_of_lading
            if stay.bills_of_lading != bills_before:
                self._follow_bills(stay, set(bills_before))

    def _follow_bills(self, stay: Stay, before: set[str]) -> None:
        after = set(stay.bills_of_lading)
        self.bills.extend((bill, stay.release_id) for bill in after - before)
        self.bills_gone.extend((bill, stay.release_id) for bill in before - after)

    def _follow_requests(self, change: Change) -> None:
        before = dict(enumerate(change.before.requests))
        for position, request in enumerate(change.after.requests):
            if before.get(position) is not request:
                row = request_row(request, change.container, change.shard, position)
                self.requests.append(row)

    def _follow_waiting(self, change: Change) -> None:
        before = {message_key(held.question.cause): held for held in change.before.waiting}
        after = {message_key(held.question.cause): held for held in change.after.waiting}
        for key, held in after.items():
            if key not in before:
                self.held.append(held_row(held, key, change.shard))
        self.left.extend((change.shard, key) for key in before if key not in after)
