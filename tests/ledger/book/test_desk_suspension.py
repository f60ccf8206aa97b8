"""The ledger finds what a suspended operator would collect, stops it, and lets it count again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ledger.book import desk, tables
from ledger.book.book import Book
from ledger.book.draft import Entry
from ledger.book.engine import reading
from ledger.book.read import buckets, now
from ledger.book.rebuild import check, restore
from ledger.book.verify import verify
from ledger.law.file import File
from ledger.law.policy import Policy
from producers.telling import entitlement_of
from schemas import override_messages as o
from schemas.facts import Outcome, Refused
from schemas.key_messages import RegisterKey
from schemas.keys import possession_of
from schemas.messages import RegisterOrganisation
from schemas.overrides import Override
from schemas.reasons import Missing, Reason
from schemas.signatures import base64url
from tests.ledger.book.log import DIRECTORY, HAULIER, LEDGER, REGISTER, Clerk, day_of
from tests.people import ADA, BEN, OPERATOR, Signer, both_sign, id_of

BOXES = tuple(f"CPUU10000{number:02}" for number in range(10, 16))
STOPPED = Missing.OPERATOR_SUSPENDED


def keyed(person: Signer) -> RegisterKey:
    proof = person.held(possession_of(OPERATOR, person.key.id))
    return RegisterKey(
        organisation=OPERATOR,
        public_key=person.key.public_key,
        proof=base64url(proof).decode(),
        person=person.person,
    )


@pytest.fixture
def overseen(clerk: Clerk) -> Clerk:
    """The cast, two people who may override, and boxes that the haulier may collect."""
    clerk.book = Book(clerk.engine, Policy(overrides_by=OPERATOR))
    register = RegisterOrganisation(organisation=OPERATOR, name="Demo Operator", roles=())
    for message in (register, keyed(ADA), keyed(BEN)):
        clerk.settle([clerk.log.say(REGISTER, message, shard=DIRECTORY)])
    clerk.settle(
        [
            clerk.log.say(sender, message)
            for box in BOXES
            for sender, message in list(day_of(box))[:-1]
        ]
    )
    return clerk


def override(clerk: Clerk, what: Override, people: tuple[Signer, Signer] = (ADA, BEN)) -> Entry:
    suspends = what is Override.SUSPEND_ORGANISATION
    kind = o.SuspendOrganisation if suspends else o.ReinstateOrganisation
    both = both_sign(what, HAULIER, "", clerk.log.now, people)
    message = kind(organisation=HAULIER, **both)
    record = clerk.log.say("operator", message, message_id=id_of(both), shard=DIRECTORY)
    return clerk.settle([record])[0]


def tick(clerk: Clerk) -> list[Entry]:
    clerk.log.pass_by(timedelta(seconds=10))
    return clerk.settle([clerk.log.tick()])


def file_of(clerk: Clerk, box: str) -> File:
    with reading(clerk.engine) as connection:
        return now(connection, box)


def may_leave(entries: list[Entry]) -> dict[str, bool]:
    """What the terminal is told with these entries, box by box."""
    told = (entitlement_of(each.recorded) for each in entries)
    return {each.container: each.may_leave for each in told if each is not None}


def check_the_book(clerk: Clerk) -> None:
    assert check(clerk.engine).sound
    with reading(clerk.engine) as connection:
        assert list(verify(connection)) == []
        of_directory, of_ledger = buckets(connection)
    assert (of_directory.unaccounted, of_ledger.unaccounted) == (0, 0)


def test_the_next_tick_stops_every_box_and_reinstating_lets_them_leave_again(
    overseen: Clerk,
) -> None:
    before = {box: file_of(overseen, box) for box in BOXES}

    suspended = override(overseen, Override.SUSPEND_ORGANISATION).recorded
    stopped = tick(overseen)
    nothing = tick(overseen)
    override(overseen, Override.REINSTATE_ORGANISATION)
    restored = tick(overseen)

    assert suspended.outcome is Outcome.APPLIED
    assert suspended.fact.type == "overridden"
    assert may_leave(stopped) == dict.fromkeys(BOXES, False)
    assert {each.recorded.missing for each in stopped} == {(STOPPED,)}
    assert nothing == []
    assert may_leave(restored) == dict.fromkeys(BOXES, True)
    assert {box: file_of(overseen, box) for box in BOXES} == before
    assert tick(overseen) == []
    check_the_book(overseen)


def test_who_is_alone_suspends_nobody(overseen: Clerk) -> None:
    refused = override(overseen, Override.SUSPEND_ORGANISATION, (ADA, ADA)).recorded

    assert refused.fact == Refused(reason=Reason.FOUR_EYES_NEEDED, detail="same_person")
    assert tick(overseen) == []


def test_two_peoples_word_suspends_once(overseen: Clerk) -> None:
    both = both_sign(Override.SUSPEND_ORGANISATION, HAULIER, "", overseen.log.now, (ADA, BEN))
    message = o.SuspendOrganisation(organisation=HAULIER, **both)
    said = overseen.log.say("operator", message, message_id=id_of(both), shard=DIRECTORY)
    overseen.settle([said])
    override(overseen, Override.REINSTATE_ORGANISATION)

    (again,) = overseen.settle([overseen.log.again(said)])
    (with_another_id,) = overseen.settle(
        [overseen.log.say("operator", message, message_id="m-2", shard=DIRECTORY)]
    )

    assert again.recorded.outcome is Outcome.DUPLICATE
    assert with_another_id.recorded.fact == Refused(
        reason=Reason.FOUR_EYES_NEEDED, detail="another_message"
    )
    assert tick(overseen) == []


def test_more_boxes_than_a_tick_takes_are_stopped_by_the_next(
    overseen: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "DUE_AT_ONCE", 4)
    override(overseen, Override.SUSPEND_ORGANISATION)

    first, second = tick(overseen), tick(overseen)

    assert (len(first), len(second)) == (4, 2)
    assert {*may_leave(first), *may_leave(second)} == set(BOXES)


def test_another_process_that_takes_over_goes_on_with_it(overseen: Clerk) -> None:
    override(overseen, Override.SUSPEND_ORGANISATION)
    successor = Clerk(overseen.engine, overseen.log)
    successor.take(LEDGER, DIRECTORY, owner="successor")

    assert may_leave(tick(successor)) == dict.fromkeys(BOXES, False)


def test_what_was_rebuilt_still_knows_what_is_stopped(overseen: Clerk) -> None:
    override(overseen, Override.SUSPEND_ORGANISATION)
    tick(overseen)
    restore(overseen.engine)

    with reading(overseen.engine) as connection:
        columns = tables.stay.c
        rows = connection.execute(select(columns.operator, columns.operator_suspended)).all()
    assert {tuple(row) for row in rows} == {(HAULIER, True)}
    check_the_book(overseen)


def test_a_box_that_is_gone_is_nobodys_to_collect(overseen: Clerk) -> None:
    for box in BOXES[1:]:
        (_, *_, (sender, message)) = day_of(box)
        overseen.say(sender, message)
    override(overseen, Override.SUSPEND_ORGANISATION)

    assert may_leave(tick(overseen)) == {BOXES[0]: False}
