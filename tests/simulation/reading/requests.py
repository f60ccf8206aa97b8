"""What may be asked of a release: everything that stands against a request, and what follows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from tests.simulation.reading.box import Release
from tests.simulation.reading.linking import one_visit
from tests.simulation.reading.told import Json, Register, Settings, Told

CHAIN = frozenset({"release_party", "transport_operator"})
AGENT = frozenset({"ship_agent"})
OPERATOR = frozenset({"transport_operator"})
# cpu.md §1.1: who may ask what.
MAY_ASK: Mapping[str, frozenset[str]] = {
    "release": AGENT,
    "update": AGENT,
    "block": AGENT,
    "unblock": AGENT,
    "delete": AGENT,
    "revoke": AGENT | CHAIN,
    "transfer": AGENT | CHAIN,
    "accept": CHAIN,
    "decline": CHAIN,
    "assign_pickup": OPERATOR,
    "update_pickup": OPERATOR,
    "revoke_pickup": OPERATOR,
    # cpu.md §2.6, INFERRED: a forwarder may say it too, as it did in NMoT.
    "set_means_of_transport": CHAIN,
    "confirm_pickup_end": frozenset({"terminal_operator"}),
}
# Of several things that stand against a request the sender is told the first of these
# (schemas/reasons.py: the message, who may say it, which release, where it stands, who holds
# what, the values).
PRECEDENCE = (
    "time_out_of_range", "not_the_agent", "already_gated_out", "release_deleted",
    "release_expired", "release_blocked", "release_not_blocked", "release_disputed",
    "no_transfer_pending", "not_the_receiver", "nothing_to_revoke", "transfer_already_accepted",
    "not_the_holder", "transfer_pending", "pickup_assigned", "no_pickup_assigned",
    "already_released", "terminal_unknown", "date_out_of_range", "expiry_in_the_past",
    "receiver_unknown", "receiver_ambiguous", "receiver_role_not_allowed", "receiver_is_holder",
    "modality_unknown", "driver_missing", "driver_not_expected", "operator_vat_missing",
)  # fmt: skip
FIRST_YEAR = datetime(2000, 1, 1, tzinfo=UTC)
LATEST_START = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request before one release; `others` are the box's other releases."""

    told: Told
    release: Release
    others: tuple[Release, ...]
    register: Register
    settings: Settings

    @property
    def now(self) -> datetime:
        return self.told.heard_at

    @property
    def sender(self) -> str:
        return self.told.sender

    @property
    def by_agent(self) -> bool:
        return self.sender == self.release.agent

    @property
    def expired(self) -> bool:
        """A date that has passed counts although nobody has written it down yet."""
        return self.release.expired or self.release.expires_at <= self.now

    @property
    def key_in_force(self) -> bool:
        """Tell whether there is a pick-up right that has not run out by its own date."""
        pickup = self.release.pickup
        ends = None if pickup is None else pickup.expires_at
        return pickup is not None and (ends is None or ends > self.now)


Objections: TypeAlias = Iterator[str]


def first(objections: Iterator[str]) -> str | None:
    """Return what the sender is told of everything that stands against its request."""
    return min(objections, key=PRECEDENCE.index, default=None)


def out_of_time(told: Told, settings: Settings) -> bool:
    """design.md §4: a request from ninety days ago or a quarter of an hour ahead is refused."""
    past = told.heard_at - timedelta(days=settings.past_days)
    future = told.heard_at + timedelta(minutes=settings.future_minutes)
    return not past <= told.said_at <= future


def against(asked: Asked) -> Objections:
    """Yield everything that stands against a request about a release that is there."""
    if asked.release.gone:
        yield "already_gated_out"
    if asked.release.deleted:
        yield "release_deleted"
    yield from AGAINST[asked.told.kind](asked)


def _agents_own(asked: Asked) -> Objections:
    if not asked.by_agent:
        yield "not_the_agent"


def _in_force(asked: Asked) -> Objections:
    if asked.expired:
        yield "release_expired"


def _not_frozen(asked: Asked) -> Objections:
    yield from _in_force(asked)
    if asked.release.blocked:
        yield "release_blocked"


