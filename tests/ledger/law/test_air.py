"""An air consignment: the air gate by pieces, what is odd, and who may say how it stands."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.law.air import missing_by_air, pieces_let_out
from ledger.law.answer import answer
from ledger.law.context import Question
from schemas.air import AirMissing as Lacks
from schemas.air import AirStep as Step
from schemas.air_facts import AirTally, ConsignmentObserved
from schemas.air_messages import ObserveConsignment
from schemas.facts import FindingMade, Outcome, Refused
from schemas.reasons import Finding, Reason
from schemas.system_messages import ObserveRelease
from schemas.value import altered
from tests.adapters.schiphol import CARGONAUT, DIRECTORY, NOTIFIED, PORT, WAYBILL
from tests.adapters.story import FORWARDER, TERMINAL, Story
from tests.rows import each_row

ALL = {Step.RECEIVED: 3, Step.CLEARED: 3, Step.NOTIFIED: 3}
LONG_AGO = datetime(2021, 3, 1, tzinfo=UTC)
SEVEN = datetime(2025, 3, 1, 7, tzinfo=UTC)


def air() -> Story:
    return Story(container=WAYBILL, port=PORT, terminal="", directory=DIRECTORY)


def said(story: Story, sender: str = CARGONAUT, **members: object) -> list[object]:
    return [each.fact for each in story.say(sender, ObserveConsignment, **members)]


def counts(told: dict[Step, int]) -> list[dict[str, object]]:
    return [{"step": step, "pieces": pieces} for step, pieces in told.items()]


@each_row(
    ("pieces", "told", "held", "may_leave", "missing"),
    [
        (3, ALL, 0, 3, []),
        (3, {}, 0, 0, [Lacks.NOT_RECEIVED, Lacks.NOT_CLEARED, Lacks.NOT_NOTIFIED]),
        (3, ALL | {Step.RECEIVED: 2}, 0, 2, [Lacks.NOT_RECEIVED]),
        (3, ALL | {Step.CLEARED: 2}, 0, 2, [Lacks.NOT_CLEARED]),
        (3, ALL | {Step.NOTIFIED: 2}, 0, 2, [Lacks.NOT_NOTIFIED]),
        (3, ALL | {Step.NOTIFIED: 0}, 0, 0, [Lacks.NOT_NOTIFIED]),
        (3, ALL, 1, 2, [Lacks.HELD_BY_CUSTOMS]),
        (3, ALL, 3, 0, [Lacks.HELD_BY_CUSTOMS]),
        (3, ALL | {Step.DELIVERED: 1}, 0, 2, []),
        (3, ALL | {Step.DELIVERED: 1}, 1, 1, [Lacks.HELD_BY_CUSTOMS]),
        (3, ALL | {Step.DELIVERED: 3}, 0, 0, [Lacks.ALREADY_DELIVERED]),
        (3, ALL | {Step.DELIVERED: 3}, 1, 0, [Lacks.ALREADY_DELIVERED]),
        (None, ALL, 0, 0, [Lacks.PIECES_UNKNOWN]),
        (None, {Step.CLEARED: 3}, 0, 0,
         [Lacks.PIECES_UNKNOWN, Lacks.NOT_RECEIVED, Lacks.NOT_NOTIFIED]),
        # Arrived is not received, and in the warehouse neither.
        (1, {Step.ARRIVED: 1, Step.INTO_WAREHOUSE: 1, Step.CLEARED: 1, Step.NOTIFIED: 1}, 0, 0,
         [Lacks.NOT_RECEIVED]),
        (2, ALL, 0, 2, []),
    ],
)  # fmt: skip
def test_the_air_gate(
    pieces: int | None, told: dict[Step, int], held: int, may_leave: int, missing: list[Lacks]
) -> None:
    fact = said(air(), pieces=pieces, counts=counts(told), held=held)[0]

    assert isinstance(fact, ConsignmentObserved)
    assert (fact.may_leave, list(fact.missing)) == (may_leave, missing)


numbers = st.integers(0, 5)


@given(st.none() | numbers, st.dictionaries(st.sampled_from(Step), numbers), numbers)
def test_all_may_leave_just_where_nothing_is_missing(
    pieces: int | None, told: dict[Step, int], held: int
) -> None:
    missing = list(missing_by_air(pieces, told, held))
    may_leave = pieces_let_out(pieces, told, held)

    rest = 0 if pieces is None else pieces - told.get(Step.DELIVERED, 0)
    assert 0 <= may_leave <= max(rest, 0)
    if not missing:
        assert may_leave == rest > 0
    if may_leave:
        needed = may_leave + told.get(Step.DELIVERED, 0)
        assert all(told.get(each, 0) >= needed for each in (Step.RECEIVED, Step.CLEARED))


def test_what_is_recorded_is_what_was_told() -> None:
    told = [{"step": Step.RECEIVED, "pieces": 3, "at": SEVEN}]

    (recorded,) = air().say(
        CARGONAUT,
        ObserveConsignment,
        pieces=3,
        counts=told,
        origin="FRA",
        destination="AMS",
        discrepancies=["MSCA"],
        notified={"scheme": "external", "code": NOTIFIED},
        confirmed_at=SEVEN,
    )

    fact = recorded.fact
    assert isinstance(fact, ConsignmentObserved)
    assert fact.tallies == (AirTally(Step.RECEIVED, 3, SEVEN),)
    assert (fact.system, fact.pieces, fact.held) == ("cargonaut", 3, 0)
    assert (fact.origin, fact.destination, fact.discrepancies) == ("FRA", "AMS", ("MSCA",))
    assert (fact.notified, fact.as_of) == (FORWARDER, SEVEN)
    assert (recorded.container, recorded.port, recorded.stay) == (WAYBILL, PORT, None)
    assert recorded.outcome is Outcome.APPLIED


def test_nobody_of_the_bus_was_notified_where_the_code_is_not_known() -> None:
    fact = said(air(), notified={"scheme": "external", "code": "cargonaut:NOBODY"})[0]

    assert isinstance(fact, ConsignmentObserved)
    assert fact.notified is None


def test_what_is_said_of_the_future_is_of_now() -> None:
    story = air()

    fact = said(story, confirmed_at=datetime(2031, 1, 1, tzinfo=UTC))[0]

    assert isinstance(fact, ConsignmentObserved)
    assert fact.as_of == story.now


@pytest.mark.parametrize(
    ("pieces", "told", "held", "findings"),
    [
        (3, ALL | {Step.DELIVERED: 3}, 0, []),
        (2, ALL, 0, [Finding.OBSERVED_OTHERWISE]),
        (3, ALL | {Step.CLEARED: 0, Step.DELIVERED: 1}, 0, [Finding.LEFT_WITHOUT_RIGHT]),
        (3, ALL | {Step.DELIVERED: 1}, 1, [Finding.LEFT_WHILE_BLOCKED]),
    ],
)
def test_what_contradicts_itself_is_a_finding(
    pieces: int, told: dict[Step, int], held: int, findings: list[Finding]
) -> None:
    facts = said(air(), pieces=pieces, counts=counts(told), held=held)[1:]

    assert [each.finding for each in facts if isinstance(each, FindingMade)] == findings
    assert len(facts) == len(findings)


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        (TERMINAL, Reason.ROLE_NOT_ALLOWED),
        ("NXT29999999999", Reason.SENDER_UNKNOWN),
    ],
)
def test_only_the_airports_own_system_says_how_it_stands(sender: str, reason: Reason) -> None:
    assert said(air(), sender) == [Refused(reason=reason, detail=_detail(reason, sender))]


def _detail(reason: Reason, sender: str) -> str:
    return sender if reason is Reason.SENDER_UNKNOWN else "terminal_operator"


@pytest.mark.parametrize("port", ["BEANR", "NLRTM", "NLAMS", "XXXXX"])
def test_cargonaut_speaks_for_no_other_port(port: str) -> None:
    story = Story(container=WAYBILL, port=port, directory=DIRECTORY)

    assert said(story) == [Refused(reason=Reason.NOT_THE_SYSTEM, detail=port)]


def test_no_release_is_observed_at_an_airport() -> None:
    story = Story(port=PORT, directory=DIRECTORY)

    (answered,) = story.say(CARGONAUT, ObserveRelease, terminal="1742", status="released")

    assert answered.fact == Refused(reason=Reason.NOT_THE_SYSTEM, detail=PORT)


def test_a_consignment_is_no_stay_and_stands_in_no_containers_way() -> None:
    story = air()
    said(story, pieces=3, counts=counts(ALL))

    assert (story.file.stays, story.file.waiting) == ((), ())
    assert story.wait(days=400) == ()


def test_behind_what_could_not_be_handled_it_waits_its_turn() -> None:
    story = air()
    story.break_on(CARGONAUT, ObserveConsignment)
    said(story, pieces=3)

    assert [each.fact.type for each in story.facts] == ["parked", "parked"]

    resumed = [each.fact.type for each in story.resume()]
    assert resumed.count("consignment_observed") == 2


def test_an_absurd_time_is_noted_as_of_any_report() -> None:
    story = air()
    cause = altered(story._cause(CARGONAUT, ObserveConsignment.TYPE), occurred_at=LONG_AGO)
    message = ObserveConsignment(container=WAYBILL, port=PORT, pieces=3)

    _, answers = answer(story.file, Question(message, cause), story._context())

    assert [each.fact.type for each in answers] == ["consignment_observed", "finding_made"]
