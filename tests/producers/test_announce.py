"""Where each fact goes: to which topics, under which key and id, where in them, as what bytes."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings

from ledger.book.heads import check_head, head_key, sign_head
from producers.announce import announced, beats, opened_by, partition_of_shard
from producers.records import Record
from producers.telling import entitlement_of, notices_of
from schemas import facts as f
from schemas.board import BOARD_LINE
from schemas.entitlement import ENTITLEMENT, HEARTBEAT, Heartbeat, entitlement_key
from schemas.envelope import Envelope, read_envelope
from schemas.facts import RecordedFact
from schemas.heads import HEAD
from schemas.notices import NOTICE
from schemas.organisations import Terminal
from schemas.topics import REGISTER, Topic, outbox
from schemas.value import altered
from tests.adapters.story import AGENT, CONTAINER, FORWARDER, HAULIER, TERMINAL, Story
from tests.chance import examples
from tests.producers.stories import NAMES, OF_THE_DRIVER, every_kind, stories
from tests.rows import each_row

KINDS = every_kind()
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
SPACE = "t1."
FACTS, BOARD, RIGHTS = "ledger.facts.v1", "board.v1", "terminal.beanr-1742.pickup-rights.v1"
OF_ORGANISATIONS = "directory.facts.v1"


def records_of(recorded: RecordedFact, namespace: str = SPACE) -> list[tuple[Topic, Record]]:
    return list(announced(recorded, f.written(recorded), namespace))


def box(party: str) -> str:
    return f"party.{party.lower()}.outbox.v1"


def topics_of(recorded: RecordedFact) -> list[str]:
    return [topic.name for topic, _ in records_of(recorded)]


OF_CONTAINERS = {kind for kind, recorded in KINDS.items() if recorded.container}


@each_row("kind", sorted(OF_CONTAINERS - {"entitlement_withdrawn"}))
def test_a_fact_of_a_container_is_kept_shown_and_told(kind: str) -> None:
    recorded = KINDS[kind]
    right = [RIGHTS] if entitlement_of(recorded) else []
    outboxes = [box(party) for party, _ in notices_of(recorded)]

    assert topics_of(recorded) == [FACTS, BOARD, *right, *outboxes]


def test_the_record_of_a_right_that_ended_long_ago_is_taken_away() -> None:
    recorded = KINDS["entitlement_withdrawn"]
    assert recorded.stay is not None
    key = entitlement_key(recorded.container, recorded.stay.release_id)

    (tombstone,) = [record for topic, record in records_of(recorded) if topic.name == RIGHTS]
    assert (tombstone.key, tombstone.value) == (key, None)
    assert topics_of(recorded) == [FACTS, BOARD, RIGHTS]


def test_by_hand_where_a_day_goes() -> None:
    assert topics_of(KINDS["pickup_assigned"]) == [FACTS, BOARD, RIGHTS, box(HAULIER)]
    assert topics_of(KINDS["accepted"]) == [FACTS, BOARD, box(AGENT), box(FORWARDER)]
    assert topics_of(KINDS["refused"]) == [FACTS, BOARD, box(FORWARDER)]


def test_an_organisation_goes_to_the_directory_and_its_answer_to_the_register() -> None:
    (kept, record), (answer, _) = records_of(KINDS["organisation_registered"])

    assert (kept.name, record.key) == (OF_ORGANISATIONS, TERMINAL.encode())
    assert answer == outbox(REGISTER)


def test_a_registration_that_is_refused_is_answered_and_shown_to_nobody_else() -> None:
    refused = altered(KINDS["organisation_registered"], fact=KINDS["refused"].fact)

    assert topics_of(refused) == [box(REGISTER)]


def test_with_an_organisation_its_outbox_and_the_topics_of_its_quays_open() -> None:
    joined = KINDS["organisation_registered"].fact

    assert [topic.name for topic in opened_by(joined)] == [box(TERMINAL), RIGHTS]
    assert [kind for kind in KINDS if list(opened_by(KINDS[kind].fact))] == [
        "organisation_registered"
    ]


# --- ids, keys, partitions -----------------------------------------------------------------------


@each_row("kind", KINDS)
def test_every_record_says_which_entry_it_comes_from(kind: str) -> None:
    recorded = KINDS[kind]
    for _, record in records_of(recorded):
        envelope = read_envelope(record.headers)
        assert isinstance(envelope, Envelope)
        assert envelope.id == f"{recorded.shard}-{recorded.seq}"
        assert envelope.type == f"releasebus.fact.{kind}"
        assert envelope.source == "urn:releasebus:ledger"
        assert (envelope.time, envelope.subject) == (recorded.recorded_at, recorded.container)


@pytest.mark.parametrize("shard", ["ledger-0", "ledger-3", "ledger-11"])
def test_what_has_partitions_follows_the_shard_and_the_rest_has_one(shard: str) -> None:
    recorded = altered(KINDS["pickup_assigned"], shard=shard)
    places = {topic.name: record.partition for topic, record in records_of(recorded)}
    number = int(shard.removeprefix("ledger-"))

    assert places == {FACTS: number, BOARD: number, RIGHTS: 0, box(HAULIER): 0}
    assert partition_of_shard(shard) == number


@given(stories())
@example(tuple(KINDS.values()))
@settings(max_examples=examples(30))
def test_every_partition_is_one_that_its_topic_has(facts: tuple[RecordedFact, ...]) -> None:
    for recorded in facts:
        for topic, record in records_of(recorded):
            assert record.topic == SPACE + topic.name
            assert 0 <= record.partition < topic.partitions


def test_keys_are_what_a_reader_looks_by() -> None:
    recorded = KINDS["pickup_assigned"]
    assert recorded.stay is not None
    keys = {topic.name: record.key for topic, record in records_of(recorded)}

    assert keys.pop(RIGHTS) == entitlement_key(CONTAINER, recorded.stay.release_id)
    assert set(keys.values()) == {CONTAINER.encode()}


# --- bytes ---------------------------------------------------------------------------------------

READERS: Mapping[str, tuple[Callable[[bytes], Any], Callable[[Any], bytes]]] = {
    FACTS: (f.read, f.written),
    OF_ORGANISATIONS: (f.read, f.written),
    BOARD: (BOARD_LINE.read, BOARD_LINE.written),
    "pickup-rights": (ENTITLEMENT.read, ENTITLEMENT.written),
    "outbox": (NOTICE.read, NOTICE.written),
}


def check_reads_back(topic: Topic, record: Record) -> None:
    """What is read of a record and written again is the same record."""
    (name,) = [name for name in READERS if name in topic.name]
    read, written = READERS[name]
    assert record.value is not None
    assert written(read(record.value)) == record.value


@given(stories())
@example(tuple(KINDS.values()))
@settings(max_examples=examples(40))
def test_every_record_reads_back_and_is_written_again_to_the_same_bytes(
    facts: tuple[RecordedFact, ...],
) -> None:
    for recorded in facts:
        for topic, record in records_of(recorded):
            if record.value is not None:  # a tombstone: there is nothing to read
                check_reads_back(topic, record)


@each_row("kind", KINDS)
def test_what_a_successor_publishes_from_the_table_is_what_memory_would_have(kind: str) -> None:
    body = f.written(KINDS[kind])

    assert list(announced(f.read(body), body, SPACE)) == records_of(KINDS[kind])


def test_the_fact_is_published_in_the_bytes_that_were_stored() -> None:
    # Stored by an older version, say: to write it anew would break its hash.
    stored = f.written(KINDS["blocked"]).replace(b'":', b'" :', 1)
    (_, kept), *_ = announced(KINDS["blocked"], stored, SPACE)

    assert kept.value == stored


@given(stories())
@example(tuple(KINDS.values()))
@settings(max_examples=examples(30))
def test_the_driver_is_read_on_the_terminals_topic_and_in_the_internal_facts_alone(
    facts: tuple[RecordedFact, ...],
) -> None:
    for recorded in facts:
        for topic, record in records_of(recorded):
            leaks = [secret for secret in OF_THE_DRIVER if secret in (record.value or b"")]
            assert not leaks or topic.name in {FACTS, RIGHTS, RIGHTS.replace("1742", "913")}
            assert not [name for name, value in record.headers if has_any(value, OF_THE_DRIVER)]


def test_headers_name_no_party() -> None:
    names = tuple(name for known in NAMES.values() for name in known)
    for recorded in KINDS.values():
        for _, record in records_of(recorded):
            assert not [name for name, value in record.headers if has_any(value, names)]


def has_any(text: bytes, parts: tuple[bytes, ...]) -> bool:
    return any(part in text for part in parts)


# --- heartbeats and heads ------------------------------------------------------------------------

TERMINALS = (Terminal("BEANR", "1742", "k1", "a2V5"), Terminal("BEANR", "913"))


def test_every_terminal_hears_the_shards_heart() -> None:
    beat = Heartbeat(shard="ledger-3", seq=17, at=NOW)
    records = list(beats(beat, None, TERMINALS, SPACE))

    assert [record.topic for record in records] == [
        SPACE + RIGHTS,
        SPACE + RIGHTS.replace("1742", "913"),
    ]
    assert {(record.partition, record.key) for record in records} == {(0, b"heartbeat/ledger-3")}
    for record in records:
        assert record.value is not None
        assert HEARTBEAT.read(record.value) == beat
        assert HEARTBEAT.written(HEARTBEAT.read(record.value)) == record.value
        # Shard, place and time: nothing of a key, a party or a driver.
        assert set(json.loads(record.value)) == {"type", "shard", "seq", "at"}


def test_a_head_goes_out_where_it_is_given_and_can_be_checked_as_it_is_read() -> None:
    key = head_key(None)
    head = sign_head(key, "ledger-3", 17, bytes(32), NOW)
    *_, record = beats(Heartbeat(shard="ledger-3", seq=17, at=NOW), head, TERMINALS, SPACE)

    assert (record.topic, record.partition) == (f"{SPACE}ledger.heads.v1", 0)
    assert record.key == b"ledger-3"
    assert record.value is not None
    read = HEAD.read(record.value)
    assert read == head
    assert HEAD.written(read) == record.value
    assert check_head(read, key.public_key)


def test_where_there_is_no_terminal_yet_nothing_is_beaten() -> None:
    assert list(beats(Heartbeat(shard="ledger-3", seq=0, at=NOW), None, (), SPACE)) == []


def test_a_namespace_is_kept_in_every_name() -> None:
    story = Story()
    (released,) = story.released()
    for _, record in records_of(released, "other."):
        assert record.topic.startswith("other.")
    assert [record.topic for _, record in records_of(released, "")] == topics_of(released)
