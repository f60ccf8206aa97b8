"""A container as the reading keeps it: its releases, their chains and lights, and who waits."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.simulation.reading.told import Json, Told

# cpu.md §2.2 and §7 rule 18: green, and what may be collected with an obligation.
GREEN = "released"
ORANGE = frozenset({"selectedforscan", "favv", "portequalisation", "transhipment"})


@dataclass(slots=True)
class Pickup:
    """The digital key (cpu.md §2.4)."""

    operator: str
    modality: str
    expires_at: datetime | None
    mask: str | None
    made_by: str = ""


@dataclass(slots=True)
class Release:
    """One commercial release and all that hangs on it (cpu.md §2)."""

    number: str
    agent: str
    port: str
    terminal: str
    bills: tuple[str, ...]
    stay_number: str | None
    vessel: str | None
    valid_from: datetime
    expires_at: datetime
    opened_by: str
    expiry_given: bool
    haulage: str | None = None
    blocked: bool = False
    expired: bool = False
    deleted: bool = False
    gone: bool = False
    disputed: bool = False
    # giver, receiver, accepted: the living chain alone
    hops: list[tuple[str, str, bool]] = field(default_factory=list)
    pickup: Pickup | None = None
    means: str | None = None
    discharged: bool = False
    # what its terminal and customs said of the papers, each word once
    words: list[dict[str, Any]] = field(default_factory=list)
    customs: str | None = None
    # what customs said of each bill, where they did not speak of all of them
    goods: dict[str, str] = field(default_factory=dict)
    light: str = "unknown"
    light_before: str = "unknown"
    gate: str = "unknown"
    left_at: datetime | None = None
    first_release_party: str | None = None
    ended: list[tuple[str, datetime]] = field(default_factory=list)
    # quays that it left while their gates might not know, and until when they are waited for
    waits_for: dict[str, datetime] = field(default_factory=dict)
    # of each quay the message that made the right which ended there; and which are confirmed
    ended_by: dict[str, str] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)

    @property
    def live(self) -> bool:
        return not (self.expired or self.deleted or self.gone)

    @property
    def over(self) -> bool:
        """Tell whether nothing can be done with it any more."""
        return self.deleted or self.gone

    @property
    def pending(self) -> tuple[str, str] | None:
        """Who offered the right to whom, while that is not answered."""
        return self.hops[-1][:2] if self.hops and not self.hops[-1][2] else None

    @property
    def holder(self) -> str | None:
        """Who accepted the right last."""
        return next((receiver for _, receiver, taken in reversed(self.hops) if taken), None)

    @property
    def status(self) -> str:
        if self.gone:
            return "gated_out"
        if self.deleted:
            return "deleted"
        if self.expired:
            return "expired"
        return "blocked" if self.blocked else "released"

    @property
    def customs_allow(self) -> bool:
        return self.customs == GREEN or self.customs in ORANGE

    @property
    def combined(self) -> str:
        """The combined light (cpu.md §2.2): red unless every light of its own allows."""
        commercial = not (self.blocked or self.expired or self.deleted)
        if not (commercial and self.discharged and self.light == "released"):
            return "red"
        return {True: "green"}.get(
            self.customs == GREEN, "yellow" if self.customs_allow else "red"
        )

    def missing(self, now: datetime) -> Iterator[str]:
        """Yield why it may not leave, in the order in which a person would settle it."""
        if self.gone:
            yield "already_gated_out"
            return
        yield from self._missing_of_the_release(now)
        yield from self._missing_of_the_right(now)
        if any(quay != self.terminal and now < until for quay, until in self.waits_for.items()):
            yield "previous_quay_not_confirmed"
        if not self.discharged:
            yield "not_discharged"
        if not self.customs_allow:
            yield "customs_not_cleared"
        if self.light != "released":
            yield "terminal_not_released"

    def _missing_of_the_release(self, now: datetime) -> Iterator[str]:
        if self.blocked:
            yield "release_blocked"
        if self.expired or self.expires_at <= now:
            yield "release_expired"
        if self.deleted:
            yield "release_deleted"
        if self.valid_from > now:
            yield "release_not_yet_valid"
        if self.disputed:
            yield "release_disputed"

    def _missing_of_the_right(self, now: datetime) -> Iterator[str]:
        if self.pending is not None:
            yield "transfer_pending"
        elif self.holder is None:
            yield "no_holder"
        elif self.pickup is None:
            yield "no_pickup_assigned"
        elif self.pickup.expires_at is not None and self.pickup.expires_at <= now:
            yield "pickup_expired"

    def stands(self) -> dict[str, Any]:
        """Return what a snapshot of it must show."""
        return {
            "agent": self.agent,
            "port": self.port,
            "terminal": self.terminal,
            "release_identification": self.number,
            "bills_of_lading": list(self.bills),
            "stay_number": self.stay_number,
            "vessel_imo": self.vessel,
            "means_of_transport": self.means,
            "status": self.status,
            "hops": [list(hop) for hop in self.hops],
            "pickup": None if self.pickup is None else self.pickup.operator,
            "modality": None if self.pickup is None else self.pickup.modality,
            "customs": self.customs,
            "discharged": self.discharged,
            "terminal_light": self.light,
            "gate": self.gate,
            "disputed": self.disputed,
            "first_release_party": self.first_release_party,
            "valid_from": self.valid_from,
            "expires_at": self.expires_at,
            "haulage": self.haulage,
        }


@dataclass(slots=True)
class Waiter:
    """A message in the waiting room."""

    told: Told
    until: datetime
    report: bool


@dataclass(slots=True)
class Box:
    """One container: its releases, the oldest first, and who waits for one."""

    number: str
    releases: list[Release] = field(default_factory=list)
    waiting: list[Waiter] = field(default_factory=list)


def shown(stay: Json) -> dict[str, Any]:
    """Return of an entry's own snapshot what `stands` tells."""
    pickup = stay.get("pickup") or {}
    return {
        **{name: stay.get(name) for name in AS_THEY_ARE},
        "hops": [[hop["giver"], hop["receiver"], hop["accepted"]] for hop in stay["hops"]],
        "pickup": pickup.get("operator"),
        "modality": pickup.get("modality"),
        "valid_from": datetime.fromisoformat(stay["valid_from"]),
        "expires_at": datetime.fromisoformat(stay["expires_at"]),
    }


AS_THEY_ARE = (
    "agent", "port", "terminal", "release_identification", "bills_of_lading", "stay_number",
    "vessel_imo", "means_of_transport", "status", "customs", "discharged", "terminal_light",
    "gate", "disputed", "first_release_party", "haulage",
)  # fmt: skip
