"""Who may send what: the checks that stand before any look at a stay."""

from collections.abc import Mapping

from ledger.law import notes
from ledger.law.context import Context, Question
from ledger.law.onboarded import sender_held_back
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal
from schemas import messages as m
from schemas.air_messages import AIR_MESSAGES
from schemas.facts import Cause
from schemas.messages import ContainerMessage, Role
from schemas.note_messages import AddNote, WithdrawNote
from schemas.organisations import Organisation
from schemas.ports import AIRPORTS, DECIDED_BY_SYSTEM, PORTS
from schemas.reasons import Reason
from schemas.system_messages import SYSTEM_MESSAGES

# cpu.md §1.1; Transfer and Revoke are the agent's and the holder's alike.
AGENT = frozenset({Role.SHIP_AGENT})
CHAIN = frozenset({Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR})
REPORTS = frozenset({*m.PHYSICAL_FACTS, *SYSTEM_MESSAGES, *AIR_MESSAGES})
PICKUP = (m.AssignPickup, m.UpdatePickup, m.RevokePickup)
OPERATOR = frozenset({Role.TRANSPORT_OPERATOR})
ROLES: Mapping[type[ContainerMessage], frozenset[Role]] = {
    m.Release: AGENT,
    m.Update: AGENT,
    m.Block: AGENT,
    m.Unblock: AGENT,
    m.Delete: AGENT,
    m.Revoke: AGENT | CHAIN,
    m.Transfer: AGENT | CHAIN,
    m.Accept: CHAIN,
    m.Decline: CHAIN,
    m.AssignPickup: OPERATOR,
    m.UpdatePickup: OPERATOR,
    m.RevokePickup: OPERATOR,
    m.SetMeansOfTransport: OPERATOR,
    m.ReportCustomsStatus: frozenset({Role.CUSTOMS}),
    **dict.fromkeys(m.TERMINAL_MESSAGES, frozenset({Role.TERMINAL_OPERATOR})),
}


def sender_of(question: Question, context: Context) -> Organisation | Refusal:
    """Return the sender as the directory knows it, or why it may not send this."""
    sender = context.directory.get(question.cause.organisation)
    if sender is None:
        return Refusal(Reason.SENDER_UNKNOWN, question.cause.organisation)
    if question.cause.waited or question.cause.resumed:
        disowned = _disowned_since(sender, question.cause, context)
        if disowned is not None:
            return disowned
    message = question.message
    if type(message) in SYSTEM_MESSAGES:
        return _in_own_port(sender, message)
    if type(message) in AIR_MESSAGES:
        return _at_own_airport(sender, message)
    if isinstance(message, AddNote | WithdrawNote) and notes.speaks_for_port(sender, message.port):
        return _may_ask(question, context) or sender
    if roles_for(message, context.policy).isdisjoint(sender.roles):
        return Refusal(Reason.ROLE_NOT_ALLOWED, ", ".join(sender.roles))
    terminal = message.terminal or ""
    if _as_terminal(sender, message) and not sender.runs(message.port, terminal):
        return Refusal(Reason.NOT_THE_TERMINAL, f"{message.port} {terminal}")
    if is_request(message):
        return sender_held_back(sender, message) or _may_ask(question, context) or sender
    return sender


def roles_for(message: ContainerMessage, policy: Policy) -> frozenset[Role]:
    """Return the roles that may send *message*."""
    if isinstance(message, PICKUP) and policy.release_party_assigns:
        return CHAIN
    if isinstance(message, m.SetMeansOfTransport) and policy.release_party_sets_transport:
        return CHAIN
    if isinstance(message, AddNote | WithdrawNote):
        return notes.roles_for(message)
    return ROLES[type(message)]


def _as_terminal(sender: Organisation, message: ContainerMessage) -> bool:
    if isinstance(message, AddNote):
        return notes.as_terminal_alone(message, sender)
    return type(message) in m.TERMINAL_MESSAGES


def is_request(message: ContainerMessage) -> bool:
    """Tell requests from reports of what happened, which no state can refuse (design.md §4)."""
    return type(message) not in REPORTS


def time_plausible(cause: Cause, context: Context) -> bool:
    """Tell whether the sender's time may be true; a report that fails is recorded all the same."""
    age = context.now - cause.occurred_at
    return -context.policy.request_future <= age <= context.policy.request_past


def _may_ask(question: Question, context: Context) -> Refusal | None:
    # What waited was checked when it came: it has grown older since by no fault of its sender.
    if not question.cause.waited and not time_plausible(question.cause, context):
        return Refusal(Reason.TIME_OUT_OF_RANGE, question.cause.occurred_at.isoformat())
    if question.message.port not in PORTS:
        return Refusal(Reason.PORT_UNKNOWN, question.message.port)
    return None


def _disowned_since(sender: Organisation, cause: Cause, context: Context) -> Refusal | None:
    """Return why what was let in is not its sender's word, as is known by now (decision 0013)."""
    # Entries of before `came_at` do not say when: there, a key or a gateway that ended has ended.
    came = cause.came_at or context.now
    signer = sender if cause.via is None else context.directory.get(cause.via)
    signed_by = None if signer is None or cause.key_id is None else signer.key(cause.key_id)
    if signed_by is not None and signed_by.revoked_by(came):
        return Refusal(Reason.KEY_REVOKED_SINCE, signed_by.id)
    gateway = next((each for each in sender.gateways if each.organisation == cause.via), None)
    if gateway is not None and not gateway.speaks_at(came):
        return Refusal(Reason.GATEWAY_DISMISSED_SINCE, gateway.organisation)
    return None


def _in_own_port(sender: Organisation, message: ContainerMessage) -> Organisation | Refusal:
    if sender.system is None:
        return Refusal(Reason.ROLE_NOT_ALLOWED, ", ".join(sender.roles))
    if sender.system != DECIDED_BY_SYSTEM.get(message.port):
        return Refusal(Reason.NOT_THE_SYSTEM, message.port)
    return sender


def _at_own_airport(sender: Organisation, message: ContainerMessage) -> Organisation | Refusal:
    airport = AIRPORTS.get(message.port)
    if sender.system is None:
        return Refusal(Reason.ROLE_NOT_ALLOWED, ", ".join(sender.roles))
    if airport is None or sender.system != airport.system:
        return Refusal(Reason.NOT_THE_SYSTEM, message.port)
    return sender
