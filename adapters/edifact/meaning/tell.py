"""What partners are told of the ledger's facts: COREOR, CODECO, COPINO and IFTSTA.

A partner is told what concerns it alone: a terminal what is to be collected at its quays, an
agent what left, each in the chain how the container stands. Nobody is told what it said itself.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from adapters.contract import NOTHING, Memory, Parties
from adapters.edifact.meaning import drafts
from adapters.edifact.meaning.drafts import Telling
from adapters.edifact.meaning.orders import order, runs
from adapters.edifact.meaning.proof import Unsent, proven
from adapters.edifact.meaning.spelling import at_level
from adapters.edifact.partners.partner import Meaning, Partner, Status
from adapters.edifact.write import Draft
from schemas import facts as f
from schemas import override_facts as o
from schemas.facts import PickupEnd, RecordedFact
from schemas.messages import CustomsStatus, Modality
from schemas.stay import Stay

ON_RAILS_OR_WATER = frozenset({Modality.BARGE, Modality.RAIL})


class Told(Struct, frozen=True):
    """What a fact becomes for one partner; the drafts are alone in their interchanges.

    `unsent` could not be written as the partner's directory and level ask, and why: somebody has
    to look. `memory` is what is to be remembered of this partner and `thread_of` the fact.
    """

    messages: tuple[Draft, ...] = ()
    unsent: tuple[Unsent, ...] = ()
    memory: Memory = NOTHING


def thread_of(recorded: RecordedFact) -> str:
    """Return what a partner's memory belongs to: the release, so that its messages are linked."""
    return recorded.stay.release_id if recorded.stay else recorded.container


def told(recorded: RecordedFact, partner: Partner, parties: Parties, memory: Memory) -> Told:
    """Return what *partner* is told of a fact; the same whenever the same is asked.

    *parties* are the organisations that the fact concerns, those who run its quays among them.
    """
    stay = recorded.stay
    if stay is None or _says_it_itself(recorded, partner):
        return Told(memory=memory)
    earlier = _remembered(memory)
    made = {
        kind: draft
        for kind in partner.gets
        for draft in (_draft(_telling(recorded, stay, partner, kind, earlier), parties),)
        if draft is not None
    }
    checked = {
        kind: proven(draft, partner) if isinstance(draft, Draft) else draft
        for kind, draft in made.items()
    }
    sent = {kind: each for kind, each in checked.items() if isinstance(each, Draft)}
    remembered = _remembering(earlier, sent, _number(recorded, partner))
    return Told(
        tuple(sent.values()),
        tuple(each for each in checked.values() if isinstance(each, Unsent)),
        msgspec.json.encode(remembered, order="sorted").decode() if remembered else NOTHING,
    )


_LINKED = frozenset({"COREOR", "COPINO"})
"""Messages that a later one replaces or takes back by their number."""

_TAKEN_BACK = "COREOR taken back"
"""The number of the deletion, as long as no original came again."""

_SAID_BY_NOBODY = (
    f.Expired,
    f.Disputed,
    f.DisputeSettled,
    f.Suspended,
    f.SuspensionLifted,
    o.OperatorSuspended,
    o.OperatorReinstated,
)
"""What follows, of time and of what others said, with whosever message it came to light."""


def _says_it_itself(recorded: RecordedFact, partner: Partner) -> bool:
    return recorded.cause.organisation == partner.organisation and not isinstance(
        recorded.fact, _SAID_BY_NOBODY
    )


def _remembering(
    earlier: dict[str, str], sent: Mapping[str, Draft], number: str
) -> dict[str, str]:
    remembered = earlier | {kind: number for kind in sent if kind in _LINKED}
    if "COREOR" in sent:
        remembered.pop(_TAKEN_BACK, None)
        if drafts.function_of(sent["COREOR"]) == drafts.DELETION:
            # What comes next is an original, and takes the place of none.
            remembered[_TAKEN_BACK] = remembered.pop("COREOR")
    return remembered


def _remembered(memory: Memory) -> dict[str, str]:
    return msgspec.json.decode(memory, type=dict[str, str]) if memory else {}


