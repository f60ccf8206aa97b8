"""The way of a company onto the bus: a pure state machine of steps, each taken at its own door.

Specification: identity_scr_portbase.md §A.1 (flows A, B, C), §A.2 (states), §A.6 (wallet).
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from ledger.directory.directory import Directory
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal, Ruling
from schemas import registrations as r
from schemas.facts import OrganisationRegistered
from schemas.messages import OrganisationMessage, Role
from schemas.onboarding_facts import Onboarding, OnboardingMoved, Progress
from schemas.organisations import Organisation
from schemas.reasons import Reason
from schemas.registrations import Flow
from schemas.steps import ENTRY, WALLET, Step
from schemas.value import Value, altered

PASSES = frozenset({Role.SHIP_AGENT, Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR})
"""Who gives, holds or uses rights has to be onboarded; what others report is never refused."""

TAKEN_BY: Mapping[type[OrganisationMessage], tuple[Step, Progress]] = {
    r.TakeUpRegistration: (Step.VALIDATION, Progress.IN_VALIDATION),
    r.ApproveRegistration: (Step.APPROVAL, Progress.APPROVED),
    r.ActivateAccount: (Step.ACTIVATION, Progress.ACTIVATED),
    r.LogInToConsole: (Step.CONSOLE_LOGIN, Progress.CONSOLE_LOGIN),
    r.ConfirmBilling: (Step.BILLING, Progress.BILLING_CONFIRMED),
    r.FirstCpuLogin: (Step.CPU_LOGIN, Progress.CPU_LOGIN),
    r.RequestWallet: (Step.WALLET_REQUEST, Progress.WALLET_REQUESTED),
    r.ApproveWallet: (Step.WALLET_APPROVAL, Progress.WALLET_APPROVED),
    r.FundWallet: (Step.WALLET_FUNDS, Progress.WALLET_FUNDED),
    r.LinkWallet: (Step.WALLET_LINK, Progress.WALLET_LINKED),
}
"""Which step each message takes; one that is ahead of its turn is refused."""


class Known(Value, frozen=True):
    """What is known when a message about an organisation comes; `now` is the ledger's time.

    `standing` is how far the organisation is, None before its first step. `locked` holds what is
    personal of the message, as it may be stored. `sender` is who stands behind the message, and
    `signed_by` the key that shows it, None where nobody was asked for one; `message_id` is its id.
    """

    directory: Directory
    now: datetime
    policy: Policy
    standing: Onboarding | None = None
    locked: str | None = None
    sender: str = ""
    signed_by: str | None = None
    message_id: str = ""


def lacking(standing: Onboarding | None, roles: Collection[Role]) -> tuple[Step, ...]:
    """Return what an organisation with *roles* has to do before it may act, the next step first.

    A wallet is asked of a transport operator that is nothing else (§A.6).
    """
    stopped = () if standing is None else _stopped(standing)
    if PASSES.isdisjoint(roles):
        return tuple(step for step in stopped if step is Step.REINSTATEMENT)
    taken = () if standing is None else standing.taken
    needed = (*ENTRY, *WALLET) if set(roles) == {Role.TRANSPORT_OPERATOR} else ENTRY
    return (*(step for step in needed if step not in taken), *stopped)


def lacking_now(
    known: Organisation | None, standing: Onboarding | None, roles: Collection[Role]
) -> tuple[Step, ...]:
    """Return what it lacks with *roles*; who stood here before there was onboarding, nothing."""
    return lacking(_standing(known, standing), roles)


def take_step(message: OrganisationMessage, known: Known) -> Ruling:
    """Return the facts that a step makes, or why it cannot be taken now."""
    organisation = known.directory.get(message.organisation)
    if organisation is None:
        return Refusal(Reason.ORGANISATION_UNKNOWN, message.organisation)
    match message:
        case r.DenyRegistration(reason=reason):
            return _denied(organisation, reason, known)
        case r.StartSubscription():
            return _subscribed(organisation, known)
        case r.EndSubscription(reason=reason):
            return _unsubscribed(organisation, reason, known)
        case _:
            step, progress = TAKEN_BY[type(message)]
            return _out_of_turn(organisation, step) or _taken(organisation, step, progress, known)


def suspend(organisation: Organisation, reason: str, known: Known) -> Ruling:
    """Stop an organisation: it may neither receive rights nor give or use them."""
    standing = _of(organisation, known)
    if standing.suspended:
        return Refusal(Reason.STEP_NOT_AWAITED, Progress.SUSPENDED)
    return moved(organisation, altered(standing, suspended=True), Progress.SUSPENDED, reason)


def reinstate(organisation: Organisation, reason: str, known: Known) -> Ruling:
    """Let a suspended organisation act again, as far as it had come."""
    standing = _of(organisation, known)
    if not standing.suspended:
        return Refusal(Reason.STEP_NOT_AWAITED, Step.REINSTATEMENT)
    return moved(organisation, altered(standing, suspended=False), Progress.REINSTATED, reason)


def pass_time(organisation: Organisation, known: Known) -> tuple[OnboardingMoved, ...]:
    """Return what time alone brought: a word that is overdue, a subscription renewed."""
    standing = known.standing
    if standing is None:
        return ()
    told: list[OnboardingMoved] = []
    if standing.awaits_until is not None and standing.awaits_until <= known.now:
        standing = altered(standing, awaits_until=None)
        told.append(_moved(organisation, standing, Progress.UNCONFIRMED))
    while standing.paid_until is not None and standing.paid_until <= known.now:
        paid_until = standing.paid_until + known.policy.subscription_runs
        standing = altered(standing, paid_until=paid_until)
        told.append(_moved(organisation, standing, Progress.RENEWED))
    return tuple(told)


def moved(
    organisation: Organisation, standing: Onboarding, progress: Progress, reason: str | None = None
) -> Ruling:
    """Return that the organisation moved, and how it stands where that changed."""
    lacks = lacking(standing, organisation.roles)
    told = _moved(altered(organisation, lacks=lacks), standing, progress, reason)
    if lacks == organisation.lacks:
        return (told,)
    stands = altered(organisation, lacks=lacks, version=organisation.version + 1)
    return (told, OrganisationRegistered(organisation=stands))


def _moved(
    organisation: Organisation, standing: Onboarding, progress: Progress, reason: str | None = None
) -> OnboardingMoved:
    return OnboardingMoved(
        organisation=organisation.id,
        progress=progress,
        standing=standing,
        next_step=next(iter(organisation.lacks), None),
        reason=reason or None,
    )


def _stopped(standing: Onboarding) -> tuple[Step, ...]:
    ended = (Step.SUBSCRIPTION,) if standing.subscription_ended else ()
    return (*ended, Step.REINSTATEMENT) if standing.suspended else ended


def _standing(known: Organisation | None, standing: Onboarding | None) -> Onboarding | None:
    if standing is not None or known is None:
        return standing
    stood_before = not known.lacks and not PASSES.isdisjoint(known.roles)
    return Onboarding(organisation=known.id, taken=(*ENTRY, *WALLET)) if stood_before else None


def _of(organisation: Organisation, known: Known) -> Onboarding:
    found = _standing(organisation, known.standing)
    return found or Onboarding(organisation=organisation.id)


def _out_of_turn(organisation: Organisation, step: Step) -> Refusal | None:
    if step not in organisation.lacks:
        return Refusal(Reason.STEP_NOT_AWAITED, step)
    if organisation.lacks[0] is not step:
        return Refusal(Reason.STEP_MISSING, organisation.lacks[0])
    return None


def _taken(organisation: Organisation, step: Step, progress: Progress, known: Known) -> Ruling:
    standing = _of(organisation, known)
    standing = altered(standing, taken=(*standing.taken, step))
    if step is Step.APPROVAL:
        standing = altered(standing, awaits_until=None)
        if standing.flow is Flow.EXISTING:
            # INFERRED (§A.2): the user exists already, so approved is activated.
            standing = altered(standing, taken=(*standing.taken, Step.ACTIVATION))
    if step is Step.BILLING:
        paid_until = known.now + known.policy.subscription_runs
        standing = altered(standing, billing=known.locked, paid_until=paid_until)
    return moved(organisation, standing, progress)


def _denied(organisation: Organisation, reason: str, known: Known) -> Ruling:
    standing = _of(organisation, known)
    if Step.REGISTRATION not in standing.taken or Step.APPROVAL in standing.taken:
        return Refusal(Reason.STEP_NOT_AWAITED, Progress.DENIED)
    denied = altered(standing, taken=(), awaits_until=None, brought=())
    # It was not shown that the codes are its own: they keep nobody else out.
    own = tuple(code for code in organisation.codes if code not in standing.brought)
    organisation = altered(organisation, codes=() if standing.flow is Flow.NEW else own)
    return moved(organisation, denied, Progress.DENIED, reason)


def _subscribed(organisation: Organisation, known: Known) -> Ruling:
    standing = _of(organisation, known)
    if not standing.subscription_ended:
        return Refusal(Reason.STEP_NOT_AWAITED, Step.SUBSCRIPTION)
    paid_until = known.now + known.policy.subscription_runs
    begun = altered(standing, subscription_ended=False, paid_until=paid_until)
    return moved(organisation, begun, Progress.SUBSCRIBED)


def _unsubscribed(organisation: Organisation, reason: str, known: Known) -> Ruling:
    standing = _of(organisation, known)
    if Step.BILLING not in standing.taken or standing.subscription_ended:
        return Refusal(Reason.STEP_NOT_AWAITED, Progress.SUBSCRIPTION_ENDED)
    ended = altered(standing, subscription_ended=True, paid_until=None)
    return moved(organisation, ended, Progress.SUBSCRIPTION_ENDED, reason)