def _update(asked: Asked) -> Objections:
    yield from _agents_own(asked)
    wrong = list(out_of_calendar(asked.told))
    # cpu.md §3.1: only a later date revives.
    yield from wrong or over_at_once(asked.told, *new_dates(asked))
    yield from _clashes(asked)
    if (quay := asked.told.body.get("terminal")) is not None:
        yield from quay_known(asked.told, quay, asked.register)


def _clashes(asked: Asked) -> Objections:
    """Yield that the new values are those of another release."""
    own, body = asked.release, asked.told.body
    moved = replace(
        own,
        terminal=body.get("terminal") or own.terminal,
        stay_number=body.get("stay_number") or own.stay_number,
        vessel=body.get("vessel_imo") or own.vessel,
        bills=tuple(body.get("bills_of_lading") or own.bills),
    )
    if own.pickup is not None and _collected_elsewhere(moved, asked.others):
        yield "pickup_assigned"
    if any(the_same(other, moved, asked.now) for other in asked.others):
        yield "already_released"


def _block(asked: Asked) -> Objections:
    yield from _agents_own(asked)
    yield from _in_force(asked)


def _unblock(asked: Asked) -> Objections:
    yield from _agents_own(asked)
    yield from _in_force(asked)
    if not asked.release.blocked:
        yield "release_not_blocked"


def _delete(asked: Asked) -> Objections:
    yield from _agents_own(asked)


def _revoke(asked: Asked) -> Objections:
    release = asked.release
    if asked.by_agent:
        # cpu.md §3.1: at any time.
        yield from () if release.hops else ("nothing_to_revoke",)
        return
    yield from _in_force(asked)
    if release.pending is None or release.pending[0] != asked.sender:
        yield from _not_the_giver(release, asked.sender)


def _not_the_giver(release: Release, sender: str) -> Objections:
    if release.holder == sender:
        yield "nothing_to_revoke"
    elif any(giver == sender for giver, _, _ in release.hops):
        yield "transfer_already_accepted"
    else:
        yield "not_the_holder"


def _transfer(asked: Asked) -> Objections:
    yield from _not_frozen(asked)
    release = asked.release
    if asked.sender != (release.holder or release.agent):
        yield "not_the_holder"
    if release.pending is not None:
        yield "transfer_pending"
    if asked.key_in_force:
        yield "pickup_assigned"
    yield from receiver(asked.told.body["release_to"], asked.register, asked.sender)


def _accept(asked: Asked) -> Objections:
    yield from _not_frozen(asked)
    yield from _offered(asked)


def _decline(asked: Asked) -> Objections:
    yield from _in_force(asked)
    yield from _offered(asked)


def _offered(asked: Asked) -> Objections:
    pending = asked.release.pending
    if pending is None:
        yield "no_transfer_pending"
    elif pending[1] != asked.sender:
        yield "not_the_receiver"


def _assign(asked: Asked) -> Objections:
    yield from _not_frozen(asked)
    release = asked.release
    yield from _holder_may_assign(asked)
    if asked.key_in_force or _collected_elsewhere(release, asked.others):
        yield "pickup_assigned"
    yield from _unfit(asked)


def _holder_may_assign(asked: Asked) -> Objections:
    if asked.release.disputed:
        yield "release_disputed"
    if asked.release.holder != asked.sender:
        yield "not_the_holder"
    if asked.release.pending is not None:
        yield "transfer_pending"


def _update_pickup(asked: Asked) -> Objections:
    yield from _not_frozen(asked)
    yield from _holder_may_assign(asked)
    if asked.key_in_force:
        yield from _unfit(asked)
    else:
        yield "no_pickup_assigned"


def terms(asked: Asked) -> dict[str, Any]:
    """Return what the new pick-up right says: what is left out stays as it was."""
    body, before = asked.told.body, asked.release.pickup
    said, driver = body.get("modality"), body.get("driver")
    modality = asked.release.means or said if said == "unknown" else said
    if asked.told.kind == "update_pickup" and before is not None:
        modality = modality or before.modality
        mask = before.mask if driver is None and modality == "truck" else None
        ends = asked.told.date("expires_at") or before.expires_at
    else:
        mask, ends = None, asked.told.date("expires_at")
    mask = mask if driver is None else driver["mask"]
    return {"operator": asked.sender, "modality": modality, "expires_at": ends, "mask": mask}


