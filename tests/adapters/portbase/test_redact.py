"""No PIN, key, token, card or driver gets past the redaction, and nothing else is touched."""

import json

import pytest

from adapters.portbase.ids import correlation_of_bytes
from adapters.portbase.parse import parse
from adapters.portbase.redact import REDACTED, redact
from tests.adapters.portbase.samples import FOLDER, members, sample, written
from tests.rows import each_row

SAMPLES = sorted(path.name.partition("_")[0] for path in FOLDER.glob("*.json"))


@each_row("number", SAMPLES)
def test_a_sample_passes_as_it_came(number: str) -> None:
    assert redact(sample(number)) == sample(number)


@each_row(
    "name",
    [
        "pin",
        "releasePin",
        "pinCode",
        "portbase-access-key-id",
        "portbase-secret-access-key",
        "clientSecret",
        "accessToken",
        "authorization",
        "driver",
        "driverName",
        "truckDriver",
        "licensePlate",
        "truckPlate",
        "mobilePhone",
        "cardNumber",
        "tct",
    ],
)
@each_row("value", ["4711", 4711, ["4711"], {"x": "4711"}])
def test_a_secret_is_taken_out_wherever_it_stands(name: str, value: object) -> None:
    said = members("P4")
    said["billOfLading"]["transportEquipments"][0][name] = value
    clean = redact(written(said))

    assert b"4711" not in clean
    assert redact(clean) == clean


@pytest.mark.parametrize("name", ["reason", "oversizeRemarks", "description", "comment"])
def test_free_words_that_show_a_secret_are_taken_out(name: str) -> None:
    clean = json.loads(redact(written({name: "pick it up with PIN 4711", "other": "fine"})))

    assert clean == {name: REDACTED, "other": "fine"}


def test_that_there_is_a_secret_is_none() -> None:
    said = written({"pinRetrieved": True, "pin": None})

    assert redact(said) == said


def test_a_state_whose_secret_was_taken_out_is_heard_all_the_same() -> None:
    said = members("P4")
    said["billOfLading"]["pin"] = "4711"
    parsed = parse(redact(written(said)), {}, "")

    assert (len(parsed.messages), parsed.problems) == (2, ())


def test_a_state_with_an_open_secret_is_refused_and_its_letter_shows_nothing() -> None:
    said = members("P4")
    said["billOfLading"]["pin"] = "4711"
    (problem,) = parse(written(said), {}, "").problems

    assert (problem.code, problem.sensitive) == ("plain_identity", True)


def test_what_cannot_be_taken_apart_is_replaced_by_a_digest() -> None:
    clean = redact(b"<html>PIN 4711</html>")

    assert clean.startswith(b'{"redacted":"sha256:')
    assert redact(clean) == clean


@each_row("data", [b'"4711"', b"4711", b'"S. Jansen"'])
def test_of_what_stands_by_itself_nothing_is_kept(data: bytes) -> None:
    clean = redact(data)

    assert clean == b'{"redacted":"[redacted]"}'
    assert redact(clean) == clean


@each_row("bill", ["HLCUSHA2403OTP12", "HLCUSSZ2602TCT01", "417093628", "MEDUPIN12345"])
def test_a_bill_of_lading_that_only_holds_the_letters_of_a_secret_is_told(bill: str) -> None:
    said = members("P4")
    said["blNumber"] = said["billOfLading"]["blNumber"] = bill
    clean = redact(written(said))

    assert clean == written(said)
    assert correlation_of_bytes(clean, {}) == bill
    assert {
        each.message.model_dump()["bills_of_lading"] for each in parse(clean, {}, "").messages
    } == {(bill,)}


def test_a_secret_in_the_place_of_a_bill_makes_no_bill_that_others_are_taken_for() -> None:
    said = members("P4")
    said["blNumber"] = said["billOfLading"]["blNumber"] = "PIN 4711"
    clean = redact(written(said))

    assert b"4711" not in clean
    assert correlation_of_bytes(clean, {}) == ""
    parsed = parse(clean, {}, "")
    assert (parsed.messages, [each.position for each in parsed.problems]) == ((), ["$.blNumber"])


@each_row(
    "operator",
    ["ALPINE TRANSPORT 2000 B.V.", "SPINNAKER 247 BV", "HAPPINESS LOGISTICS 365", "Driver24 BV"],
)
def test_a_firm_that_is_known_by_its_name_alone_keeps_it(operator: str) -> None:
    said = members("P6")
    said["nominatedInlandOperators"][0]["inlandOperatorFullName"] = operator

    assert redact(written(said)) == written(said)


@each_row(
    "told",
    [
        {"identificationType": "Alfapass", "identificationCode": "000000012"},
        {"type": "PIN", "value": "000000012"},
        {"kind": "PIN", "value": 12000000},
        {"releaseType": "PIN", "releaseCode": "12000000"},
        {"name": "PIN", "waarde": "12000000"},
        {"codes": ["PIN", "12000000"]},
    ],
)
def test_a_secret_that_a_kind_tells_is_taken_out_and_the_state_is_heard(
    told: dict[str, object],
) -> None:
    for said in (members("P4") | {"terminalReference": told}, members("P4") | told):
        clean = redact(written(said))

        assert not any(each in clean for each in (b"000000012", b"12000000"))
        assert redact(clean) == clean
        assert json.loads(clean)["billOfLading"] == said["billOfLading"]
        assert (len(parse(clean, {}, "").messages), parse(clean, {}, "").problems) == (2, ())


@each_row("event", ["PIN", "pinRetrieved", "PIN_CREATED"])
def test_that_an_event_has_to_do_with_a_pin_keeps_no_state_from_being_heard(event: str) -> None:
    said = members("P4") | {"eventType": event}
    clean = redact(written(said))

    assert json.loads(clean) == said | {"eventType": REDACTED}
    assert (len(parse(clean, {}, "").messages), parse(clean, {}, "").problems) == (2, ())
