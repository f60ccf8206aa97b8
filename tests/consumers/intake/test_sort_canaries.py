"""No card, PIN, TCT or one-time code gets past intake, however it is put into a record."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.intake import dead_letters, sort
from consumers.intake.sort import Desk
from consumers.intake.trust import trust_everywhere
from ledger.directory.directory import directory_of
from producers.records import Record
from schemas import envelope, normalising, plain_identity
from schemas.envelope import headers_of
from schemas.keys import Gateway
from schemas.message_types import ON_TOPIC
from schemas.organisations import Organisation
from schemas.signatures import SPOKEN_FOR, SignaturePolicy
from schemas.topics import MEBIBYTE
from schemas.value import altered
from tests.canaries import seen_in
from tests.consumers.intake.records import CARRIER, PARTY, came
from tests.consumers.intake.test_sort import AGENT, DIRECTORY
from tests.planted_canaries import FREELY, NAMED, Planted, planted, written_freely
from tests.schemas.samples import NOW, sample
from tests.schemas.samples import envelope as envelope_of

pytestmark = pytest.mark.searches  # every type of message with every canary

DOOR = "NXT21000000009"
DESK = Desk("", MEBIBYTE, DIRECTORY)
WAYS = tuple(planted(AGENT))
Pair = tuple[str, str]


def leaks(each: Planted, desk: Desk = DESK) -> list[str]:
    """Return which canaries are found again: in what is handed on, or told in a log."""
    found = desk.sort(came(each.topic, each.value, each.headers, key=each.key))
    words = "\n".join(f"{why.position} {why.sentence}" for why in found.problems)
    return seen_in(b"\1".join([words.encode(), *(bytes_of(one) for one in found.records)]))


def bytes_of(record: Record) -> bytes:
    """Return everything that stands in a record."""
    headers = (part for name, value in record.headers for part in (name.encode(), value or b""))
    return b"\1".join([record.topic.encode(), record.key or b"", record.value or b"", *headers])


def leaking(ways: Iterable[Planted]) -> dict[str, list[str]]:
    return {f"{each.topic}: {each.how}": found for each in ways if (found := leaks(each))}


def test_nothing_that_was_planted_is_handed_on() -> None:
    found = leaking(WAYS)

    assert len(WAYS) > 2000
    assert found == {}, "\n".join(f"{how}: {where}" for how, where in found.items())


def test_nothing_that_was_planted_is_handed_on_of_what_should_have_been_signed() -> None:
    strict = replace(DESK, trust=trust_everywhere(SignaturePolicy.REQUIRED, None))
    found = {each.how: seen for each in WAYS[::5] if (seen := leaks(each, strict))}

    assert found == {}


def test_nothing_that_was_planted_is_handed_on_of_what_a_gateway_says() -> None:
    """Its words on how it knew a party stand in the ledger for ever."""
    gateway = Organisation(DOOR, 1, "Demo Door", ())
    parties = [altered(each, gateways=(Gateway(DOOR, NOW),)) for each in DIRECTORY.by_id.values()]
    desk = replace(DESK, directory=directory_of([*parties, gateway], 9))
    spoken = [each for each in planted(DOOR) if each.how.startswith("rb_")]

    assert {name for each in spoken for name, _ in each.headers} >= set(SPOKEN_FOR)
    assert {each.how: seen for each in spoken if (seen := leaks(each, desk))} == {}


def test_free_text_that_tells_a_secret_stops_no_message_and_is_not_handed_on() -> None:
    """A block that is not taken would let a box out."""
    free = list(written_freely(AGENT))

    assert len(free) > 300
    for each in free:
        found = DESK.sort(came(each.topic, each.value, each.headers, key=each.key))
        (record,) = found.records
        assert (found.problems, found.logged) == ((), 1), each.how
        assert b'"[redacted]"' in (record.value or b""), each.how
        findings = dict(record.headers)["rb_findings"] or b""
        assert b"redacted: $." in findings, each.how
    assert {each.how: seen for each in free if (seen := leaks(each))} == {}


def test_a_dead_letter_shows_no_more_of_free_text_than_the_log_would() -> None:
    letters = [replace(each, key=b"WRONG KEY") for each in written_freely(AGENT)]
    spoken = [each for each in letters if "CPu" not in each.how]

    assert {DESK.sort(came(w.topic, w.value, w.headers, key=w.key)).logged for w in spoken} == {0}
    assert {each.how: seen for each in spoken if (seen := leaks(each))} == {}


def test_something_is_planted_in_every_message_and_on_every_topic() -> None:
    said = {dict(each.headers)["ce_type"].decode() for each in WAYS if each.value != b"{"}

    wanted = {model.TYPE for models in ON_TOPIC.values() for model in models}
    assert wanted - {"releasebus.tick", "releasebus.resume"} <= said


BUGS: list[tuple[str, object, str, Callable[..., object]]] = [
    ("nothing looks secret", plain_identity, "_looks_secret", lambda _: None),
    ("dead letters keep what has no names", dead_letters, "_is_nameless", lambda _: False),
    ("names of members stay", dead_letters, "_hides_in_a_name", lambda _: False),
    ("headers and keys stay", dead_letters, "_shown", lambda came, _known=None: came),
    ("names of headers stay", dead_letters, "may_be_shown", lambda _: True),
    ("subjects are repeated", sort, "_repeatable", lambda said: said),
    ("names of headers are told", envelope, "header_named", lambda name: f"header {name}"),
    ("disguises are not taken off", plain_identity, "disguises", lambda data: (data,)),
    ("what is packed is kept", plain_identity, "is_compressed", lambda _: False),
]


@pytest.mark.parametrize(
    ("place", "name", "broken"), [bug[1:] for bug in BUGS], ids=[bug[0] for bug in BUGS]
)
def test_a_planted_bug_is_found(
    place: object, name: str, broken: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, name, broken)

    # gzip hides a canary from every search but this one: what is kept of it counts.
    kept = [each for each in WAYS if each.how.endswith("gzip") and _is_kept(each)]
    assert kept or any(leaks(each) for each in WAYS[::7])


@pytest.mark.parametrize("test", ["words_show_a_secret", "reference_shows_a_secret"])
def test_free_text_that_stays_as_it_came_is_found(
    test: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(normalising, test, lambda _: False)

    assert any(leaks(each) for each in WAYS if FREELY in each.how)


def _is_kept(each: Planted) -> bool:
    found = DESK.sort(came(each.topic, each.value, each.headers, key=each.key))
    return any(each.value == one.value for one in found.records)


def test_nothing_packed_is_kept() -> None:
    packed = [each for each in WAYS if each.how.endswith("gzip")]

    assert packed
    assert not [each.how for each in packed if _is_kept(each)]


# --- forms that nobody thought of --------------------------------------------------------------

names = st.sampled_from([(name, canary) for canary, each in NAMED.items() for name in each])
junk = st.binary(max_size=12)
kinds = st.sampled_from([("assign_pickup", PARTY), ("release", CARRIER)])


@given(kinds, names, junk, junk, st.sampled_from(['"', "'", "", "\\"]), st.integers(0, 200))
def test_a_body_that_names_a_secret_and_is_soiled_around_it_shows_nothing(
    kind: tuple[str, str],
    named: tuple[str, str],
    before: bytes,
    behind: bytes,
    mark: str,
    cut: int,
) -> None:
    (message, topic), (name, canary) = kind, named
    rest = json.dumps(sample(message)).encode()
    pair = f"{mark}{name}{mark}: {mark}{canary}{mark}".encode()
    value = before + b"{" + pair + b", " + rest[1 : len(rest) - cut] + behind

    headers = headers_of(envelope_of(message))
    assert leaks(Planted("soiled", topic, b"MSCU7029147", value, headers)) == []
