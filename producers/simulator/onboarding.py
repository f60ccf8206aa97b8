"""How a company comes onto the bus: what the register says of it, and then door after door."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from ledger.directory.onboarding import lacking
from producers.simulator.first_login import (
    Attempt,
    LoginRefused,
    SecondFactor,
    emailed_code,
    first_login,
)
from schemas import registrations as r
from schemas.messages import OrganisationMessage, RegisterOrganisation
from schemas.registrations import BillingContact, Flow
from schemas.steps import Step

SAID_OF: Mapping[Step, type[OrganisationMessage]] = {
    Step.VALIDATION: r.TakeUpRegistration,
    Step.APPROVAL: r.ApproveRegistration,
    Step.CONSOLE_LOGIN: r.LogInToConsole,
    Step.WALLET_REQUEST: r.RequestWallet,
    Step.WALLET_APPROVAL: r.ApproveWallet,
    Step.WALLET_FUNDS: r.FundWallet,
    Step.WALLET_LINK: r.LinkWallet,
}


def onboarding(joins: RegisterOrganisation) -> Iterator[tuple[str, OrganisationMessage]]:
    """Yield every message by which a company joins, each with its id, in order (§A.1 flow B).

    C-point knows it by the register's word, and its admin asks for Certified Pick up; with the
    approval its account is active.
    """
    yield f"registration/{joins.organisation}/1", joins
    for step in lacking(None, joins.roles):
        if step is not Step.ACTIVATION:
            yield f"registration/{joins.organisation}/{step}", _said(step, joins)


def stage_by_stage(
    joining: Iterable[RegisterOrganisation],
) -> Iterator[tuple[str, OrganisationMessage]]:
    """Yield the same of many companies, the first message of all of them first."""
    ways = [list(onboarding(each)) for each in joining]
    for stage in range(max(map(len, ways), default=0)):
        yield from (way[stage] for way in ways if len(way) > stage)


def _said(step: Step, joins: RegisterOrganisation) -> OrganisationMessage:
    organisation = joins.organisation
    match step:
        case Step.REGISTRATION:
            return r.SubmitRegistration(
                organisation=organisation, flow=Flow.EXISTING, name=joins.name, roles=joins.roles
            )
        case Step.BILLING:
            billing = BillingContact(name=joins.name)
            return r.ConfirmBilling(organisation=organisation, billing=billing)
        case Step.CPU_LOGIN:
            return _logged_in(organisation)
        case _:
            return SAID_OF[step](organisation=organisation)


def _logged_in(organisation: str) -> OrganisationMessage:
    """Type the code as it came and at once, as everybody does whose day it is."""
    sent = emailed_code(datetime.now(UTC))
    attempt = Attempt(SecondFactor.PIN_BY_EMAIL, sent.digits, sent.sent_at)
    told = first_login(organisation, sent, attempt)
    match told:
        case r.FirstCpuLogin():
            return told
        case LoginRefused():
            raise RuntimeError(f"{organisation} typed the code that it was sent: {told}")
