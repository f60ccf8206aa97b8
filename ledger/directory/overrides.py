"""The law of what two people override of an organisation: suspended, reinstated, its keys."""

from ledger.directory.keys import replace_key
from ledger.directory.onboarding import Known, reinstate, suspend
from ledger.four_eyes import Wanted
from ledger.law.context import Context
from ledger.law.overriding import overridden
from ledger.law.ruling import Refusal, Ruling
from schemas import override_messages as o
from schemas.messages import OrganisationMessage
from schemas.overrides import Override
from schemas.reasons import Reason


def override(message: OrganisationMessage, known: Known) -> Ruling:
    """Return what two people's word does to an organisation, or why it does nothing."""
    organisation = known.directory.get(message.organisation)
    if organisation is None:
        return Refusal(Reason.ORGANISATION_UNKNOWN, message.organisation)
    match message:
        case o.SuspendOrganisation():
            wanted = Wanted(Override.SUSPEND_ORGANISATION, organisation.id, message.reason)
            ruling = suspend(organisation, message.reason, known)
        case o.ReinstateOrganisation():
            wanted = Wanted(Override.REINSTATE_ORGANISATION, organisation.id, message.reason)
            ruling = reinstate(organisation, message.reason, known)
        case o.ChangeKey():
            wanted = Wanted(Override.CHANGE_KEY, organisation.id, o.detail_of(message))
            ruling = replace_key(organisation, message, known)
        case _:
            raise TypeError(f"{type(message).__name__} overrides nothing of an organisation")
    if isinstance(ruling, Refusal):
        return ruling
    context = Context(known.directory, known.now, known.policy)
    agreed = overridden(wanted, message, known.message_id, context)
    return agreed if isinstance(agreed, Refusal) else (agreed, *ruling)
