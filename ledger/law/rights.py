"""How the release right passes from hand to hand (cpu.md §3.2)."""

from ledger.directory.directory import NotFound
from ledger.law.context import Case
from ledger.law.onboarded import receiver_held_back
from ledger.law.ruling import Refusal, Ruling
from ledger.law.standing import not_in_force, over, pickup_ended, run_out
from schemas import facts as f
from schemas import messages as m
from schemas.messages import PartyRef, Role
from schemas.organisations import Organisation
from schemas.reasons import Reason
from schemas.stay import Hop, Stay

SCR = "scr"
MAY_HOLD = {Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR}


def transfer(stay: Stay, message: m.Transfer, case: Case) -> Ruling:
    """Send the right to the next party, who has to accept it."""
    if refusal := _stands_still(stay, case) or frozen(stay, case):
        return refusal
    if stay.holder != case.sender.id:
        return Refusal(Reason.NOT_THE_HOLDER)
    if stay.pending is not None:
        return Refusal(Reason.TRANSFER_PENDING)
    ended = _pickup_given_up(stay, case)
    if isinstance(ended, Refusal):
        return ended
    receiver = receiver_of(message.release_to, stay.port, case)
    if isinstance(receiver, Refusal):
        return receiver
    first = stay.first_release_party is None and stay.accepted_holder is None
    return (*ended, _transferred(receiver, case, first=first))


def first_transfer(release_to: PartyRef, port: str, case: Case) -> f.Transferred | Refusal:
    """Nominate the first release party in the release itself (cpu.md §2.1 `releaseTo`)."""
    receiver = receiver_of(release_to, port, case)
    if isinstance(receiver, Refusal):
        return receiver
    return _transferred(receiver, case, first=True)


def accept(stay: Stay, case: Case) -> Ruling:
    """Take the right that was sent to the sender."""
    if refusal := _stands_still(stay, case) or frozen(stay, case):
        return refusal
    hop = _hop_to_sender(stay, case)
    if isinstance(hop, Refusal):
        return hop
    supplied = _through_scr(case)
    return (f.Accepted(giver=hop.giver, receiver=hop.receiver, supplied=supplied),)


def decline(stay: Stay, message: m.Decline, case: Case) -> Ruling:
    """Send the right back; a block does not force anybody to keep what it does not want."""
    if refusal := _stands_still(stay, case):
        return refusal
    hop = _hop_to_sender(stay, case)
    if isinstance(hop, Refusal):
        return hop
    return (f.Declined(giver=hop.giver, receiver=hop.receiver, reason=message.reason),)


def revoke_transfer(stay: Stay, message: m.Revoke, case: Case) -> Ruling:
    """Take back a transfer that nobody has accepted yet (cpu.md §7 rule 6).

    One whose acceptance SCR's adapter supplied is taken back through SCR (design.md §4).
    """
    if refusal := _stands_still(stay, case):
        return refusal
    hop = stay.hops[-1] if stay.hops else None
    if hop is not None and hop.giver == case.sender.id and _revocable(hop, case):
        ended = pickup_ended(stay, f.PickupEnd.REVOKED, case.now)
        taken = f.TransferRevoked(giver=hop.giver, receiver=hop.receiver, reason=message.reason)
        return (*ended, taken)
    if stay.holder == case.sender.id:
        return Refusal(Reason.NOTHING_TO_REVOKE)
    if any(own.giver == case.sender.id for own in stay.hops):
        return Refusal(Reason.TRANSFER_ALREADY_ACCEPTED)
    return Refusal(Reason.NOT_THE_HOLDER)


def frozen(stay: Stay, case: Case) -> Refusal | None:
    """Return that the agent's block holds the chain, or None."""
    if stay.blocked and not case.context.policy.blocked_chain_moves:
        return Refusal(Reason.RELEASE_BLOCKED)
    return None


def _stands_still(stay: Stay, case: Case) -> Refusal | None:
    """Return that the release is over, or has expired and waits for the agent; or None."""
    if case.context.policy.expired_chain_moves:
        return over(stay)
    return not_in_force(stay, case.now)


def receiver_of(party: PartyRef, port: str, case: Case) -> Organisation | Refusal:
    """Return the organisation that may receive the right, or why there is none."""
    found = case.context.directory.find(party)
    match found:
        case NotFound.UNKNOWN:
            return Refusal(Reason.RECEIVER_UNKNOWN, f"{party.scheme} {party.code}")
        case NotFound.AMBIGUOUS:
            return Refusal(Reason.RECEIVER_AMBIGUOUS, f"{party.scheme} {party.code}")
        case Organisation():
            return _fit_to_hold(found, port, case)


def _revocable(hop: Hop, case: Case) -> bool:
    return not hop.accepted or (hop.supplied and _through_scr(case))


def _through_scr(case: Case) -> bool:
    """Tell whether SCR passed the message on: it knows no accept, and a revoke at any time."""
    via = None if case.cause.via is None else case.context.directory.get(case.cause.via)
    return via is not None and via.system == SCR


def _transferred(receiver: Organisation, case: Case, *, first: bool) -> f.Transferred:
    pays = first and case.context.policy.nominee_is_first_party
    return f.Transferred(
        giver=case.sender.id,
        receiver=receiver.id,
        first_release_party=receiver.id if pays else None,
    )


def _fit_to_hold(receiver: Organisation, port: str, case: Case) -> Organisation | Refusal:
    if not MAY_HOLD & set(receiver.roles):
        return Refusal(Reason.RECEIVER_ROLE_NOT_ALLOWED, ", ".join(receiver.roles))
    if refusal := receiver_held_back(receiver, port, case.context.policy):
        return refusal
    if receiver.id == case.sender.id:
        return Refusal(Reason.RECEIVER_IS_HOLDER)
    return receiver


def _pickup_given_up(stay: Stay, case: Case) -> tuple[f.PickupEnded, ...] | Refusal:
    if stay.expires_at <= case.now:  # whether the tick has said so or not
        return pickup_ended(stay, f.PickupEnd.RELEASE_EXPIRED, case.now)
    ended = run_out(stay, case.now)
    if stay.pickup is None or ended:
        return ended
    if case.context.policy.assigned_right_moves:
        return pickup_ended(stay, f.PickupEnd.REVOKED, case.now)
    return Refusal(Reason.PICKUP_ASSIGNED)


def _hop_to_sender(stay: Stay, case: Case) -> Hop | Refusal:
    hop = stay.pending
    if hop is None:
        return Refusal(Reason.NO_TRANSFER_PENDING)
    if hop.receiver != case.sender.id:
        return Refusal(Reason.NOT_THE_RECEIVER)
    return hop
