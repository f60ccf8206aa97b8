"""What follows from a request that nothing stands against: the facts, the first the first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from tests.simulation.reading import goods, linking, requests
from tests.simulation.reading.becoming import LIGHT, Fact, key_lost, lapsed, run_out
from tests.simulation.reading.box import Release
from tests.simulation.reading.requests import Asked
from tests.simulation.reading.told import Json, Register, Settings, Told


def opened(told: Told, settings: Settings) -> Release:
    """Return the release that the message opens (cpu.md §2.1)."""
    body = told.body
    begins = told.date("valid_from") or told.heard_at
    ends = told.date("expires_at") or begins + timedelta(days=settings.validity_days)
    return Release(
        number=body["release_identification"],
        agent=told.sender,
        port=body["port"],
        terminal=body["terminal"],
        bills=tuple(body["bills_of_lading"]),
        stay_number=body.get("stay_number"),
        vessel=body.get("vessel_imo"),
        valid_from=begins,
        expires_at=ends,
        expiry_given=told.date("expires_at") is not None,
        opened_by=told.message_id,
        haulage=body.get("haulage"),
    )


def released(
    told: Told, release: Release, known: Sequence[Release], register: Register
) -> Iterator[Fact]:
    """Yield the release, its first nomination, and what is known of the box already."""
    yield {"type": "released", "agent": release.agent, "terminal": release.terminal}
    if (named := told.body.get("release_to")) is not None:
        yield _nominated(told, named, register)
    yield from _known(release, known)


def _nominated(told: Told, named: Json, register: Register) -> Fact:
    """One call and two events (cpu.md §1.1): the release stands though nobody can be named."""
    reason = requests.first(requests.receiver(named, register, told.sender))
    if reason is not None:
        return {"type": "nomination_refused", "reason": reason}
    (receiver,) = register.named(named)
    return {"type": "transferred", "giver": told.sender, "receiver": receiver}


def _known(release: Release, known: Sequence[Release]) -> Iterator[Fact]:
    """Yield what was reported of the cargo before. INFERRED: nobody reports it a second time."""
    same = [each for each in known if _same_cargo(each, release)]
    if not same:
        return
    last = same[-1]
    if last.discharged:
        yield {"type": "discharged", **_words(last, "terminal")}
    for light in (last.light_before, last.light):
        yield from ({"type": kind} for kind, name in LIGHT.items() if name == light)
    words = _words(last, "customs")
    for said in goods.known(last, release.bills):
        yield {"type": "customs_status_set", **said, **words}
        words = {}


def _words(release: Release, of: str) -> Fact:
    words = [word for word in release.words if word["of"] == of]
    return {"evidence": words} if words else {}


def _same_cargo(one: Release, other: Release) -> bool:
    there = (one.port, one.terminal) == (other.port, other.terminal)
    visits = (one.stay_number, one.vessel), (other.stay_number, other.vessel)
    of_one_visit = linking.one_visit(*visits)
    shared = not set(one.bills).isdisjoint(other.bills)
    return not one.gone and there and of_one_visit and shared


def _update(asked: Asked) -> Iterator[Fact]:
    release, told, body = asked.release, asked.told, asked.told.body
    facts, until = list(lapsed(release, asked.now)), _waited_for(asked)
    yield from facts
    expired = release.expired or any(fact["type"] == "expired" for fact in facts)
    begins, ends = requests.new_dates(asked)
    quay = body.get("terminal") or release.terminal
    if quay != release.terminal and not facts:
        yield from key_lost(release, "terminal_changed")
    yield {
        "type": "updated",
        "terminal": quay,
        "terminal_before": release.terminal,
        "quay_before_confirms_by": until if quay != release.terminal else None,
        "bills_of_lading": list(body.get("bills_of_lading") or release.bills),
        "valid_from": begins,
        "expires_at": ends,
        "expiry_given": release.expiry_given or told.date("expires_at") is not None,
        "revived": expired,
        "stay_number": body.get("stay_number") or release.stay_number,
        "vessel_imo": body.get("vessel_imo") or release.vessel,
    }


def _waited_for(asked: Asked) -> datetime | None:
    """Until when the old quay's gate may not know that its right ended (INFERRED)."""
    release, now = asked.release, asked.now
    patience = timedelta(minutes=asked.settings.quay_before_confirms_minutes)
    if release.pickup is not None:
        return now + patience
    ends = [
        at + patience
        for quay, at in release.ended
        if quay == release.terminal and quay not in release.confirmed
    ]
    return max((until for until in ends if until > now), default=None)


