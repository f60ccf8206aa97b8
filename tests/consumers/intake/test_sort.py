"""What one input record becomes: its parts on the log, or one dead letter and an answer."""

import json
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from adapters.antwerp_cpu.profile import MEDIA, TYPE_PREFIX
from adapters.antwerp_cpu.sealing import sealed
from consumers.intake.dead_letters import REDACTED
from consumers.intake.sort import Desk, Sorted
from ledger.directory.directory import directory_of
from producers.log import partition_of
from producers.records import Record
from producers.sealing import new_terminal_key, seal
from schemas import messages as m
from schemas.doors import Door
from schemas.envelope import Envelope, headers_of
from schemas.identifiers import Scheme
from schemas.logged import Logged, read_logged
from schemas.notices import NOTICE, UNREADABLE, Answered
from schemas.organisations import Code, Organisation
from schemas.topics import CONTAINER_PARTITIONS, MEBIBYTE
from schemas.value import altered
from tests.adapters.antwerp_cpu.samples import changed
from tests.adapters.antwerp_cpu.samples import sample as cpu_sample
from tests.consumers.intake.records import (
    CARRIER,
    CONTAINER,
    CUSTOMS,
    PARTY,
    REGISTRATIONS,
    TERMINAL,
    came,
    said,
)
from tests.rows import each_row
from tests.schemas.samples import NOW, envelope, sample

AGENT, FORWARDER, HAULIER = (f"NXT2100000000{n}" for n in (1, 2, 3))
STRANGER = "NXT21000000077"
FROM = "urn:releasebus:organisation:"
VAT = Code(Scheme.VAT, "BE0400000001")
DIRECTORY = directory_of(
    (
        Organisation(AGENT, 1, "Demo Agent NV", (m.Role.SHIP_AGENT,)),
        Organisation(FORWARDER, 1, "Demo Forwarder BV", (m.Role.RELEASE_PARTY,), (VAT,)),
        Organisation(HAULIER, 1, "Demo Haulier BV", (m.Role.TRANSPORT_OPERATOR,)),
    ),
    3,
)
DESK = Desk("", MEBIBYTE, DIRECTORY)
LOGS = {"ledger.log.v1", "directory.log.v1"}
DEAD = "dead-letters.v1"


def outbox_of(organisation: str) -> str:
    return f"party.{organisation.lower()}.outbox.v1"


def logged(found: Sorted) -> list[Record]:
    return [record for record in found.records if record.topic in LOGS]


def letters(found: Sorted) -> list[Record]:
    return [record for record in found.records if record.topic == DEAD]


def answers(found: Sorted) -> dict[str, list[Answered]]:
    """Return what is told, by outbox."""
    told: dict[str, list[Answered]] = {}
    for record in found.records:
        if record.topic in LOGS or record.topic == DEAD:
            continue
        assert record.value is not None
        answer = NOTICE.read(record.value).answer
        assert answer is not None
        told.setdefault(record.topic, []).append(answer)
    return told


def read(record: Record) -> Logged:
    assert record.value is not None
    return read_logged(record.headers, record.value)


def dlq(letter: Record) -> dict[str, str]:
    return {
        name.removeprefix("dlq-"): (value or b"").decode()
        for name, value in letter.headers
        if name.startswith("dlq-")
    }


def only_dead(found: Sorted) -> Record:
    """Return the one dead letter of a record of which nothing was logged."""
    (letter,) = letters(found)
    assert found.logged == 0
    assert logged(found) == []
    return letter


def untouched(letter: Record, record: ConsumerRecord[Any, Any]) -> bool:
    """Tell whether value, key and headers are the very bytes that came, in their order."""
    before = tuple(letter.headers[: len(record.headers)])
    return (letter.value, letter.key, before) == (record.value, record.key, record.headers)


# --- what is good ----------------------------------------------------------------------------

GOOD = [
    (CARRIER, "release"),
    (CARRIER, "transfer"),
    (PARTY, "accept"),
    (PARTY, "assign_pickup"),
    (TERMINAL, "report_gate_out"),
    (CUSTOMS, "report_customs_status"),
]


