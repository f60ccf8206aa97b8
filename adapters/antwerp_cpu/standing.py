"""A release as its entries left it, and what of it each party may see and do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from adapters.antwerp_cpu.wire_words import ActionStatusFilter, ReleaseRightStatus
from adapters.contract import Parties
from adapters.parties import operators_of
from schemas.facts import RecordedFact
from schemas.lights import LightName, Lights
from schemas.messages import Role
from schemas.stay import ReleaseStatus, Stay


@dataclass(frozen=True, slots=True)
class Standing:
    """A release at one moment: its stay, its lights, since when each of them, and its last entry.

    The entry is `ledger-3-17`, as the bus names it.
    """

    stay: Stay
    lights: Lights
    entry: str
    changed_at: Mapping[LightName, datetime] = field(default_factory=dict)


def standings(entries: Iterable[RecordedFact]) -> tuple[Standing, ...]:
    """Return every release of a container as *entries*, the oldest first, left it."""
    found: dict[str, Standing] = {}
    for recorded in entries:
        if recorded.stay is None or recorded.lights is None:
            continue
        known = found.get(recorded.stay.release_id)
        moved = {change.light: recorded.recorded_at for change in recorded.light_changes}
        found[recorded.stay.release_id] = Standing(
            recorded.stay,
            recorded.lights,
            f"{recorded.shard}-{recorded.seq}",
            moved if known is None else {**known.changed_at, **moved},
        )
    return tuple(found.values())


def concerns(stay: Stay, organisation: str, parties: Parties) -> bool:
    """Tell whether *organisation* is told of the release: agent, chain, or the quay's operator."""
    return organisation in stay.parties or runs_its_quay(stay, organisation, parties)


def runs_its_quay(stay: Stay, organisation: str, parties: Parties) -> bool:
    """Tell whether *organisation* operates the terminal where the container is collected."""
    return organisation in operators_of(parties, stay.port, (stay.terminal,))


def stakeholder_seen_by(stay: Stay, organisation: str) -> str | None:
    """Return who has the right as far as *organisation* may know.

    The agent and the holder know it. Another party knows whom it gave the right to, not the
    whole chain (design.md §8).
    """
    if organisation in {stay.agent, stay.holder}:
        return stay.holder
    given_to = [hop.receiver for hop in stay.hops if hop.giver == organisation and hop.accepted]
    return given_to[-1] if given_to else None


def operator_of(stay: Stay, parties: Parties) -> str | None:
    """Return who collects: who assigned the pick-up, else the holder where it is an operator."""
    if stay.pickup is not None:
        return stay.pickup.operator
    holder = parties.get(stay.accepted_holder or "")
    carries = holder is not None and Role.TRANSPORT_OPERATOR in holder.roles
    return stay.accepted_holder if carries else None


_BY_RELEASE: Final[Mapping[ReleaseStatus, ReleaseRightStatus]] = {
    ReleaseStatus.BLOCKED: ReleaseRightStatus.BLOCKED,
    ReleaseStatus.EXPIRED: ReleaseRightStatus.EXPIRED,
    ReleaseStatus.DELETED: ReleaseRightStatus.ARCHIVED,
    ReleaseStatus.GATED_OUT: ReleaseRightStatus.ARCHIVED,
}


def right_status(stay: Stay, organisation: str) -> ReleaseRightStatus:
    """Return where the right stands for *organisation* (INFERRED, cpu.md §3.2).

    Declined, Revoked and Unblocked are never shown: such a link is not in the living chain.
    """
    by_release = _BY_RELEASE.get(stay.status)
    if by_release is not None:
        return by_release
    pending = stay.pending
    if pending is not None and organisation in {pending.giver, pending.receiver}:
        return ReleaseRightStatus.PENDING
    if stay.pickup is not None:
        return ReleaseRightStatus.ASSIGNED
    accepted = stay.accepted_holder is not None
    return ReleaseRightStatus.ACCEPTED if accepted else ReleaseRightStatus.UNKNOWN


def action_status(stay: Stay, organisation: str) -> ActionStatusFilter:
    """Return what *organisation* could do with the right now (INFERRED, cpu.md §2.3)."""
    pending = stay.pending
    if not stay.live:
        return ActionStatusFilter.UNDEFINED
    if pending is not None and pending.receiver == organisation:
        return ActionStatusFilter.PENDING
    if pending is not None and pending.giver == organisation:
        return ActionStatusFilter.REVOKE
    free = pending is None and not stay.blocked and stay.pickup is None
    if free and stay.holder == organisation:
        return ActionStatusFilter.TRANSFER
    return ActionStatusFilter.UNDEFINED