def _number(recorded: RecordedFact, partner: Partner) -> str:
    """Return the number of a document (1004), in capitals where a partner reads those alone."""
    return at_level(f"{recorded.shard}-{recorded.seq}", partner.level)


def _telling(
    recorded: RecordedFact, stay: Stay, partner: Partner, kind: str, earlier: dict[str, str]
) -> Telling:
    number = _number(recorded, partner)
    taken_back = kind == "COREOR" and _TAKEN_BACK in earlier
    return Telling(
        recorded, stay, partner, partner.gets[kind], number, earlier.get(kind, ""), taken_back
    )


def _draft(telling: Telling, parties: Parties) -> Draft | Unsent | None:
    match telling.gets.type:
        case "COREOR":
            return order(telling, parties)
        case "COPINO":
            return _notice(telling, parties)
        case "CODECO":
            return _passage(telling)
        case _:
            return _status(telling)


# --- to a terminal (orders.py: COREOR) ----------------------------------------------------------


NO_VAT = "The pick-up right names its operator by no VAT number, which the message needs."


def _notice(telling: Telling, parties: Parties) -> Draft | Unsent | None:
    match telling.recorded.fact:
        case f.PickupAssigned(pickup=pickup):
            function, terminal = drafts.ORIGINAL, telling.stay.terminal
        case f.PickupEnded(pickup=pickup, terminal=terminal, why=why):
            if why is PickupEnd.PICKED_UP:
                return None
            function = drafts.CANCELLATION
        case _:
            return None
    if pickup.modality not in ON_RAILS_OR_WATER or not runs(telling, parties, terminal):
        return None
    if pickup.operator_vat is None:
        return Unsent(telling.gets.type, NO_VAT)
    return drafts.copino(telling, function, pickup.modality, pickup.operator_vat)


# --- to an agent, and to the chain ---------------------------------------------------------------


def _passage(telling: Telling) -> Draft | None:
    if telling.partner.organisation != telling.stay.agent:
        return None
    documents, at = telling.gets.documents, telling.recorded.cause.occurred_at
    match telling.recorded.fact:
        case f.GatedIn() if Meaning.GATE_IN in documents:
            return drafts.codeco(telling, documents[Meaning.GATE_IN], at, telling.stay.leaves_by)
        case f.GatedOut(left_at=left_at, modality=means) if Meaning.GATE_OUT in documents:
            return drafts.codeco(telling, documents[Meaning.GATE_OUT], left_at or at, means)
        case _:
            return None


def _status(telling: Telling) -> Draft | None:
    concerned = {*telling.stay.parties}
    if telling.stay.pickup is not None:
        concerned.add(telling.stay.pickup.operator)
    said = status_of(telling.recorded)
    code = telling.gets.statuses.get(said) if said else None
    if code is None or telling.partner.organisation not in concerned:
        return None
    return drafts.iftsta(telling, code, _happened(telling.recorded))


def status_of(recorded: RecordedFact) -> Status | None:
    """Return the status that a fact brings, None where partners have no word for it."""
    match recorded.fact:
        case f.CustomsStatusSet(status=CustomsStatus.RELEASED):
            return Status.CUSTOMS_RELEASED
        case f.CustomsStatusSet():
            return Status.CUSTOMS_HELD
        case fact:
            return _STATUSES.get(type(fact))


_STATUSES: dict[type, Status] = {
    f.Released: Status.RELEASED,
    f.Blocked: Status.BLOCKED,
    f.Unblocked: Status.UNBLOCKED,
    f.Deleted: Status.DELETED,
    f.Expired: Status.EXPIRED,
    f.Discharged: Status.DISCHARGED,
    f.TerminalReleased: Status.TERMINAL_RELEASED,
    f.TerminalBlocked: Status.TERMINAL_BLOCKED,
    f.GatedIn: Status.GATED_IN,
    f.GatedOut: Status.GATED_OUT,
}


def _happened(recorded: RecordedFact) -> datetime:
    match recorded.fact:
        case f.GatedOut(left_at=datetime() as left_at):
            return left_at
        case f.Expired():
            return recorded.recorded_at
        case _:
            return recorded.cause.occurred_at
