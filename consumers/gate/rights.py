"""What the gate keeps of an entitlement: no more than it needs to answer, many fit in memory."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeAlias, TypeVar

from schemas.entitlement import Entitlement
from schemas.facts import PickupEnd
from schemas.lights import Lights
from schemas.messages import Modality
from schemas.reasons import Missing

# What only an ended, deleted or departed release lacks: such a right says nothing of the box
# as it stands on the quay today.
OVER = frozenset({Missing.RELEASE_EXPIRED, Missing.RELEASE_DELETED, Missing.ALREADY_GATED_OUT})


@dataclass(frozen=True, slots=True)
class SealedBox:
    """A sealed driver: base64, and the id of the key that opens it."""

    key_id: str
    ciphertext: str


@dataclass(frozen=True, slots=True)
class Right:
    """The right to collect a container, as the ledger last confirmed it.

    It counts once its shard has beaten `counts_from` times (see View): 0 is at once.
    """

    shard: str
    seq: int
    counts_from: int
    release_id: str
    pickup_id: str
    bills_of_lading: tuple[str, ...]
    may_leave: bool
    missing: tuple[Missing, ...]
    valid_from: datetime
    # The earlier of the release's and the pick-up's expiry: the ledger has taken the minimum
    # (schemas.entitlement), so that one date is all a gate has to look at.
    expires_at: datetime
    modality: Modality
    operator: str
    operator_vat: str | None
    driver: SealedBox | None
    lights: Lights
    ended: PickupEnd | None
    confirmed_at: datetime

    def is_live(self, now: datetime) -> bool:
        """Tell whether the right still says something about the container on the quay."""
        return self.ended is None and now < self.expires_at and OVER.isdisjoint(self.missing)


@dataclass(frozen=True, slots=True)
class Suspended:
    """A right whose last record could not be read; `shard` and `seq` are of the one before."""

    shard: str = ""
    seq: int = -1


Held: TypeAlias = Right | Suspended


Value = TypeVar("Value", bound=Hashable)


@lru_cache(maxsize=4096)
def _one(value: Hashable) -> Hashable:
    return value


def shared(value: Value) -> Value:
    """Return *value*, or the same value as it was met before: thousands of rights share it."""
    return _one(value)  # type: ignore[return-value]  # what comes back equals what goes in


def right_of(entitlement: Entitlement, counts_from: int) -> Right:
    """Return what the gate keeps of *entitlement*."""
    driver = entitlement.driver
    return Right(
        shard=shared(entitlement.shard),
        seq=entitlement.seq,
        counts_from=counts_from,
        release_id=entitlement.release_id,
        pickup_id=entitlement.pickup_id,
        bills_of_lading=shared(entitlement.bills_of_lading),
        may_leave=entitlement.may_leave,
        missing=shared(entitlement.missing),
        valid_from=entitlement.valid_from.astimezone(UTC),
        expires_at=entitlement.expires_at.astimezone(UTC),
        modality=entitlement.modality,
        operator=shared(entitlement.operator),
        operator_vat=shared(entitlement.operator_vat),
        driver=None if driver is None else SealedBox(driver.key_id, driver.ciphertext),
        lights=shared(entitlement.lights),
        ended=entitlement.ended,
        confirmed_at=entitlement.confirmed_at.astimezone(UTC),
    )
