"""Port by port, what a company lacks before it can receive and collect: one onboarding, many."""

import pytest

from ledger.directory import readiness
from ledger.directory.readiness import missing_in
from ledger.law.ruling import Refusal
from schemas.identifiers import Scheme
from schemas.messages import Role
from schemas.organisations import Account, Code, Organisation
from schemas.ports import PORTS, Port
from schemas.reasons import Reason
from schemas.registrations import AccountStatus
from schemas.steps import ENTRY, WALLET, Step
from schemas.value import altered
from tests.rows import each_row

P, O, A = (  # noqa: E741 - as in the law's own table of roles
    Role.RELEASE_PARTY,
    Role.TRANSPORT_OPERATOR,
    Role.SHIP_AGENT,
)
EAN = Code(Scheme.EAN, "8712345678906")


def company(*roles: Role, **values: object) -> Organisation:
    return altered(Organisation("NXT21000000001", 1, "Demo", roles), **values)


def at(system: str, status: AccountStatus = AccountStatus.ACCEPTED) -> Account:
    return Account(system, "1", "HLCU" if system == "portbase" else None, status)


CUSTOMER, ACTOR, CI5 = at("portbase"), at("sone"), at("ci5")
ROWS = [
    # port, who, what it lacks there
    ("BEANR", company(P), ()),
    ("BEANR", company(P, lacks=ENTRY), ENTRY),
    ("BEZEE", company(O, lacks=(*ENTRY[3:], *WALLET)), (*ENTRY[3:], *WALLET)),
    ("BEANR", company(P, lacks=(Step.REINSTATEMENT,)), (Step.REINSTATEMENT,)),
    ("NLRTM", company(P), (Step.CUSTOMER_CODE,)),
    ("NLAMS", company(P), (Step.CUSTOMER_CODE,)),
    ("NLRTM", company(P, accounts=(CUSTOMER,)), ()),
    ("NLRTM", company(P, accounts=(ACTOR, CI5)), (Step.CUSTOMER_CODE,)),
    ("NLRTM", company(P, codes=(EAN,)), (Step.CUSTOMER_CODE,)),
    ("NLRTM", company(O), (Step.EAN,)),
    ("NLRTM", company(O, codes=(EAN,)), ()),
    ("NLRTM", company(O, accounts=(CUSTOMER,)), (Step.EAN,)),
    ("NLRTM", company(P, O), (Step.CUSTOMER_CODE, Step.EAN)),
    ("NLRTM", company(P, O, accounts=(CUSTOMER,), codes=(EAN,)), ()),
    ("NLRTM", company(A), ()),
    ("FRLEH", company(P), (Step.SONE_ACTOR,)),
    ("FRLEH", company(P, accounts=(ACTOR,)), ()),
    ("FRURO", company(O, accounts=(ACTOR,)), ()),
    ("FRLEH", company(P, accounts=(CUSTOMER, CI5)), (Step.SONE_ACTOR,)),
    ("FRFOS", company(P), (Step.CI5_ACCOUNT,)),
    ("FRMRS", company(P, accounts=(CI5,)), ()),
    ("FRFOS", company(P, accounts=(CUSTOMER, ACTOR)), (Step.CI5_ACCOUNT,)),
    # What is missing in Antwerp is missing there alone, but for a suspension.
    ("NLRTM", company(P, lacks=ENTRY, accounts=(CUSTOMER,)), ()),
    (
        "NLRTM",
        company(P, lacks=(*ENTRY, Step.REINSTATEMENT)),
        (Step.CUSTOMER_CODE, Step.REINSTATEMENT),
    ),
    ("FRLEH", company(P, lacks=(Step.REINSTATEMENT,), accounts=(ACTOR,)), (Step.REINSTATEMENT,)),
]


@each_row(("port", "who", "lacks"), ROWS)
def test_what_a_company_lacks_in_a_port(
    port: str, who: Organisation, lacks: tuple[Step, ...]
) -> None:
    assert missing_in(who, port) == lacks


@pytest.mark.parametrize("status", [AccountStatus.PENDING, AccountStatus.REJECTED])
@pytest.mark.parametrize(
    ("port", "system", "step"),
    [
        ("NLRTM", "portbase", Step.CUSTOMER_CODE),
        ("FRLEH", "sone", Step.SONE_ACTOR),
        ("FRFOS", "ci5", Step.CI5_ACCOUNT),
    ],
)
def test_an_account_that_is_not_accepted_is_none(
    port: str, system: str, step: Step, status: AccountStatus
) -> None:
    assert missing_in(company(P, accounts=(at(system, status),)), port) == (step,)


def test_one_accepted_customer_code_among_others_is_enough() -> None:
    several = (at("portbase", AccountStatus.REJECTED), CUSTOMER)

    assert missing_in(company(P, accounts=several), "NLRTM") == ()


def test_every_port_of_the_bus_is_known_here() -> None:
    for port in PORTS:
        assert not isinstance(missing_in(company(P), port), Refusal)


def test_of_a_system_that_nobody_described_here_nothing_is_known_to_lack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readiness, "PORTS", {"CMKBI": Port("CMKBI", "system", "kribi")})

    assert missing_in(company(P), "CMKBI") == ()


@pytest.mark.parametrize("port", ["XXNNN", "", "beanr"])
def test_a_port_that_the_bus_does_not_know_is_a_refusal(port: str) -> None:
    assert missing_in(company(P), port) == Refusal(Reason.PORT_UNKNOWN, port)
