"""A company on its way onto the bus: the directory, how far it is, and what it is told."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ledger.directory.answer import answer
from ledger.directory.directory import Directory
from ledger.directory.onboarding import Known, pass_time
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal, Ruling
from schemas import registrations as r
from schemas.facts import OrganisationRegistered
from schemas.identifiers import Scheme
from schemas.messages import OrganisationMessage, PartyRef, RegisterOrganisation, Role
from schemas.onboarding_facts import AccountClosed, AccountLinked, Onboarding, OnboardingMoved
from schemas.organisations import Organisation
from schemas.steps import Step

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
COMPANY, OTHER = "NXT26000000001", "NXT26000000002"
VAT = PartyRef(scheme=Scheme.VAT, code="BE0429672881")
EORI = PartyRef(scheme=Scheme.EORI, code="BE0429672881")
EXTERNAL = PartyRef(scheme=Scheme.EXTERNAL, code="cp-4711")


@dataclass(slots=True)
class Office:
    """The directory and the standings, as the book keeps them."""

    directory: Directory = field(default_factory=Directory)
    standings: dict[str, Onboarding] = field(default_factory=dict)
    now: datetime = NOW
    policy: Policy = field(default_factory=Policy)

    def say(self, message: OrganisationMessage) -> str:
        """Put *message* before the law; return what came of it, in a word."""
        ruling = answer(message, self.known(message.organisation))
        return self.keep(ruling)

    def all(self, messages: Iterable[OrganisationMessage]) -> list[str]:
        return [self.say(each) for each in messages]

    def known(self, organisation: str) -> Known:
        standing = self.standings.get(organisation)
        return Known(self.directory, self.now, self.policy, standing, "locked")

    def keep(self, ruling: Ruling) -> str:
        if isinstance(ruling, Refusal):
            return f"no: {ruling.reason} {ruling.detail}".strip()
        for fact in ruling:
            if isinstance(fact, OrganisationRegistered):
                version = self.directory.version + 1
                self.directory = self.directory.joined_by(fact.organisation, version)
            elif isinstance(fact, OnboardingMoved):
                self.standings[fact.organisation] = fact.standing
        first = ruling[0]
        match first:
            case OnboardingMoved(progress=progress):
                return str(progress)
            case AccountLinked() | AccountClosed() | OrganisationRegistered():
                return first.type
            case _:
                raise AssertionError(first)

    def wait(self, **passed: float) -> list[str]:
        """Let time pass for everybody; return what it brought."""
        self.now += timedelta(**passed)
        told: list[str] = []
        for each in list(self.directory.by_id.values()):
            told.extend(self.keep((fact,)) for fact in pass_time(each, self.known(each.id)))
        return told

    def company(self, organisation: str = COMPANY) -> Organisation:
        return self.directory.by_id[organisation]

    def lacks(self) -> tuple[Step, ...]:
        return self.company().lacks


def submits(
    flow: r.Flow = r.Flow.NEW,
    *roles: Role,
    organisation: str = COMPANY,
    codes: tuple[PartyRef, ...] = (),
) -> r.SubmitRegistration:
    """What C-point tells of a company that asks."""
    return r.SubmitRegistration(
        organisation=organisation,
        flow=flow,
        name="Transport Nieuw BV",
        roles=roles or (Role.TRANSPORT_OPERATOR,),
        codes=codes,
    )


def step(kind: type[OrganisationMessage], organisation: str = COMPANY) -> OrganisationMessage:
    """What a door tells of one step."""
    if kind is r.ConfirmBilling:
        billing = r.BillingContact(name="Transport Nieuw BV")
        return r.ConfirmBilling(organisation=organisation, billing=billing)
    return kind(organisation=organisation)


def known_to_c_point(
    *roles: Role, organisation: str = COMPANY, codes: tuple[PartyRef, ...] = ()
) -> RegisterOrganisation:
    """What the register tells of a company that C-point knows."""
    return RegisterOrganisation(
        organisation=organisation, name="Transport Nieuw BV", roles=roles, codes=codes
    )


WAY = (
    r.TakeUpRegistration,
    r.ApproveRegistration,
    r.ActivateAccount,
    r.LogInToConsole,
    r.ConfirmBilling,
    r.FirstCpuLogin,
)
OF_THE_WALLET = (r.RequestWallet, r.ApproveWallet, r.FundWallet, r.LinkWallet)


def whole_way(*roles: Role) -> list[OrganisationMessage]:
    """Everything that a new company with *roles* does, in order."""
    wallet = OF_THE_WALLET if roles in {(), (Role.TRANSPORT_OPERATOR,)} else ()
    return [submits(r.Flow.NEW, *roles), *(step(kind) for kind in (*WAY, *wallet))]
