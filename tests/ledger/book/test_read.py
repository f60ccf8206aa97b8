"""Whatever somebody has in hand leads to the container, and never by reading through a table."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, text

from ledger.book import personal
from ledger.book.engine import is_postgresql, reading
from ledger.book.read import As, Match, as_of, buckets, entry, find, history, now
from schemas import messages as m
from schemas.facts import Outcome
from schemas.stay import ReleaseStatus
from tests.ledger.book.log import (
    AGENT,
    FORWARDER,
    LEDGER,
    NOW,
    PORT,
    Clerk,
    accept,
    discharge,
    release,
)

BOX, OTHER_BOX = "CPUU1000010", "CPUU1000026"


def find_in(clerk: Clerk, reference: str) -> list[Match]:
    with reading(clerk.engine) as connection:
        return list(find(connection, reference))


@pytest.fixture
def release_id(clerk: Clerk) -> str:
    """Two containers on one bill, one of them asked for by its own message id."""
    (released, _) = clerk.say(AGENT, release(BOX, bill="BL7", number="REL7"), message_id="first")
    clerk.say(AGENT, release(OTHER_BOX, bill="BL7", number="REL8"))
    assert released.recorded.stay is not None
    return released.recorded.stay.release_id


def test_every_reference_leads_to_the_container(clerk: Clerk, release_id: str) -> None:
    this = Match(As.RELEASE, BOX, release_id)

    assert find_in(clerk, "cpuu 100001-0") == [Match(As.CONTAINER, BOX)]
    assert find_in(clerk, "REL7") == find_in(clerk, " rel7 ") == [this]
    assert find_in(clerk, release_id) == [Match(As.RELEASE_ID, BOX, release_id)]
    assert find_in(clerk, "first") == [
        Match(As.MESSAGE, BOX, release_id, LEDGER, seq) for seq in (1, 2)
    ]
    assert find_in(clerk, "ledger-0-2") == [Match(As.EVENT, BOX, release_id, LEDGER, 2)]
    assert [(each.found_as, each.container) for each in find_in(clerk, "bl7")] == [
        (As.BILL, BOX),
        (As.BILL, OTHER_BOX),
    ]


@pytest.mark.parametrize(
    "reference",
    ["", " ", "nobody", "ledger-0-9999", "-1", f"ledger-0-{'9' * 40}", "%", "x\x00y", "\udc80"],
)
def test_what_nobody_knows_is_found_nowhere(clerk: Clerk, release_id: str, reference: str) -> None:
    assert release_id
    assert find_in(clerk, reference) == []


def test_many_matches_are_cut_off(clerk: Clerk, release_id: str) -> None:
    assert release_id
    with reading(clerk.engine) as connection:
        assert len(find(connection, "BL7", limit=1)) == 1


def test_a_container_of_which_only_a_message_waits_is_found(clerk: Clerk) -> None:
    clerk.say(FORWARDER, accept(BOX))

    assert find_in(clerk, BOX) == [Match(As.CONTAINER, BOX)]


def test_a_bill_that_was_taken_off_a_release_leads_there_no_more(
    clerk: Clerk, release_id: str
) -> None:
    update = m.Update(
        container=BOX, port=PORT, release_identification="REL7", bills_of_lading=("BL8", "BL9")
    )
    clerk.say(AGENT, update)

    assert [each.container for each in find_in(clerk, "BL7")] == [OTHER_BOX]
    for bill in ("BL8", "BL9"):
        assert [each.release_id for each in find_in(clerk, bill)] == [release_id]


def test_history_is_every_entry_of_the_container_in_order(clerk: Clerk) -> None:
    both = zip(clerk.log.whole_day(BOX), clerk.log.whole_day(OTHER_BOX), strict=True)
    records = sorted((each for pair in both for each in pair), key=lambda each: each.offset)
    entries = clerk.settle(records)
    with reading(clerk.engine) as connection:
        told = list(history(connection, BOX))

    with reading(clerk.engine) as connection:
        facts = personal.opened(connection, [each.recorded for each in entries])
    assert told == [each for each in facts if each.container == BOX]
    assert len(told) == 12


def test_as_of_a_time_the_container_stands_as_it_stood(clerk: Clerk) -> None:
    stood = {}
    for record in clerk.log.whole_day(BOX):
        clerk.log.pass_by(timedelta(minutes=1))
        later = type(record)(
            record.shard, record.offset, clerk.log.now, record.headers, record.value
        )
        clerk.settle([later])
        with reading(clerk.engine) as connection:
            stood[clerk.log.now] = now(connection, BOX)

    with reading(clerk.engine) as connection:
        for moment, file in stood.items():
            assert as_of(connection, BOX, moment) == file
            assert as_of(connection, BOX, moment + timedelta(seconds=59)) == file
        assert as_of(connection, BOX, NOW).stays == ()
        assert as_of(connection, OTHER_BOX, clerk.log.now) == now(connection, OTHER_BOX)
    assert file.stays[0].status is ReleaseStatus.GATED_OUT


def test_an_entry_is_read_by_its_number(clerk: Clerk, release_id: str) -> None:
    with reading(clerk.engine) as connection:
        first = entry(connection, LEDGER, 1)
        assert entry(connection, LEDGER, 1000) is None
        assert entry(connection, "ledger-9", 1) is None

    assert first is not None
    assert first.stay is not None
    assert first.stay.release_id == release_id


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[tuple[str, object]]]:
    """Every statement that is executed while the test runs."""
    heard: list[tuple[str, object]] = []

    def listen(*args: object) -> None:
        heard.append((str(args[2]), args[3]))

    event.listen(engine, "before_cursor_execute", listen)
    yield heard
    event.remove(engine, "before_cursor_execute", listen)


def test_every_question_is_answered_from_an_index(
    clerk: Clerk, release_id: str, statements: list[tuple[str, object]]
) -> None:
    with reading(clerk.engine) as connection:
        statements.clear()
        find(connection, "ledger-0-2")
        find(connection, release_id)
        list(history(connection, BOX))
        now(connection, BOX)
        as_of(connection, BOX, NOW)
        buckets(connection)
        asked = [each for each in statements if each[0].startswith("SELECT")]
        if is_postgresql(connection):
            # With a handful of rows it would always read the whole table.
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, values in asked:
            plan = _plan(connection.connection.driver_connection, statement, values)
            assert "SEQ SCAN ON ENTRY" not in plan.upper(), plan
            assert not any(
                "SCAN ENTRY" in line and "INDEX" not in line for line in plan.upper().splitlines()
            ), plan
    assert len(asked) >= 14


def _plan(raw: object, statement: str, values: object) -> str:
    explain = "EXPLAIN " if type(raw).__module__.startswith("psycopg") else "EXPLAIN QUERY PLAN "
    cursor = raw.cursor()  # type: ignore[attr-defined]  # either driver's
    cursor.execute(explain + statement, values)
    return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_buckets_are_counted_from_the_entries(clerk: Clerk) -> None:
    record = clerk.log.say(TERMINAL_SAYS[0], TERMINAL_SAYS[1])
    clerk.settle([record, clerk.log.again(record), clerk.log.tick()])
    with reading(clerk.engine) as connection:
        _, of_ledger = buckets(connection)

    assert of_ledger.consumed == 3
    assert of_ledger.ticks == 1
    assert of_ledger.outcomes[Outcome.WAITING] == of_ledger.outcomes[Outcome.DUPLICATE] == 1
    assert of_ledger.unaccounted == 0


TERMINAL_SAYS = ("NXT21000000004", discharge(BOX))


def test_what_came_out_of_the_waiting_room_counts_once(clerk: Clerk) -> None:
    clerk.say(*TERMINAL_SAYS)
    clerk.say(AGENT, release(BOX))
    with reading(clerk.engine) as connection:
        _, of_ledger = buckets(connection)

    assert of_ledger.consumed == 2
    assert of_ledger.outcomes[Outcome.WAITING] == of_ledger.outcomes[Outcome.APPLIED] == 1


def test_a_record_that_left_no_trace_is_missed(clerk: Clerk) -> None:
    clerk.say(AGENT, release(BOX))
    with clerk.engine.begin() as connection:
        connection.execute(text("UPDATE shard SET next_offset = 3 WHERE shard = 'ledger-0'"))
    with reading(clerk.engine) as connection:
        assert [each.unaccounted for each in buckets(connection)] == [0, 2]