def _block(_asked: Asked) -> Iterator[Fact]:
    yield {"type": "blocked"}


def _unblock(_asked: Asked) -> Iterator[Fact]:
    yield {"type": "unblocked"}


def _all_of_the_chain(asked: Asked) -> list[str]:
    """Everybody loses the right and is told so (cpu.md §3.1, INFERRED)."""
    return list(dict.fromkeys(receiver for _, receiver, _ in asked.release.hops))


def _delete(asked: Asked) -> Iterator[Fact]:
    yield {"type": "deleted", "parties": _all_of_the_chain(asked)}
    yield from key_lost(asked.release, "release_deleted")


def _revoke(asked: Asked) -> Iterator[Fact]:
    if asked.by_agent:
        yield {"type": "chain_revoked", "parties": _all_of_the_chain(asked)}
        yield from key_lost(asked.release, "release_revoked")
    else:
        giver, receiver, _ = asked.release.hops[-1]
        yield {"type": "transfer_revoked", "giver": giver, "receiver": receiver}


def _transfer(asked: Asked) -> Iterator[Fact]:
    yield from run_out(asked.release, asked.now)
    (receiver,) = asked.register.named(asked.told.body["release_to"])
    yield {"type": "transferred", "giver": asked.sender, "receiver": receiver}


def _accept(asked: Asked) -> Iterator[Fact]:
    giver, receiver, _ = asked.release.hops[-1]
    yield {"type": "accepted", "giver": giver, "receiver": receiver}


def _decline(asked: Asked) -> Iterator[Fact]:
    giver, receiver, _ = asked.release.hops[-1]
    yield {"type": "declined", "giver": giver, "receiver": receiver}


def _assign(asked: Asked) -> Iterator[Fact]:
    yield from run_out(asked.release, asked.now)
    yield from _made(asked)


def _update_pickup(asked: Asked) -> Iterator[Fact]:
    # cpu.md §3.3: the old identity is invalid, so the old right ends and a new one is made.
    yield from key_lost(asked.release, "replaced")
    yield from _made(asked)


def _made(asked: Asked) -> Iterator[Fact]:
    terms = requests.terms(asked)
    yield {"type": "pickup_assigned", "pickup": terms}
    yield from _unlike(asked.release.means, terms["modality"])


def _set_means(asked: Asked) -> Iterator[Fact]:
    means, pickup = asked.told.body["means_of_transport"], asked.release.pickup
    yield {"type": "means_of_transport_set", "means_of_transport": means}
    yield from _unlike(means, None if pickup is None else pickup.modality)


def _unlike(means: str | None, modality: str | None) -> Iterator[Fact]:
    """INFERRED (cpu.md §2.6): it is told that a pick-up is by other means than were set."""
    if means != modality and {None, "unknown"}.isdisjoint({means, modality}):
        yield {"type": "finding_made", "finding": "transport_differs"}


def _revoke_pickup(asked: Asked) -> Iterator[Fact]:
    yield from key_lost(asked.release, "revoked")


FOLLOWS: Mapping[str, Callable[[Asked], Iterator[Fact]]] = {
    "update": _update,
    "block": _block,
    "unblock": _unblock,
    "delete": _delete,
    "revoke": _revoke,
    "transfer": _transfer,
    "accept": _accept,
    "decline": _decline,
    "assign_pickup": _assign,
    "update_pickup": _update_pickup,
    "revoke_pickup": _revoke_pickup,
    "set_means_of_transport": _set_means,
}
