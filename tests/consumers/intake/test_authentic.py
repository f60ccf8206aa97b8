"""Who is believed: each way to be somebody else is refused, alarmed, and answered to nobody."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, TypeAlias

import pytest
from aiokafka import ConsumerRecord
from nacl.signing import VerifyKey

from adapters.contract import NOTHING, Parsed
from consumers.intake.authentic import FORGED, UNSIGNED
from consumers.intake.sort import Sorted
from producers.signing import MessageKey, SpokenFor
from schemas.doors import Door
from schemas.envelope import headers_of
from schemas.keys import Gateway, public_key_in
from schemas.logged import Logged, read_logged
from schemas.registrations import DOORS as DOORS_OF
from schemas.signatures import (
    CALL_HEADERS,
    COVERED_HEADERS,
    SIGNATURE,
    SignaturePolicy,
    base64url,
    base64url_in,
    header_of,
)
from schemas.steps import Step
from schemas.value import altered
from tests.adapters.antwerp_cpu.samples import members
from tests.consumers.intake.records import CARRIER, KEYS, PARTY, REGISTRATIONS, came, said
from tests.consumers.intake.signers import (
    AGENT,
    AGENTS,
    CAME_AT,
    DOOR,
    DOORS,
    FORWARDER,
    FORWARDERS,
    HOUR,
    REGISTERS,
    STRANGERS,
    World,
    known,
    signed_by,
    with_headers,
)
from tests.rows import each_row
from tests.schemas.samples import envelope, sample

FROM = "urn:releasebus:organisation:"
MOMENT = timedelta(milliseconds=1)
Came: TypeAlias = ConsumerRecord[Any, Any]


def outcome(found: Sorted) -> str:
    """Return `logged`, or what the one dead letter says; nobody else is told anything."""
    topics = [record.topic for record in found.records]
    if not found.problems:
        assert topics == ["ledger.log.v1"]
        return "logged"
    assert topics == ["dead-letters.v1"]
    (problem,) = found.problems
    return problem.code


def on_log(found: Sorted) -> Logged:
    (record,) = found.records
    assert record.value is not None
    return read_logged(record.headers, record.value)


def release() -> Came:
    return said(CARRIER, "release")


def changed(record: Came, **headers: bytes | None) -> Came:
    """Return the record with these headers instead, whose names have _ for their dash."""
    named = {name.replace("content_type", "content-type"): headers[name] for name in headers}
    kept = dict(record.headers) | named
    return with_headers(record, tuple((name, value) for name, value in kept.items()))


def resigned(record: Came, change: Callable[[bytes], bytes]) -> Came:
    return changed(record, rb_signature=change(dict(record.headers)[SIGNATURE]))


# --- who is believed -----------------------------------------------------------------------------


def test_a_message_is_believed_by_the_key_of_its_source() -> None:
    logged = on_log(World().desk().sort(signed_by(AGENTS, release())))

    assert logged.attestation.organisation == AGENT
    assert logged.attestation.policy == "required"
    assert logged.attestation.key_id == AGENTS.key_id
    assert logged.attestation.via is None


def test_the_evidence_on_the_log_proves_by_itself_what_was_signed_by_whom() -> None:
    record = signed_by(AGENTS, release())

    evidence = on_log(World().desk().sort(record)).attestation.signature

    assert evidence is not None
    told, _, written = evidence.rpartition(".")
    signature, payload = base64url_in(written.encode()), told.partition(".")[2]
    assert signature is not None
    VerifyKey(public_key_in(AGENTS.public_key)).verify(told.encode(), signature)
    said_then = base64url_in(payload.encode())
    assert said_then is not None
    assert b"release-1" in said_then
    assert CARRIER.encode() in said_then


def test_each_of_several_keys_signs() -> None:
    desk = World(agent=(known(AGENTS), known(STRANGERS))).desk()

    assert outcome(desk.sort(signed_by(AGENTS, release()))) == "logged"
    assert outcome(desk.sort(signed_by(STRANGERS, release()))) == "logged"


def test_the_register_is_believed_by_the_keys_of_the_settings() -> None:
    said_in = altered(envelope("register_organisation"), source=Door.REGISTER.source)
    record = said(REGISTRATIONS, "register_organisation", said_in=said_in, key=b"NXT21000000002")
    desk = World().desk()

    found = desk.sort(signed_by(REGISTERS, record))

    assert [each.topic for each in found.records] == ["directory.log.v1"]
    assert desk.sort(signed_by(AGENTS, record)).problems[0].code == "key_unknown"
    assert desk.sort(record).problems[0].code == "signature_missing"


# --- who is not ----------------------------------------------------------------------------------

BY_AGENT = signed_by(AGENTS, release())


def moved(**to: Any) -> Came:
    """Return the agent's signed record as it would stand elsewhere."""
    fields = {"topic": CARRIER, "key": BY_AGENT.key, "value": BY_AGENT.value} | to
    return came(fields.pop("topic"), headers=BY_AGENT.headers, **fields)


