"""What of SCR may stand on a topic."""

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.scr import SYSTEM
from adapters.scr.redact import REDACTED, redact
from tests.adapters.scr.samples import FOLDER, release
from tests.rows import each_row

TOKEN = "eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjE3NzI0NDU2NjB9.c2lnbmF0dXJl"
RAW = json.loads((FOLDER / "S2_release.json").read_bytes())


def redacted(body: object) -> object:
    return json.loads(redact(json.dumps(body).encode()))


def test_of_a_release_the_pin_alone_is_taken_out() -> None:
    assert redacted(RAW) == RAW | {"encryptedPin": REDACTED}


def test_an_event_stays_to_the_byte() -> None:
    for path in FOLDER.glob("S1_*.json"):
        assert redact(path.read_bytes()) == path.read_bytes()


@pytest.mark.parametrize("pin", ["9f1c00aa", 4711, ["4711"], {"value": "4711"}])
def test_a_pin_of_any_kind_is_taken_out(pin: object) -> None:
    assert redacted(RAW | {"encryptedPin": pin}) == RAW | {"encryptedPin": REDACTED}


@pytest.mark.parametrize("none", [None, True, False])
def test_whether_there_is_a_pin_is_no_secret(none: object) -> None:
    body = RAW | {"encryptedPin": none, "pinRetrieved": True}

    assert redacted(body) == body


@pytest.mark.parametrize("name", ["token", "jwt", "subscriptionToken", "anything", "vat"])
def test_a_token_in_the_body_is_taken_out_whatever_its_member_is_called(name: str) -> None:
    event = {"release": "0xab", "event": "update"}

    assert redacted(event | {name: TOKEN}) == event | {name: REDACTED}


@each_row("name", ["token", "jwt", "authorization", "bearer", "xAuthorization", "bearerValue"])
def test_a_token_that_is_no_jwt_is_taken_out_by_its_name(name: str) -> None:
    event = {"release": "0xab", "event": "update"}

    assert redacted(event | {name: "opaque"}) == event | {name: REDACTED}


@each_row(
    "told",
    [
        {"isoTypeCode": "PIN", "containerNumber": "4711"},
        {"release_data": {"container": {"isoTypeCode": "pin code", "pickupLocation": "4711"}}},
    ],
)
def test_where_a_kind_in_a_member_of_its_own_still_tells_a_pin_a_digest_is_kept(
    told: dict[str, object],
) -> None:
    once = redact(json.dumps(told).encode())

    assert list(json.loads(once)) == ["redacted"]
    assert redact(once) == once


@pytest.mark.parametrize(
    ("member", "kept"),
    [
        ({"conditions": ["collect with PIN 4711"]}, {"conditions": [REDACTED]}),
        ({"conditions": [{"text": "card 000000012"}]}, {"conditions": [{"text": REDACTED}]}),
        ({"conditions": ["reefer plugged"]}, {"conditions": ["reefer plugged"]}),
        ({"note": "TCT 77A1"}, {"note": REDACTED}),
        ({"driver": "Jo Peeters"}, {"driver": REDACTED}),
    ],
)
def test_what_people_write_is_looked_through(member: object, kept: object) -> None:
    assert redacted(member) == kept


def test_a_number_that_is_a_papers_is_kept() -> None:
    bill = {"release_data": {"billOfLading": {"blNumber": "123456789", "stayNumber": "4711"}}}

    assert redacted(bill) == bill


NAMED = (
    ("billOfLading", "blNumber", "vessel", "agent", "stayNumber", "lloydsNumber", "voyageNumber"),
    ("container", "pickupLocation", "turnInLocation", "containerStatus", "termsAndConditions"),
)


def test_a_secret_that_says_so_does_not_pass_in_a_member_that_is_known() -> None:
    places = [(part, name) for part, *names in NAMED for name in names]
    texts = ("PIN 4711", "pin code 4711", "TCT 12 34 56", "P.I.N. 4711", "PIN4711")
    for (part, name), text in product(places, texts):
        said = {"release_data": {part: {name: text}}}
        assert redacted(said) == {"release_data": {part: {name: REDACTED}}}, (name, text)


