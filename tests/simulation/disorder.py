"""A day as it comes when nothing goes by plan: late, lost, doubled, contradictory, by others."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, TypeAlias, TypedDict
from zlib import crc32

from producers.simulator import Cast, Letter, Planned
from producers.simulator.cast import PORT, Company
from producers.simulator.numbers import message_id
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import (
    ContainerMessage,
    CustomsStatus,
    Modality,
    PartyRef,
    SealedDriver,
)

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
        what = _unexpected(changed, cast, chance)
        yield Said(what, _heard(planned.at, chance), as_planned=False)


LOST = 0.02
LATE = 0.15
DOUBLED = 0.04
VAGUE = 0.1
BY_ANOTHER = 0.01
SHORT_LIVED = 0.1
WRONG_CLOCK = 0.01
CLOCK_BACK = 0.005
OUT_OF_THE_BLUE = 0.1


def _heard(at: datetime, chance: Random) -> datetime:
    if chance.random() < CLOCK_BACK:
        return at - timedelta(minutes=chance.uniform(0, 50))
    return at + (chance.random() * LATEST if chance.random() < LATE else timedelta(0))


def _changed(planned: Planned, content: ContainerMessage, cast: Cast, chance: Random) -> Planned:
    """Return the message less exact than planned, by somebody else, or by a clock that is off."""
    if chance.random() < VAGUE and not isinstance(content, m.Release):
        planned = replace(planned, content=_vague(content, chance))
    if isinstance(content, m.Release) and chance.random() < SHORT_LIVED:
        ends = planned.at + timedelta(hours=chance.uniform(1, 6))
        planned = replace(planned, content=content.model_copy(update={"expires_at": ends}))
    if chance.random() < BY_ANOTHER:
        planned = replace(planned, organisation=chance.choice(cast.companies).id)
    if chance.random() < WRONG_CLOCK:
        off = timedelta(days=chance.choice((-100, -89, -2, 0, 1)), hours=chance.uniform(-1, 1))
        planned = replace(planned, at=planned.at + off)
    return planned


def _vague(content: ContainerMessage, chance: Random) -> ContainerMessage:
    changes: dict[str, Any] = chance.choice(
        (
            {"bills_of_lading": ()},
            {"bills_of_lading": ()},
            {"bills_of_lading": ("BLUNKNOWN1",)},
            {"stay_number": "V111111"},
            {"vessel_imo": "9321483"},
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


def _unexpected(planned: Planned, cast: Cast, chance: Random) -> Planned:
    """Return something else about the same box, from somebody who may have to do with it."""
    sender, content = chance.choice(OUT_OF_THE_BLUE_THEY_SAY)(planned, cast, chance)
    return replace(planned, organisation=sender, content=content, message_id=message_id(chance))


class There(TypedDict):
    """What every message about the box says."""

    container: str
    port: str


Speech: TypeAlias = tuple[str, ContainerMessage]


def _there(planned: Planned) -> There:
    return There(container=planned.container, port=PORT)


def _agents_word(planned: Planned, cast: Cast, chance: Random) -> Speech:
    agent, there = _one_of(cast.agents, planned, chance), _there(planned)
    match chance.randrange(4):
        case 0:
            return agent, m.Block(**there)
        case 1:
            return agent, m.Unblock(**there)
        case 2:
            return agent, m.Revoke(**there)
        case _:
            return agent, m.Delete(**there)


def _update(planned: Planned, cast: Cast, chance: Random) -> Speech:
    agent, there = _one_of(cast.agents, planned, chance), _there(planned)
    if chance.random() < 0.5:
        return agent, m.Update(**there, terminal=chance.choice(cast.quays).code)
    ends = planned.at + timedelta(hours=chance.choice((-1, 1, 3, 200)))
    return agent, m.Update(**there, expires_at=ends)


def _rival(planned: Planned, cast: Cast, chance: Random) -> Speech:
    """Release the box once more, now and then for a few hours only, or not yet."""
    agent, there = chance.choice(cast.agents), _there(planned)
    hours, begins = chance.choice((None, 1.0, 4.0)), chance.choice((None, None, 0.5))
    release = m.Release(
        **there,
        terminal=chance.choice(cast.quays).code,
        bills_of_lading=(f"{agent.line}ZZ{chance.randrange(10**7):07d}",),
        release_identification=f"{agent.line}{chance.randrange(10**9):09d}",
        valid_from=None if begins is None else planned.at + timedelta(hours=begins),
        expires_at=None if hours is None else planned.at + timedelta(hours=hours),
    )
    return agent.id, release


def _passed_on(planned: Planned, cast: Cast, chance: Random) -> Speech:
    holder = _one_of((*cast.forwarders, *cast.operators), planned, chance)
    party = PartyRef(scheme=Scheme.VAT, code=chance.choice(cast.companies).vat)
    return holder, m.Transfer(**_there(planned), release_to=party)


def _answered(planned: Planned, cast: Cast, chance: Random) -> Speech:
    sender, there = _one_of((*cast.forwarders, *cast.operators), planned, chance), _there(planned)
    match chance.randrange(3):
        case 0:
            return sender, m.Accept(**there)
        case 1:
            return sender, m.Decline(**there)
        case _:
            return sender, m.RevokePickup(**there)


def _assigned(planned: Planned, cast: Cast, chance: Random) -> Speech:
    soon = planned.at + timedelta(hours=chance.uniform(-1, 3))
    driver = SealedDriver(key_id="0" * 16, ciphertext="QUJD" * 40, mask="**12")
    sender, there = _one_of(cast.operators, planned, chance), _there(planned)
    by, whom, until = chance.choice(tuple(Modality)), chance.choice((None, driver)), (None, soon)
    match chance.randrange(3):
        case 0:
            ends = chance.choice(until)
            return sender, m.AssignPickup(**there, modality=by, driver=whom, expires_at=ends)
        case 1:
            kept = chance.choice((None, by))
            ends = chance.choice(until)
            return sender, m.UpdatePickup(**there, modality=kept, driver=whom, expires_at=ends)
        case _:
            return sender, m.SetMeansOfTransport(**there, means_of_transport=by)


def _reported(planned: Planned, cast: Cast, chance: Random) -> Speech:
    quay, there = chance.choice(cast.quays), _there(planned)
    report = chance.choice(m.TERMINAL_MESSAGES)
    return quay.operator.id, report(**there, terminal=quay.code)


def _cleared(planned: Planned, cast: Cast, chance: Random) -> Speech:
    status = chance.choice(tuple(CustomsStatus))
    return cast.customs.id, m.ReportCustomsStatus(**_there(planned), status=status)


OUT_OF_THE_BLUE_THEY_SAY = (
    _agents_word, _update, _rival, _passed_on, _answered, _assigned, _reported, _cleared,
)  # fmt: skip


def _one_of(companies: Sequence[Company], planned: Planned, chance: Random) -> str:
    """Return whoever spoke last of the box, or anybody of them."""
    return planned.organisation if chance.random() < 0.5 else chance.choice(companies).id
