"""What stands on the ships of a day: each container with everything that chance decided of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import TypeVar

from producers.simulator import numbers
from producers.simulator.cast import Cast, Company, Driver, Quay
from schemas.messages import CustomsStatus, Haulage, Modality

CONTAINERS_A_SHIP = 130
FEWEST_SHIPS = 3
CONTAINERS_A_BILL = (1, 1, 1, 2, 3, 4)
LATEST_BERTH_HOURS = 9

Choice = TypeVar("Choice")


class Stage(StrEnum):
    """How far a container has come when the day ends."""

    NOT_RELEASED = "not_released"
    NOT_NOMINATED = "not_nominated"
    OFFERED = "offered"
    HELD = "held"
    AT_SEA = "at_sea"
    CUSTOMS_HOLD = "customs_hold"
    TERMINAL_HOLD = "terminal_hold"
    BLOCKED = "blocked"
    READY = "ready"
    INSIDE = "inside"
    LEFT = "left"


class Trouble(StrEnum):
    """What goes wrong with a container, or otherwise than usual; at most one thing each."""

    NONE = "none"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    TAKEN_BACK_TOO_LATE = "taken_back_too_late"
    FROZEN = "frozen"
    CHAIN_REVOKED = "chain_revoked"
    INTRUDER = "intruder"
    ACCEPTED_BY_ANOTHER = "accepted_by_another"
    RECEIVER_UNKNOWN = "receiver_unknown"
    EARLY_DISCHARGE = "early_discharge"
    EARLY_ACCEPT = "early_accept"
    DOUBLED = "doubled"
    SCANNED = "scanned"
    OTHER_DRIVER = "other_driver"
    NO_DRIVER = "no_driver"
    MOVED_QUAY = "moved_quay"
    EXTENDED = "extended"
    RELEASED_TWICE = "released_twice"
    DATES_IN_THE_PAST = "dates_in_the_past"
    DISPUTED = "disputed"
    LEFT_WITHOUT_RIGHT = "left_without_right"
    LEFT_WHILE_BLOCKED = "left_while_blocked"
    LEFT_BY_ANOTHER = "left_by_another"
    TERMINAL_OVERRULED = "terminal_overruled"
    LEFT_UNKNOWN = "left_unknown"


# Of a thousand containers; what is left over has no trouble.
TROUBLES: dict[Trouble, int] = {
    Trouble.DECLINED: 45,
    Trouble.TAKEN_BACK: 30,
    Trouble.TAKEN_BACK_TOO_LATE: 10,
    Trouble.FROZEN: 40,
    Trouble.CHAIN_REVOKED: 20,
    Trouble.INTRUDER: 25,
    Trouble.ACCEPTED_BY_ANOTHER: 10,
    Trouble.RECEIVER_UNKNOWN: 10,
    Trouble.EARLY_DISCHARGE: 40,
    Trouble.EARLY_ACCEPT: 15,
    Trouble.DOUBLED: 40,
    Trouble.SCANNED: 25,
    Trouble.OTHER_DRIVER: 30,
    Trouble.NO_DRIVER: 10,
    Trouble.MOVED_QUAY: 15,
    Trouble.EXTENDED: 20,
    Trouble.RELEASED_TWICE: 10,
    Trouble.DATES_IN_THE_PAST: 5,
    Trouble.DISPUTED: 6,
    Trouble.LEFT_WITHOUT_RIGHT: 4,
    Trouble.LEFT_WHILE_BLOCKED: 2,
    Trouble.LEFT_BY_ANOTHER: 2,
    Trouble.TERMINAL_OVERRULED: 3,
    Trouble.LEFT_UNKNOWN: 2,
}
MUST_LEAVE = frozenset(
    {
        Trouble.LEFT_WITHOUT_RIGHT,
        Trouble.LEFT_WHILE_BLOCKED,
        Trouble.LEFT_BY_ANOTHER,
        Trouble.TERMINAL_OVERRULED,
        Trouble.LEFT_UNKNOWN,
    }
)
ASKS_ANOTHER = frozenset({Trouble.DECLINED, Trouble.TAKEN_BACK})
STAGES: dict[Stage, int] = {
    Stage.LEFT: 600,
    Stage.READY: 110,
    Stage.HELD: 70,
    Stage.CUSTOMS_HOLD: 60,
    Stage.OFFERED: 50,
    Stage.AT_SEA: 40,
    Stage.NOT_NOMINATED: 20,
    Stage.TERMINAL_HOLD: 20,
    Stage.INSIDE: 15,
    Stage.BLOCKED: 10,
    Stage.NOT_RELEASED: 5,
}
# Trouble needs the whole chain to happen in.
STAGES_IN_TROUBLE: dict[Stage, int] = {
    stage: share
    for stage, share in STAGES.items()
    if stage in {Stage.LEFT, Stage.READY, Stage.CUSTOMS_HOLD, Stage.INSIDE}
}
MODALITIES = {Modality.TRUCK: 72, Modality.BARGE: 18, Modality.RAIL: 10}
HOPS = {0: 20, 1: 50, 2: 30}
# How customs come to their last word; orange leaves with an obligation (cpu.md §7 rule 18).
CUSTOMS_PATHS: dict[tuple[CustomsStatus, ...], int] = {
    (CustomsStatus.RELEASED,): 70,
    (CustomsStatus.NOT_RELEASED, CustomsStatus.RELEASED): 10,
    (CustomsStatus.DOCUMENTARY_CONTROL, CustomsStatus.RELEASED): 6,
    (CustomsStatus.SELECTED_FOR_SCAN, CustomsStatus.RELEASED): 5,
    (CustomsStatus.TRANSHIPMENT,): 4,
    (CustomsStatus.FAVV, CustomsStatus.RELEASED): 3,
    (CustomsStatus.PORT_EQUALISATION,): 2,
}
EQUIPMENT = {"22G1": 30, "42G1": 20, "45G1": 45, "45R1": 5}


@dataclass(frozen=True, slots=True)
class Ship:
    """A vessel at its berth."""

    agent: Company
    quay: Quay
    stay_number: str
    berthed_at: datetime
    first_wave: int


@dataclass(frozen=True, slots=True)
class Box:
    """One container. `route` are the parties that the right goes through; the last collects.

    Where a party is asked that does not take the right, that is `stand_in`, at `troubled_hop`.
    """

    number: str
    ship: Ship
    bills: tuple[str, ...]
    release_identification: str
    equipment_type: str
    route: tuple[Company, ...]
    nominated: bool
    modality: Modality
    driver: Driver | None
    customs: tuple[CustomsStatus, ...]
    stage: Stage
    trouble: Trouble
    troubled_hop: int
    stand_in: Company

    def asked(self, hop: int) -> Company:
        """Return whom the right is offered first at that hop: not always who takes it."""
        wrong = self.trouble in ASKS_ANOTHER and hop == self.troubled_hop
        return self.stand_in if wrong else self.route[hop]

    @property
    def haulage(self) -> Haulage:
        """Carrier haulage where the agent nominates the transport operator itself."""
        return Haulage.CARRIER if len(self.route) == 1 else Haulage.MERCHANT

    @property
    def operator(self) -> Company:
        """Who collects it."""
        return self.route[-1]


def loaded(cast: Cast, count: int, starts_at: datetime, chance: Random) -> Iterator[Box]:
    """Yield *count* containers, ship by ship, bill of lading by bill of lading."""
    drawn = numbers.container_numbers(chance)
    ships = _ships(cast, count, starts_at, chance)
    bill, left, last = "", 0, None
    for place, trouble in enumerate(_dealt(count, chance)):
        ship = ships[place * len(ships) // count]
        if left == 0 or ship is not last:
            bill, last = numbers.bill_of_lading(chance, ship.agent.line), ship
            left = chance.choice(CONTAINERS_A_BILL)
        left -= 1
        yield _box(cast, next(drawn), ship, bill, trouble, chance)


def _dealt(count: int, chance: Random) -> list[Trouble]:
    """Return a trouble for each container: by quota, so that a small day has some of each."""
    dealt: list[Trouble] = []
    for trouble, share in TROUBLES.items():
        exact = share * count / 1000
        dealt.extend([trouble] * (int(exact) + (chance.random() < exact % 1)))
    dealt = dealt[:count]
    dealt.extend([Trouble.NONE] * (count - len(dealt)))
    chance.shuffle(dealt)
    return dealt


def _ships(cast: Cast, count: int, starts_at: datetime, chance: Random) -> list[Ship]:
    berths = max(min(count, FEWEST_SHIPS), round(count / CONTAINERS_A_SHIP))
    hours = sorted(chance.uniform(0, LATEST_BERTH_HOURS) for _ in range(berths))
    return [
        Ship(
            agent=cast.agents[place % len(cast.agents)],
            quay=cast.quays[chance.randrange(len(cast.quays))],
            stay_number=numbers.stay_number(chance),
            berthed_at=starts_at + timedelta(hours=hour),
            first_wave=place * 4 // berths,
        )
        for place, hour in enumerate(hours)
    ]


def _box(cast: Cast, number: str, ship: Ship, bill: str, trouble: Trouble, chance: Random) -> Box:
    modality = _drawn(MODALITIES, chance)
    route = _route(cast, modality, trouble, chance)
    stage = _stage(trouble, chance)
    drivers = cast.drivers_of(route[-1])
    others = [company for company in cast.forwarders if company not in route]
    return Box(
        number=number,
        ship=ship,
        bills=(bill,),
        release_identification=f"{ship.agent.line}{chance.randrange(10**9):09d}",
        equipment_type=_drawn(EQUIPMENT, chance),
        route=route,
        nominated=_nominated(trouble, stage, chance),
        modality=modality,
        driver=chance.choice(drivers) if drivers else None,
        customs=_drawn(CUSTOMS_PATHS, chance),
        stage=stage,
        trouble=trouble,
        troubled_hop=chance.randrange(len(route)),
        stand_in=chance.choice(others),
    )


def _stage(trouble: Trouble, chance: Random) -> Stage:
    if trouble in MUST_LEAVE:
        return Stage.LEFT
    shares = STAGES if trouble is Trouble.NONE else STAGES_IN_TROUBLE
    return _drawn(shares, chance)


def _nominated(trouble: Trouble, stage: Stage, chance: Random) -> bool:
    drawn = chance.random() < 0.7  # noqa: PLR2004 - most agents nominate with the release
    if trouble is Trouble.RECEIVER_UNKNOWN or stage is Stage.NOT_NOMINATED:
        return False
    return drawn or trouble is Trouble.EARLY_ACCEPT


def _route(
    cast: Cast, modality: Modality, trouble: Trouble, chance: Random
) -> tuple[Company, ...]:
    operator = chance.choice(cast.operators_by(modality))
    hops = _drawn(HOPS, chance)
    if trouble is Trouble.TAKEN_BACK_TOO_LATE:
        hops = max(hops, 1)
    return (*chance.sample(cast.forwarders, hops), operator)


def _drawn(shares: Mapping[Choice, int], chance: Random) -> Choice:
    return chance.choices(tuple(shares), weights=tuple(shares.values()))[0]
