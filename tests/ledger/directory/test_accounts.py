"""Accounts at other systems: linked by what both sides share, linked anew, closed, unlinked."""

import pytest

from ledger.directory.accounts import organisation_of
from ledger.directory.answer import answer
from ledger.law.ruling import Refusal
from schemas.messages import Role
from schemas.organisations import Account, Organisation
from schemas.registrations import AccountStatus, LinkScrAccount, RegisterAtSystem
from tests.ledger.directory.company import COMPANY, EXTERNAL, OTHER, Office, known_to_c_point

THEIRS = EXTERNAL.model_copy(update={"code": "cp-4712"})


def office() -> Office:
    found = Office()
    found.say(known_to_c_point(Role.RELEASE_PARTY, codes=(EXTERNAL,)))
    found.say(known_to_c_point(Role.RELEASE_PARTY, organisation=OTHER, codes=(THEIRS,)))
    return found


def link(
    account: str, organisation: str = COMPANY, external_id: str = EXTERNAL.code
) -> LinkScrAccount:
    return LinkScrAccount(organisation=organisation, account=account, external_id=external_id)


def whose(at: Office, account: str) -> str:
    found = organisation_of(at.directory, "scr", account)
    return found.id if isinstance(found, Organisation) else f"{found.reason}: {found.detail}"


def test_an_account_is_linked_by_the_external_id_that_both_share() -> None:
    at = office()
    version = at.company().version

    assert at.say(link("0xAb01")) == "account_linked"
    assert at.company().version == version + 1
    assert whose(at, "0xaB01") == COMPANY, "addresses are the same in any case"


@pytest.mark.parametrize("external_id", ["cp-9999", THEIRS.code])
def test_an_external_id_of_nobody_or_of_another_links_nothing(external_id: str) -> None:
    at = office()

    told = at.say(link("0xab01", external_id=external_id))

    assert told == f"no: external_id_differs {external_id}"
    assert whose(at, "0xab01") == "unlinked_account: scr 0xab01"


def test_an_unlinked_account_is_a_refusal() -> None:
    assert isinstance(organisation_of(office().directory, "scr", "0xab01"), Refusal)


def test_linking_anew_is_a_new_version_and_closes_the_account_before() -> None:
    at = office()
    at.say(link("0xab01"))
    assert at.say(link("0xAB01")) == "no: step_not_awaited scr"

    assert at.say(link("0xab02")) == "account_linked"

    assert at.company().accounts == (Account("scr", "0xab02", version=2),)
    assert whose(at, "0xab01") == "unlinked_account: scr 0xab01"
    assert whose(at, "0xab02") == COMPANY


def test_an_account_that_is_linked_to_another_company_leaves_the_first() -> None:
    at = office()
    at.say(link("0xab01"))

    assert at.say(link("0xab01", OTHER, THEIRS.code)) == "account_linked"

    assert whose(at, "0xab01") == OTHER
    assert at.company().accounts == ()
    assert at.company(OTHER).accounts == (Account("scr", "0xab01"),)


def test_a_customer_code_is_kept_by_carrier_with_how_far_its_check_got() -> None:
    at = office()
    code = RegisterAtSystem(
        organisation=COMPANY,
        system="portbase",
        code="CC-1",
        carrier="HLCU",
        status=AccountStatus.PENDING,
    )
    at.say(code)
    at.say(code.model_copy(update={"carrier": "MAEU"}))
    at.say(code.model_copy(update={"status": AccountStatus.ACCEPTED}))

    assert at.company().accounts == (
        Account("portbase", "CC-1", "MAEU", AccountStatus.PENDING),
        Account("portbase", "CC-1", "HLCU", AccountStatus.ACCEPTED, 2),
    )


def test_a_code_of_another_company_is_taken() -> None:
    at = office()
    at.say(RegisterAtSystem(organisation=COMPANY, system="sone", code="2308522"))

    told = at.say(RegisterAtSystem(organisation=OTHER, system="sone", code=" 2308522 "))

    assert told == "no: code_taken sone: 2308522"
    assert at.say(RegisterAtSystem(organisation="NXT9", system="ci5", code="1")) == (
        "no: organisation_unknown NXT9"
    )
    assert at.say(link("0xab01", "NXT9")) == "no: organisation_unknown NXT9"


@pytest.mark.parametrize("system", ["scr", "SCR", " Scr "])
def test_an_scr_account_is_linked_by_the_shared_external_id_alone(system: str) -> None:
    at = office()

    told = at.say(RegisterAtSystem(organisation=COMPANY, system=system, code="0xab01"))

    assert told == "no: external_id_differs 0xab01"
    assert whose(at, "0xab01") == "unlinked_account: scr 0xab01"


def test_a_system_is_the_same_in_any_spelling() -> None:
    at = office()

    at.say(RegisterAtSystem(organisation=COMPANY, system="Portbase", code="CC-1", carrier="HLCU"))
    at.say(RegisterAtSystem(organisation=COMPANY, system="portbase", code="cc-1", carrier="hlcu"))

    assert at.company().accounts == (
        Account("portbase", "cc-1", "hlcu", AccountStatus.ACCEPTED, 2),
    )
    taken = RegisterAtSystem(organisation=OTHER, system="PORTBASE", code="CC-1", carrier="HLCU")
    assert at.say(taken) == "no: code_taken portbase:CC-1"


def test_each_link_is_a_new_version_of_both_companies_and_told_to_both() -> None:
    at = office()
    at.say(link("0xab01"))
    before, others = at.company().version, at.company(OTHER).version

    ruling = answer(link("0xab01", OTHER, THEIRS.code), at.known(OTHER))

    assert not isinstance(ruling, Refusal)
    assert [fact.type for fact in ruling] == [
        "account_linked",
        "organisation_registered",
        "account_closed",
        "organisation_registered",
    ]
    at.keep(ruling)
    assert (at.company().version, at.company(OTHER).version) == (before + 1, others + 1)


def test_linking_an_scr_account_closes_no_account_of_another_system() -> None:
    at = office()
    at.say(RegisterAtSystem(organisation=COMPANY, system="sone", code="2308522"))

    at.say(link("0xab01"))
    at.say(link("0xab02"))

    assert at.company().accounts == (
        Account("sone", "2308522"),
        Account("scr", "0xab02", version=2),
    )
