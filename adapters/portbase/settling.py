"""What the ledger asked and is done by now: answered, and told with what it did."""

from typing import Final

from adapters.portbase.codes import same_company
from adapters.portbase.hearing import Hearing
from adapters.portbase.memory import Asked, Box, Kind
from adapters.portbase.standing import tell
from schemas.value import altered

TOLD_BEFORE: Final = frozenset(
    {
        Kind.ACCEPT,
        Kind.NOMINATE,
        Kind.AUTHORISE,
        Kind.END_NOMINATION,
        Kind.END_AUTHORISATION,
    }
)
ANSWERED_HERE: Final = frozenset({Kind.ACCEPT, Kind.ANSWER})
"""What Portbase has no call for."""

NO_RELEASE: Final = "Portbase shows no commercial release of this container."


def settle(hearing: Hearing, box: Box, *done: Asked) -> None:
    """Tell of *box* what is new, and answer what was *done* and whatever else is done with it."""
    settled: list[Asked] = []
    waiting = [asked for asked in hearing.known.asked if asked.container == box.number]
    withdrawing = False
    for asked in waiting:
        # What stands until it is withdrawn is not the release that was asked for after that.
        shown = _is_done(asked, box) and not (withdrawing and asked.kind is Kind.RELEASE)
        if asked in done or shown:
            settled.append(asked)
            box = followed(asked, box)
            _keep_name(hearing, asked)
        withdrawing = withdrawing or (asked.kind is Kind.WITHDRAW and not shown)
    answered = (*settled, *(asked for asked in waiting if asked.kind in ANSWERED_HERE))
    if box.released and any(_told_before(asked) for asked in answered):
        box = altered(box, told="")
    tell(hearing, box, tuple(settled))
    for asked in waiting:
        if asked not in settled:
            _answered_here(hearing, asked, box)


def _keep_name(hearing: Hearing, asked: Asked) -> None:
    # A state that came late may show nobody, or somebody else, for a moment.
    if asked.kind is Kind.NOMINATE and asked.name and asked.party:
        hearing.known = hearing.known.with_operator(asked.name, asked.party)


def followed(asked: Asked, box: Box) -> Box:
    """Return *box* once Portbase did what was *asked*."""
    match asked.kind:
        case Kind.RELEASE | Kind.RELEASE_TO:
            return altered(box, agent=asked.agent, chain=asked.chain)
        case Kind.NOMINATE:
            return altered(box, operator=asked.party, chain=asked.chain)
        case Kind.AUTHORISE | Kind.END_AUTHORISATION | Kind.END_NOMINATION:
            return altered(box, chain=asked.chain)
        case _:
            return box


def _told_before(asked: Asked) -> bool:
    """Tell whether the right is told before the answer to *asked*, though it stands as it stood.

    The ledger may not follow it by its own picture, which is no contradiction where it has heard
    since how things stand (docs/decisions/0010).
    """
    return asked.kind in TOLD_BEFORE or (asked.kind is Kind.ANSWER and asked.accepted)


def _is_done(asked: Asked, box: Box) -> bool:
    """Tell whether the state alone shows that it is done."""
    match asked.kind:
        case Kind.RELEASE:
            return box.released
        case Kind.UPDATE:
            return box.released and asked.until is not None and asked.until == box.until
        case Kind.WITHDRAW:
            return not box.released
        case Kind.NOMINATE:
            return same_company(box.nominee, asked.name)
        case Kind.END_NOMINATION:
            return box.nominee is not None and not same_company(box.nominee, asked.name)
        case _:
            return False


def _answered_here(hearing: Hearing, asked: Asked, box: Box) -> None:
    """Answer what Portbase has no call for, once it is known how things stand."""
    if asked.kind is Kind.ACCEPT:
        reason = "" if box.released else NO_RELEASE
        hearing.answer(asked, accepted=box.released, reason=reason)
    elif asked.kind is Kind.ANSWER:
        hearing.answer(asked, accepted=asked.accepted, reason=asked.reason)
