"""Whatever came before, the ledger stands as the last state does, and doubles change nothing."""

from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import messages as m
from schemas.stay import ReleaseStatus
from tests.adapters.portbase.rounds import Round
from tests.adapters.story import CONTAINER, DRIVER, FORWARDER, HAULIER, to
from tests.chance import examples

OURS, OTHERS = "Demo Haulier BV", "Somebody Else"
ROW = {"equipmentNumber": CONTAINER}
GREEN = {"commercialRelease": {"ok": True}, "customs": {"ok": True}, "tar": "T1"}


@dataclass(frozen=True)
class Said:
    """One state, as far as a right depends on it."""

    until: str | None
    operator: str | None
    inspected: bool

    def of(self, one: Round) -> dict[str, Any]:
        """Return it as Portbase tells it."""
        released = [] if self.until is None else [ROW | {"releaseValidUntilDateTime": self.until}]
        return one.state(
            operators=[] if self.operator is None else [self.operator],
            commercialReleases=released,
            customsStatus="RELEASED",
            inspectionItems=[ROW | {"status": "SCAN"}] if self.inspected else [],
            dischargeReports=[ROW | {"actualDischargeDateTime": "2025-03-01T07:00:00Z"}],
        )


states = st.builds(
    Said,
    until=st.sampled_from([None, "2025-04-01T08:00:00Z", "2025-05-01T08:00:00Z"]),
    operator=st.sampled_from([None, OURS, OTHERS]),
    inspected=st.booleans(),
)


def pre_notified() -> Round:
    """A container of which our haulier's visit was accepted: it may leave."""
    one = Round()
    one.release(release_to=to(FORWARDER))
    one.tracked()
    one.hear(Said("2025-04-01T08:00:00Z", None, inspected=False).of(one))
    one.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))
    one.hear(Said("2025-04-01T08:00:00Z", OURS, inspected=False).of(one))
    one.ask(HAULIER, m.AssignPickup, modality="truck", driver=DRIVER)
    one.reply({"equipmentNumber": CONTAINER, "status": "ACCEPTED", "checks": GREEN})
    return one


@settings(max_examples=examples(40))
@given(st.lists(st.tuples(states, st.integers(1, 2)), min_size=1, max_size=6))
def test_the_last_state_counts(told: list[tuple[Said, int]]) -> None:
    one = pre_notified()
    assert one.story.facts[-1].missing == ()
    withdrawn = ours = False
    for said, times in told:
        facts = [one.hear(said.of(one)) for _ in range(times)]
        assert all(each == [] for each in facts[1:])
        withdrawn = withdrawn or said.until is None
        ours = said.operator == OURS

    stay, last = one.stay, told[-1][0]
    assert (stay.status is ReleaseStatus.RELEASED) is (last.until is not None)
    if last.until is not None:
        assert stay.expires_at.isoformat() == last.until.replace("Z", "+00:00")
        assert (stay.customs == "notreleased") is last.inspected
    # A pick-up that ended does not come back: it is asked for, and made, anew.
    kept = not withdrawn and ours and all(said.operator == OURS for said, _ in told)
    assert (stay.pickup is not None) is kept
    may_leave = kept and not last.inspected
    assert (one.story.facts[-1].missing == ()) is may_leave


@settings(max_examples=examples(20))
@given(st.lists(states, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_what_overtook_is_put_right_by_the_answer_to_the_get(
    told: list[Said], chance: Any
) -> None:
    in_order, shuffled = pre_notified(), pre_notified()
    for said in told:
        in_order.hear(said.of(in_order))
    others = told[:-1]
    chance.shuffle(others)
    for said in (told[-1], *others):
        shuffled.hear(said.of(shuffled))
    answer = told[-1].of(shuffled)
    del answer["eventType"]

    shuffled.hear([answer])

    assert shuffled.stay.status == in_order.stay.status
    assert shuffled.stay.expires_at == in_order.stay.expires_at or not shuffled.stay.live
    assert shuffled.stay.customs == in_order.stay.customs
    if shuffled.stay.live:
        # Whom we nominated is known by its name, whoever was shown in between.
        assert (shuffled.stay.accepted_holder == HAULIER) is (told[-1].operator == OURS)
