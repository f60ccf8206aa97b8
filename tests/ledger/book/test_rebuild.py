"""The state follows from the entries alone, on every database the same; else it is told."""

import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text, update

from ledger.book import rebuild as rebuild_module
from ledger.book import tables
from ledger.book.engine import reading
from ledger.book.lease import Fenced
from ledger.book.rebuild import WrittenMeanwhile, check, rebuild, restore, scratch
from ledger.book.state import Difference, differences, state_hash
from ledger.book.verify import verify
from ledger.book.walk import Finding
from ledger.record import LogRecord
from schemas import messages as m
from schemas.messages import Message
from schemas.note_messages import AddNote, WithdrawNote
from schemas.notes import NoteKind, NoteState
from tests.books import new_sqlite_book
from tests.ledger.book.log import (
    AGENT,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    LEDGER,
    NOW,
    PORT,
    QUAY,
    RIVAL,
    TERMINAL,
    Clerk,
    accept,
    clerk_of,
    day_of,
    discharge,
    party,
    release,
)
from tests.ledger.book.tampering import change, tampering

BOX = "CPUU1000010"
SENDERS = (AGENT, RIVAL, FORWARDER, HAULIER, TERMINAL, CUSTOMS)


def babble(chance: random.Random) -> tuple[str, Message]:
    """Return what somebody says, sense or not."""
    container = f"CPUU{chance.randrange(12):07d}"
    there = {"container": container, "port": PORT}
    said: tuple[Message, ...] = (
        release(container, bill=f"BL{chance.randrange(3)}", number=f"R{chance.randrange(9)}"),
        m.Update(
            container=container,
            port=PORT,
            release_identification=f"R{chance.randrange(9)}",
            bills_of_lading=(f"BL{chance.randrange(9)}",),
        ),
        m.Block.model_validate(there),
        m.Unblock.model_validate(there),
        m.Revoke.model_validate(there),
        m.Delete.model_validate(there),
        m.Decline.model_validate(there),
        m.Transfer(container=container, port=PORT, release_to=party(HAULIER)),
        m.ReportScanning(container=container, port=PORT, terminal=QUAY),
    )
    sensible = tuple(day_of(container))
    if chance.random() < 0.7:
        return chance.choice(sensible)
    return chance.choice(SENDERS), chance.choice(said)


def a_wild_week(clerk: Clerk, seed: int, records: int = 300) -> None:
    """Settle messages in any order, some of them twice, with time passing."""
    chance = random.Random(seed)
    heard: list[LogRecord] = []
    batch: list[LogRecord] = []
    for _ in range(records):
        clerk.log.pass_by(timedelta(hours=chance.choice((0, 0, 0, 1, 30))))
        if heard and chance.random() < 0.1:
            batch.append(clerk.log.again(chance.choice(heard)))
        elif chance.random() < 0.1:
            batch.append(clerk.log.tick())
        else:
            heard.append(clerk.log.say(*babble(chance)))
            batch.append(heard[-1])
        if chance.random() < 0.1:
            clerk.settle(batch)
            batch = []
    if batch:
        clerk.settle(batch)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_was_said_the_state_follows_from_the_entries(clerk: Clerk, seed: int) -> None:
    a_wild_week(clerk, seed)
    checked = check(clerk.engine)

    assert checked.sound
    assert checked.differences == ()
    assert checked.rebuilt.entries > 300
    with reading(clerk.engine) as connection:
        for table in (tables.stay, tables.bill, tables.waiting):
            assert connection.execute(select(table).limit(1)).first() is not None


def test_the_same_log_gives_the_same_hash_on_both_databases(clerk: Clerk, tmp_path: Path) -> None:
    a_wild_week(clerk, seed=3)
    other_engine = new_sqlite_book(tmp_path / "other.db")
    other = clerk_of(other_engine)
    a_wild_week(other, seed=3)
    other.book.forget()

    with reading(clerk.engine) as here, reading(other_engine) as there:
        assert state_hash(here) == state_hash(there)
    other_engine.dispose()


