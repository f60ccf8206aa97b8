"""What the ledger has recorded of an air consignment, and what its gate says of it."""

from schemas.air import AirMissing, AirStep
from schemas.fact_value import FactValue
from schemas.value import Moment, Value


class AirTally(Value, frozen=True):
    """With how many pieces a step came about so far, and when last."""

    step: AirStep
    pieces: int
    at: Moment | None = None


class ConsignmentObserved(FactValue, frozen=True, kw_only=True):
    """How a consignment stands, as its airport's system says; the record's container is its AWB.

    `may_leave` are the pieces that the air gate lets out now, `missing` why not all of `pieces`.
    `notified` is the organisation that was told that it is there, where it is of the bus; `as_of`
    the time that the system itself gives for what it says.
    """

    system: str
    tallies: tuple[AirTally, ...]
    held: int
    may_leave: int
    missing: tuple[AirMissing, ...]
    pieces: int | None = None
    origin: str | None = None
    destination: str | None = None
    discrepancies: tuple[str, ...] = ()
    notified: str | None = None
    as_of: Moment | None = None
