"""What a terminal says to a pre-notification, or to its end (HCN)."""

from collections.abc import Iterator
from typing import Final

from adapters.portbase.hearing import Hearing
from adapters.portbase.memory import Asked, Box, Kind, digest
from adapters.portbase.profile import TAR_TERMINALS
from adapters.portbase.settling import settle
from adapters.portbase.wire_visit import Check, Checks, VisitAnswer, VisitStatus
from schemas.messages import CustomsStatus
from schemas.observed import ObservedLight
from schemas.value import altered

COR: Final = "COR"
"""The commercial release is not valid at the terminal (identity_scr_portbase.md §C.8 [B14])."""

VISITS: Final = frozenset({Kind.PRE_NOTIFY, Kind.CANCEL})


def visit_answered(hearing: Hearing, said: VisitAnswer, reply_to: str) -> None:
    """Take in the terminal's answer: the lights that it shows, and what it says to the request."""
    number = hearing.number(said.equipment_number, "$.equipmentNumber")
    if number is None:
        return
    try:
        status = VisitStatus((said.status or "").upper())
    except ValueError:
        hearing.wrong("code_unknown", "$.status", "This is neither ACCEPTED nor REJECTED.")
        return
    if said.commercial_window is not None:
        hearing.findings.append("not_carried: $.commercialWindow")
    asked = _asked(hearing, number, reply_to)
    box = hearing.known.box(number)
    now = digest(said.model_dump_json())
    if asked is None and box.visit == now:
        return
    why = tuple(_refused(hearing, status, said.checks))
    box = _as_shown(altered(box, visit=now), said.checks)
    if asked is None or asked.kind is Kind.PRE_NOTIFY:
        _pre_notified(hearing, box, asked, why)
    elif why:
        settle(hearing, box)
        hearing.answer(asked, accepted=False, reason="; ".join(why))
    else:
        settle(hearing, box, asked)


def _asked(hearing: Hearing, number: str, reply_to: str) -> Asked | None:
    """Return what is answered: the call that is named, else the first that waits."""
    waiting = [
        asked
        for asked in hearing.known.asked
        if asked.container == number and asked.kind in VISITS
    ]
    named = [asked for asked in waiting if reply_to and asked.document == reply_to]
    return next(iter(named or waiting), None)


def _pre_notified(hearing: Hearing, box: Box, asked: Asked | None, why: tuple[str, ...]) -> None:
    if not why:
        settle(hearing, altered(box, light=ObservedLight.RELEASED), *filter(None, (asked,)))
        return
    settle(hearing, box)
    if asked is not None:
        hearing.answer(asked, accepted=False, reason="; ".join(why))
        return
    taken_back = hearing.observation(box, {"no_pickup": True})
    if taken_back is not None and hearing.known.box(box.number).told:
        # What it had accepted it takes back, as when the ETA is not what it was (§C.6).
        hearing.say(taken_back)


def _refused(hearing: Hearing, status: VisitStatus, checks: Checks | None) -> Iterator[str]:
    """Yield why nobody is let in under it; nothing: it stands."""
    checks = checks or Checks()
    faults = [*_fault("commercialRelease", checks.commercial_release)]
    faults += _fault("customs", checks.customs)
    if status is VisitStatus.REJECTED:
        yield from faults or ("the terminal refused it",)
    elif faults:
        yield from faults
    elif hearing.known.terminal in TAR_TERMINALS and not checks.tar:
        yield "no TAR was given"


def _fault(name: str, check: Check | None) -> Iterator[str]:
    if check is not None and check.ok is False:
        yield f"{name}: {check.reason or 'not in order'}"


def _as_shown(box: Box, checks: Checks | None) -> Box:
    release = None if checks is None else checks.commercial_release
    customs = None if checks is None else checks.customs
    if release is not None and release.ok is not None:
        # Red is also an ETA outside the commercial window: the release stands then.
        expired = release.ok is False and (release.reason or "").upper() == COR
        box = altered(box, invalid=expired or (box.invalid and not release.ok))
    if customs is None or customs.ok is None:
        return box
    light = CustomsStatus.RELEASED if customs.ok else CustomsStatus.NOT_RELEASED
    return altered(box, customs=light)
