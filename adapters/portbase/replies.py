"""What came back on a call of ours by HTTP alone: done, refused, or no answer at all."""

from typing import Final

from adapters.portbase.hearing import STATE_KIND, Hearing
from adapters.portbase.ids import kind_in_id
from adapters.portbase.memory import Asked, Kind
from adapters.portbase.settling import settle
from schemas.value import altered

REFUSALS: Final = frozenset({"400", "404", "409", "410", "422"})
TRACK_KIND: Final = "track"

DONE_AT_ONCE: Final = frozenset({Kind.AUTHORISE, Kind.END_AUTHORISATION})
"""No state shows them (identity_scr_portbase.md §C.5): the call's own answer has to do, and only
one that says nothing. What says something may say that it was not done."""


GONE: Final = (
    "Portbase shows no such bill of lading: one that is split goes on under two new numbers."
)


def is_failure(status: str) -> bool:
    """Tell whether an HTTP status says that a call did not come through; none is no reply."""
    return bool(status) and not status.startswith("2")


def failed(hearing: Hearing, status: str, reply_to: str) -> None:
    """Take in that a call was not followed; what the body says of it is not repeated."""
    asked = _asked(hearing, reply_to)
    if asked is None or status not in REFUSALS:
        kind = kind_in_id(reply_to) or "something that is not known here"
        sentence = f"Portbase answered {status[:3]} to {kind}: look at its state, and ask again."
        hearing.wrong("call_failed", "header http-status", sentence)
        return
    hearing.answer(asked, accepted=False, reason=f"Portbase refused the call: HTTP {status}.")


def done(hearing: Hearing, reply_to: str, *, says: bool) -> bool:
    """Take in that a call was followed, by an answer without meaning; tell whether it was one.

    *says* whether there is anything in it, though nobody knows what.
    """
    kind = kind_in_id(reply_to)
    if not kind or kind in {TRACK_KIND, STATE_KIND}:
        return False
    asked = _asked(hearing, reply_to)
    if asked is None:
        return True
    if asked.kind in DONE_AT_ONCE and says:
        return False
    if asked.kind in DONE_AT_ONCE:
        settle(hearing, hearing.known.box(asked.container), asked)
    elif hearing.known.tracking_id is not None:
        # It was taken; that it was done, the state shows.
        hearing.ask_state(hearing.known.tracking_id)
    return True


def gone(hearing: Hearing, reply_to: str) -> bool:
    """Take in that there is no bill to show, by an empty list; tell whether one was asked for.

    A bill that is split becomes non-existent (§C.5 [B18]): told once, however often it is asked.
    """
    if kind_in_id(reply_to) != STATE_KIND:
        return False
    if not hearing.known.gone:
        hearing.wrong("not_tracked", "$", GONE)
    hearing.known = altered(hearing.known, gone=True)
    return True


def _asked(hearing: Hearing, reply_to: str) -> Asked | None:
    waiting = hearing.known.asked
    return next((each for each in waiting if reply_to and each.document == reply_to), None)