def test_few_files_in_memory_lead_to_the_same_state(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_wild_week(clerk, seed=4)
    monkeypatch.setattr(rebuild_module, "FILES_AT_ONCE", 1)
    monkeypatch.setattr("ledger.book.verify.AT_ONCE", 7)

    assert check(clerk.engine).sound


def test_a_locked_driver_that_was_changed_is_a_difference(clerk: Clerk) -> None:
    clerk.settle(clerk.log.whole_day(BOX)[:7])
    with clerk.engine.begin() as connection:
        state = connection.execute(select(tables.stay.c.state)).scalar_one()
        place = state.index("locked:") + 60
        other = "A" if state[place] != "A" else "B"
        changed = state[:place] + other + state[place + 1 :]
        connection.execute(update(tables.stay).values(state=changed))
    checked = check(clerk.engine)

    assert not checked.sound
    assert checked.stored_hash == checked.rebuilt_hash
    assert [each.what for each in checked.differences] == ["other values: state"]


def test_notes_are_kept_with_the_stay_also_those_that_came_before_it(clerk: Clerk) -> None:
    there = {"container": BOX, "port": PORT}
    slot = {"state": NoteState.BARGE_SLOT_CONFIRMED, "terminal": QUAY, "at": NOW}
    clerk.say(TERMINAL, AddNote.model_validate(there | slot))
    clerk.say(AGENT, release(BOX))
    cargo = {"state": NoteState.DANGEROUS_GOODS_ABOARD, "un_numbers": ("1203",)}
    clerk.say(AGENT, AddNote.model_validate(there | cargo))
    clerk.say(AGENT, AddNote.model_validate(there | cargo | {"reference": "IFTDGN-1"}))
    withdrawal = WithdrawNote.model_validate(there | {"about": NoteKind.DANGEROUS_GOODS})
    (withdrawn,) = clerk.say(AGENT, withdrawal)
    clerk.book.forget()

    (block,) = clerk.say(AGENT, m.Block.model_validate(there))

    assert check(clerk.engine).sound
    for entry in (withdrawn, block):
        assert entry.recorded.stay is not None
        assert [(note.by, note.reference) for note in entry.recorded.stay.notes] == [
            (TERMINAL, None),
            (AGENT, "IFTDGN-1"),
        ]
    with reading(clerk.engine) as connection:
        assert list(verify(connection)) == []


def test_a_parked_container_is_rebuilt_parked(clerk: Clerk) -> None:
    clerk.say(AGENT, release(BOX))
    record = clerk.log.say(FORWARDER, accept(BOX))
    clerk.keep(clerk.book.settle_broken(clerk.leases[LEDGER], record, ValueError("too much")))

    assert check(clerk.engine).sound


SPOILT = {
    "stay": update(tables.stay).values(holder="somebody"),
    "bill": update(tables.bill).values(bill="another"),
    "organisation": update(tables.organisation).values(seq=1),
    "waiting": insert(tables.waiting).values(
        shard=LEDGER, message_key=b"k", position=1, container=BOX, until=0, question="?"
    ),
    "request": insert(tables.request).values(
        id="q", shard=LEDGER, position=0, container=BOX, due_at=None, state="?"
    ),
    "onboarding": insert(tables.onboarding).values(
        organisation="NXT21000000009", shard="directory-0", due_at=None, state="?"
    ),
    "parked": insert(tables.parked).values(container=BOX, shard=LEDGER),
}


def test_every_table_of_the_state_is_tried() -> None:
    assert set(SPOILT) == {table.name for table in tables.STATE}


@pytest.mark.parametrize("table", SPOILT)
def test_a_state_that_was_changed_is_told_and_put_right(clerk: Clerk, table: str) -> None:
    clerk.say(AGENT, release(BOX))
    with clerk.engine.begin() as connection:
        connection.execute(SPOILT[table])
    spoilt = check(clerk.engine)

    assert not spoilt.sound
    assert {difference.table for difference in spoilt.differences} == {table}
    assert restore(clerk.engine).faults == 0
    assert check(clerk.engine).sound


def test_a_difference_names_row_and_column(clerk: Clerk) -> None:
    (released, _) = clerk.say(AGENT, release(BOX))
    assert released.recorded.stay is not None
    with clerk.engine.begin() as connection:
        connection.execute(update(tables.stay).values(holder="somebody", disputed=True))
        change(connection, "DELETE FROM bill")
        change(connection, "INSERT INTO parked VALUES ('box', 'shard')")
    with reading(clerk.engine) as stored, scratch() as rebuilt:
        rebuild(stored, rebuilt)
        told = list(differences(stored, rebuilt))

    release_id = released.recorded.stay.release_id
    assert told == [
        Difference("stay", (release_id,), "other values: holder, disputed"),
        Difference("bill", ("BL1", release_id), "it is missing"),
        Difference("parked", ("box",), "it is there, and nothing in the entries leads to it"),
    ]


def test_putting_the_state_right_fences_whoever_keeps_the_old_one(clerk: Clerk) -> None:
    clerk.say(AGENT, release(BOX))
    restore(clerk.engine)
    with pytest.raises(Fenced):
        clerk.say(FORWARDER, accept(BOX))


def test_a_ledger_that_was_written_meanwhile_is_left_as_it_is(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.say(AGENT, release(BOX))
    in_time = rebuild_module.rebuild

    def too_slow(*args: object, **kwargs: object) -> rebuild_module.Rebuilt:
        result = in_time(*args, **kwargs)  # type: ignore[arg-type]  # handed on as it came
        clerk.say(FORWARDER, accept(BOX))
        return result

    monkeypatch.setattr(rebuild_module, "rebuild", too_slow)
    with pytest.raises(WrittenMeanwhile):
        restore(clerk.engine)

    clerk.say(TERMINAL, discharge(BOX))
    monkeypatch.undo()
    assert check(clerk.engine).sound


def _forge_snapshot(clerk: Clerk, seq: int) -> None:
    with tampering(clerk.engine) as connection:
        this = select(tables.entry.c.body).where(
            tables.entry.c.shard == LEDGER, tables.entry.c.seq == seq
        )
        body = connection.execute(this).scalar_one()
        forged = body.replace(b'"accepted":true', b'"accepted":false')
        assert forged != body
        change(
            connection,
            "UPDATE entry SET body = :b WHERE shard = :s AND seq = :n",
            b=forged,
            s=LEDGER,
            n=seq,
        )


def test_a_snapshot_that_does_not_follow_is_a_finding_and_nothing_is_replaced(
    clerk: Clerk,
) -> None:
    clerk.settle(clerk.log.whole_day(BOX))
    _forge_snapshot(clerk, 6)
    checked = check(clerk.engine)

    assert not checked.sound
    assert checked.stored_hash == checked.rebuilt_hash
    assert checked.rebuilt.findings == [
        Finding(LEDGER, 6, "the chain is broken here; `verify` tells more"),
        Finding(LEDGER, 6, "its stay is not what the entries before lead to"),
    ]
    with clerk.engine.begin() as connection:
        connection.execute(update(tables.stay).values(holder="somebody"))
    assert restore(clerk.engine).faults == 2
    with reading(clerk.engine) as connection:
        assert connection.execute(select(tables.stay.c.holder)).scalar_one() == "somebody"


def test_an_entry_that_names_another_entry_before_it_is_a_finding(clerk: Clerk) -> None:
    clerk.settle(clerk.log.whole_day(BOX))
    with tampering(clerk.engine) as connection:
        for seq, instead in ((7, '"previous_seq":4'), (9, "")):
            this = (tables.entry.c.shard == LEDGER, tables.entry.c.seq == seq)
            body = connection.execute(select(tables.entry.c.body).where(*this)).scalar_one()
            said = f'"previous_seq":{seq - 1}'.encode()
            assert said in body
            forged = body.replace(said, instead.encode()).replace(b",,", b",")
            connection.execute(update(tables.entry).where(*this).values(body=forged))

    broken = "the chain is broken here; `verify` tells more"
    assert check(clerk.engine).rebuilt.findings == [
        Finding(LEDGER, 7, broken),
        Finding(LEDGER, 9, broken),
        Finding(LEDGER, 7, "it names 4 as the container's entry before it, not 6"),
    ]


def test_entries_that_are_missing_or_unreadable_are_findings(clerk: Clerk) -> None:
    clerk.settle(clerk.log.whole_day(BOX))
    with tampering(clerk.engine) as connection:
        change(connection, "DELETE FROM entry WHERE shard = :s AND seq = 3", s=LEDGER)
        change(
            connection,
            "UPDATE entry SET body = :b WHERE shard = :s AND seq = 9",
            b=b"{}",
            s=LEDGER,
        )
    found = check(clerk.engine).rebuilt.findings

    assert {finding.seq for finding in found} >= {4, 9}
    assert any(finding.what.startswith("its bytes are no entry") for finding in found)


@pytest.mark.parametrize("column", ["seq", "recorded_at", "salt", "hash", "body"])
def test_what_no_column_is_for_is_a_finding(sqlite_book: Engine, column: str) -> None:
    """SQLite keeps it, whoever writes it."""
    clerk = clerk_of(sqlite_book)
    clerk.settle(clerk.log.whole_day(BOX))
    with tampering(clerk.engine) as connection:
        odd = f"UPDATE entry SET {column} = 'abc' WHERE shard = :s AND seq = 5"  # noqa: S608  names of ours
        assert change(connection, odd, s=LEDGER) == 1
    found = check(clerk.engine).rebuilt.findings
    clerk.book.forget()

    assert any("holds what does not belong there" in each.what for each in found)


def test_findings_beyond_a_thousand_are_counted_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild_module, "FINDINGS_KEPT", 2)
    result = rebuild_module.Rebuilt()
    for seq in range(5):
        result.found(LEDGER, seq, "wrong")

    assert (result.faults, len(result.findings)) == (5, 2)


def test_the_hash_of_nothing_is_known_on_both(clerk: Clerk) -> None:
    with clerk.engine.begin() as connection:
        change(connection, "DELETE FROM organisation")
        change(connection, "DELETE FROM onboarding")
    with reading(clerk.engine) as connection, scratch() as nothing:
        assert state_hash(connection) == state_hash(nothing)


def test_the_scratch_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with scratch() as connection:
        assert list(tmp_path.iterdir())
        connection.execute(text("SELECT 1"))

    assert not list(tmp_path.iterdir())


def test_progress_is_told(clerk: Clerk) -> None:
    clerk.settle(clerk.log.whole_day(BOX))
    told: list[int] = []
    check(clerk.engine, progress=told.append)

    assert told[-1] == sum(lease.next_seq - 1 for lease in clerk.leases.values())
    assert clerk.log.now == NOW
