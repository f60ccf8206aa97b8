"""What was parked is heard again, in the book: once, in every bucket right, rebuilt alike."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.book.draft import Entry
from ledger.book.engine import reading
from ledger.book.read import buckets, now
from ledger.book.rebuild import check
from ledger.book.state import state_hash
from ledger.book.verify import verify
from ledger.law import hearing
from ledger.law.context import Case
from ledger.law.decide import decide
from ledger.law.file import File
from ledger.law.ruling import Ruling
from ledger.record import LogRecord
from producers.telling import entitlement_of
from schemas import facts as f
from schemas import messages as m
from schemas.facts import Outcome
from schemas.messages import ContainerMessage
from schemas.reasons import Reason
from schemas.stay import ReleaseStatus, Stay
from tests.books import new_sqlite_book
from tests.ledger.book.log import (
    AGENT,
    FORWARDER,
    LEDGER,
    PORT,
    QUAY,
    TERMINAL,
    Clerk,
    accept,
    clerk_of,
    day_of,
    release,
)

BOX = "CPUU1000010"
OPERATOR = "operator"
SECRET = "said by NXT21000000002"
DRIVER = "000000012"


@contextmanager
def law_breaks(on: type[ContainerMessage], *, times: int = 1000) -> Iterator[None]:
    """Let our code break on one kind of message, that often; afterwards it is mended."""
    left = iter(range(times))

    def breaks(stay: Stay, message: ContainerMessage, case: Case) -> Ruling:
        if isinstance(message, on) and next(left, None) is not None:
            raise ZeroDivisionError(f"{SECRET}, driver {DRIVER}")
        return decide(stay, message, case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hearing, "decide", breaks)
        yield


def resume(clerk: Clerk) -> LogRecord:
    return clerk.log.say(OPERATOR, m.Resume(container=BOX, note="mended"))


def a_day_parked(clerk: Clerk, on: type[ContainerMessage]) -> list[Entry]:
    with law_breaks(on):
        return clerk.settle(clerk.log.whole_day(BOX))


def told(entries: list[Entry]) -> list[str]:
    return [entry.recorded.fact.type for entry in entries]


def counted(clerk: Clerk) -> dict[Outcome, int]:
    with reading(clerk.engine) as connection:
        _, of_ledger = buckets(connection)
    assert of_ledger.unaccounted == 0
    return {outcome: count for outcome, count in of_ledger.outcomes.items() if count}


def file_of(clerk: Clerk) -> File:
    with reading(clerk.engine) as connection:
        return now(connection, BOX)


def check_the_book(clerk: Clerk) -> None:
    assert check(clerk.engine).sound
    with reading(clerk.engine) as connection:
        assert list(verify(connection)) == []


def test_a_day_that_was_parked_ends_as_if_never_broken(clerk: Clerk, tmp_path: Path) -> None:
    a_day_parked(clerk, m.Accept)
    assert counted(clerk) == {Outcome.WAITING: 1, Outcome.APPLIED: 1, Outcome.PARKED: 7}
    entries = clerk.settle([resume(clerk)])

    other_engine = new_sqlite_book(tmp_path / "other.db")
    other = clerk_of(other_engine)
    other.settle(other.log.whole_day(BOX))

    assert (told(entries)[0], told(entries)[-1]) == ("resumed", "suspension_lifted")
    assert file_of(clerk) == file_of(other)
    assert counted(clerk) == {
        **counted(other),
        Outcome.APPLIED: counted(other)[Outcome.APPLIED] + 1,
    }
    check_the_book(clerk)
    other.book.forget()
    other_engine.dispose()


def test_each_parked_message_gets_its_own_outcome_once(clerk: Clerk) -> None:
    parked = a_day_parked(clerk, m.Accept)
    entries = clerk.settle([resume(clerk)])

    waiting_for_it = [
        entry.recorded.cause.message_id
        for entry in parked
        if entry.recorded.outcome is Outcome.PARKED
    ]
    answered = [
        (entry.recorded.cause.message_id, entry.recorded.outcome)
        for entry in entries
        if entry.recorded.cause.resumed and entry.recorded.outcome is not None
    ]
    assert answered == [(message_id, Outcome.APPLIED) for message_id in waiting_for_it]


@pytest.mark.parametrize("at_once", [True, False], ids=["one batch", "one by one"])
def test_what_is_parked_and_resumed_in_one_batch_is_as_in_many(
    clerk: Clerk, *, at_once: bool
) -> None:
    clerk.say(AGENT, release(BOX))
    block, unblock = (kind(container=BOX, port=PORT) for kind in (m.Block, m.Unblock))
    said = (clerk.log.say(AGENT, message) for message in (block, block, unblock, block))
    records = [*said, resume(clerk), clerk.log.say(FORWARDER, accept(BOX))]
    with law_breaks(m.Block, times=1):
        if at_once:
            clerk.settle(records)
        else:
            for record in records:
                clerk.settle([record])
                clerk.book.forget()

    (stay,) = file_of(clerk).stays
    assert (stay.status, stay.suspended) == (ReleaseStatus.BLOCKED, False)
    assert counted(clerk) == {Outcome.APPLIED: 6, Outcome.REFUSED: 1}
    check_the_book(clerk)


def test_the_terminal_is_told_that_it_may_not_leave_and_then_that_it_may(clerk: Clerk) -> None:
    def may_leave(entries: list[Entry]) -> list[bool]:
        rights = [entitlement_of(entry.recorded) for entry in entries]
        return [right.may_leave for right in rights if right is not None]

    with law_breaks(m.ReportCustomsStatus):
        before = clerk.settle(clerk.log.whole_day(BOX)[:-1])
    after = clerk.settle([resume(clerk)])

    assert may_leave(before)[-1] is False
    assert may_leave(after) == [False, True]


def test_a_box_that_left_while_parked_has_left_when_resumed(clerk: Clerk) -> None:
    a_day_parked(clerk, m.ReportCustomsStatus)
    clerk.settle([resume(clerk)])

    (stay,) = file_of(clerk).stays
    assert (stay.status, stay.suspended) == (ReleaseStatus.GATED_OUT, False)


def test_where_it_breaks_again_all_is_parked_again_and_a_later_resume_hears_it(
    clerk: Clerk,
) -> None:
    a_day_parked(clerk, m.AssignPickup)
    before = counted(clerk)
    with law_breaks(m.AssignPickup):
        again = clerk.settle([resume(clerk)])
        clerk.book.forget()
        clerk.settle([resume(clerk)])

    assert told(again) == ["resumed", "parked", "parked", "parked", "parked"]
    assert file_of(clerk).parked
    assert file_of(clerk).stays[0].suspended
    assert counted(clerk) == {**before, Outcome.APPLIED: before[Outcome.APPLIED] + 2}
    check_the_book(clerk)

    clerk.settle([resume(clerk)])
    assert file_of(clerk).stays[0].status is ReleaseStatus.GATED_OUT
    assert Outcome.PARKED not in counted(clerk)
    check_the_book(clerk)


def test_a_resume_that_comes_twice_is_a_duplicate_and_a_second_one_refused(clerk: Clerk) -> None:
    a_day_parked(clerk, m.Accept)
    record = resume(clerk)
    clerk.settle([record])

    (again,) = clerk.settle([clerk.log.again(record)])
    (second,) = clerk.settle([resume(clerk)])

    assert again.recorded.outcome is Outcome.DUPLICATE
    assert second.recorded.fact == f.Refused(reason=Reason.NOT_PARKED)
    assert second.recorded.outcome is Outcome.REFUSED
    check_the_book(clerk)


def test_a_parked_message_that_is_sent_again_is_a_duplicate_before_and_after(clerk: Clerk) -> None:
    clerk.say(AGENT, release(BOX))
    record = clerk.log.say(FORWARDER, accept(BOX))
    with law_breaks(m.Accept):
        clerk.settle([record])
    (before,) = clerk.settle([clerk.log.again(record)])
    clerk.settle([resume(clerk)])
    (after,) = clerk.settle([clerk.log.again(record)])

    assert [each.recorded.outcome for each in (before, after)] == [Outcome.DUPLICATE] * 2
    assert file_of(clerk).stays[0].holder == FORWARDER


def test_what_the_database_does_not_take_when_resumed_is_refused_and_stays_parked(
    clerk: Clerk,
) -> None:
    a_day_parked(clerk, m.Accept)
    broken = clerk.book.settle_broken(clerk.leases[LEDGER], resume(clerk), ValueError(SECRET))
    (refused,) = clerk.keep(broken)

    assert refused.recorded.fact == f.Refused(reason=Reason.STILL_BREAKS, detail="ValueError")
    assert file_of(clerk).parked
    check_the_book(clerk)

    clerk.settle([resume(clerk)])
    assert file_of(clerk).stays[0].status is ReleaseStatus.GATED_OUT


def test_a_message_that_is_resumed_into_the_waiting_room_waits_and_is_called(clerk: Clerk) -> None:
    record = clerk.log.say(FORWARDER, accept(BOX))
    clerk.keep(clerk.book.settle_broken(clerk.leases[LEDGER], record, ValueError("too much")))
    clerk.settle([resume(clerk)])
    assert counted(clerk) == {Outcome.WAITING: 1, Outcome.APPLIED: 1}
    check_the_book(clerk)

    clerk.book.forget()
    clerk.say(AGENT, release(BOX))

    assert file_of(clerk).stays[0].holder == FORWARDER
    assert counted(clerk) == {Outcome.WAITING: 1, Outcome.APPLIED: 2}
    check_the_book(clerk)


def test_a_container_for_which_time_broke_is_resumed_without_a_message(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sender, message in list(day_of(BOX))[:6]:
        clerk.say(sender, message)
    clerk.log.pass_by(timedelta(days=90))
    with monkeypatch.context() as patch:
        patch.setattr("ledger.law.answer.lapsed", lambda *_: 1 / 0)
        clerk.settle([clerk.log.tick()])
    assert file_of(clerk).parked

    entries = clerk.settle([resume(clerk)])

    assert told(entries) == ["resumed", "expired", "pickup_ended", "suspension_lifted"]
    check_the_book(clerk)


def test_time_does_not_pass_in_front_of_what_is_parked_in_the_same_batch(clerk: Clerk) -> None:
    for sender, message in list(day_of(BOX))[:6]:
        clerk.say(sender, message)
    clerk.log.pass_by(timedelta(days=90))
    block = clerk.log.say(AGENT, m.Block(container=BOX, port=PORT))
    with law_breaks(m.Block):
        entries = clerk.settle([block, clerk.log.tick()])

    assert told(entries) == ["parked", "suspended"]
    assert file_of(clerk).stays[0].status is ReleaseStatus.RELEASED
    check_the_book(clerk)


def test_the_same_log_with_a_resume_gives_the_same_hash_on_both_databases(
    clerk: Clerk, tmp_path: Path
) -> None:
    other_engine = new_sqlite_book(tmp_path / "other.db")
    other = clerk_of(other_engine)
    for each in (clerk, other):
        a_day_parked(each, m.AssignPickup)
        each.settle([resume(each)])

    with reading(clerk.engine) as here, reading(other_engine) as there:
        assert state_hash(here) == state_hash(there)
    other.book.forget()
    other_engine.dispose()


def test_what_broke_our_code_is_logged_by_its_kind_and_place_and_never_by_its_words(
    clerk: Clerk, caplog: pytest.LogCaptureFixture
) -> None:
    gate_in = m.ReportGateIn(container=BOX, port=PORT, terminal=QUAY)
    clerk.say(AGENT, release(BOX))
    with caplog.at_level(logging.DEBUG), law_breaks(m.ReportGateIn):
        record = clerk.log.say(TERMINAL, gate_in)
        clerk.settle([record])
        clerk.settle([resume(clerk)])
        late = clerk.log.say(TERMINAL, gate_in)
        clerk.keep(clerk.book.settle_broken(clerk.leases[LEDGER], late, ValueError(SECRET)))

    assert f"Parked {LEDGER} offset {record.offset}, for ZeroDivisionError" in caplog.text
    assert f"Parked {LEDGER} offset {late.offset}, for ValueError" in caplog.text
    assert "hearing.py" in caplog.text
    assert [word for word in (SECRET, DRIVER, BOX) if word in caplog.text] == []