def other_value() -> Came:
    content = sample("release") | {"release_identification": "AGT-REL-0002"}
    return moved(value=json.dumps(content).encode())


NONE = base64url(b'{"alg":"none","kid":"%b"}' % AGENTS.key_id.encode())
CRIT = base64url(b'{"alg":"EdDSA","kid":"%b","crit":["b64"],"b64":false}' % AGENTS.key_id.encode())
FORGERIES: dict[str, tuple[Came, str]] = {
    "unsigned": (release(), "signature_missing"),
    "alg none": (
        resigned(BY_AGENT, lambda jws: b"%b..%b" % (NONE, jws.rpartition(b".")[2])),
        "signature_algorithm",
    ),
    "alg none, no signature": (
        resigned(BY_AGENT, lambda _: b"%b.." % NONE),
        "signature_malformed",
    ),
    "a kid that nobody has": (signed_by(STRANGERS, release()), "key_unknown"),
    "the kid of another organisation": (signed_by(FORWARDERS, release()), "key_unknown"),
    "the right kid over another's signature": (
        resigned(
            signed_by(FORWARDERS, release()),
            lambda jws: b"%b..%b" % (header_of(AGENTS.key_id), jws.rpartition(b".")[2]),
        ),
        "signature_wrong",
    ),
    "replayed on another topic": (moved(topic=PARTY), "signature_wrong"),
    "replayed under another record key": (moved(key=b"TCLU4265738"), "signature_wrong"),
    "replayed without a record key": (moved(key=None), "signature_wrong"),
    "another value": (other_value(), "signature_wrong"),
    "a byte more": (moved(value=(BY_AGENT.value or b"") + b" "), "signature_wrong"),
    "no value": (moved(value=None), "signature_wrong"),
    "another type": (changed(BY_AGENT, ce_type=b"releasebus.delete"), "signature_wrong"),
    "another id": (changed(BY_AGENT, ce_id=b"release-2"), "signature_wrong"),
    "another time": (changed(BY_AGENT, ce_time=b"2026-03-01T09:00:00Z"), "signature_wrong"),
    "the same time spelt otherwise": (
        changed(BY_AGENT, ce_time=b"2026-03-01T09:00:00+01:00"),
        "signature_wrong",
    ),
    "a time that is none": (changed(BY_AGENT, ce_time=b"soon"), "signature_wrong"),
    "another subject": (changed(BY_AGENT, ce_subject=b"TCLU4265738"), "signature_wrong"),
    "another schema": (changed(BY_AGENT, ce_dataschema=b"urn:x"), "signature_wrong"),
    "another kind of content": (changed(BY_AGENT, content_type=b"text/plain"), "signature_wrong"),
    "another organisation's source": (
        changed(BY_AGENT, ce_source=FROM.encode() + FORWARDER.encode()),
        "key_unknown",
    ),
    "a time with a fraction that says nothing": (
        changed(BY_AGENT, ce_time=b"2026-03-01T08:00:00.0Z"),
        "signature_wrong",
    ),
    "an empty header where there was none": (
        changed(BY_AGENT, ce_dataschema=b"x"),
        "signature_wrong",
    ),
    "spoken for somebody after it was signed": (
        changed(
            BY_AGENT,
            rb_on_behalf_of=FORWARDER.encode(),
            rb_authentication=b"TLS",
            rb_channel=b"https",
        ),
        "signature_wrong",
    ),
    "another kid": (
        resigned(
            BY_AGENT,
            lambda jws: b"%b..%b" % (header_of(FORWARDERS.key_id), jws.rpartition(b".")[2]),
        ),
        "key_unknown",
    ),
    "crit": (
        resigned(BY_AGENT, lambda jws: b"%b..%b" % (CRIT, jws.rpartition(b".")[2])),
        "signature_malformed",
    ),
    "a second spelling of the signature": (
        resigned(BY_AGENT, lambda jws: jws + b"="),
        "signature_malformed",
    ),
    "an organisation's source spelt as a door's": (
        changed(BY_AGENT, ce_source=FROM.encode() + b"c-point"),
        "source_unknown",
    ),
    "a door's source where no door speaks": (
        changed(BY_AGENT, ce_source=b"urn:releasebus:register"),
        "source_unknown",
    ),
    "a source that is not in the directory": (
        changed(BY_AGENT, ce_source=FROM.encode() + b"NXT21000000077"),
        "key_unknown",
    ),
}


