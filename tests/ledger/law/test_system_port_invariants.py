"""What must hold where a system decides, whatever is said in whatever order."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ledger.book.refile import file_of
from ledger.law.evolve import OfChain
from ledger.law.file import Answer, RequestState
from schemas import messages as m
from schemas import system_facts as s
from schemas.facts import PickupEnded, RecordedFact
from schemas.messages import ContainerMessage, CustomsStatus, Modality
from schemas.observed import ObservedLight, ObservedStatus
from schemas.stay import ReleaseStatus, Stay
from schemas.system_messages import AnswerRequest, ObserveRelease
from tests.chance import examples
from tests.ledger.law.auditor import published
from tests.ledger.law.system_world import PORT, there
from tests.ledger.law.world import (
    AGENT,
    BARGE,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    PORTBASE,
    QUAY,
    RIVAL,
    TERMINAL,
    UNREGISTERED,
    Heard,
    Scene,
    assign,
    given,
    party,
    release,
)

MOVES_A_STAY = {ObserveRelease.TYPE, AnswerRequest.TYPE, *(each.TYPE for each in m.PHYSICAL_FACTS)}
# It names a pick-up right: test_quays.py.
NAMES_MORE = (m.ConfirmPickupEnd,)
# What a terminal need not be told any longer, or has not confirmed: no right is taken away.
BY_TIME = {"entitlement_withdrawn", "confirmation_lapsed", "personal_parts_erased"}
# A pick-up right ends with its date; what the release is, the system says.
RIGHT_OVER = {"pickup_ended: release_expired", "pickup_ended: ran_out"}
PARTIES = st.sampled_from([AGENT, RIVAL, FORWARDER, HAULIER, BARGE, UNREGISTERED])
NAMED = PARTIES.map(party)
BILLS = st.sampled_from([(), ("BL1",), ("BL2",), ("BL1", "BL2")])
DAYS = st.integers(-3, 40)
ANYTHING_SHOWN = st.fixed_dictionaries(
    {"terminal": st.sampled_from([QUAY, QUAY, "RWG"]), "bills_of_lading": BILLS},
    optional={
        "status": st.sampled_from(ObservedStatus),
        "agent": NAMED,
        "holders": st.lists(NAMED, max_size=3).map(tuple),
        "offered_to": NAMED,
        "pickup": st.fixed_dictionaries(
            {"operator": NAMED, "modality": st.sampled_from(Modality)}
        ),
        "no_pickup": st.booleans(),
        "release_identification": st.sampled_from(["REL1", "REL2"]),
        "stay_number": st.sampled_from(["V1", "V2"]),
        "customs": st.sampled_from(CustomsStatus),
        "discharged": st.booleans(),
        "terminal_light": st.sampled_from(ObservedLight),
        "gate_out": st.sampled_from([False, False, False, True]),
    },
)
ASKED = st.sampled_from(
    [
        there(m.Update, terminal=QUAY),
        there(m.Block),
        there(m.Unblock),
        there(m.Revoke),
        there(m.Delete),
        there(m.Transfer, release_to=party(HAULIER)),
        there(m.Accept),
        there(m.Decline),
        assign(port=PORT),
        there(m.RevokePickup),
        release(port=PORT),
        release(port=PORT, release_to=party(FORWARDER), bills_of_lading=("BL2",)),
    ]
)


class Rotterdam(RuleBasedStateMachine):
    """One container in a port of Portbase, and who reads the entries alone."""

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene = given()
        self.entries: list[RecordedFact] = []
        self.over: set[str] = set()

    @rule(sender=PARTIES, message=ASKED)
    def a_party_asks(self, sender: str, message: ContainerMessage) -> None:
        self._hear(self.scene.when(sender, message))

    @rule(shown=ANYTHING_SHOWN, expires=st.none() | DAYS, as_of=st.none() | st.integers(-5, 1))
    def portbase_shows(
        self, shown: dict[str, Any], expires: int | None, as_of: int | None
    ) -> None:
        times = {"expires_at": self._in_days(expires), "confirmed_at": self._in_days(as_of)}
        heard = self.scene.when(PORTBASE, there(ObserveRelease, **shown, **times))
        assert not heard.words[0].startswith("no:")
        self._hear(heard)
        if {"holders", "offered_to"} & {*shown} and "pickup" not in shown:
            observed = [each for each in heard.answers if isinstance(each.fact, s.ReleaseObserved)]
            assert all(each.stay is None or _by_its_holder(each.stay) for each in observed)

    @rule(days=st.none() | st.integers(1, 20))
    def the_haulier_is_to_collect(self, days: int | None) -> None:
        """It holds the right, asks for a pick-up, and Portbase accepts it."""
        chain = {
            "agent": party(AGENT),
            "holders": (party(FORWARDER), party(HAULIER)),
            "status": ObservedStatus.RELEASED,
        }
        papers = {"terminal": QUAY, "bills_of_lading": ("BL1",), "no_pickup": True}
        until = {"expires_at": self._in_days(10)}
        self._hear(self.scene.when(PORTBASE, there(ObserveRelease, **papers, **chain, **until)))
        before = len(self.scene.file.requests)
        self._hear(
            self.scene.when(
                HAULIER, assign(port=PORT, driver=None, expires_at=self._in_days(days))
            )
        )
        for request in self.scene.file.requests[before:]:
            self._answer(request.id, accepted=True)

    @rule(status=st.sampled_from(ObservedStatus), expires=st.none() | st.integers(1, 40))
    def portbase_shows_the_release_alone(
        self, status: ObservedStatus, expires: int | None
    ) -> None:
        papers = {"terminal": QUAY, "bills_of_lading": ("BL1",)}
        until = self._in_days(expires)
        shown = there(ObserveRelease, **papers, status=status, expires_at=until)
        self._hear(self.scene.when(PORTBASE, shown))

    @rule(expires=st.integers(1, 40))
    def an_update_is_accepted(self, expires: int) -> None:
        before = {request.id for request in self.scene.file.requests}
        update = there(m.Update, bills_of_lading=("BL1",), expires_at=self._in_days(expires))
        self._hear(self.scene.when(AGENT, update))
        for request in self.scene.file.requests:
            if request.id not in before:
                self._answer(request.id, accepted=True)

    @rule(which=st.integers(0, 5), accepted=st.booleans())
    def portbase_answers(self, which: int, *, accepted: bool) -> None:
        ids = [request.id for request in self.scene.file.requests] or ["none"]
        self._answer(ids[which % len(ids)], accepted=accepted)

    def _answer(self, request: str, *, accepted: bool) -> None:
        answer = there(AnswerRequest, request_id=request, accepted=accepted)
        heard = self.scene.when(PORTBASE, answer)
        assert not heard.words[0].startswith("no:")
        self._hear(heard)

    @rule(kind=st.sampled_from([each for each in m.TERMINAL_MESSAGES if each not in NAMES_MORE]))
    def the_terminal_reports(self, kind: type[ContainerMessage]) -> None:
        self._hear(self.scene.when(TERMINAL, there(kind, terminal=QUAY)))

    @rule(status=st.sampled_from(CustomsStatus))
    def customs_report(self, status: CustomsStatus) -> None:
        self._hear(self.scene.when(CUSTOMS, there(m.ReportCustomsStatus, status=status)))

    @rule(hours=st.sampled_from([0.2, 1, 24, 24 * 15, 24 * 40]))
    def time_passes(self, hours: float) -> None:
        before = self.scene.file.stays
        heard = self.scene.when_time_passes(hours=hours)
        assert (BY_TIME | RIGHT_OVER) & {*heard.words} or heard.scene.file.stays == before
        assert [stay.status for stay in heard.scene.file.stays] == [stay.status for stay in before]
        self._hear(heard)

    @rule(days=st.integers(1, 40))
    def time_passes_and_no_tick_has_come(self, days: int) -> None:
        self.scene = self.scene.later(days=days)

    @invariant()
    def the_entries_alone_give_the_same_file(self) -> None:
        assert file_of(self.entries) == self.scene.file

    @invariant()
    def whoever_does_not_hold_does_not_collect_but_by_the_systems_own_word(self) -> None:
        for stay in self.scene.file.stays:
            assert stay.pickup is None or stay.pickup.shown or _by_its_holder(stay)

    @invariant()
    def an_ended_right_never_comes_back(self) -> None:
        for stay in self.scene.file.stays:
            if stay.pickup is not None and not _in_force(stay, self.scene.now):
                self.over.add(stay.pickup.id)
            else:
                assert stay.pickup is None or stay.pickup.id not in self.over

    @invariant()
    def nothing_that_was_answered_keeps_what_was_asked(self) -> None:
        ended = {RequestState.ACCEPTED, RequestState.REJECTED}
        for request in self.scene.file.requests:
            assert (request.state in ended) is (request.message == "")

    def _in_days(self, days: int | None) -> Any:
        return None if days is None else self.scene.now + timedelta(days=days)

    def _hear(self, heard: Heard) -> None:
        before, self.scene = self.scene, heard.scene
        for answered in heard.answers:
            self._check(answered)
            self.entries.append(published(answered, self.scene.now))
            if isinstance(answered.fact, PickupEnded):
                self.over.add(answered.fact.pickup.id)
        moved = heard.scene.file.stays != before.file.stays
        causes = {answered.cause.message_type for answered in heard.answers}
        by_time = BY_TIME | RIGHT_OVER
        assert not moved or causes & MOVES_A_STAY or heard.words[0] in by_time

    def _check(self, answered: Answer) -> None:
        """May it leave, the system's word on the right stands; what is asked moves nothing."""
        stay = answered.stay
        if stay is not None:
            assert stay.authority == "system"
            assert answered.missing or stay.confirmed_at is not None
            assert answered.missing or stay.pickup is not None
            shown = stay.pickup is not None and stay.pickup.shown
            assert answered.missing or shown or _by_its_holder(stay)
            assert _by_its_holder(stay) or not isinstance(answered.fact, OfChain)
        if isinstance(answered.fact, s.RequestMade):
            assert answered.light_changes == ()


def _by_its_holder(stay: Stay) -> bool:
    """Tell whether nobody collects but who holds the right, which is offered to nobody."""
    if stay.pickup is None:
        return True
    accepted = [hop.receiver for hop in stay.hops if hop.accepted]
    return len(accepted) == len(stay.hops) and [stay.pickup.operator] == accepted[-1:]


def _in_force(stay: Stay, now: datetime) -> bool:
    assert stay.pickup is not None
    dates = (stay.expires_at, stay.pickup.expires_at or stay.expires_at)
    over = stay.status in {ReleaseStatus.EXPIRED, ReleaseStatus.DELETED}
    return not over and now < min(dates)


Rotterdam.TestCase.settings = settings(max_examples=examples(60), stateful_step_count=25)
TestRotterdam = Rotterdam.TestCase
