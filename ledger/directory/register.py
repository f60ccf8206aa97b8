"""The law of the directory: who is taken in, in which flow, and what stands against it."""

from collections.abc import Iterable

from ledger.directory.directory import Directory, NotFound, codes_of
from ledger.directory.onboarding import PASSES, Known, lacking_now, moved
from ledger.law.ruling import Refusal, Ruling
from schemas.facts import OrganisationRegistered
from schemas.identifiers import Scheme
from schemas.messages import PartyRef, RegisterOrganisation, Role
from schemas.onboarding_facts import Onboarding, Progress
from schemas.organisations import Code, Organisation, Terminal
from schemas.reasons import Reason
from schemas.registrations import Flow, SubmitRegistration
from schemas.steps import Step
from schemas.value import altered


def register(message: RegisterOrganisation, known: Known) -> Ruling:
    """Return the organisation as the register knows it, or why it cannot stand so.

    It is the record of its identity; what it lacks to act stays as its steps have it.
    """
    directory = known.directory
    before = directory.get(message.organisation)
    roles = tuple(sorted(set(message.roles)))
    known_as = before or Organisation(message.organisation, 0, message.name, ())
    organisation = altered(
        known_as,
        version=known_as.version + 1,
        name=message.name,
        roles=roles,
        codes=_codes(message.codes),
        terminals=tuple(
            Terminal(terminal.port, terminal.code, terminal.sealing_key_id, terminal.sealing_key)
            for terminal in message.terminals
        ),
        system=message.system,
        lacks=lacking_now(before, known.standing, roles),
        address=message.address,
        language=message.language,
    )
    return _against(directory, organisation) or (
        OrganisationRegistered(organisation=organisation),
    )


def submit(message: SubmitRegistration, known: Known) -> Ruling:
    """Let a company ask for Certified Pick up; a new one joins by it (§A.1)."""
    flow = flow_of(message, known)
    if isinstance(flow, Refusal):
        return flow
    if Role.CUSTOMS in message.roles:
        # No onboarding holds customs back: nobody becomes them by a form (§A.3 has no such role).
        return Refusal(Reason.ROLE_NOT_ALLOWED, Role.CUSTOMS)
    before = known.directory.get(message.organisation)
    asking = _asking(message, before, flow)
    if Step.REGISTRATION not in lacking_now(before, known.standing, asking.roles):
        return Refusal(Reason.STEP_NOT_AWAITED, Step.REGISTRATION)
    if refusal := _against(known.directory, asking):
        return refusal
    kept = known.standing or Onboarding(organisation=asking.id)
    standing = altered(
        kept,
        taken=(Step.REGISTRATION,),
        flow=flow,
        awaits_until=known.now + known.policy.registration_overdue,
        admin=known.locked or kept.admin,
        brought=tuple(code for code in asking.codes if before is None or code not in before.codes),
    )
    return moved(asking, standing, Progress.SUBMITTED)


def flow_of(message: SubmitRegistration, known: Known) -> Flow | Refusal:
    """Return in which flow it comes: who does not know is told by VAT and EORI (§A.1 C)."""
    before = known.directory.get(message.organisation)
    # Who came as a new one has no account before it is activated, however it asks again.
    anew = known.standing is not None and known.standing.flow is Flow.NEW
    if message.flow is Flow.EXISTING and not anew:
        if before is None:
            return Refusal(Reason.ORGANISATION_UNKNOWN, message.organisation)
        return Flow.EXISTING
    found = recognised(known.directory, message.codes)
    if found is not None and found.id != message.organisation:
        return Refusal(Reason.COMPANY_KNOWN)
    if before is None or anew:
        return Flow.NEW
    return Flow.EXISTING if message.flow is Flow.UNKNOWN else Refusal(Reason.COMPANY_KNOWN)


def recognised(directory: Directory, codes: Iterable[PartyRef]) -> Organisation | None:
    """Return the company that both its VAT and its EORI number lead to, or None."""
    given = {code.scheme: code for code in codes}
    if not {Scheme.VAT, Scheme.EORI} <= given.keys():
        return None
    by_vat, by_eori = directory.find(given[Scheme.VAT]), directory.find(given[Scheme.EORI])
    if isinstance(by_vat, NotFound) or isinstance(by_eori, NotFound) or by_vat.id != by_eori.id:
        return None
    return by_vat


def _asking(message: SubmitRegistration, before: Organisation | None, flow: Flow) -> Organisation:
    known = before or Organisation(message.organisation, 0, message.name, ())
    # Nothing that is onboarded was approved yet: of an application that was denied nothing stays.
    kept_roles = set(known.roles) - PASSES if flow is Flow.EXISTING else ()
    kept_codes = tuple(code for code in known.codes if code not in _codes(message.codes))
    return altered(
        known,
        name=message.name,
        roles=tuple(sorted({*kept_roles, *message.roles})),
        codes=(*kept_codes, *_codes(message.codes)),
        address=message.address or known.address,
        language=message.language or known.language,
    )


def _codes(codes: Iterable[PartyRef]) -> tuple[Code, ...]:
    return tuple(Code(code.scheme, code.code) for code in codes)


def _against(directory: Directory, organisation: Organisation) -> Refusal | None:
    for code in organisation.codes:
        # Its id is its NxtPort id: under another's it would be given what is that one's.
        if code.scheme is Scheme.NXTPORT and code.value != organisation.id:
            return Refusal(Reason.CODE_TAKEN, code.key)
    for key in sorted(codes_of(organisation)):
        if set(directory.by_code.get(key, ())) - {organisation.id}:
            return Refusal(Reason.CODE_TAKEN, key)
    for terminal in organisation.terminals:
        operator = directory.operator_of(terminal.port, terminal.code)
        if operator is not None and operator.id != organisation.id:
            return Refusal(Reason.TERMINAL_TAKEN, f"{terminal.port} {terminal.code}")
    gateway = None if organisation.system is None else directory.speaking_for(organisation.system)
    if gateway is not None and gateway.id != organisation.id:
        return Refusal(Reason.SYSTEM_TAKEN, organisation.system or "")
    return None
