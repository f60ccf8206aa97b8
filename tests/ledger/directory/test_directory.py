"""Organisations are found by any of their codes, terminals by their quay."""

from datetime import UTC, datetime

import pytest

from ledger.directory.directory import Directory, NotFound, codes_of, directory_of
from schemas.identifiers import Scheme
from schemas.keys import Key
from schemas.messages import PartyRef, Role
from schemas.organisations import Account, Code, Organisation, Terminal

VAT = Code(Scheme.VAT, "BE0429672881")
FORWARDER = Organisation(
    "NXT21000000001", 1, "Forwarder", (Role.RELEASE_PARTY,), (VAT, Code(Scheme.EORI, "BE1"))
)
TERMINAL = Organisation(
    "NXT21000000002",
    1,
    "Terminal",
    (Role.TERMINAL_OPERATOR,),
    terminals=(Terminal("BEANR", "1742"), Terminal("BEANR", "913")),
)
INLAND = Organisation(
    "NXT21000000003",
    1,
    "Inland terminal",
    (Role.TRANSPORT_OPERATOR,),
    terminals=(Terminal("BEWLB", "1"),),
)
DIRECTORY = directory_of((FORWARDER, TERMINAL, INLAND), 3)


def named(scheme: Scheme, code: str) -> PartyRef:
    return PartyRef(scheme=scheme, code=code)


@pytest.mark.parametrize(
    "party",
    [
        named(Scheme.NXTPORT, FORWARDER.id),
        named(Scheme.VAT, "BE0429672881"),
        named(Scheme.EORI, "BE1"),
    ],
)
def test_an_organisation_is_found_by_each_of_its_codes(party: PartyRef) -> None:
    assert DIRECTORY.find(party) is FORWARDER


def test_a_code_of_nobody_is_unknown_and_so_is_anothers_scheme() -> None:
    assert DIRECTORY.find(named(Scheme.VAT, "BE0000000000")) is NotFound.UNKNOWN
    assert DIRECTORY.find(named(Scheme.EORI, VAT.value)) is NotFound.UNKNOWN
    assert DIRECTORY.get("NXT21000000099") is None


def test_a_code_of_two_is_ambiguous() -> None:
    twin = Organisation("NXT21000000009", 1, "Twin", (Role.RELEASE_PARTY,), (VAT,))

    assert DIRECTORY.joined_by(twin, 4).find(named(Scheme.VAT, VAT.value)) is NotFound.AMBIGUOUS


def test_a_code_given_twice_by_one_is_not_ambiguous() -> None:
    careless = Organisation("NXT21000000009", 1, "Twice", (Role.RELEASE_PARTY,), (VAT, VAT))

    assert directory_of([careless], 1).find(named(Scheme.VAT, VAT.value)) is careless


def test_a_quay_has_its_operator_in_its_port_only() -> None:
    assert DIRECTORY.operator_of("BEANR", "913") is TERMINAL
    assert DIRECTORY.operator_of("FRLEH", "913") is None


def test_an_inland_terminal_is_no_quay() -> None:
    """cpu.md §7 rule 10: it is a transport operator, to which no container is released."""
    assert DIRECTORY.operator_of("BEWLB", "1") is None


def test_who_stands_anew_is_found_by_its_new_codes_only() -> None:
    renewed = Organisation(
        FORWARDER.id, 2, "Forwarder", FORWARDER.roles, (Code(Scheme.VAT, "BE0000000097"),)
    )

    directory = DIRECTORY.joined_by(renewed, 4)

    assert directory.find(named(Scheme.VAT, "BE0000000097")) is renewed
    assert directory.find(named(Scheme.VAT, VAT.value)) is NotFound.UNKNOWN
    assert directory.version == 4


def test_one_who_joins_leaves_the_directory_before_as_it_was() -> None:
    newcomer = Organisation("NXT21000000009", 1, "New", (Role.RELEASE_PARTY,))

    after = DIRECTORY.joined_by(newcomer, 4)

    assert DIRECTORY.get(newcomer.id) is None
    assert after == directory_of((*DIRECTORY.by_id.values(), newcomer), 4)


def test_one_who_joins_is_found_by_its_keys_its_accounts_and_its_system_at_once() -> None:
    newcomer = Organisation(
        "NXT21000000009",
        1,
        "New",
        (),
        system="portbase",
        keys=(Key("k1", "x", datetime(2026, 3, 1, tzinfo=UTC)),),
        accounts=(Account("scr", "0xAb01"),),
    )

    after = DIRECTORY.joined_by(newcomer, 4)

    assert after.with_key("k1") is newcomer
    assert after.with_account("scr", "0xaB01") is newcomer
    assert after.speaking_for("portbase") is newcomer
    assert after == directory_of((*DIRECTORY.by_id.values(), newcomer), 4)


def test_the_same_code_of_another_system_is_another_account() -> None:
    one = Organisation("NXT21000000009", 1, "One", (), accounts=(Account("sone", "1"),))
    other = Organisation("NXT21000000010", 1, "Other", (), accounts=(Account("ci5", "1"),))

    directory = directory_of((one, other), 2)

    assert directory.with_account("sone", "1") is one
    assert directory.with_account("ci5", "1") is other
    assert directory.with_account("portbase", "1") is None


def test_an_empty_directory_knows_nobody() -> None:
    assert Directory().find(named(Scheme.NXTPORT, FORWARDER.id)) is NotFound.UNKNOWN
    assert codes_of(FORWARDER) == {f"nxtport:{FORWARDER.id}", "vat:BE0429672881", "eori:BE1"}
