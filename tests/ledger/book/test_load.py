"""What a batch loads is what earlier batches wrote."""

from datetime import timedelta

from ledger.book import load
from ledger.book.draft import message_key
from ledger.book.engine import reading
from ledger.book.moments import micros
from ledger.book.read import entry
from ledger.directory.directory import Directory
from ledger.law.file import File
from schemas.facts import Outcome
from schemas.messages import AssignPickup, Modality
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
    discharge,
    release,
)

BOX, OTHER_BOX = "CPUU1000010", "CPUU1000026"
LONG = timedelta(days=365)


def test_a_file_is_loaded_as_it_was_kept_in_memory(clerk: Clerk) -> None:
    clerk.settle(clerk.log.whole_day(BOX)[:6])
    clerk.say(RIVAL, release(BOX, bill="BL9", number="REL9"))
    clerk.say(FORWARDER, accept(OTHER_BOX))
    clerk.say(HAULIER, accept(OTHER_BOX))
    kept = clerk.book._kept[LEDGER].files
    with reading(clerk.engine) as connection:
        loaded = load.files(connection, [BOX, OTHER_BOX, "CPUU9999999"])

    assert loaded[BOX] == kept[BOX]
    assert loaded[OTHER_BOX] == kept[OTHER_BOX]
    assert [len(file.stays) for file in loaded.values()] == [2, 0, 0]
    assert [len(file.waiting) for file in loaded.values()] == [0, 2, 0]
    assert loaded["CPUU9999999"] == File()


def test_nobody_asks_for_no_containers(clerk: Clerk) -> None:
    with reading(clerk.engine) as connection:
        assert load.files(connection, ()) == {}
        assert load.first(connection, ()) == {}


def test_the_first_answer_to_a_message_is_found_by_its_key(clerk: Clerk) -> None:
    record = clerk.log.say(AGENT, release(BOX))
    clerk.settle([record])
    key = load_key(clerk)
    with reading(clerk.engine) as connection:
        found = load.first(connection, [key, b"nobody's"])

    assert found.keys() == {key}
    assert (found[key].shard, found[key].seq, found[key].outcome) == (LEDGER, 1, Outcome.APPLIED)


def load_key(clerk: Clerk) -> bytes:
    with reading(clerk.engine) as connection:
        first = entry(connection, LEDGER, 1)
    assert first is not None
    return message_key(first.cause)


def test_a_directory_reads_only_what_it_does_not_know(clerk: Clerk) -> None:
    with reading(clerk.engine) as connection:
        whole = load.directory(connection, Directory())
        assert load.directory(connection, whole) is whole

    assert set(whole.by_id) >= {AGENT, RIVAL, FORWARDER, HAULIER}
    assert whole.version == clerk.leases[DIRECTORY].next_seq - 1


def test_what_time_changes_is_found_when_its_time_has_come(clerk: Clerk) -> None:
    clerk.settle(clerk.log.whole_day(BOX)[:5])
    pickup = AssignPickup(
        container=BOX,
        port=PORT,
        modality=Modality.BARGE,
        expires_at=clerk.log.now + timedelta(hours=1),
    )
    clerk.say(HAULIER, pickup)
    clerk.say(FORWARDER, accept(OTHER_BOX))

    def due(after: timedelta, limit: int = 10) -> list[str]:
        with reading(clerk.engine) as connection:
            return load.due(connection, LEDGER, micros(clerk.log.now + after), limit)

    assert due(timedelta(0)) == []
    assert due(timedelta(hours=72)) == [OTHER_BOX]
    assert due(LONG) == [BOX, OTHER_BOX]
    assert due(LONG, limit=1) == [BOX]


def test_a_parked_container_is_not_due(clerk: Clerk) -> None:
    clerk.say(AGENT, release(BOX))
    record = clerk.log.say("NXT21000000004", discharge(BOX))
    clerk.keep(clerk.book.settle_broken(clerk.leases[LEDGER], record, ValueError("too much")))
    with reading(clerk.engine) as connection:
        assert load.due(connection, LEDGER, micros(clerk.log.now + LONG), 10) == []