def _unfit(asked: Asked) -> Objections:
    new = terms(asked)
    if new["expires_at"] is not None and new["expires_at"] <= asked.now:
        yield "expiry_in_the_past"
    yield from out_of_calendar(asked.told)
    driver, has_vat = new["mask"] is not None, asked.register.vat_of(asked.sender) is not None
    yield from how(new["modality"], driver=driver, has_vat=has_vat)


def how(modality: str, *, driver: bool, has_vat: bool) -> Objections:
    """Yield what is wrong with the way in which it is to be collected (cpu.md §6)."""
    match modality:
        case "truck" if not driver:
            yield "driver_missing"
        case "barge" | "rail" if driver:
            yield "driver_not_expected"
        case "barge" | "rail" if not has_vat:
            yield "operator_vat_missing"
        case "unknown":
            yield "modality_unknown"
        case _:
            return


def _collected_elsewhere(own: Release, others: Sequence[Release]) -> bool:
    """A container is collected once a visit, whatever number of releases it has (I3)."""
    return any(
        other.pickup is not None
        and other.port == own.port
        and (None in {other.stay_number, own.stay_number} or other.stay_number == own.stay_number)
        for other in others
    )


def _revoke_pickup(asked: Asked) -> Objections:
    if asked.release.holder != asked.sender:
        yield "not_the_holder"
    if asked.release.pickup is None:
        yield "no_pickup_assigned"


def _set_means(asked: Asked) -> Objections:
    yield from _in_force(asked)
    if asked.release.holder != asked.sender:
        yield "not_the_holder"


def receiver(named: Json, register: Register, holder: str) -> Objections:
    """Yield what is wrong with the party that the right is to go to (cpu.md §3.2)."""
    meant = register.named(named)
    if not meant:
        yield "receiver_unknown"
    elif len(meant) > 1:
        yield "receiver_ambiguous"
    elif not register.may(meant[0], CHAIN):
        yield "receiver_role_not_allowed"
    elif meant[0] == holder:
        yield "receiver_is_holder"


def quay_known(told: Told, quay: str, register: Register) -> Objections:
    """Yield that nobody runs the quay."""
    if (told.body["port"], quay) not in register.quays:
        yield "terminal_unknown"


def new_dates(asked: Asked) -> tuple[datetime, datetime]:
    """Return from when until when the release is good after the update.

    Sixty days are counted anew where it begins anew and never named a date (cpu.md §7 rule 3).
    """
    release, told = asked.release, asked.told
    anew = told.date("valid_from")
    ends = told.date("expires_at")
    if ends is None and anew is not None and not release.expiry_given:
        ends = anew + timedelta(days=asked.settings.validity_days)
    return anew or release.valid_from, ends or release.expires_at


def over_at_once(told: Told, begins: datetime, ends: datetime) -> Objections:
    """Yield that the release would be over when it begins, or is over as it is heard."""
    if ends <= told.heard_at or ends <= begins:
        yield "expiry_in_the_past"


def out_of_calendar(told: Told) -> Objections:
    """Yield that a date is none that anybody can mean."""
    begins, ends = told.date("valid_from"), told.date("expires_at")
    if begins is not None and not FIRST_YEAR <= begins <= LATEST_START:
        yield "date_out_of_range"
    if ends is not None and ends < FIRST_YEAR:
        yield "date_out_of_range"


def against_opening(
    told: Told, opened: Release, releases: Sequence[Release], register: Register
) -> Objections:
    """Yield everything that stands against opening another release of the box (cpu.md §2.1)."""
    if any(the_same(release, opened, told.heard_at) for release in releases):
        yield "already_released"
    yield from quay_known(told, told.body["terminal"], register)
    yield from out_of_calendar(told)
    yield from over_at_once(told, opened.valid_from, opened.expires_at)


def the_same(there: Release, new: Release, now: datetime) -> bool:
    """Tell whether a release in force is the same (cpu.md §7 rule 1, §1.2).

    Box, bills, agent, terminal and the visit where it is said are its key; the agent's own
    number is unique.
    """
    in_force = there.live and there.expires_at > now
    whose = (there.agent, there.port) == (new.agent, new.port)
    visits = (there.stay_number, there.vessel), (new.stay_number, new.vessel)
    bills = there.terminal == new.terminal and set(there.bills) == set(new.bills)
    bills = bills and one_visit(*visits)
    return in_force and whose and (there.number == new.number or bills)


AGAINST: Mapping[str, Callable[[Asked], Objections]] = {
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