@each_row(("record", "code"), FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forgery_is_a_dead_letter_and_nobody_hears_of_it(record: Came, code: str) -> None:
    assert outcome(World().desk().sort(record)) == code
    assert code in {*FORGED, "source_unknown"}


def barge(**called: bytes) -> Came:
    """Return CPu's own body, which has no member for its port, with what stood in its call."""
    said_in = altered(
        envelope("assign_pickup"),
        source=FROM + FORWARDER,
        type="nxtport.certified-pickup.SubmitBargeRailPickupRight",
        content_type="application/vnd.nxtport.certified-pickup+json",
    )
    named = {name.replace("_", "-"): value for name, value in called.items()}
    headers = (*headers_of(said_in), *named.items())
    return came(PARTY, json.dumps(members("E12")).encode(), headers=headers, key=b"CPUU1000026")


def test_what_stood_in_the_path_of_a_call_is_believed_as_it_was_signed() -> None:
    signed = signed_by(FORWARDERS, barge(port_locode=b"BEZEE"))

    logged = on_log(World().desk().sort(signed))

    assert json.loads(logged.message.model_dump_json())["port"] == "BEZEE"


@each_row("name", sorted(COVERED_HEADERS))
@each_row("change", [b"BEANR", b""])
def test_no_header_that_is_read_can_be_changed_or_left_out(name: str, change: bytes) -> None:
    others = {"port_locode": b"BEZEE", "equipment_number": b"CPUU1000026", "terminal_code": b"1"}
    signed = signed_by(FORWARDERS, barge(**others))
    here = dict(signed.headers)
    left_out = tuple((each, value) for each, value in signed.headers if each != name)
    changed_one = tuple((here | {name: change}).items())

    sorted_out = [World().desk().sort(with_headers(signed, each)) for each in (changed_one,)]
    if here.get(name):
        sorted_out.append(World().desk().sort(with_headers(signed, left_out)))
    elif change == b"":
        return  # as if it were not there, which it is not
    for found in sorted_out:
        assert {each.topic for each in found.records} == {"dead-letters.v1"}


def test_no_header_that_nobody_signed_is_shown_to_an_adapter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: dict[str, str] = {}

    def parse(_data: bytes, headers: dict[str, str], _memory: object) -> Parsed:
        seen.update(headers)
        return Parsed(memory=NOTHING)

    functions = SimpleNamespace(parse=parse)
    system = SimpleNamespace(functions=functions, title="Of no message", name="none")
    monkeypatch.setattr("consumers.intake.sort.system_taking", lambda _: system)
    record = barge(port_locode=b"BEZEE", x_anything=b"1", terminal_locode=b"2")

    World().desk().sort(signed_by(FORWARDERS, record))

    assert seen["port-locode"] == "BEZEE"
    assert set(seen) <= COVERED_HEADERS


@pytest.mark.parametrize("name", CALL_HEADERS)
def test_what_stood_in_no_call_cannot_be_put_there(name: str) -> None:
    signed = signed_by(FORWARDERS, barge())
    for value in (b"BEZEE", b""):
        more = with_headers(signed, (*signed.headers, (name, value)))
        assert outcome(World().desk().sort(more)) == "signature_wrong"


@pytest.mark.parametrize("value", [b"{", b"", b"[]", None])
def test_bytes_that_are_no_message_are_answered_to_who_signed_them_alone(
    value: bytes | None,
) -> None:
    record = said(CARRIER, "release", value=value)
    desk = World().desk()

    signed = desk.sort(signed_by(AGENTS, record))
    forged = desk.sort(signed_by(FORWARDERS, record))

    assert {each.topic for each in signed.records} == {
        "dead-letters.v1",
        f"party.{AGENT.lower()}.outbox.v1",
    }
    assert outcome(forged) == "key_unknown"


def test_headers_that_are_no_envelope_are_answered_to_who_signed_them_alone() -> None:
    record = changed(release(), ce_time=b"soon")
    desk = World().desk()

    answered = {each.topic for each in desk.sort(signed_by(AGENTS, record)).records}
    assert answered == {"dead-letters.v1", f"party.{AGENT.lower()}.outbox.v1"}
    assert outcome(desk.sort(signed_by(FORWARDERS, record))) == "key_unknown"
    twice = with_headers(BY_AGENT, (*BY_AGENT.headers, ("ce_id", b"release-1")))
    assert outcome(desk.sort(twice)) == "header_given_twice"


def test_what_our_code_cannot_handle_is_answered_to_who_signed_it_alone() -> None:
    desk = World().desk()

    answered = {each.topic for each in desk.set_aside(BY_AGENT, "Broke.").records}
    assert answered == {"dead-letters.v1", f"party.{AGENT.lower()}.outbox.v1"}
    assert outcome(desk.set_aside(release(), "Broke.")) == "not_handled"


def test_a_forged_driver_is_kept_as_a_digest_only() -> None:
    found = World().desk().sort(said(PARTY, "assign_pickup"))

    assert outcome(found) == "signature_missing"
    (letter,) = found.records
    assert letter.value is not None
    assert letter.value.startswith(b"sha256:")


# --- keys have their time, by the broker's clock -------------------------------------------------


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"revoked_at": CAME_AT + MOMENT}, "logged"),
        ({"revoked_at": CAME_AT}, "key_revoked"),
        ({"revoked_at": CAME_AT - HOUR}, "key_revoked"),
        ({"expires_at": CAME_AT + MOMENT}, "logged"),
        ({"expires_at": CAME_AT}, "key_expired"),
        ({"revoked_at": CAME_AT - HOUR, "expires_at": CAME_AT - HOUR}, "key_revoked"),
    ],
    ids=str,
)
def test_a_key_counts_until_its_moment(more: dict[str, Any], code: str) -> None:
    assert outcome(World(agent=(known(AGENTS, **more),)).desk().sort(BY_AGENT)) == code


