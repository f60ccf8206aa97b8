"""Writing a batch: entries, shard rows, stays, the waiting room, organisations."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, update

from ledger.book import tables
from ledger.book.bulk import Values, append, remove, upsert
from ledger.book.desk import Change
from ledger.book.draft import Page, message_key
from ledger.book.lease import Lease
from ledger.book.moments import micros
from ledger.book.pen import Pen
from ledger.book.stored import held_row, organisation_row, stay_row
from ledger.law.file import File
from schemas.organisations import Organisation


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


def changes(connection: Connection, changed: Iterable[Change], pen: Pen) -> None:
    """Bring the rows of stays, waiting messages and parked containers up to the files."""
    stays: list[Values] = []
    bills: list[Values] = []
    torn: list[Values] = []
    held: list[Values] = []
    left: list[Values] = []
    stuck: list[Values] = []
    for change in changed:
        stays.extend(_stay_rows(change, pen))
        bills.extend(_bills(change.after) - _bills(change.before))
        torn.extend(_bills(change.before) - _bills(change.after))
        held.extend(_held_rows(change))
        left.extend(_left(change))
        if change.after.parked and not change.before.parked:
            stuck.append((change.container, change.shard))
    upsert(connection, tables.stay, stays)
    remove(connection, tables.bill, torn)
    append(connection, tables.bill, bills)
    remove(connection, tables.waiting, left)
    append(connection, tables.waiting, held)
    append(connection, tables.parked, stuck)


def organisations(connection: Connection, registered: Sequence[tuple[Organisation, int]]) -> None:
    """Bring the organisations' rows up to date."""
    newest = {organisation.id: (organisation, seq) for organisation, seq in registered}
    rows = [organisation_row(organisation, seq) for organisation, seq in newest.values()]
    upsert(connection, tables.organisation, rows)


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


def _stay_rows(change: Change, pen: Pen) -> Iterable[Values]:
    before = {stay.release_id: stay for stay in change.before.stays}
    for position, stay in enumerate(change.after.stays):
        if before.get(stay.release_id) is not stay:
            yield stay_row(stay, pen.write_stay(stay), change.shard, position)


def _bills(file: File) -> set[Values]:
    return {(bill, stay.release_id) for stay in file.stays for bill in stay.bills_of_lading}


def _held_rows(change: Change) -> Iterable[Values]:
    before = {message_key(held.question.cause) for held in change.before.waiting}
    for held in change.after.waiting:
        key = message_key(held.question.cause)
        if key not in before:
            yield held_row(held, key, change.shard)


def _left(change: Change) -> Iterable[Values]:
    after = {message_key(held.question.cause) for held in change.after.waiting}
    for held in change.before.waiting:
        key = message_key(held.question.cause)
        if key not in after:
            yield change.shard, key
