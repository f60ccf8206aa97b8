"""The book's one transaction: everything of a batch, in order and once, or nothing."""

import logging
import re
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from ledger.book import book as book_module
from ledger.book import desk, load, tables, write
from ledger.book.desk import OutOfPlace
from ledger.book.draft import Entry
from ledger.book.engine import reading
from ledger.book.lease import Fenced, retake, take
from ledger.book.read import buckets, entry, now
from ledger.book.state import state_hash
from ledger.book.verify import verify
from ledger.directory.directory import Directory
from ledger.law import answer as law
from ledger.law.context import Context, Question
from ledger.law.file import File
from producers.telling import notices_of
from schemas import facts as f
from schemas import messages as m
from schemas.facts import Outcome
from schemas.logged import NotOfTheLog
from schemas.reasons import Reason
from schemas.stay import ReleaseStatus
from tests.books import new_sqlite_book
from tests.ledger.book.log import (
    AGENT,
    DIRECTORY,
    FORWARDER,
    HAULIER,
    LEDGER,
    PORT,
    RIVAL,
    Clerk,
    accept,
    clerk_of,
    registration,
    release,
)

STRANGER = "NXT29000000099"

BOX, OTHER_BOX = "CPUU1000010", "CPUU1000026"


def outcomes(entries: list[Entry]) -> list[Outcome | None]:
    return [entry.recorded.outcome for entry in entries]


def unlocked(entry: Entry) -> bytes:
    """Return an entry's bytes without what is locked: each book has keys of its own."""
    return re.sub(rb"(locked:[0-9a-f]{32}:)[A-Za-z0-9+/=]+", rb"\1", entry.body)


def facts(entries: list[Entry]) -> list[str]:
    return [entry.recorded.fact.type for entry in entries]


def test_a_whole_day_ends_with_the_container_gone(clerk: Clerk) -> None:
    entries = clerk.settle(clerk.log.whole_day(BOX))

    assert facts(entries)[:3] == ["waiting", "released", "transferred"]
    assert [entry.recorded.seq for entry in entries] == list(range(1, len(entries) + 1))
    with reading(clerk.engine) as connection:
        file = now(connection, BOX)
        assert list(verify(connection)) == []
    (stay,) = file.stays
    assert stay.status is ReleaseStatus.GATED_OUT
    assert file.waiting == ()


def test_every_entry_names_its_containers_entry_before_whoever_wrote_it(clerk: Clerk) -> None:
    entries = clerk.settle(clerk.log.whole_day(BOX)[:3] + clerk.log.whole_day(OTHER_BOX)[:2])
    clerk.book.forget()  # as another process would, that knows only the table
    entries += clerk.settle(clerk.log.whole_day(OTHER_BOX)[2:] + clerk.log.whole_day(BOX)[3:])
    clerk.book.forget()
    clerk.log.pass_by(timedelta(days=31))
    entries += clerk.settle([clerk.log.tick()])

    for box in (BOX, OTHER_BOX):
        told = [entry.recorded for entry in entries if entry.recorded.container == box]
        assert told[-1].fact.type == "entitlement_withdrawn"
        assert [each.previous_seq for each in told] == [0, *(each.seq for each in told[:-1])]


def test_what_is_published_is_what_is_stored(clerk: Clerk) -> None:
    entries = clerk.settle(clerk.log.whole_day(BOX))
    with clerk.engine.connect() as connection:
        stored = connection.execute(
            select(tables.entry.c.body)
            .where(tables.entry.c.shard == LEDGER)
            .order_by(tables.entry.c.seq)
        ).scalars()
        assert [entry.body for entry in entries] == list(stored)
    assert [f.read(entry.body) for entry in entries] == [entry.recorded for entry in entries]


def test_batches_of_any_size_lead_to_the_same_book(clerk: Clerk, tmp_path: Path) -> None:
    records = clerk.log.whole_day(BOX) + clerk.log.whole_day(OTHER_BOX)
    at_once = clerk.settle(records)

    other_engine = new_sqlite_book(tmp_path / "other.db")
    other = clerk_of(other_engine)
    one_by_one = [entry for record in records for entry in other.settle([record])]
    assert [unlocked(entry) for entry in one_by_one] == [unlocked(entry) for entry in at_once]
    with reading(clerk.engine) as here, reading(other_engine) as there:
        assert state_hash(here) == state_hash(there)
    other.book.forget()
    other_engine.dispose()