def test_a_sender_cannot_date_a_message_before_its_keys_revocation() -> None:
    said_in = altered(envelope("release"), time=CAME_AT - 9 * HOUR)
    record = signed_by(AGENTS, said(CARRIER, "release", said_in=said_in))
    desk = World(agent=(known(AGENTS, revoked_at=CAME_AT - HOUR),)).desk()

    assert outcome(desk.sort(record)) == "key_revoked"


def test_the_next_key_signs_while_the_one_before_is_revoked() -> None:
    desk = World(agent=(known(AGENTS, revoked_at=CAME_AT), known(STRANGERS))).desk()

    assert outcome(desk.sort(BY_AGENT)) == "key_revoked"
    assert outcome(desk.sort(signed_by(STRANGERS, release()))) == "logged"


def by_senders_clock(record: Came) -> Came:
    """Return the record as it comes from a topic that was made to keep the sender's time."""
    return replace(record, timestamp_type=0)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({}, "logged"),
        ({"revoked_at": CAME_AT + 9 * HOUR}, "key_revoked"),
        ({"expires_at": CAME_AT + 9 * HOUR}, "key_expired"),
    ],
    ids=str,
)
def test_where_the_broker_does_not_tell_the_time_a_key_that_ends_has_ended(
    more: dict[str, Any], code: str
) -> None:
    desk = World(agent=(known(AGENTS, **more),)).desk()

    assert outcome(desk.sort(by_senders_clock(BY_AGENT))) == code


