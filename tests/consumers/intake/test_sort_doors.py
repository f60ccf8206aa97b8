"""Each message of onboarding comes from its own door, and no code that a person typed travels."""

from typing import Any

from consumers.intake.sort import Sorted
from schemas.doors import Door
from schemas.registrations import DOORS
from schemas.topics import REGISTRATIONS
from schemas.value import altered
from tests.consumers.intake.records import said
from tests.consumers.intake.test_sort import DESK, answers, dlq, logged, only_dead
from tests.rows import each_row
from tests.schemas.samples import envelope, sample, written

NAMES = {model.TYPE.removeprefix("releasebus."): door for model, door in DOORS.items()}


def comes(name: str, door: Door, **members: Any) -> Sorted:
    said_in = altered(envelope(name), source=door.source)
    value = written(sample(name) | members)
    key = b"NXT21000000002"
    return DESK.sort(said(REGISTRATIONS.name, name, said_in=said_in, key=key, value=value))


@each_row("door", Door)
@each_row("name", NAMES)
def test_a_message_comes_from_its_own_door_alone(name: str, door: Door) -> None:
    found = comes(name, door)

    if door is NAMES[name]:
        (on_log,) = logged(found)
        assert (on_log.topic, on_log.key) == ("directory.log.v1", b"NXT21000000002")
        return
    letter = only_dead(found)
    assert dlq(letter)["reason-code"] == "type_not_of_this_source"
    (answer,) = answers(found)[f"party.{door}.outbox.v1"]
    assert NAMES[name].source in answer.sentence


CANARY = "K7Q2X9"
SECRETS = ("pin", "pinCode", "PIN_CODE", "otp", "oneTimeCode", "one_time_code", "password")


@each_row("member", SECRETS)
@each_row("name", ["first_cpu_login", "activate_account", "log_in_to_console"])
def test_a_code_that_a_person_typed_is_refused_and_kept_nowhere(name: str, member: str) -> None:
    found = comes(name, NAMES[name], **{member: CANARY})

    letter = only_dead(found)
    assert dlq(letter)["reason-code"] == "plain_identity"
    for record in found.records:
        assert CANARY.encode() not in (record.value or b"")
        assert not any(CANARY.encode() in value for _, value in record.headers)
