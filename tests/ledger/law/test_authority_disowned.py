"""What is decided later than it came is its sender's word only while its key still counts."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ledger.book.stored import held_row, question_in
from ledger.directory.directory import directory_of
from ledger.law.answer import answer, park
from ledger.law.context import Question
from ledger.law.resume import resume
from schemas import messages as m
from schemas.facts import Outcome
from schemas.keys import Gateway, Key
from schemas.messages import ContainerMessage
from schemas.organisations import Organisation
from schemas.value import altered
from tests.ledger.law.world import (
    AGENT,
    BOX,
    FORWARDER,
    HAULIER,
    NOW,
    TERMINAL,
    Heard,
    Scene,
    assign,
    given,
    party,
    release,
    say,
    told,
)

BEFORE = NOW - timedelta(days=1)
AFTER = NOW + timedelta(minutes=1)
GATEWAY = FORWARDER
LATER = timedelta(hours=5)
STANDS = ["released", "transferred", "accepted", "pickup_assigned"]
REVOKED = ["released", "transferred", "no: key_revoked_since", "no: key_revoked_since"]
DISMISSED = [word.replace("key_revoked", "gateway_dismissed") for word in REVOKED]


def key_of(organisation: str, revoked_at: datetime | None = None) -> Key:
    registered = NOW - timedelta(days=9)
    return Key(f"key-of-{organisation}", "A" * 43, registered, revoked_at=revoked_at)


def with_parties(scene: Scene, *parties: Organisation) -> Scene:
    by_id = {**scene.directory.by_id, **{each.id: each for each in parties}}
    return replace(scene, directory=directory_of(by_id.values(), scene.directory.version + 1))


def with_key(scene: Scene, organisation: str, revoked_at: datetime | None) -> Scene:
    known = scene.directory.by_id[organisation]
    return with_parties(scene, altered(known, keys=(key_of(organisation, revoked_at),)))


def with_gateway(scene: Scene, until: datetime | None) -> Scene:
    known = scene.directory.by_id[HAULIER]
    speaks = Gateway(GATEWAY, NOW - timedelta(days=9), until)
    return with_parties(scene, altered(known, gateways=(speaks,)))


def signed(
    scene: Scene, sender: str, message: ContainerMessage, via: str | None = None
) -> Question:
    asked = scene.asked(sender, message)
    cause = altered(asked.cause, key_id=key_of(via or sender).id, via=via)
    return Question(message, cause)


def heard(scene: Scene, question: Question) -> Heard:
    file, answers = answer(scene.file, question, scene.context)
    return Heard(replace(scene, file=file), answers)


def accept_and_assign_wait(scene: Scene, via: str | None = None) -> Scene:
    for message in (say(m.Accept), assign()):
        scene = heard(scene, signed(scene, HAULIER, message, via)).then("waiting")
    return replace(scene, now=scene.now + LATER)


def release_comes(scene: Scene) -> Heard:
    return scene.when(AGENT, release(release_to=party(HAULIER)))


@pytest.mark.parametrize(
    ("revoked_at", "answered"),
    [(None, STANDS), (BEFORE, REVOKED), (NOW, REVOKED), (AFTER, STANDS), (NOW + LATER, STANDS)],
)
def test_what_waits_is_refused_where_its_key_was_revoked_as_of_before_it_came(
    revoked_at: datetime | None, answered: list[str]
) -> None:
    scene = accept_and_assign_wait(with_key(given(), HAULIER, None))

    came = release_comes(with_key(scene, HAULIER, revoked_at))

    assert came.words == answered
    assert came.scene.file.waiting == ()
    assert (came.scene.stay.pickup is None) == (answered is REVOKED)


@pytest.mark.parametrize(
    ("until", "answered"),
    [(None, STANDS), (BEFORE, DISMISSED), (NOW, DISMISSED), (AFTER, STANDS)],
)
def test_what_waits_is_refused_where_its_gateway_was_dismissed_as_of_before_it_came(
    until: datetime | None, answered: list[str]
) -> None:
    scene = accept_and_assign_wait(with_gateway(given(), None), GATEWAY)

    assert release_comes(with_gateway(scene, until)).words == answered


@pytest.mark.parametrize(("revoked_at", "answered"), [(BEFORE, REVOKED), (AFTER, STANDS)])
def test_what_a_gateway_signed_is_judged_by_the_gateways_key(
    revoked_at: datetime, answered: list[str]
) -> None:
    scene = accept_and_assign_wait(with_gateway(given(), None), GATEWAY)

    assert release_comes(with_key(scene, GATEWAY, revoked_at)).words == answered


def test_the_end_of_one_key_ends_nothing_that_another_key_or_none_has_signed() -> None:
    scene = given()
    scene = scene.when(HAULIER, say(m.Accept)).then("waiting")
    other = signed(scene, HAULIER, assign())
    other = Question(other.message, altered(other.cause, key_id="a-key-of-no-directory"))
    scene = heard(scene, other).then("waiting")

    assert release_comes(with_key(scene, HAULIER, BEFORE)).words == STANDS


def test_a_report_that_waits_is_refused_like_a_request() -> None:
    scene = given()
    report = signed(scene, TERMINAL, say(m.ReportDischarge, terminal="1742"))
    scene = heard(scene, report).then("waiting")

    came = with_key(scene.later(hours=1), TERMINAL, BEFORE).when(AGENT, release())

    assert came.words == ["released", "no: key_revoked_since"]


def test_a_refusal_after_the_wait_ends_it_and_counts_once() -> None:
    scene = accept_and_assign_wait(with_key(given(), HAULIER, None))

    came = release_comes(with_key(scene, HAULIER, BEFORE))

    ends = [(each.outcome, each.cause.waited) for each in came.answers[2:]]
    assert ends == [(Outcome.REFUSED, True)] * 2
    assert came.first_outcomes == [Outcome.APPLIED]


@pytest.mark.parametrize(
    ("revoked_at", "answered"),
    [(BEFORE, "no: key_revoked_since"), (AFTER, "waiting"), (NOW + LATER, "waiting")],
)
def test_what_was_parked_is_refused_where_its_key_was_revoked_as_of_before_it_came(
    revoked_at: datetime, answered: str
) -> None:
    scene, parked = an_accept_parked()

    resumed = resumption(with_key(scene, HAULIER, revoked_at), parked)

    assert resumed.words[-1] == answered


@pytest.mark.parametrize(
    ("revoked_at", "answered"),
    [(BEFORE, "no: key_revoked_since"), (AFTER, "accepted"), (NOW + LATER, "accepted")],
)
def test_a_wait_after_a_parking_is_counted_from_when_the_message_came(
    revoked_at: datetime, answered: str
) -> None:
    scene, parked = an_accept_parked()
    waiting = resumption(scene, parked).scene.later(hours=5)

    assert release_comes(with_key(waiting, HAULIER, revoked_at)).words[-1] == answered


def test_when_a_message_came_stands_with_it_in_the_waiting_room_and_with_what_came_of_it() -> None:
    scene = accept_and_assign_wait(given())
    kept = [question_in(str(held_row(held, b"", "x")[-1])) for held in scene.file.waiting]

    assert kept == [held.question for held in scene.file.waiting]
    assert [each.cause.came_at for each in kept] == [NOW, NOW]
    assert [each.cause.came_at for each in release_comes(scene).answers] == [None, None, NOW, NOW]


def test_where_no_entry_says_when_it_came_a_key_that_has_ended_has_ended() -> None:
    scene = accept_and_assign_wait(given())
    undated = tuple(
        altered(
            held,
            question=Question(held.question.message, altered(held.question.cause, came_at=None)),
        )
        for held in scene.file.waiting
    )
    scene = replace(scene, file=altered(scene.file, waiting=undated))

    assert release_comes(with_key(scene, HAULIER, AFTER)).words == REVOKED
    assert release_comes(with_key(scene, HAULIER, NOW + 2 * LATER)).words == STANDS


def an_accept_parked() -> tuple[Scene, Question]:
    """Return a container at which an accept broke our code, five hours later, and the accept."""
    scene = given()
    file, (parked, *_) = park(
        scene.file, signed(scene, HAULIER, say(m.Accept)), scene.context, "KeyError"
    )
    later = replace(scene, file=file, now=scene.now + LATER)
    return later, Question(say(m.Accept), parked.cause)


def resumption(scene: Scene, parked: Question) -> Heard:
    operator = scene.asked("operator", ContainerMessage(container=BOX, port="-"))
    asked = m.Resume(container=BOX, note="mended")
    resumed = resume(scene.file, operator, [parked], asked, scene.context)
    assert resumed.broke is None
    assert told(resumed.answers[0].fact) == "resumed"
    return Heard(replace(scene, file=resumed.file), resumed.answers)