@pytest.mark.parametrize("policy", [SignaturePolicy.REQUIRED, SignaturePolicy.WARN])
@pytest.mark.parametrize("more", [{"revoked_at": CAME_AT}, {"expires_at": CAME_AT}], ids=str)
def test_with_a_warning_too_no_key_signs_whose_time_is_over(
    policy: SignaturePolicy, more: dict[str, Any]
) -> None:
    desk = World(agent=(known(AGENTS, **more),), policies={CARRIER: policy}).desk()

    assert outcome(desk.sort(BY_AGENT)) in {"key_revoked", "key_expired"}


def test_a_persons_key_speaks_for_no_organisation() -> None:
    """One person with one key would else be the whole company (docs/decisions/0013)."""
    desk = World(agent=(known(AGENTS, person="P-7"), known(STRANGERS))).desk()

    assert outcome(desk.sort(BY_AGENT)) == "key_of_a_person"
    assert "key_of_a_person" in FORGED
    assert outcome(desk.sort(signed_by(STRANGERS, release()))) == "logged"


def test_a_persons_key_ends_itself_where_keys_are_changed() -> None:
    desk = World(forwarder=(known(FORWARDERS, person="P-7"),)).desk()

    found = desk.sort(about_keys("revoke_key", FROM + FORWARDER, FORWARDERS))

    assert [record.topic for record in found.records] == ["directory.log.v1"]


def test_whoever_says_to_be_who_it_may_not_be_is_an_alarm() -> None:
    """Each by its name: what is taken off this list is a forgery that nobody is warned of."""
    assert {
        "signature_missing",
        "signature_malformed",
        "signature_algorithm",
        "signature_wrong",
        "key_unknown",
        "key_expired",
        "key_revoked",
        "key_of_a_person",
        "not_the_gateway",
        "override_not_agreed",
    } == FORGED


# --- gateways ------------------------------------------------------------------------------------

SPOKEN = SpokenFor(FORWARDER, "mutual TLS, CN=forwarder", "https")
APPOINTED = World(gateways=(Gateway(DOOR, CAME_AT - HOUR),))


def by_door(spoken: SpokenFor = SPOKEN, source: str = DOOR) -> Came:
    said_in = altered(envelope("accept"), source=FROM + source)
    return signed_by(DOORS, said(PARTY, "accept", said_in=said_in), spoken)


def test_a_gateway_speaks_for_whom_the_directory_says() -> None:
    attestation = on_log(APPOINTED.desk().sort(by_door())).attestation

    assert (attestation.organisation, attestation.via) == (FORWARDER, DOOR)
    assert (attestation.authentication, attestation.channel) == (
        "mutual TLS, CN=forwarder",
        "https",
    )
    assert attestation.key_id == DOORS.key_id


@pytest.mark.parametrize(
    ("gateways", "spoken"),
    [
        ((), SPOKEN),
        ((Gateway(AGENT, CAME_AT),), SPOKEN),
        ((Gateway(DOOR, CAME_AT - HOUR, CAME_AT),), SPOKEN),
        ((Gateway(DOOR, CAME_AT),), replace(SPOKEN, organisation=AGENT)),
        ((Gateway(DOOR, CAME_AT),), replace(SPOKEN, organisation="NXT21000000077")),
        ((Gateway(DOOR, CAME_AT),), replace(SPOKEN, organisation="register")),
    ],
    ids=[
        "nobody appointed",
        "another appointed",
        "dismissed",
        "for another organisation",
        "for nobody known",
        "for the register",
    ],
)
def test_a_gateway_speaks_for_nobody_else(
    gateways: tuple[Gateway, ...], spoken: SpokenFor
) -> None:
    assert outcome(World(gateways=gateways).desk().sort(by_door(spoken))) == "not_the_gateway"


