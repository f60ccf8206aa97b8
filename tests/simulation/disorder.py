"""A day as it comes when nothing goes by plan: late, lost, doubled, contradictory, by others."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from zlib import crc32

from producers.simulator import Cast, Letter, Planned
from producers.simulator.numbers import message_id
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage, Modality, PartyRef
from tests.simulation.unexpected import flood, meant_otherwise, released_twice, unexpected

LATEST = timedelta(hours=7)


@dataclass(frozen=True, slots=True)
class Said:
    """One message: `planned.at` is its sender's own time, `heard_at` the log's.

    `as_planned`: nothing was changed about its box, so it must get the answer that is planned.
    """

    planned: Planned
    heard_at: datetime
    as_planned: bool = True


def disordered(planned: Iterable[Planned], cast: Cast, seed: int, share: float) -> Iterator[Said]:
    """Yield the day with that *share* of its boxes in disorder, by the log's time.

    Memory holds what is late.
    """
    chance, serial = Random(f"disorder {seed}"), count()
    late: list[tuple[datetime, int, Said]] = []
    for each in planned:
        while late and late[0][0] <= each.at:
            yield heapq.heappop(late)[2]
        if crc32(f"{seed} {each.container}".encode()) % 1000 >= 1000 * share:
            yield Said(each, each.at)
            continue
        for said in _what_comes_of(each, cast, chance):
            heapq.heappush(late, (said.heard_at, next(serial), said))
    while late:
        yield heapq.heappop(late)[2]


def _what_comes_of(planned: Planned, cast: Cast, chance: Random) -> Iterator[Said]:
    if isinstance(planned.content, Letter) or chance.random() < LOST:
        return
    changed = _changed(planned, planned.content, cast, chance)
    yield Said(changed, _heard(planned.at, chance), as_planned=False)
    if chance.random() < DOUBLED:
        yield Said(_again(changed, chance), _heard(planned.at, chance), as_planned=False)
    if chance.random() < OUT_OF_THE_BLUE:
        what = unexpected(changed, cast, chance)
        yield Said(what, _heard(planned.at, chance), as_planned=False)
    if chance.random() < FLOOD:
        for what in flood(changed, cast, chance):
            yield Said(what, _heard(planned.at, chance), as_planned=False)
    for what in _of_the_same(changed, cast, chance):
        yield Said(what, planned.at, as_planned=False)


def _of_the_same(planned: Planned, cast: Cast, chance: Random) -> Iterator[Planned]:
    """Yield what follows at once, in the order in which it is said."""
    if isinstance(planned.content, m.Release) and chance.random() < TWICE:
        yield from released_twice(planned, cast, chance)
    if isinstance(planned.content, m.Accept) and chance.random() < MEANT_OTHERWISE:
        yield meant_otherwise(planned, chance)


LOST = 0.02
LATE = 0.15
DOUBLED = 0.04
VAGUE = 0.1
BY_ANOTHER = 0.01
ODD_RELEASE = 0.15
LEFT_OTHERWISE = 0.2
WRONG_CLOCK = 0.01
CLOCK_BACK = 0.005
OUT_OF_THE_BLUE = 0.1
FLOOD = 0.0005
TWICE = 0.05
MEANT_OTHERWISE = 0.1
STRANGER = "NXT99000000001"


def _heard(at: datetime, chance: Random) -> datetime:
    if chance.random() < CLOCK_BACK:
        return at - timedelta(minutes=chance.uniform(0, 50))
    return at + (chance.random() * LATEST if chance.random() < LATE else timedelta(0))


def _changed(planned: Planned, content: ContainerMessage, cast: Cast, chance: Random) -> Planned:
    """Return the message less exact than planned, by somebody else, or by a clock that is off."""
    if isinstance(content, m.Release) and chance.random() < ODD_RELEASE:
        planned = replace(planned, content=_odd(content, planned, chance))
    elif isinstance(content, m.ReportGateOut) and chance.random() < LEFT_OTHERWISE:
        planned = replace(planned, content=_left_otherwise(content, cast, chance))
    elif chance.random() < VAGUE and not isinstance(content, m.Release):
        planned = replace(planned, content=_vague(content, chance))
    if chance.random() < BY_ANOTHER:
        anybody = (*(company.id for company in cast.companies), STRANGER)
        planned = replace(planned, organisation=chance.choice(anybody))
    if chance.random() < WRONG_CLOCK:
        off = timedelta(days=chance.choice((-100, -89, -2, 0, 1)), hours=chance.uniform(-1, 1))
        planned = replace(planned, at=planned.at + off)
    return planned


def _odd(content: m.Release, planned: Planned, chance: Random) -> ContainerMessage:
    """Return a release of a few hours, or of none that anybody can mean, or for no quay."""
    soon = planned.at + timedelta(hours=chance.uniform(1, 6))
    changes: dict[str, Any] = chance.choice(
        (
            {"expires_at": soon},
            {"expires_at": soon},
            {"valid_from": soon},
            {"valid_from": datetime(1999, 1, 1, tzinfo=UTC)},
            {"expires_at": datetime(1999, 1, 1, tzinfo=UTC)},
            {"terminal": "999"},
        )
    )
    return content.model_copy(update=changes)


def _left_otherwise(content: m.ReportGateOut, cast: Cast, chance: Random) -> ContainerMessage:
    by = chance.choice((*cast.operators, *cast.forwarders))
    changes: dict[str, Any] = {
        "picked_up_by": chance.choice((None, by.by_nxtport_id(), by.by_vat(), NOBODY)),
        "modality": chance.choice((None, *Modality)),
        "overruled": chance.random() < 0.1,
    }
    return content.model_copy(update=changes)


NOBODY = PartyRef(scheme=Scheme.VAT, code="BE0999999922")


def _vague(content: ContainerMessage, chance: Random) -> ContainerMessage:
    changes: dict[str, Any] = chance.choice(
        (
            {"bills_of_lading": ()},
            {"bills_of_lading": ()},
            {"bills_of_lading": ("BLUNKNOWN1",)},
            {"stay_number": "V111111"},
            {"vessel_imo": "9321483"},
            {"port": "BEZEE"},
        )
    )
    return content.model_copy(update=changes)


def _again(planned: Planned, chance: Random) -> Planned:
    """Return it once more: the same, the same under another id, or another under the same id."""
    if chance.random() < 0.3:
        return planned
    if chance.random() < 0.7:
        return replace(planned, message_id=message_id(chance))
    assert isinstance(planned.content, ContainerMessage)
    return replace(planned, content=planned.content.model_copy(update={"stay_number": "V222222"}))
