"""One container of a partner's message into what the ledger is asked or told of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from msgspec import Struct

from adapters.edifact.meaning.carriers import carrier_in
from adapters.edifact.meaning.checks import moved
from adapters.edifact.meaning.findings import ProfileRule
from adapters.edifact.meaning.looks import Looking
from adapters.edifact.meaning.sections import Section
from adapters.edifact.partners.partner import Function, Meaning
from schemas import messages as m
from schemas.messages import Modality, PartyRef

LEAVES_BY: Final = frozenset({Modality.BARGE, Modality.RAIL})
"""What a COPINO is taken of; one of a truck may name its driver, and nothing of it is taken."""


class Made(Struct, frozen=True):
    """A message before it is checked: which, its members, when it happened, who is meant."""

    model: type[m.ContainerMessage]
    values: Mapping[str, Any]
    occurred_at: datetime | None = None
    on_behalf_of: PartyRef | None = None


class Asked(Struct, frozen=True):
    """What a message as a whole says, and does to an earlier one."""

    meaning: Meaning
    function: Function


Maker: TypeAlias = Callable[[Looking, Section, Asked], Made | None]


def release(looking: Looking, part: Section, asked: Asked) -> Made | None:
    """Return the release of a COREOR, its new values, or its deletion.

    It names nobody that the container is released to: the agent nominates elsewhere (cpu.md 5).
    """
    container = looking.container(part.segments[0])
    if container is None:
        return None
    at = looking.written(part)
    match asked.function:
        case Function.DELETION:
            return Made(m.Delete, _named(looking, part, container), at)
        case Function.REPLACE:
            named = _named(looking, part, container)
            return Made(m.Update, named | _dates(looking, part) | _extra(looking, part), at)
        case Function.ORIGINAL:
            named = _named(looking, part, container, quay_needed=True)
            looking.needs(part, looking.sends.bills, named["bills_of_lading"])
            return Made(
                m.Release,
                named
                | _dates(looking, part)
                | _extra(looking, part)
                | {"carrier": _carrier(looking)},
                at,
            )


def report(looking: Looking, part: Section, asked: Asked) -> Made | None:
    """Return what a terminal reports of a container: COARRI and CODECO."""
    if asked.meaning is Meaning.LOAD:
        top = looking.sections.top()
        looking.notes.add(ProfileRule.LOAD_NOT_USED, top, 1, 1, item="1001", found=top.value(1))
        return None
    container = looking.container(part.segments[0])
    if container is None:
        return None
    if not moved(looking, part):
        return None
    model = REPORTS[asked.meaning]
    values = _reported(looking, part, container)
    if model is m.ReportGateOut:
        values |= {"modality": looking.means(part)}
    return Made(model, values, looking.happened(part))


def pickup(looking: Looking, part: Section, asked: Asked) -> Made | None:
    """Return by what a container leaves, as who holds its right says in a COPINO.

    It makes no pick-up right: the law asks that its sender is the holder, and finds where the
    means are others than those of the pick-up that was assigned (design.md 3).
    """
    container = looking.container(part.segments[0])
    if container is None:
        return None
    if not moved(looking, part):
        return None
    means = _means(looking, part)
    if means is None:
        return None
    operator = looking.operator(part)
    if asked.function is Function.DELETION:
        means = Modality.UNKNOWN
    values = _named(looking, part, container, release_needed=False)
    at = looking.written(part)
    return Made(m.SetMeansOfTransport, values | {"means_of_transport": means}, at, operator)


def status(looking: Looking, part: Section, _asked: Asked) -> Made | None:
    """Return what a status of an IFTSTA reports, where its code is one of those agreed."""
    sts = part.segments[0]
    code = sts.value(2)
    meaning = looking.sends.statuses.get(code)
    if meaning is None or meaning not in REPORTS:
        looking.notes.add(
            ProfileRule.STATUS_NOT_USED,
            sts,
            2,
            1,
            item="9011",
            expected=", ".join(looking.sends.statuses),
            found=code,
        )
        return None
    eqd = part.first("EQD")
    if eqd is None:
        looking.notes.add(ProfileRule.CONTAINER_MISSING, sts, item="8260", expected="EQD+CN")
        return None
    container = looking.container(eqd)
    if container is None:
        return None
    return Made(REPORTS[meaning], _reported(looking, part, container), looking.happened(part))


REPORTS: Final[Mapping[Meaning, type[m.ContainerMessage]]] = {
    Meaning.DISCHARGE: m.ReportDischarge,
    Meaning.GATE_IN: m.ReportGateIn,
    Meaning.GATE_OUT: m.ReportGateOut,
    Meaning.TERMINAL_RELEASE: m.ReportTerminalRelease,
    Meaning.TERMINAL_BLOCK: m.ReportTerminalBlock,
}

MAKERS: Final[Mapping[str, Maker]] = {
    "COREOR": release,
    "COARRI": report,
    "CODECO": report,
    "COPINO": pickup,
    "IFTSTA": status,
}
"""What makes a container of each message."""


# --- members ---------------------------------------------------------------------------------


def _named(
    looking: Looking,
    part: Section,
    container: str,
    *,
    release_needed: bool = True,
    quay_needed: bool = False,
) -> dict[str, Any]:
    """Return what a release is found by; not each message has to name all of it."""
    quay = looking.quay(part, needed=quay_needed)
    sends = looking.sends
    identification = looking.reference(part, sends.release_references)
    if release_needed:
        looking.needs(part, sends.release_references, identification)
    return {
        "container": container,
        "port": quay.port,
        "terminal": quay.terminal or None,
        "bills_of_lading": tuple(dict.fromkeys(looking.references(part, sends.bills))),
        "release_identification": identification,
        "stay_number": looking.reference(part, sends.stay_references),
        "vessel_imo": looking.vessel(),
    }


def _reported(looking: Looking, part: Section, container: str) -> dict[str, Any]:
    return _named(looking, part, container, release_needed=False, quay_needed=True)


def _dates(looking: Looking, part: Section) -> dict[str, Any]:
    begins = looking.moment(part, looking.sends.valid_from)
    ends = looking.moment(part, looking.sends.expires_at)
    expires_at = ends.ends(looking.partner.zone) if ends else None
    if begins and expires_at and expires_at <= begins.at:
        looking.notes.add(ProfileRule.DATES_REVERSED, part.segments[0], item="2380")
    return {"valid_from": begins.at if begins else None, "expires_at": expires_at}


def _extra(looking: Looking, part: Section) -> dict[str, Any]:
    return {
        "order_reference": looking.reference(part, looking.sends.order_references),
        "equipment_type": part.segments[0].value(3) or None,
    }


def _carrier(looking: Looking) -> dict[str, str] | None:
    named = (looking.head.first("NAD", qualifier) for qualifier in ("CA", "CF"))
    found = (carrier_in(nad) for nad in named if nad is not None)
    return next(filter(None, found), None)


def _means(looking: Looking, part: Section) -> Modality | None:
    """Return how a container is collected; None, and why is noted, where that is of no use."""
    means = looking.means(part)
    top = next(looking.head.all("TDT"), looking.sections.top())
    if means in LEAVES_BY:
        return means
    rule = ProfileRule.MEANS_NOT_SAID if means is None else ProfileRule.MEANS_NOT_USED
    looking.notes.add(rule, top, 3, 1, item="8067", found=top.value(3))
    return None