def test_a_gateway_speaks_up_to_the_moment_of_its_dismissal() -> None:
    desk = World(gateways=(Gateway(DOOR, CAME_AT - HOUR, CAME_AT + MOMENT),)).desk()

    assert outcome(desk.sort(by_door())) == "logged"


def test_a_gateway_that_is_suspended_speaks_for_nobody() -> None:
    desk = APPOINTED.desk()
    stopped = altered(desk.directory.by_id[DOOR], lacks=(Step.REINSTATEMENT,))
    desk = replace(desk, directory=desk.directory.joined_by(stopped, 4))

    assert outcome(desk.sort(by_door())) == "not_the_gateway"


def test_a_gateway_signs_as_itself_and_not_as_whom_it_speaks_for() -> None:
    assert outcome(APPOINTED.desk().sort(by_door(source=FORWARDER))) == "key_unknown"


@pytest.mark.parametrize("name", ["rb_on_behalf_of", "rb_authentication", "rb_channel"])
def test_a_gateway_says_for_whom_how_and_over_what(name: str) -> None:
    said_in = altered(envelope("accept"), source=FROM + DOOR)
    headers = [h for h in (*headers_of(said_in), *SPOKEN.headers()) if h[0] != name]
    record = signed_by(DOORS, said(PARTY, "accept", headers=headers))

    assert outcome(APPOINTED.desk().sort(record)) == "header_missing"


def test_what_a_gateway_says_of_the_caller_is_signed() -> None:
    record = changed(by_door(), rb_authentication=b"password")

    assert outcome(APPOINTED.desk().sort(record)) == "signature_wrong"


def test_what_a_gateway_says_at_length_is_not_said_again() -> None:
    record = by_door(replace(SPOKEN, authentication="x" * 256))

    assert outcome(APPOINTED.desk().sort(record)) == "header_too_long"


@each_row(
    "said",
    [
        "417093628",
        "90417365",
        "PIN 90417365",
        "one-time code 58391467",
        "Alfapass 417 093 628",
        "12.34",
    ],
)
@each_row("name", ["authentication", "channel"])
def test_a_gateway_does_not_tell_by_which_card_pin_or_code_it_knew_a_party(
    name: str, said: str
) -> None:
    desk = World(gateways=APPOINTED.gateways).desk()

    found = desk.sort(by_door(replace(SPOKEN, **{name: said})))

    assert [problem.code for problem in found.problems] == ["plain_identity"]
    for record in found.records:
        headers = [value for _, value in record.headers]
        assert not any(said.encode() in (part or b"") for part in (record.value, *headers))


@pytest.mark.parametrize(
    "said", ["driver app", "bearer token 9f31c0de", "TLS 1.3, CN=port 2000 NV"]
)
def test_a_gateway_tells_how_it_knew_a_party_in_words_of_its_own(said: str) -> None:
    attestation = on_log(APPOINTED.desk().sort(by_door(replace(SPOKEN, authentication=said))))

    assert attestation.attestation.authentication == said


def test_a_gateway_that_was_dismissed_is_gone_by_the_senders_clock_too() -> None:
    desk = World(gateways=(Gateway(DOOR, CAME_AT - HOUR, CAME_AT + HOUR),)).desk()

    assert outcome(desk.sort(by_senders_clock(by_door()))) == "not_the_gateway"


def test_a_gateways_bad_message_is_answered_to_the_gateway() -> None:
    said_in = altered(envelope("accept"), source=FROM + DOOR)
    record = signed_by(DOORS, said(PARTY, "accept", said_in=said_in, value=b"{"), SPOKEN)

    topics = {each.topic for each in APPOINTED.desk().sort(record).records}
    assert topics == {"dead-letters.v1", f"party.{DOOR.lower()}.outbox.v1"}


def test_nobody_speaks_for_another_where_organisations_are_registered() -> None:
    said_in = altered(envelope("register_organisation"), source=Door.REGISTER.source)
    record = said(REGISTRATIONS, "register_organisation", said_in=said_in, key=b"NXT21000000002")

    found = APPOINTED.desk().sort(signed_by(REGISTERS, record, SPOKEN))

    assert outcome(found) == "not_the_gateway"


