"""A broker differs from the plan by what lacks and by what is too many, whoever has it."""

import pytest

from schemas.access import NameTaken, difference, of_organisation, of_the_bus, together
from schemas.messages import Role
from schemas.organisations import Organisation, Terminal
from schemas.rights import Deed, Kind, NoSuchRole, Right, Whose, rights_of

NONE: frozenset[Right] = frozenset()
ONE = Right(Kind.TOPIC, "board.v1", Deed.READ)
OTHER = Right(Kind.TOPIC, "ledger.log.v1", Deed.READ)
CLUSTER = Right(Kind.CLUSTER, "kafka-cluster", Deed.ALTER)


def organisation(*roles: Role, system: str | None = None) -> Organisation:
    quays = (Terminal("BEANR", "1742"), Terminal("BEANR", "913"))
    return Organisation("NXT21000000004", 1, "Demo", roles, (), quays, system)


def test_an_organisation_may_what_each_of_its_roles_may() -> None:
    access = of_organisation(organisation(Role.SHIP_AGENT, Role.RELEASE_PARTY))
    whose = Whose("NXT21000000004")
    roles = ("organisation", "ship_agent", "release_party")
    own = [rights_of(role, whose) for role in roles]
    assert access == {"NXT21000000004": frozenset[Right]().union(*own)}


def test_each_gate_of_a_terminal_is_a_user_that_reads_its_own_quay_alone() -> None:
    access = of_organisation(organisation(Role.TERMINAL_OPERATOR))
    assert access.keys() == {"NXT21000000004", "gate-beanr-1742", "gate-beanr-913"}
    assert [right.name for right in access["gate-beanr-913"]] == [
        "terminal.beanr-913.pickup-rights.v1"
    ]


def test_who_runs_no_quay_has_no_gate_and_who_has_no_role_changes_its_own_keys_alone() -> None:
    access = of_organisation(organisation())
    assert access == {"NXT21000000004": rights_of("organisation", Whose("NXT21000000004"))}
    written = {str(right) for right in access["NXT21000000004"] if right.kind is Kind.TOPIC}
    assert written == {"write keys.v1", "read party.nxt21000000004.outbox.v1"}


def test_who_speaks_for_a_system_is_a_gateway() -> None:
    access = of_organisation(organisation(system="portbase"))
    whose = Whose("NXT21000000004", systems=("portbase",))
    roles = ("organisation", "gateway", "community_system")
    own = frozenset[Right]().union(*(rights_of(role, whose) for role in roles))
    assert access["NXT21000000004"] == own
    told = {str(right) for right in own}
    assert {"write pcs.portbase.in.v1", "read pcs.portbase.out.v1"} <= told
    assert not [right for right in told if "sone" in right]


def test_a_user_of_the_bus_with_a_role_that_there_is_not_is_refused() -> None:
    with pytest.raises(NoSuchRole):
        of_the_bus({"intake": "intakes"}, ())


def test_two_users_of_one_name_are_refused() -> None:
    with pytest.raises(NameTaken, match="intake"):
        together({"intake": NONE}, {"apply": NONE}, {"intake": frozenset({ONE})})


@pytest.mark.parametrize("whole", [True, False])
def test_a_broker_as_it_is_wanted_differs_in_nothing(whole: bool) -> None:  # noqa: FBT001  a case
    wanted = {"a": frozenset({ONE}), "b": NONE}
    assert difference(wanted, ["a", "b"], {"a": frozenset({ONE})}, whole=whole).is_none


def test_what_lacks_and_what_is_too_many_is_found_for_each_user() -> None:
    wanted = {"a": frozenset({ONE}), "b": frozenset({ONE})}
    found = difference(
        wanted, ["a"], {"a": frozenset({OTHER}), "b": frozenset({ONE, CLUSTER})}, whole=False
    )
    assert found.users_missing == ("b",)
    assert found.missing == (("a", ONE),)
    assert found.too_many == (("a", OTHER), ("b", CLUSTER))
    assert not found.is_none


def test_what_anybody_may_is_too_many_whatever_was_asked_for() -> None:
    found = difference({"a": NONE}, ["a"], {"*": frozenset({ONE})}, whole=False)
    assert found.too_many == (("*", ONE),)


def test_what_a_stranger_may_is_too_many_only_where_the_whole_was_asked_for() -> None:
    held = {"x": frozenset({ONE})}
    whole = difference({"a": NONE}, ["a", "x"], held, whole=True)
    assert (whole.strangers, whole.too_many) == (("x",), (("x", ONE),))
    assert difference({"a": NONE}, ["a", "x"], held, whole=False).is_none


def test_an_allowed_right_does_not_stand_for_a_denied_one() -> None:
    denied = Right(Kind.TOPIC, "board.v1", Deed.READ, denied=True)
    found = difference({"a": frozenset({denied})}, ["a"], {"a": frozenset({ONE})}, whole=False)
    assert (found.missing, found.too_many) == ((("a", denied),), (("a", ONE),))


@pytest.mark.parametrize(
    ("right", "reaches"),
    [
        (Right(Kind.TOPIC, "ours.board.v1", Deed.READ), True),
        (Right(Kind.TOPIC, "theirs.board.v1", Deed.READ), False),
        (Right(Kind.TOPIC, "board.v1", Deed.READ), False),
        (Right(Kind.TOPIC, "*", Deed.READ), True),
        (Right(Kind.TOPIC, "ou", Deed.READ, prefixed=True), True),
        (Right(Kind.TOPIC, "ou", Deed.READ), False),
        (CLUSTER, True),
    ],
)
def test_of_a_shared_broker_only_what_reaches_into_the_namespace_counts(
    right: Right,
    reaches: bool,  # noqa: FBT001  a case
) -> None:
    found = difference(
        {"a": NONE}, ["a"], {"a": frozenset({right})}, namespace="ours.", whole=True
    )
    assert bool(found.too_many) is reaches
