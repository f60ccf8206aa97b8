"""What is stored of a CPu body holds no card, telephone or PIN, and nothing less of the rest."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.antwerp_cpu.redact import REDACTED, redact
from adapters.registry import systems
from schemas.plain_identity import plain_identity
from tests.adapters.antwerp_cpu.samples import members, sample
from tests.rows import each_row

CARD = "000000012"


def redacted(content: object) -> Any:
    return json.loads(redact(json.dumps(content).encode()))


@pytest.mark.parametrize("number", ["E1", "E4", "E6", "E7", "E8", "E10", "E12", "E13", "E14"])
def test_a_body_without_secrets_stays_as_it_came(number: str) -> None:
    assert redact(sample(number)) == sample(number)


def test_only_the_card_goes_out_of_a_trucks_pick_up_right() -> None:
    expected = members("E11")
    expected["pickupParty"]["identificationCode"] = REDACTED

    assert json.loads(redact(sample("E11"))) == expected


@each_row(
    ("content", "clean"),
    [
        (
            {"alfapassNumber": CARD, "releaseIdentification": []},
            {"alfapassNumber": REDACTED, "releaseIdentification": []},
        ),
        ({"ALFAPASSNUMBER": 12}, {"ALFAPASSNUMBER": REDACTED}),
        ({"alfaPassIdentification": CARD}, {"alfaPassIdentification": REDACTED}),
        ({"a": [{"alfapassNumber": [CARD]}]}, {"a": [{"alfapassNumber": REDACTED}]}),
        ({"encryptedPin": "0xff"}, {"encryptedPin": REDACTED}),
        ({"pinRetrieved": True}, {"pinRetrieved": True}),
        (
            {"telephone": "1", "tel": "1", "gsm": "1"},
            dict.fromkeys(("telephone", "tel", "gsm"), REDACTED),
        ),
        (
            {"cardNumber": CARD, "x" * 300 + "Pin": "4711"},
            {"cardNumber": REDACTED, "x" * 300 + "Pin": REDACTED},
        ),
        (
            {"pickupParty": {"who": {"identificationType": "Tin", "identificationCode": CARD}}},
            {
                "pickupParty": {
                    "who": {"identificationType": "Tin", "identificationCode": REDACTED}
                }
            },
        ),
        ({"pin": None}, {"pin": None}),
        (
            {"pickupParty": {"partyType": "Truck", "mobilePhoneNumber": "+32470000000"}},
            {"pickupParty": {"partyType": "Truck", "mobilePhoneNumber": REDACTED}},
        ),
        (
            {"identificationType": "Alfapass", "identificationCode": CARD},
            {"identificationType": "Alfapass", "identificationCode": REDACTED},
        ),
        ({"identificationCode": CARD}, {"identificationCode": REDACTED}),
        (
            {"releaseTo": {"identificationType": "Tin", "identificationCode": "BE0400000001"}},
            {"releaseTo": {"identificationType": "Tin", "identificationCode": "BE0400000001"}},
        ),
        (
            {"pickupParty": {"identificationType": "Tin", "identificationCode": CARD}},
            {"pickupParty": {"identificationType": "Tin", "identificationCode": REDACTED}},
        ),
        (
            {"identificationType": "Tin", "IdentificationType": 1, "identificationCode": CARD},
            {"identificationType": "Tin", "IdentificationType": 1, "identificationCode": REDACTED},
        ),
        ({"terminalOpinion": "fine", "shipping": 1}, {"terminalOpinion": "fine", "shipping": 1}),
    ],
)
def test_secrets_go_and_the_rest_stays(content: object, clean: object) -> None:
    assert redacted(content) == clean


@pytest.mark.parametrize(
    "name",
    [
        "PINcode",
        "releasePINcode",
        "codepin",
        "tctcode",
        "TCTcode",
        "codetct",
        "PINs",
        "releasePINs",
    ],
)
def test_what_the_guard_refuses_is_redacted_before(name: str) -> None:
    assert plain_identity({name: "4711"}) is not None
    assert redacted({name: "4711"}) == {name: REDACTED}


@each_row("number", ["PIN 4711", "TCT 482913", "REL PIN4711"])
def test_what_a_release_is_found_by_stays_and_goes_under_any_other_name(number: str) -> None:
    said = {"releaseIdentification": number, "deliveryAddress": number}

    assert redacted(said) == said | {"deliveryAddress": REDACTED}


def test_an_escaped_name_is_the_same_name() -> None:
    escaped = b'{"alfapass\\u004eumber":"000000012"}'

    assert json.loads(redact(escaped)) == {"alfapassNumber": REDACTED}


@pytest.mark.parametrize(
    "data",
    [
        b'{"alfapassNumber":"000000012"',
        b'{"a":1,"alfapassNumber":"000000012","a":2}',
        b"000000012",
        b'\xff{"alfapassNumber":"000000012"}',
        b"[" * 100 + b'"000000012"' + b"]" * 100,
    ],
)
def test_what_cannot_be_taken_apart_is_replaced_as_a_whole(data: bytes) -> None:
    content = json.loads(redact(data))

    assert list(content) == ["redacted"]
    assert content["redacted"].startswith("sha256:")


@pytest.mark.parametrize("data", [b'"000000012"', b'"4711"', b"4711"])
def test_of_a_number_by_itself_not_even_a_digest_is_kept(data: bytes) -> None:
    """A million of them are hashed in a second."""
    for name in ("antwerp_cpu", "portbase", "scr", "sone", "ci5"):
        assert json.loads(systems()[name].functions.redact(data)) == {"redacted": "[redacted]"}


def test_nothing_stays_nothing() -> None:
    assert redact(b"") == b""


@given(
    path=st.lists(st.sampled_from(["a", "b", 0]), max_size=5),
    name=st.sampled_from(["alfapassNumber", "pickupParty", "PIN", "pin_code", "driverName"]),
)
def test_a_card_is_found_wherever_it_stands(path: list[str | int], name: str) -> None:
    content: object = (
        {name: {"identificationCode": CARD}} if name == "pickupParty" else {name: CARD}
    )
    for step in path:
        content = [content] if step == 0 else {str(step): content}

    assert CARD.encode() not in redact(json.dumps(content).encode())