@pytest.mark.parametrize("name", ["revoke_key", "register_key", "appoint_gateway"])
def test_a_gateway_changes_no_key_of_whom_it_speaks_for(name: str) -> None:
    record = about_keys(name, FROM + DOOR, None)

    assert outcome(APPOINTED.desk().sort(signed_by(DOORS, record, SPOKEN))) == "not_the_gateway"


# --- where signatures are not required -----------------------------------------------------------

WARNED = World(policies={CARRIER: SignaturePolicy.WARN})
UNASKED = World(policies={CARRIER: SignaturePolicy.OFF, PARTY: SignaturePolicy.OFF})


def test_with_a_warning_the_unsigned_is_let_in_and_says_so() -> None:
    attestation = on_log(WARNED.desk().sort(release())).attestation

    assert (attestation.organisation, attestation.policy) == (AGENT, "warn")
    assert (attestation.key_id, attestation.findings) == (None, (UNSIGNED,))


def test_with_a_warning_what_is_signed_is_checked_all_the_same() -> None:
    attestation = on_log(WARNED.desk().sort(BY_AGENT)).attestation

    assert (attestation.key_id, attestation.findings) == (AGENTS.key_id, ())
    assert outcome(WARNED.desk().sort(other_value())) == "signature_wrong"


@each_row(
    ("record", "code"),
    [row for how, row in FORGERIES.items() if how != "unsigned"],
    ids=[how for how in FORGERIES if how != "unsigned"],
)
def test_with_a_warning_a_forgery_is_one_all_the_same(record: Came, code: str) -> None:
    """docs/decisions/0013, refused: `warn` that lets in a wrong signature with a warning."""
    desk = World(policies=dict.fromkeys((CARRIER, PARTY), SignaturePolicy.WARN)).desk()

    assert outcome(desk.sort(record)) == code


def test_what_is_odd_about_a_message_stands_beside_that_it_is_unsigned() -> None:
    value = json.dumps(sample("release") | {"container": "MSCU7029148"}).encode()

    logged = on_log(WARNED.desk().sort(said(CARRIER, "release", value=value, key=b"MSCU7029148")))

    assert logged.attestation.findings == (UNSIGNED, "container_check_digit: $.container")


def test_switched_off_whoever_writes_is_believed() -> None:
    attestation = on_log(UNASKED.desk().sort(other_value())).attestation

    assert (attestation.organisation, attestation.policy) == (AGENT, "off")
    assert (attestation.key_id, attestation.signature) == (None, None)


def test_switched_off_a_gateway_still_speaks_for_whom_the_directory_says_alone() -> None:
    assert outcome(UNASKED.desk().sort(by_door())) == "not_the_gateway"
    appointed = replace(UNASKED, gateways=APPOINTED.gateways).desk()
    assert on_log(appointed.sort(by_door())).attestation.organisation == FORWARDER


def test_each_topic_has_a_policy_of_its_own() -> None:
    desk = World(policies={CARRIER: SignaturePolicy.OFF}).desk()

    assert outcome(desk.sort(release())) == "logged"
    assert outcome(desk.sort(said(PARTY, "accept"))) == "signature_missing"


def test_a_namespace_is_signed_too_so_that_no_bus_takes_anothers_messages() -> None:
    desk = replace(World().desk(), namespace="t1.")
    record = moved(topic=f"t1.{CARRIER}")

    assert desk.sort(record).problems[0].code == "signature_wrong"
    there = signed_by(AGENTS, said(f"t1.{CARRIER}", "release"))
    assert desk.sort(there).problems == ()


# --- an organisation's own keys ------------------------------------------------------------------


def about_keys(
    name: str, source: str, key: MessageKey | None, topic: str = KEYS, **more: Any
) -> Came:
    said_in = altered(envelope(name), source=source)
    value = json.dumps(sample(name) | more).encode()
    record = said(topic, name, said_in=said_in, key=FORWARDER.encode(), value=value)
    return record if key is None else signed_by(key, record)


