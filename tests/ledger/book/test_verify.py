"""Whoever changes the book behind its back is found, told where, and in words."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select, update

from ledger.book import tables
from ledger.book.chain import link
from ledger.book.engine import reading
from ledger.book.heads import HeadKey, head_key, sign_head
from ledger.book.verify import verify
from ledger.book.walk import KINDS, Finding
from schemas import messages as m
from schemas.heads import Head
from schemas.value import altered
from tests.ledger.book.log import DIRECTORY, LEDGER, NOW, Clerk, clerk_of
from tests.ledger.book.tampering import change, tampering

BOX = "CPUU1000010"
LAST = 12  # a whole day makes twelve entries
KEY = head_key(None)

Tamper = Callable[[Connection], object]


@pytest.fixture
def day(clerk: Clerk) -> Clerk:
    """A clerk with one whole day in the book."""
    entries = clerk.settle(clerk.log.whole_day(BOX))
    assert entries[-1].recorded.seq == LAST
    return clerk


def head_of(clerk: Clerk, key: HeadKey = KEY) -> Head:
    lease = clerk.leases[LEDGER]
    return sign_head(key, LEDGER, lease.next_seq - 1, lease.head, NOW)


def found(clerk: Clerk, heads: tuple[Head, ...] = ()) -> list[tuple[int | None, str]]:
    with reading(clerk.engine) as connection:
        findings = list(verify(connection, heads=heads))
    assert {finding.shard for finding in findings} <= {LEDGER}
    return [(finding.seq, finding.what) for finding in findings]


def sql(statement: str, **values: object) -> Tamper:
    return lambda connection: change(connection, statement, **values)


def test_a_book_that_nobody_touched_has_no_findings(day: Clerk) -> None:
    assert found(day, (head_of(day),)) == []


def test_an_empty_book_has_no_findings(clerk: Clerk) -> None:
    assert found(clerk) == []


def test_a_stranger_that_says_the_same_twice_is_no_finding(day: Clerk) -> None:
    said = day.log.say("NXT21000000099", m.Accept(container=BOX, port="BEANR"))
    day.settle([said, day.log.again(said)])

    assert found(day) == []


NOT_OF_THE_CHAIN = "its bytes, salt or hash are not those of the chain"
EDITS = {
    "body": (
        "UPDATE entry SET body = :x WHERE shard = 'ledger-0' AND seq = 5",
        [(5, "its bytes are no entry"), (5, NOT_OF_THE_CHAIN)],
    ),
    "salt": (
        "UPDATE entry SET salt = :x WHERE shard = 'ledger-0' AND seq = 5",
        [(5, NOT_OF_THE_CHAIN)],
    ),
    "hash": (
        "UPDATE entry SET hash = :x WHERE shard = 'ledger-0' AND seq = 5",
        [(5, NOT_OF_THE_CHAIN)],
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_told_once_and_where_it_was_made(day: Clerk, edit: str) -> None:
    statement, findings = EDITS[edit]
    with tampering(day.engine) as connection:
        assert change(connection, statement, x=b"x") == 1

    assert found(day) == findings


def test_a_plausible_edit_of_the_bytes_is_told(day: Clerk) -> None:
    _rewrite(day, 10, lambda body: body.replace(b'"released"', b'"notreleased"'))

    assert found(day) == [(10, NOT_OF_THE_CHAIN)]


UPDATE, ENTRY_5 = "UPDATE entry SET", "WHERE shard = 'ledger-0' AND seq = 5"
COLUMNS = {
    "recorded_at": 0,
    "container": "'CPUU1000026'",
    "release_id": "NULL",
    "fact": "'deleted'",
    "outcome": "'refused'",
    "waited": "NOT waited",
    "resumed": "NOT resumed",
    "message_id": "'another'",
    "src_key": "NULL",
    "log_offset": 99,
}


@pytest.mark.parametrize("column", COLUMNS)
def test_an_edit_of_a_column_is_told_by_its_name(day: Clerk, column: str) -> None:
    with tampering(day.engine) as connection:
        new_value = f"{column} = {COLUMNS[column]}"
        assert change(connection, f"{UPDATE} {new_value} {ENTRY_5}") == 1

    assert found(day) == [(5, f"not what its bytes say: {column}")]


def test_every_column_is_in_the_chain_or_compared() -> None:
    chained = {"seq", "salt", "hash", "body"}
    # What a message said is not in its entry; only the log could tell.
    not_covered = {"src_hash"}

    columns = set(tables.entry.c.keys())
    assert columns - chained - not_covered - {"shard"} == set(COLUMNS)


DELETIONS: dict[str, tuple[Tamper, list[tuple[int | None, str]]]] = {
    "one": (
        sql("DELETE FROM entry WHERE shard = 'ledger-0' AND seq = 5"),
        [(5, "it is missing")],
    ),
    "several": (
        sql("DELETE FROM entry WHERE shard = 'ledger-0' AND seq BETWEEN 5 AND 7"),
        [(5, "it and all up to 7 are missing")],
    ),
    "the first": (
        sql("DELETE FROM entry WHERE shard = 'ledger-0' AND seq = 1"),
        [(1, "it is missing")],
    ),
    "the last": (
        sql("DELETE FROM entry WHERE shard = 'ledger-0' AND seq = 12"),
        [(11, "it is the last entry, but the shard says that 12 is")],
    ),
    "all": (
        sql("DELETE FROM entry WHERE shard = 'ledger-0'"),
        [(0, "it is the last entry, but the shard says that 12 is")],
    ),
    "the shard's row": (
        sql("DELETE FROM shard WHERE shard = 'ledger-0'"),
        [(None, "the table shard has no row for it")],
    ),
}


@pytest.mark.parametrize("deletion", DELETIONS)
def test_a_deletion_is_found(day: Clerk, deletion: str) -> None:
    tamper, findings = DELETIONS[deletion]
    with tampering(day.engine) as connection:
        tamper(connection)

    assert found(day) == findings


def test_a_deletion_closed_up_is_found(day: Clerk) -> None:
    with tampering(day.engine) as connection:
        change(connection, "DELETE FROM entry WHERE shard = :s AND seq = 5", s=LEDGER)
        _renumber(connection, (seq for seq in range(6, LAST + 1)), by=-1)
        change(connection, "UPDATE shard SET next_seq = 12 WHERE shard = :s", s=LEDGER)

    assert found(day) == [(5, "its bytes say that it is entry 6: moved, added or taken out")]


def test_a_reordering_is_found_in_both_places_and_nowhere_else(day: Clerk) -> None:
    with tampering(day.engine) as connection:
        _renumber(connection, (5,), by=1000)
        _renumber(connection, (6,), by=-1)
        _renumber(connection, (1005,), by=-999)

    assert found(day) == [
        (5, "its bytes say that it is entry 6: moved, added or taken out"),
        (6, "its bytes say that it is entry 5: moved, added or taken out"),
    ]


def test_an_insertion_is_found_although_it_is_chained_well(day: Clerk) -> None:
    with tampering(day.engine) as connection:
        row = _row(connection, 5)
        before = _row(connection, 4)
        _renumber(connection, (seq for seq in range(LAST, 4, -1)), by=1)
        forged = row | {
            "src_key": b"forged",
            "hash": link(before["hash"], row["salt"], row["body"]),
        }
        connection.execute(insert(tables.entry).values(forged))

    assert found(day) == [
        (5, "not what its bytes say: src_key"),
        (6, "its bytes say that it is entry 5: moved, added or taken out"),
        (13, "it is the last entry, but the shard says that 12 is"),
    ]


@pytest.mark.parametrize(("seq", "where"), [(0, "an entry stands before the first"), (40, "")])
def test_an_entry_out_of_any_place_is_found(day: Clerk, seq: int, where: str) -> None:
    with tampering(day.engine) as connection:
        forged = _row(connection, 5) | {"seq": seq, "src_key": None}
        connection.execute(insert(tables.entry).values(forged))

    places = [place for place, _ in found(day)]
    assert places
    assert (where in [what for _, what in found(day)]) == bool(where)


SHARD_ROW: dict[str, tuple[object, tuple[int, str]]] = {
    "next_seq": (14, (12, "it is the last entry, but the shard says that 13 is")),
    "head": (b"elsewhere", (12, "the shard's head is not the hash of the last entry")),
    "recorded_at": (0, (12, "it is later than the shard's own time")),
}


@pytest.mark.parametrize("column", SHARD_ROW)
def test_a_shard_that_stands_elsewhere_than_its_chain_is_found(day: Clerk, column: str) -> None:
    value, finding = SHARD_ROW[column]
    this = tables.shard.c.shard == LEDGER
    with day.engine.begin() as connection:
        connection.execute(update(tables.shard).where(this).values({column: value}))

    assert found(day) == [finding]


def test_values_of_another_kind_are_found_on_sqlite(sqlite_book: Engine) -> None:
    clerk = clerk_of(sqlite_book)
    clerk.settle(clerk.log.whole_day(BOX))
    clerk.book.forget()
    for column in KINDS:
        with tampering(sqlite_book) as connection:
            change(connection, f"{UPDATE} {column} = 'text' {ENTRY_5}")
        findings = found(clerk)
        assert any("does not belong there" in what for _, what in findings)


def _cut_off(clerk: Clerk, last: int) -> None:
    with tampering(clerk.engine) as connection:
        change(connection, "DELETE FROM entry WHERE shard = :s AND seq > :l", s=LEDGER, l=last)
        head = _row(connection, last)["hash"]
        change(
            connection,
            "UPDATE shard SET next_seq = :n, head = :h WHERE shard = :s",
            n=last + 1,
            h=head,
            s=LEDGER,
        )


def test_a_truncation_is_found_by_a_head_that_was_kept_elsewhere(day: Clerk) -> None:
    head = head_of(day)
    _cut_off(day, 8)

    assert found(day) == []
    assert found(day, (head,)) == [(12, "its head was signed, but the book ends at 8: cut off")]


def test_a_shard_that_is_gone_altogether_is_found_by_its_head(day: Clerk) -> None:
    head = head_of(day)
    with tampering(day.engine) as connection:
        change(connection, "DELETE FROM entry WHERE shard = 'ledger-0'")
        change(connection, "DELETE FROM shard WHERE shard = 'ledger-0'")

    assert (12, "its head was signed, but the book ends at 0: cut off") in found(day, (head,))


def test_a_chain_computed_anew_is_found_by_a_head(day: Clerk) -> None:
    head = head_of(day)
    _rewrite(day, 10, lambda body: body.replace(b'"released"', b'"notreleased"'))
    with tampering(day.engine) as connection:
        previous = _row(connection, 9)["hash"]
        for seq in range(10, LAST + 1):
            row = _row(connection, seq)
            previous = link(previous, row["salt"], row["body"])
            change(
                connection,
                "UPDATE entry SET hash = :h WHERE shard = :s AND seq = :n",
                h=previous,
                s=LEDGER,
                n=seq,
            )
        change(connection, "UPDATE shard SET head = :h WHERE shard = :s", h=previous, s=LEDGER)

    assert found(day) == []
    assert found(day, (head,)) == [
        (12, f"its hash is not the one signed at {NOW:%Y-%m-%d %H:%M:%S}: the chain was rewritten")
    ]


def test_only_heads_signed_by_a_known_key_count(day: Clerk) -> None:
    mine, strangers = head_of(day), head_of(day, head_key(None))
    forged = altered(mine, hash="00" * 32)
    known = {KEY.key_id: KEY.public_key}
    with reading(day.engine) as connection:
        findings = list(
            verify(connection, LEDGER, heads=(mine, strangers, forged), public_keys=known)
        )

    assert findings == [Finding(LEDGER, LAST, "its head is not signed by a key that is known")] * 2


def test_one_shard_can_be_verified_alone(day: Clerk) -> None:
    with tampering(day.engine) as connection:
        change(connection, "DELETE FROM entry WHERE shard = 'directory-0' AND seq = 1")
    with reading(day.engine) as connection:
        assert list(verify(connection, LEDGER)) == []
        (finding,) = verify(connection)
    assert finding == Finding("directory-0", 1, "it is missing")


def test_entries_of_a_shard_without_a_row_are_gone_through_too(day: Clerk) -> None:
    with tampering(day.engine) as connection:
        change(connection, f"{UPDATE} shard = 'ledger-7' {ENTRY_5}")
    with reading(day.engine) as connection:
        findings = list(verify(connection))

    assert Finding("ledger-7", None, "the table shard has no row for it") in findings
    assert Finding("ledger-7", 5, "not what its bytes say: shard") in findings


def test_time_that_goes_back_is_found(day: Clerk) -> None:
    day.log.pass_by(timedelta(hours=1))
    day.settle(day.log.whole_day("CPUU1000026"))
    _rewrite(day, 14, lambda body: body.replace(b"2026-03-01T09", b"2026-03-01T07"))
    with tampering(day.engine) as connection:
        change(
            connection,
            "UPDATE entry SET recorded_at = recorded_at - :by WHERE shard = :s AND seq = 14",
            by=2 * 3600 * 10**6,
            s=LEDGER,
        )

    assert (14, "it is earlier than the entry before it") in found(day)


def test_progress_is_told_and_ends_with_every_entry(day: Clerk) -> None:
    told: list[int] = []
    with reading(day.engine) as connection:
        assert not list(verify(connection, progress=told.append))

    assert told == sorted(told)
    assert told[-1] == LAST + day.leases[DIRECTORY].next_seq - 1


def _row(connection: Connection, seq: int) -> dict[str, Any]:
    columns = tables.entry.c
    this = select(tables.entry).where(columns.shard == LEDGER, columns.seq == seq)
    return dict(connection.execute(this).mappings().one())


def _rewrite(clerk: Clerk, seq: int, edit: Callable[[bytes], bytes]) -> None:
    with tampering(clerk.engine) as connection:
        body = _row(connection, seq)["body"]
        assert isinstance(body, bytes)
        edited = edit(body)
        assert edited != body
        change(
            connection,
            "UPDATE entry SET body = :b WHERE shard = :s AND seq = :n",
            b=edited,
            s=LEDGER,
            n=seq,
        )


def _renumber(connection: Connection, seqs: Iterator[int] | tuple[int, ...], *, by: int) -> None:
    for seq in seqs:
        statement = "UPDATE entry SET seq = seq + :by WHERE shard = :s AND seq = :n"
        assert change(connection, statement, by=by, s=LEDGER, n=seq) == 1
