"""An edited dead letter comes in on two people's word for that very record, and on no less."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from consumers.intake.edited import NOT_AGREED
from consumers.intake.sort import Desk, Sorted
from schemas.logged import read_logged
from schemas.overrides import Intent, Override, digest_of
from schemas.replays import CONFIRMATION, LETTER, PROPOSAL, digest_of_record
from schemas.signatures import SignaturePolicy
from schemas.value import altered
from tests.consumers.intake.records import CARRIER, KEYS, PARTY, REGISTRATIONS, said
from tests.consumers.intake.signers import (
    AGENT,
    AGENTS,
    CAME_AT,
    World,
    signed_by,
    with_headers,
)
from tests.people import (
    ADA,
    ADAS_OTHER,
    BEN,
    OPERATOR,
    SYSTEM,
    Signer,
    both_sign,
    overseer,
)
from tests.rows import each_row

Came: TypeAlias = ConsumerRecord[Any, Any]
PLACE = "3/17"
RELEASE = said(CARRIER, "release")


def desk(overrides_by: str | None = OPERATOR, **world: Any) -> Desk:
    known = World(**world).desk()
    directory = known.directory.joined_by(overseer(ADA, BEN, ADAS_OTHER, SYSTEM), 4)
    trust = replace(known.trust, overrides_by=overrides_by)
    return replace(known, directory=directory, trust=trust)


def digest(record: Came) -> str:
    return digest_of_record(record.topic, record.key, dict(record.headers), record.value)


def edited(
    record: Came = RELEASE,
    people: tuple[Signer, Signer] = (ADA, BEN),
    at: datetime = CAME_AT,
    place: str = PLACE,
) -> Came:
    """The record as it goes in again, with two people's word for it."""
    what = Override.REPLAY_EDITED_DEAD_LETTER
    both = both_sign(what, place, digest(record), at, people)
    return bearing(record, both["proposal"], both["confirmation"])


def bearing(record: Came, proposal: str, confirmation: str, place: str = PLACE) -> Came:
    words = {LETTER: place, PROPOSAL: proposal, CONFIRMATION: confirmation}
    kept = dict(record.headers) | {name: text.encode() for name, text in words.items()}
    return with_headers(record, kept.items())


def altered_record(record: Came, **values: Any) -> Came:
    fields = ("topic", "partition", "offset", "timestamp", "timestamp_type", "key", "value")
    kept = {name: getattr(record, name) for name in fields} | values
    return ConsumerRecord(*kept.values(), None, -1, -1, record.headers)


def code(found: Sorted) -> str:
    """`logged`, or the code of the one problem, of which nobody hears anything."""
    if found.problems:
        assert [record.topic for record in found.records] == ["dead-letters.v1"]
        return found.problems[0].code
    return "logged"


def test_on_two_peoples_word_it_is_logged_as_its_senders_and_the_evidence_names_both() -> None:
    record = edited()

    found = desk().sort(record)

    assert code(found) == "logged"
    (logged,) = found.records
    attestation = read_logged(logged.headers, logged.value or b"").attestation
    headers = dict(record.headers)
    assert attestation.organisation == AGENT
    assert attestation.edited_by == "ada, ben"
    assert (attestation.signature, attestation.key_id) == (None, None)
    assert (attestation.proposal or "").encode() == headers[PROPOSAL]
    assert (attestation.confirmation or "").encode() == headers[CONFIRMATION]


def test_its_senders_own_signature_is_not_of_it_any_more() -> None:
    changed = altered_record(signed_by(AGENTS, RELEASE), value=(RELEASE.value or b"") + b" ")

    assert code(desk().sort(changed)) == "signature_wrong"
    assert code(desk().sort(edited(changed))) == "logged"


BOTH = dict(edited().headers)
ONLY_ONE = bearing(RELEASE, BOTH[PROPOSAL].decode(), "")


@each_row(
    "record",
    [
        edited(people=(ADA, ADA)),
        edited(people=(ADA, ADAS_OTHER)),
        edited(people=(ADA, SYSTEM)),
        edited(people=(ADA, Signer("cleo", 5))),
        edited(at=CAME_AT - timedelta(minutes=16)),
        edited(at=CAME_AT + timedelta(minutes=1)),
        ONLY_ONE,
        with_headers(RELEASE, (*RELEASE.headers, (LETTER, PLACE.encode()))),
        with_headers(RELEASE, (*RELEASE.headers, (CONFIRMATION, b"x"))),
        bearing(edited(), BOTH[PROPOSAL].decode(), BOTH[CONFIRMATION].decode(), "3/18"),
        altered_record(edited(), value=(RELEASE.value or b"") + b" "),
        altered_record(edited(), topic=PARTY),
        altered_record(edited(), key=b"CPUU1000026"),
        bearing(said(CARRIER, "delete"), BOTH[PROPOSAL].decode(), BOTH[CONFIRMATION].decode()),
    ],
    ids=range(14),  # two people's words are long
)
@each_row("policy", SignaturePolicy)
def test_on_less_it_is_a_dead_letter_again_whatever_is_asked_of_signatures(
    record: Came, policy: SignaturePolicy
) -> None:
    found = desk(policies={CARRIER: policy, PARTY: policy}).sort(record)

    assert code(found) == NOT_AGREED
    assert found.problems[0].sentence.endswith(".")


def test_a_header_of_its_envelope_is_part_of_what_they_agreed_to() -> None:
    record = edited()
    other = dict(record.headers) | {"ce_id": b"another"}

    assert code(desk().sort(with_headers(record, other.items()))) == NOT_AGREED


def test_where_nobody_is_named_nothing_edited_comes_in() -> None:
    assert code(desk(None).sort(edited())) == NOT_AGREED


@pytest.mark.parametrize("topic", [REGISTRATIONS, KEYS])
def test_nothing_is_replayed_edited_where_keys_and_organisations_are_registered(
    topic: str,
) -> None:
    registers = said(topic, "register_key", key=b"NXT21000000002")

    assert code(desk().sort(edited(registers))) == NOT_AGREED


def test_as_it_came_it_goes_in_on_its_senders_signature_alone() -> None:
    assert code(desk(None).sort(signed_by(AGENTS, RELEASE))) == "logged"


WORDS = st.lists(
    st.tuples(
        st.sampled_from([ADA, ADAS_OTHER]),
        st.sampled_from(Override),
        st.sampled_from([PLACE, "3/18"]),
        st.sampled_from([digest(RELEASE), ""]),
    ),
    min_size=1,
    max_size=5,
)


@given(words=WORDS, data=st.data())
def test_whatever_one_person_signs_nothing_edited_comes_in(
    words: list[tuple[Signer, Override, str, str]], data: st.DataObject
) -> None:
    spoken: list[str] = []
    for signer, what, place, detail in words:
        intent = Intent(what, place, detail, CAME_AT)
        before = st.none() | st.sampled_from(spoken).map(digest_of) if spoken else st.none()
        spoken.append(signer.sign(altered(intent, confirms=data.draw(before))))
    first, second = data.draw(st.sampled_from(spoken)), data.draw(st.sampled_from(spoken))

    assert code(desk().sort(bearing(RELEASE, first, second))) == NOT_AGREED
