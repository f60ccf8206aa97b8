"""Which account at another system is which organisation: linked, linked anew, or unlinked.

Sources: identity_scr_portbase.md §A.7 (SCR and C-point share the external id), §C.3 (Portbase).
"""

from ledger.directory.directory import Directory, account_key
from ledger.directory.onboarding import Known
from ledger.law.ruling import Refusal, Ruling
from schemas.facts import Fact, OrganisationRegistered
from schemas.identifiers import Scheme
from schemas.messages import PartyRef
from schemas.onboarding_facts import AccountClosed, AccountLinked
from schemas.organisations import Account, Organisation
from schemas.reasons import Reason
from schemas.registrations import LinkScrAccount, RegisterAtSystem
from schemas.value import altered

SCR = "scr"


def link_scr_account(message: LinkScrAccount, known: Known) -> Ruling:
    """Link an SCR account to the organisation that shares its external id.

    A later link is a new version: the account before it is closed, and where the account led to
    another organisation, that link is closed too. Releases keep whom they named.
    """
    organisation = known.directory.get(message.organisation)
    if organisation is None:
        return Refusal(Reason.ORGANISATION_UNKNOWN, message.organisation)
    shared = PartyRef(scheme=Scheme.EXTERNAL, code=message.external_id)
    found = known.directory.find(shared)
    if not isinstance(found, Organisation) or found.id != organisation.id:
        return Refusal(Reason.EXTERNAL_ID_DIFFERS, message.external_id)
    before = next((each for each in organisation.accounts if each.system == SCR), None)
    version = 1 if before is None else before.version + 1
    linked = Account(SCR, message.account, version=version)
    if before is not None and _same(before, linked):
        return Refusal(Reason.STEP_NOT_AWAITED, SCR)
    facts = _with_account(organisation, before, linked)
    held_by = known.directory.with_account(SCR, message.account)
    if held_by is None or held_by.id == organisation.id:
        return facts
    return (*facts, *_without(held_by, linked))


def register_at_system(message: RegisterAtSystem, known: Known) -> Ruling:
    """Take note of a code that another port's system, or a carrier there, knows it by."""
    organisation = known.directory.get(message.organisation)
    if organisation is None:
        return Refusal(Reason.ORGANISATION_UNKNOWN, message.organisation)
    system = message.system.strip().casefold()  # as its folder in adapters/ is called
    if system == SCR:
        # By the shared external id alone: the register's word would link anybody's account.
        return Refusal(Reason.EXTERNAL_ID_DIFFERS, message.code)
    held_by = known.directory.with_account(system, message.code, message.carrier)
    if held_by is not None and held_by.id != organisation.id:
        return Refusal(Reason.CODE_TAKEN, f"{system}:{message.code}")
    told = Account(system, message.code, message.carrier, message.status)
    before = next((each for each in organisation.accounts if _same(each, told)), None)
    version = 1 if before is None else before.version + 1
    return _with_account(organisation, before, altered(told, version=version))


def organisation_of(directory: Directory, system: str, code: str) -> Organisation | Refusal:
    """Return whose account *code* of *system* is, or that it is linked to nobody.

    An event that comes from an unlinked account is not followed (§A.7).
    """
    found = directory.with_account(system, code)
    return Refusal(Reason.UNLINKED_ACCOUNT, f"{system} {code}") if found is None else found


def _with_account(
    organisation: Organisation, before: Account | None, account: Account
) -> tuple[Fact, ...]:
    others = tuple(each for each in organisation.accounts if each is not before)
    stands = altered(organisation, version=organisation.version + 1, accounts=(*others, account))
    return (
        AccountLinked(organisation=organisation.id, account=account),
        OrganisationRegistered(organisation=stands),
    )


def _without(organisation: Organisation, account: Account) -> tuple[Fact, ...]:
    closed = next(each for each in organisation.accounts if _same(each, account))
    others = tuple(each for each in organisation.accounts if each is not closed)
    stands = altered(organisation, version=organisation.version + 1, accounts=others)
    return (
        AccountClosed(organisation=organisation.id, account=closed),
        OrganisationRegistered(organisation=stands),
    )


def _same(one: Account, other: Account) -> bool:
    return account_key(one.system, one.code, one.carrier) == account_key(
        other.system, other.code, other.carrier
    )
