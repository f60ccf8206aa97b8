"""The order of the reasons is the order of the checks: the first that holds is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, product
from typing import Any

import pytest

from schemas import facts as f
from schemas import messages as m
from schemas.facts import Fact
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage, Modality, PartyRef
from schemas.note_facts import NoteAdded
from schemas.note_messages import AddNote, WithdrawNote
from schemas.notes import MOST_NOTES, Note, NoteState
from schemas.reasons import CHECKS, Check, Reason, check_of
from schemas.system_messages import ObserveRelease
from schemas.value import altered
from tests.ledger.law.world import (
    AGENT,
    AGENT_AND_HAULIER,
    BARGE,
    CUSTOMS,
    DRIVER,
    FORWARDER,
    HAULIER,
    NEIGHBOUR,
    NOW,
    OTHER_HAULIER,
    OTHER_QUAY,
    PORTBASE,
    QUAY,
    RIVAL,
    SHARED_VAT,
    TERMINAL,
    THE_NUMBER,
    TO_FORWARDER,
    UNFINISHED,
    UNREGISTERED,
    accepted,
    assigned,
    ended,
    given,
    party,
    released,
    say,
    transferred,
)
from tests.rows import each_row

Faults = dict[Reason, dict[str, Any]]

OVERDUE = f.Expired()
GONE: Faults = {
    Reason.ALREADY_GATED_OUT: {"status": (f.GatedOut(),)},
    Reason.RELEASE_DELETED: {"status": (f.Deleted(parties=()),)},
}
EXPIRED: Faults = {Reason.RELEASE_EXPIRED: {"status": (OVERDUE,)}}
BLOCKED: Faults = {Reason.RELEASE_BLOCKED: {"status": (f.Blocked(),)}}
LATE: Faults = {Reason.TIME_OUT_OF_RANGE: {"said": NOW - timedelta(days=91)}}
ELSEWHERE: Faults = {Reason.PORT_UNKNOWN: {"port": "XXNNN"}}
NOBODY: Faults = {Reason.SENDER_UNKNOWN: {"sender": UNREGISTERED}}
CUSTOMS_ASKS: Faults = {Reason.ROLE_NOT_ALLOWED: {"sender": CUSTOMS}}
UNREADY: Faults = {Reason.ONBOARDING_INCOMPLETE: {"sender": UNFINISHED}}
ABSURD = datetime(1999, 12, 31, tzinfo=UTC)
DATES: Faults = {
    Reason.DATE_OUT_OF_RANGE: {"expires_at": ABSURD},
    Reason.EXPIRY_IN_THE_PAST: {"expires_at": NOW - timedelta(days=1)},
}
RECEIVERS: Faults = {
    Reason.RECEIVER_UNKNOWN: {"release_to": party(UNREGISTERED)},
    Reason.RECEIVER_AMBIGUOUS: {"release_to": PartyRef(scheme=Scheme.VAT, code=SHARED_VAT)},
    Reason.RECEIVER_ROLE_NOT_ALLOWED: {"release_to": party(CUSTOMS)},
    Reason.RECEIVER_ONBOARDING_INCOMPLETE: {"release_to": party(UNFINISHED)},
}
NOMINATIONS = {*RECEIVERS, Reason.RECEIVER_IS_HOLDER}
TO_OTHER_HAULIER = (
    *TO_FORWARDER,
    transferred(FORWARDER, OTHER_HAULIER),
    accepted(FORWARDER, OTHER_HAULIER),
)
TO_BARGE = (*TO_FORWARDER, transferred(FORWARDER, BARGE), accepted(FORWARDER, BARGE))
# A second release of the forwarder's, by bills of its own.
ANOTHER = (
    released(release_id="another", release_identification="REL2", bills_of_lading=("BL2",)),
    *TO_FORWARDER,
)
SLOT = Note(state=NoteState.BARGE_SLOT_REQUESTED, by=OTHER_HAULIER, reference="V1")
SO_MANY = tuple(
    NoteAdded(note=altered(SLOT, reference=f"V{number}")) for number in range(MOST_NOTES)
)
PARTS = {"sender", "said", "chain", "pickup", "trouble", "status", "beside", "waiting", "settings"}


@dataclass(frozen=True)
class Situation:
    """A message that would be followed; a fault changes a part of it, or a value it carries."""

    kind: type[ContainerMessage]
    sender: str
    values: Mapping[str, Any] = field(default_factory=dict)
    opened: f.Released | None = field(default_factory=released)
    chain: tuple[Fact, ...] = ()
    pickup: tuple[Fact, ...] = ()
    trouble: tuple[Fact, ...] = ()
    status: tuple[Fact, ...] = ()
    beside: tuple[tuple[Fact, ...], ...] = ()
    waiting: int = 0
    said: datetime = NOW
    settings: Mapping[str, Any] = field(default_factory=dict)

    def with_fault(self, change: Mapping[str, Any]) -> "Situation":
        parts = {name: value for name, value in change.items() if name in PARTS}
        values = {name: value for name, value in change.items() if name not in PARTS}
        return replace(self, **parts, values={**self.values, **values})

    def told(self) -> list[str]:
        parts = (*self.chain, *self.pickup, *self.trouble, *self.status)
        scene = given(*(() if self.opened is None else (self.opened, *parts)))
        scene = scene.under(**self.settings)
        for other in self.beside:
            scene = scene.beside(*other)
        for _ in range(self.waiting):
            scene = scene.when(FORWARDER, say(m.Accept)).then("waiting")
        return scene.when(self.sender, say(self.kind, **self.values), self.said).words


@dataclass(frozen=True)
class Trial:
    """One action, and its faults in groups: of each group one at most can hold at a time."""

    name: str
    sound: Situation
    answer: str
    groups: tuple[Faults, ...]

    def combinations(self) -> Iterator[tuple[list[Reason], Situation]]:
        choices = [[None, *group.items()] for group in self.groups]
        for chosen in product(*choices):
            faults = [fault for fault in chosen if fault is not None]
            situation = self.sound
            for _, change in faults:
                situation = situation.with_fault(change)
            yield [reason for reason, _ in faults], situation


def the_agents(answer: str, situation: Situation, *groups: Faults) -> Trial:
    senders: Faults = NOBODY | CUSTOMS_ASKS | {Reason.NOT_THE_AGENT: {"sender": RIVAL}}
    name = situation.kind.__name__
    return Trial(name, situation, answer, (senders, LATE, ELSEWHERE, *groups))


TRIALS = (
    Trial(
        "Release",
        Situation(
            m.Release,
            AGENT_AND_HAULIER,
            {
                "terminal": QUAY,
                "release_identification": "NEW",
                "bills_of_lading": ("NEW",),
                "release_to": party(FORWARDER),
            },
            opened=None,
        ),
        "released + transferred",
        (
            NOBODY | CUSTOMS_ASKS | UNREADY,
            LATE,
            ELSEWHERE,
            {
                Reason.ALREADY_RELEASED: {
                    "beside": ((released(agent=AGENT_AND_HAULIER, release_identification="NEW"),),)
                }
            },
            {Reason.TERMINAL_UNKNOWN: {"terminal": "9999"}},
            DATES,
            RECEIVERS | {Reason.RECEIVER_IS_HOLDER: {"release_to": party(AGENT_AND_HAULIER)}},
        ),
    ),
    the_agents(
        "updated",
        Situation(
            m.Update,
            AGENT,
            {"release_identification": THE_NUMBER},
            opened=released(stay_number="V1"),
            settings={"update_revives": False},
        ),
        GONE | EXPIRED,
        {
            Reason.PICKUP_ASSIGNED: {
                "pickup": (assigned(expires_at=None),),
                "stay_number": "V2",
                "beside": (
                    (
                        released(
                            release_id="another",
                            release_identification="REL2",
                            agent=AGENT_AND_HAULIER,
                            terminal=OTHER_QUAY,
                            stay_number="V2",
                        ),
                        assigned(id="another-pickup", expires_at=None),
                    ),
                ),
            },
            Reason.ALREADY_RELEASED: {"beside": (ANOTHER,), "bills_of_lading": ("BL2",)},
            Reason.TERMINAL_UNKNOWN: {"terminal": "9999"},
        },
        DATES,
    ),
    the_agents("blocked", Situation(m.Block, AGENT), GONE | EXPIRED),
    the_agents(
        "unblocked",
        Situation(m.Unblock, AGENT, trouble=(f.Blocked(),)),
        GONE | EXPIRED,
        {Reason.RELEASE_NOT_BLOCKED: {"trouble": ()}},
    ),
    the_agents("deleted", Situation(m.Delete, AGENT), GONE),
    Trial(
        "Revoke by the agent",
        Situation(m.Revoke, AGENT, chain=TO_FORWARDER),
        "chain_revoked",
        (NOBODY | CUSTOMS_ASKS, LATE, GONE, {Reason.NOTHING_TO_REVOKE: {"chain": ()}}),
    ),
    Trial(
        "Revoke by a holder",
        Situation(m.Revoke, FORWARDER, chain=(*TO_FORWARDER, transferred(FORWARDER, HAULIER))),
        "transfer_revoked",
        (
            LATE,
            GONE | EXPIRED,
            NOBODY
            | CUSTOMS_ASKS
            | {
                Reason.NOTHING_TO_REVOKE: {"chain": TO_FORWARDER},
                Reason.TRANSFER_ALREADY_ACCEPTED: {"chain": TO_OTHER_HAULIER},
                Reason.NOT_THE_HOLDER: {"sender": OTHER_HAULIER},
            },
        ),
    ),
    Trial(
        "Transfer",
        Situation(m.Transfer, FORWARDER, {"release_to": party(HAULIER)}, chain=TO_FORWARDER),
        "transferred",
        (
            NOBODY | CUSTOMS_ASKS | UNREADY | {Reason.NOT_THE_HOLDER: {"sender": OTHER_HAULIER}},
            LATE,
            ELSEWHERE,
            GONE | EXPIRED | {Reason.SEVERAL_RELEASES: {"beside": (ANOTHER,)}},
            # A block stays beneath an expiry.
            {Reason.RELEASE_BLOCKED: {"trouble": (f.Blocked(),)}},
            {Reason.TRANSFER_PENDING: {"chain": (*TO_FORWARDER, transferred(FORWARDER, BARGE))}},
            {Reason.PICKUP_ASSIGNED: {"pickup": (assigned(operator=FORWARDER),)}},
            RECEIVERS | {Reason.RECEIVER_IS_HOLDER: {"release_to": party(FORWARDER)}},
        ),
    ),
    *(
        Trial(
            kind.__name__,
            Situation(kind, FORWARDER, chain=(transferred(AGENT, FORWARDER),)),
            answer,
            (
                NOBODY | CUSTOMS_ASKS | {Reason.NOT_THE_RECEIVER: {"sender": OTHER_HAULIER}},
                LATE,
                GONE | EXPIRED | blocked,
                {Reason.NO_TRANSFER_PENDING: {"chain": TO_FORWARDER}},
            ),
        )
        for kind, answer, blocked in (
            (m.Accept, "accepted", BLOCKED),
            (m.Decline, "declined", Faults()),
        )
    ),
    Trial(
        "AssignPickup",
        Situation(
            m.AssignPickup,
            OTHER_HAULIER,
            {"modality": Modality.TRUCK, "driver": DRIVER},
            chain=TO_OTHER_HAULIER,
        ),
        "pickup_assigned",
        (
            NOBODY | CUSTOMS_ASKS | UNREADY | {Reason.NOT_THE_HOLDER: {"sender": HAULIER}},
            LATE,
            GONE | EXPIRED | BLOCKED,
            {
                Reason.RELEASE_DISPUTED: {
                    "trouble": (f.Disputed(other_release_id="x", other_agent=RIVAL),)
                }
            },
            {
                Reason.TRANSFER_PENDING: {
                    "chain": (*TO_OTHER_HAULIER, transferred(OTHER_HAULIER, HAULIER))
                }
            },
            {
                Reason.PICKUP_ASSIGNED: {
                    "pickup": (assigned(operator=OTHER_HAULIER),),
                }
            },
            DATES,
            {
                Reason.MODALITY_UNKNOWN: {"modality": Modality.UNKNOWN},
                Reason.DRIVER_MISSING: {"driver": None},
                Reason.DRIVER_NOT_EXPECTED: {"modality": Modality.BARGE},
                Reason.OPERATOR_VAT_MISSING: {"modality": Modality.RAIL, "driver": None},
            },
        ),
    ),
    Trial(
        "RevokePickup",
        Situation(
            m.RevokePickup,
            OTHER_HAULIER,
            chain=TO_OTHER_HAULIER,
            pickup=(assigned(operator=OTHER_HAULIER),),
        ),
        "pickup_ended: revoked",
        (
            NOBODY | CUSTOMS_ASKS | {Reason.NOT_THE_HOLDER: {"sender": HAULIER}},
            LATE,
            GONE,
            {Reason.NO_PICKUP_ASSIGNED: {"pickup": ()}},
        ),
    ),
    Trial(
        "UpdatePickup",
        Situation(
            m.UpdatePickup,
            BARGE,
            {"modality": Modality.BARGE},
            chain=TO_BARGE,
            pickup=(assigned(operator=BARGE),),
            settings={"transport_binds_pickup": True},
        ),
        "pickup_ended: replaced + pickup_assigned",
        (
            NOBODY | CUSTOMS_ASKS | UNREADY | {Reason.NOT_THE_HOLDER: {"sender": HAULIER}},
            LATE,
            GONE | EXPIRED | BLOCKED,
            {Reason.TRANSFER_PENDING: {"chain": (*TO_BARGE, transferred(BARGE, HAULIER))}},
            {Reason.NO_PICKUP_ASSIGNED: {"pickup": ()}},
            DATES,
            {Reason.DRIVER_NOT_EXPECTED: {"driver": DRIVER}},
            {
                Reason.TRANSPORT_DIFFERS: {
                    "trouble": (f.MeansOfTransportSet(means_of_transport=Modality.RAIL),)
                }
            },
        ),
    ),
    Trial(
        "SetMeansOfTransport",
        Situation(
            m.SetMeansOfTransport,
            OTHER_HAULIER,
            {"means_of_transport": Modality.TRUCK},
            chain=TO_OTHER_HAULIER,
            pickup=(assigned(operator=OTHER_HAULIER),),
            settings={"transport_binds_pickup": True},
        ),
        "means_of_transport_set",
        (
            NOBODY | CUSTOMS_ASKS | UNREADY | {Reason.NOT_THE_HOLDER: {"sender": HAULIER}},
            LATE,
            GONE | EXPIRED,
            {Reason.TRANSPORT_DIFFERS: {"means_of_transport": Modality.BARGE}},
        ),
    ),
    Trial(
        "ConfirmPickupEnd",
        Situation(
            m.ConfirmPickupEnd,
            TERMINAL,
            {"terminal": QUAY, "pickup_id": "the-pickup"},
            pickup=(assigned(), ended(f.PickupEnd.REVOKED, at=NOW)),
        ),
        "pickup_end_confirmed",
        (
            NOBODY | CUSTOMS_ASKS | {Reason.NOT_THE_TERMINAL: {"sender": NEIGHBOUR}},
            LATE,
            {Reason.NOTHING_TO_CONFIRM: {"pickup_id": "another"}},
        ),
    ),
    Trial(
        "ReportDischarge",
        Situation(m.ReportDischarge, TERMINAL, {"terminal": QUAY}),
        "discharged",
        (
            NOBODY | CUSTOMS_ASKS | {Reason.NOT_THE_TERMINAL: {"sender": NEIGHBOUR}},
            {Reason.SEVERAL_RELEASES: {"beside": (ANOTHER,)}},
        ),
    ),
    Trial(
        "AddNote",
        Situation(AddNote, OTHER_HAULIER, {"state": SLOT.state}, chain=TO_OTHER_HAULIER),
        "note_added",
        (
            NOBODY | CUSTOMS_ASKS | UNREADY | {Reason.NOT_THE_HOLDER: {"sender": HAULIER}},
            LATE,
            ELSEWHERE,
            GONE,
            {Reason.TOO_MANY_NOTES: {"trouble": SO_MANY}},
        ),
    ),
    the_agents(
        "note_added",
        Situation(AddNote, AGENT, {"state": NoteState.DANGEROUS_GOODS_DECLARED}),
        GONE,
    ),
    Trial(
        "WithdrawNote",
        Situation(
            WithdrawNote,
            OTHER_HAULIER,
            {"about": SLOT.kind, "reference": "V1"},
            trouble=(NoteAdded(note=SLOT),),
        ),
        "note_withdrawn",
        (
            NOBODY | CUSTOMS_ASKS,
            LATE,
            ELSEWHERE,
            GONE,
            {Reason.NO_SUCH_NOTE: {"reference": "V2"}},
        ),
    ),
    Trial(
        "Accept of what is not released",
        Situation(m.Accept, FORWARDER, opened=None, settings={"waiting_requests": 2}),
        "waiting",
        (
            NOBODY | CUSTOMS_ASKS | UNREADY,
            LATE,
            {Reason.WAITING_ROOM_FULL: {"waiting": 2}},
            ELSEWHERE,
        ),
    ),
    Trial(
        "ObserveRelease",
        Situation(ObserveRelease, PORTBASE, {"terminal": QUAY, "port": "NLRTM"}, opened=None),
        "released + release_observed",
        (NOBODY | CUSTOMS_ASKS, {Reason.NOT_THE_SYSTEM: {"port": "BEANR"}}),
    ),
)
# Told elsewhere: by the book, at the end of a wait, and by the directory.
NOT_OF_A_STAY = {
    Reason.KEY_REVOKED_SINCE,
    Reason.GATEWAY_DISMISSED_SINCE,
    Reason.SAME_ID_OTHER_CONTENT,
    Reason.NO_RELEASE_CAME,
    Reason.CODE_TAKEN,
    Reason.TERMINAL_TAKEN,
    Reason.NOT_SIGNED,
    Reason.KEY_OF_A_PERSON,
    Reason.KEY_NOT_HELD,
    Reason.KEY_TAKEN,
    Reason.KEY_UNKNOWN,
    Reason.TOO_MANY_KEYS,
    Reason.GATEWAY_UNKNOWN,
    Reason.GATEWAY_KNOWN,
    Reason.FOUR_EYES_NEEDED,
    Reason.RELEASE_NOT_DISPUTED,
    Reason.CONTAINER_PARKED,
    Reason.NOT_PARKED,
    Reason.STILL_BREAKS,
    Reason.SYSTEM_TAKEN,
    Reason.ORGANISATION_UNKNOWN,
    Reason.ORGANISATION_AMBIGUOUS,
    Reason.COMPANY_KNOWN,
    Reason.STEP_MISSING,
    Reason.STEP_NOT_AWAITED,
    Reason.EXTERNAL_ID_DIFFERS,
    Reason.UNLINKED_ACCOUNT,
}


@each_row("trial", TRIALS, ids=lambda trial: trial.name)
def test_of_several_reasons_the_first_in_order_is_told(trial: Trial) -> None:
    order = list(Reason)
    for reasons, situation in trial.combinations():
        first = min(reasons, key=order.index, default=None)

        answer = trial.answer if first is None else f"no: {first}"
        if trial.sound.kind is m.Release and first in NOMINATIONS:
            # One call and two events (cpu.md §1.1): the release stands.
            answer = f"released + nomination_refused: {first}"
        assert " + ".join(situation.told()) == answer, f"with {[str(r) for r in reasons]}"


@pytest.mark.searches
def test_every_two_checks_that_can_fail_together_are_tried_together() -> None:
    tried = {
        (check_of(one), check_of(other))
        for trial in TRIALS
        for reasons, _ in trial.combinations()
        for one, other in combinations(sorted(reasons, key=list(Reason).index), 2)
    }
    of_a_stay = {check_of(reason) for reason in set(Reason) - NOT_OF_A_STAY}

    assert tried >= set(combinations([each for each in Check if each in of_a_stay], 2))


def test_the_checks_stand_in_the_order_of_the_reasons() -> None:
    firsts = list(CHECKS.values())

    assert list(CHECKS) == list(Check)
    assert firsts == sorted(firsts, key=list(Reason).index)
    assert firsts[0] is next(iter(Reason))
    assert {check_of(reason) for reason in Reason} == set(Check)


def test_every_reason_is_tried() -> None:
    tried = {reason for trial in TRIALS for group in trial.groups for reason in group}

    assert tried | NOT_OF_A_STAY == set(Reason)
    assert {trial.sound.kind for trial in TRIALS} >= {*m.AGENT_MESSAGES, *m.CHAIN_MESSAGES}
