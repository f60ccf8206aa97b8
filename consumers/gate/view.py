"""What a gate knows: the pick-up rights of its terminal in memory, and how far to believe them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from consumers.gate.answers import Answer, AtGate, CannotTell, Doubt, Stays
from consumers.gate.judge import Moment, Presented, judge
from consumers.gate.opening import TerminalKeys
from consumers.gate.records import Broken, HeartbeatKey, Key, RightKey, Withdrawn, read_record
from consumers.gate.rights import Held, Right, Suspended, right_of
from consumers.gate.settings import GateSettings
from producers.log import partition_of
from schemas.entitlement import Entitlement, Heartbeat
from schemas.identifiers import Unusable, read_container
from schemas.unreadable import Unreadable

SHARD_PREFIX = "ledger-"


@dataclass(slots=True)
class Pulse:
    """A shard as the gate hears it: its highest number, how often it beat, and when."""

    seq: int = -1
    beats: int = 0
    at: datetime | None = None
    last: datetime | None = None

    def heard_at(self, latest: datetime) -> datetime | None:
        """Return the time of the latest beat, and of the last where that one is behind *latest*.

        A clock that is a little behind ages no view; one that jumped ahead and is right again
        closes no gate until that time has come.
        """
        return self.last if self.at is not None and self.at > latest else self.at


class View:
    """The pick-up rights of one terminal, built by applying its topic's records in order.

    Per key the highest `seq` counts, whatever comes later. A record that is behind what its
    shard has said already may be one that a successor publishes anew, with the newer one still
    to come, and compaction may have taken the first copies away; the same goes for everything
    read before the end was reached once, and for what follows an unreadable record. So such a
    record counts only from its shard's next heartbeat that is not behind: by then everything
    stands before it. Until then the container's answer is `unconfirmed`.
    """

    def __init__(self, settings: GateSettings) -> None:
        self.caught_up = False
        self._settings = settings
        self._place = settings.place
        self._keys = TerminalKeys(settings.private_keys)
        self._rights: dict[str, dict[str, Held]] = {}
        self._pulses: dict[str, Pulse] = {}
        self._counts: Counter[str] = Counter()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many records of each kind were applied, `not_newer` and `unreadable` among them."""
        return dict(self._counts)

    def apply(self, key: bytes | None, value: bytes | None) -> Unreadable | None:
        """Take in one record, in the topic's order; return why it is unreadable, if it is."""
        read = read_record(key, value, self._place)
        match read:
            case Entitlement():
                return self._entitle(read)
            case Heartbeat():
                self._beat(read)
            case Withdrawn(key=withdrawn):
                self._withdraw(withdrawn)
            case Broken(why=why, key=broken):
                return self._suspend(broken, why)
        return None

    def catch_up(self) -> None:
        """Take note that the topic was read to the end that it had at the start."""
        self.caught_up = True

    def may_leave(self, container: str, presented: Presented, now: datetime) -> Answer:
        """Return whether *container* may leave with who was presented, at *now*.

        The identity is the driver's card as read, the VAT number the operator's for barge and
        rail. Neither is kept.
        """
        if not self.caught_up:
            return CannotTell(container, Doubt.NOT_CAUGHT_UP)
        number = read_container(container)
        if isinstance(number, Unusable):
            return Stays(container, (AtGate.CONTAINER_UNREADABLE,))
        held = tuple(self._rights.get(number.value, {}).values())
        as_of = self._as_of(number.value, held, now)
        if isinstance(as_of, CannotTell):
            return as_of
        rights = self.rights_to(number.value)
        if len(rights) < len(held):
            return CannotTell(number.value, Doubt.UNREADABLE_ENTITLEMENT)
        if any(right.counts_from > self._pulse(right.shard).beats for right in rights):
            return CannotTell(number.value, Doubt.UNCONFIRMED)
        return judge(number.value, rights, presented, self._keys, Moment(now, as_of))

    def rights_to(self, container: str) -> tuple[Right, ...]:
        """Return what is known of *container*, the newest first: to be shown, not to be judged."""
        number = read_container(container)
        if isinstance(number, Unusable):
            return ()
        held = self._rights.get(number.value, {}).values()
        return tuple(sorted((r for r in held if isinstance(r, Right)), key=lambda r: -r.seq))

    def opens(self, right: Right, identity: str) -> bool:
        """Tell whether *right* names the driver with this card, as far as its keys open it."""
        return right.driver is not None and self._keys.names(right.driver, identity) is True

    def live_rights(self, now: datetime) -> tuple[Right, ...]:
        """Return every right of the terminal that lives at *now*."""
        return tuple(
            held
            for rights in self._rights.values()
            for held in rights.values()
            if isinstance(held, Right) and held.is_live(now)
        )

    def age_seconds(self, now: datetime) -> float | None:
        """Return how old the least known shard is, None where one was never heard."""
        shards = [f"{SHARD_PREFIX}{each}" for each in range(self._settings.shards)]
        beaten = [self._heard_at(shard, now) for shard in shards]
        if None in beaten:
            return None
        return max((now - at).total_seconds() for at in beaten if at is not None)

    def _as_of(
        self, container: str, held: tuple[Held, ...], now: datetime
    ) -> datetime | CannotTell:
        """Return the oldest heartbeat that the answer rests on, or that it is too old."""
        partition = partition_of(container.encode(), self._settings.shards)
        # An unknown container may have become known to the shard that would hold it.
        shards = {f"{SHARD_PREFIX}{partition}"} | {each.shard for each in held if each.shard}
        beaten = [self._heard_at(shard, now) for shard in shards]
        heard = [at for at in beaten if at is not None]
        if len(heard) < len(beaten):
            return CannotTell(container, Doubt.STALE)
        oldest = min(heard)
        age_seconds = (now - oldest).total_seconds()
        if (max(heard) - now).total_seconds() > self._settings.clock_tolerance_seconds:
            return CannotTell(container, Doubt.CLOCK_DISAGREES, age_seconds)
        if age_seconds > self._settings.stale_after_seconds:
            return CannotTell(container, Doubt.STALE, age_seconds)
        return oldest

    def _entitle(self, entitlement: Entitlement) -> Unreadable | None:
        key = RightKey(entitlement.container, entitlement.release_id)
        known = self._rights.get(key.container, {}).get(key.release_id)
        if known is not None and known.shard not in {"", entitlement.shard}:
            # Numbers of two shards cannot be compared: which of the two is newer?
            why = Unreadable("other_shard", "$.shard", "The right was of another shard before.")
            return self._suspend(key, why)
        pulse = self._pulse(entitlement.shard)
        if known is not None and entitlement.seq <= known.seq:
            self._counts["not_newer"] += 1
            return None
        doubtful = (
            not self.caught_up or entitlement.seq <= pulse.seq or isinstance(known, Suspended)
        )
        right = right_of(entitlement, counts_from=pulse.beats + 1 if doubtful else 0)
        self._rights.setdefault(key.container, {})[key.release_id] = right
        pulse.seq = max(pulse.seq, entitlement.seq)
        self._counts["entitlements"] += 1
        return None

    def _beat(self, heartbeat: Heartbeat) -> None:
        pulse = self._pulse(heartbeat.shard)
        if heartbeat.seq < pulse.seq:
            self._counts["not_newer"] += 1
            return
        pulse.seq = heartbeat.seq
        pulse.beats += 1
        pulse.last = heartbeat.at
        pulse.at = heartbeat.at if pulse.at is None else max(pulse.at, heartbeat.at)
        self._counts["heartbeats"] += 1

    def _heard_at(self, shard: str, now: datetime) -> datetime | None:
        tolerance = timedelta(seconds=self._settings.clock_tolerance_seconds)
        return self._pulse(shard).heard_at(now + tolerance)

    def _withdraw(self, key: Key) -> None:
        self._counts["withdrawn"] += 1
        match key:
            case HeartbeatKey(shard):
                self._pulse(shard).at = self._pulse(shard).last = None
            case RightKey(container, release_id):
                rights = self._rights.get(container, {})
                rights.pop(release_id, None)
                if not rights:
                    self._rights.pop(container, None)

    def _suspend(self, key: Key | None, why: Unreadable) -> Unreadable:
        self._counts["unreadable"] += 1
        # A heartbeat that cannot be read beats not; a key that cannot be read replaces nothing.
        if isinstance(key, RightKey):
            rights = self._rights.setdefault(key.container, {})
            known = rights.get(key.release_id)
            rights[key.release_id] = Suspended(known.shard, known.seq) if known else Suspended()
        return why

    def _pulse(self, shard: str) -> Pulse:
        return self._pulses.setdefault(shard, Pulse())