def test_the_same_message_again_is_a_duplicate_that_names_the_first(clerk: Clerk) -> None:
    first = clerk.log.say(AGENT, release(BOX))
    (released, _transferred) = clerk.settle([first])
    in_the_same_batch = clerk.settle([clerk.log.again(first), clerk.log.again(first)])
    clerk.book.forget()
    after_a_restart = clerk.settle([clerk.log.again(first)])

    for repeated in (*in_the_same_batch, *after_a_restart):
        assert repeated.recorded.outcome is Outcome.DUPLICATE
        assert repeated.recorded.fact == f.Repeated(
            first_shard=LEDGER, first_seq=released.recorded.seq, first=Outcome.APPLIED
        )


def test_the_same_id_with_other_content_is_refused_and_alarmed(
    clerk: Clerk, caplog: pytest.LogCaptureFixture
) -> None:
    clerk.say(AGENT, release(BOX), message_id="one")
    with caplog.at_level(logging.WARNING):
        (refused,) = clerk.say(AGENT, release(OTHER_BOX), message_id="one")

    assert refused.recorded.fact == f.Refused(reason=Reason.SAME_ID_OTHER_CONTENT)
    assert "other content" in caplog.text


def test_two_senders_may_give_the_same_id(clerk: Clerk) -> None:
    clerk.say(AGENT, release(BOX), message_id="one")
    (accepted,) = clerk.say(FORWARDER, accept(BOX), message_id="one")

    assert accepted.recorded.outcome is Outcome.APPLIED