KEY_MESSAGES = ["register_key", "revoke_key", "appoint_gateway", "dismiss_gateway"]


@pytest.mark.parametrize("name", KEY_MESSAGES)
def test_of_its_keys_an_organisation_speaks_itself_or_the_register_does(name: str) -> None:
    own = about_keys(name, FROM + FORWARDER, FORWARDERS)
    registers = about_keys(name, Door.REGISTER.source, REGISTERS, REGISTRATIONS)

    for record, organisation in ((own, FORWARDER), (registers, "register")):
        (logged,) = World().desk().sort(record).records
        assert (logged.topic, logged.key) == ("directory.log.v1", FORWARDER.encode())
        assert logged.value is not None
        attestation = read_logged(logged.headers, logged.value).attestation
        assert attestation.organisation == organisation
        assert attestation.signature is not None


@each_row("name", KEY_MESSAGES)
@each_row(
    ("topic", "source", "key", "code"),
    [
        (KEYS, FROM + AGENT, AGENTS, "type_not_of_this_source"),
        (KEYS, FROM + FORWARDER, AGENTS, "key_unknown"),
        (KEYS, FROM + FORWARDER, REGISTERS, "key_unknown"),
        (KEYS, FROM + FORWARDER, None, "signature_missing"),
        (KEYS, Door.REGISTER.source, REGISTERS, "source_unknown"),
        (KEYS, "urn:releasebus:nobody", REGISTERS, "source_unknown"),
        (REGISTRATIONS, Door.REGISTER.source, FORWARDERS, "key_unknown"),
        (REGISTRATIONS, Door.C_POINT.source, REGISTERS, "key_unknown"),
        (REGISTRATIONS, FROM + FORWARDER, FORWARDERS, "type_not_of_this_source"),
        (REGISTRATIONS, "urn:releasebus:nobody", REGISTERS, "source_unknown"),
    ],
)
def test_of_anothers_keys_nobody_speaks_and_each_on_its_own_topic(
    name: str, topic: str, source: str, key: MessageKey | None, code: str
) -> None:
    found = World().desk().sort(about_keys(name, source, key, topic))

    assert [problem.code for problem in found.problems] == [code]
    assert "directory.log.v1" not in {record.topic for record in found.records}


def test_an_organisation_says_nothing_else_where_organisations_are_registered() -> None:
    record = about_keys("register_organisation", FROM + FORWARDER, FORWARDERS, REGISTRATIONS)

    assert World().desk().sort(record).problems[0].code == "type_not_of_this_source"


BY_DOORS = [model.TYPE.removeprefix("releasebus.") for model in DOORS_OF]


@each_row("policy", SignaturePolicy)
@each_row("name", BY_DOORS)
def test_where_every_organisation_may_write_nothing_but_keys_is_said(
    name: str, policy: SignaturePolicy
) -> None:
    """Kafka lets every organisation's user write there: it registers nobody, unsigned neither."""
    desk = World(policies={KEYS: policy}).desk()

    found = desk.sort(about_keys(name, FROM + FORWARDER, FORWARDERS))
    assert [problem.code for problem in found.problems] == ["type_not_of_this_topic"]
    for key in (None, FORWARDERS, REGISTERS):
        for door in Door:
            assert outcome(desk.sort(about_keys(name, door.source, key))) == "source_unknown"


@pytest.mark.parametrize("name", KEY_MESSAGES)
def test_with_signatures_off_too_nobody_speaks_of_anothers_keys(name: str) -> None:
    desk = World(policies={KEYS: SignaturePolicy.OFF}).desk()

    found = desk.sort(about_keys(name, FROM + AGENT, None))
    assert [problem.code for problem in found.problems] == ["type_not_of_this_source"]
    assert outcome(desk.sort(about_keys(name, Door.REGISTER.source, None))) == "source_unknown"


def test_who_speaks_of_its_own_keys_where_doors_speak_is_told_where_to() -> None:
    record = about_keys("register_key", FROM + FORWARDER, FORWARDERS, REGISTRATIONS)

    (problem,) = World().desk().sort(record).problems
    assert "keys.v1" in problem.sentence