def test_what_is_written_freely_is_looked_through_as_free_words_are() -> None:
    for name in ("vessel", "turnInLocation", "termsAndConditions", "containerStatus"):
        for text in ("4711", "card 000000012", "417093628"):
            assert redacted({name: text}) == {name: REDACTED}, (name, text)


def test_a_number_is_taken_out_where_a_text_would_be() -> None:
    for name in (
        *("pickupCode", "code", "accessCode", "releaseCode", "secret", "apiKey", "pinnr", "epin"),
        *("containerpin", "clientSecret", "note", "vesselCode"),
    ):
        for value in (4711, "4711", [4711], 4711.5):
            kept = [REDACTED] if isinstance(value, list) and name != "secret" else REDACTED
            shown = redacted({name: value})
            assert shown in ({name: kept}, {name: REDACTED}), (name, value)


def test_what_is_no_secret_stays_in_a_release() -> None:
    bill = {
        "blNumber": "417093628", "stayNumber": "260123", "lloydsNumber": "9811000",
        "vessel": "PINGTAN 8801", "agent": "ABC SHIPPING 2000", "voyageNumber": "2602",
    }  # fmt: skip
    box = {
        "containerNumber": "MSCU7029147", "pickupLocation": "1742", "turnInReference": "TI-889120",
        "turnInLocation": "MEDREPAIR 1", "isoTypeCode": "45R1", "loadStatus": "full",
    }  # fmt: skip
    said = {
        "release_data": {"billOfLading": bill, "container": box}, "version": 123456789,
        "deleted": False, "tare": 3900, "vat": "NL123456789B01", "conditions": [], "gateOut": None,
    }  # fmt: skip

    assert redacted(said) == said


def test_what_a_kind_tells_to_be_a_secret_goes_and_the_event_stays() -> None:
    body = {"release": "0xab", "event": "update", "more": {"type": "pin", "value": 4711}}

    assert redacted(body) == body | {"more": {"type": REDACTED, "value": REDACTED}}
    for more in (["PIN", "4711"], {"name": "TCT", "x": {"y": "482913"}}):
        assert "4711" not in str(redacted({"more": more}))
        assert "482913" not in str(redacted({"more": more}))


@given(
    pin=st.text("0123456789abcdef", min_size=4, max_size=16),
    name=st.sampled_from(["encryptedPin", "PIN", "pinCode", "driverCard", "alfapass"]),
    depth=st.integers(0, 5),
)
def test_no_pin_passes_however_deep_and_twice_is_once(pin: str, name: str, depth: int) -> None:
    body: object = {name: f"<{pin}>"}
    for _ in range(depth):
        body = {"x": [body]}

    once = redact(json.dumps(body).encode())

    assert f"<{pin}>".encode() not in once
    assert redact(once) == once


def test_a_release_keeps_a_bill_that_only_holds_the_letters_of_a_secret() -> None:
    for bill in ("HLCUSHA2403OTP12", "HLCUSSZ2602TCT01", "417093628", "MEDUPIN12345"):
        said = release({"release_data": {"billOfLading": {"blNumber": bill}}})
        assert redacted(said) == said
        assert told_bills(said) == {(bill,)}


def test_a_secret_in_the_place_of_a_bill_makes_a_problem_and_no_release() -> None:
    said = release({"release_data": {"billOfLading": {"blNumber": "PIN 4711"}}})

    assert told_bills(redacted(said)) == set()


def told_bills(body: object) -> set[tuple[str, ...]]:
    parsed = SYSTEM.functions.parse(json.dumps(body).encode(), {}, "")
    assert bool(parsed.messages) != bool(parsed.problems)
    return {each.message.model_dump()["bills_of_lading"] for each in parsed.messages}
