"""What nobody planned to be said about a box: claims, counter-orders, reports from elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TypeAlias, TypedDict

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


def unexpected(planned: Planned, cast: Cast, chance: Random) -> Planned:
    """Return something else about the same box, from somebody who may have to do with it."""
    sender, content = chance.choice(OUT_OF_THE_BLUE_THEY_SAY)(planned, cast, chance)
    return replace(planned, organisation=sender, content=content, message_id=message_id(chance))


def flood(planned: Planned, cast: Cast, chance: Random) -> Iterator[Planned]:
    """Yield more requests than may wait, for a release in another port that never comes."""
    there = There(container=planned.container, port="BEZEE")
    for _ in range(55):
        sender = chance.choice(cast.operators).id
        content, own_id = m.Accept(**there), message_id(chance)
        yield replace(planned, organisation=sender, content=content, message_id=own_id)


def released_twice(planned: Planned, cast: Cast, chance: Random) -> Iterator[Planned]:
    """Yield a second release by the same agent, collected before the first, and made like it."""
    first = planned.content
    assert isinstance(first, m.Release)
    agent, operator = planned.organisation, chance.choice(cast.operators)
    number, there = f"ZZ{chance.randrange(10**9):09d}", _there(planned)
    second = {
        "release_identification": number,
        "bills_of_lading": (f"{number}B",),
        "release_to": operator.by_nxtport_id(),
    }
    driver = SealedDriver(key_id="0" * 16, ciphertext="QUJD" * 40, mask="**99")
    truck, bills = Modality.TRUCK, first.bills_of_lading
    collected = m.AssignPickup(
        **there, release_identification=number, modality=truck, driver=driver
    )
    said: tuple[Speech, ...] = (
        (agent, first.model_copy(update=second)),
        (operator.id, m.Accept(**there, release_identification=number)),
        (operator.id, collected),
        (agent, m.Update(**there, release_identification=number, bills_of_lading=bills)),
    )
    for sender, content in said:
        own_id = message_id(chance)
        yield replace(planned, organisation=sender, content=content, message_id=own_id)


def meant_otherwise(planned: Planned, chance: Random) -> Planned:
    """Return that who has just accepted means to collect by some means or other."""
    means = chance.choice((Modality.TRUCK, Modality.BARGE, Modality.RAIL))
    content = m.SetMeansOfTransport(**_there(planned), means_of_transport=means)
    return replace(planned, content=content, message_id=message_id(chance))


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
    ends = planned.at + timedelta(hours=chance.choice((-1, 1, 3, 200)))
    match chance.randrange(5):
        case 0:
            return agent, m.Update(**there, terminal=chance.choice(cast.quays).code)
        case 1:
            return agent, m.Update(**there, stay_number="V333333", bills_of_lading=_bills(planned))
        case 2:
            return agent, m.Update(**there, valid_from=planned.at - timedelta(days=1))
        case 3:
            number = _number(planned)
            bills = (f"NEW{chance.randrange(10)}",)
            return agent, m.Update(**there, release_identification=number, bills_of_lading=bills)
        case _:
            return agent, m.Update(**there, expires_at=ends)


def _bills(planned: Planned) -> tuple[str, ...]:
    return () if isinstance(planned.content, Letter) else planned.content.bills_of_lading


def _number(planned: Planned) -> str | None:
    return None if isinstance(planned.content, Letter) else planned.content.release_identification


def _rival(planned: Planned, cast: Cast, chance: Random) -> Speech:
    """Release the box once more, now and then for a few hours only, or not yet."""
    agent, there = chance.choice(cast.agents), _there(planned)
    other = (_rivals_bill(planned),)
    hours, begins = chance.choice((None, 1.0, 4.0)), chance.choice((None, None, 0.5))
    release = m.Release(
        **there,
        terminal=chance.choice(cast.quays).code,
        bills_of_lading=chance.choice((_bills(planned) or other, other)),
        release_identification=f"{agent.line}{chance.randrange(10**9):09d}",
        valid_from=None if begins is None else planned.at + timedelta(hours=begins),
        expires_at=None if hours is None else planned.at + timedelta(hours=hours),
    )
    return agent.id, release


def _rivals_bill(planned: Planned) -> str:
    return f"ZZ{planned.container}"


def _papers_named(planned: Planned, cast: Cast, chance: Random) -> Speech:
    """Say of which papers the box is: of the release, of a rival's, or of both."""
    bills = chance.choice((_bills(planned), (_rivals_bill(planned),)))
    visit = chance.choice((None, None, "V333333"))
    there = _there(planned)
    if chance.random() < 0.5:
        status = chance.choice(tuple(CustomsStatus))
        said: ContainerMessage = m.ReportCustomsStatus(
            **there, status=status, bills_of_lading=bills, stay_number=visit
        )
        return cast.customs.id, said
    quay = chance.choice(cast.quays)
    said = m.ReportDischarge(**there, terminal=quay.code, bills_of_lading=bills, stay_number=visit)
    return quay.operator.id, said


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
    mask = f"**{chance.randrange(10, 100)}"
    driver = SealedDriver(key_id="0" * 16, ciphertext="QUJD" * 40, mask=mask)
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
    if chance.random() < 0.1:
        known = (
            planned.content.pickup_id if isinstance(planned.content, m.ConfirmPickupEnd) else "?"
        )
        confirmed = m.ConfirmPickupEnd(**there, terminal=quay.code, pickup_id=known)
        return quay.operator.id, confirmed
    report = chance.choice(m.TERMINAL_REPORTS)
    return quay.operator.id, report(**there, terminal=quay.code)


def _cleared(planned: Planned, cast: Cast, chance: Random) -> Speech:
    status = chance.choice(tuple(CustomsStatus))
    return cast.customs.id, m.ReportCustomsStatus(**_there(planned), status=status)


OUT_OF_THE_BLUE_THEY_SAY = (
    _agents_word, _update, _rival, _passed_on, _answered, _assigned, _reported, _cleared,
    _papers_named,
)  # fmt: skip


def _one_of(companies: Sequence[Company], planned: Planned, chance: Random) -> str:
    """Return whoever spoke last of the box, or anybody of them."""
    return planned.organisation if chance.random() < 0.5 else chance.choice(companies).id