@pytest.mark.parametrize(("topic", "name"), GOOD)
def test_a_good_message_goes_to_the_log_under_its_container(topic: str, name: str) -> None:
    found = DESK.sort(said(topic, name, partition=7, offset=42))

    assert found.problems == ()
    (record,) = found.records
    assert found.logged == 1
    assert (record.topic, record.key) == ("ledger.log.v1", CONTAINER)
    assert record.partition == partition_of(CONTAINER, CONTAINER_PARTITIONS)
    assert read(record).envelope.type == f"releasebus.{name}"
    assert read(record).attestation.organisation == AGENT
    assert read(record).attestation.received == f"{topic}/7/42"
    assert read(record).attestation.policy == "off"


def test_a_registration_goes_to_the_directorys_log() -> None:
    said_in = altered(envelope("register_organisation"), source=Door.REGISTER.source)
    record = said(REGISTRATIONS, "register_organisation", said_in=said_in, key=b"NXT21000000002")

    (on_log,) = DESK.sort(record).records

    assert (on_log.topic, on_log.key) == ("directory.log.v1", b"NXT21000000002")


def test_topics_are_those_of_the_namespace() -> None:
    desk = Desk("t1.", MEBIBYTE, DIRECTORY)

    good = desk.sort(said(f"t1.{CARRIER}", "release"))
    bad = desk.sort(said(f"t1.{CARRIER}", "release", value=b"{"))

    assert [record.topic for record in good.records] == ["t1.ledger.log.v1"]
    assert [record.topic for record in bad.records] == [f"t1.{DEAD}", f"t1.{outbox_of(AGENT)}"]


def test_a_wrong_check_digit_is_a_finding_that_travels_with_the_message() -> None:
    content = {**sample("accept"), "container": "MSCU7029148"}
    record = said(PARTY, "accept", value=json.dumps(content).encode(), key=b"MSCU7029148")

    (on_log,) = DESK.sort(record).records

    assert read(on_log).attestation.findings == ("container_check_digit: $.container",)


def test_the_same_record_becomes_the_same_message_again() -> None:
    again = [DESK.sort(said(CARRIER, "release")) for _ in range(2)]

    assert again[0] == again[1]


# --- bad input -------------------------------------------------------------------------------

RELEASE = json.dumps(sample("release")).encode()
LATE = json.dumps({**sample("release"), "expires_at": "9999-12-31T23:59:59Z"}).encode()
NOT_A_DAY = json.dumps({**sample("release"), "expires_at": "2026-02-30T08:00:00Z"}).encode()

# What is wrong, the value, the key; the reason and a part of the position that are told.
BAD_VALUES: list[tuple[str, bytes | None, bytes | None, str, str]] = [
    ("truncated", RELEASE[:-9], CONTAINER, "truncated", "line 1, column"),
    ("no UTF-8", RELEASE.replace(b"AGT", b"AG\xc9"), CONTAINER, "not_utf8", "byte 130"),
    ("a name twice", b'{"port":1,"port":2}', CONTAINER, "duplicate_key", "$.port"),
    ("NaN", b'{"port":NaN}', CONTAINER, "not_a_number", "byte 8"),
    ("10,000 deep", b"[" * 10_000 + b"]" * 10_000, CONTAINER, "too_deep", "$[0]"),
    ("10 MB", b'{"port":"' + b"x" * 10 * MEBIBYTE + b'"}', CONTAINER, "too_large", "1048576"),
    ("no value", None, CONTAINER, "value_missing", "value"),
    ("nothing", b"", CONTAINER, "empty", "byte 0"),
    ("a member missing", b"{}", CONTAINER, "field_missing", "$."),
    ("a date that nobody can reckon with", LATE, CONTAINER, "field_invalid", "$.expires_at"),
    ("a day that is none", NOT_A_DAY, CONTAINER, "field_invalid", "$.expires_at"),
    ("another container's key", RELEASE, b"MSCU7029148", "wrong_key", "record key"),
    ("a key that is no text", RELEASE, b"\xff", "wrong_key", "record key"),
    ("no key", RELEASE, None, "key_missing", "record key"),
]


