"""The facts of the ledger in sentences, as people in a port say them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeAlias, assert_never

from schemas import facts as f
from schemas.facts import Fact, RecordedFact
from schemas.messages import CustomsStatus, Modality
from schemas.stay import ReleaseStatus
from schemas.words import explained

Names = Mapping[str, str]


class Tone(Enum):
    """How a line is meant, so that it can be coloured."""

    NEWS = "news"
    GOOD = "good"
    REFUSED = "refused"
    WAITING = "waiting"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words: when it happened by its sender's clock, and what."""

    at: datetime
    said: str
    tone: Tone
    event: str


CUSTOMS: dict[CustomsStatus, str] = {
    CustomsStatus.NOT_RELEASED: "has not cleared it yet",
    CustomsStatus.SELECTED_FOR_SCAN: "selects it for a scan",
    CustomsStatus.RELEASED: "clears it",
    CustomsStatus.TRANSHIPMENT: "lets it go on as transhipment",
    CustomsStatus.PORT_EQUALISATION: "lets it go on to another port",
    CustomsStatus.FAVV: "leaves it to the food agency (FAVV)",
    CustomsStatus.DOCUMENTARY_CONTROL: "wants to see its papers",
}
MODALITIES: dict[Modality, str] = {
    Modality.TRUCK: "by truck",
    Modality.BARGE: "by barge",
    Modality.RAIL: "by rail",
    Modality.UNKNOWN: "nobody said how",
}
STATUSES: dict[ReleaseStatus, str] = {
    ReleaseStatus.RELEASED: "released",
    ReleaseStatus.BLOCKED: "blocked by the ship agent",
    ReleaseStatus.EXPIRED: "expired",
    ReleaseStatus.DELETED: "deleted by the ship agent",
    ReleaseStatus.GATED_OUT: "gone",
}
ASKS: dict[str, str] = {
    "releasebus.release": "release it",
    "releasebus.update": "update the release",
    "releasebus.block": "block it",
    "releasebus.unblock": "lift the block",
    "releasebus.revoke": "take the right back",
    "releasebus.delete": "delete the release",
    "releasebus.transfer": "pass the right on",
    "releasebus.accept": "accept the right",
    "releasebus.decline": "decline the right",
    "releasebus.assign_pickup": "assign a pick-up",
    "releasebus.update_pickup": "change the pick-up",
    "releasebus.revoke_pickup": "revoke the pick-up",
    "releasebus.set_means_of_transport": "set the means of transport",
    "releasebus.report_discharge": "report the discharge",
    "releasebus.report_terminal_release": "report the terminal's release",
    "releasebus.report_terminal_block": "report the terminal's block",
    "releasebus.report_scanning": "report a scan",
    "releasebus.report_terminal_unblock": "report the end of a hold",
    "releasebus.report_gate_in": "report the gate-in",
    "releasebus.report_gate_out": "report the gate-out",
    "releasebus.report_customs_status": "set the customs light",
    "releasebus.resume": "resume what is parked",
}


def line_of(recorded: RecordedFact, names: Names) -> Line:
    """Return one entry in words."""
    said = sentence_of(recorded, names)
    if recorded.cause.waited and recorded.outcome is not None:
        said = f"{said} (it had come early, and waited)"
    elif recorded.cause.resumed and recorded.outcome is not None:
        said = f"{said} (it had been parked, and was heard again)"
    event = f"{recorded.shard}-{recorded.seq}"
    return Line(recorded.cause.occurred_at, said, _tone(recorded.fact), event)


def _tone(fact: Fact) -> Tone:
    match fact:
        case f.FindingMade() | f.Suspended() | f.Parked() | f.Disputed():
            return Tone.ALARM
        case f.Refused() | f.GivenUp():
            return Tone.REFUSED
        case f.Waiting() | f.Repeated():
            return Tone.WAITING
        case f.Accepted() | f.PickupAssigned() | f.GatedOut():
            return Tone.GOOD
        case f.DisputeSettled() | f.SuspensionLifted():
            return Tone.GOOD
        case _:
            return Tone.NEWS


def name(party: str | None, names: Names) -> str:
    """Return what a party is called, its id where nobody knows."""
    return "somebody" if party is None else names.get(party, party)


OfChain: TypeAlias = f.Transferred | f.Accepted | f.Declined | f.TransferRevoked
OfPickup: TypeAlias = f.PickupAssigned | f.PickupEnded | f.MeansOfTransportSet
OfRelease: TypeAlias = (
    f.Released | f.Updated | f.Blocked | f.Unblocked | f.ChainRevoked | f.Deleted | f.Expired
)
OfQuay: TypeAlias = (
    f.Discharged
    | f.TerminalReleased
    | f.TerminalBlocked
    | f.ScanningOrdered
    | f.TerminalUnblocked
    | f.GatedIn
    | f.GatedOut
    | f.CustomsStatusSet
)
OfMessage: TypeAlias = f.Refused | f.GivenUp | f.Waiting | f.Repeated | f.Parked
OfLedger: TypeAlias = (
    f.FindingMade
    | f.Disputed
    | f.DisputeSettled
    | f.Suspended
    | f.Resumed
    | f.SuspensionLifted
    | f.OrganisationRegistered
)


