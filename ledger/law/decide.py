"""The one place where a message about a stay meets the rule for it."""

from ledger.law import (
    commercial,
    customs,
    disputes,
    notes,
    physical,
    pickup,
    quays,
    rights,
    transport,
)
from ledger.law.context import Case
from ledger.law.leave import missing_when_it_left
from ledger.law.ruling import Ruling
from schemas import facts as f
from schemas import messages as m
from schemas.messages import ContainerMessage
from schemas.note_messages import AddNote, WithdrawNote
from schemas.stay import Stay


def decide(stay: Stay, message: ContainerMessage, case: Case) -> Ruling:
    """Return the facts that *message* makes of *stay*, or why it makes none."""
    match message:
        case m.Update():
            return commercial.update(stay, message, case)
        case m.Block():
            return commercial.block(stay, message, case)
        case m.Unblock():
            return commercial.unblock(stay, case)
        case m.Delete():
            return commercial.delete(stay, message, case)
        case m.Revoke() if case.sender.id == stay.agent:
            return commercial.revoke_chain(stay, message, case)
        case _ if isinstance(message, m.PHYSICAL_FACTS):
            return _report(stay, message, case)
        case m.ConfirmPickupEnd():
            return quays.confirm(stay, message)
        case AddNote():
            return notes.add(stay, message, case)
        case WithdrawNote():
            return notes.withdraw(stay, message, case)
        case _:
            return _of_the_chain(stay, message, case)


def _of_the_chain(stay: Stay, message: ContainerMessage, case: Case) -> Ruling:
    match message:
        case m.Revoke():
            return rights.revoke_transfer(stay, message, case)
        case m.Transfer():
            return rights.transfer(stay, message, case)
        case m.Accept():
            return rights.accept(stay, case)
        case m.Decline():
            return rights.decline(stay, message, case)
        case m.AssignPickup():
            return pickup.assign(stay, message, case)
        case m.UpdatePickup():
            return pickup.update_pickup(stay, message, case)
        case m.RevokePickup():
            return pickup.revoke_pickup(stay, case)
        case m.SetMeansOfTransport():
            return transport.set_means(stay, message, case)
        case _:
            raise TypeError(f"The law has no rule for {message.TYPE}: add it to decide.py")


def _report(stay: Stay, message: ContainerMessage, case: Case) -> Ruling:
    match message:
        case m.ReportCustomsStatus(status=status):
            said = disputes.evidence_in(message)
            bills = customs.bills_meant(stay, message, case.others, case.context.policy)
            return (f.CustomsStatusSet(status=status, evidence=said, bills_of_lading=bills),)
        case m.ReportDischarge():
            return (f.Discharged(evidence=disputes.evidence_in(message)),)
        case m.ReportGateOut():
            missing = missing_when_it_left(stay, case.now, case.context.policy)
            return physical.gate_out(stay, message, case, missing)
        case m.ReportTerminalBlock():
            return physical.block(stay, case)
        case _:
            return (physical.REPORTED[type(message)],)