@each_row(
    ("value", "key", "code", "position"),
    [row[1:] for row in BAD_VALUES],
    ids=[row[0] for row in BAD_VALUES],
)
def test_a_bad_message_is_one_dead_letter_and_its_sender_is_told(
    value: bytes | None, key: bytes | None, code: str, position: str
) -> None:
    record = said(CARRIER, "release", value=value, key=key, partition=3, offset=11)

    found = DESK.sort(record)

    letter = only_dead(found)
    assert untouched(letter, record)
    assert position in dlq(letter)["position"]
    assert dlq(letter)["error"]
    assert letter.partition == 3
    told = {name: text for name, text in dlq(letter).items() if name.startswith(("or", "rea"))}
    assert told == {
        "original-topic": CARRIER,
        "original-partition": "3",
        "original-offset": "11",
        "original-timestamp": str(record.timestamp),
        "reason-code": code,
    }
    ((outbox, (answer,)),) = answers(found).items()
    assert outbox == outbox_of(AGENT)
    assert (answer.message_id, answer.outcome, answer.reason) == ("release-1", UNREADABLE, code)
    assert answer.position == dlq(letter)["position"]
    assert answer.sentence == dlq(letter)["error"]
    assert "sender" in answer.who_can_fix


HEADERS: dict[str, bytes | None] = dict(headers_of(envelope("release")))

# Which header is spoilt and how; the reason, the position, and whether the sender is answered.
BAD_HEADERS: list[tuple[str, dict[str, bytes | None], str, str, bool]] = [
    ("no text", {"ce_subject": b"\xff\xfe"}, "header_not_text", "header ce_subject, byte 0", True),
    ("an id of no text", {"ce_id": b"1\xff"}, "header_not_text", "header ce_id, byte 1", False),
    ("no id", {"ce_id": None}, "header_missing", "header ce_id", False),
    ("no type", {"ce_type": b""}, "header_missing", "header ce_type", True),
    ("no source", {"ce_source": None}, "header_missing", "header ce_source", False),
    ("a date of no date", {"ce_time": b"yesterday"}, "time_unreadable", "header ce_time", True),
    (
        "a date before all days",
        {"ce_time": b"0001-01-01T00:00:00+01:00"},
        "time_unreadable",
        "header ce_time",
        True,
    ),
    ("another version", {"ce_specversion": b"2.0"}, "specversion_unknown", "ce_specver", True),
    ("an unknown type", {"ce_type": b"releasebus.x"}, "type_unknown", "header ce_type", True),
    ("another topic's type", {"ce_type": b"releasebus.accept"}, "type_not_of", "ce_type", True),
    ("the operator's own type", {"ce_type": b"releasebus.resume"}, "type_not_of", "ce_type", True),
    ("a type that only we say", {"ce_type": b"releasebus.tick"}, "field_", "$.at", True),
    ("a subject without end", {"ce_subject": b"x" * 256}, "header_too_long", "ce_subject", True),
    ("a type without end", {"content-type": b"x" * 256}, "header_too_long", "content-type", True),
]


@each_row(
    ("spoilt", "code", "position", "answered"),
    [row[1:] for row in BAD_HEADERS],
    ids=[row[0] for row in BAD_HEADERS],
)
def test_bad_headers_are_one_dead_letter_and_whoever_can_be_told_is_told(
    spoilt: dict[str, bytes | None], code: str, position: str, *, answered: bool
) -> None:
    record = came(CARRIER, RELEASE, [*(HEADERS | spoilt).items()])

    found = DESK.sort(record)

    letter = only_dead(found)
    assert untouched(letter, record)
    assert dlq(letter)["reason-code"].startswith(code)
    assert position in dlq(letter)["position"]
    told = answers(found)
    assert [each.message_id for each in told.pop(outbox_of(AGENT), [])] == ["release-1"] * answered
    assert told == {}


def test_a_header_given_twice_is_not_guessed_at() -> None:
    record = came(CARRIER, RELEASE, [*HEADERS.items(), ("ce_id", b"another")])

    found = DESK.sort(record)

    assert dlq(only_dead(found))["reason-code"] == "header_given_twice"
    assert untouched(only_dead(found), record)
    assert answers(found) == {}


def test_nothing_that_the_sender_says_at_length_is_said_again() -> None:
    headers = HEADERS | {"ce_subject": b"s" * MEBIBYTE, "h" * MEBIBYTE: b"\xff"}
    record = came(CARRIER, b"{", [*headers.items()])

    letter, answer = DESK.sort(record).records

    added = sum(len(name) + len(value or b"") for name, value in letter.headers[len(headers) :])
    assert added < 2000
    assert len(answer.key or b"") + len(answer.value or b"") < 2000


# --- who speaks --------------------------------------------------------------------------------


def from_source(topic: str, source: str, name: str = "release") -> Sorted:
    return DESK.sort(said(topic, name, said_in=altered(envelope(name), source=source)))


