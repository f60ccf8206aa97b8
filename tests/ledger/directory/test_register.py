"""Who is taken into the directory, and what stands against it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ledger.directory.directory import Directory, directory_of
from ledger.directory.onboarding import Known
from ledger.directory.register import register
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal
from schemas.facts import OrganisationRegistered
from schemas.identifiers import Scheme
from schemas.messages import RegisterOrganisation, Role
from schemas.organisations import Organisation
from schemas.reasons import Reason

FIRST, SECOND = "NXT21000000001", "NXT21000000002"
VAT = {"scheme": Scheme.VAT, "code": "BE0429672881"}
QUAY = {"port": "BEANR", "code": "1742", "sealing_key_id": "k1", "sealing_key": "a2V5"}


def asks(organisation: str, **values: Any) -> RegisterOrganisation:
    return RegisterOrganisation.model_validate(
        {
            "organisation": organisation,
            "name": organisation,
            "roles": [Role.TERMINAL_OPERATOR],
            **values,
        }
    )


def registered(directory: Directory, message: RegisterOrganisation) -> Organisation:
    ruling = register(message, known(directory))
    assert not isinstance(ruling, Refusal)
    (fact,) = ruling
    assert isinstance(fact, OrganisationRegistered)
    return fact.organisation


def known(directory: Directory) -> Known:
    return Known(directory, datetime(2026, 3, 1, tzinfo=UTC), Policy())


def taken(directory: Directory, message: RegisterOrganisation) -> str:
    ruling = register(message, known(directory))
    assert isinstance(ruling, Refusal)
    return f"{ruling.reason}: {ruling.detail}"


DIRECTORY = directory_of(
    [registered(Directory(), asks(FIRST, codes=[VAT], terminals=[QUAY]))], version=1
)


def test_an_organisation_stands_as_it_registered() -> None:
    stands = DIRECTORY.by_id[FIRST]

    assert (stands.version, stands.roles) == (1, (Role.TERMINAL_OPERATOR,))
    assert stands.code(Scheme.VAT) == VAT["code"]
    assert stands.code(Scheme.EORI) is None
    assert stands.runs("BEANR", "1742")
    assert stands.terminals[0].sealing_key == "a2V5"


def test_a_quay_keeps_the_key_that_its_drivers_are_sealed_for() -> None:
    (quay,) = registered(Directory(), asks(FIRST, terminals=[QUAY])).terminals

    assert (quay.sealing_key_id, quay.sealing_key) == ("k1", "a2V5")


def test_each_registration_is_a_new_version_that_replaces_the_one_before() -> None:
    again = registered(DIRECTORY, asks(FIRST, roles=[Role.RELEASE_PARTY]))

    assert (again.version, again.roles, again.codes) == (2, (Role.RELEASE_PARTY,), ())


def test_roles_given_twice_or_in_another_order_are_the_same_roles() -> None:
    roles = [Role.TRANSPORT_OPERATOR, Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR]

    assert registered(Directory(), asks(FIRST, roles=roles)).roles == (
        Role.RELEASE_PARTY,
        Role.TRANSPORT_OPERATOR,
    )


def test_it_keeps_its_own_codes_and_terminals_when_it_registers_again() -> None:
    assert registered(DIRECTORY, asks(FIRST, codes=[VAT], terminals=[QUAY])).version == 2


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"codes": [VAT]}, f"{Reason.CODE_TAKEN}: vat:BE0429672881"),
        (
            {"codes": [{"scheme": "nxtport", "code": FIRST}]},
            f"{Reason.CODE_TAKEN}: nxtport:{FIRST}",
        ),
        # Of one that may join tomorrow: what is sent to it would go to this one.
        (
            {"codes": [{"scheme": "nxtport", "code": "NXT21000000077"}]},
            f"{Reason.CODE_TAKEN}: nxtport:NXT21000000077",
        ),
        ({"terminals": [QUAY]}, f"{Reason.TERMINAL_TAKEN}: BEANR 1742"),
        ({"codes": [VAT], "terminals": [QUAY]}, f"{Reason.CODE_TAKEN}: vat:BE0429672881"),
    ],
)
def test_what_is_anothers_is_refused(values: dict[str, Any], refused: str) -> None:
    assert taken(DIRECTORY, asks(SECOND, **values)) == refused


def test_its_own_nxtport_id_may_be_named_as_a_code() -> None:
    named = asks(FIRST, codes=[{"scheme": "nxtport", "code": FIRST}])

    assert registered(Directory(), named).id == FIRST


def test_what_one_gives_up_another_may_take() -> None:
    without = DIRECTORY.joined_by(registered(DIRECTORY, asks(FIRST)), version=2)

    assert registered(without, asks(SECOND, codes=[VAT], terminals=[QUAY])).id == SECOND


def test_a_system_is_spoken_for_by_one_organisation() -> None:
    gateway = asks(FIRST, roles=[], system="portbase")
    directory = directory_of([registered(Directory(), gateway)], version=1)

    speaking = directory.speaking_for("portbase")
    assert speaking is not None
    assert (speaking.id, speaking.system) == (FIRST, "portbase")
    assert directory.speaking_for("sone") is None
    assert taken(directory, asks(SECOND, system="portbase")) == "system_taken: portbase"
    assert registered(directory, gateway).version == 2
    assert registered(directory, asks(SECOND, system="sone")).system == "sone"
