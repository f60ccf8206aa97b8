"""An air consignment as its airport's system shows it, and the air gate: status only.

It has no release and no right that moves, so it is no stay: each observation tells everything
that was told so far, and stands by itself (docs/decisions, 0026). The gate is INFERRED
(identity_scr_portbase.md §D): received, cleared, notified, and no hold of customs' open, counted
by pieces.
"""

from collections.abc import Iterator, Mapping

from ledger.directory.directory import NotFound
from ledger.law.context import Case
from ledger.law.dates import in_utc
from schemas.air import AirMissing, AirStep
from schemas.air_facts import AirTally, ConsignmentObserved
from schemas.air_messages import ObserveConsignment
from schemas.facts import Fact, FindingMade
from schemas.reasons import Finding

GATE: Mapping[AirStep, AirMissing] = {
    AirStep.RECEIVED: AirMissing.NOT_RECEIVED,
    AirStep.CLEARED: AirMissing.NOT_CLEARED,
    AirStep.NOTIFIED: AirMissing.NOT_NOTIFIED,
}
"""What each piece needs, and what is missing where one has it not."""


def observed(message: ObserveConsignment, case: Case) -> tuple[Fact, ...]:
    """Return how the consignment stands, what its gate says, and what is odd about it."""
    counts = {count.step: count.pieces for count in message.counts}
    said = message.confirmed_at
    fact = ConsignmentObserved(
        system=case.sender.system or case.sender.id,
        tallies=tuple(AirTally(each.step, each.pieces, each.at) for each in message.counts),
        held=message.held,
        may_leave=pieces_let_out(message.pieces, counts, message.held),
        missing=tuple(missing_by_air(message.pieces, counts, message.held)),
        pieces=message.pieces,
        origin=message.origin,
        destination=message.destination,
        discrepancies=message.discrepancies,
        notified=_known(message, case),
        as_of=None if said is None else min(in_utc(said), case.now),
    )
    return (fact, *_odd(message, counts))


def missing_by_air(
    pieces: int | None, counts: Mapping[AirStep, int], held: int
) -> Iterator[AirMissing]:
    """Yield why not all *pieces* may leave; nothing where they all may."""
    if pieces is None:
        yield AirMissing.PIECES_UNKNOWN
    elif counts.get(AirStep.DELIVERED, 0) >= pieces:
        yield AirMissing.ALREADY_DELIVERED
        return
    for missing in AirMissing:
        if missing is AirMissing.HELD_BY_CUSTOMS and held:
            yield missing
        step = next((each for each, lacks in GATE.items() if lacks is missing), None)
        if step is not None and _fewer(counts.get(step, 0), pieces):
            yield missing


def pieces_let_out(pieces: int | None, counts: Mapping[AirStep, int], held: int) -> int:
    """Return how many pieces may leave now: none where it is not known of how many.

    Which pieces are held nobody tells: they are taken to be of those that could go.
    """
    if pieces is None:
        return 0
    through = min(pieces, *(counts.get(step, 0) for step in GATE))
    return max(0, through - held - counts.get(AirStep.DELIVERED, 0))


def _fewer(counted: int, pieces: int | None) -> bool:
    """Tell whether not all have it; of an unknown number, whether none has."""
    return counted < pieces if pieces is not None else not counted


def _odd(message: ObserveConsignment, counts: Mapping[AirStep, int]) -> Iterator[Fact]:
    if message.pieces is not None and any(each > message.pieces for each in counts.values()):
        text = "More pieces are told of than the air waybill has."
        yield FindingMade(finding=Finding.OBSERVED_OTHERWISE, text=text)
    gone = counts.get(AirStep.DELIVERED, 0)
    if gone > min(counts.get(step, 0) for step in GATE):
        text = "More pieces were delivered than were received, cleared and notified."
        yield FindingMade(finding=Finding.LEFT_WITHOUT_RIGHT, text=text)
    if gone and message.held:
        text = "Pieces were delivered, and customs hold some still."
        yield FindingMade(finding=Finding.LEFT_WHILE_BLOCKED, text=text)


def _known(message: ObserveConsignment, case: Case) -> str | None:
    """Return who was notified, where it is an organisation of the bus."""
    if message.notified is None:
        return None
    found = case.context.directory.find(message.notified)
    return None if isinstance(found, NotFound) else found.id
