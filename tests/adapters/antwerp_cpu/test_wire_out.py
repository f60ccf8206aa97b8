"""CPu's notifications: the samples read back to the very bytes, and what is crooked is found."""

import json

import pytest
from pydantic import ValidationError

from adapters.antwerp_cpu.wire_out import BODIES, faults_in, read_notification
from tests.adapters.antwerp_cpu.samples import changed, members, sample


@pytest.mark.parametrize("number", ["E3", "E5", "E9"])
def test_a_sample_reads_back_to_the_very_bytes(number: str) -> None:
    assert faults_in(sample(number)) == ()


@pytest.mark.parametrize(
    ("number", "name", "value"),
    [
        ("E3", "timestamp", "2025-03-01T08:00:02Z"),
        ("E3", "publicReferenceId", "not-a-guid"),
        ("E3", "event", "LightsOut"),
        ("E3", "type", "ReleaseRight"),
        ("E5", "event", "NotValidated"),
        ("E3", "receiverId", None),
        ("E9", "body", {"equipmentNumber": "CPUU1000010", "actionType": "Revoke"}),
    ],
)
def test_a_crooked_envelope_is_found(number: str, name: str, value: object) -> None:
    assert faults_in(changed(number, **{name: value}))


def test_every_member_of_a_notification_is_needed() -> None:
    whole = members("E5")
    for name in whole["body"]:
        less = {**whole, "body": {n: v for n, v in whole["body"].items() if n != name}}
        with pytest.raises(ValidationError):
            read_notification(json.dumps(less).encode())


def test_another_order_of_members_is_told() -> None:
    turned = json.dumps(dict(reversed(members("E3").items())), separators=(",", ":")).encode()

    assert faults_in(turned) == ("it is written otherwise",)


def test_every_event_with_a_body_has_a_type() -> None:
    assert {kind.value for kind, _ in BODIES.values()} == {
        "ReleaseRight",
        "ReleaseLight",
        "TerminalEvent",
    }
