"""Why a container is still on the quay: what each stay lacks, since when, and who can give it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ledger.directory.directory import Directory
from ledger.law.context import Context
from ledger.law.file import File, Held, Request
from ledger.law.leave import missing_to_leave
from ledger.law.lights import combined
from schemas import facts as f
from schemas.facts import RecordedFact
from schemas.lights import Colour
from schemas.messages import CustomsStatus, Modality, Role
from schemas.ports import DECIDED_BY_SYSTEM
from schemas.reasons import Finding, Missing
from schemas.stay import Stay, TerminalLight
from schemas.words import Remedy, Who, explained, remedy


@dataclass(frozen=True, slots=True)
class Way:
    """Who can put a thing right and how; `parties` are they, as far as the ledger knows."""

    remedy: Remedy
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing; `since` when, None where no entry tells."""

    reason: Missing
    since: datetime | None
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that happened at the quay and was not allowed."""

    finding: Finding
    at: datetime


@dataclass(frozen=True, slots=True)
class Leaving:
    """When a container left, with whom and how, as far as the terminal said."""

    at: datetime | None
    picked_up_by: str | None = None
    modality: Modality | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where one stay stands: it left, it lacks something, or it may leave until `until`.

    `obliged`: customs let it go with an obligation that follows it (cpu.md §7 rule 18).
    """

    stay: Stay
    lacks: tuple[Lack, ...] = ()
    left: Leaving | None = None
    until: datetime | None = None
    obliged: bool = False
    alarms: tuple[Alarm, ...] = ()

    @property
    def may_leave(self) -> bool:
        """Tell whether nothing is missing."""
        return self.left is None and not self.lacks


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is known of a container that was asked after.

    `verdicts` are its stays, the youngest first; `unreleased` is there where it has none, but was
    heard of. `strays` are alarms of no release: it left without one. `requests` are those that
    the port's system has not answered yet.
    """

    container: str
    verdicts: tuple[Verdict, ...] = ()
    unreleased: Lack | None = None
    strays: tuple[Alarm, ...] = ()
    waiting: tuple[Held, ...] = ()
    requests: tuple[Request, ...] = ()
    parked: bool = False

    @property
    def known(self) -> bool:
        """Tell whether anything of it ever came."""
        return bool(self.verdicts) or self.unreleased is not None


def inquire(
    container: str, file: File, entries: Iterable[RecordedFact], context: Context
) -> Inquiry:
    """Return how *container* stands in *context*, and what it lacks to leave.

    *entries* are its own, oldest first: they tell since when, and the alarms.
    """
    told = tuple(entries)
    by_release: dict[str, list[RecordedFact]] = {stay.release_id: [] for stay in file.stays}
    for recorded in told:
        if recorded.stay is not None:
            by_release[recorded.stay.release_id].append(recorded)
    return Inquiry(
        container,
        tuple(
            _verdict(stay, file, by_release[stay.release_id], context)
            for stay in reversed(file.stays)
        ),
        None if file.stays or not told else _unreleased(told[0].recorded_at),
        tuple(_alarms(recorded for recorded in told if recorded.stay is None)),
        file.waiting,
        tuple(request for request in file.requests if request.open),
        file.parked,
    )


def _unreleased(since: datetime) -> Lack:
    reason = Missing.NOT_RELEASED
    return Lack(reason, since, tuple(Way(each) for each in explained(reason).remedies))


def _verdict(stay: Stay, file: File, entries: list[RecordedFact], context: Context) -> Verdict:
    alarms = tuple(_alarms(entries))
    missing = missing_to_leave(stay, context.now, context.policy)
    if Missing.ALREADY_GATED_OUT in missing:
        return Verdict(stay, left=_leaving(stay, entries), alarms=alarms)
    if not missing:
        until, obliged = _until(stay), combined(stay) is Colour.YELLOW
        return Verdict(stay, until=until, obliged=obliged, alarms=alarms)
    if Missing.RELEASE_DELETED in missing:
        # What else a deleted release lacks, no one need give it: a new one begins anew.
        missing = (Missing.RELEASE_DELETED,)
    since = _since(entries)
    lacks = (
        Lack(
            reason,
            _began(reason, stay, context.now) or since.get(reason),
            tuple(_ways(reason, stay, file, context)),
        )
        for reason in missing
    )
    return Verdict(stay, lacks=tuple(lacks), alarms=alarms)


def _since(entries: Iterable[RecordedFact]) -> Mapping[Missing, datetime]:
    """Return when what is missing began to be so without a break."""
    since: dict[Missing, datetime] = {}
    for recorded in entries:
        since = {each: since.get(each, recorded.recorded_at) for each in recorded.missing}
    return since


def _began(reason: Missing, stay: Stay, now: datetime) -> datetime | None:
    """Return when time itself brought *reason* about: no entry tells of that moment."""
    pickup = stay.pickup
    if reason is Missing.RELEASE_EXPIRED and stay.expires_at <= now:
        return stay.expires_at
    if reason is Missing.PICKUP_EXPIRED and pickup is not None:
        return pickup.expires_at
    return None


def _until(stay: Stay) -> datetime:
    pickup = stay.pickup.expires_at if stay.pickup is not None else None
    return stay.expires_at if pickup is None else min(pickup, stay.expires_at)


def _leaving(stay: Stay, entries: Iterable[RecordedFact]) -> Leaving:
    for recorded in entries:
        if isinstance(recorded.fact, f.GatedOut):
            fact = recorded.fact
            at = fact.left_at or stay.left_at or recorded.recorded_at
            return Leaving(at, fact.picked_up_by, fact.modality)
    return Leaving(stay.left_at)


def _alarms(entries: Iterable[RecordedFact]) -> Iterator[Alarm]:
    for recorded in entries:
        if isinstance(recorded.fact, f.FindingMade):
            yield Alarm(recorded.fact.finding, recorded.recorded_at)


def _ways(reason: Missing, stay: Stay, file: File, context: Context) -> Iterator[Way]:
    particular = _particular(reason, stay, context)
    for each in (particular,) if particular else explained(reason).remedies:
        if reason is Missing.RELEASE_DISPUTED and each.who is Who.SHIP_AGENT:
            yield Way(each, _claiming(stay, file))
        else:
            yield Way(each, _are(each.who, stay, context.directory))


def _particular(reason: Missing, stay: Stay, context: Context) -> Remedy | None:
    """Return what this very stay needs, where that is more than *reason* tells."""
    match reason:
        case Missing.NO_PICKUP_ASSIGNED if not _holder_assigns(stay, context):
            return remedy(Who.HOLDER, "pass_to_operator")
        case Missing.CUSTOMS_NOT_CLEARED if stay.customs is CustomsStatus.DOCUMENTARY_CONTROL:
            return remedy(Who.DECLARANT, "show_papers")
        case Missing.TERMINAL_NOT_RELEASED if stay.terminal_light is TerminalLight.BLOCKED:
            return remedy(Who.TERMINAL, "lift_hold")
        case Missing.TERMINAL_NOT_RELEASED if stay.terminal_light is TerminalLight.SCANNING:
            return remedy(Who.TERMINAL, "end_scan")
        case _:
            return None


def _holder_assigns(stay: Stay, context: Context) -> bool:
    # cpu.md §1.1: a release party cannot assign; it has to pass the right on first. Where a
    # system decides, so does it decide who assigns.
    holder = context.directory.get(stay.holder)
    decided_here = stay.authority == "ledger"
    if holder is None or not decided_here or context.policy.release_party_assigns:
        return True
    return Role.TRANSPORT_OPERATOR in holder.roles


def _claiming(stay: Stay, file: File) -> tuple[str, ...]:
    others = (each.agent for each in file.stays if each.disputed and each.on_quay)
    return tuple(dict.fromkeys((stay.agent, *others)))


def _are(who: Who, stay: Stay, directory: Directory) -> tuple[str, ...]:
    """Return who plays the part *who* in the stay; of some the ledger does not know."""
    match who:
        case Who.SHIP_AGENT:
            found: str | None = stay.agent
        case Who.HOLDER:
            found = stay.holder
        case Who.RECEIVER:
            found = stay.pending.receiver if stay.pending else None
        case Who.TRANSPORT_OPERATOR:
            found = stay.pickup.operator if stay.pickup else stay.accepted_holder
        case Who.TERMINAL:
            operator = directory.operator_of(stay.port, stay.terminal)
            found = operator.id if operator else None
        case Who.SYSTEM:
            gateway = directory.speaking_for(DECIDED_BY_SYSTEM.get(stay.port, ""))
            found = gateway.id if gateway else None
        case _:
            found = None  # not of this release, or not known by name
    return () if found is None else (found,)
