"""A port where a system decides, in the book: once, by the tick, as of any time, made anew."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ledger.book import read, tables
from ledger.book.draft import Entry
from ledger.book.engine import reading
from ledger.book.rebuild import check
from ledger.law.file import RequestState
from schemas import messages as m
from schemas import system_facts as s
from schemas.messages import Message, TerminalRef
from schemas.system_messages import AnswerRequest, ObserveRelease
from tests.ledger.book.log import (
    AGENT,
    DIRECTORY,
    FORWARDER,
    HAULIER,
    REGISTER,
    Clerk,
    party,
    release,
)

BOX, PORT, QUAY = "CPUU1000010", "NLRTM", "RWG"
PORTBASE, OPERATOR = "NXT21000000007", "NXT21000000008"
BILLS = ("BL1",)
JOIN: tuple[Message, ...] = (
    m.RegisterOrganisation(organisation=PORTBASE, name="Portbase", roles=(), system="portbase"),
    m.RegisterOrganisation(
        organisation=OPERATOR,
        name="RWG",
        roles=(m.Role.TERMINAL_OPERATOR,),
        terminals=(TerminalRef(port=PORT, code=QUAY),),
    ),
)


@pytest.fixture
def rotterdam(clerk: Clerk) -> Clerk:
    """A clerk whose directory knows Portbase and a quay in Rotterdam."""
    clerk.settle([clerk.log.say(REGISTER, each, shard=DIRECTORY) for each in JOIN])
    return clerk


def told(entries: list[Entry]) -> list[str]:
    return [entry.recorded.fact.type for entry in entries]


def asked(clerk: Clerk) -> str:
    """Ask Portbase for a release, and return the request's id."""
    message = release(BOX).model_copy(update={"port": PORT, "terminal": QUAY})
    (entry,) = clerk.say(AGENT, message, message_id="please")
    assert isinstance(entry.recorded.fact, s.RequestMade)
    return entry.recorded.fact.request_id


def answered(request_id: str, *, accepted: bool = True) -> AnswerRequest:
    return AnswerRequest(container=BOX, port=PORT, request_id=request_id, accepted=accepted)


def shown(**said: object) -> ObserveRelease:
    there = {"container": BOX, "port": PORT, "terminal": QUAY, "bills_of_lading": BILLS}
    return ObserveRelease.model_validate({**there, **said})


def a_day(clerk: Clerk) -> None:
    clerk.say(PORTBASE, answered(asked(clerk)))
    clerk.say(PORTBASE, shown(status="released", holders=(party(FORWARDER), party(HAULIER))))
    assign = m.AssignPickup(container=BOX, port=PORT, modality=m.Modality.TRUCK)
    (entry,) = clerk.say(HAULIER, assign)
    clerk.log.pass_by(timedelta(hours=1))
    clerk.settle([clerk.log.tick()])
    assert isinstance(entry.recorded.fact, s.RequestMade)
    clerk.say(PORTBASE, answered(entry.recorded.fact.request_id))
    clerk.say(HAULIER, m.RevokePickup(container=BOX, port=PORT))
    clerk.say(PORTBASE, answered("no-such-request"))


def test_the_state_is_made_anew_from_the_entries_requests_and_all(rotterdam: Clerk) -> None:
    a_day(rotterdam)

    result = check(rotterdam.engine)

    assert result.sound, result.differences
    with reading(rotterdam.engine) as connection:
        file = read.now(connection, BOX)
    assert [each.state for each in file.requests] == [
        RequestState.ACCEPTED, RequestState.ACCEPTED, RequestState.SENT
    ]  # fmt: skip


def test_what_is_in_memory_and_what_is_read_from_the_tables_answer_alike(
    rotterdam: Clerk,
) -> None:
    request_id = asked(rotterdam)
    rotterdam.book.forget()

    entries = rotterdam.say(PORTBASE, answered(request_id))

    assert told(entries) == ["request_answered", "released", "transferred"]
    assert told(rotterdam.say(PORTBASE, answered(request_id, accepted=False))) == [
        "finding_made", "confirmation_lost"
    ]  # fmt: skip


def test_what_is_asked_twice_under_one_id_is_one_request(rotterdam: Clerk) -> None:
    first = asked(rotterdam)
    message = release(BOX).model_copy(update={"port": PORT, "terminal": QUAY})

    again = rotterdam.say(AGENT, message, message_id="please")

    assert told(again) == ["repeated"]
    with reading(rotterdam.engine) as connection:
        ids = connection.execute(select(tables.request.c.id)).scalars().all()
    assert list(ids) == [first]


