"""The table of roles says what it means: only topics that there are, and no right by accident."""

import pytest

from schemas.messages import Role
from schemas.organisations import Terminal
from schemas.rights import (
    COLUMNS,
    Deed,
    Kind,
    NoSuchRole,
    NotForKafka,
    Right,
    Whose,
    rights_of,
    roles,
)
from schemas.topics import DEAD_LETTERS, DIRECTORY_FACTS, FIXED, INPUTS, LEDGER_FACTS, LOGS
from tests.rows import each_row

WHOSE = Whose("NXT21000000004", (Terminal("BEANR", "1742"),), ("antwerp_cpu",))
TOPICS = {topic.name for topic in FIXED}
INTERNAL = {topic.name for topic in (*LOGS, LEDGER_FACTS, DIRECTORY_FACTS, DEAD_LETTERS)}
PARTIES = [*Role]


@each_row("role", roles())
def test_every_name_in_the_table_is_a_topic_a_pattern_or_a_placeholder(role: str) -> None:
    assert roles()[role].keys() <= COLUMNS.keys()
    for column, names in roles()[role].items():
        about_topics = COLUMNS[column][0][0] is Kind.TOPIC
        literal = {n for n in names if about_topics and not n.endswith("*") and "{" not in n}
        assert literal <= TOPICS, (role, column)


@each_row("role", roles())
def test_no_placeholder_is_left_in_a_right(role: str) -> None:
    names = {right.name for right in rights_of(role, WHOSE)}
    assert names
    assert not [name for name in names if set(name) & set("{}*")]


@pytest.mark.parametrize("role", [*PARTIES, "gate"])
def test_an_organisation_has_only_names_of_its_own_and_one_input(role: str) -> None:
    rights = rights_of(role, WHOSE)
    writes = {r.name for r in rights if r.kind is Kind.TOPIC and r.deed is Deed.WRITE}
    reads = {r.name for r in rights if r.kind is Kind.TOPIC and r.deed is Deed.READ}
    assert len(writes) == (0 if role == "gate" else 1)
    assert writes <= {topic.name for topic in INPUTS}
    assert reads <= {
        "party.nxt21000000004.outbox.v1",
        "terminal.beanr-1742.pickup-rights.v1",
    }
    for right in rights:
        assert right.prefixed == (right.kind is not Kind.TOPIC)
        assert not right.prefixed or right.name == "party.nxt21000000004."
        assert right.name not in INTERNAL


def test_every_role_of_an_organisation_is_in_the_table() -> None:
    assert set(Role) <= roles().keys()


def test_one_organisations_prefix_begins_no_other_ones() -> None:
    short, long = Whose("NXT2100000000"), Whose("NXT21000000001")
    prefixes = {right.name for right in rights_of("customs", short) if right.prefixed}
    others = {right.name for right in rights_of("customs", long)}
    assert not [name for name in others if name.startswith(tuple(prefixes))]


@pytest.mark.parametrize("organisation", ["", "a.b", "a*", "a_b", "NXT1\n", "é"])
def test_an_id_that_could_reach_into_anothers_names_gets_no_rights(organisation: str) -> None:
    with pytest.raises(NotForKafka):
        rights_of("ship_agent", Whose(organisation))


def test_a_role_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(NoSuchRole, match=r"'carrier'; there are organisation, ship_agent"):
        rights_of("carrier", WHOSE)


def test_names_are_those_of_the_namespace() -> None:
    assert rights_of("gate", WHOSE, "test.") == {
        Right(Kind.TOPIC, "test.terminal.beanr-1742.pickup-rights.v1", Deed.READ)
    }


@pytest.mark.parametrize(
    ("right", "said"),
    [
        (Right(Kind.TOPIC, "board.v1", Deed.READ), "read board.v1"),
        (Right(Kind.GROUP, "intake", Deed.READ), "read group intake"),
        (Right(Kind.TOPIC, "party.", Deed.WRITE, prefixed=True), "write party.*"),
        (Right(Kind.TOPIC, "x", Deed.WRITE, denied=True), "never write x"),
        (
            Right(Kind.CLUSTER, "kafka-cluster", Deed.ALTER, host="::1"),
            ("alter cluster kafka-cluster from ::1"),
        ),
    ],
)
def test_a_right_is_said_in_words(right: Right, said: str) -> None:
    assert str(right) == said


def test_apply_never_writes_what_terminals_report_and_the_door_never_reads_it() -> None:
    events = "terminal.events.v1"
    writing = Right(Kind.TOPIC, events, Deed.WRITE, denied=True)
    reading = Right(Kind.TOPIC, events, Deed.READ, denied=True)
    assert writing in rights_of("apply", WHOSE)
    assert reading in rights_of("door", WHOSE)
    assert not [r for r in rights_of("apply", WHOSE) if r.denied and r != writing]