SOURCES = [
    ("nobody", "urn:somebody:else", CARRIER),
    ("no id", FROM, CARRIER),
    ("an id of spaces", FROM + "   ", CARRIER),
    ("the register where parties speak", Door.REGISTER.source, CARRIER),
    ("a party that calls itself the register", FROM + "register", CARRIER),
    ("a party that spells it otherwise", FROM + "RE-GISTER", CARRIER),
    ("a party that does so where the register speaks", FROM + "register", REGISTRATIONS),
]


@pytest.mark.parametrize(
    ("source", "topic"), [row[1:] for row in SOURCES], ids=[row[0] for row in SOURCES]
)
def test_who_cannot_be_the_sender_is_told_nothing(source: str, topic: str) -> None:
    found = from_source(topic, source)

    letter = only_dead(found)
    assert dlq(letter)["reason-code"] == "source_unknown"
    assert dlq(letter)["position"] == "header ce_source"
    assert answers(found) == {}


def test_a_stranger_gets_no_outcome_and_so_no_topic() -> None:
    unreadable = said(
        CARRIER,
        "release",
        value=b"{",
        said_in=altered(envelope("release"), source=FROM + STRANGER),
    )

    found = DESK.sort(unreadable)

    only_dead(found)
    assert answers(found) == {}


def test_a_strangers_good_message_is_for_the_ledger_to_refuse() -> None:
    found = from_source(CARRIER, FROM + STRANGER)

    assert [read(record).attestation.organisation for record in logged(found)] == [STRANGER]


def test_the_register_is_answered_on_its_own_outbox() -> None:
    said_in = altered(envelope("register_organisation"), source=Door.REGISTER.source)

    found = DESK.sort(said(REGISTRATIONS, "register_organisation", said_in=said_in, value=b"{}"))

    assert list(answers(found)) == ["party.register.outbox.v1"]


def test_a_senders_id_is_taken_in_its_one_spelling() -> None:
    found = from_source(CARRIER, FROM + "nxt 210000-00001")

    assert [read(record).attestation.organisation for record in logged(found)] == [AGENT]


# --- what nobody may read --------------------------------------------------------------------

PLAIN = json.dumps(
    {**sample("accept"), "pickupParty": {"identificationType": "Alfapass", "code": "1234"}}
).encode()
# As other tools write it: what reads bytes does not see the word, what reads JSON does.
ESCAPED = json.dumps({**sample("accept"), "p?": "4711"}).replace("p?", r"\u0070in").encode()
ASSIGNED = json.dumps(sample("assign_pickup")).encode()
SEALED_ESCAPED = ASSIGNED.replace(b"driver", rb"\u0064river")

SECRETS = [
    ("an Alfapass in plain", PARTY, "accept", PLAIN, {}),
    ("a PIN behind an escape", PARTY, "accept", ESCAPED, {}),
    ("of an unknown type", PARTY, "accept", ESCAPED, {"ce_type": b"releasebus.acept"}),
    ("from nobody", PARTY, "accept", ESCAPED, {"ce_source": b"urn:somebody:else"}),
    ("with a header that is no text", PARTY, "accept", ESCAPED, {"ce_subject": b"\xff"}),
    ("with no time", CARRIER, "accept", ESCAPED, {"ce_time": b"x"}),
    ("a sealed driver under another key", PARTY, "assign_pickup", ASSIGNED, {}),
    ("a sealed driver on another topic", CARRIER, "assign_pickup", SEALED_ESCAPED, {}),
    ("a sealed driver from nobody", PARTY, "assign_pickup", SEALED_ESCAPED, {"ce_source": b"x"}),
    ("an assignment cut off", PARTY, "assign_pickup", ASSIGNED[:60], {}),
    ("what may be an assignment cut off", PARTY, "accept", ASSIGNED[:60], {"ce_time": b"x"}),
]


@each_row(
    ("topic", "name", "value", "spoilt"),
    [row[1:] for row in SECRETS],
    ids=[row[0] for row in SECRETS],
)
def test_what_may_show_a_person_is_kept_as_a_digest_only(
    topic: str, name: str, value: bytes, spoilt: dict[str, bytes]
) -> None:
    headers = [*(dict(headers_of(envelope(name))) | spoilt).items()]
    key = b"MSCU7029148" if value == ASSIGNED else CONTAINER
    record = came(topic, value, headers, key=key)

    found = DESK.sort(record)

    letter = only_dead(found)
    assert letter.value is not None
    assert letter.value.startswith(b"sha256:")
    assert len(letter.value) == len("sha256:") + 64
    assert dlq(letter)["redacted"] == "true"
    # Key and headers stay as they came, for whoever looks for it.
    assert letter.key == record.key
    assert letter.headers[: len(record.headers)] == record.headers
    secrets = (b"4711", b"1234", b"AAAA")
    told = [each.value or b"" for each in found.records]
    assert not any(secret in value for secret in secrets for value in told)


