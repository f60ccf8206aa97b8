"""What the ledger is told of one container: the right as it stands, the discharge, the leaving."""

from typing import Any, Final

from adapters.portbase.goods import told_goods
from adapters.portbase.hearing import Hearing
from adapters.portbase.memory import Asked, Box, Kind, digest
from schemas.identifiers import Scheme
from schemas.messages import PartyRef
from schemas.observed import ObservedStatus
from schemas.value import altered

# Their effect by the ledger's own rules says more than the state does: whose release it is, with
# its order and its haulage. Of all others the state is told before, so that what the ledger would
# not follow by its older picture is no contradiction (docs/decisions/0010).
ANSWERED_FIRST: Final = frozenset({Kind.RELEASE, Kind.UPDATE, Kind.RELEASE_TO, Kind.WITHDRAW})


def tell(hearing: Hearing, box: Box, settled: tuple[Asked, ...]) -> None:
    """Say of *box* whatever the ledger was not told, and answer what is *settled* with it."""
    first = tuple(asked for asked in settled if asked.kind in ANSWERED_FIRST)
    for asked in first:
        hearing.answer(asked, accepted=True)
    box = told_goods(hearing, _told_right(hearing, box))
    box = _told_left(hearing, _told_discharged(hearing, box))
    hearing.known = hearing.known.with_box(box)
    for asked in settled:
        if asked not in first:
            hearing.answer(asked, accepted=True)


def of_party(organisation: str) -> PartyRef:
    """Return an organisation of the bus as it is named in messages."""
    return PartyRef(scheme=Scheme.NXTPORT, code=organisation)


def _told_right(hearing: Hearing, box: Box) -> Box:
    over = box.left is not None and box.leaving_told
    if over or not (box.released or box.told):
        return box
    message = hearing.observation(box, _right(box))
    now = "" if message is None else digest(message.model_dump_json())
    if message is None or now == box.told:
        return box
    if box.nominee and box.operator is None:
        hearing.findings.append("operator_unknown: $.nominatedInlandOperators")
    if not hearing.say(message):
        return box
    return altered(box, told=now, held=box.held or bool(message.holders))


def _right(box: Box) -> dict[str, Any]:
    members: dict[str, Any] = {
        "status": _status(box),
        "agent": None if box.agent is None else of_party(box.agent),
        "holders": _holders(box),
        "no_pickup": _nobody_collects(box),
        "expires_at": box.until,
        "customs": box.customs,
        "terminal_light": box.light,
    }
    return {name: value for name, value in members.items() if value is not None}


def _status(box: Box) -> ObservedStatus:
    if not box.released:
        return ObservedStatus.DELETED
    return ObservedStatus.EXPIRED if box.invalid else ObservedStatus.RELEASED


def _holders(box: Box) -> tuple[PartyRef, ...] | None:
    """Return who holds the right, as far as Portbase lets anybody know; None: not told."""
    holders = box.chain if box.operator is None else (*box.chain, box.operator)
    if not box.released:
        return ()
    # Who was nominated in Portbase's own screens is no party that we know: what was, is over. So
    # it is where nobody is shown any more, and of the chain before nothing was told.
    over = box.held or (bool(box.nominee) and box.operator is None)
    return tuple(of_party(each) for each in holders) if holders or over else None


def _nobody_collects(box: Box) -> bool:
    """Tell whether nobody whom we know is to collect; where it was never told, nobody knows."""
    return not box.released or (box.nominee is not None and box.operator is None)


def _told_discharged(hearing: Hearing, box: Box) -> Box:
    if box.discharged is None or box.discharge_told or not box.told:
        return box
    message = hearing.observation(box, {"discharged": True})
    told = message is not None and hearing.say(message, box.discharged)
    return altered(box, discharge_told=told)


def _told_left(hearing: Hearing, box: Box) -> Box:
    # That a box is gone is told of one that was never released, too: somebody has to know.
    if box.left is None or box.leaving_told:
        return box
    message = hearing.observation(box, _before_it_left(box) | {"gate_out": True})
    told = message is not None and hearing.say(message, box.left)
    return altered(box, leaving_told=told)


def _before_it_left(box: Box) -> dict[str, Any]:
    """Return how it stood where that was never told: else the ledger takes it for released."""
    if box.told:
        return {}
    return _right(box) | ({} if box.discharged is None else {"discharged": True})