def test_the_same_answer_under_one_id_has_one_effect(rotterdam: Clerk) -> None:
    answer = answered(asked(rotterdam))
    rotterdam.say(PORTBASE, answer, message_id="yes")

    assert told(rotterdam.say(PORTBASE, answer, message_id="yes")) == ["repeated"]


def test_a_tick_tells_once_that_an_answer_is_overdue_in_the_port_it_was_asked_for(
    rotterdam: Clerk,
) -> None:
    asked(rotterdam)
    rotterdam.log.pass_by(timedelta(minutes=29))
    assert rotterdam.settle([rotterdam.log.tick()]) == []
    rotterdam.log.pass_by(timedelta(minutes=1))

    (entry,) = rotterdam.settle([rotterdam.log.tick()])

    assert (entry.recorded.fact.type, entry.recorded.port) == ("request_overdue", PORT)
    assert entry.recorded.outcome is None
    assert rotterdam.settle([rotterdam.log.tick()]) == []


def test_the_expiry_of_what_a_system_decides_does_not_come_due(rotterdam: Clerk) -> None:
    rotterdam.say(PORTBASE, shown(status="released"))
    rotterdam.log.pass_by(timedelta(days=90))

    assert rotterdam.settle([rotterdam.log.tick()]) == []


def asked_with_driver(clerk: Clerk) -> str:
    """Let the haulier, who holds the right, ask for a pick-up with a driver."""
    holders = (party(FORWARDER), party(HAULIER))
    clerk.say(PORTBASE, shown(status="released", holders=holders))
    driver = m.SealedDriver(key_id="quay", ciphertext="c2VhbGVk", mask="**12")
    assign = m.AssignPickup(container=BOX, port=PORT, modality=m.Modality.TRUCK, driver=driver)
    (entry,) = clerk.say(HAULIER, assign)
    assert isinstance(entry.recorded.fact, s.RequestMade)
    assert b"c2VhbGVk" not in entry.body
    return entry.recorded.fact.request_id


def keys_of(clerk: Clerk) -> int:
    with reading(clerk.engine) as connection:
        return len(connection.execute(select(tables.stay_key.c.id)).all())


def test_who_drives_is_known_to_the_gate_once_the_system_has_accepted(rotterdam: Clerk) -> None:
    request_id = asked_with_driver(rotterdam)
    rotterdam.book.forget()

    entries = rotterdam.say(PORTBASE, answered(request_id))

    assert told(entries) == ["request_answered", "pickup_assigned"]
    assert entries[-1].driver is not None
    assert entries[-1].driver.ciphertext == "c2VhbGVk"
    assert keys_of(rotterdam) == 1


def test_who_was_to_drive_is_forgotten_when_the_system_rejects(rotterdam: Clerk) -> None:
    request_id = asked_with_driver(rotterdam)
    assert keys_of(rotterdam) == 1

    rotterdam.say(PORTBASE, answered(request_id, accepted=False))

    assert keys_of(rotterdam) == 0


def test_who_drives_is_forgotten_although_the_system_says_no_more(rotterdam: Clerk) -> None:
    rotterdam.say(PORTBASE, answered(asked_with_driver(rotterdam)))
    rotterdam.log.pass_by(timedelta(days=60 + 89))
    rotterdam.settle([rotterdam.log.tick()])
    assert keys_of(rotterdam) == 1
    rotterdam.log.pass_by(timedelta(days=2))

    (entry,) = rotterdam.settle([rotterdam.log.tick()])

    assert entry.recorded.fact.type == "personal_parts_erased"
    assert keys_of(rotterdam) == 0
    assert check(rotterdam.engine).sound


def test_a_file_as_of_then_has_the_requests_of_then(rotterdam: Clerk) -> None:
    request_id = asked(rotterdam)
    then = rotterdam.log.now
    rotterdam.log.pass_by(timedelta(minutes=1))
    rotterdam.say(PORTBASE, answered(request_id))

    with reading(rotterdam.engine) as connection:
        before, now = read.as_of(connection, BOX, then), read.now(connection, BOX)

    assert [each.state for each in before.requests] == [RequestState.SENT]
    assert before.stays == ()
    assert [each.state for each in now.requests] == [RequestState.ACCEPTED]
    assert len(now.stays) == 1
