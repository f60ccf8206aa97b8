"""The one place where a message about an organisation meets the rule for it."""

from ledger.directory.accounts import link_scr_account, register_at_system
from ledger.directory.keys import change_keys
from ledger.directory.onboarding import Known, take_step
from ledger.directory.overrides import override
from ledger.directory.register import register, submit
from ledger.law.ruling import Ruling
from schemas import key_messages as k
from schemas import override_messages as o
from schemas import registrations as r
from schemas.messages import OrganisationMessage, RegisterOrganisation


def answer(message: OrganisationMessage, known: Known) -> Ruling:
    """Return the facts that *message* makes of its organisation, or why it makes none."""
    match message:
        case RegisterOrganisation():
            return register(message, known)
        case r.SubmitRegistration():
            return submit(message, known)
        case r.LinkScrAccount():
            return link_scr_account(message, known)
        case r.RegisterAtSystem():
            return register_at_system(message, known)
        case k.RegisterKey() | k.RevokeKey() | k.AppointGateway() | k.DismissGateway():
            return change_keys(message, known)
        case o.SuspendOrganisation() | o.ReinstateOrganisation() | o.ChangeKey():
            return override(message, known)
        case _:
            return take_step(message, known)
