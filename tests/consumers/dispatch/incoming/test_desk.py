"""What a system says is somebody's word, read with what is remembered, and on the log."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.contract import NOTHING, Memory, Parsed, Part, Request, System
from consumers.dispatch.incoming.desk import IncomingDesk, Outcome, Said
from consumers.intake.trust import trust_in
from producers.records import Record
from producers.signing import new_message_key
from schemas.identifiers import Scheme
from schemas.logged import Logged, read_logged
from schemas.messages import Accept, PartyRef
from schemas.signatures import SignaturePolicy
from schemas.system_messages import ObserveRelease
from schemas.topics import Topic, system_in
from schemas.unreadable import Unreadable
from tests.adapters.fake_portbase import PORTBASE as SYSTEM
from tests.adapters.rotterdam import PORT, PORTBASE, QUAY
from tests.adapters.story import CONTAINER, FORWARDER, HAULIER
from tests.consumers.dispatch.incoming.saying import ACCOUNT, a_state, desk, record
from tests.consumers.intake.signers import known, signed_by

PORTBASES = new_message_key()
STATE = ObserveRelease(container=CONTAINER, port=PORT, terminal=QUAY)
ACCEPTED = Accept(container=CONTAINER, port=PORT, bills_of_lading=("BLTEST0001",))


def heard(
    came: Any, at: IncomingDesk | None = None, memory: Memory = NOTHING
) -> Outcome | Unreadable:
    found = (at or desk()).said(came)
    return found if isinstance(found, Unreadable) else (at or desk()).heard(found, memory)


def outcome(came: Any, at: IncomingDesk | None = None, memory: Memory = NOTHING) -> Outcome:
    found = heard(came, at, memory)
    assert isinstance(found, Outcome)
    return found


def that_says(parsed: Parsed) -> IncomingDesk:
    """Return a desk whose system says just this, whatever the bytes are."""

    def parse(_data: bytes, _headers: object, _memory: Memory) -> Parsed:
        return parsed

    system: System = replace(SYSTEM, functions=replace(SYSTEM.functions, parse=parse))
    return replace(desk(), systems={"portbase": system})


def on_the_log(record_out: Record) -> Logged:
    return read_logged(record_out.headers, record_out.value or b"")


def kinds(found: Outcome) -> list[str]:
    return [kind for kind, _ in found.records]


def test_a_state_is_on_the_log_as_the_word_of_who_speaks_for_the_system() -> None:
    ((kind, made),) = outcome(record(offset=7)).records

    logged = on_the_log(made)
    assert (kind, made.topic, made.key) == ("log", "ledger.log.v1", CONTAINER.encode())
    assert logged.attestation.organisation == PORTBASE
    assert logged.attestation.received == "pcs.portbase.in.v1/0/7"
    assert isinstance(logged.message, ObserveRelease)
    assert logged.envelope.subject == CONTAINER


def test_the_same_bytes_again_have_the_same_id() -> None:
    (_, one), (_, two) = outcome(record()).records + outcome(record(offset=9)).records

    assert on_the_log(one).envelope.id == on_the_log(two).envelope.id


@pytest.mark.parametrize("source", [FORWARDER, "NXT29999999999"])
def test_nobody_else_speaks_for_the_system(source: str) -> None:
    found = heard(record(source=source))

    assert isinstance(found, Unreadable)
    assert found.code == "not_the_system"


def test_where_signatures_are_required_it_has_to_be_the_systems_own() -> None:
    strict = desk(trust_in(SignaturePolicy.REQUIRED, [system_in("portbase")]), (known(PORTBASES),))

    unsigned = heard(record(), strict)
    another = heard(signed_by(new_message_key(), record()), strict)
    own = outcome(signed_by(PORTBASES, record()), strict)

    assert isinstance(unsigned, Unreadable)
    assert unsigned.code == "signature_missing"
    assert isinstance(another, Unreadable)
    assert another.code == "key_unknown"
    assert kinds(own) == ["log"]
    assert on_the_log(own.records[0][1]).attestation.key_id == PORTBASES.key_id


def test_a_policy_of_one_topic_is_none_of_another() -> None:
    strict = trust_in(SignaturePolicy.REQUIRED, [Topic("pcs.sone.in.v1", "", "")])

    assert strict.policy_of("pcs.portbase.in.v1") is SignaturePolicy.OFF
    assert strict.policy_of("pcs.sone.in.v1") is SignaturePolicy.REQUIRED


def test_what_no_signature_is_over_no_adapter_is_shown() -> None:
    said = desk().said(record(beside=(("in-reply-to", b"call-1"), ("x-anything", b"1"))))

    assert isinstance(said, Said)
    assert said.headers["in-reply-to"] == "call-1"
    assert "x-anything" not in said.headers


def test_what_cannot_be_read_is_a_dead_letter_without_what_was_said() -> None:
    found = outcome(record(b'{"pin": 123456'))

    assert kinds(found) == ["letter"]
    letter = found.records[0][1]
    assert dict(letter.headers)["dlq-reason-code"] == b"malformed"
    assert letter.topic == "dead-letters.v1"


def test_a_part_that_is_wrong_does_not_keep_the_others_back() -> None:
    wrong = Unreadable("field_missing", "$[1].terminal", "It has no terminal.")
    at = that_says(Parsed((Part(STATE, "1"), Part(STATE, "3")), problems=(wrong,)))

    found = outcome(record(), at)

    assert kinds(found) == ["log", "log", "letter"]
    assert found.problems == (wrong,)


def test_a_message_is_made_canonical_or_not_let_in() -> None:
    spelt = STATE.model_copy(update={"container": "cpuu 100001-0"})
    unusable = STATE.model_copy(update={"container": "?"})

    found = outcome(record(), that_says(Parsed((Part(spelt, "1"), Part(unusable, "2")))))

    assert kinds(found) == ["log", "letter"]
    assert found.records[0][1].key == CONTAINER.encode()
    assert [each.code for each in found.problems] == ["identifier_unusable"]


def test_a_partys_word_that_the_system_passes_on_is_the_partys() -> None:
    part = Part(ACCEPTED, "1", accounts={"on_behalf_of": ACCOUNT})

    ((_, made),) = outcome(record(), that_says(Parsed((part,)))).records

    attestation = on_the_log(made).attestation
    assert (attestation.organisation, attestation.via) == (FORWARDER, PORTBASE)
    assert attestation.authentication == "account at portbase"


def test_whose_account_is_linked_to_nobody_says_nothing() -> None:
    part = Part(ACCEPTED, "1", accounts={"on_behalf_of": "a stranger's"})

    found = outcome(record(), that_says(Parsed((part,))))

    assert [each.code for each in found.problems] == ["unlinked_account"]
    assert kinds(found) == ["letter"]


def test_who_a_state_calls_by_an_account_at_the_system_is_whom_it_is_linked_to() -> None:
    here, elsewhere = (
        PartyRef(scheme=Scheme.EXTERNAL, code=f"{system}:{ACCOUNT}")
        for system in ("portbase", "sone")
    )
    shown = STATE.model_copy(update={"agent": elsewhere, "holders": (here,)})
    ((_, made),) = outcome(record(), that_says(Parsed((Part(shown, "1"),)))).records

    logged = on_the_log(made).message
    assert isinstance(logged, ObserveRelease)
    assert logged.holders == (PartyRef(scheme=Scheme.NXTPORT, code=FORWARDER),)
    assert logged.agent == elsewhere


def test_a_party_may_be_named_by_its_code_too() -> None:
    known_here = Part(ACCEPTED, "1", on_behalf_of=PartyRef(scheme=Scheme.NXTPORT, code=HAULIER))
    unknown = Part(
        ACCEPTED, "2", on_behalf_of=PartyRef(scheme=Scheme.NXTPORT, code="NXT29999999999")
    )

    found = outcome(record(), that_says(Parsed((known_here, unknown))))

    assert on_the_log(found.records[0][1]).attestation.organisation == HAULIER
    assert [each.code for each in found.problems] == ["sender_unknown"]


def test_only_what_changed_is_remembered_anew() -> None:
    changed = outcome(record(), that_says(Parsed(memory="two")), "one")
    same = outcome(record(), that_says(Parsed(memory="one")), "one")
    of_nothing = outcome(record(b"{}"), that_says(Parsed(memory="two")), "one")

    assert changed.memory == "two"
    assert same.memory is None
    assert of_nothing.memory is None


def test_what_the_system_is_asked_then_is_told() -> None:
    asked = Request("r-1", "GET", "/bills/1", CONTAINER)

    assert outcome(record(), that_says(Parsed(requests=(asked,)))).requests == (asked,)


def test_what_no_database_takes_is_found_before_it_is_given_to_one() -> None:
    found = desk().said(record(a_state(container="CPUU\x001")))

    assert isinstance(found, Unreadable)
    assert found.code == "malformed"


@pytest.mark.parametrize("first", [True, False])
def test_one_problem_that_may_show_a_secret_keeps_the_whole_of_the_body_closed(
    first: bool,  # noqa: FBT001  a row of two
) -> None:
    shows = Unreadable("malformed", "$.b", "This is none.", sensitive=True)
    harmless = Unreadable("malformed", "$.a", "This is none.")
    both = (shows, harmless) if first else (harmless, shows)

    ((kind, letter),) = outcome(record(b'{"b":"4711"}'), that_says(Parsed(problems=both))).records
    ((_, opened),) = outcome(record(b'{"b":"x"}'), that_says(Parsed(problems=(harmless,)))).records

    assert kind == "letter"
    assert b"4711" not in (letter.value or b"")
    assert opened.value == b'{"b":"x"}'
