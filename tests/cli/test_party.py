"""`releasebus party`: who is in the directory, by whatever code, and what each has to do yet."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from schemas import registrations as r
from schemas.identifiers import Scheme
from schemas.messages import OrganisationMessage, PartyRef, RegisterOrganisation, Role
from schemas.registrations import DOORS, BillingContact, Flow, Person
from tests.books import new_sqlite_book
from tests.cli.played import PlayedDay
from tests.ledger.book.log import DIRECTORY, Clerk

RUN = CliRunner()
NEW, OLD, TWIN = "NXT26000000001", "NXT26000000002", "NXT26000000003"
VAT = PartyRef(scheme=Scheme.VAT, code="BE0429672881")
EAN = PartyRef(scheme=Scheme.EAN, code="8712345678906")


def _said() -> Iterator[OrganisationMessage]:
    """A haulier that has confirmed its billing and not logged in to the CPu UI; and a customs."""
    yield r.SubmitRegistration(
        organisation=NEW,
        flow=Flow.NEW,
        name="Transport Nieuw BV",
        roles=(Role.TRANSPORT_OPERATOR,),
        codes=(VAT, EAN),
        address="Kaai 1, Antwerpen",
        admin=Person(name="Nadia Nieuw"),
    )
    for kind in (
        r.TakeUpRegistration,
        r.ApproveRegistration,
        r.ActivateAccount,
        r.LogInToConsole,
    ):
        yield kind(organisation=NEW)
    yield r.ConfirmBilling(organisation=NEW, billing=BillingContact(name="Nieuw NV"))
    yield r.RegisterAtSystem(organisation=NEW, system="sone", code="2308522")
    yield RegisterOrganisation(organisation=OLD, name="Demo Customs", roles=(Role.CUSTOMS,))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    engine = new_sqlite_book(tmp_path_factory.mktemp("party") / "ledger.db")
    clerk = Clerk(engine)
    clerk.take(DIRECTORY)
    for message in _said():
        clerk.settle([clerk.log.say(DOORS[type(message)], message, shard=DIRECTORY)])
    clerk.book.forget()
    engine.dispose()
    return str(engine.url)


def party(url: str, *arguments: str) -> Result:
    wide = {"COLUMNS": "400"}
    return RUN.invoke(app, ["party", *arguments, "--database-url", url], env=wide)


def read(got: Result) -> str:
    """Return what was shown, as one line."""
    return " ".join(got.stdout.split())


def test_the_list_has_everybody_with_the_step_that_it_lacks_first(url: str) -> None:
    got = party(url, "list")

    assert got.exit_code == 0
    customs, haulier = got.stdout.splitlines()
    assert customs.startswith(OLD)
    assert customs.rstrip().endswith("may act")
    assert haulier.startswith(NEW)
    assert "The first log-in to the CPu UI is missing" in read(got)


def test_who_lacks_something_is_listed_alone_where_that_is_asked(url: str) -> None:
    (told,) = json.loads(party(url, "list", "--lacking", "--json").stdout)["organisations"]

    assert told["id"] == NEW
    assert [step["step"] for step in told["lacks"]] == [
        "cpu_login",
        "wallet_request",
        "wallet_approval",
        "wallet_funds",
        "wallet_link",
    ]
    assert "cpu.nxtport.com" in told["lacks"][0]["sentence"]
    assert told["lacks"][0]["who_can_fix"]


def test_one_is_shown_with_its_codes_accounts_people_and_steps(url: str) -> None:
    got = party(url, "show", NEW)

    assert got.exit_code == 0
    for shown in (
        "Transport Nieuw BV",
        "vat BE0429672881",
        "ean 8712345678906",
        "sone 2308522: accepted",
        "Kaai 1, Antwerpen",
        "Nadia Nieuw",
        "Nieuw NV",
        "cpu.nxtport.com",
    ):
        assert shown in read(got)


def test_a_program_is_told_of_its_people_too_and_of_nobody_elses(url: str) -> None:
    told = json.loads(party(url, "show", NEW, "--json").stdout)
    other = json.loads(party(url, "show", OLD, "--json").stdout)

    assert [each for each in told["people"] if "Nadia Nieuw" in each]
    assert [each for each in told["people"] if "Nieuw NV" in each]
    assert (other["id"], other["people"], other["lacks"]) == (OLD, [], [])


def test_the_steps_are_told_in_the_language_that_is_asked_for(url: str) -> None:
    assert "De eerste aanmelding bij de CPu UI ontbreekt" in read(
        party(url, "show", NEW, "--language", "nl")
    )
    assert "manque" in read(party(url, "list", "--language", "fr"))


@pytest.mark.parametrize(
    ("scheme", "code"),
    [
        ("vat", "BE0429672881"),
        ("TIN", "be 0429.672.881"),
        ("GLN", "8712345 678906"),
        ("NxtEntityId", "nxt26000000001"),
    ],
)
def test_one_is_found_by_any_of_its_codes_in_any_spelling(
    url: str, scheme: str, code: str
) -> None:
    got = party(url, "find", scheme, code)

    assert (got.exit_code, read(got)) == (0, f"Transport Nieuw BV {NEW}")
    assert json.loads(party(url, "find", scheme, code, "--json").stdout)["id"] == NEW


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("find", "vat", "BE0000000097"), "No organisation is known by this identifier"),
        (("find", "kvk", "1234"), "The kind of code is not known"),
        (("show", TWIN), "No organisation is known by this identifier"),
        (("ready", TWIN, "--ports", "BEANR"), "No organisation is known by this identifier"),
        (("ready", NEW, "--ports", "BEANR,XXNNN"), "The bus does not serve this port. XXNNN"),
    ],
)
def test_who_or_what_is_not_known_ends_with_one_and_says_so(
    url: str, arguments: tuple[str, ...], said: str
) -> None:
    got = party(url, *arguments)

    assert got.exit_code == 1
    assert said in " ".join(got.stderr.split())


def test_each_port_is_told_with_what_is_missing_there_and_who_can_do_it(url: str) -> None:
    got = party(url, "ready", NEW, "--ports", "beanr, NLRTM,FRLEH,,FRFOS")

    assert got.exit_code == 1
    lines = got.stdout.splitlines()
    ports = [line.rstrip() for line in lines if line and not line.startswith(" ")]
    assert ports == ["BEANR", "NLRTM  ready", "FRLEH  ready", "FRFOS"]
    shown = read(got)
    assert "The first log-in to the CPu UI is missing" in shown
    assert "The company has no account in Ci5." in shown


def test_a_program_is_told_port_by_port(url: str) -> None:
    told = json.loads(party(url, "ready", NEW, "--ports", "NLRTM,FRFOS", "--json").stdout)

    assert told["organisation"] == NEW
    assert {port: [each["step"] for each in steps] for port, steps in told["missing"].items()} == {
        "NLRTM": [],
        "FRFOS": ["ci5_account"],
    }


def test_where_nothing_is_missing_it_ends_well(url: str) -> None:
    assert party(url, "ready", NEW, "--ports", "FRLEH").exit_code == 0
    assert party(url, "ready", OLD, "--ports", "BEANR", "--json").exit_code == 0


def test_whoever_joined_a_day_that_was_played_may_act(played: PlayedDay) -> None:
    assert read(party(played.database_url, "list", "--lacking")) == ""


def test_a_ledger_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert party(f"sqlite:///{tmp_path / 'none.db'}", "list").exit_code == 3
