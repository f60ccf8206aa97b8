"""The ids that Portbase follows a bill under: those asked for, and those that come by themselves.

Without one nobody is authorised or nominated; one comes unasked where a user of Portbase's own
screens tracks the bill, or somebody authorises us (identity_scr_portbase.md §C.5 [B18]).
"""

from collections.abc import Mapping
from typing import Final

from adapters.portbase.hearing import Hearing
from adapters.portbase.ids import is_tracking_id
from adapters.portbase.memory import Asked, Kind
from adapters.portbase.wire_chain import Authorisations, Nominations, Withdrawals
from adapters.portbase.wire_tracking import TrackAnswer
from schemas.value import altered

BY_TRACKING_ID: Final[
    Mapping[Kind, type[Nominations] | type[Authorisations] | type[Withdrawals]]
] = {
    Kind.NOMINATE: Nominations,
    Kind.AUTHORISE: Authorisations,
    Kind.END_NOMINATION: Withdrawals,
    Kind.END_AUTHORISATION: Withdrawals,
}
"""The calls that name the bill by its tracking id, and nothing else."""


def adopt(hearing: Hearing, tracking_id: str) -> bool:
    """Take note of an id, and make the calls that waited for one; tell whether it is new."""
    known = hearing.known
    if tracking_id in known.tracking:
        return False
    if not is_tracking_id(tracking_id):
        sentence = "The tracking id has characters that may not stand in the path of a call."
        hearing.wrong("field_invalid", "$.id", sentence)
        return False
    if not known.track_asked:
        hearing.findings.append("tracking_adopted: $.id")
    hearing.known = altered(known, tracking=(*known.tracking, tracking_id))
    for asked in known.asked:
        if asked.body:
            _call_made(hearing, asked)
    return True


def followed_from_now(hearing: Hearing, said: TrackAnswer) -> None:
    """Take in the answer to a track request: adopt what is followed, and ask how it stands."""
    for tracked in said.tracked_b_ls or ():
        if not tracked.id:
            hearing.wrong("field_missing", "$.trackedBLs", "A bill that is followed has no id.")
        elif adopt(hearing, tracked.id):
            hearing.ask_state(tracked.id)
    if said.not_tracked_b_ls:
        _not_followed(hearing)


def _not_followed(hearing: Hearing) -> None:
    # It was asked for once, and may be asked for again.
    hearing.known = altered(hearing.known, track_asked=False)
    sentence = "Portbase does not track this bill of lading."
    hearing.wrong("not_tracked", "$.notTrackedBLs", sentence)
    for asked in hearing.known.asked:
        if asked.body or asked.kind is Kind.ACCEPT:
            hearing.answer(asked, accepted=False, reason=sentence)
        elif asked.kind is Kind.ANSWER:
            hearing.answer(asked, accepted=asked.accepted, reason=asked.reason)


def _call_made(hearing: Hearing, asked: Asked) -> None:
    model = BY_TRACKING_ID[asked.kind]
    waiting = model.model_validate_json(asked.body, by_alias=True, by_name=False)
    whole = waiting.model_copy(update={"id": hearing.known.tracking_id})
    hearing.make_call(asked, whole.written())
    made = altered(asked, body="", path="")
    others = (made if each is asked else each for each in hearing.known.asked)
    hearing.known = altered(hearing.known, asked=tuple(others))