def sentence_of(recorded: RecordedFact, names: Names) -> str:
    """Return what happened, in a sentence without a full stop."""
    sender = name(recorded.cause.organisation, names)
    match recorded.fact:
        case f.Transferred() | f.Accepted() | f.Declined() | f.TransferRevoked() as fact:
            return _of_chain(fact, names)
        case f.PickupAssigned() | f.PickupEnded() | f.MeansOfTransportSet() as fact:
            return _of_pickup(fact, names)
        case f.Refused() | f.GivenUp() | f.Waiting() | f.Repeated() | f.Parked() as fact:
            return f"{sender} {_of_message(fact, _asked(recorded))}"
        case (
            f.FindingMade()
            | f.Disputed()
            | f.DisputeSettled()
            | f.Suspended()
            | f.Resumed()
            | f.SuspensionLifted()
            | f.OrganisationRegistered()
        ) as fact:
            return _of_ledger(fact, names)
        case (
            f.Discharged()
            | f.TerminalReleased()
            | f.TerminalBlocked()
            | f.ScanningOrdered()
            | f.TerminalUnblocked()
            | f.GatedIn()
            | f.GatedOut()
            | f.CustomsStatusSet()
        ) as fact:
            return f"{sender} {_of_quay(fact, names)}"
        case f.Expired():
            return "the release expires"
        case f.EntitlementWithdrawn(terminal=quay):
            return f"quay {quay} need not be told any longer that a pick-up right ended"
        case fact:
            return f"{sender} {_of_release(fact)}"


def _of_chain(fact: OfChain, names: Names) -> str:
    giver, receiver = name(fact.giver, names), name(fact.receiver, names)
    match fact:
        case f.Transferred():
            return f"{giver} passes the right to {receiver}"
        case f.Accepted():
            return f"{receiver} accepts: it holds the right now"
        case f.Declined(reason=reason):
            return f"{receiver} declines{_because(reason)}: {giver} has the right again"
        case f.TransferRevoked(reason=reason):
            return f"{giver} takes it back from {receiver}{_because(reason)}"
        case _:
            assert_never(fact)


def _of_pickup(fact: OfPickup, names: Names) -> str:
    if isinstance(fact, f.MeansOfTransportSet):
        means = MODALITIES[fact.means_of_transport]
        return f"how it is to leave: {means}"
    pickup, operator = fact.pickup, name(fact.pickup.operator, names)
    if isinstance(fact, f.PickupEnded):
        return f"the pick-up right of {operator} ends: {explained(fact.why).sentence()}"
    said = f"{operator} assigns a pick-up {MODALITIES[pickup.modality]}"
    if pickup.driver is None:
        return said
    who = f" {pickup.driver.alias}" if pickup.driver.alias else ""
    return f"{said}, driver{who} {pickup.driver.mask}, sealed for the terminal"


def _of_release(fact: OfRelease) -> str:
    match fact:
        case f.Released(terminal=quay, bills_of_lading=bills, expires_at=until):
            paper = ", ".join(bills)
            return f"releases it at quay {quay} on B/L {paper} until {until:%d %b}"
        case f.Updated(terminal=quay, terminal_before=before, expires_at=until):
            if quay != before:
                return f"sends it to quay {quay} instead of {before}"
            return f"updates the release: it holds until {until:%d %b}"
        case f.Blocked(reason=reason):
            return f"blocks it{_because(reason)}"
        case f.Unblocked():
            return "lifts the block"
        case f.ChainRevoked(reason=reason):
            return f"takes the whole chain back{_because(reason)}"
        case f.Deleted(reason=reason):
            return f"deletes the release{_because(reason)}"
        case f.Expired():
            return "sees the release expire"
        case _:
            assert_never(fact)


def _of_quay(fact: OfQuay, names: Names) -> str:
    match fact:
        case f.Discharged():
            return "discharges it: it stands on the quay"
        case f.TerminalReleased():
            return "gives its green light"
        case f.TerminalBlocked():
            return "holds it"
        case f.ScanningOrdered():
            return "puts it aside for a scan"
        case f.TerminalUnblocked():
            return "lifts its hold"
        case f.GatedIn():
            return "lets a truck in for it"
        case f.GatedOut(picked_up_by=by):
            return f"lets it out with {name(by, names)}"
        case f.CustomsStatusSet(status=status):
            return CUSTOMS[status]
        case _:
            assert_never(fact)


def _of_message(fact: OfMessage, asked: str) -> str:
    match fact:
        case f.Refused(reason=reason):
            words = explained(reason)
            fix = f" Can fix: {words.who_can_fix()}" if words.remedies else ""
            return f"asks to {asked}, refused: {words.sentence()}{fix}"
        case f.GivenUp(why=why):
            return f"asked to {asked} and waited in vain: {why}"
        case f.Waiting():
            return f"asks to {asked}: it waits for its release"
        case f.Repeated(first=first):
            return f"says it twice ({asked}): answered once, {first}"
        case f.Parked():
            return f"asks to {asked}: parked, an operator has to resume"
        case _:
            assert_never(fact)


def _of_ledger(fact: OfLedger, names: Names) -> str:
    match fact:
        case f.FindingMade(finding=finding):
            return f"ALARM: {explained(finding).sentence()}"
        case f.Disputed(other_agent=other):
            return f"two ship agents claim it: {name(other, names)} released it as well"
        case f.DisputeSettled():
            return "the other claim falls away: the dispute is settled"
        case f.Suspended():
            return "nothing is let out until an operator resumes"
        case f.Resumed(note=note):
            return f"the operator has what was parked heard again{_because(note)}"
        case f.SuspensionLifted():
            return "all that was parked has been heard: the suspension is lifted"
        case f.OrganisationRegistered(organisation=organisation):
            return f"{organisation.name} joins the bus"
        case _:
            assert_never(fact)


def _asked(recorded: RecordedFact) -> str:
    return ASKS.get(recorded.cause.message_type, recorded.cause.message_type)


def _because(reason: str) -> str:
    return f" ({reason})" if reason else ""
