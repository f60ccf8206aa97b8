"""An independent account of the answers: it knows the entries and none of the rules."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import combinations, pairwise

from ledger.law.evolve import evolve, opened
from ledger.law.file import Answer
from schemas import facts as f
from schemas.facts import PickupEnd, RecordedFact
from schemas.messages import CustomsStatus, Release, Role
from schemas.stay import ReleaseStatus, Stay, TerminalLight
from tests.ledger.law.world import DIRECTORY

AGENTS_FACTS = (
    f.Updated,
    f.Blocked,
    f.Unblocked,
    f.ChainRevoked,
    f.Deleted,
)
TERMINALS_FACTS = (
    f.Discharged,
    f.TerminalReleased,
    f.TerminalBlocked,
    f.ScanningOrdered,
    f.TerminalUnblocked,
    f.GatedIn,
    f.GatedOut,
)
A_GATE_KNOWS = timedelta(minutes=15)
MAY_LEAVE_CUSTOMS = frozenset(CustomsStatus) - {
    CustomsStatus.NOT_RELEASED,
    CustomsStatus.DOCUMENTARY_CONTROL,
}


class Audit:
    """What a reader of the entries comes to know, from the bytes that are published."""

    def __init__(self) -> None:
        self.stays: dict[str, Stay] = {}
        self.waiting: list[str] = []
        self.pickups_made: set[str] = set()
        self.pickups_ended: set[str] = set()
        # release and quay -> the right that ended there last, and when; until it is confirmed
        self.unconfirmed: dict[tuple[str, str], tuple[str, datetime]] = {}

    def take(self, answered: Answer, now: datetime) -> None:
        recorded = published(answered, now)
        check_authority(recorded)
        check_may_leave(recorded)
        self._follow_the_quays(recorded)
        self._follow_the_waiting(recorded)
        self._follow_the_pickups(recorded)
        self._follow_the_stay(recorded)

    def _follow_the_waiting(self, recorded: RecordedFact) -> None:
        if isinstance(recorded.fact, f.Waiting):
            self.waiting.append(recorded.cause.message_id)
        elif recorded.cause.waited and recorded.outcome is not None:
            self.waiting.remove(recorded.cause.message_id)

    def _follow_the_pickups(self, recorded: RecordedFact) -> None:
        """I6: an ended right never comes back; a new assignment makes a new id."""
        fact, stay = recorded.fact, recorded.stay
        if isinstance(fact, f.PickupAssigned):
            assert fact.pickup.id not in self.pickups_made
            self.pickups_made.add(fact.pickup.id)
        if isinstance(fact, f.PickupEnded):
            assert fact.pickup.id not in self.pickups_ended
            self.pickups_ended.add(fact.pickup.id)
        if stay is not None and stay.pickup is not None:
            assert stay.pickup.id in self.pickups_made - self.pickups_ended

    def _follow_the_quays(self, recorded: RecordedFact) -> None:
        """Nobody leaves from a new quay while the gate of the old one may not know."""
        fact, stay = recorded.fact, recorded.stay
        if stay is None:
            return
        if isinstance(fact, f.PickupEnded):
            ended_now = (fact.pickup.id, recorded.recorded_at)
            self.unconfirmed[stay.release_id, fact.terminal] = ended_now
        if isinstance(fact, f.PickupEndConfirmed):
            ended, _ = self.unconfirmed.pop((stay.release_id, fact.terminal))
            assert ended == fact.pickup_id
        if recorded.missing:
            return
        for (release_id, quay), (_, at) in self.unconfirmed.items():
            if release_id == stay.release_id and quay != stay.terminal:
                assert recorded.recorded_at - at >= A_GATE_KNOWS

    def _follow_the_stay(self, recorded: RecordedFact) -> None:
        """I8: the entries from the first on give the stay as it is shown, and as it is kept."""
        if recorded.stay is None:
            return
        release_id = recorded.stay.release_id
        if isinstance(recorded.fact, f.Released):
            assert release_id not in self.stays
            self.stays[release_id] = opened(recorded.fact)
        else:
            before = self.stays[release_id]
            self.stays[release_id] = evolve(before, recorded.fact)
            check_no_pickup_outlives_its_dates(before, self.stays[release_id], recorded)
        assert self.stays[release_id] == recorded.stay
        if isinstance(recorded.fact, f.DisputeSettled):
            check_one_claim(self.stays.values())


def published(answered: Answer, now: datetime) -> RecordedFact:
    """The answer as it comes back from its bytes."""
    recorded = answered.recorded("ledger-0", 1, now)
    read = f.read(f.written(recorded))
    assert read == recorded
    return read


def is_refusal(answered: Answer) -> bool:
    return isinstance(answered.fact, f.Refused)


def check_single_holder(stays: Sequence[Stay]) -> None:
    """I3: one pick-up right a visit; a chain unbroken from the agent."""
    for one, other in combinations(stays, 2):
        one_visit = None in {one.stay_number, other.stay_number} or (
            one.stay_number == other.stay_number
        )
        assert not (one.pickup and other.pickup and one_visit and one.port == other.port)
    for stay in stays:
        givers = [hop.giver for hop in stay.hops]
        assert givers == [stay.agent, *(hop.receiver for hop in stay.hops[:-1])][: len(givers)]
        assert all(before.accepted for before, _ in pairwise(stay.hops))


def check_one_claim(stays: Iterable[Stay]) -> None:
    """I3: of two agents' claims to a box at one quay, one at most is not disputed."""
    free = [stay for stay in stays if stay.live and not stay.disputed]
    for one, other in combinations(free, 2):
        at_one_quay = (one.port, one.terminal) == (other.port, other.terminal)
        assert not at_one_quay or one.agent == other.agent