def test_the_same_id_in_two_shards_at_one_moment_is_stopped_by_the_index(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.take("ledger-1")
    clerk.say(AGENT, release(BOX), message_id="one")
    second = clerk.log.say(AGENT, release(BOX), message_id="one", shard="ledger-1")
    with monkeypatch.context() as moment:
        moment.setattr(load, "first", lambda *_: {})  # the other's commit is not seen yet
        with pytest.raises((IntegrityError, psycopg.IntegrityError)):
            clerk.settle([second])
    (repeated,) = clerk.settle([second])

    assert repeated.recorded.outcome is Outcome.DUPLICATE


def test_one_batch_of_two_shards_knows_a_message_by_either(clerk: Clerk) -> None:
    clerk.take("ledger-1")
    entries = clerk.settle(
        [
            clerk.log.say(AGENT, release(BOX), message_id="one"),
            clerk.log.say(AGENT, release(BOX), message_id="one", shard="ledger-1"),
        ]
    )

    assert outcomes(entries) == [Outcome.APPLIED, None, Outcome.DUPLICATE]


def test_every_record_is_in_one_bucket(clerk: Clerk) -> None:
    log = clerk.log
    records = [
        log.say(FORWARDER, accept(BOX)),
        *log.whole_day(OTHER_BOX),
        log.tick(),
        log.say(RIVAL, m.Block(container=OTHER_BOX, port=PORT)),
        log.tick(),
    ]
    clerk.settle([*records, log.again(records[0])])

    with reading(clerk.engine) as connection:
        of_directory, of_ledger = buckets(connection)
    assert (of_directory.shard, of_ledger.shard) == (DIRECTORY, LEDGER)
    assert of_ledger.consumed == 14
    assert of_ledger.ticks == 2
    assert of_ledger.unaccounted == of_directory.unaccounted == 0
    assert of_ledger.outcomes == {
        Outcome.APPLIED: 8,
        Outcome.DUPLICATE: 1,
        Outcome.REFUSED: 1,
        Outcome.WAITING: 2,
        Outcome.PARKED: 0,
    }


def test_a_fenced_book_writes_nothing(clerk: Clerk) -> None:
    records = clerk.log.whole_day(BOX)
    take(clerk.engine, LEDGER, "another")
    with pytest.raises(Fenced) as fenced:
        clerk.settle(records)

    assert fenced.value.shards == {LEDGER}
    with reading(clerk.engine) as connection:
        assert entry(connection, LEDGER, 1) is None


def test_a_batch_that_is_settled_twice_is_fenced(clerk: Clerk) -> None:
    before = dict(clerk.leases)
    records = clerk.log.whole_day(BOX)
    clerk.settle(records)
    with pytest.raises(Fenced):
        clerk.book.settle(before, records)


def test_a_record_before_the_place_of_its_shard_is_not_taken(clerk: Clerk) -> None:
    records = clerk.log.whole_day(BOX)
    clerk.settle(records[:3])
    with pytest.raises(OutOfPlace):
        clerk.settle(records[2:])


def test_what_stands_in_memory_does_not_outlive_the_lease(clerk: Clerk) -> None:
    clerk.say(AGENT, release(BOX))
    other = Clerk(clerk.engine, clerk.log)
    other.take(LEDGER, owner="other")
    other.say(FORWARDER, accept(BOX))
    other.book.forget()
    clerk.take(LEDGER)
    (again,) = clerk.say(FORWARDER, accept(BOX))

    assert again.recorded.fact == f.Refused(reason=Reason.NO_TRANSFER_PENDING)


def test_a_rollback_leaves_nothing_in_memory(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    record = clerk.log.say(AGENT, release(BOX))
    with monkeypatch.context() as broken:
        broken.setattr(write, "changes", fail)
        with pytest.raises(ZeroDivisionError):
            clerk.settle([record])
    (released, _) = clerk.settle([record])

    assert released.recorded.outcome is Outcome.APPLIED
    with reading(clerk.engine) as connection:
        assert list(verify(connection)) == []


def test_a_message_that_breaks_our_code_parks_its_container_and_no_other(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clerk.say(AGENT, release(BOX))
    records = [
        clerk.log.say(FORWARDER, accept(BOX)),
        clerk.log.say(AGENT, release(OTHER_BOX)),
        clerk.log.say(AGENT, m.Block(container=BOX, port=PORT)),
    ]

    def law_that_breaks(file: File, question: Question, context: Context) -> law.Answers:
        if isinstance(question.message, m.Accept):
            raise ZeroDivisionError(f"said by {question.cause.organisation}")
        return law.answer(file, question, context)

    broken = type("Law", (), {"answer": staticmethod(law_that_breaks), "park": law.park})
    monkeypatch.setattr(desk, "law", broken)
    entries = clerk.settle(records)

    assert facts(entries) == ["parked", "suspended", "released", "transferred", "parked"]
    assert "said by" not in entries[0].body.decode()
    assert "Parked ledger-0 offset 1, for ZeroDivisionError" in caplog.text
    assert FORWARDER not in caplog.text
    with reading(clerk.engine) as connection:
        file = now(connection, BOX)
    assert file.parked
    assert file.stays[0].suspended


def test_a_record_that_the_database_does_not_take_is_parked(clerk: Clerk) -> None:
    record = clerk.log.say(AGENT, release(BOX))
    entries = clerk.keep(
        clerk.book.settle_broken(clerk.leases[LEDGER], record, ValueError("too much"))
    )

    (parked,) = entries
    assert isinstance(parked.recorded.fact, f.Parked)
    assert parked.recorded.fact.error == "ValueError"
    assert parked.recorded.outcome is Outcome.PARKED


def test_a_registration_that_the_database_does_not_take_is_parked_alone(clerk: Clerk) -> None:
    record = clerk.log.say(
        "register", registration("NXT21000000009", m.Role.SHIP_AGENT), shard=DIRECTORY
    )
    entries = clerk.keep(
        clerk.book.settle_broken(clerk.leases[DIRECTORY], record, ValueError("too much"))
    )

    assert facts(entries) == ["parked"]
    with reading(clerk.engine) as connection:
        count = connection.execute(select(func.count()).select_from(tables.parked)).scalar_one()
    assert count == 0


def test_a_terminal_is_told_of_an_ended_right_for_thirty_days(clerk: Clerk) -> None:
    clerk.settle(clerk.log.whole_day(BOX))
    clerk.log.pass_by(timedelta(days=29))
    assert facts(clerk.settle([clerk.log.tick()])) == []
    clerk.log.pass_by(timedelta(days=2))

    assert facts(clerk.settle([clerk.log.tick()])) == ["entitlement_withdrawn"]
    assert clerk.settle([clerk.log.tick()]) == []


def test_a_tick_that_cannot_be_settled_is_passed_over(clerk: Clerk) -> None:
    lease = clerk.leases[LEDGER]
    entries = clerk.keep(clerk.book.settle_broken(lease, clerk.log.tick(), ValueError("too much")))

    assert entries == []
    assert clerk.leases[LEDGER].next_offset == lease.next_offset + 1


def test_an_id_with_a_null_character_is_kept(clerk: Clerk) -> None:
    (released, _) = clerk.say(AGENT, release(BOX), message_id="one\x00two")

    assert released.recorded.cause.message_id == "one\x00two"
    with reading(clerk.engine) as connection:
        assert list(verify(connection)) == []


def test_a_stranger_to_the_log_stops_the_batch_before_anything_is_read(clerk: Clerk) -> None:
    record = clerk.log.say(AGENT, release(BOX))
    stranger = record.__class__(LEDGER, 0, record.recorded_at, (), b"{}")
    with pytest.raises(NotOfTheLog):
        clerk.settle([stranger])

    (released, _) = clerk.settle([record])
    assert released.recorded.outcome is Outcome.APPLIED


def test_time_ends_releases_and_waits_by_its_place_in_the_log(clerk: Clerk) -> None:
    clerk.say(AGENT, release(BOX))
    clerk.say(FORWARDER, accept(OTHER_BOX))
    clerk.log.pass_by(timedelta(days=61))
    entries = clerk.settle([clerk.log.tick()])

    assert sorted(facts(entries)) == ["expired", "given_up"]
    assert [
        entry.recorded.outcome for entry in entries if entry.recorded.fact.type == "expired"
    ] == [None]
    assert clerk.settle([clerk.log.tick()]) == []
    with reading(clerk.engine) as connection:
        assert now(connection, BOX).stays[0].status is ReleaseStatus.EXPIRED
        assert now(connection, OTHER_BOX).waiting == ()
        assert [each.unaccounted for each in buckets(connection)] == [0, 0]


def test_a_tick_from_a_clock_that_jumped_is_held_and_alarmed(
    clerk: Clerk, caplog: pytest.LogCaptureFixture
) -> None:
    clerk.say(AGENT, release(BOX))
    clerk.log.pass_by(timedelta(days=61))
    assert clerk.settle([clerk.log.tick(ahead=timedelta(hours=2))]) == []

    assert "A clock jumped" in caplog.text


def test_a_container_for_which_time_breaks_is_parked_and_asked_no_more(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.say(AGENT, release(BOX))
    clerk.log.pass_by(timedelta(days=61))

    def break_down(*_: object) -> None:
        raise ZeroDivisionError

    broken = type("Law", (), {"pass_time": break_down, "park": law.park})
    with monkeypatch.context() as breaking:
        breaking.setattr(desk, "law", broken)
        entries = clerk.settle([clerk.log.tick()])
    assert facts(entries) == ["parked", "suspended"]
    assert outcomes(entries) == [None, None]

    assert clerk.settle([clerk.log.tick()]) == []
    with reading(clerk.engine) as connection:
        assert [each.unaccounted for each in buckets(connection)] == [0, 0]


def test_the_ledgers_time_never_goes_back(clerk: Clerk) -> None:
    clerk.say(AGENT, release(BOX))
    before = clerk.log.now
    clerk.log.pass_by(timedelta(hours=-1))
    (accepted,) = clerk.say(FORWARDER, accept(BOX))

    assert accepted.recorded.recorded_at == before


def test_who_joined_in_another_process_is_known_with_the_next_batch(clerk: Clerk) -> None:
    newcomer = "NXT21000000009"
    clerk.say(AGENT, release(BOX))
    other = Clerk(clerk.engine, clerk.log)
    other.take(DIRECTORY, owner="other")
    joins = registration(newcomer, m.Role.SHIP_AGENT)
    *_, joined = other.settle(clerk.log.joins(joins))
    other.book.forget()
    (released, *_) = clerk.say(newcomer, release(OTHER_BOX, bill="BL2", number="REL2"))

    assert released.recorded.outcome is Outcome.APPLIED
    assert released.recorded.cause.directory_version == joined.recorded.seq


def test_a_second_registration_takes_the_place_of_the_first(clerk: Clerk) -> None:
    both = registration(FORWARDER, m.Role.RELEASE_PARTY).model_copy(
        update={"roles": (m.Role.RELEASE_PARTY, m.Role.TRANSPORT_OPERATOR)}
    )
    with reading(clerk.engine) as connection:
        before = load.directory(connection, Directory()).by_id[FORWARDER].version
    (joined,) = clerk.settle([clerk.log.say("register", both, shard=DIRECTORY)])
    clerk.book.forget()
    with reading(clerk.engine) as connection:
        known = load.directory(connection, Directory())

    assert known.version == joined.recorded.seq
    assert known.by_id[FORWARDER].version == before + 1
    assert set(known.by_id[FORWARDER].roles) == set(both.roles)


def test_few_files_are_kept_and_the_answers_stay_the_same(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_module, "CACHED_FILES", 1)
    boxes = [f"CPUU{number:07d}" for number in range(5)]
    for box in boxes:
        clerk.settle(clerk.log.whole_day(box)[:4])
    for box in boxes:
        (accepted,) = clerk.say(HAULIER, accept(box))
        assert accepted.recorded.outcome is Outcome.APPLIED


def test_a_connection_that_breaks_is_dropped_and_the_next_batch_gets_another(
    postgresql_book: Engine,
) -> None:
    clerk = clerk_of(postgresql_book)
    record = clerk.log.say(AGENT, release(BOX))
    with postgresql_book.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    with pytest.raises(DBAPIError):
        clerk.settle([record])
    clerk.leases[LEDGER] = retake(postgresql_book, clerk.leases[LEDGER], "clerk")
    (released, _) = clerk.settle([record])

    assert released.recorded.outcome is Outcome.APPLIED
    clerk.book.forget()


def test_a_book_forgets_twice_without_harm(clerk: Clerk) -> None:
    clerk.book.forget()
    clerk.book.forget()
    (released, _) = clerk.say(AGENT, release(BOX))

    assert released.recorded.outcome is Outcome.APPLIED


def test_a_stranger_is_turned_away_however_often_it_says_the_same(clerk: Clerk) -> None:
    clerk.say(AGENT, release(BOX))
    first = clerk.log.say(STRANGER, accept(BOX), message_id="one")
    at_once = clerk.settle([first, clerk.log.again(first)])
    clerk.book.forget()
    later = clerk.settle([clerk.log.again(first)])
    other = clerk.settle([clerk.log.say(STRANGER, release(OTHER_BOX), message_id="one")])

    # As a duplicate it would be an answer, and a topic would be made for it.
    for turned_away in (*at_once, *later, *other):
        assert turned_away.recorded.outcome is Outcome.REFUSED
        assert turned_away.recorded.fact == f.Refused(
            reason=Reason.SENDER_UNKNOWN, detail=STRANGER
        )
        assert list(notices_of(turned_away.recorded)) == []


def test_a_strangers_record_that_the_book_does_not_take_stops_nobodys_container(
    clerk: Clerk,
) -> None:
    clerk.say(AGENT, release(BOX))
    record = clerk.log.say(STRANGER, accept(BOX))
    (turned_away,) = clerk.keep(
        clerk.book.settle_broken(clerk.leases[LEDGER], record, ValueError("too much"))
    )

    assert isinstance(turned_away.recorded.fact, f.Refused)
    assert facts(clerk.say(FORWARDER, accept(BOX))) == ["accepted"]
