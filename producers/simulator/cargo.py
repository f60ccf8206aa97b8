"""What stands on the ships of a day: each container with everything that chance decided of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import TypeVar

from producers.simulator import numbers
from producers.simulator.cast import Cast, Company, Driver, Quay
from schemas.messages import CustomsStatus, Haulage, Modality

CONTAINERS_A_SHIP = 130
FEWEST_SHIPS = 3
# Most bills are of a few containers; a big shipper's has forty.
CONTAINERS_A_BILL = {1: 48, 2: 18, 3: 14, 4: 10, 6: 4, 12: 3, 25: 2, 40: 1}
# Groupage: goods of several bills in one container.
BILLS_A_CONTAINER = {1: 95, 2: 3, 4: 2}
LATEST_BERTH_HOURS = 9
MOST_A_DAY = 10_000
"""Beyond that ships come on the days after, so that what is under way at once has a limit."""
DECK = 1000

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
    WITHDRAWN = "withdrawn"
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
    FROZEN_WITH_KEY = "frozen_with_key"
    CHAIN_REVOKED = "chain_revoked"
    REVOKED_ON_THE_WAY = "revoked_on_the_way"
    RELEASED_ANEW = "released_anew"
    WITHDRAWN = "withdrawn"
    INTRUDER = "intruder"
    ACCEPTED_BY_ANOTHER = "accepted_by_another"
    RECEIVER_UNKNOWN = "receiver_unknown"
    EARLY_DISCHARGE = "early_discharge"
    EARLY_ACCEPT = "early_accept"
    LATE_DISCHARGE = "late_discharge"
    DOUBLED = "doubled"
    CONTRADICTED = "contradicted"
    SCANNED = "scanned"
    OTHER_DRIVER = "other_driver"
    DRIVER_CHANGED = "driver_changed"
    MEANS_SAID = "means_said"
    NO_DRIVER = "no_driver"
    MOVED_QUAY = "moved_quay"
    MOVED_WITH_KEY = "moved_with_key"
    EXTENDED = "extended"
    EXPIRED = "expired"
    KEY_RAN_OUT = "key_ran_out"
    RETURNED = "returned"
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
    Trouble.FROZEN_WITH_KEY: 10,
    Trouble.CHAIN_REVOKED: 20,
    Trouble.REVOKED_ON_THE_WAY: 10,
    Trouble.RELEASED_ANEW: 8,
    Trouble.WITHDRAWN: 8,
    Trouble.INTRUDER: 25,
    Trouble.ACCEPTED_BY_ANOTHER: 10,
    Trouble.RECEIVER_UNKNOWN: 10,
    Trouble.EARLY_DISCHARGE: 40,
    Trouble.EARLY_ACCEPT: 15,
    Trouble.LATE_DISCHARGE: 6,
    Trouble.DOUBLED: 40,
    Trouble.CONTRADICTED: 15,
    Trouble.SCANNED: 25,
    Trouble.OTHER_DRIVER: 25,
    Trouble.DRIVER_CHANGED: 15,
    Trouble.MEANS_SAID: 15,
    Trouble.NO_DRIVER: 10,
    Trouble.MOVED_QUAY: 15,
    Trouble.MOVED_WITH_KEY: 8,
    Trouble.EXTENDED: 20,
    Trouble.EXPIRED: 10,
    Trouble.KEY_RAN_OUT: 10,
    Trouble.RETURNED: 10,
    Trouble.RELEASED_TWICE: 10,
    Trouble.DATES_IN_THE_PAST: 5,
    Trouble.DISPUTED: 6,
    Trouble.LEFT_WITHOUT_RIGHT: 4,
    Trouble.LEFT_WHILE_BLOCKED: 2,
    Trouble.LEFT_BY_ANOTHER: 2,
    Trouble.TERMINAL_OVERRULED: 3,
    Trouble.LEFT_UNKNOWN: 2,
}
IN_TIME = frozenset({Trouble.EXPIRED, Trouble.KEY_RAN_OUT})
"""What happens by the clock alone: only where the ledger's time is that of the day."""
MUST_LEAVE = frozenset(
    {
        Trouble.LATE_DISCHARGE,
        Trouble.RETURNED,
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
HOPS = {0: 20, 1: 45, 2: 25, 3: 10}
"""Before the operator: so the right passes from one to four times."""
HOPS_IN_SHORT = {Trouble.RETURNED: 0, Trouble.EXPIRED: 1, Trouble.KEY_RAN_OUT: 1}
# How customs come to their last word; orange leaves with an obligation (cpu.md §7 rule 18).
CUSTOMS_PATHS: dict[tuple[CustomsStatus, ...], int] = {
    (CustomsStatus.RELEASED,): 70,
    (CustomsStatus.NOT_RELEASED, CustomsStatus.RELEASED): 10,
    (CustomsStatus.DOCUMENTARY_CONTROL, CustomsStatus.RELEASED): 6,
    (CustomsStatus.SELECTED_FOR_SCAN, CustomsStatus.RELEASED): 5,
    (CustomsStatus.TRANSHIPMENT,): 4,
    (CustomsStatus.FAVV, CustomsStatus.RELEASED): 2,
    (CustomsStatus.FAVV,): 1,
    (CustomsStatus.PORT_EQUALISATION,): 2,
}
SECOND_THOUGHTS = (
    CustomsStatus.RELEASED,
    CustomsStatus.DOCUMENTARY_CONTROL,
    CustomsStatus.RELEASED,
)
EQUIPMENT = {"22G1": 30, "42G1": 20, "45G1": 45, "45R1": 5}


@dataclass(frozen=True, slots=True)
class Ship:
    """A vessel at its berth."""

    agent: Company
    quay: Quay
    stay_number: str
    vessel_imo: str
    berthed_at: datetime
    first_wave: int


@dataclass(frozen=True, slots=True)
class Box:
    """One container. `route` are the parties that the right goes through; the last collects.

    Where a party is asked that does not take the right, that is `stand_in`, at `troubled_hop`.
    `again` is the same container off a later ship, once it has left.
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
    again: "Box | None" = None

    @property
    def latest(self) -> "Box":
        """The container as it came last."""
        return self.again or self

    @property
    def number_in_force(self) -> str:
        """Return the agent's number of the release that counts in the end."""
        anew = self.trouble is Trouble.RELEASED_ANEW
        return f"{self.release_identification}-2" if anew else self.release_identification

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


@dataclass(frozen=True, slots=True)
class Outline:
    """What a day is drawn from; `time_passes`: the ledger's time is that of the day."""

    seed: int
    containers: int
    starts_at: datetime
    time_passes: bool = False


def loaded(cast: Cast, outline: Outline) -> Iterator[Box]:
    """Yield the containers, ship by ship as they berth, bill of lading by bill of lading."""
    count, chance = outline.containers, Random(f"cargo {outline.seed}")
    drawn = numbers.container_numbers(chance)
    ships = _ships(cast, outline, chance)
    bill, left, last = "", 0, None
    for place, trouble in enumerate(_dealt(outline, chance)):
        ship = ships[place * len(ships) // count]
        if left == 0 or ship is not last:
            bill, last = numbers.bill_of_lading(chance, ship.agent.line), ship
            left = _drawn(CONTAINERS_A_BILL, chance)
        left -= 1
        box = _box(cast, next(drawn), ship, bill, trouble, chance)
        yield _returning(cast, box, chance) if trouble is Trouble.RETURNED else box


def _dealt(outline: Outline, chance: Random) -> Iterator[Trouble]:
    """Yield a trouble for each container: by quota, so that a small day has some of each."""
    left = outline.containers
    while left > 0:
        count = min(left, DECK)
        left -= count
        dealt: list[Trouble] = []
        for trouble, share in TROUBLES.items():
            exact = share * count / 1000 if outline.time_passes or trouble not in IN_TIME else 0
            dealt.extend([trouble] * (int(exact) + (chance.random() < exact % 1)))
        dealt = dealt[:count]
        dealt.extend([Trouble.NONE] * (count - len(dealt)))
        chance.shuffle(dealt)
        yield from dealt


def _ships(cast: Cast, outline: Outline, chance: Random) -> list[Ship]:
    count = outline.containers
    berths = max(min(count, FEWEST_SHIPS), round(count / CONTAINERS_A_SHIP))
    days_more = (count - 1) // MOST_A_DAY
    latest = LATEST_BERTH_HOURS + 24 * days_more
    hours = sorted(chance.uniform(0, latest) for _ in range(berths))
    return [
        Ship(
            agent=cast.agents[place % len(cast.agents)],
            quay=cast.quays[chance.randrange(len(cast.quays))],
            stay_number=numbers.stay_number(chance),
            vessel_imo=numbers.vessel_imo(chance),
            berthed_at=outline.starts_at + timedelta(hours=hour),
            first_wave=place * 4 // berths,
        )
        for place, hour in enumerate(hours)
    ]


def _returning(cast: Cast, box: Box, chance: Random) -> Box:
    """Let the container come back on the same day, off another ship, without any trouble."""
    ship = replace(
        box.ship,
        agent=chance.choice(cast.agents),
        quay=chance.choice(cast.quays),
        stay_number=f"{box.ship.stay_number}1",
        vessel_imo=numbers.vessel_imo(chance),
    )
    bill = numbers.bill_of_lading(chance, ship.agent.line)
    again = _box(cast, box.number, ship, bill, Trouble.RETURNED, chance)
    stage = _drawn({Stage.LEFT: 2, Stage.READY: 1}, chance)
    return replace(box, again=replace(again, trouble=Trouble.NONE, stage=stage))


def _box(cast: Cast, number: str, ship: Ship, bill: str, trouble: Trouble, chance: Random) -> Box:
    modality = _drawn(MODALITIES, chance)
    route = _route(cast, modality, trouble, chance)
    stage = _stage(trouble, chance)
    drivers = cast.drivers_of(route[-1])
    others = [company for company in cast.forwarders if company not in route]
    return Box(
        number=number,
        ship=ship,
        bills=(bill, *_other_bills(ship, chance)),
        release_identification=f"{ship.agent.line}{chance.randrange(10**9):09d}",
        equipment_type=_drawn(EQUIPMENT, chance),
        route=route,
        nominated=_nominated(trouble, stage, chance),
        modality=modality,
        driver=chance.choice(drivers) if drivers else None,
        customs=_customs(trouble, chance),
        stage=stage,
        trouble=trouble,
        troubled_hop=chance.randrange(len(route)),
        stand_in=chance.choice(others),
    )


def _other_bills(ship: Ship, chance: Random) -> Iterator[str]:
    for _ in range(1, _drawn(BILLS_A_CONTAINER, chance)):
        yield numbers.bill_of_lading(chance, ship.agent.line)


def _customs(trouble: Trouble, chance: Random) -> tuple[CustomsStatus, ...]:
    return SECOND_THOUGHTS if trouble is Trouble.CONTRADICTED else _drawn(CUSTOMS_PATHS, chance)


def _stage(trouble: Trouble, chance: Random) -> Stage:
    if trouble is Trouble.WITHDRAWN:
        return Stage.WITHDRAWN
    if trouble in MUST_LEAVE:
        return Stage.LEFT
    shares = STAGES if trouble is Trouble.NONE else STAGES_IN_TROUBLE
    return _drawn(shares, chance)


def _nominated(trouble: Trouble, stage: Stage, chance: Random) -> bool:
    drawn = chance.random() < 0.7  # noqa: PLR2004 - most agents nominate with the release
    if trouble is Trouble.RECEIVER_UNKNOWN or stage is Stage.NOT_NOMINATED:
        return False
    return drawn or trouble in {Trouble.EARLY_ACCEPT, Trouble.RETURNED}


def _route(
    cast: Cast, modality: Modality, trouble: Trouble, chance: Random
) -> tuple[Company, ...]:
    operator = chance.choice(cast.operators_by(modality))
    hops = _drawn(HOPS, chance)
    if trouble is Trouble.TAKEN_BACK_TOO_LATE:
        hops = max(hops, 1)
    hops = min(hops, HOPS_IN_SHORT.get(trouble, hops))
    return (*chance.sample(cast.forwarders, hops), operator)


def _drawn(shares: Mapping[Choice, int], chance: Random) -> Choice:
    return chance.choices(tuple(shares), weights=tuple(shares.values()))[0]