def test_the_letter_of_a_harmless_message_says_that_nothing_was_taken_out() -> None:
    assert dlq(only_dead(DESK.sort(said(CARRIER, "release", value=b"{"))))["redacted"] == "false"


# --- a system's own bodies, by content type ------------------------------------------------------


def body(topic: str, name: str, value: bytes, sender: str, **more: bytes) -> Sorted:
    said_in = Envelope("BUS-7", FROM + sender, TYPE_PREFIX + name, NOW, content_type=MEDIA)
    headers = dict(headers_of(said_in)) | {
        given.replace("_", "-"): text for given, text in more.items()
    }
    return DESK.sort(came(topic, value, [*headers.items()], key=b"CPUU1000010"))


RIGHT, BULK = "ReleaseRightAction", "ReleaseRightBulkAction"
BODIES = [
    ("E1", CARRIER, "CommercialReleaseAction", AGENT, m.Release),
    ("E4", PARTY, RIGHT, FORWARDER, m.Transfer),
    ("E6", PARTY, RIGHT, HAULIER, m.Accept),
    ("E7", PARTY, RIGHT, HAULIER, m.Decline),
    ("E8", PARTY, RIGHT, FORWARDER, m.Revoke),
]


@pytest.mark.parametrize(("number", "topic", "name", "sender", "model"), BODIES)
def test_cpus_own_body_is_a_message_as_any_other(
    number: str, topic: str, name: str, sender: str, model: type[m.Message]
) -> None:
    found = body(topic, name, cpu_sample(number), sender)

    assert found.problems == ()
    (on_log,) = found.records
    assert on_log.key == b"CPUU1000010"
    assert isinstance(read(on_log).message, model)
    assert read(on_log).envelope.id == "BUS-7"
    assert read(on_log).envelope.type == model.TYPE
    assert read(on_log).envelope.content_type == "application/json"
    assert read(on_log).attestation.organisation == sender


def test_a_trucks_body_reaches_the_log_with_its_driver_sealed() -> None:
    key = new_terminal_key()
    sent = sealed(cpu_sample("E11"), lambda card: seal(card, key.public_key, key.key_id))
    assert isinstance(sent, bytes)

    found = body(PARTY, "SubmitPickupRight", sent, HAULIER)

    assert found.problems == ()
    (on_log,) = found.records
    message = read(on_log).message
    assert isinstance(message, m.AssignPickup)
    assert message.driver is not None
    assert message.driver.key_id == key.key_id
    assert b"000000012" not in (on_log.value or b"")


def test_how_a_container_will_leave_is_a_message_of_the_chain() -> None:
    (on_log,) = body(PARTY, "UpdateMeansOfTransport", cpu_sample("E14"), HAULIER).records

    assert isinstance(read(on_log).message, m.SetMeansOfTransport)
    assert on_log.key == b"CPUU1000026"


def test_each_part_of_a_bulk_is_a_message_by_itself_with_an_id_that_a_repeat_reproduces() -> None:
    found = body(PARTY, BULK, cpu_sample("E10"), FORWARDER)

    assert found == body(PARTY, BULK, cpu_sample("E10"), FORWARDER)
    assert found.logged == 2
    assert [read(record).envelope.id for record in found.records] == ["BUS-7/0", "BUS-7/1"]
    assert [record.key for record in found.records] == [b"CPUU1000010", b"CPUU1000026"]


def test_the_good_parts_of_a_bulk_are_logged_and_the_bad_ones_answered() -> None:
    rights = json.loads(cpu_sample("E10"))["releaseRights"]
    good, other = rights
    bad = {**good, "equipmentNumber": "?"}
    missing = {name: value for name, value in good.items() if name != "equipmentNumber"}
    value = changed("E10", releaseRights=[good, bad, other, missing])

    found = body(PARTY, BULK, value, FORWARDER)

    assert [read(record).envelope.id for record in logged(found)] == ["BUS-7/0", "BUS-7/2"]
    assert found.logged == 2
    assert len(found.problems) == 2
    (letter,) = letters(found)
    assert letter.value == value
    told = answers(found)[outbox_of(FORWARDER)]
    assert [answer.message_id for answer in told] == ["BUS-7", "BUS-7"]
    assert all("releaseRights[" in answer.position for answer in told)
    assert "[1]" in told[0].position
    assert "[3]" in told[1].position