def check_order(answers: Sequence[Answer]) -> None:
    """I5: who waited is heard in the order of the log, again from the first after what moves.

    In a resume that is so behind each message that was parked: a release calls those that wait
    for it, whoever the one before has called.
    """
    heard = -1
    for answered in answers:
        if answered.cause.resumed and not answered.cause.waited:
            heard = -1
        # Who is given up was not heard: after a resume that comes last, when time has passed.
        given_up = isinstance(answered.fact, f.GivenUp)
        if answered.cause.waited and answered.outcome is not None and not given_up:
            assert answered.cause.log_offset > heard
            heard = answered.cause.log_offset
        if isinstance(answered.fact, f.Updated | f.Transferred):
            heard = -1


def check_authority(recorded: RecordedFact) -> None:
    """I4: whoever changed something was whom the law requires for it."""
    fact, stay, sender = recorded.fact, recorded.stay, recorded.cause.organisation
    match fact:
        case f.Transferred(giver=giver) | f.TransferRevoked(giver=giver):
            assert sender == giver
        case f.Accepted(receiver=receiver) | f.Declined(receiver=receiver):
            assert sender == receiver
        case f.PickupAssigned(pickup=pickup):
            assert sender == pickup.operator
        case f.PickupEnded(pickup=pickup, why=PickupEnd.REVOKED | PickupEnd.REPLACED):
            assert sender == pickup.operator
        case f.Released(agent=agent):
            assert sender == agent
        case _ if stay is not None and isinstance(fact, AGENTS_FACTS):
            assert sender == stay.agent
        case _ if stay is not None and isinstance(fact, TERMINALS_FACTS):
            assert _runs_the_quay(sender, stay) or _carried_over(recorded)
        case f.CustomsStatusSet():
            organisation = DIRECTORY.by_id[sender]
            assert Role.CUSTOMS in organisation.roles or _carried_over(recorded)
        case _:
            check_authority_of_the_rest(recorded)


def check_authority_of_the_rest(recorded: RecordedFact) -> None:
    """I4, of what is neither the agent's nor the chain's; else time, findings, and no change."""
    fact, stay, sender = recorded.fact, recorded.stay, recorded.cause.organisation
    if stay is None:
        return
    if isinstance(fact, f.MeansOfTransportSet):
        assert sender == stay.accepted_holder
    if isinstance(fact, f.PickupEndConfirmed):
        assert DIRECTORY.by_id[sender].runs(stay.port, fact.terminal)


def check_may_leave(recorded: RecordedFact) -> None:
    """Nothing missing: the accepted holder has assigned, and every light lets the box out."""
    stay, now = recorded.stay, recorded.recorded_at
    if stay is None or recorded.missing:
        return
    pickup = stay.pickup
    assert pickup is not None
    assert stay.hops
    assert all(hop.accepted for hop in stay.hops)
    assert pickup.operator == stay.hops[-1].receiver
    assert pickup.expires_at is None or now < pickup.expires_at
    assert stay.status is ReleaseStatus.RELEASED
    assert stay.valid_from <= now < stay.expires_at
    assert not stay.disputed
    assert not stay.suspended
    assert stay.discharged
    assert stay.terminal_light is TerminalLight.RELEASED
    assert stay.customs in MAY_LEAVE_CUSTOMS


def check_no_pickup_outlives_its_dates(before: Stay, after: Stay, recorded: RecordedFact) -> None:
    """I6: what time has ended does not come back because a date is changed afterwards."""
    now = recorded.recorded_at
    had_expired = before.expires_at <= now < after.expires_at
    assert not (had_expired and after.pickup is not None)


def _runs_the_quay(sender: str, stay: Stay) -> bool:
    return DIRECTORY.by_id[sender].runs(stay.port, stay.terminal)


def _carried_over(recorded: RecordedFact) -> bool:
    """Whether a new release repeats what was reported of the cargo before."""
    stay = recorded.stay
    by_release = recorded.cause.message_type == Release.TYPE
    return by_release and stay is not None and recorded.cause.organisation == stay.agent
