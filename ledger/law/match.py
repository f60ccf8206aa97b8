"""Which stay of the container a message is about (cpu.md §7 rule 1; design.md §4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ledger.law.ruling import Refusal
from ledger.law.standing import of_one_visit
from schemas import messages as m
from schemas.messages import ContainerMessage, CustomsStatus
from schemas.reasons import Reason
from schemas.stay import ReleaseStatus, Stay

OVER = frozenset({ReleaseStatus.GATED_OUT, ReleaseStatus.DELETED})
RED_AT_CUSTOMS = frozenset({CustomsStatus.NOT_RELEASED, CustomsStatus.DOCUMENTARY_CONTROL})


def match(
    stays: Sequence[Stay], message: ContainerMessage, sender_id: str
) -> tuple[Stay, ...] | Refusal:
    """Return the stay that *message* is about, none, or that it fits several.

    More than one is returned only for what physically happened: to a disputed container, which
    is true whoever turns out to hold the release, or where it takes a light away.
    """
    if isinstance(message, m.ConfirmPickupEnd):
        return _ended_at(stays, message)
    fitting = [stay for stay in stays if fits(stay, message)]
    if isinstance(message, m.PHYSICAL_FACTS):
        return _reported_on(fitting, message) or _held_by(stays, message)
    return _asked_about(fitting, message, sender_id)


def fits(stay: Stay, message: ContainerMessage) -> bool:
    """Tell whether what *message* names is true of *stay*; what it leaves out fits any."""
    return _papers_fit(stay, message) and (
        # An Update brings the new quay and visit (cpu.md §7 rule 14): neither finds it.
        isinstance(message, m.Update)
        or (message.terminal in {None, stay.terminal} and of_one_visit(message, stay))
    )


def holds_back(message: ContainerMessage) -> bool:
    """Tell whether the report takes a light away: it then holds for every release it fits."""
    return isinstance(message, m.ReportTerminalBlock | m.ReportScanning) or (
        isinstance(message, m.ReportCustomsStatus) and message.status in RED_AT_CUSTOMS
    )


def at_another_quay(stays: Sequence[Stay], message: ContainerMessage) -> tuple[Stay, ...]:
    """Return the live stays that the report would fit, had it named another terminal."""
    quay = message.terminal
    if quay is None:
        return ()  # customs need not say where it stands
    return tuple(
        stay
        for stay in stays
        if stay.live and stay.terminal != quay and _papers_fit(stay, message)
    )


def names_papers(message: ContainerMessage) -> bool:
    """Tell whether the message says more than which container at which terminal."""
    number, bills = message.release_identification, message.bills_of_lading
    visit = message.stay_number or message.vessel_imo
    return bool(bills) or number is not None or visit is not None


def visit_that_ended(
    stays: Sequence[Stay], message: ContainerMessage, said: datetime, late: timedelta
) -> tuple[Stay, ...]:
    """Return the visit that a report is about although the container has left, or none.

    It is where the report names its papers, or says that it happened before the container left
    or at most *late* after: a sender's time orders nothing, but what it says was before the
    container left cannot be of a visit that began afterwards (INFERRED, `late_reports`).
    """
    left = [stay for stay in stays if not stay.on_quay and fits(stay, message)]
    named = [stay for stay in left if _named(stay, message)]
    before = [stay for stay in left if stay.left_at is not None and said <= stay.left_at + late]
    return tuple((named or before)[-1:])


def _papers_fit(stay: Stay, message: ContainerMessage) -> bool:
    number = message.release_identification
    if stay.port != message.port or number not in {None, stay.release_identification}:
        return False
    if not message.bills_of_lading:
        return True
    bills, own_bills = set(message.bills_of_lading), set(stay.bills_of_lading)
    if isinstance(message, m.Update):
        # Beside the agent's own number the bills of an Update are new values.
        return number is not None or not bills.isdisjoint(own_bills)
    if isinstance(message, m.PHYSICAL_FACTS):
        # A terminal may name all bills of a container that is released bill by bill.
        return not bills.isdisjoint(own_bills)
    # CPu 4.1 matches a stay by all its bills, as approximate matching erred (cpu.md §7 rule 1).
    return bills <= own_bills


def _named(stay: Stay, message: ContainerMessage) -> bool:
    # A visit names a stay only where the stay has it too.
    by_paper = bool(message.bills_of_lading) or message.release_identification is not None
    by_visit = message.stay_number == stay.stay_number is not None
    return by_paper or by_visit or message.vessel_imo == stay.vessel_imo is not None


def _reported_on(fitting: list[Stay], message: ContainerMessage) -> tuple[Stay, ...] | Refusal:
    there = [stay for stay in fitting if stay.status not in OVER]
    if isinstance(message, m.ReportGateOut):
        # Never refused: the container is gone from every release (design.md §4).
        return tuple(there) or tuple([stay for stay in fitting if stay.on_quay][-1:])
    if holds_back(message):
        # Fail closed: a hold that fits several releases holds all of them.
        return tuple(there)
    live = nearest([stay for stay in there if stay.live] or there[-1:], message)
    # One agent's two releases: not linked (v3.11). Two agents' claims: it happened to both.
    if len({stay.agent for stay in live}) == len(live):
        return tuple(live)
    return Refusal(Reason.SEVERAL_RELEASES, _counted(live))


def _held_by(stays: Sequence[Stay], message: ContainerMessage) -> tuple[Stay, ...]:
    """Return what a bill holds that no release has any more, where customs name it."""
    if not isinstance(message, m.ReportCustomsStatus):
        return ()
    return tuple(
        stay
        for stay in stays
        if stay.port == message.port and stay.status not in OVER
        if any(each.bill in message.bills_of_lading for each in stay.customs_by_bill)
    )


def _ended_at(stays: Sequence[Stay], message: m.ConfirmPickupEnd) -> tuple[Stay, ...] | Refusal:
    # The stay may long be at another quay: the right that ended is what the message names.
    for stay in stays:
        for ended in stay.ended_rights:
            if ended.pickup_id == message.pickup_id and ended.terminal == message.terminal:
                return (stay,)
    return Refusal(Reason.NOTHING_TO_CONFIRM)


def _asked_about(
    fitting: list[Stay], message: ContainerMessage, sender_id: str
) -> tuple[Stay, ...] | Refusal:
    own = [stay for stay in fitting if sender_id in stay.parties]
    found = (
        [stay for stay in own if stay.live]
        # An expired release of the sender goes before another's: its update may revive it.
        or [stay for stay in own if stay.status not in OVER][-1:]
        or [stay for stay in fitting if stay.live]
        or (own or fitting)[-1:]
    )
    found = nearest(found, message)
    if len(found) > 1:
        found = _exactly(found, message)
    return tuple(found) if len(found) <= 1 else Refusal(Reason.SEVERAL_RELEASES, _counted(found))


def _exactly(found: list[Stay], message: ContainerMessage) -> list[Stay]:
    """Return of several that of just the named bills: CPu 4.1's key (cpu.md §7 rule 1)."""
    named = set(message.bills_of_lading)
    return [stay for stay in found if set(stay.bills_of_lading) == named] or found


def nearest(found: list[Stay], message: ContainerMessage) -> list[Stay]:
    """Return of several those whose visit the message names: by stay number, else by vessel.

    v3.11's order (cpu.md §7 rule 1): equipment, terminal and stay number; then with the IMO
    number; then equipment and terminal alone, which is all that is left to go by here.
    """
    if len(found) <= 1:
        return found
    by_stay = [stay for stay in found if stay.stay_number == message.stay_number is not None]
    return by_stay or [s for s in found if s.vessel_imo == message.vessel_imo is not None] or found


def _counted(stays: Sequence[Stay]) -> str:
    return f"{len(stays)} releases fit"
