"""How far the agent's own release got: declared, accepted, rejected, withdrawn."""

from typing import Final

from adapters.portbase.hearing import Hearing
from adapters.portbase.memory import Asked, Box, Kind
from adapters.portbase.settling import settle
from adapters.portbase.wire_release import CommercialReleaseStatus, ReleaseStatus
from schemas.value import altered

GIVEN: Final = frozenset({Kind.RELEASE, Kind.UPDATE, Kind.RELEASE_TO})
REFUSED: Final = "The terminal refused the release."


def release_moved(hearing: Hearing, said: CommercialReleaseStatus, reply_to: str) -> None:
    """Take in one step of a container's release."""
    number = hearing.number(said.equipment_number, "$.equipmentNumber")
    if number is None:
        return
    box = hearing.known.box(number)
    match (said.release_status or "").upper():
        case ReleaseStatus.DECLARED:
            # The terminal has not answered: neither may anybody leave, nor was it refused (§C.4).
            return
        case ReleaseStatus.ACCEPTED:
            _accepted(hearing, box, said, reply_to)
        case ReleaseStatus.REJECTED:
            _rejected(hearing, box, said, reply_to)
        case ReleaseStatus.WITHDRAWN:
            _withdrawn(hearing, box)
        case _:
            known = ", ".join(ReleaseStatus)
            hearing.wrong("code_unknown", "$.releaseStatus", f"This is none of {known}.")


def _accepted(hearing: Hearing, box: Box, said: CommercialReleaseStatus, reply_to: str) -> None:
    asked = _asked(hearing, box, reply_to)
    asked_until = None if asked is None else asked.until
    until = said.release_valid_until_date_time or asked_until or box.until
    box = altered(box, released=True, until=until, invalid=False)
    settle(hearing, box, *(() if asked is None else (asked,)))


def _rejected(hearing: Hearing, box: Box, said: CommercialReleaseStatus, reply_to: str) -> None:
    asked = _asked(hearing, box, reply_to)
    if asked is not None:
        # Of an update: what was released before stands as it did.
        hearing.answer(asked, accepted=False, reason=said.reason or REFUSED)
        return
    settle(hearing, altered(box, invalid=box.released))


def _withdrawn(hearing: Hearing, box: Box) -> None:
    if box.left is None:
        box = altered(box, released=False, until=None, invalid=False, chain=(), operator=None)
    settle(hearing, box)


def _asked(hearing: Hearing, box: Box, reply_to: str) -> Asked | None:
    """Return what the agent asked: by the call that is named, else the first that waits."""
    waiting = [
        asked
        for asked in hearing.known.asked
        if asked.container == box.number and asked.kind in GIVEN
    ]
    named = [asked for asked in waiting if reply_to and asked.document == reply_to]
    return next(iter(named or waiting), None)