def test_a_body_that_speaks_for_another_party_is_not_believed() -> None:
    found = body(PARTY, RIGHT, cpu_sample("E4"), HAULIER)

    letter = only_dead(found)
    assert dlq(letter)["reason-code"] == "sent_for_another"
    assert [answer.reason for answer in answers(found)[outbox_of(HAULIER)]] == ["sent_for_another"]


def test_a_body_may_name_its_sender_by_any_of_its_codes() -> None:
    named = {"identificationType": "TIN", "identificationCode": "BE0400000001"}
    value = changed("E4", releaseFrom=named)

    assert body(PARTY, RIGHT, value, FORWARDER).logged == 1


@pytest.mark.parametrize(
    ("topic", "name", "value", "code"),
    [
        (CARRIER, RIGHT, cpu_sample("E6"), "type_not_of_this_topic"),
        (REGISTRATIONS, RIGHT, cpu_sample("E6"), "type_not_of_this_topic"),
        (PARTY, "NoSuchBody", cpu_sample("E6"), "type_unknown"),
        (PARTY, RIGHT, b"{", "truncated"),
        (PARTY, RIGHT, b"[]", "field_invalid"),
        (PARTY, RIGHT, b'{"actionType":"' + b"x" * MEBIBYTE + b'"}', "too_large"),
        (PARTY, "SubmitPickupRight", cpu_sample("E11"), "plain_identity"),
    ],
)
def test_a_bad_body_is_one_dead_letter(topic: str, name: str, value: bytes, code: str) -> None:
    assert dlq(only_dead(body(topic, name, value, HAULIER)))["reason-code"] == code


def test_an_alfapass_in_a_body_is_kept_as_a_digest_only() -> None:
    letter = only_dead(body(PARTY, "SubmitPickupRight", cpu_sample("E11"), HAULIER))

    assert letter.value is not None
    assert letter.value.startswith(b"sha256:")


# --- whatever comes ------------------------------------------------------------------------------

topics = st.sampled_from([CARRIER, PARTY, TERMINAL, CUSTOMS, REGISTRATIONS])
values = st.one_of(
    st.none(),
    st.binary(max_size=60),
    st.sampled_from([RELEASE, ASSIGNED, cpu_sample("E4"), cpu_sample("E10"), cpu_sample("E11")]),
)
texts = st.one_of(st.none(), st.binary(max_size=20))
spoiled = st.dictionaries(st.sampled_from([*HEADERS, "ce_subject", "x"]), texts, max_size=3)
kinds = st.sampled_from(
    [
        ("releasebus.release", "application/json"),
        ("releasebus.assign_pickup", "application/json"),
        (TYPE_PREFIX + RIGHT, MEDIA),
        (TYPE_PREFIX + BULK, MEDIA),
        (TYPE_PREFIX + "SubmitPickupRight", MEDIA),
    ]
)


@given(topics, values, spoiled, kinds, st.one_of(st.none(), st.binary(max_size=12)))
def test_every_record_becomes_its_parts_or_one_dead_letter(
    topic: str,
    value: bytes | None,
    spoilt: dict[str, bytes | None],
    kind: tuple[str, str],
    key: bytes | None,
) -> None:
    ce_type, content_type = kind
    named = {"ce_type": ce_type.encode(), "content-type": content_type.encode()}
    record = came(topic, value, [*(HEADERS | named | spoilt).items()], key=key)

    found = DESK.sort(record)

    assert len(logged(found)) == found.logged
    assert len(letters(found)) == bool(found.problems)
    assert found.logged or found.problems
    for letter in letters(found):
        assert letter.key in {record.key, REDACTED}
        for kept, sent in zip(letter.headers, record.headers, strict=False):
            assert kept in {sent, (sent[0], REDACTED)}
        assert letter.value == value or dlq(letter)["redacted"] == "true"
    for on_log in logged(found):
        read(on_log)  # raises where apply could not read it
